"""The whole assessment: the same at any number of jobs, reproduced by its configs, and right where the answer is plain."""

from __future__ import annotations

import numpy as np
import pytest
from shapes import blobs, points_of, ring
from sklearn.metrics import adjusted_rand_score

from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.recommendation.assess import Assessment, assess
from clusterctl.recommendation.confidence import confidence
from clusterctl.recommendation.kinds import KINDS
from clusterctl.recommendation.tendency import signs_of, weigh
from clusterctl.recommendation.weights import CLEAR_FROM, CONFIDENCE, RANKING, TENDENCY, WEAK_FROM
from clusterctl.values.space import Points

X, TRUE = blobs(80, 4, 7.0, 3)
X[:, 1] += 5.0 * (TRUE % 2)


@pytest.fixture(scope="module")
def found() -> Assessment:
    return assess(points_of(X), 0, "fast", 1)


def test_plain_clusters_are_found_whole(found: Assessment) -> None:
    assert found.tendency.verdict == "clear"
    assert found.n_clusters == 4
    assert found.k_interval == (4, 4)
    best = found.choices[0]
    assert best.fitted.labels is not None
    assert adjusted_rand_score(TRUE, best.fitted.labels) > 0.98
    assert best.confidence > 0.8
    assert found.confidence == best.confidence


def test_every_config_gives_the_labels_of_its_choice(found: Assessment) -> None:
    for choice in found.choices:
        config, spec = choice.config(), ALGORITHMS[choice.algorithm]
        assert spec.parameters(**config["parameters"]) == choice.settings.parameters
        again = spec.cut(spec.build(points_of(X), choice.settings, 1), choice.settings)
        assert (again.labels == choice.fitted.labels).all()


def test_choices_tell_different_stories_best_first(found: Assessment) -> None:
    expected = [choice.expected for choice in found.choices]
    assert expected == sorted(expected, reverse=True)
    assert len(found.choices) == 3
    for i in range(3):
        for j in range(i):
            assert found.choices[i].n_clusters != found.choices[j].n_clusters or found.rand[i, j] < 0.9


def test_the_assessment_is_the_same_at_any_number_of_jobs(found: Assessment) -> None:
    again = assess(points_of(X), 0, "fast", 2)
    assert [choice.evidence for choice in again.choices] == [choice.evidence for choice in found.choices]
    assert again.belief_in_k == found.belief_in_k
    assert again.tendency == found.tendency
    for one, other in zip(again.choices, found.choices, strict=True):
        assert one.config() == other.config()
        assert (one.fitted.labels == other.fitted.labels).all()


@pytest.mark.parametrize("kind", ["gaussian", "box", "lognormal", "ring"])
def test_one_heap_has_no_clusters_whatever_its_shape(kind: str) -> None:
    rng = np.random.default_rng(3)
    drawn = {
        "gaussian": rng.normal(size=(400, 3)),
        "box": rng.uniform(size=(400, 3)),
        "lognormal": np.exp(rng.normal(size=(400, 3))),
        "ring": ring(400),
    }[kind]
    assessed = assess(points_of((drawn - drawn.mean(axis=0)) / drawn.std(axis=0)), 0, "fast", 1)
    assert assessed.tendency.verdict == "none"
    assert assessed.n_clusters == 1
    assert len(assessed.choices) > 0


@pytest.mark.parametrize("rows", [np.zeros((50, 2)), np.arange(8.0)[:, None]])
def test_too_few_rows_or_distinct_ones_give_no_choice(rows: np.ndarray) -> None:
    assessed = assess(points_of(rows), 0, "fast", 1)
    assert assessed.choices == ()
    assert assessed.n_clusters == 1
    assert assessed.tendency.verdict == "none"


def test_above_the_sample_the_choice_is_fitted_on_all_rows_or_says_that_it_is_not() -> None:
    many, true = blobs(800, 3, 8.0)
    assessed = assess(points_of(many), 0, "fast", 1)
    assert assessed.n_sample == 2_000
    assert assessed.n_clusters == 3
    for choice in assessed.choices:
        assert (choice.fitted.labels is None) == (choice.fitted.strategy == "sample")
        if choice.fitted.labels is not None:
            assert len(choice.fitted.labels) == len(many)
            assert (choice.fitted.agreement or 0) >= 0.8
    best = assessed.choices[0].fitted.labels
    assert best is None or adjusted_rand_score(true, best) > 0.98


def test_verdicts_follow_the_strength_and_pushes_add_up_to_it() -> None:
    low, high = ({name: getattr(term, end) for name, term in TENDENCY.items()} for end in ("low", "high"))
    assert weigh(low | {"bent": 1.0}).verdict == "none"
    assert weigh(high | {"low": 0.0, "bent": 0.0}).verdict == "clear"
    assert 0 < WEAK_FROM < CLEAR_FROM < 1


def test_confidence_rises_with_belief_and_evidence_speaks_its_own_way() -> None:
    sure = [confidence({4: share, 5: 1 - share}, 4, 0.5 + share / 2, 0.9) for share in (0.2, 0.5, 0.9)]
    assert sure == sorted(sure)
    assert 0 < sure[0] < sure[-1] < 1
    assert all(term.weight > 0 for name, term in CONFIDENCE.items() if name != "two")
    assert CONFIDENCE.keys() >= {"belief", "expected"}
    assert all(RANKING[name].weight > 0 for name in ("kappa", "peak", "agreement_most"))
    assert RANKING["finer"].weight < 0


@pytest.mark.parametrize("n_rows", [10, 25])
def test_a_handful_of_rows_is_assessed_without_an_error(n_rows: int) -> None:
    assessed = assess(points_of(np.random.default_rng(0).normal(size=(n_rows, 3))), 0, "normal", 1)
    assert assessed.tendency.verdict == "none"
    assert assessed.n_clusters == 1


def test_one_column_more_columns_than_rows_and_gowers_distance_are_taken() -> None:
    rng = np.random.default_rng(0)
    column = rng.normal(size=(200, 1)) + 6.0 * (np.arange(200)[:, None] < 100)
    assert assess(points_of(column), 0, "fast", 1).n_clusters == 2
    assert assess(points_of(rng.normal(size=(60, 200))), 0, "fast", 1).tendency.verdict == "none"
    gower = assess(Points(points_of(blobs(100, 3, 8.0, 4)[0]).X, "manhattan"), 0, "fast", 1)
    assert gower.n_clusters == 3
    assert all(choice.algorithm in ("hierarchical", "hdbscan", "dbscan", "spectral") for choice in gower.choices)


def test_of_a_large_table_a_smallest_cluster_is_asked_for_by_its_share_of_the_rows() -> None:
    from clusterctl.algorithms.base import Settings
    from clusterctl.recommendation.candidates import Candidate, Found
    from clusterctl.recommendation.ground import lay_ground
    from clusterctl.recommendation.whole import N_WHOLE, fit_whole

    rng = np.random.default_rng(0)
    points = points_of(rng.normal(size=(N_WHOLE + 4_000, 2)))
    ground = lay_ground(points, 0)
    asked = ALGORITHMS["hdbscan"].parameters(min_cluster_size=40, min_samples=5)
    found = Found(Candidate("hdbscan", "hdbscan", Settings(asked, None, 0)), np.zeros(ground.n_rows, dtype=np.int64), 1)
    fitted = fit_whole(points, ground, found, 1)
    ratio = points.n_rows / ground.n_rows
    assert (fitted.strategy, fitted.labels) == ("sample", None)
    assert fitted.settings.parameters.min_cluster_size == round(40 * ratio)
    assert fitted.settings.parameters.min_samples == round(5 * ratio)


def test_a_clump_of_a_few_rows_beside_one_heap_says_nothing_of_clusters() -> None:
    modes = {"dip_axes": 0.3, "dip_distances": 0.02, "skew": 0.0}
    values = {name: np.array([0.9]) for name in KINDS} | {"log_k": np.log([2.0])}
    clump = signs_of(values | {"tiny": np.array([0.5])}, 0, 2.0, modes, 0.0)
    heaps = signs_of(values | {"tiny": np.array([0.0])}, 0, 2.0, modes, 0.0)
    assert clump["several"] == 0 < heaps["several"]
    weighed = {name for name in TENDENCY if clump[name] != heaps[name]}
    assert weighed == {"border", "ringed", "sound", "sound_high", "agreement", "support", "stable"} & set(TENDENCY)
    assert all(clump[name] == 0 for name in weighed)
    assert weigh(clump).strength < 0.36 < weigh(heaps).strength
