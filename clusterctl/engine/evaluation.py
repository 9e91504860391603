"""How good the clusters are: scores, and whether they stand up to resampling and to chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.engine.findings import Evaluation
from clusterctl.engine.pipeline import SAMPLE_ROWS, Fit, again, labels_of_rows
from clusterctl.kernels.threads import one_thread
from clusterctl.metrics.registry import METRICS, default_metrics
from clusterctl.values.remarks import Caution, Note

if TYPE_CHECKING:
    from clusterctl.metrics.settings import EvaluationConfiguration
    from clusterctl.metrics.silhouette import Silhouettes
    from clusterctl.results.models import NullComparison, Stability
    from clusterctl.values.dataset import Dataset
    from clusterctl.values.score import Score
    from clusterctl.values.space import Points, Space

METRICS_PATH = "clustering_results.evaluation_metrics"
VALIDATION_PATH = "clustering_results.validation"
SAMPLE_AT_MOST = 8_000


@dataclass(frozen=True, slots=True)
class Scored:
    """The scores of a labelling and the silhouettes they were read off; None: not computed."""

    scores: tuple[Score, ...]
    silhouettes: Silhouettes | None


def score_labels(dataset: Dataset, space: Space, fit: Fit, settings: EvaluationConfiguration, random_state: int, n_jobs: int) -> Scored:
    """Compute the metrics that the config names, by default all that apply, and the silhouette of every row if it is wanted."""
    from clusterctl.metrics.evaluate import score
    from clusterctl.metrics.external import pair_up
    from clusterctl.metrics.silhouette import silhouettes

    labels = fit.clustering.labels
    names = settings.evaluation_metrics
    if names is None:
        names = default_metrics(space.points.metric, dataset.target is not None)
    with one_thread():
        wanted = settings.silhouette_analysis or "silhouette_score" in names
        by_row = silhouettes(space.points, labels, random_state=random_state, n_jobs=n_jobs) if wanted else None
        truth = pair_up(dataset.target, labels_of_rows(space, fit.clustering), space.dropped)
        scores = score(space.points, labels, truth, names, random_state=random_state, n_jobs=n_jobs, silhouette=by_row)
    return Scored(scores, by_row)


def evaluate(space: Space, fit: Fit, settings: EvaluationConfiguration, scored: Scored, random_state: int, n_jobs: int) -> Evaluation:
    """Return the scores with their evidence: stability under resampling, comparison with chance, gates and cautions."""
    from clusterctl.metrics.cautions import cautions
    from clusterctl.metrics.gates import check

    labels = fit.clustering.labels
    noise_fraction = float((labels < 0).mean()) if len(labels) else None
    notes = score_notes(scored.scores, METRICS_PATH)
    stability, stability_notes = _stability(space, fit, settings, random_state, n_jobs)
    null, null_notes = _null(space, fit, settings, scored, random_state, n_jobs)
    by_cluster, silhouette_notes = _silhouette_per_cluster(scored.silhouettes, settings)
    values = gate_values(fit, scored.scores, noise_fraction, stability)
    warned = too_few_clusters(fit.clustering.n_clusters)
    if settings.cluster_validation:
        warned += cautions(space, labels, stability, null, by_density=fit.spec.connected, numbers=fit.numbers)
    return Evaluation(
        scores=scored.scores,
        noise_fraction=noise_fraction,
        silhouette_per_cluster=by_cluster,
        stability=stability,
        null=null,
        gates=tuple(check(settings.gates, values)),
        cautions=warned,
        notes=(*notes, *stability_notes, *null_notes, *silhouette_notes),
    )


def too_few_clusters(n_clusters: int) -> tuple[Caution, ...]:
    """Warn of a result that is valid but divides nothing."""
    if n_clusters == 0:
        return (Caution("no_clusters", "Every row is noise: with these settings there are no clusters here."),)
    if n_clusters == 1:
        return (
            Caution("single_cluster", "There is one cluster only, so nothing is divided and the scores that compare clusters are null."),
        )
    return ()


def gate_values(fit: Fit, scores: tuple[Score, ...], noise_fraction: float | None, stability: Stability | None) -> dict[str, float | None]:
    """Return every value that a gate may bound; None where it does not exist."""
    sizes = np.bincount(fit.clustering.labels[fit.clustering.labels >= 0])
    values: dict[str, float | None] = {score.name: score.value for score in scores}
    values["n_clusters"] = float(fit.clustering.n_clusters)
    values["noise_fraction"] = noise_fraction
    values["smallest_cluster"] = float(sizes.min()) if len(sizes) else None
    values["stability"] = stability.minimum if stability else None
    values["prediction_strength"] = stability.prediction_strength if stability else None
    return values


def score_notes(scores: Sequence[Score], path: str) -> list[Note]:
    """Return why the metrics at `path` are null: those without a value by their own reason, the others since nobody asked for them."""
    notes = [Note(f"{path}.{score.name}", score.reason or "undefined") for score in scores if score.value is None]
    computed = {score.name for score in scores}
    notes += [Note(f"{path}.{name}", "not among evaluation_metrics") for name in METRICS if name not in computed]
    return notes


def _silhouette_per_cluster(
    found: Silhouettes | None, settings: EvaluationConfiguration
) -> tuple[tuple[float | None, ...] | None, list[Note]]:
    path = f"{VALIDATION_PATH}.silhouette_per_cluster"
    if not settings.silhouette_analysis:
        return None, [Note(path, "silhouette_analysis is off")]
    if found is None or found.mean is None:
        return None, [Note(path, "the silhouette needs at least two clusters")]
    values = tuple(None if np.isnan(value) else float(value) for value in found.per_cluster)
    missing = [Note(f"{path}[{number}]", "no row of the cluster was scored") for number, value in enumerate(values) if value is None]
    return values, missing


def _stability(
    space: Space, fit: Fit, settings: EvaluationConfiguration, random_state: int, n_jobs: int
) -> tuple[Stability | None, list[Note]]:
    path = f"{VALIDATION_PATH}.stability"
    found = resample(space.points, fit, random_state, n_jobs) if settings.cross_validation else "cross_validation is off"
    return (None, [Note(path, found)]) if isinstance(found, str) else (found, _nulls_within(found.model_dump(), path))


def _null(
    space: Space, fit: Fit, settings: EvaluationConfiguration, scored: Scored, random_state: int, n_jobs: int
) -> tuple[dict[str, NullComparison] | None, list[Note]]:
    path = f"{VALIDATION_PATH}.null"
    wanted = settings.cluster_validation
    found = compare_with_null(space.points, fit, scored.scores, random_state, n_jobs) if wanted else "cluster_validation is off"
    return (None, [Note(path, found)]) if isinstance(found, str) else (found, [])


def resample(points: Points, fit: Fit, random_state: int, n_jobs: int) -> Stability | str:
    """Return how well the clusters are found again on resamples, or why that cannot be told."""
    from clusterctl.metrics.stability import stability

    labels, n_rows = fit.clustering.labels, sample_rows(fit, points.n_rows)
    return stability(points, labels, again(fit, points), random_state=random_state, n_jobs=n_jobs, n_rows=n_rows)


def compare_with_null(points: Points, fit: Fit, scores: Sequence[Score], random_state: int, n_jobs: int) -> dict[str, NullComparison] | str:
    """Return the internal scores beside those of data without clusters, or why that cannot be told."""
    from clusterctl.metrics.null import compare

    names = [score.name for score in scores if score.value is not None and METRICS[score.name].kind == "internal"]
    labels, n_rows = fit.clustering.labels, sample_rows(fit, points.n_rows)
    return compare(points, labels, names, again(fit, points), random_state=random_state, n_jobs=n_jobs, n_rows=n_rows)


def sample_rows(fit: Fit, n_rows: int) -> int:
    """Return how many rows resamples and null draws are made from: 2,000, or as many as parameters that count rows need, up to 8,000.

    Half of the sample must still ask for the least that each of them may be.
    """
    if fit.settle is not None:
        return SAMPLE_ROWS
    if fit.sample is not None:
        n_rows = fit.sample.points.n_rows
    parameters = fit.fitted[1].parameters
    needed = [
        2 * least * n_rows / value
        for name, least in fit.spec.row_counts.items()
        if isinstance(value := getattr(parameters, name), int) and value
    ]
    return min(SAMPLE_AT_MOST, max(SAMPLE_ROWS, *(math.ceil(rows) for rows in needed))) if needed else SAMPLE_ROWS


def _nulls_within(tree: dict[str, object], path: str) -> list[Note]:
    return [Note(f"{path}.{name}", "too few resamples gave a value") for name, value in tree.items() if value is None]
