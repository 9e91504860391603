"""Each kind of evidence against something independent, and on shapes where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from shapes import blobs, ground_of, halves, ring, stacked
from sklearn.metrics import calinski_harabasz_score, silhouette_score

from clusterctl.recommendation.evidence.agreement import agreement
from clusterctl.recommendation.evidence.bending import bending
from clusterctl.recommendation.evidence.likelihood import likelihood
from clusterctl.recommendation.evidence.modality import modality
from clusterctl.recommendation.evidence.neighbours import neighbour_agreement
from clusterctl.recommendation.evidence.null import null_separation
from clusterctl.recommendation.evidence.parsimony import parsimony
from clusterctl.recommendation.evidence.projections import projections, valley_between
from clusterctl.recommendation.evidence.refinement import refinement
from clusterctl.recommendation.evidence.separation import separation
from clusterctl.recommendation.evidence.troughs import troughs
from clusterctl.recommendation.evidence.valleys import valleys
from clusterctl.recommendation.partitions import draw_pairs, rand_matrix

X, TRUE = blobs(100)
GROUND = ground_of(X)
MERGED, CUT = np.minimum(TRUE, 1), np.where((TRUE == 0) & (X[:, 1] > 0), 3, TRUE)
THREE = stacked(TRUE, MERGED, CUT)


def test_silhouette_and_spread_are_scikit_learns() -> None:
    found = separation(GROUND, THREE)
    for i, labels in enumerate((TRUE, MERGED, CUT)):
        assert found["silhouette"][i] == pytest.approx(silhouette_score(X, labels), abs=1e-5)
        assert np.exp(found["log_ratio"][i]) == pytest.approx(calinski_harabasz_score(X, labels))


def test_the_silhouette_leaves_noise_out() -> None:
    labels = np.where(np.arange(len(X)) % 10 == 0, -1, TRUE)
    kept = labels >= 0
    assert separation(GROUND, stacked(labels))["silhouette"][0] == pytest.approx(silhouette_score(X[kept], labels[kept]), abs=1e-5)


def test_excess_is_large_for_clusters_and_none_for_a_heap() -> None:
    heap = np.random.default_rng(0).normal(size=(300, 2))
    there, here = ground_of(heap), stacked(halves(heap))
    of_heap = null_separation(there, here, separation(there, here)["silhouette"], 0, 1)["excess"][0]
    of_clusters = null_separation(GROUND, THREE, separation(GROUND, THREE)["silhouette"], 0, 1)["excess"][0]
    assert of_clusters > 0.15
    assert of_heap < 0.03


def test_kappa_is_1_where_all_near_rows_agree_and_falls_with_cuts() -> None:
    kappa = neighbour_agreement(GROUND, THREE)["kappa"]
    assert kappa[0] > 0.99
    assert kappa[2] < kappa[0]
    shuffled = np.random.default_rng(0).permutation(TRUE)
    assert abs(neighbour_agreement(GROUND, stacked(shuffled))["kappa"][0]) < 0.05


def test_valleys_lie_around_true_clusters_inside_merged_ones_and_not_at_a_cut() -> None:
    found = valleys(GROUND, THREE)
    assert found["valley_least"][0] > 1.5
    assert found["ringed_least"][0] > 0.8
    assert found["broken"][0] < 0.1
    assert found["split_most"][1] > 1.5
    assert found["broken"][1] > 0.5
    assert found["valley_least"][2] < 0.5
    assert found["crossings"][0] == 0


def test_projections_see_two_heaps_between_clusters_and_one_in_each() -> None:
    found = projections(GROUND, THREE)
    assert found["between_least"][0] > 0.9
    assert found["apart_least"][0] > 0.8
    assert found["within_most"][1] > 0.9
    assert found["apart_least"][2] < 0.3


def test_a_valley_is_deeper_the_further_two_heaps_are_apart() -> None:
    depths = [valley_between(*np.split(blobs(400, 2, apart)[0], 2))[0] for apart in (2.0, 3.0, 4.0, 6.0)]
    assert depths == sorted(depths)
    assert depths[0] < 0.4
    assert depths[-1] > 0.9


@pytest.mark.parametrize(("n_columns", "apart", "least", "most"), [(2, 0.0, 0.0, 0.1), (40, 0.0, 0.0, 0.1), (40, 7.0, 0.9, 1.0)])
def test_groups_without_a_gap_have_no_valley_in_any_number_of_columns(n_columns: int, apart: float, least: float, most: float) -> None:
    depths = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        first, second = rng.normal(size=(60, n_columns)), rng.normal(size=(60, n_columns))
        second[:, 0] += apart
        depths.append(valley_between(first, second)[0])
    assert least <= np.mean(depths) <= most


def test_troughs_tell_pieces_of_a_crescent_from_clusters() -> None:
    curve = ring()
    of_ring = troughs(ground_of(curve), stacked(halves(curve)))["trough_least"][0]
    assert troughs(GROUND, THREE)["trough_least"][0] > 2
    assert of_ring < 0.3
    assert troughs(GROUND, THREE)["trough_least"][2] < 0.2
    assert troughs(GROUND, THREE)["halves_most"][1] > 2


def test_the_likelihood_is_highest_for_the_true_gaussians() -> None:
    value = likelihood(GROUND, THREE)["likelihood"]
    assert value.argmax() == 0


def test_agreement_counts_other_families_alone() -> None:
    families = ("kmeans", "kmeans", "ward", "mixture full")
    every = stacked(TRUE, MERGED, TRUE, TRUE, families=families)
    rand = rand_matrix(every, draw_pairs(len(X), 0))
    found = agreement(every.take(np.array([0, 1])), rand, np.array([0, 1, 0, 0]), families)
    assert found["agreement"][0] == pytest.approx(1.0)
    assert found["support"][0] == 1.0
    assert found["agreement"][1] == pytest.approx(rand[1, 2])
    assert found["support"][1] == pytest.approx(1 / 3)


def test_noise_in_the_midst_of_a_cluster_is_lost_and_outliers_are_not() -> None:
    dense = np.zeros(len(X), dtype=bool)
    dense[np.argsort(GROUND.core)[:30]] = True
    sparse = np.zeros(len(X), dtype=bool)
    sparse[np.argsort(-GROUND.core)[:30]] = True
    found = parsimony(GROUND, stacked(np.where(dense, -1, TRUE), np.where(sparse, -1, TRUE), TRUE))
    assert found["lost"].tolist() == [0.1, 0.0, 0.0]
    assert found["noise"].tolist() == [0.1, 0.1, 0.0]
    assert found["unequal"][2] == pytest.approx(0.0)
    assert found["log_k"][2] == pytest.approx(np.log(3))


def test_a_sound_partition_inside_a_coarser_one_speaks_against_the_coarser() -> None:
    values = {name: np.array([0.9, 0.8, 0.1]) for name in ("apart_least", "ringed_least")}
    values |= {"trough_least": np.array([4.0, 4.0, -1.0]), "stable_worst": np.ones(3)}
    found = refinement(THREE, values, 0)
    assert found["sound"][0] > 0.95
    assert found["sound"][2] < 0.2
    assert found["finer"][1] == found["sound"][0]
    assert found["finer"][0] == pytest.approx(found["sound"][2])
    assert found["finer"][2] == 0
    a, b, c = found["sound"]
    assert found["peak"] == pytest.approx([a - (b + c) / 2, b - a, c - a])


def test_the_ends_of_a_curve_bend_and_two_heaps_do_not() -> None:
    curve, (heaps, two) = ring(), blobs(200, 2, 4.0, 5)
    assert bending(ground_of(curve), halves(curve)) > 0.3
    assert bending(ground_of(heaps), two) < 0.05


def test_on_a_line_nothing_bends() -> None:
    X, two = blobs(60, 2, 4.0, 5)
    assert bending(ground_of(X[:, :1]), two) == 0
    assert bending(ground_of(np.repeat(X[:, :1], 3, axis=1)), two) == 0


@pytest.mark.parametrize("n_columns", [2, 10, 40])
def test_heaps_of_long_tails_and_unequal_width_are_no_curve(n_columns: int) -> None:
    rng = np.random.default_rng(4)
    two = np.repeat([0, 1], [200, 100])
    X = rng.normal(size=(300, n_columns)) * np.where(two == 0, 0.4, 1.6)[:, None] * np.exp(0.8 * rng.normal(size=(300, 1)))
    X[:, 0] += 5 * two
    assert bending(ground_of(X), two) < 0.1


@pytest.mark.parametrize("bend", [False, True])
def test_dips_pass_heaps_skewed_or_not_and_find_two_modes(bend: bool) -> None:
    heap = np.random.default_rng(1).normal(size=(500, 3))
    heap = np.exp(heap) if bend else heap
    assert modality(ground_of(heap), 0)["dip_axes"] < 0.5
    diagonal = X.copy()
    diagonal[:, 1] += 8.0 * TRUE
    assert modality(ground_of(diagonal), 0)["dip_axes"] > 1.0
