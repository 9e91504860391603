"""What the clusters are: centres, shape, profiles, importance, outliers, and what to make of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clusterctl.engine.findings import Evaluation, Explanation
from clusterctl.engine.pipeline import Fit, labels_of_rows

if TYPE_CHECKING:
    from clusterctl.analysis.evidence import Evidence
    from clusterctl.results.assignments import Fate
    from clusterctl.results.protected import ProtectedCategories, ProtectedNumbers
    from clusterctl.values.dataset import Dataset
    from clusterctl.values.space import Space


def confidence_of(space: Space, fit: Fit) -> np.ndarray:
    """Return how sure each point's cluster is, in [0, 1]: the algorithm's own word, else by the distances to the centres."""
    from clusterctl.analysis.confidence import centre_confidence

    own = fit.clustering.confidence
    return centre_confidence(space.points, fit.clustering.labels) if own is None else own


def explain(dataset: Dataset, space: Space, fit: Fit, evaluation: Evaluation, *, chosen: bool, scaling: str, n_jobs: int) -> Explanation:
    """Return the explanation of a clustering, from the data in its original units.

    chosen: whether the number of clusters was left to `auto`. scaling: how the features were scaled, for the advice.
    """
    from clusterctl.analysis.guidance import recommendations
    from clusterctl.analysis.importance import feature_importance
    from clusterctl.analysis.outliers import outlier_analysis
    from clusterctl.analysis.profiles import profiles
    from clusterctl.analysis.shape import cluster_statistics
    from clusterctl.analysis.statistics import centers, feature_statistics
    from clusterctl.analysis.withheld import cluster_shapes

    labels = labels_of_rows(space, fit.clustering)
    where = centers(dataset, labels, fit.clustering.n_clusters)
    shape = cluster_shapes(cluster_statistics(space.points, fit.clustering.labels, n_jobs), dataset.privacy)
    importance = feature_importance(dataset, labels, n_jobs)
    described = profiles(dataset, space, labels, importance.value, n_jobs)
    outliers = outlier_analysis(dataset, space, labels)
    advice = recommendations(_evidence(dataset, space, fit, evaluation, chosen, scaling))
    parts = (where, shape, importance, described, outliers, advice)
    return Explanation(
        centers=where.value,
        statistics=shape.value,
        importance=importance.value,
        profiles=described.value,
        outliers=outliers.value,
        recommendations=advice.value,
        feature_statistics=feature_statistics(dataset, n_jobs),
        notes=tuple(note for part in parts for note in part.notes),
    )


def compare_protected(dataset: Dataset, fate: Fate, n_jobs: int) -> tuple[ProtectedCategories | ProtectedNumbers, ...]:
    """Return how the clusters, by their numbers, differ in the protected columns; nothing where none is named."""
    if not dataset.privacy.protected:
        return ()
    from clusterctl.analysis.protected import protected_columns

    return tuple(protected_columns(dataset, fate.labels, fate.dropped, n_jobs))


def _evidence(dataset: Dataset, space: Space, fit: Fit, evaluation: Evaluation, chosen: bool, scaling: str) -> Evidence:
    from clusterctl.analysis.evidence import Evidence

    labels = fit.clustering.labels
    return Evidence(
        algorithm=fit.spec.name,
        takes_n_clusters=fit.spec.takes_n_clusters,
        n_rows=space.points.n_rows,
        n_dimensions=space.points.n_columns,
        sizes=tuple(np.bincount(labels[labels >= 0]).tolist()),
        numbers=fit.numbers,
        noise_fraction=evaluation.noise_fraction,
        n_features=len(dataset.features),
        chosen=chosen,
        scores={score.name: score.value for score in evaluation.scores},
        stability=evaluation.stability,
        null=evaluation.null,
        parameters=fit.settings.parameters.model_dump(mode="json"),
        embedding=space.embedding,
        scaling=scaling,
        connected=fit.spec.connected,
        n_excluded=int(space.excluded.sum()),
        n_dropped=int(space.dropped.sum()),
    )
