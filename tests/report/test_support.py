"""The verdict and each check follow from the figures of the run, and from nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from report_cases import Made

from clusterctl.report.answer import answer, question
from clusterctl.report.careful import careful
from clusterctl.report.material import Material
from clusterctl.report.support import checks, verdict
from clusterctl.results.models import GateResult, NullComparison, ResultsDocument, Stability


def stable(*values: float | None) -> Stability:
    known = [value for value in values if value is not None]
    return Stability(
        per_cluster=list(values),
        minimum=min(known, default=None),
        mean=sum(known) / len(known) if known else None,
        prediction_strength=0.9,
        n_resamples=20,
        n_used=120,
    )


def chance(p_value: float) -> dict[str, NullComparison]:
    found = NullComparison(observed=0.5, mean=0.2, sd=0.1, p_value=p_value, n_draws=20, reference="uniform_box", n_used=120)
    return {"silhouette_score": found}


def planted(document: ResultsDocument, **changes: Any) -> ResultsDocument:
    results = document.clustering_results
    validation = results.validation.model_copy(update=changes)
    return document.model_copy(update={"clustering_results": results.model_copy(update={"validation": validation})})


@pytest.mark.parametrize(
    ("stability", "null", "mark", "words"),
    [
        (stable(0.9, 0.8, 0.75), chance(0.04), "good", "well supported"),
        (stable(0.9, 0.8, 0.74), chance(0.04), "fair", "mostly supported"),
        (stable(0.9, 0.8, 0.59), chance(0.04), "fair", "partly supported"),
        (stable(0.9, 0.5, 0.4), chance(0.04), "bad", "partly supported"),
        (stable(0.5, 0.5, 0.4), chance(0.04), "bad", "not found again"),
        (stable(0.9, 0.9, 0.9), chance(0.06), "bad", "no better than chance"),
        (stable(0.9, 0.9, 0.9), None, "good", "well supported"),
        (None, chance(0.04), "fair", "clearer than chance"),
        (None, None, "unknown", "not measured"),
    ],
)
def test_the_verdict_is_drawn_from_stability_and_chance(made: Callable[[str], Made], stability, null, mark, words) -> None:
    found = verdict(planted(made("clusters").document, stability=stability, null=null))
    assert (found.mark, found.words) == (mark, words)


def test_clusters_that_are_lost_are_named_in_the_verdict(made: Callable[[str], Made]) -> None:
    found = verdict(planted(made("clusters").document, stability=stable(0.9, 0.1, 0.2), null=chance(0.04)))
    assert "clusters 1 and 2" in found.sentence


@pytest.mark.parametrize("case", ["all noise", "one cluster"])
def test_with_nothing_divided_no_figure_speaks_for_or_against(made: Callable[[str], Made], case: str) -> None:
    assert verdict(made(case).document).mark == "unknown"


def test_what_was_not_computed_is_there_with_its_reason(made: Callable[[str], Made]) -> None:
    run = made("bare")
    reasons = {note.path: note.reason for note in run.document.metadata.notes}
    shown = {check.question: check for check in checks(Material(run.document, {}))}
    stability = shown["Are the clusters found again when rows are left out?"]
    assert (stability.figure, stability.mark) == ("–", "unknown")
    assert reasons["clustering_results.validation.stability"] in stability.meaning


@pytest.mark.parametrize(
    ("value", "mark"), [(0.71, "good"), (0.7, "good"), (0.51, "good"), (0.5, "fair"), (0.26, "fair"), (0.25, "bad"), (-0.4, "bad")]
)
def test_a_silhouette_is_read_as_kaufman_and_rousseeuw_do(made: Callable[[str], Made], value: float, mark: str) -> None:
    document = made("clusters").document
    results = document.clustering_results
    metrics = results.evaluation_metrics.model_copy(update={"silhouette_score": value})
    changed = document.model_copy(update={"clustering_results": results.model_copy(update={"evaluation_metrics": metrics})})
    found = next(check for check in checks(Material(changed, {})) if check.figure == f"silhouette {value:.2f}")
    assert found.mark == mark


@pytest.mark.parametrize(
    ("gate", "mark", "words"),
    [
        (GateResult(metric="n_clusters", value=3, bound="min 2", level="error", passed=True), "good", "kept"),
        (GateResult(metric="n_clusters", value=3, bound="min 4", level="error", passed=False), "bad", "broken"),
        (GateResult(metric="stability", value=None, bound="min 0.6", level="warn", passed=False), "fair", "broken (a warning)"),
    ],
)
def test_every_gate_is_a_check(made: Callable[[str], Made], gate: GateResult, mark: str, words: str) -> None:
    found = checks(Material(planted(made("clusters").document, gates=[gate]), {}))[-1]
    assert (found.question, found.mark, found.meaning) == (f"Gate: {gate.metric} {gate.bound}", mark, words)


def test_a_question_in_the_metadata_is_the_question(made: Callable[[str], Made]) -> None:
    document = made("clusters").document
    metadata = document.metadata.model_copy(update={"user_metadata": {"domain": "x", "question": "which kinds\n of blobs\x1b are there"}})
    assert question(document.model_copy(update={"metadata": metadata})) == "Which kinds of blobs\\x1b are there?"


def test_without_one_the_question_is_of_the_table_and_its_features(made: Callable[[str], Made]) -> None:
    assert question(made("clusters").document) == "Which groups are there among the 120 rows of blobs.csv, by 4 features?"


def test_the_answer_tells_number_largest_smallest_and_noise(made: Callable[[str], Made]) -> None:
    document = made("noise").document
    sizes = [center.cluster_size for center in document.clustering_results.clusters.cluster_centers]
    found = answer(document, verdict(document))[0]
    assert f"DBSCAN finds {len(sizes)} clusters in 120 rows" in found
    assert f"holds {round(100 * max(sizes) / 120)} % of them" in found
    assert "in none (noise)" in found


def test_nothing_found_leads_to_what_to_try(made: Callable[[str], Made]) -> None:
    run = made("all noise")
    suggested = run.document.clustering_results.recommendations.parameter_suggestions
    assert suggested
    found = answer(run.document, verdict(run.document))[1]
    assert found.startswith("Worth a try next: ")
    for path, values in suggested.items():
        assert f"{path.removeprefix('clustering_configuration.parameters.')} {', '.join(map(str, values))}" in found


def sentences(material: Material) -> str:
    return " ".join(sentence for group in careful(material) for sentence in group.sentences)


@pytest.mark.parametrize(
    ("case", "there", "words"),
    [
        ("clusters", True, "The number of clusters, 3, was given"),
        ("auto", False, "was given"),
        ("auto", True, "n_clusters was left to the program"),
        ("noise", True, "What counts as a cluster was set by min_samples 5"),
        ("clusters", True, "K-means looks for compact clusters"),
        ("noise", False, "looks for compact clusters"),
        ("clusters", True, "2 missing values were filled in with the median"),
        ("excluded", False, "filled in"),
        ("clusters", True, "Numbers were standardised"),
    ],
)
def test_a_limit_is_named_where_it_applies_and_only_there(made: Callable[[str], Made], case: str, there: bool, words: str) -> None:
    assert (words in sentences(Material(made(case).document, {}))) is there


@pytest.mark.parametrize(("share", "there"), [(None, False), (0.04, False), (0.2, True)])
def test_many_rows_on_a_border_are_told_of(made: Callable[[str], Made], share: float | None, there: bool) -> None:
    found = sentences(Material(made("clusters").document, {}, nearer_to_another=share))
    assert ("20 % of the clustered rows are nearer to another cluster" in found) is there


def test_the_page_says_how_many_rows_of_the_data_it_shows(made: Callable[[str], Made]) -> None:
    document = made("clusters").document
    assert "This page shows no single row" in sentences(Material(document, {}))
    assert "This page shows 2 rows" in sentences(Material(document, {}, rows={"a": {}, "b": {}}))


def test_what_a_warning_says_is_not_said_again(made: Callable[[str], Made]) -> None:
    from clusterctl.analysis.caveats import SAID_BY_WARNING
    from clusterctl.results.models import WarningEntry

    document = made("many").document
    guidance = document.clustering_results.recommendations.interpretation_guidance
    repeated = {code: line for code, words in SAID_BY_WARNING.items() for line in guidance if line.startswith(words)}
    assert repeated
    for code, line in repeated.items():
        for warnings in ([], [WarningEntry(code=code, message="warned")]):
            metadata = document.metadata.model_copy(update={"warnings": warnings})
            shown = sentences(Material(document.model_copy(update={"metadata": metadata}), {}))
            assert (line in shown) is not bool(warnings)


def test_the_make_up_by_protected_columns_is_that_of_the_results(made: Callable[[str], Made]) -> None:
    from clusterctl.report.makeup import makeup

    document = made("protected").document
    shown = {view.column: view for view in makeup(document)}
    for column in document.clustering_results.cluster_analysis.protected:
        view = shown[column.column]
        assert [int(row[1]) for row in view.table.rows] == [group.size for group in column.groups]
        for group, row in zip(column.groups, view.table.rows, strict=True):
            assert (row[0] == "in no cluster") is (group.cluster_id < 0)
            if column.kind == "categorical":
                told = {entry.category: entry.share for entry in group.categories or []}
                for head, cell in zip(view.table.heads[2:], row[2:], strict=True):
                    name = head.split(" (all")[0]
                    assert cell == ("–" if name not in told else f"{100 * told[name]:.0f} %")
            else:
                assert row[2] == "–" if group.mean is None else float(row[2]) == pytest.approx(group.mean, rel=0.01)
        assert all(f"cluster {group.cluster_id} (" in view.sentence for group in column.groups if group.is_strong)
    assert "kind" in shown
    assert "size" in shown


def test_a_report_without_protected_columns_has_no_such_part(made: Callable[[str], Made]) -> None:
    assert "Who is in them" in made("protected").page
    assert "Who is in them" not in made("clusters").page
