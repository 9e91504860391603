"""The README's tables, written from the code: `python tests/readme_tables.py` writes them anew, `test_readme.py` holds them.

Each table stands between `<!-- table NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import typer.main

from clusterctl.algorithms.neighbour_vote import EMBEDDED
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.cli import app
from clusterctl.config.models import Config
from clusterctl.config.schema import allowed_value
from clusterctl.config.sections.sweep import Constraint, Distribution, RandomSearch
from clusterctl.data.settings import ReadOptions
from clusterctl.errors import ClusterctlError, ExitCode
from clusterctl.metrics.registry import METRICS
from clusterctl.plots.recommend.registry import RECOMMEND_PLOTS
from clusterctl.plots.registry import PLOTS
from clusterctl.plots.sweep.registry import SWEEP_PLOTS
from clusterctl.recommendation.kinds import KINDS
from clusterctl.recommendation.weights import RANKING, TENDENCY
from clusterctl.recommendation.words import SIGNS
from clusterctl.starter.uses import USES

README = Path(__file__).resolve().parents[1] / "README.md"
SECTIONS = (
    "clustering_data",
    "clustering_configuration",
    "preprocessing_configuration",
    "evaluation_configuration",
    "visualization_configuration",
    "output",
    "execution",
    "privacy",
    "sweep_configuration",
    "recommend_configuration",
)
INNER = {
    "clustering_data": {"clustering_data.read_options": ReadOptions},
    "sweep_configuration": {
        "sweep_configuration.random": RandomSearch,
        "sweep_configuration.random.space.<path>": Distribution,
        "sweep_configuration.constraints.<metric>": Constraint,
    },
}
"""Section → the mappings in it that have keys of their own."""


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(header), *(list(row) for row in rows)]
    escaped = [[cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines]
    marked = [f"| {' | '.join(line)} |" for line in escaped]
    return "\n".join([marked[0], "|" + "---|" * len(lines[0]), *marked[1:]])


def sentence(text: str | None) -> str:
    return " ".join((text or "").split()).rstrip(".")


def default_of(field: Any) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None:
        return ""
    if value == ():
        return "`[]`"
    if hasattr(value, "model_dump") or value == {}:
        return "`{}`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def fields_of(model: Any, path: tuple[str, ...], tree: Any) -> list[list[str]]:
    rows = []
    for name, field in model.model_fields.items():
        key = field.alias or name
        allowed = allowed_value((*path, key), tree)
        rows.append([f"`{key}`", allowed, default_of(field), sentence(field.description)])
    return rows


def config_keys() -> str:
    parts = []
    for section in SECTIONS:
        annotation = Config.model_fields[section].annotation
        model = next(part for part in getattr(annotation, "__args__", (annotation,)) if hasattr(part, "model_fields"))
        parts.append(f"**`{section}`** {sentence(model.__doc__)}.\n")
        parts.append(table(("key", "allowed", "default", "meaning"), fields_of(model, (section,), {})) + "\n")
        for name, inner in INNER.get(section, {}).items():
            parts.append(f"**`{name}`**\n")
            parts.append(table(("key", "allowed", "default", "meaning"), fields_of(inner, tuple(name.split(".")), {})) + "\n")
    return "\n".join(parts).strip()


def algorithms() -> str:
    rows = [
        [
            f"`{spec.name}`",
            spec.title,
            "yes" if spec.takes_n_clusters else "no",
            "yes" if spec.makes_noise else "no",
            "yes" if "manhattan" in spec.metrics else "no",
            spec.source,
        ]
        for spec in ALGORITHMS.values()
    ]
    return table(("name", "what", "takes `n_clusters`", "makes noise", "mixed distance", "source"), rows)


def predict_rules() -> str:
    rows = [[f"`{spec.name}`", f"`{spec.predict.name}`", sentence(spec.predict.about)] for spec in ALGORITHMS.values()]
    rows.append(["any, after `umap` or `tsne`", f"`{EMBEDDED.name}`", sentence(EMBEDDED.about)])
    return table(("algorithm", "rule", "a new row gets"), rows)


def parameters() -> str:
    parts = []
    for spec in ALGORITHMS.values():
        tree = {"clustering_configuration": {"algorithm": spec.name}}
        rows = fields_of(spec.parameters, ("clustering_configuration", "parameters"), tree)
        parts.append(f"**`{spec.name}`**\n\n" + table(("parameter", "allowed", "default", "meaning"), rows))
    return "\n\n".join(parts)


def metrics() -> str:
    def bounds(low: float | None, high: float | None) -> str:
        return f"{'-∞' if low is None else f'{low:g}'} to {'∞' if high is None else f'{high:g}'}"

    rows = [
        [
            f"`{spec.name}`",
            spec.kind,
            "higher" if spec.best == "max" else "lower",
            bounds(*spec.bounds),
            sentence(spec.meaning),
            spec.source,
        ]
        for spec in METRICS.values()
    ]
    return table(("name", "kind", "better", "range", "what it says", "source"), rows)


def plots() -> str:
    columns = {"two": "two", "any": "any number", None: ""}
    rows = [
        [f"`{spec.name}`", sentence(spec.about), "yes" if spec.by_default else "", "yes" if spec.interactive else "", columns[spec.columns]]
        for spec in PLOTS.values()
    ]
    return table(("name", "shows", "drawn by default", "as a page (html)", "`--columns`"), rows)


def uses() -> str:
    on = {"all": "", "text": "free text alone", "colours": "red, green, blue, or numbers that say no place"}
    rows = []
    for use in USES.values():
        first, *others = (candidate.algorithm for candidate in use.algorithms)
        asks = [on[use.on], "Gower's distance where numbers and categories are mixed" if use.mixed else ""]
        asks += ["rows with gaps left out where few" if use.drop_missing else "", "long tails drawn in" if use.tails else ""]
        asks += [f"{use.scaling} scaling" if use.scaling != "standard" else ""]
        asks += [f"outliers: {use.outliers}" if use.outliers != "none" else "", "feature selection" if use.select else ""]
        asks += ["own columns written" if use.table else ""]
        rows.append([f"`{use.name}`", use.question, ", else ".join([first, *others]), "; ".join(filter(None, asks))])
    return table(("`--for`", "question", "algorithm", "what it asks beside"), rows)


def sweep_plots() -> str:
    return table(("name", "shows"), [[f"`{spec.name}`", sentence(spec.about)] for spec in SWEEP_PLOTS.values()])


def _plain(number: float) -> str:
    return f"{round(number, 2):g}"


def evidence() -> str:
    speaks = {1: "for", -1: "against", 0: ""}
    rows = [
        [
            f"`{name}`",
            sentence(KINDS[name].about),
            speaks[KINDS[name].direction],
            f"{term.weight:+.2f}",
            f"{_plain(term.low)} to {_plain(term.high)}",
        ]
        for name, term in sorted(RANKING.items(), key=lambda entry: -abs(entry[1].weight * (entry[1].high - entry[1].low)))
    ]
    return table(("evidence", "what it is", "more of it can speak", "weight", "range that counts"), rows)


def signs() -> str:
    rows = [
        [f"`{name}`", sentence(SIGNS[name]), f"{term.weight:+.2f}", f"{_plain(term.low)} to {_plain(term.high)}"]
        for name, term in sorted(TENDENCY.items(), key=lambda entry: -abs(entry[1].weight * (entry[1].high - entry[1].low)))
    ]
    return table(("sign", "what it is", "weight", "range that counts"), rows)


def recommend_plots() -> str:
    return table(("name", "shows"), [[f"`{spec.name}`", sentence(spec.about)] for spec in RECOMMEND_PLOTS.values()])


def commands() -> str:
    parts = []
    root = typer.main.get_command(app)
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        arguments = " ".join(parameter.metavar or parameter.name for parameter in command.params if parameter.param_type_name == "argument")
        options = [parameter for parameter in command.params if parameter.param_type_name == "option"]
        rows = [[", ".join(f"`{text}`" for text in option.opts), sentence(option.help)] for option in options]
        parts.append(
            f"**`clusterctl {name} {arguments}`** {sentence(command.help)}.\n\n" + (table(("option", "meaning"), rows) if rows else "")
        )
    return "\n\n".join(part.strip() for part in parts)


def exit_codes() -> str:
    rows = [["0", "done"], ["1", "a bug in clusterctl, or its working process crashed"]]
    rows += sorted(
        [str(kind.exit_code), f"`{kind.__name__}`: {sentence((kind.__doc__ or '').splitlines()[0])}"]
        for kind in ClusterctlError.__subclasses__()
    )
    rows += [[str(ExitCode.GATE_FAILED), "a gate failed; the work was done and written"]]
    rows += [["129, 130, 141, 143", "hung up, interrupted, reader of the pipe gone, terminated"]]
    return table(("code", "meaning"), rows)


TABLES: dict[str, Callable[[], str]] = {
    "config keys": config_keys,
    "algorithms": algorithms,
    "parameters": parameters,
    "predict rules": predict_rules,
    "metrics": metrics,
    "plots": plots,
    "sweep plots": sweep_plots,
    "recommend plots": recommend_plots,
    "uses": uses,
    "evidence": evidence,
    "signs": signs,
    "commands": commands,
    "exit codes": exit_codes,
}


def with_tables(text: str) -> str:
    """Return the README with every table as the code has it now."""
    for name, make in TABLES.items():
        start, end = f"<!-- table {name} -->\n", "<!-- end -->"
        before, found, rest = text.partition(start)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise SystemExit(f"README.md has no place for the table {name!r}")
        text = f"{before}{start}\n{make()}\n\n{end}{after}"
    return text


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")
