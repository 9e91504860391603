"""What sets the trials of a sweep apart, in few words: the settings that vary, under short names."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clusterctl.cli.console import clean
from clusterctl.engine.sweep.naming import list_names

if TYPE_CHECKING:
    from clusterctl.results.sweep import SweepDocument, TrialRow

ALGORITHM = "clustering_configuration.algorithm"
N_CLUSTERS = "clustering_configuration.n_clusters"
FEATURES = "clustering_data.features"
SPACE = ("preprocessing_configuration", "clustering_data")
MOST_SIGNS = 24


@dataclass(frozen=True, slots=True)
class Swept:
    """The settings in which trials differ.

    names: dotted path → short name, of each setting but the algorithm that has more than one value. values: trial → path → value; None:
    the trial has no such setting. texts: path → value as JSON → what is shown of it, each told from the others. algorithms: trial →
    algorithm.
    """

    names: Mapping[str, str]
    texts: Mapping[str, Mapping[str, str]]
    values: Mapping[int, Mapping[str, Any]]
    algorithms: Mapping[int, str]

    def text(self, trial_id: int, path: str) -> str:
        """Return a trial's value of a setting as a table shows it; empty where there is none."""
        return self.texts[path][_key(self.values[trial_id].get(path))]

    @property
    def n_algorithms(self) -> int:
        """How many algorithms were tried."""
        return len(set(self.algorithms.values()))

    def words(self, trial_id: int, paths: Iterable[str]) -> str:
        """Return a trial's values of these settings, each with its name."""
        texts = ((self.names[path], self.text(trial_id, path)) for path in paths)
        return ", ".join(text if text.endswith(name) or f" {name}: " in text else f"{name} {text}" for name, text in texts if text)

    def described(self, row: TrialRow, paths: Iterable[str], *, always: bool = False) -> str:
        """Return a trial in words: its algorithm, where there are several or it is wanted `always`, and its values of these settings."""
        algorithm = self.algorithms[row.trial_id] if always or self.n_algorithms > 1 else ""
        return ", ".join(filter(None, (algorithm, self.words(row.trial_id, paths))))

    def is_found(self, row: TrialRow, path: str) -> bool:
        """Say whether a setting is the number of clusters asked for, and the trial has found as many, or was not asked."""
        return path == N_CLUSTERS and self.values[row.trial_id].get(path) in (None, row.n_clusters)


def swept(document: SweepDocument) -> Swept:
    """Return what sets the trials of a sweep apart."""
    base = document.metadata.config.get("clustering_configuration") or {}
    values = {row.trial_id: dict(_leaves(row.settings)) for row in document.sweep_results.trials}
    paths = dict.fromkeys(path for of in values.values() for path in of)
    varying = [path for path in paths if path != ALGORITHM and _varies(of.get(path) for of in values.values())]
    algorithms = {trial_id: str(of.get(ALGORITHM) or base.get("algorithm", "")) for trial_id, of in values.items()}
    texts = {path: _texts([of.get(path) for of in values.values()], path) for path in varying}
    return Swept(_short_names(varying), texts, values, algorithms)


def _texts(values: Iterable[Any], path: str) -> dict[str, str]:
    """Return for each value, as JSON, what is shown of it: in full where what is short would look like another."""
    found = {_key(value): value for value in values}
    lists = {key: [clean(item) for item in value] for key, value in found.items() if isinstance(value, (list, tuple)) and value}
    called = "feature" if path == FEATURES else "value"
    named = dict(zip(lists, list_names(list(lists.values()), called), strict=True))
    texts = {key: named.get(key, value_text(value)) for key, value in found.items()}
    if path == FEATURES and "null" in texts:
        texts["null"] = "all usable features"
    many = Counter(texts.values())
    return {key: text if many[text] == 1 else _in_full(found[key]) for key, text in texts.items()}


def _in_full(value: Any) -> str:
    return clean(value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False))


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def value_text(value: Any) -> str:
    """Return a value of a config in a few signs, without what could steer the terminal."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.4g}"
    text = ", ".join(map(value_text, value)) if isinstance(value, (list, tuple)) else clean(value)
    return text if len(text) <= MOST_SIGNS else f"{text[: MOST_SIGNS - 1]}…"


def _leaves(settings: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Give the settings with a path each: a whole section that was swept is taken apart."""
    for name, value in settings.items():
        path = f"{above}{name}"
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{path}.")
        else:
            yield path, value


def _varies(values: Iterable[Any]) -> bool:
    return len({_key(value) for value in values}) > 1


def _short_names(paths: list[str]) -> dict[str, str]:
    """Return for each path its last name, with as many of those before it as it takes to be told from the others."""
    taken = [*paths, ALGORITHM]
    names = {}
    for path in paths:
        parts = path.split(".")
        ends = (".".join(parts[-count:]) for count in range(1, len(parts) + 1))
        names[path] = next((end for end in ends if not any(other != path and f".{other}".endswith(f".{end}") for other in taken)), path)
    return {path: clean(name) for path, name in names.items()}
