"""What a bad input is: the files it is made of, the command, and what the user must be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

TABLE = "x,y,group\n" + "".join(f"{row % 2 * 10 + row / 10},{row % 2 * 10 - row / 10},{'ab'[row % 2]}\n" for row in range(24))
KMEANS = "{algorithm: kmeans, n_clusters: 2}"

Write = Callable[[Path], None]


@dataclass(frozen=True)
class Bad:
    """One bad input.

    said: what stderr must hold: the place and the remedy. config: the text of c.yaml (None: there is none). files: name → content, or
    what writes it. table: the content of t.csv. arguments: after `run c.yaml -o out --force`; command: in place of all that.
    """

    name: str
    code: int
    said: tuple[str, ...]
    config: str | bytes | None = ""
    files: Mapping[str, str | bytes | Write] = field(default_factory=dict)
    table: str | bytes | None = TABLE
    arguments: tuple[str, ...] = ()
    command: tuple[str, ...] | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes | None = None

    def prepare(self, folder: Path) -> None:
        """Write the files."""
        for name, content in {"c.yaml": self.config, "t.csv": self.table, **self.files}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if callable(content):
                content(path)
            elif content is not None:
                path.write_bytes(content.encode() if isinstance(content, str) else content)


def config(data: str = "{data_source: t.csv}", clustering: str = KMEANS, *sections: str) -> str:
    """Return a config: line 1 the data, line 2 the clustering, then a line a section, with all that is slow switched off."""
    lines = [f"clustering_data: {data}", f"clustering_configuration: {clustering}", *sections]
    given = {line.partition(":")[0] for line in sections}
    quick = {
        "evaluation_configuration": "{cross_validation: false, cluster_validation: false}",
        "visualization_configuration": "{generate_plots: false}",
    }
    lines += [f"{name}: {body}" for name, body in quick.items() if name not in given]
    return "\n".join(lines) + "\n"


def preprocessing(body: str, **other: str) -> str:
    """Return a config whose line 3 is this preprocessing."""
    return config(other.get("data", "{data_source: t.csv}"), other.get("clustering", KMEANS), f"preprocessing_configuration: {body}")
