"""`strategy: sample`: how many rows are fitted on, which, what is asked of them, and how the others get their clusters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from clusterctl.algorithms import thinning
from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.engine import sampling
from clusterctl.engine.pipeline import Fit, again
from clusterctl.engine.sampling import check_fit, draw, first_that_fits, fit_sample, n_fitted
from clusterctl.errors import ClusteringError, ResourceLimitError
from clusterctl.values.clustering import canonical
from clusterctl.values.space import Points

SIZES = (2_600, 1_500, 900, 600, 400)
"""Blobs of 6,000 rows in all, the small ones dense too: no two can be mistaken."""


def blobs() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    centers = 12.0 * np.array([[0, 0, 0], [1, 0, 1], [0, 1, 1], [1, 1, 0], [2, 2, 2]], dtype=float)
    truth = np.repeat(np.arange(len(SIZES)), SIZES)
    X = centers[truth] + rng.normal(size=(len(truth), 3))
    order = rng.permutation(len(X))
    return np.ascontiguousarray(X[order]), truth[order]


X, TRUTH = blobs()
POINTS = Points(X)
ASKED: dict[str, dict[str, Any]] = {
    "kmeans": {},
    "gaussian_mixture": {},
    "hierarchical": {},
    "spectral": {},
    "dbscan": {"eps": 1.5, "min_samples": 8},
    "hdbscan": {"min_cluster_size": 120, "min_samples": 24},
    "optics": {"min_samples": 24, "cluster_method": "dbscan", "max_eps": 3.0, "eps": 1.8},
}


def settings_of(name: str, seed: int = 0, n_clusters: int = len(SIZES), **parameters: Any) -> Settings:
    spec = ALGORITHMS[name]
    given = {**ASKED[name], **parameters}
    takes = spec.takes_n_clusters and given.get("distance_threshold") is None
    return Settings(spec.parameters(**given), n_clusters if takes else None, seed)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "FITTED_ROWS", 1_500)


def sampled(name: str, n_jobs: int = 1, points: Points = POINTS, **given: Any) -> tuple[Any, Any]:
    spec, settings = ALGORITHMS[name], settings_of(name, **given)
    sample = draw(points, spec, settings, "sample")
    assert sample is not None
    return fit_sample(points, spec, settings, sample, n_jobs)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_planted_groups_are_those_of_the_fit_on_all_rows(name: str) -> None:
    spec, settings = ALGORITHMS[name], settings_of(name)
    exact = spec.cut(spec.build(POINTS, settings, 1), settings)
    found, _ = sampled(name)
    assert adjusted_rand_score(exact.labels, found.labels) >= 0.99
    assert adjusted_rand_score(TRUTH, found.labels) >= 0.99


@pytest.mark.parametrize("name", ALGORITHMS)
def test_rows_of_the_sample_keep_the_labels_of_the_fit_and_clusters_are_numbered_over_all_rows(name: str) -> None:
    found, sample = sampled(name)
    own = np.array([*sample.numbers, -1])[sample.clustering.labels]
    assert np.array_equal(found.labels[sample.rows], own)
    assert np.array_equal(canonical(found.labels)[0], found.labels)
    assert found.n_clusters == sample.clustering.n_clusters
    assert len(found.labels) == len(found.confidence) == len(X)
    assert (found.confidence[found.labels < 0] == 0).all()
    assert ((found.confidence >= 0) & (found.confidence <= 1)).all()


def test_clusters_whose_order_of_size_the_sample_has_wrong_are_put_right() -> None:
    rng = np.random.default_rng(0)
    near_equal = np.repeat(np.arange(4), (1_510, 1_500, 1_490, 1_480))
    points = Points(20.0 * near_equal[:, None] + rng.normal(size=(len(near_equal), 2)))
    orders = set()
    for seed in range(10):
        found, sample = sampled("kmeans", points=points, seed=seed, n_clusters=4)
        orders.add(sample.numbers)
        assert np.array_equal(found.labels, near_equal)
        assert np.array_equal(np.array(sample.numbers)[sample.clustering.labels], near_equal[sample.rows])
    assert any(tuple(np.argsort(order).tolist()) != order for order in orders)  # one that its own inverse would not put right


@pytest.mark.parametrize("name", ALGORITHMS)
def test_any_number_of_jobs_gives_the_same_bits(name: str) -> None:
    one, _ = sampled(name, n_jobs=1)
    three, _ = sampled(name, n_jobs=3)
    assert np.array_equal(one.labels, three.labels)
    assert np.array_equal(one.confidence, three.confidence)


def test_batches_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, _ = sampled("hierarchical")
    monkeypatch.setattr(sampling, "BATCH_NUMBERS", 1)
    assert np.array_equal(sampled("hierarchical")[0].labels, whole.labels)


def test_the_seed_alone_draws_and_a_smaller_sample_is_part_of_a_larger_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def rows(name: str, seed: int) -> set[int]:
        sample = draw(POINTS, ALGORITHMS[name], settings_of(name, seed), "sample")
        assert sample is not None
        return set(sample.rows.tolist())

    larger = rows("kmeans", 0)
    assert larger == rows("hdbscan", 0)
    assert larger != rows("kmeans", 1)
    monkeypatch.setattr(sampling, "FITTED_ROWS", 1_200)
    assert rows("kmeans", 0) < larger


@pytest.mark.parametrize("strategy", ["exact", "sample"])
def test_a_table_no_larger_than_the_sample_is_fitted_whole(strategy: str) -> None:
    few = Points(np.ascontiguousarray(X[:1_500]))
    assert draw(few, ALGORITHMS["kmeans"], settings_of("kmeans"), strategy) is None
    if strategy == "exact":
        assert draw(POINTS, ALGORITHMS["kmeans"], settings_of("kmeans"), strategy) is None


def test_a_fit_that_would_take_more_than_its_share_is_of_fewer_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "FITTED_ROWS", 20_000)
    spec, average = ALGORITHMS["hierarchical"], settings_of("hierarchical", linkage="average")
    m = n_fitted("sample", spec, average, 1_000_000, 5)
    assert 15_000 < m < 20_000
    assert spec.cost(m, 5, average, None).bytes <= 1.01 * sampling.FITTED_BYTES < 1.02 * spec.cost(m + 100, 5, average, None).bytes
    assert n_fitted("sample", spec, settings_of("hierarchical"), 1_000_000, 5) == 20_000
    assert n_fitted("exact", spec, average, 1_000_000, 5) == 1_000_000


def test_numbers_of_rows_shrink_with_the_sample_but_not_below_five() -> None:
    facts = sampled("hdbscan")[0].facts
    assert facts["carried_over"] == {"min_cluster_size": 30, "min_samples": 6}
    assert sampled("hdbscan", min_cluster_size=8, min_samples=4)[0].facts["carried_over"] == {"min_cluster_size": 5}


def test_eps_grows_as_rows_thin_out_and_a_height_of_ward_shrinks() -> None:
    eps = sampled("dbscan")[0].facts["carried_over"]["eps"]
    assert 1.5 * 1.2 < eps < 1.5 * 2.2  # a quarter of the rows in three dimensions: 4 ** (1 / 3) = 1.59
    facts = sampled("hierarchical", distance_threshold=200.0)[0].facts
    assert facts["carried_over"] == {"distance_threshold": pytest.approx(100.0)}


def test_eps_does_not_hang_on_the_order_of_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thinning, "MOST_ASKED", 500)
    by_group = Points(np.ascontiguousarray(X[np.argsort(TRUTH, kind="stable")] * (1 + 9 * (np.sort(TRUTH) == 4))[:, None]))
    mixed = Points(np.ascontiguousarray(by_group.X[np.random.default_rng(1).permutation(len(X))]))
    grown = []
    for points in (by_group, mixed):
        sample = draw(points, ALGORITHMS["dbscan"], settings_of("dbscan", eps=8.0), "sample")
        assert sample is not None
        grown.append(sample.settings.parameters.eps)
    assert grown[0] == pytest.approx(grown[1], rel=0.15)


def test_a_setting_that_auto_chose_is_chosen_anew_for_the_sample() -> None:
    asked = []

    def settle(points: Points) -> Settings:
        asked.append(points.n_rows)
        return settings_of("dbscan", eps=2.25)

    sample = draw(POINTS, ALGORITHMS["dbscan"], settings_of("dbscan"), "sample", settle)
    assert sample is not None
    assert (asked, sample.settings.parameters.eps) == ([1_500], 2.25)


def test_the_facts_and_the_caution_say_what_was_fitted_on() -> None:
    found, _ = sampled("hierarchical")
    assert {name: found.facts[name] for name in ("strategy", "n_fitted", "n_assigned")} == {
        "strategy": "sample",
        "n_fitted": 1_500,
        "n_assigned": 4_500,
    }
    first = found.cautions[0]
    assert first.code == "sampled"
    assert "1,500 of the 6,000 rows" in first.message
    assert "fewer than about 20 rows" in first.message


def test_clustering_again_goes_on_from_what_was_asked_of_the_sample() -> None:
    settings = settings_of("hdbscan", min_cluster_size=4, min_samples=4)
    found, sample = sampled("hdbscan", min_cluster_size=4, min_samples=4)
    few = Points(np.ascontiguousarray(X[:1_500]))
    again(Fit(ALGORITHMS["hdbscan"], settings, found, sample=sample), POINTS)(few, 0)
    with pytest.raises(ClusteringError, match="too few"):  # of all rows: a quarter of 4 is no cluster
        again(Fit(ALGORITHMS["hdbscan"], settings, found), POINTS)(few, 0)


def test_more_clusters_than_the_sample_has_rows_is_told_of_the_sample() -> None:
    with pytest.raises(ClusteringError, match="on a sample of 1,500 of the 6,000 rows") as caught:
        sampled("kmeans", n_clusters=2_000)
    assert "exact" in str(caught.value.hint)


def test_auto_is_exact_where_that_fits_and_sample_where_time_or_memory_are_short() -> None:
    ward, settings = ALGORITHMS["hierarchical"], settings_of("hierarchical")
    assert first_that_fits(ward, settings, 6_000, 3, None) == "exact"
    assert first_that_fits(ward, settings, 2_000_000, 3, None) == "sample"
    assert first_that_fits(ward, settings, 6_000, 3, 1) == "sample"
    assert first_that_fits(ward, settings, 1_400, 3, 1) == "exact"


def test_memory_is_checked_for_the_rows_fitted_on_and_the_hint_names_the_strategy() -> None:
    average, settings = ALGORITHMS["hierarchical"], settings_of("hierarchical", linkage="average")
    check_fit("sample", average, settings, 2_000_000, 3, None)
    with pytest.raises(ResourceLimitError) as caught:
        check_fit("exact", average, settings, 2_000_000, 3, None)
    assert "set execution.strategy to sample" in str(caught.value.hint)
    with pytest.raises(ResourceLimitError) as caught:
        check_fit("sample", average, settings, 2_000_000, 3, 1)
    assert "strategy" not in str(caught.value.hint)
