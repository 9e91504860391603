"""Order by one metric or several, the Pareto front, and constraints; against SciPy and brute force."""

from __future__ import annotations

import time
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from clusterctl.metrics.gates import GATE_NAMES
from clusterctl.metrics.ranking import Ranked, broken, compares_across_spaces, direction, rank
from clusterctl.metrics.registry import METRICS

BY = ("silhouette_score", "davies_bouldin_score", "noise_fraction")
SIGNS = np.array([1.0, -1.0, -1.0])
"""1 where more is better."""


def tabled(table: np.ndarray, by: tuple[str, ...] = BY) -> list[dict[str, float | None]]:
    return [dict(zip(by, row, strict=True)) for row in table.tolist()]


def ranked(table: np.ndarray, by: tuple[str, ...] = BY) -> Ranked:
    return rank(tabled(table, by), by, [0] * len(table))


def dominated(table: np.ndarray, place: int) -> bool:
    """Whether some row is at least as good everywhere and better somewhere; more is better in `table`."""
    return any((other >= table[place]).all() and (other > table[place]).any() for other in table)


tables = st.lists(st.tuples(*[st.integers(-3, 3)] * 3), min_size=1, max_size=30).map(lambda rows: np.array(rows, dtype=float))
untied = st.lists(st.integers(-1000, 1000), min_size=1, max_size=20, unique=True).map(lambda values: np.array(values, dtype=float)[:, None])


def test_every_metric_and_every_fact_that_ranks_has_a_direction() -> None:
    for name, spec in METRICS.items():
        assert direction(name) == spec.best
    assert direction("davies_bouldin_score") == direction("inertia") == direction("noise_fraction") == "min"
    assert {direction(name) for name in ("smallest_cluster", "stability", "prediction_strength")} == {"max"}


def test_the_number_of_clusters_is_the_only_gate_without_a_direction() -> None:
    for name in GATE_NAMES:
        if name == "n_clusters":
            with pytest.raises(KeyError):
                direction(name)
        else:
            assert direction(name) in ("max", "min")


def test_what_rests_on_labels_alone_compares_across_spaces() -> None:
    assert {
        name
        for name in (*METRICS, "noise_fraction", "smallest_cluster", "stability", "prediction_strength")
        if compares_across_spaces(name)
    } == {
        "adjusted_rand_score",
        "normalized_mutual_info_score",
        "adjusted_mutual_info_score",
        "v_measure_score",
        "fowlkes_mallows_score",
        "noise_fraction",
        "smallest_cluster",
        "stability",
        "prediction_strength",
    }


@pytest.mark.parametrize(("metric", "best_first"), [("silhouette_score", [2, 0, 1]), ("davies_bouldin_score", [1, 0, 2])])
def test_one_metric_orders_in_its_direction(metric: str, best_first: list[int]) -> None:
    found = rank([{metric: 0.5}, {metric: 0.2}, {metric: 0.9}], [metric], "aaa")
    assert list(found.order) == best_first
    assert [found.ranks[place] for place in best_first] == [1, 2, 3]
    assert [place for place in range(3) if found.on_front[place]] == best_first[:1]


@given(tables)
def test_several_metrics_order_by_the_mean_of_their_ranks(table: np.ndarray) -> None:
    mean = np.mean([rankdata(column) for column in (-table * SIGNS).T], axis=0)
    better = -table * SIGNS
    expected = sorted(range(len(table)), key=lambda place: (mean[place], *better[place], place))
    found = ranked(table)
    assert list(found.order) == expected
    assert [found.ranks[place] for place in expected] == list(range(1, len(table) + 1))


@given(tables)
def test_the_front_is_what_no_other_dominates(table: np.ndarray) -> None:
    found = ranked(table)
    assert list(found.on_front) == [not dominated(table * SIGNS, place) for place in range(len(table))]


@pytest.mark.parametrize("most", [3, 12, 1000])
def test_the_front_of_hundreds_is_what_no_other_dominates(most: int) -> None:
    table = np.random.default_rng(most).integers(0, most, size=(400, 3)).astype(float)
    assert list(ranked(table).on_front) == [not dominated(table * SIGNS, place) for place in range(len(table))]


@given(tables)
def test_a_dominated_trial_more_leaves_the_front_as_it_is(table: np.ndarray) -> None:
    worse = table[:1] - SIGNS
    found = ranked(np.vstack([table, worse]))
    assert found.on_front == (*ranked(table).on_front, False)


@given(untied, st.randoms(use_true_random=False))
def test_trials_in_another_order_have_the_same_ranks_where_none_tie(table: np.ndarray, random: object) -> None:
    order = list(range(len(table)))
    random.shuffle(order)  # type: ignore[attr-defined]
    names = ("inertia",)
    before, after = ranked(table, names), ranked(table[order], names)
    assert [after.ranks[place] for place in range(len(order))] == [before.ranks[place] for place in order]


def test_equal_mean_ranks_are_decided_by_the_first_metric_then_by_position() -> None:
    values = [{"silhouette_score": 0.1, "dbcv": 0.9}, {"silhouette_score": 0.9, "dbcv": 0.1}, {"silhouette_score": 0.9, "dbcv": 0.1}]
    assert rank(values, ["silhouette_score", "dbcv"], "aaa").order == (1, 2, 0)
    assert rank(values[:2], ["silhouette_score", "dbcv"], "aa").order == (1, 0)
    assert rank(values[:2], ["dbcv", "silhouette_score"], "aa").order == (0, 1)


def test_trials_are_ranked_within_their_group_in_the_order_in_which_groups_are_met() -> None:
    values = [{"dbcv": value} for value in (0.1, 0.5, 0.3, 0.9)]
    found = rank(values, ["dbcv"], ["b", "a", "b", "a"])
    assert found.ranks == (2, 2, 1, 1)
    assert found.order == (2, 0, 3, 1)
    assert found.on_front == (False, False, True, True)


def test_a_trial_that_may_not_or_cannot_be_ranked_is_in_no_order_and_in_no_ones_way() -> None:
    values = [None, {"dbcv": None}, {"dbcv": 0.2}, {}, {"dbcv": 0.1}]
    found = rank(values, ["dbcv"], "aaaaa")
    assert found == Ranked((None, None, 1, None, 2), (False, False, True, False, False), (2, 4))


def test_with_no_metric_or_no_trial_nothing_is_ranked() -> None:
    assert rank([{"dbcv": 1.0}], [], "a") == Ranked((None,), (False,), ())
    assert rank([], ["dbcv"], []) == Ranked((), (), ())


@pytest.mark.parametrize("front", ["all", "one"])
def test_ten_thousand_trials_are_ranked_in_seconds(front: str) -> None:
    values = np.arange(10_000.0)
    table = np.stack([values, *[values if front == "all" else -values] * 2], axis=1)
    started = time.monotonic()
    found = ranked(table)
    assert time.monotonic() - started < 8
    assert sum(found.on_front) == (10_000 if front == "all" else 1)


def bounds(**given: float) -> SimpleNamespace:
    return SimpleNamespace(**{"min": None, "max": None, **given})


def test_a_broken_constraint_is_told_with_value_and_bound() -> None:
    constraints = {"noise_fraction": bounds(max=0.5), "silhouette_score": bounds(min=0.25), "n_clusters": bounds(min=2, max=9)}
    values = {"noise_fraction": 0.62, "silhouette_score": 0.123456, "n_clusters": 12}
    assert broken(constraints, values, 100) == [
        "noise_fraction 0.62 above max 0.5",
        "silhouette_score 0.1235 below min 0.25",
        "n_clusters 12 above max 9",
    ]


def test_a_bound_that_is_reached_is_kept() -> None:
    assert broken({"noise_fraction": bounds(min=0.5, max=0.5)}, {"noise_fraction": 0.5}, 10) == []


def test_a_value_just_beyond_its_bound_is_not_rounded_onto_it() -> None:
    assert broken({"dbcv": bounds(max=0.5)}, {"dbcv": 0.50000001}, 10) == ["dbcv 0.50000001 above max 0.5"]


def test_a_value_that_does_not_exist_breaks_its_constraint() -> None:
    assert broken({"dbcv": bounds(min=-1.0)}, {"dbcv": None}, 10) == ["dbcv does not exist"]
    assert broken({"stability": bounds(min=0.6)}, {}, 10) == ["stability does not exist"]


def test_a_smallest_cluster_bound_between_0_and_1_is_a_share_of_the_rows() -> None:
    share = {"smallest_cluster": bounds(min=0.07)}
    assert 0.07 * 100 > 7
    assert broken(share, {"smallest_cluster": 7}, 100) == []
    assert broken(share, {"smallest_cluster": 6}, 100) == ["smallest_cluster 6 below min 0.07 of 100 rows"]


def test_a_smallest_cluster_bound_from_1_on_is_a_number_of_rows() -> None:
    assert broken({"smallest_cluster": bounds(min=1)}, {"smallest_cluster": 1}, 100) == []
    assert broken({"smallest_cluster": bounds(min=20)}, {"smallest_cluster": 19}, 100) == ["smallest_cluster 19 below min 20"]


def test_a_bound_between_0_and_1_of_anything_else_is_no_share() -> None:
    assert broken({"n_clusters": bounds(max=0.5)}, {"n_clusters": 3}, 100) == ["n_clusters 3 above max 0.5"]
