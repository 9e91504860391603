"""The choice of n_clusters: the assessment of `recommend`, seen through the algorithm that was named."""

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.kernels.threads import one_thread
from clusterctl.recommendation.appraisal import appraise
from clusterctl.recommendation.assess import assess
from clusterctl.recommendation.gathering import gather
from clusterctl.recommendation.ground import lay_ground
from clusterctl.recommendation.n_clusters import choose_n_clusters, suited
from clusterctl.recommendation.ranking import probabilities, score
from clusterctl.values.space import Points

TAKES = [name for name, spec in ALGORITHMS.items() if spec.takes_n_clusters]


def blobs(k, n=400, d=2, gap=12.0, seed=0):
    rng = np.random.default_rng(seed)
    angle = 2 * np.pi * np.arange(k) / k
    centers = np.zeros((k, d))
    centers[:, :2] = gap * np.column_stack((np.cos(angle), np.sin(angle)))
    return Points(rng.normal(size=(n, d)) + centers[np.arange(n) % k])


def gaussian(n=200, d=3, seed=0):
    return Points(np.random.default_rng(seed).normal(size=(n, d)))


def choose(points, name="kmeans", seed=0, n_jobs=1, **parameters):
    spec = ALGORITHMS[name]
    return choose_n_clusters(points, spec, spec.parameters(**parameters), seed, n_jobs)


@pytest.mark.parametrize("name", TAKES)
def test_planted_clusters_are_counted(name):
    chosen = choose(blobs(4), name)
    assert (chosen.value, chosen.rule, chosen.cautions) == (4, "fast_assessment", ())


@pytest.mark.parametrize("seed", range(2))
def test_one_gaussian_in_five_dimensions_is_no_cluster_and_said_so(seed):
    chosen = choose(gaussian(400, 5, seed))
    assert (chosen.value, chosen.rule) == (1, "no_clusters")
    assert [caution.code for caution in chosen.cautions] == ["no_clusters"]
    assert "no evidence of clusters" in chosen.cautions[0].message
    assert "clusterctl recommend" in chosen.cautions[0].message


@pytest.mark.parametrize("seed", range(2))
def test_a_large_cluster_beside_a_small_one_is_not_split(seed):
    rng = np.random.default_rng(seed)
    X = np.concatenate([rng.normal(size=(500, 2)), rng.normal(size=(100, 2)) + np.array([12, 0])])
    assert choose(Points(X)).value == 2


@pytest.mark.parametrize("seed", range(2))
def test_one_gaussian_in_the_plane_is_no_cluster(seed):
    assert choose(gaussian(500, 2, seed)).value == 1


def test_the_evidence_is_that_of_the_fast_budget_of_recommend():
    points = blobs(3, gap=4.0)
    assessed, chosen = assess(points, 7, "fast", 1), choose(points, seed=7)
    evidence = chosen.evidence
    assert evidence["budget"] == assessed.budget
    assert evidence["verdict"] == assessed.tendency.verdict
    assert evidence["strength"] == assessed.tendency.strength
    assert evidence["most_credible"] == assessed.choices[0].n_clusters
    assert evidence["belief_in_k"] == {str(k): share for k, share in assessed.belief_in_k.items()}
    assert evidence["n_candidates"] == assessed.n_candidates
    assert evidence["n_sample"] == assessed.n_sample
    assert chosen.evidence["confidence"] == pytest.approx(assessed.confidence, abs=0.05)


def test_where_there_are_no_clusters_confidence_and_number_are_those_of_recommend():
    points = gaussian()
    assessed, chosen = assess(points, 0, "fast", 1), choose(points)
    assert (chosen.value, chosen.evidence["confidence"]) == (assessed.n_clusters, assessed.confidence)
    assert f"{chosen.evidence['most_credible']} is the most credible number" in chosen.why
    assert "expected_by_k" not in chosen.evidence  # nothing is fitted that does not decide


def test_the_number_is_one_for_the_named_algorithm():
    """Two long stripes, and some belief in four compact pieces: genie follows the stripes, k-means can only make the pieces."""
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.uniform(-20, 20, 300), 6.0 * (np.arange(300) % 2) + rng.normal(scale=0.5, size=300)])
    with one_thread():
        known = appraise(Points(X), 0, "fast", 1)
        assert known is not None
        families = [one.candidate.family for one in known.evidence.found]
        pieces = next(place for place, name in enumerate(families) if name == "kmeans" and known.numbers[place] > 2)
        share = np.zeros(len(families))
        share[known.best], share[pieces] = 0.52, 0.48
        torn = replace(known, share=share, belief={2: 0.52, int(known.numbers[pieces]): 0.48})
        found = {}
        for name, parameters in (("kmeans", {}), ("hierarchical", {"linkage": "genie"})):
            spec = ALGORITHMS[name]
            found[name] = suited(torn, spec, spec.parameters(**parameters), 0, 1)
    assert found["hierarchical"].value == 2 == found["kmeans"].evidence["most_credible"]
    assert found["kmeans"].value == known.numbers[pieces]
    assert "2 over all algorithms" in found["kmeans"].why
    assert found["hierarchical"].evidence["expected_by_k"]["2"] > found["kmeans"].evidence["expected_by_k"]["2"]


def test_the_number_is_that_of_the_partition_expected_to_be_right_most():
    points = blobs(5, 250, gap=3.6, seed=2)
    chosen = choose(points)
    expected = chosen.evidence["expected_by_k"]
    assert str(chosen.value) == max(expected, key=expected.get)
    ground = lay_ground(points, 0)
    gathered = gather(ground, 0, "fast", 1)
    believed = probabilities(score(gathered.values))
    for k, told in expected.items():
        spec = ALGORITHMS["kmeans"]
        settings = Settings(spec.parameters(), int(k), 0)
        labels = spec.cut(spec.build(points, settings, 1), settings).labels
        likeness = [(adjusted_rand_score(one.labels, labels) + (one.n_clusters == int(k))) / 2 for one in gathered.found]
        assert told == pytest.approx(float(np.dot(likeness, believed)), abs=0.02)


def test_only_numbers_with_a_twentieth_of_the_largest_belief_are_tried():
    evidence = choose(blobs(5, 250, gap=3.6, seed=2)).evidence
    belief = evidence["belief_in_k"]
    believed = {k for k, share in belief.items() if share >= max(belief.values()) / 20}
    assert set(evidence["expected_by_k"]) == believed < set(belief)
    assert len(believed) > 2


def test_an_algorithm_that_cannot_divide_these_points_gets_the_most_credible_number():
    points = Points(blobs(3).X, "manhattan")
    chosen = choose(points, "hierarchical", linkage="ward")
    assert chosen.value == chosen.evidence["most_credible"] == 3


def test_a_few_rows_repeated_are_the_clusters():
    chosen = choose(Points(np.repeat([[1.0, 2.0], [5.0, 7.0]], [50, 30], axis=0)))
    assert (chosen.value, chosen.rule) == (2, "distinct_rows")


def test_rows_of_which_nearly_all_are_the_same_get_a_number():
    assert choose(Points(np.concatenate([np.zeros((5000, 2)), gaussian(5, 2).X]))).value >= 1


def test_the_largest_number_compared_is_warned_of():
    chosen = choose(Points(np.repeat(gaussian(20, 2).X, 50, axis=0)))
    assert chosen.value == 20 == max(map(int, chosen.evidence["belief_in_k"]))
    assert "no larger number was compared, so there may be more" in chosen.cautions[0].message


def test_a_number_more_likely_wrong_than_right_is_warned_of_with_the_interval():
    chosen = choose(blobs(5, 250, gap=3.4, seed=0))
    assert chosen.evidence["confidence"] < 0.5
    low, high = chosen.evidence["k_interval"]
    assert low <= chosen.value <= high
    assert low < high
    assert [caution.code for caution in chosen.cautions] == ["n_clusters_uncertain"]
    assert f"any number from {low} to {high} is credible" in chosen.cautions[0].message
    assert f"{low} to {high} credible" in chosen.why


@pytest.mark.parametrize("name", TAKES)
def test_same_seed_same_evidence_at_any_number_of_jobs(name):
    assert choose(blobs(3), name, n_jobs=1) == choose(blobs(3), name, n_jobs=2)


def test_evidence_is_plain_json_and_says_the_sample_and_the_seed():
    evidence = choose(blobs(3, n=2500), seed=5).evidence
    assert json.loads(json.dumps(evidence, allow_nan=False)) == evidence
    assert (evidence["n_sample"], evidence["random_state"]) == (2000, 5)


@pytest.mark.parametrize("X", [np.ones((30, 2)), np.arange(3.0)[:, None], np.ones((1, 1)), np.arange(18.0).reshape(9, 2) ** 2])
def test_hardly_any_rows_are_one_cluster(X):
    chosen = choose(Points(X))
    assert (chosen.value, chosen.rule) == (1, "too_few_rows")


@pytest.mark.parametrize("name", TAKES)
@pytest.mark.parametrize(
    "points",
    [
        Points(np.random.default_rng(0).normal(size=(10, 2))),
        Points(np.random.default_rng(0).normal(size=(200, 1)) + 8.0 * (np.arange(200) % 2)[:, None]),
        Points(np.random.default_rng(0).normal(size=(30, 120))),
        Points(np.random.default_rng(0).uniform(size=(150, 3)) + 2.0 * (np.arange(150) % 3)[:, None], "manhattan"),
        Points(np.repeat(np.random.default_rng(0).normal(size=(6, 2)), 3, axis=0)),
    ],
    ids=["ten rows", "one column", "wide", "manhattan", "duplicates"],
)
def test_every_kind_of_table_gets_a_number_that_its_rows_allow(name, points):
    chosen = choose(points, name)
    assert 1 <= chosen.value <= len(np.unique(points.X, axis=0))
    assert str(chosen.value) in chosen.why or chosen.value == 1
