"""What each cluster holds of one feature, and how far that is from the other rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clusterctl.analysis.columns import Codes
from clusterctl.analysis.groups import Floats, Groups, Integers, quartiles, without_dust
from clusterctl.analysis.withheld import too_few
from clusterctl.results.characteristics import CategoricalCharacteristic, CategoryShare, NumericCharacteristic

TOP = 5


def numeric_characteristics(values: Floats, groups: Groups, kept: NDArray[np.bool_]) -> list[NumericCharacteristic]:
    """Return a numeric feature (n,) within each cluster, beside all rows `kept` (n,); NaN is missing."""
    present = np.isfinite(values) & kept
    whole = bool(present.all())
    labels, known = (groups.labels, values) if whole else (groups.labels[present], values[present])
    n_all = len(known)
    middle = float(known.mean()) if n_all else np.nan
    sd_all = float(known.std(ddof=1)) if n_all > 1 else np.nan
    keys = labels + 1
    counts = np.bincount(keys, minlength=groups.n_clusters + 1)[1:]
    sums = np.bincount(keys, weights=known - middle, minlength=groups.n_clusters + 1)[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        means = sums / counts
        rest = -sums / (n_all - counts)  # Deviations from the overall mean add up to 0.
        effect = (means - rest) / sd_all
        about = np.append(means, 0.0)[labels] + middle
        squares = np.bincount(keys, weights=(known - about) ** 2, minlength=groups.n_clusters + 1)[1:]
        sd = np.sqrt(squares / (counts - 1))
    centers = without_dust(means + middle, known)
    result = []
    for cluster in range(groups.n_clusters):
        own = values[groups.rows(cluster)]
        own = own if counts[cluster] == len(own) else own[np.isfinite(own)]
        low, median, high = quartiles(own) or (None, None, None)
        result.append(
            NumericCharacteristic(
                n_used=int(counts[cluster]),
                n_missing=int(groups.sizes[cluster] - counts[cluster]),
                mean=_finite(centers[cluster]),
                sd=_finite(sd[cluster]) if counts[cluster] > 1 else None,
                median=median,
                lower_quartile=low,
                upper_quartile=high,
                iqr=None if low is None or high is None else high - low,
                overall_mean=_finite(middle),
                overall_sd=_finite(sd_all),
                effect=_finite(effect[cluster]),
            )
        )
    return result


def categorical_characteristics(
    column: Codes, groups: Groups, kept: NDArray[np.bool_], boolean: bool, min_group: int = 1
) -> list[CategoricalCharacteristic]:
    """Return a categorical feature within each cluster, beside all rows `kept`.

    A category that fewer than `min_group` rows have, in the cluster or at all, is not told of.
    """
    present = (column.codes >= 0) & kept
    width = max(len(column.categories), 1)
    whole = np.bincount(column.codes[present], minlength=width)
    clustered = groups.order[groups.starts[0] :] if groups.n_clusters else groups.order[:0]
    clustered = clustered[present[clustered]]
    # Only pairs that occur: clusters by categories may be a large table.
    pairs, counts = np.unique(groups.labels[clustered] * width + column.codes[clustered], return_counts=True)
    edges = np.searchsorted(pairs, np.arange(groups.n_clusters + 1) * width)
    result = []
    for cluster in range(groups.n_clusters):
        part = slice(int(edges[cluster]), int(edges[cluster + 1]))
        own = np.zeros(width, dtype=np.int64)
        own[pairs[part] % width] = counts[part]
        result.append(_one_cluster(column.categories, own, whole, int(groups.sizes[cluster]), boolean, min_group))
    return result


def _one_cluster(
    names: Sequence[str], own: Integers, whole: Integers, size: int, boolean: bool, min_group: int
) -> CategoricalCharacteristic:
    n_own, n_all = int(own.sum()), int(whole.sum())
    hidden = too_few(own, min_group) | too_few(whole, min_group) | (n_own < min_group)
    top = np.argsort(-own, kind="stable")[:TOP]
    shown = [int(code) for code in top if own[code] and not hidden[code]]
    telling, effect = None, None
    if 0 < n_own < n_all and not hidden.all():
        h = cohen_h(own / n_own, (whole - own) / (n_all - n_own))
        size_of_h = np.where(hidden, -1.0, np.abs(h))
        # Of two that tell as much, as the two values of a boolean do, the one that is commoner here.
        telling = int(np.argmax(np.where(size_of_h >= size_of_h.max() - 1e-9, h, -np.inf)))
        effect = float(h[telling])
        if telling not in shown:
            shown.append(telling)
    return CategoricalCharacteristic(
        kind="boolean" if boolean else "categorical",
        n_used=n_own,
        n_missing=size - n_own,
        n_categories=int(np.count_nonzero(own)),
        categories=[share_of(names[code], int(own[code]), n_own, int(whole[code]), n_all) for code in shown],
        telling_category=None if telling is None else names[telling],
        effect=effect,
    )


def share_of(name: str, n_here: int, n_own: int, n_everywhere: int, n_all: int) -> CategoryShare:
    """Return how common a category is here and everywhere; it occurs at least once."""
    here, everywhere = n_here / n_own, n_everywhere / n_all
    return CategoryShare(category=name, share=here, overall_share=everywhere, lift=here / everywhere)


def cohen_h(p: Floats, q: Floats) -> Floats:
    """Return Cohen's h = 2 asin sqrt(p) - 2 asin sqrt(q), the effect size of a difference of two shares (Cohen 1988)."""
    return np.asarray(2 * np.arcsin(np.sqrt(p)) - 2 * np.arcsin(np.sqrt(q)))


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
