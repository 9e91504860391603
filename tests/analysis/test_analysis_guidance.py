from dataclasses import replace

import pytest

from clusterctl.analysis.evidence import Evidence
from clusterctl.analysis.guidance import recommendations
from clusterctl.results.models import NullComparison, Stability


def stability(*per_cluster, strength=0.9):
    return Stability(
        per_cluster=list(per_cluster),
        minimum=min(per_cluster),
        mean=sum(per_cluster) / len(per_cluster),
        prediction_strength=strength,
        n_resamples=20,
        n_used=1000,
    )


def null(p):
    return {
        "silhouette_score": NullComparison(observed=0.5, mean=0.3, sd=0.05, p_value=p, n_draws=99, reference="uniform_box", n_used=1000)
    }


KMEANS = Evidence("kmeans", True, 1000, 4, (500, 300, 200), 0.0, 4, scores={"silhouette_score": 0.5}, stability=stability(0.9, 0.85, 0.8))
DBSCAN = Evidence("dbscan", False, 1000, 4, (300, 100), 0.6, 4, parameters={"eps": 0.4, "min_samples": 10})


def reason(found, key):
    return next(note.reason for note in found.notes if note.path.endswith(key))


def test_stable_clusters_that_beat_the_null_support_their_number_and_algorithm():
    found = recommendations(replace(KMEANS, null=null(0.01)))
    assert (found.value.optimal_clusters, found.value.algorithm_recommendation) == (3, "kmeans")
    assert found.value.parameter_suggestions == {}


def test_data_without_clusters_is_told_as_one_cluster():
    found = recommendations(replace(KMEANS, null=null(0.4)))
    assert (found.value.optimal_clusters, found.value.algorithm_recommendation) == (1, None)
    assert "p = 0.4" in reason(found, "optimal_clusters")


def test_the_null_comparison_that_counts_is_settled_by_the_algorithm_and_not_by_its_result():
    both = {"dbcv": null(0.5)["silhouette_score"], **null(1 / 21)}
    assert recommendations(replace(KMEANS, null=both)).value.optimal_clusters == 3
    assert recommendations(replace(KMEANS, null=both, algorithm="hdbscan", takes_n_clusters=False)).value.optimal_clusters == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stability": None}, "clusterctl recommend"),
        ({"stability": stability(0.9, 0.9, 0.7)}, "0.70"),
        ({"stability": stability(0.5, 0.4, 0.3)}, "at most 0.50"),
        ({"stability": stability(0.9, 0.9, 0.9, strength=0.5)}, "prediction strength is 0.50"),
        ({"sizes": (1000,), "stability": None}, "nothing to compare"),
        ({"sizes": (), "stability": None}, "every row is noise"),
    ],
)
def test_a_number_that_the_run_does_not_support_is_null_with_its_reason(change, words):
    found = recommendations(replace(KMEANS, **change))
    assert found.value.optimal_clusters is None
    assert words in reason(found, "optimal_clusters")


def test_neighbouring_numbers_are_suggested_where_none_is_supported():
    found = recommendations(replace(KMEANS, stability=stability(0.9, 0.5, 0.4))).value.parameter_suggestions
    assert found == {"clustering_configuration.n_clusters": [2, 4]}


def test_negative_silhouettes_of_compact_clusters_suggest_density():
    found = recommendations(replace(KMEANS, stability=None, scores={"silhouette_score": -0.1}))
    assert found.value.algorithm_recommendation == "hdbscan"


def test_much_noise_suggests_wider_neighbourhoods_and_smaller_clusters():
    found = recommendations(DBSCAN).value.parameter_suggestions
    assert found == {
        "clustering_configuration.parameters.eps": [0.5, 0.6, 0.8],
        "clustering_configuration.parameters.min_samples": [2, 5],
    }


def test_one_cluster_by_density_suggests_a_narrower_neighbourhood():
    found = recommendations(replace(DBSCAN, sizes=(1000,), noise_fraction=0.0)).value.parameter_suggestions
    assert found == {"clustering_configuration.parameters.eps": [0.32, 0.26, 0.2]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stability": stability(0.9, 0.5, 0.9)}, "cluster 1"),
        ({"scores": {"silhouette_score": 0.1}}, "mean silhouette 0.10"),
        ({"sizes": (950, 30, 20)}, "95 %"),
        ({"sizes": (500, 498, 2)}, "Too few rows to say much about: cluster 2"),
        ({"noise_fraction": 0.3}, "30 % of the rows are noise"),
        ({"n_excluded": 12}, "12 rows were excluded"),
        ({"n_dropped": 1500}, "1,500 rows were dropped"),
        ({"n_rows": 30}, "30 rows in 4 dimensions are few"),
        ({"n_dimensions": 60}, "In 60 dimensions"),
        ({"embedding": "umap"}, "umap embedding"),
        ({"scaling": "none"}, "not scaled"),
        ({"sizes": ()}, "No cluster was found"),
        ({"sizes": (1000,), "stability": None}, "A single cluster"),
        ({"null": null(0.5)}, "a convenience"),
    ],
)
def test_each_caveat_is_said_when_and_only_when_it_applies(change, words):
    def said(evidence):
        return any(words in sentence for sentence in recommendations(evidence).value.interpretation_guidance)

    assert said(replace(KMEANS, **change))
    assert not said(KMEANS)


def test_checking_with_someone_who_knows_the_field_is_always_advised():
    assert any("knows the field" in sentence for sentence in recommendations(KMEANS).value.interpretation_guidance)
