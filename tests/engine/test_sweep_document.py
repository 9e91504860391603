"""Who stands where in a sweep, which trial is best, what is warned of, and a reason for every null of sweep.json."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from sweep_rows import comparison, explains, failure, origin, outcome, ranked, scores, space, stability

from clusterctl.engine.nulls import null_paths
from clusterctl.engine.sweep.document import RankedTrials, assemble_sweep
from clusterctl.results.sweep import Agreement, SweepDocument
from clusterctl.values.remarks import Caution


def reason(found: RankedTrials, place: int, path: str) -> str:
    return next(note.reason for note in found.rows[place].notes if note.path == path)


def codes(found: RankedTrials) -> list[str]:
    return [caution.code for caution in found.cautions]


def told(found: RankedTrials, code: str) -> str:
    return next(caution.message for caution in found.cautions if caution.code == code)


def by(found: RankedTrials) -> list[str]:
    return [entry.metric for entry in found.ranking.rank_by]


def test_the_silhouette_ranks_where_it_is_computed() -> None:
    assert by(ranked([outcome(silhouette_score=0.5)])) == ["silhouette_score"]
    assert by(ranked([outcome(silhouette_score=0.5)], metrics=("dbcv", "silhouette_score"))) == ["silhouette_score"]


def test_else_the_first_metric_ranks_and_what_is_named_ranks_before_all() -> None:
    assert by(ranked([outcome(dbcv=0.5)], metrics=("dbcv", "inertia"))) == ["dbcv"]
    assert by(ranked([outcome(dbcv=0.5)], rank_by=["inertia", "dbcv"])) == ["inertia", "dbcv"]


def test_the_best_is_the_first_of_the_order() -> None:
    found = ranked([outcome(davies_bouldin_score=value) for value in (1.4, 0.3, 0.9)], rank_by=["davies_bouldin_score"])
    assert found.ranking.order == [1, 2, 0]
    assert [row.rank for row in found.rows] == [3, 1, 2]
    assert found.best is not None
    assert found.best.trial_id == 1
    assert found.ranking.rank_by[0].best == "min"


def test_several_metrics_give_a_front_in_the_order_of_the_ranks() -> None:
    values = [(0.9, 0.1), (0.1, 0.9), (0.5, 0.5), (0.4, 0.4)]
    found = ranked([outcome(silhouette_score=a, dbcv=b) for a, b in values], rank_by=["silhouette_score", "dbcv"])
    assert [row.on_pareto_front for row in found.rows] == [True, True, True, False]
    assert set(found.ranking.pareto_front) == {0, 1, 2}
    assert found.ranking.pareto_front == [number for number in found.ranking.order if number != 3]


def test_facts_of_the_labels_rank_too() -> None:
    found = ranked(
        [outcome(n_noise=noise, smallest=smallest) for noise, smallest in ((20, 5), (10, 4), (10, 6))],
        rank_by=["noise_fraction", "smallest_cluster"],
    )
    assert found.ranking.order[0] == 2
    strong = [outcome(stability=stability(0.5, strength), validated=True) for strength in (0.2, 0.9)]
    assert ranked(strong, rank_by=["prediction_strength"], validate=True).ranking.order == [1, 0]
    steady = [outcome(stability=stability(least, 0.5), validated=True) for least in (0.7, 0.2)]
    assert ranked(steady, rank_by=["stability"], validate=True).ranking.order == [0, 1]


def test_a_trial_that_breaks_a_constraint_has_no_rank_and_says_which() -> None:
    found = ranked(
        [outcome(silhouette_score=0.9, n_noise=150), outcome(silhouette_score=0.2)],
        constraints={"noise_fraction": {"max": 0.5}, "n_clusters": {"max": 3}},
    )
    assert found.rows[0].broken_constraints == ["noise_fraction 0.75 above max 0.5"]
    assert [row.rank for row in found.rows] == [None, 1]
    assert reason(found, 0, "rank") == "a constraint is broken"
    assert found.ranking.constraints == {"noise_fraction": {"max": 0.5}, "n_clusters": {"max": 3.0}}


def test_a_share_of_the_smallest_cluster_is_held_against_the_points_of_the_space() -> None:
    found = ranked(
        [outcome(dbcv=0.1, smallest=smallest) for smallest in (20, 19)], rank_by=["dbcv"], constraints={"smallest_cluster": {"min": 0.1}}
    )
    assert found.rows[0].broken_constraints == []
    assert found.rows[1].broken_constraints == ["smallest_cluster 19 below min 0.1 of 200 rows"]


def test_a_trial_without_a_metric_or_without_a_result_has_no_rank() -> None:
    found = ranked([outcome(silhouette_score=None, n_clusters=1), failure(), outcome(silhouette_score=0.1)])
    assert [row.rank for row in found.rows] == [None, None, 1]
    assert reason(found, 0, "rank") == "silhouette_score does not exist"
    assert reason(found, 1, "rank") == "the trial failed"
    assert found.rows[1].broken_constraints == []


TWO_SPACES = [("a", 0.2), ("b", 0.9), ("a", 0.4), ("b", 0.1)]


def two_spaces(base_space: str | None = "a", **settings: Any) -> RankedTrials:
    return ranked(
        [outcome(space_id, silhouette_score=value, n_noise=100 - number) for number, (space_id, value) in enumerate(TWO_SPACES)],
        base_space,
        **settings,
    )


def test_ranks_hold_within_a_space_and_the_base_configs_space_comes_first() -> None:
    found = two_spaces("b")
    assert [row.rank for row in found.rows] == [2, 1, 1, 2]
    assert found.ranking.order == [1, 3, 2, 0]
    assert not found.ranking.across_spaces
    assert found.best is not None
    assert found.best.trial_id == 1
    assert "of b, the space of the base config" in told(found, "scores_not_comparable")


@pytest.mark.parametrize("base_space", ["c", None])
def test_without_a_ranked_trial_in_the_base_configs_space_the_first_space_has_the_best(base_space: str | None) -> None:
    found = two_spaces(base_space)
    assert found.ranking.order == [2, 0, 1, 3]
    assert "of a, the first space with a ranked trial" in told(found, "scores_not_comparable")


def test_a_space_comes_before_another_though_its_first_trial_failed() -> None:
    found = ranked([failure(space_id="a"), outcome("b", dbcv=0.5), outcome("a", dbcv=0.1)], None, rank_by=["dbcv"])
    assert found.ranking.order == [2, 1]


def test_what_rests_on_labels_alone_ranks_all_trials_together() -> None:
    found = two_spaces(rank_by=["noise_fraction"])
    assert found.ranking.across_spaces
    assert found.ranking.order == [3, 2, 1, 0]
    assert codes(found) == []
    assert not two_spaces(rank_by=["noise_fraction", "silhouette_score"]).ranking.across_spaces


def test_trials_of_one_space_all_compare() -> None:
    assert ranked([outcome(silhouette_score=0.5), failure(space_id="b")]).ranking.across_spaces


def test_with_a_rank_space_its_scores_rank_all_trials_and_their_own_keep_the_constraints() -> None:
    reference = [(0.1, 0.7), (0.9, 0.3), (0.5, None)]
    rows = [
        outcome(f"s{number}", silhouette_score=own, rank_scores=scores(silhouette_score=there))
        for number, (own, there) in enumerate(reference)
    ]
    found = ranked(rows, None, rank_space={}, constraints={"silhouette_score": {"max": 0.8}})
    assert found.ranking.across_spaces
    assert [row.rank for row in found.rows] == [1, None, None]
    assert found.rows[1].broken_constraints == ["silhouette_score 0.9 above max 0.8"]
    assert reason(found, 2, "rank") == "silhouette_score does not exist"
    assert codes(found) == []


def test_the_labels_own_facts_are_the_same_in_a_rank_space() -> None:
    rows = [outcome(name, adjusted_rand_score=value, rank_scores=scores(dbcv=0.1)) for name, value in (("a", 0.2), ("b", 0.8))]
    assert ranked(rows, rank_space={}, rank_by=["adjusted_rand_score"]).ranking.order == [1, 0]


def test_failed_trials_are_counted_with_the_three_commonest_reasons() -> None:
    messages = ["rare", "common.\nwith details", "common.", "odd", "second", "second", "common."]
    found = ranked([*(failure(message) for message in messages), outcome(silhouette_score=0.1)])
    assert told(found, "trials_failed") == (
        "7 of 8 trials failed: ClusteringError: common (3); ClusteringError: second (2); ClusteringError: rare (1); and 1 other reason."
    )


@pytest.mark.parametrize(
    ("rows", "settings", "why"),
    [
        ([failure()], {}, "every trial failed"),
        (
            [outcome(silhouette_score=0.1, n_noise=150), outcome(silhouette_score=0.1, n_noise=150, smallest=1), failure()],
            {"constraints": {"smallest_cluster": {"min": 2}, "noise_fraction": {"max": 0.5}}},
            "no trial meets the constraints (broken: noise_fraction by 2 of 2, smallest_cluster by 1 of 2)",
        ),
        ([outcome(silhouette_score=None), outcome(silhouette_score=None)], {}, "no trial has silhouette_score"),
        (
            [outcome(silhouette_score=None), outcome(silhouette_score=0.3, n_clusters=9)],
            {"constraints": {"n_clusters": {"max": 4}}},
            "no trial that meets the constraints has silhouette_score",
        ),
        (
            [outcome(silhouette_score=0.1, dbcv=None), outcome(silhouette_score=None, dbcv=0.1)],
            {"rank_by": ["silhouette_score", "dbcv"]},
            "no trial has silhouette_score and dbcv together",
        ),
        ([outcome()], {"metrics": ()}, "evaluation_metrics is empty and rank_by is not given, so there is nothing to rank by"),
    ],
)
def test_without_a_ranked_trial_there_is_no_best_and_the_warning_says_why(rows: Any, settings: dict[str, Any], why: str) -> None:
    found = ranked(rows, **settings)
    assert found.best is None
    assert found.ranking.order == found.ranking.pareto_front == []
    assert told(found, "no_trial_ranked") == f"There is no best trial: {why}."


def assembled(found: RankedTrials, alike: Agreement | None = None, **more: Any) -> SweepDocument:
    names = dict.fromkeys(row.space_id for row in found.rows if row.space_id)
    return assemble_sweep(found, [space(name) for name in names], alike, origin(**more))


MIXTURE = [
    outcome(silhouette_score=0.5, inertia=None),
    failure(),
    failure(space_id=None, hint="set missing_values"),
    outcome("b", silhouette_score=None, n_clusters=1),
    outcome("b", silhouette_score=None, n_clusters=0, n_noise=200, smallest=None),
    outcome(silhouette_score=0.7, stability=stability(None, None), null=comparison(), validated=True, rank_scores=scores(dbcv=None)),
    outcome(silhouette_score=0.9, n_noise=150),
]
ALIKE = Agreement(trial_ids=[5, 0], adjusted_rand=[[1.0, None], [None, 1.0]], method="exact", n_used=200)
DOCUMENTS = {
    "mixture": assembled(ranked(MIXTURE, constraints={"noise_fraction": {"max": 0.5}}), ALIKE),
    "nothing ranked": assembled(ranked(MIXTURE[1:5])),
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_every_null_has_its_reason(document: SweepDocument) -> None:
    tree = document.model_dump(mode="json")
    rows = tree["sweep_results"].pop("trials")
    general = [note["path"] for note in tree["metadata"]["notes"]]
    assert [path for path in null_paths(tree) if not any(explains(note, path) for note in general)] == []
    for row in rows:
        own = [note["path"] for note in row["notes"]]
        assert [path for path in null_paths(row) if sum(explains(note, path) for note in own) != 1] == []


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_every_note_is_for_a_null(document: SweepDocument) -> None:
    tree = document.model_dump(mode="json")
    for notes, nulls in (
        (tree["metadata"]["notes"], list(null_paths(tree))),
        *((row["notes"], list(null_paths(row))) for row in tree["sweep_results"]["trials"]),
    ):
        assert [note for note in notes if not any(explains(note["path"], path) for path in nulls)] == []


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_the_document_is_valid_against_its_schema(document: SweepDocument) -> None:
    jsonschema.Draft202012Validator(SweepDocument.model_json_schema()).validate(document.model_dump(mode="json"))
    assert SweepDocument.model_validate_json(document.model_dump_json()) == document


def test_where_a_sweep_comes_from_stands_in_its_metadata() -> None:
    metadata = DOCUMENTS["mixture"].metadata
    assert (metadata.n_trials, metadata.n_failed, metadata.n_merged) == (7, 2, 4)
    assert (metadata.config_sha256, metadata.data_sha256, metadata.random_state) == ("c" * 64, "d" * 64, 7)
    assert metadata.user_metadata == {"domain": "shops"}
    assert metadata.processing_duration == 1.5


def test_rows_stand_in_plan_order_with_their_settings() -> None:
    rows = DOCUMENTS["mixture"].sweep_results.trials
    assert [row.trial_id for row in rows] == list(range(7))
    assert [row.settings["clustering_configuration.n_clusters"] for row in rows] == list(range(7))
    assert [row.config_sha256 for row in rows] == [f"{number:064d}" for number in range(7)]


def test_the_best_stands_with_its_settings() -> None:
    best = DOCUMENTS["mixture"].sweep_results.best
    assert best is not None
    assert (best.trial_id, best.config_sha256) == (5, f"{5:064d}")
    assert best.settings["clustering_configuration.n_clusters"] == 5
    assert DOCUMENTS["nothing ranked"].sweep_results.best is None


def test_a_warning_that_is_given_twice_is_there_once() -> None:
    first = Caution("first", "of the table")
    found = ranked(MIXTURE)
    warnings = assembled(found, cautions=(first, first)).metadata.warnings
    assert [warning.code for warning in warnings] == ["first", *codes(found)]
