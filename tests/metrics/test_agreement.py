"""External metrics against scikit-learn, and which rows they are scored on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from clusterctl.kernels.contingency import contingency
from clusterctl.metrics import agreement
from clusterctl.metrics.base import Truth
from clusterctl.metrics.evaluate import score
from clusterctl.metrics.external import EXTERNAL, pair_up
from clusterctl.values.space import Points

NAMES = [spec.name for spec in EXTERNAL]
ROW = Points(np.zeros((1, 1)))


def scored(truth):
    return {s.name: s for s in score(ROW, np.zeros(1, dtype=np.int64), truth, NAMES, random_state=0, n_jobs=1)}


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 80), st.integers(1, 12), st.integers(1, 12))
def test_equal_to_scikit_learn(seed, n, k_left, k_right):
    rng = np.random.default_rng(seed)
    left, right = rng.integers(0, k_left, n), rng.integers(-1, k_right - 1, n)
    for name, found in scored(Truth(left, right)).items():
        if found.value is None:
            assert name == "fowlkes_mallows_score"
        else:
            assert found.value == pytest.approx(getattr(reference, name)(left, right), abs=1e-12), name


def test_equal_to_scikit_learn_on_many_rows():
    rng = np.random.default_rng(0)
    left = rng.integers(0, 9, 60_000)
    right = np.where(rng.random(60_000) < 0.3, left, rng.integers(0, 25, 60_000))
    table = contingency(left, right)
    for name in NAMES:
        assert getattr(agreement, name)(table) == pytest.approx(getattr(reference, name)(left, right), abs=1e-12), name


def test_a_sparse_table_gives_the_same_counts_as_a_full_one():
    rng = np.random.default_rng(1)
    left, right = rng.integers(0, 2000, 3000), rng.integers(0, 2000, 3000)
    table = contingency(left, right)
    assert table.counts.sum() == 3000
    assert agreement.adjusted_rand_score(table) == pytest.approx(reference.adjusted_rand_score(left, right), abs=1e-12)


def test_numbers_of_groups_do_not_matter():
    left, right = np.array([0, 0, 1, 1, 2]), np.array([5, 5, 7, 7, -1])
    for found in scored(Truth(left, right)).values():
        assert found.value == pytest.approx(1.0)


def test_no_pair_together_leaves_fowlkes_mallows_undefined():
    found = scored(Truth(np.arange(4), np.array([0, 0, 1, 1])))["fowlkes_mallows_score"]
    assert found.value is None
    assert "together" in found.reason


def test_pairing_leaves_out_rows_without_truth_and_dropped_rows():
    target = np.array(["a", None, "b", "a", "b"], dtype=object)
    truth = pair_up(target, np.array([0, 0, -1, 1, 1]), np.array([False, False, False, True, False]))
    np.testing.assert_array_equal(truth.values, [0, 1, 1])
    np.testing.assert_array_equal(truth.labels, [0, -1, 1])


@pytest.mark.parametrize("kind", [float, np.int64])
def test_a_numeric_target_with_more_than_fifty_values_is_no_grouping(kind):
    assert "51 distinct values" in pair_up(np.arange(51).astype(kind), np.zeros(51, dtype=int))
    assert isinstance(pair_up(np.arange(50).astype(kind), np.zeros(50, dtype=int)), Truth)


def test_many_names_are_a_grouping():
    assert isinstance(pair_up(np.array([str(i) for i in range(60)], dtype=object), np.zeros(60, dtype=int)), Truth)


def test_no_target_and_no_known_row_are_reasons():
    assert "target_variable" in pair_up(None, np.zeros(3, dtype=int))
    assert "no row" in pair_up(np.array([np.nan, np.nan]), np.zeros(2, dtype=int))
    assert scored(pair_up(None, np.zeros(3, dtype=int)))["adjusted_rand_score"].reason == "no target_variable is given"


def test_coverage_is_the_share_of_known_rows_in_a_cluster():
    assert scored(Truth(np.array([0, 0, 1, 1]), np.array([0, 0, 0, -1])))["adjusted_rand_score"].coverage == 0.75
