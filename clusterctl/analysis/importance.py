"""How well each original feature tells the clusters apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clusterctl.analysis.columns import categories, numbers
from clusterctl.analysis.groups import Floats, Integers
from clusterctl.analysis.noted import Noted
from clusterctl.analysis.texts import text_values
from clusterctl.kernels.threads import parallel
from clusterctl.results.models import FeatureImportance
from clusterctl.values.remarks import Note

if TYPE_CHECKING:
    from clusterctl.values.dataset import Dataset

PATH = "clustering_results.cluster_analysis.feature_importance"
CHANCE = 0.05
MOST_ROWS = 100_000


def feature_importance(dataset: Dataset, labels_all: Integers, n_jobs: int = 1) -> Noted[list[FeatureImportance]]:
    """Return each feature's share in telling the clusters apart, sorted falling, ties in the features' order; adds up to 1.

    The measure is the mutual information of cluster and feature in nats, I = sum p(c, v) log(p(c, v) / (p(c) p(v))), over the clustered
    rows, less its bias (r - 1)(k - 1) / 2n under independence (Miller 1955), not below 0, and 0 where the G test (2nI against chi-squared)
    finds no more than chance at 5 %; each is then divided by the sum. It sees any kind of difference, not of means alone, and
    is one scale for numbers and categories: both are made into at most m = n / 5k values (at least 5, at most max(20, 2k)):
    numbers by quantile, categories by keeping the commonest, the others as one, free text by telling words (`texts.text_values`, on
    half the rows). Missing is a value of its own. Null, with a note, if there are fewer than two clusters or no feature tells them
    apart. Of more than 100,000 clustered rows as many are used, evenly spaced in input order. Deterministic.
    """
    names = dataset.features
    clustered = np.flatnonzero(labels_all >= 0)
    n_clustered = len(clustered)
    if n_clustered > MOST_ROWS:
        clustered = clustered[np.linspace(0, n_clustered - 1, MOST_ROWS).astype(np.int64)]
    labels = labels_all[clustered]
    k = int(labels.max(initial=-1)) + 1
    if k < 2:
        return _nothing(names, "there are fewer than two clusters to tell apart")
    n_values = int(np.clip(len(labels) // (5 * k), 5, max(20, 2 * k)))
    found = parallel(lambda name: information(*coded_values(dataset, name, clustered, labels, k, n_values), k), names, n_jobs)
    raw = dict(zip(names, found, strict=True))
    total = sum(raw.values())
    if total <= 0:
        return _nothing(names, "no feature tells the clusters apart better than chance would")
    order = sorted(names, key=lambda name: -raw[name])
    result = [FeatureImportance(feature=name, importance=raw[name] / total) for name in order]
    if n_clustered <= MOST_ROWS:
        return Noted(result)
    reason = f"from {MOST_ROWS:,} of {n_clustered:,} clustered rows, evenly spaced in input order"
    return Noted(result, (Note(f"{PATH}[*].importance", reason),))


def _nothing(names: tuple[str, ...], reason: str) -> Noted[list[FeatureImportance]]:
    return Noted([FeatureImportance(feature=name, importance=None) for name in names], (Note(f"{PATH}[*].importance", reason),))


def information(values: Integers, labels: Integers, k: int) -> float:
    """Return the bias-corrected mutual information in nats of two codings (n,), 0 if it could be chance."""
    from scipy.special import chdtrc

    n, r = len(labels), int(values.max()) + 1
    table = np.bincount(labels * r + values, minlength=k * r).reshape(k, r).astype(np.float64)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / n
    full = table > 0
    found = float((table[full] * np.log(table[full] / expected[full])).sum()) / n
    freedom = (table.shape[0] - 1) * (table.shape[1] - 1)
    if freedom == 0 or float(chdtrc(freedom, 2 * n * found)) > CHANCE:
        return 0.0
    return float(max(0.0, found - freedom / (2 * n)))


def coded_values(dataset: Dataset, name: str, rows: Integers, labels: Integers, k: int, n_values: int) -> tuple[Integers, Integers]:
    """Return the feature's values on these rows as codes from 0, at most `n_values` and one for missing, and the labels beside them."""
    if dataset.kinds[name] == "numeric":
        return binned(numbers(dataset, name)[rows], n_values), labels
    if dataset.kinds[name] == "text":
        return text_values(dataset, name, rows, labels, k, n_values)
    codes = categories(dataset, name).codes[rows]
    counts = np.bincount(codes[codes >= 0], minlength=1)
    number = np.full(len(counts) + 1, n_values - 1, dtype=np.int64)
    kept = np.argsort(-counts, kind="stable")[: n_values if np.count_nonzero(counts) <= n_values else n_values - 1]
    number[kept] = np.arange(len(kept))
    number[-1] = n_values  # Where the missing, coded -1, look.
    return number[codes], labels


def binned(values: Floats, n_values: int) -> Integers:
    """Return the quantile bin of each value (n,); equal values share a bin, NaN is the last code."""
    present = values[np.isfinite(values)]
    if len(present) == 0:
        return np.zeros(len(values), dtype=np.int64)
    places = (np.arange(1, n_values) * len(present)) // n_values
    edges = np.unique(np.partition(present, places)[places])
    codes = np.searchsorted(edges, values, side="right")
    codes[~np.isfinite(values)] = n_values
    return codes.astype(np.int64, copy=False)
