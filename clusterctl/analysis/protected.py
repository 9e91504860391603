"""How each cluster's make-up in a protected column differs from the whole, and which features stand for the column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.analysis.association import cramers_v, epsilon_squared, independence, ks_distance
from clusterctl.analysis.columns import Codes, categories, numbers
from clusterctl.analysis.effects import cohen_h
from clusterctl.analysis.groups import Floats, Integers
from clusterctl.analysis.importance import MOST_ROWS, binned, coded_values, information
from clusterctl.kernels.threads import parallel
from clusterctl.results.protected import (
    ProtectedAssociation,
    ProtectedCategoricalGroup,
    ProtectedCategories,
    ProtectedNumbers,
    ProtectedNumericGroup,
    ProtectedProxy,
    ProtectedShare,
)

if TYPE_CHECKING:
    from clusterctl.values.dataset import Dataset
    from clusterctl.values.privacy import Privacy

MISSING, OTHER, MEAN = "(missing)", "(other)", "mean"
MOST_CATEGORIES, MOST_PROXIES, TENTHS = 20, 5, 10
FEW_VALUES = 10
"""A number of no more distinct values names groups: 0 and 1 for a sex, 1 to 5 for an age band."""
MEDIUM = 0.5
"""A medium effect, of a difference of means and of h (Cohen 1988)."""
STANDARD_ERRORS = 3.0
"""An effect must be larger than so many times its standard error 1 / sqrt(n): a cluster of few rows differs by chance."""

Protected = ProtectedCategories | ProtectedNumbers


@dataclass(frozen=True, slots=True)
class _Groups:
    """ids: (g,) numbers of the groups, rising, -1 last. codes: (m,) places in `ids` of the rows not dropped. sizes: (g,)."""

    ids: Integers
    codes: Integers
    sizes: Integers


def protected_columns(dataset: Dataset, labels: Integers, dropped: np.ndarray, n_jobs: int = 1) -> list[Protected]:
    """Return the make-up of the groups in each protected column.

    labels: (n_rows,) the numbers that clusters are known by, -1 for noise and excluded rows, which are one group. dropped: (n_rows,) rows
    left out of everything. Rows without a value are a category of their own; of numbers their share is told. Statistics of fewer rows
    than `privacy.min_group` are None or not listed. Deterministic.
    """
    kept = np.flatnonzero(~dropped)
    ids, codes, sizes = np.unique(labels[kept], return_inverse=True, return_counts=True)
    if len(ids) and ids[0] < 0:
        ids, codes, sizes = np.roll(ids, -1), np.where(codes == 0, len(ids), codes) - 1, np.roll(sizes, -1)
    groups = _Groups(ids, codes, sizes)
    return [_column(dataset, name, kept, groups, n_jobs) for name in dataset.privacy.protected]


def _column(dataset: Dataset, name: str, kept: Integers, groups: _Groups, n_jobs: int) -> Protected:
    column = _as_categories(dataset, name)
    if column is None:
        values = numbers(dataset, name)[kept]
        proxies = _proxies(dataset, kept, binned(values, TENTHS), n_jobs)
        return _numbers(name, values, groups, dataset.privacy, proxies)
    pooled = _pooled(Codes(column.codes[kept], column.categories), dataset.privacy)
    proxies = _proxies(dataset, kept, pooled.codes, n_jobs)
    present = column.codes[kept][column.codes[kept] >= 0]
    counts = len(np.unique(present)), len(kept) - len(present)
    return _categories(name, pooled, counts, groups, dataset.privacy, proxies)


def _as_categories(dataset: Dataset, name: str) -> Codes | None:
    """Return the categories of a column, numbers of few distinct values (0 and 1, grades) among them; None: it is a quantity."""
    if dataset.kinds[name] != "numeric":
        return categories(dataset, name)
    values = numbers(dataset, name)
    known = np.isfinite(values)
    found, codes = np.unique(values[known], return_inverse=True)
    if len(found) > FEW_VALUES:
        return None
    every = np.full(len(values), -1, dtype=np.int64)
    every[known] = codes
    return Codes(every, tuple(f"{value:g}" for value in found))


def _pooled(column: Codes, privacy: Privacy) -> Codes:
    """Return the categories by falling count, the rare ones as one and the missing ones as one, at the end."""
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.categories))
    order = [int(code) for code in np.argsort(-counts, kind="stable") if counts[code]]
    told = [code for code in order if not privacy.hides(int(counts[code]))]
    told = told if len(told) <= MOST_CATEGORIES else told[: MOST_CATEGORIES - 1]
    place = np.full(len(column.categories) + 1, len(told), dtype=np.int64)
    place[told] = np.arange(len(told))
    names = [column.categories[code] for code in told] + ([OTHER] if len(told) < len(order) else [])
    place[-1] = len(names)  # where the missing, coded -1, look
    return Codes(place[column.codes], (*names, MISSING) if (column.codes < 0).any() else tuple(names))


def _categories(
    name: str, column: Codes, counts: tuple[int, int], groups: _Groups, privacy: Privacy, proxies: list[ProtectedProxy]
) -> ProtectedCategories:
    width = len(column.categories)
    table = np.bincount(groups.codes * width + column.codes, minlength=len(groups.ids) * width).reshape(-1, width)
    tested = independence(table)
    association = ProtectedAssociation(
        measure="cramers_v",
        value=cramers_v(table),
        p_value=None if tested is None else tested[0],
        test=None if tested is None else tested[1],
        n_used=int(table.sum()),
    )
    return ProtectedCategories(
        column=name,
        n_missing=counts[1],
        n_categories=counts[0],
        association=association,
        proxies=proxies,
        groups=[
            _categorical_group(int(number), table[place], table.sum(axis=0), column, privacy) for place, number in enumerate(groups.ids)
        ],
    )


def _categorical_group(number: int, own: Integers, whole: Integers, column: Codes, privacy: Privacy) -> ProtectedCategoricalGroup:
    size, n_all = int(own.sum()), int(whole.sum())
    if privacy.hides(size):
        return ProtectedCategoricalGroup(
            cluster_id=number,
            size=size,
            is_strong=False,
            strongest=None,
            strongest_effect=None,
            categories=None,
            largest_ratio=None,
            largest_ratio_category=None,
        )
    effects = cohen_h(own / size, whole / n_all)
    entries = [
        ProtectedShare(
            category=column.categories[code],
            count=int(own[code]),
            share=own[code] / size,
            overall_share=whole[code] / n_all,
            difference=own[code] / size - whole[code] / n_all,
            cohens_h=float(effects[code]),
            ratio=float((own[code] / size) / (whole[code] / n_all)),
        )
        for code in range(len(own))
        if not privacy.hides(int(own[code])) and not privacy.hides(int(whole[code]))
    ]
    # Of two that tell as much, as the two values of a boolean do, the one that is commoner here.
    strongest = max(entries, key=lambda entry: (round(abs(entry.cohens_h), 9), entry.cohens_h > 0), default=None)
    most = max(entries, key=lambda entry: entry.ratio, default=None)
    return ProtectedCategoricalGroup(
        cluster_id=number,
        size=size,
        is_strong=strongest is not None and _is_strong(strongest.cohens_h, size),
        strongest=None if strongest is None else strongest.category,
        strongest_effect=None if strongest is None else strongest.cohens_h,
        categories=entries,
        largest_ratio=None if most is None else most.ratio,
        largest_ratio_category=None if most is None else most.category,
    )


def _is_strong(effect: float, n: int) -> bool:
    return abs(effect) >= MEDIUM and abs(effect) * np.sqrt(n) > STANDARD_ERRORS


def _numbers(name: str, values: Floats, groups: _Groups, privacy: Privacy, proxies: list[ProtectedProxy]) -> ProtectedNumbers:
    known = np.isfinite(values)
    whole = np.sort(values[known])
    samples = [values[known & (groups.codes == place)] for place in range(len(groups.ids))]
    found = epsilon_squared(samples)
    association = ProtectedAssociation(
        measure="epsilon_squared",
        value=None if found is None else found[0],
        p_value=None if found is None else found[1],
        test=None if found is None else "kruskal_wallis",
        n_used=len(whole),
    )
    is_told = len(whole) > 0 and not privacy.hides(len(whole))
    sd = float(whole.std(ddof=1)) if len(whole) > 1 else None
    entries = [
        _numeric_group(int(number), samples[place], int(groups.sizes[place]), whole, sd, int((~known).sum()), len(values), privacy)
        for place, number in enumerate(groups.ids)
    ]
    return ProtectedNumbers(
        column=name,
        n_missing=int((~known).sum()),
        association=association,
        proxies=proxies,
        overall_mean=float(whole.mean()) if is_told else None,
        overall_median=float(np.median(whole)) if is_told else None,
        overall_sd=sd if is_told else None,
        groups=entries,
    )


def _numeric_group(
    number: int, own: Floats, size: int, whole: Floats, sd: float | None, n_missing: int, n_all: int, privacy: Privacy
) -> ProtectedNumericGroup:
    n_own_missing = size - len(own)
    is_told = len(own) > 0 and not privacy.hides(len(own)) and not privacy.hides(len(whole))
    mean_difference = (float(own.mean()) - float(whole.mean())) / sd if is_told and sd else None
    missing_told = not privacy.hides(size) and not privacy.hides(n_own_missing) and not privacy.hides(n_missing)
    missing_effect = float(cohen_h(np.array(n_own_missing / size), np.array(n_missing / n_all))) if missing_told else None
    effects = [
        (name, effect, n)
        for name, effect, n in ((MEAN, mean_difference, len(own)), (MISSING, missing_effect, size))
        if effect is not None and (name == MEAN or n_missing)
    ]
    strongest = max(effects, key=lambda entry: abs(entry[1]), default=None)
    return ProtectedNumericGroup(
        cluster_id=number,
        size=size,
        is_strong=any(_is_strong(effect, n) for _, effect, n in effects),
        strongest=None if strongest is None else strongest[0],
        strongest_effect=None if strongest is None else strongest[1],
        n_used=len(own),
        mean=float(own.mean()) if is_told else None,
        median=float(np.median(own)) if is_told else None,
        standardized_mean_difference=mean_difference,
        ks_distance=ks_distance(own, whole) if is_told else None,
        missing_share=n_own_missing / size if missing_told else None,
        overall_missing_share=n_missing / n_all,
    )


def _proxies(dataset: Dataset, kept: Integers, codes: Integers, n_jobs: int) -> list[ProtectedProxy]:
    """Return the features that tell most of the column: the share of its entropy that each has (Theil's uncertainty coefficient)."""
    if len(kept) > MOST_ROWS:
        some = np.linspace(0, len(kept) - 1, MOST_ROWS).astype(np.int64)
        kept, codes = kept[some], codes[some]
    codes = np.unique(codes, return_inverse=True)[1].astype(np.int64)
    shares = np.bincount(codes) / max(len(codes), 1)
    k, entropy = len(shares), float(-(shares * np.log(shares)).sum())
    if k < 2:
        return []
    n_values = int(np.clip(len(codes) // (5 * k), 5, max(20, 2 * k)))
    found = parallel(lambda name: information(*coded_values(dataset, name, kept, codes, k, n_values), k), dataset.features, n_jobs)
    told = sorted(zip(dataset.features, found, strict=True), key=lambda entry: -entry[1])[:MOST_PROXIES]
    return [ProtectedProxy(feature=name, information=min(1.0, value / entropy)) for name, value in told if value > 0]
