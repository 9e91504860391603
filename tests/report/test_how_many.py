"""How many clusters: where `auto` chose the number the page says on what, and only there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from report_cases import CASES, Made

from clusterctl.report.how_many import how_many

AUTO = ["auto", "auto finds none", "auto cannot tell"]


def evidence(run: Made) -> dict[str, Any]:
    found: dict[str, Any] = run.document.clustering_results.model_info.chosen["n_clusters"]["evidence"]
    return found


def part(run: Made) -> str:
    """The section, as it is in the page."""
    return run.page.split('aria-labelledby="how-many"')[1].split("</section>")[0]


@pytest.mark.parametrize("case", CASES)
def test_there_is_a_section_where_auto_chose_and_nowhere_else(made: Callable[[str], Made], case: str) -> None:
    assert ('id="how-many"' in made(case).page) is (case in AUTO)
    assert ('href="#how-many"' in made(case).page) is (case in AUTO)


def test_every_credible_number_has_a_bar_as_long_as_its_belief_and_the_one_taken_is_marked(made: Callable[[str], Made]) -> None:
    run = made("auto finds none")
    belief = evidence(run)["belief_in_k"]
    bars = {
        int(number): float(width)
        for number, width in re.findall(r"<span>(\d+) clusters.*?<rect class=\"own\" width=\"([\d.]+)\"", part(run), re.DOTALL)
    }
    assert set(bars) == {int(k) for k, share in belief.items() if share >= 0.01}
    for number, width in bars.items():
        assert width == pytest.approx(100 * belief[str(number)], abs=0.06)
    assert "(taken)" not in part(run)  # one cluster is no number that is believed in
    taken = re.findall(r"<li class=\"taken\"><span class=\"named\"><span>(\d+) clusters \(taken\)", part(made("auto")))
    assert taken == [str(made("auto").document.clustering_results.model_info.n_clusters)]


def test_bars_and_the_rest_add_up_to_all_belief_and_there_are_at_most_thirteen(made: Callable[[str], Made]) -> None:
    document = made("auto").document.model_copy(deep=True)
    choice = document.clustering_results.model_info.chosen["n_clusters"]
    choice["evidence"]["belief_in_k"] = {str(k): 0.05 for k in range(2, 22)}
    found = how_many(document)
    assert found is not None
    assert len(found.lines) == 13
    assert sum(line.bar for line in found.lines) == pytest.approx(100)
    assert found.lines[-1].words == "other numbers"


@pytest.mark.parametrize(("case", "mark"), [("auto", "good"), ("auto finds none", "bad"), ("auto cannot tell", "unknown")])
def test_the_verdict_is_that_of_the_assessment(made: Callable[[str], Made], case: str, mark: str) -> None:
    found = how_many(made(case).document)
    assert found is not None
    assert found.mark == mark
    assert evidence(made(case)).get("verdict", "not assessed") in found.words.replace("no evidence", "none")


def test_confidence_interval_and_the_command_for_the_whole_evidence_are_named(made: Callable[[str], Made]) -> None:
    from clusterctl.analysis.words import percent

    for case in ("auto", "auto finds none"):
        told = part(made(case))
        assert f"confidence {percent(evidence(made(case))['confidence'])}" in told
        assert "clusterctl recommend config.yaml" in told
    document = made("auto").document.model_copy(deep=True)
    document.clustering_results.model_info.chosen["n_clusters"]["evidence"]["k_interval"] = [2, 7]
    found = how_many(document)
    assert found is not None
    assert "the numbers from 2 to 7 hold at least four fifths of the belief" in found.sentences[1]


def test_belief_is_told_as_an_if_where_there_is_no_evidence_of_clusters(made: Callable[[str], Made]) -> None:
    assert "were there clusters" in part(made("auto finds none"))
    assert "were there clusters" not in part(made("auto"))


def test_where_nothing_was_assessed_only_the_reason_is_told(made: Callable[[str], Made]) -> None:
    found = how_many(made("auto cannot tell").document)
    assert found is not None
    assert found.lines == ()
    assert found.sentences == ("The 120 rows looked at are 3 distinct ones, repeated.",)


def test_the_command_for_the_whole_evidence_takes_the_config_of_the_run(made: Callable[[str], Made]) -> None:
    import clusterctl

    run = made("auto")
    told = clusterctl.recommend(str(run.folder / "config.yaml"), overrides=["recommend_configuration.budget=fast", "output.directory=null"])
    assert told.document.recommendations.belief_in_k == evidence(run)["belief_in_k"]
