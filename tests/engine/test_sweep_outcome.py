"""A trial's row: the values and reasons of a run's document, and a reason for every null."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

import numpy as np
import pytest
from plan_tables import config, dataset, session
from sweep_rows import comparison, explains, failure, outcome, scores, stability

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.engine.analysis import analyse
from clusterctl.engine.document import Origin, assemble
from clusterctl.engine.findings import Parts
from clusterctl.engine.nulls import null_paths
from clusterctl.engine.sweep.outcome import NO_RANK_SPACE, NOT_VALIDATED, LabelFacts, done, failed
from clusterctl.preprocessing.prepare import prepare
from clusterctl.results.sweep import TrialError, TrialOutcome
from clusterctl.values.remarks import Caution
from clusterctl.values.score import NoisePolicies, Score


def reasons(found: TrialOutcome) -> dict[str, str]:
    return {note.path: note.reason for note in found.notes}


def test_the_share_of_noise_is_that_of_the_labels() -> None:
    labels = np.array([0, 0, 1, -1, -1, 1, 0])
    assert LabelFacts(2, 7, 2, 2).noise_fraction == float((labels < 0).mean())
    assert LabelFacts(0, 0, 0, None).noise_fraction is None


def test_a_done_trial_has_the_facts_of_its_labels() -> None:
    found = outcome("a", silhouette_score=0.5, n_clusters=4, n_noise=50, smallest=7)
    assert (found.status, found.error, found.space_id) == ("done", None, "a")
    assert (found.n_clusters, found.noise_fraction, found.smallest_cluster) == (4, 0.25, 7)
    assert found.evaluation_metrics is not None
    assert found.evaluation_metrics.noise_fraction == 0.25


@cache
def run_parts(eps: float) -> Parts:
    """Return what a run of dbscan finds: three clusters and noise, one cluster, or noise alone."""
    spec, data, made = ALGORITHMS["dbscan"], dataset(target=True), config("dbscan", clustering_configuration={"parameters": {"eps": eps}})
    space = prepare(data, made.preprocessing_configuration, random_state=0, n_jobs=1)
    return analyse(data, space, spec, Settings(spec.parameters(eps=eps), None, 0), made, session(), chosen=False)[0]


@cache
def run_document(eps: float) -> dict[str, Any]:
    """Return the document of a run, as plain JSON."""
    origin = Origin(
        config={
            "clustering_configuration": {"parameters": {}},
            "preprocessing_configuration": dict.fromkeys(("missing_values", "categorical", "text", "transform", "scaling"), ""),
        },
        config_sha256="c" * 64,
        random_state=0,
        started=datetime(2026, 1, 2, tzinfo=UTC),
        trained=datetime(2026, 1, 2, tzinfo=UTC),
        seconds=1.0,
        execution={},
        chosen={},
        assignments="sidecar",
        embed_plots=False,
        libraries={},
        user_metadata={},
    )
    return assemble(run_parts(eps), origin).model_dump(mode="json")


def run_reasons(eps: float, root: str) -> dict[str, str]:
    """Return the reasons of a run's nulls below a path, by the path within it."""
    notes = run_document(eps)["metadata"]["notes"]
    return {note["path"].removeprefix(root): note["reason"] for note in notes if note["path"].startswith(root)}


def trial_of_run(eps: float) -> TrialOutcome:
    """Return the row of a trial that found what the run has found."""
    parts = run_parts(eps)
    labels, evaluation = parts.fit.clustering.labels, parts.evaluation
    why = run_reasons(eps, "clustering_results.validation.")
    sizes = np.bincount(labels[labels >= 0])
    return done(
        space_id="a",
        labels_facts=LabelFacts(len(sizes), len(labels), int((labels < 0).sum()), int(sizes.min()) if len(sizes) else None),
        scores=evaluation.scores,
        rank_scores=None,
        stability=evaluation.stability or why["stability"],
        null=evaluation.null or why["null"],
        chosen={},
        cautions=parts.fit.clustering.cautions,
        validated=True,
    )


FOUND = {"clusters and noise": 0.25, "one cluster": 50.0, "noise alone": 1e-9}


def test_the_runs_compared_are_of_three_kinds() -> None:
    found = [trial_of_run(eps) for eps in FOUND.values()]
    assert [row.n_clusters for row in found] == [3, 1, 0]
    assert 0 < (found[0].noise_fraction or 0) < 0.5
    assert found[0].stability is not None


@pytest.mark.parametrize("eps", FOUND.values(), ids=FOUND)
def test_a_row_has_the_scores_and_the_evidence_of_results_json(eps: float) -> None:
    results, row = run_document(eps)["clustering_results"], trial_of_run(eps).model_dump(mode="json")
    assert row["evaluation_metrics"] == results["evaluation_metrics"]
    assert row["stability"] == results["validation"]["stability"]
    assert row["null"] == results["validation"]["null"]
    assert row["n_clusters"] == results["model_info"]["n_clusters"]
    assert row["smallest_cluster"] == min((center["cluster_size"] for center in results["clusters"]["cluster_centers"]), default=None)


@pytest.mark.parametrize("eps", FOUND.values(), ids=FOUND)
def test_a_row_has_the_reasons_of_results_json(eps: float) -> None:
    found = reasons(trial_of_run(eps))
    for root in ("evaluation_metrics", "validation.stability", "validation.null"):
        own = root.removeprefix("validation.")
        expected = run_reasons(eps, f"clustering_results.{root}")
        assert {path.removeprefix(own): reason for path, reason in found.items() if path.startswith(own)} == expected


@pytest.mark.parametrize("eps", FOUND.values(), ids=FOUND)
def test_a_row_warns_of_what_the_run_warns_of(eps: float) -> None:
    codes = {warning.code for warning in trial_of_run(eps).warnings}
    everything = {warning["code"] for warning in run_document(eps)["metadata"]["warnings"]}
    assert codes <= everything
    assert codes & {"no_clusters", "single_cluster"} == everything & {"no_clusters", "single_cluster"}


def test_a_metric_without_a_value_keeps_the_reason_of_its_score() -> None:
    found = reasons(outcome(silhouette_score=None, dbcv=0.4))
    assert found["evaluation_metrics.silhouette_score"] == "no silhouette_score here"
    assert found["evaluation_metrics.inertia"] == "not among evaluation_metrics"
    assert "evaluation_metrics.dbcv" not in found
    assert "evaluation_metrics.methods.dbcv.interval" in found


def test_what_is_not_validated_says_where_it_is() -> None:
    found = outcome(dbcv=0.1, stability=stability(), null="a reason")
    assert found.stability is found.null is None
    assert reasons(found)["stability"] == reasons(found)["null"] == NOT_VALIDATED


def test_what_is_validated_is_there_or_has_the_reason_that_was_given() -> None:
    found = outcome(dbcv=0.1, stability=stability(), null=comparison(), validated=True)
    assert found.stability == stability()
    assert found.null == comparison()
    lacking = outcome(dbcv=0.1, stability="there is no cluster", null="too few rows", validated=True)
    assert (reasons(lacking)["stability"], reasons(lacking)["null"]) == ("there is no cluster", "too few rows")


def test_the_rank_space_has_its_own_scores_and_reasons() -> None:
    assert reasons(outcome(dbcv=0.1))["rank_space_metrics"] == NO_RANK_SPACE
    found = outcome(dbcv=0.1, rank_scores=scores(dbcv=0.3, inertia=None))
    assert found.rank_space_metrics == {"dbcv": 0.3, "inertia": None}
    assert reasons(found)["rank_space_metrics.inertia"] == "no inertia here"
    assert "rank_space_metrics" not in reasons(found)


@pytest.mark.parametrize(("n_clusters", "code"), [(0, "no_clusters"), (1, "single_cluster"), (2, None)])
def test_a_result_that_divides_nothing_is_a_row_with_a_warning(n_clusters: int, code: str | None) -> None:
    own = Caution("own", "of the clustering")
    codes = [warning.code for warning in outcome(dbcv=None, n_clusters=n_clusters, cautions=(own, own)).warnings]
    assert codes == (["own", code] if code else ["own"])


def test_a_failed_trial_gives_the_error_as_the_reason_of_every_null() -> None:
    found = failure("too many clusters", space_id=None)
    assert found.status == "failed"
    nulls = {path for path in null_paths(found.model_dump(exclude={"notes"}))}
    assert nulls == {note.path for note in found.notes}
    assert reasons(found)["n_clusters"] == "the trial failed (ClusteringError)"
    assert "space_id" in nulls


def test_a_failed_trial_may_give_another_reason_for_a_field() -> None:
    error = TrialError(type="ClusteringError", message="no fit", hint="fewer clusters")
    found = failed(error, "a", why={"rank_space_metrics": NO_RANK_SPACE})
    assert reasons(found)["rank_space_metrics"] == NO_RANK_SPACE
    assert "space_id" not in reasons(found)
    assert "error.hint" not in reasons(found)


def validated(**more: Any) -> TrialOutcome:
    policies = NoisePolicies(0.5, 0.1, None)
    noisy = (*scores(dbcv=0.4, inertia=None), Score("silhouette_score", "max", 0.5, n_used=190, policies=policies))
    chosen = {"n_clusters": {"value": 3, "rule": "votes", "why": "most said so", "evidence": {"2": None}}}
    given = {"stability": stability(None, None), "null": comparison(), "rank_scores": scores(dbcv=None), **more}
    return done(space_id="a", labels_facts=LabelFacts(3, 200, 10, 20), scores=noisy, chosen=chosen, cautions=(), validated=True, **given)


CASES = {
    "done": outcome(silhouette_score=0.5, inertia=None),
    "nothing asked for": outcome(),
    "one cluster": outcome(silhouette_score=None, dbcv=None, n_clusters=1),
    "all noise": outcome(silhouette_score=None, n_clusters=0, n_noise=200, smallest=None),
    "no rows": done(
        space_id="a",
        labels_facts=LabelFacts(0, 0, 0, None),
        scores=(),
        rank_scores=(),
        stability=None,
        null=None,
        chosen={},
        cautions=(),
        validated=True,
    ),
    "validated": validated(),
    "failed": failure(),
    "failed in preparing": failure(space_id=None, hint="set missing_values"),
}


@pytest.mark.parametrize("found", CASES.values(), ids=CASES)
def test_every_null_of_a_row_has_one_reason_and_every_reason_a_null(found: TrialOutcome) -> None:
    notes = [note.path for note in found.notes]
    nulls = list(null_paths(found.model_dump(mode="json")))
    assert len(set(notes)) == len(notes)
    for path in nulls:
        assert sum(explains(note, path) for note in notes) == 1, path
    for note in notes:
        assert any(explains(note, path) for path in nulls), note


@pytest.mark.parametrize("found", CASES.values(), ids=CASES)
def test_a_row_comes_back_from_the_journal_as_it_was(found: TrialOutcome) -> None:
    assert TrialOutcome.model_validate_json(found.model_dump_json()) == found
