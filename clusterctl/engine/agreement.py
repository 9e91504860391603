"""How well predict gives the fitted rows the labels they have, and how far from the clusters is far: measured while a run is made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from clusterctl.algorithms.neighbour_vote import EMBEDDED
from clusterctl.engine.pipeline import Fit
from clusterctl.kernels.threads import one_thread
from clusterctl.results.models import PredictInfo
from clusterctl.values.prediction import FittedModel, PredictRule
from clusterctl.values.remarks import Caution, Note
from clusterctl.values.space import Points, Space

SAMPLE_ROWS = 2_000
"""Rows that are predicted again, at most; a fixed number, so that the figures do not hang on the machine."""
NOVEL = 0.99
"""A new row farther than this share of the fitted rows is like nothing seen."""
ENOUGH = 0.95
"""Below this agreement it is warned of."""
PATH = "clustering_results.model_info.predict"


@dataclass(frozen=True, slots=True)
class Foresight:
    """What predict will do with a fit: the model, its rule, and what was measured of it."""

    rule: PredictRule
    model: FittedModel
    info: PredictInfo
    cautions: tuple[Caution, ...]
    notes: tuple[Note, ...]


def rule_of(fit: Fit, space: Space) -> tuple[PredictRule, FittedModel]:
    """Return the rule for new rows and what it needs: the algorithm's own, or after UMAP and t-SNE the vote of all rows before them."""
    if space.before_embedding is None:
        found, settings = fit.fitted
        points = space.points if fit.sample is None else fit.sample.points
        return fit.spec.predict, FittedModel(points, found.labels, found.n_clusters, found.arrays, settings.parameters)
    clustering = fit.clustering
    before = Points(space.before_embedding, space.points.metric)
    return EMBEDDED, FittedModel(before, clustering.labels, clustering.n_clusters, {}, fit.settings.parameters)


def foresee(fit: Fit, space: Space, n_jobs: int) -> Foresight:
    """Predict fitted rows again, none its own neighbour, and compare; of more than 2,000 rows a sample stratified by cluster.

    The novelty distance is what 99 % of these rows' distances do not exceed (the smallest of them that does: no interpolation).
    """
    rule, model = rule_of(fit, space)
    rows = sample(model.labels, SAMPLE_ROWS)
    with one_thread():
        predicted = rule.prepare(model)(Points(np.ascontiguousarray(model.points.X[rows]), model.points.metric), rows, n_jobs)
    agreement = float((predicted.labels == model.labels[rows]).mean())
    far = _novelty_distance(predicted.distance)
    info = PredictInfo(rule=rule.name, agreement=agreement, n_used=len(rows), novelty_distance=far)
    notes = () if far is not None else (Note(f"{PATH}.novelty_distance", "there is no clustered row to be far from"),)
    return Foresight(rule, model, info, tuple(_cautions(info, model.points.n_rows)), notes)


def sample(labels: np.ndarray, n_most: int) -> np.ndarray:
    """Return sorted positions of at most `n_most` rows (and one a cluster), evenly spaced within each cluster: deterministic."""
    n = len(labels)
    if n <= n_most:
        return np.arange(n)
    order = np.argsort(labels, kind="stable")
    bounds = np.append(np.flatnonzero(np.diff(labels[order], prepend=labels[order[0]] - 1)), n)
    chosen = []
    for start, stop in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        size = max(1, (stop - start) * n_most // n)
        chosen.append(order[start + (np.arange(size) * 2 + 1) * (stop - start) // (2 * size)])
    return np.sort(np.concatenate(chosen))


def _novelty_distance(distances: np.ndarray) -> float | None:
    known = np.sort(distances[np.isfinite(distances)])
    return float(known[int(np.ceil(NOVEL * len(known))) - 1]) if len(known) else None


def _cautions(info: PredictInfo, n_rows: int) -> Iterator[Caution]:
    if info.agreement < ENOUGH:
        of = f"{info.n_used:,} of the {n_rows:,} rows" if info.n_used < n_rows else f"the {n_rows:,} rows"
        yield Caution(
            "predict_disagrees",
            f"predict by {info.rule.replace('_', ' ')} would give only {info.agreement:.0%} of {of} fitted on the cluster they have: "
            "clusters that cannot be told from the rows around are no ground for predictions.",
        )
