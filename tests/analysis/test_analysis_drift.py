"""Drift: against the formulas written out, scipy, and what chance gives."""

import numpy as np
import pytest
from scipy.stats import chi2, ks_2samp

from clusterctl.analysis.drift import Values, category_index, kolmogorov_smirnov, numeric_index


def values(numbers, weights=None):
    numbers = np.asarray(numbers, dtype=np.float64)
    return Values(numbers, np.ones(len(numbers)) if weights is None else np.asarray(weights, dtype=np.float64))


def test_the_index_of_categories_is_the_sum_written_out():
    found = category_index([60, 40], [30, 70])
    p, q = np.array([60.5, 40.5]) / 101, np.array([30.5, 70.5]) / 101
    assert found.psi == pytest.approx(((q - p) * np.log(q / p)).sum(), rel=1e-12)
    assert found.by_chance == pytest.approx((1 / 100 + 1 / 100) * chi2.ppf(0.95, 1))
    assert found.level == "large"


def test_a_category_that_comes_up_or_goes_away_gives_a_finite_index():
    assert 0 < category_index([50, 50, 0], [40, 40, 20]).psi < np.inf
    assert category_index([5, 5, 0], [5, 5, 0]).psi == 0
    assert category_index([0, 0], [1, 1]) is None


def test_tables_from_one_source_stay_below_chance_in_about_95_of_100():
    rng = np.random.default_rng(0)
    below = [
        (index := numeric_index(values(rng.normal(size=400)), values(rng.normal(size=300)))).psi <= index.by_chance for _ in range(300)
    ]
    assert 0.91 <= np.mean(below) <= 0.99


def test_a_small_table_without_drift_is_not_told_of_though_its_index_is_high():
    rng = np.random.default_rng(3)
    index = numeric_index(values(rng.normal(size=50)), values(rng.normal(size=50)))
    assert index.psi > 0.1
    assert index.level == "none"


@pytest.mark.parametrize(("shift", "level"), [(0.0, "none"), (0.4, "moderate"), (1.0, "large")])
def test_levels_follow_the_shift(shift, level):
    rng = np.random.default_rng(1)
    assert numeric_index(values(rng.normal(size=5000)), values(rng.normal(size=5000) + shift)).level == level


def test_missing_values_are_a_bin_of_their_own():
    rng = np.random.default_rng(2)
    whole, holes = rng.normal(size=2000), rng.normal(size=2000)
    holes[::3] = np.nan
    assert numeric_index(values(whole), values(holes)).level == "large"
    assert numeric_index(values(whole), values(np.full(10, np.nan))) is not None
    assert numeric_index(values(np.full(10, np.nan)), values(whole)) is None


def test_a_constant_has_no_drift_until_it_changes():
    assert numeric_index(values(np.ones(100)), values(np.ones(80))).psi == 0
    assert numeric_index(values(np.ones(100)), values(np.full(80, 2.0))).level == "large"


@pytest.mark.parametrize("decimals", [0, 8])
def test_the_largest_distance_is_scipy_s(decimals):
    rng = np.random.default_rng(4)
    a, b = np.round(rng.normal(size=300), decimals), np.round(rng.normal(size=170) + 0.3, decimals)
    distance, p_value = kolmogorov_smirnov(values(a), values(b))
    reference = ks_2samp(a, b, method="asymp")
    assert distance == pytest.approx(reference.statistic)
    assert p_value == pytest.approx(reference.pvalue, rel=1e-9)


def test_weights_stand_for_rows():
    """A sample of which each row stands for many gives what the many give."""
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=200), rng.normal(size=200) + 0.5
    times = np.where(np.arange(200) < 100, 3, 1)
    by_weight, by_row = kolmogorov_smirnov(values(a, times), values(b)), kolmogorov_smirnov(values(np.repeat(a, times)), values(b))
    assert by_weight[0] == pytest.approx(by_row[0])
    many, few = numeric_index(values(np.repeat(a, times)), values(b)), numeric_index(values(a, times), values(b))
    assert few.psi == pytest.approx(many.psi, rel=0.05)


def test_without_values_there_is_no_distance():
    assert kolmogorov_smirnov(values([np.nan]), values([1.0])) is None
    assert kolmogorov_smirnov(values([1.0, 2.0]), values([1.0, 2.0])) == (0.0, 1.0)
