"""The rows outside every cluster, and how unusual each is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clusterctl.analysis.groups import Floats, Integers
from clusterctl.analysis.noted import Noted
from clusterctl.results.models import OutlierAnalysis
from clusterctl.values.remarks import Note

if TYPE_CHECKING:
    from clusterctl.values.dataset import Dataset
    from clusterctl.values.space import Points, Space

PATH = "clustering_results.cluster_analysis.outlier_analysis.outlier_scores"
SAMPLE = 1_000


def outlier_analysis(dataset: Dataset, space: Space, labels_all: Integers) -> Noted[OutlierAnalysis]:
    """Return the noise and excluded rows in input order with their scores; larger is more unusual.

    With outlier detection on the scores are `space.outlier_scores`. With it off they are `sampled_scores`, so that the noise of
    DBSCAN, OPTICS and HDBSCAN can be ranked; a note says which. Null, with a note, where no row is clustered, and both lists where
    `privacy` hides them. Deterministic.
    """
    outside = np.flatnonzero((labels_all < 0) & ~space.dropped)
    privacy = dataset.privacy
    if privacy.hides(len(outside)) or not privacy.include_samples:
        reason = privacy.reason if privacy.include_samples else "privacy.include_samples is false"
        notes = tuple(Note(path, reason) for path in (PATH.removesuffix("outlier_scores") + "outliers", PATH))
        return Noted(OutlierAnalysis(outliers=None, outlier_scores=None), notes)
    ids = dataset.sample_ids(outside)
    if len(outside) == 0:
        return Noted(OutlierAnalysis(outliers=[], outlier_scores=[]))
    if space.outlier_scores is not None:
        scores = [float(score) if np.isfinite(score) else None for score in space.outlier_scores[outside]]
        return Noted(OutlierAnalysis(outliers=ids, outlier_scores=scores))
    clustered = labels_all[space.rows] >= 0
    if not clustered.any():
        reason = "no row is in a cluster to measure from; outlier_detection: true gives scores"
        return Noted(OutlierAnalysis(outliers=ids, outlier_scores=[None] * len(ids)), (Note(PATH, reason),))
    reason = (
        "outlier detection is off: the distance to the nearest of up to 1,000 clustered rows, over the median such distance of "
        "clustered rows (Sugiyama and Borgwardt 2013); 1 is usual"
    )
    found = sampled_scores(space.points, np.flatnonzero(clustered), np.flatnonzero(~clustered))
    return Noted(OutlierAnalysis(outliers=ids, outlier_scores=list(found.tolist())), (Note(PATH, reason),))


def sampled_scores(points: Points, clustered: Integers, asked: Integers) -> Floats:
    """Return for each of the rows `asked` its distance to the nearest of at most 1,000 clustered rows, over what is usual.

    Sugiyama and Borgwardt (2013), "Rapid distance-based outlier detection via sampling": the nearest of a small sample ranks outliers as
    well as all rows do. The sample is evenly spaced in input order; usual is the median of the same distance over as many other
    clustered rows (with 1,000 or fewer, of each to its nearest other); where that is 0 distances are given as they are.
    """
    sample = clustered[np.linspace(0, len(clustered) - 1, min(SAMPLE, len(clustered))).astype(np.int64)]
    others = clustered[~_member(points.n_rows, sample)[clustered]]
    if len(others):
        others = others[np.linspace(0, len(others) - 1, min(SAMPLE, len(others))).astype(np.int64)]
        usual = _nearest(points, others, sample, place=0)
    else:
        usual = _nearest(points, sample, sample, place=1) if len(sample) > 1 else np.zeros(1)
    scale = float(np.median(usual)) or 1.0
    return _nearest(points, asked, sample, place=0) / scale


def _member(n_rows: int, rows: Integers) -> NDArray[np.bool_]:
    """Return which rows (n_rows,) are among `rows`."""
    result = np.zeros(n_rows, dtype=np.bool_)
    result[rows] = True
    return result


def _nearest(points: Points, asked: Integers, sample: Integers, place: int) -> Floats:
    """Return the distance of each row asked to the sample row at `place` by distance, in tiles."""
    from scipy.spatial.distance import cdist

    name = "cityblock" if points.metric == "manhattan" else "euclidean"
    result = np.empty(len(asked))
    for start in range(0, len(asked), 2048):
        table = cdist(points.X[asked[start : start + 2048]], points.X[sample], name)
        result[start : start + 2048] = table.min(axis=1) if place == 0 else np.partition(table, place, axis=1)[:, place]
    return result
