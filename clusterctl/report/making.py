"""How the result was made: the data, the steps, the versions and the fingerprints, enough to make it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.analysis.words import percent, plain, printable
from clusterctl.config.scalars import dump
from clusterctl.metrics.registry import METRICS
from clusterctl.report.answer import data_name
from clusterctl.report.views import Fact, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusterctl.results.models import MethodInfo, ResultsDocument

MOST_LEFT_OUT = 50


def made(document: ResultsDocument) -> tuple[Fact, ...]:
    """Return the facts in the order of the work."""
    metadata, info = document.metadata, document.clustering_results.model_info
    statistics = metadata.data_statistics
    algorithm = f"{ALGORITHMS[info.algorithm].title} ({info.algorithm}): {_settings(info.parameters)}"
    chosen = [
        Fact(f"{name}: auto", f"{choice['value']}: {printable(str(choice.get('why', '')))}")
        for name, choice in info.chosen.items()
        if isinstance(choice, dict) and "value" in choice
    ]
    return (
        Fact("Data", f"{data_name(document)}: {statistics.n_rows:,} rows, {statistics.n_columns:,} columns"),
        Fact("SHA-256 of the data", metadata.data_sha256, code=True),
        Fact("Features", f"{len(info.features):,}: {_listed([plain(name) for name in info.features])}"),
        Fact("Preparation", preparation(document)),
        Fact("Algorithm", algorithm),
        *_sampled(info.fit),
        *chosen,
        Fact("Seed", str(metadata.random_state)),
        Fact("SHA-256 of the config", metadata.config_sha256, code=True),
        Fact(
            "Versions",
            ", ".join([f"clusterctl {metadata.version}", *(f"{name} {version}" for name, version in metadata.libraries.items())]),
        ),
        Fact("Made", f"{metadata.processing_timestamp:%Y-%m-%d %H:%M} UTC, in {metadata.processing_duration:.1f} seconds"),
        Fact("Again", "clusterctl run config.yaml", code=True),
    )


def _sampled(fit: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Return what was fitted on, where that is a sample."""
    if fit.get("strategy") != "sample":
        return ()
    asked = f"; asked of them: {_settings(dict(fit['carried_over']))}" if fit.get("carried_over") else ""
    return (
        Fact("Fitted on", f"a sample of {fit['n_fitted']:,} rows; {fit['n_assigned']:,} were assigned by the rule for new rows{asked}"),
    )


def preparation(document: ResultsDocument) -> str:
    """Return the steps of the preparation in words, in their order."""
    statistics = document.metadata.data_statistics
    chosen = statistics.preprocessing
    settings = document.metadata.config["preprocessing_configuration"]
    steps = [f"missing values: {chosen['missing_values']}"]
    if any(entry.kind == "categorical" for entry in statistics.feature_statistics.values()):
        steps.append(f"categories: {chosen['categorical']}")
    steps += [f"transform: {chosen['transform']}"] * (chosen["transform"] != "none")
    steps += [f"scaling: {chosen['scaling']}", *[f"outliers: {settings['outlier_action']}"] * bool(settings["outlier_detection"])]
    steps += ["features selected"] * bool(settings["feature_selection"])
    reduction = settings["dimensionality_reduction"]
    if reduction != "none":
        kept = chosen["explained_variance"]
        held = f" holding {percent(min(sum(kept), 1.0))} of the variance" if kept else ""
        steps.append(f"reduced by {reduction} to {statistics.n_dimensions} dimensions{held}")
    return f"{', '.join(steps)}; {statistics.n_dimensions} dimensions, {chosen['distance']} distance"


def left_out(document: ResultsDocument) -> Table | None:
    """Return the columns that were not clustered on, with their reasons; None: there are none."""
    every = document.metadata.data_statistics.features_left_out
    if not every:
        return None
    rows = [(plain(entry.column), entry.reason) for entry in every[:MOST_LEFT_OUT]]
    if len(every) > MOST_LEFT_OUT:
        rows.append((f"and {len(every) - MOST_LEFT_OUT:,} more", "results.json names them all"))
    return Table(("column", "why it was left out"), tuple(rows), (False, False))


def scores(document: ResultsDocument) -> Table:
    """Return every metric with its value, its best direction, and how it was computed."""
    metrics = document.clustering_results.evaluation_metrics
    reasons = {note.path: note.reason for note in document.metadata.notes}
    rows = []
    for name, spec in METRICS.items():
        value: float | None = getattr(metrics, name)
        how = _method(metrics.methods[name]) if value is not None else reasons.get(f"clustering_results.evaluation_metrics.{name}", "")
        rows.append((spec.title, "–" if value is None else f"{value:.4g}", "higher" if spec.best == "max" else "lower", how))
    return Table(("score", "value", "better", "how"), tuple(rows), (False, True, False, False))


def config_text(document: ResultsDocument) -> str:
    """Return the resolved config as YAML, without what is empty."""
    return printable(dump({name: section for name, section in document.metadata.config.items() if section}), kept="\n")


def _method(method: MethodInfo) -> str:
    spoken = "" if method.coverage >= 1 else f", speaks for {percent(method.coverage)} of them"
    if method.method == "exact":
        return f"exact, {method.n_used:,} rows{spoken}"
    interval = f", 95 % interval {method.interval[0]:.3g} to {method.interval[1]:.3g}" if method.interval else ""
    return f"from a sample of {method.n_used:,} rows{interval}{spoken}"


def _settings(parameters: dict[str, Any]) -> str:
    return ", ".join(f"{name} {'none' if value is None else value}" for name, value in parameters.items()) or "no settings"


def _listed(names: list[str], most: int = 40) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most:,} more" if len(names) > most else "")
