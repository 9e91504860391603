"""The rule for algorithms that have none of their own: a new row goes where most of its nearest fitted rows are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusterctl.values.prediction import FittedModel, Predict, Prediction, PredictRule

if TYPE_CHECKING:
    import numpy as np

    from clusterctl.values.space import Points

N_NEIGHBOURS = 5


def prepare(model: FittedModel) -> Predict:
    """Return the vote of the five nearest fitted rows, noise a candidate too; ties go to the nearer row (Cover & Hart 1967).

    confidence: the share of the votes, noise 0; distance: to the nearest clustered row.
    """
    return by_vote(model, model.points.metric, None)


def by_vote(model: FittedModel, metric: str, centers: np.ndarray | None) -> Predict:
    """Return the vote by this distance; with `centers` (k, d) the confidence is that of the distances to them."""
    import numpy as np

    from clusterctl.kernels.nearest_centers import center_confidence, center_distances
    from clusterctl.kernels.nearest_rows import ClusteredRows, FittedRows, vote

    rows = FittedRows.of(model.points.X, metric)
    clustered = ClusteredRows.of(model.points.X, model.labels, metric) if (model.labels < 0).any() else None

    def predict(points: Points, own: np.ndarray | None, n_jobs: int) -> Prediction:
        near, distances = rows.nearest(points.X, N_NEIGHBOURS, own, n_jobs)
        if not near.shape[1]:  # a row that is alone has no neighbour to ask
            return Prediction(np.full(len(near), -1), np.zeros(len(near)), np.full(len(near), np.nan))
        labels, share = vote(model.labels[near])
        distance = distances[:, 0] if clustered is None else clustered.nearest(points.X, own, n_jobs)[1]
        if centers is not None:
            share = center_confidence(*center_distances(points.X, labels, centers, metric)[:2])
        return Prediction(labels, np.where(labels >= 0, share, 0.0), distance)

    return predict


def prepare_with_centers(model: FittedModel) -> Predict:
    """Return the vote of the five nearest fitted rows, its confidence by the distances to the clusters' centres, as for fitted rows."""
    from clusterctl.kernels.nearest_centers import centers_of

    metric = model.points.metric
    return by_vote(model, metric, centers_of(model.points.X, model.labels, model.n_clusters, metric))


EMBEDDED = PredictRule(
    name="neighbour_vote",
    about="the vote of the 5 nearest fitted rows in the space before the embedding, noise included; ties to the nearer row",
    prepare=prepare,
)
"""The rule after UMAP and t-SNE, whatever the algorithm."""

WITH_CENTERS = PredictRule(
    name="neighbour_vote",
    about="the vote of the 5 nearest fitted rows; ties to the nearer row",
    prepare=prepare_with_centers,
)
