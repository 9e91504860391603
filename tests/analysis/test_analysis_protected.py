"""The make-up of clusters in protected columns, beside scipy and formulas written out by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.stats.contingency import association, crosstab

from clusterctl.analysis.association import cramers_v, epsilon_squared, independence, ks_distance
from clusterctl.analysis.protected import MISSING, OTHER, protected_columns
from clusterctl.analysis.protected_words import protected_cautions
from clusterctl.data.columns import kinds_of
from clusterctl.values.dataset import Dataset
from clusterctl.values.privacy import Privacy


def a_dataset(frame: pd.DataFrame, protected: tuple[str, ...], min_group: int = 1) -> Dataset:
    features = tuple(name for name in frame.columns if name not in protected)
    privacy = Privacy(protected=protected, min_group=min_group)
    kinds = kinds_of(frame)
    return Dataset(frame, kinds, features, None, None, None, None, (), "0" * 64, "t.csv", "csv", privacy=privacy)


def a_table(n: int = 400, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(-1, 3, n)
    sex = np.where(rng.random(n) < np.where(labels == 0, 0.9, 0.4), "f", "m").astype(object)
    sex[rng.random(n) < 0.05] = None
    age = 30.0 + 8 * labels + rng.normal(0, 6, n)
    age[:7] = np.nan
    frame = pd.DataFrame(
        {"sex": pd.Series(sex, dtype="str"), "age": age, "echo": np.where(sex == "f", 1.0, 0.0), "dice": rng.normal(size=n)}
    )
    return frame, labels.astype(np.int64)


def told(frame: pd.DataFrame, labels: np.ndarray, name: str, min_group: int = 1) -> Any:
    return protected_columns(a_dataset(frame, (name,), min_group), labels, np.zeros(len(frame), dtype=bool))[0]


def test_shares_differences_h_and_ratios_are_those_counted_by_hand() -> None:
    frame, labels = a_table()
    column = told(frame, labels, "sex")
    assert [group.cluster_id for group in column.groups] == [0, 1, 2, -1]
    values = frame["sex"].fillna(MISSING)
    for group in column.groups:
        own = values[labels == group.cluster_id]
        assert group.size == len(own)
        assert sum(entry.count for entry in group.categories) == group.size
        for entry in group.categories:
            p, q = (own == entry.category).mean(), (values == entry.category).mean()
            assert (entry.share, entry.overall_share) == (pytest.approx(p), pytest.approx(q))
            assert entry.difference == pytest.approx(p - q)
            assert entry.ratio == pytest.approx(p / q)
            assert entry.cohens_h == pytest.approx(2 * math.asin(math.sqrt(p)) - 2 * math.asin(math.sqrt(q)))
        assert group.largest_ratio == max(entry.ratio for entry in group.categories)
        effects = {entry.category: entry.cohens_h for entry in group.categories}
        assert effects[group.strongest] == group.strongest_effect
        assert abs(group.strongest_effect) == pytest.approx(max(map(abs, effects.values())))
    assert column.n_missing == int(frame["sex"].isna().sum())


def test_means_medians_and_distances_of_numbers_are_numpy_s_and_scipy_s() -> None:
    frame, labels = a_table()
    column = told(frame, labels, "age")
    whole = frame["age"].dropna().to_numpy()
    assert (column.overall_mean, column.overall_median) == (pytest.approx(whole.mean()), pytest.approx(np.median(whole)))
    for group in column.groups:
        own = frame["age"][labels == group.cluster_id].dropna().to_numpy()
        assert group.n_used == len(own)
        assert (group.mean, group.median) == (pytest.approx(own.mean()), pytest.approx(np.median(own)))
        assert group.standardized_mean_difference == pytest.approx((own.mean() - whole.mean()) / whole.std(ddof=1))
        assert group.ks_distance == pytest.approx(stats.ks_2samp(own, whole).statistic)
        assert group.missing_share == pytest.approx(frame["age"][labels == group.cluster_id].isna().mean())


@pytest.mark.parametrize("seed", range(5))
def test_cramers_v_is_scipy_s_with_bergsma_s_correction(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = crosstab(rng.integers(0, 4, 300), (rng.integers(0, 3, 300) + (seed % 2) * rng.integers(0, 2, 300)))[1]
    v, n, (r, c) = association(table, "cramer"), table.sum(), table.shape
    phi = max(0.0, v**2 * (min(r, c) - 1) - (r - 1) * (c - 1) / (n - 1))
    expected = math.sqrt(phi / min(r - (r - 1) ** 2 / (n - 1) - 1, c - (c - 1) ** 2 / (n - 1) - 1))
    assert cramers_v(table) == pytest.approx(expected, abs=1e-12)


def test_the_correction_takes_chance_out() -> None:
    rng = np.random.default_rng(0)
    tables = [crosstab(rng.integers(0, 8, 100), rng.integers(0, 8, 100))[1] for _ in range(200)]
    assert np.mean([association(table, "cramer") for table in tables]) > 0.2
    assert np.mean([cramers_v(table) for table in tables]) < 0.1


def test_the_p_value_is_scipy_s_where_counts_are_large_and_a_permutation_s_where_they_are_small() -> None:
    large, small = np.array([[40, 20], [25, 45]]), np.array([[5, 1], [1, 5]])
    assert independence(large) == (pytest.approx(stats.chi2_contingency(large, correction=False).pvalue), "chi_square")
    p_value, test = independence(small) or (0.0, "")
    assert test == "permutation"
    assert p_value == pytest.approx(stats.fisher_exact(small).pvalue, abs=0.03)


def test_epsilon_squared_is_that_of_scipy_s_kruskal() -> None:
    frame, labels = a_table()
    known = frame["age"].notna().to_numpy()
    samples = [frame["age"][known & (labels == number)].to_numpy() for number in (0, 1, 2, -1)]
    found = stats.kruskal(*samples)
    assert epsilon_squared(samples) == (pytest.approx(found.statistic / (known.sum() - 1)), pytest.approx(found.pvalue))
    column = told(frame, labels, "age")
    assert column.association.value == pytest.approx(found.statistic / (known.sum() - 1))


def test_what_does_not_vary_has_no_association() -> None:
    frame, labels = a_table()
    for name in ("sex", "age"):
        column = told(frame.assign(sex="f", age=1.0), labels, name)
        assert (column.association.value, column.association.p_value, column.association.test) == (None, None, None)
    one = told(frame, np.zeros(len(frame), dtype=np.int64), "sex")
    assert one.association.value is None


@pytest.mark.parametrize("seed", range(4))
def test_the_distance_from_a_whole_that_holds_the_sample_is_scipy_s(seed: int) -> None:
    rng = np.random.default_rng(seed)
    whole = rng.integers(0, 20, 200).astype(float)
    assert ks_distance(whole[:30], np.sort(whole)) == pytest.approx(stats.ks_2samp(whole[:30], whole).statistic)


def test_a_feature_that_stands_for_the_column_comes_first_and_noise_is_not_named() -> None:
    frame, labels = a_table(2_000)
    proxies = told(frame, labels, "sex").proxies
    assert proxies[0].feature == "echo"
    assert proxies[0].information > 0.7
    assert "dice" not in {entry.feature for entry in proxies}


def test_a_medium_effect_is_told_of_only_where_it_is_beyond_chance() -> None:
    labels = np.repeat([0, 1, 2], [200, 200, 8]).astype(np.int64)
    frame = pd.DataFrame({"sex": ["f"] * 160 + ["m"] * 40 + ["f"] * 40 + ["m"] * 160 + ["f"] * 7 + ["m"], "x": np.arange(408.0)})
    column = told(frame, labels, "sex")
    assert [group.is_strong for group in column.groups] == [True, True, False]
    assert abs(column.groups[2].strongest_effect) > 0.5
    cautions = protected_cautions([column])
    assert [caution.code for caution in cautions] == ["protected_make_up"]
    assert "cluster 0: f 80 % (overall 51 %)" in cautions[0].message
    even = told(frame.assign(sex=["f", "m"] * 204), labels, "sex")
    assert protected_cautions([even]) == ()


def test_groups_and_categories_of_few_rows_are_not_told_of() -> None:
    frame, labels = a_table()
    labels[labels == 2] = 1
    labels[:6] = 2
    frame.loc[10:13, "sex"] = "x"
    column = told(frame, labels, "sex", min_group=10)
    small = next(group for group in column.groups if group.cluster_id == 2)
    assert (small.size, small.categories, small.strongest, small.is_strong) == (6, None, None, False)
    entries = [entry for group in column.groups for entry in group.categories or []]
    assert "x" not in {entry.category for entry in entries}
    assert min(entry.count for entry in entries) >= 10
    ages = told(frame, labels, "age", min_group=10)
    few = next(group for group in ages.groups if group.cluster_id == 2)
    assert (few.mean, few.median, few.ks_distance, few.standardized_mean_difference) == (None, None, None, None)


def test_the_commonest_categories_are_told_and_the_rest_pooled() -> None:
    rng = np.random.default_rng(0)
    names = np.array([f"town{place:02d}" for place in range(40)])
    frame = pd.DataFrame({"town": names[np.minimum(rng.geometric(0.1, 1_000) - 1, 39)], "x": rng.normal(size=1_000)})
    column = told(frame, rng.integers(0, 2, 1_000).astype(np.int64), "town")
    listed = [entry.category for entry in column.groups[0].categories]
    assert len(listed) == 20
    assert listed[-1] == OTHER
    assert column.n_categories == frame["town"].nunique()


def test_dropped_rows_count_nowhere() -> None:
    frame, labels = a_table()
    dropped = np.zeros(len(frame), dtype=bool)
    dropped[::3] = True
    found = protected_columns(a_dataset(frame, ("sex",)), labels, dropped)[0]
    kept = protected_columns(
        a_dataset(frame[~dropped].reset_index(drop=True), ("sex",)), labels[~dropped], np.zeros((~dropped).sum(), dtype=bool)
    )[0]
    assert found == kept


@pytest.mark.parametrize(("n_values", "kind"), [(2, "categorical"), (10, "categorical"), (11, "numeric")])
def test_a_number_of_few_values_names_groups(n_values: int, kind: str) -> None:
    frame, labels = a_table()
    frame["code"] = np.where(np.arange(len(frame)) % 50 == 3, np.nan, np.arange(len(frame)) % n_values)
    column = told(frame, labels, "code")
    assert column.kind == kind
    if kind == "categorical":
        texts = frame.assign(code=[None if math.isnan(value) else f"{value:g}" for value in frame["code"]])
        assert [group.model_dump() for group in column.groups] == [group.model_dump() for group in told(texts, labels, "code").groups]
