"""The kinds of evidence: one registry that what is gathered, what is learnt and what is said go by."""

from __future__ import annotations

import numpy as np
import pytest

from clusterctl.recommendation.gathering import Evidence, gather
from clusterctl.recommendation.ground import lay_ground
from clusterctl.recommendation.kinds import KINDS
from clusterctl.recommendation.ranking import contributions
from clusterctl.recommendation.weights import RANKING, TENDENCY
from clusterctl.recommendation.words import SIGNS, speaks
from clusterctl.values.space import Points


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    rng = np.random.default_rng(0)
    X = np.repeat([[0.0, 0.0], [6.0, 0.0]], 60, axis=0) + rng.normal(size=(120, 2))
    return gather(lay_ground(Points(X), 0), 0, "fast", 1)


def test_every_kind_of_evidence_that_is_gathered_is_registered_and_the_other_way_round(evidence: Evidence) -> None:
    assert set(evidence.values) == set(KINDS)


@pytest.mark.parametrize("name", RANKING)
def test_no_weight_points_against_the_direction_in_which_its_evidence_can_speak(name: str) -> None:
    assert KINDS[name].direction in (0, np.sign(RANKING[name].weight))
    assert RANKING[name].low < RANKING[name].high


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_that_speaks_in_one_direction_has_words_for_both_sides_and_others_have_none(name: str) -> None:
    kind = KINDS[name]
    assert bool(kind.lifts) == bool(kind.lowers) == (kind.direction != 0)
    assert kind.lifts != kind.lowers or not kind.lifts


def test_no_two_kinds_say_the_same_nor_are_the_same() -> None:
    assert len({kind.about for kind in KINDS.values()}) == len(KINDS)
    said = [words for kind in KINDS.values() for words in (kind.lifts, kind.lowers) if words]
    assert len(set(said)) == len(said)


def test_what_lifts_a_candidate_is_said_for_it_and_what_lowers_it_against_it() -> None:
    told_for, told_against = speaks({"stable": 0.9, "noise": 0.8, "finer": -0.7, "kappa": 0.01})
    assert told_for == [KINDS["stable"].lifts]
    assert told_against == [KINDS["finer"].lowers]


@pytest.mark.parametrize("rival", [1, None])
def test_the_lifts_of_a_candidate_add_up_to_its_lead_over_the_other_or_over_the_mean_of_all(evidence: Evidence, rival: int | None) -> None:
    scores = sum(term.weight * np.clip(evidence.values[name], term.low, term.high) for name, term in RANKING.items())
    lead = scores[0] - (scores.mean() if rival is None else scores[rival])
    assert sum(contributions(evidence.values, 0, rival).values()) == pytest.approx(lead)


@pytest.mark.parametrize("name", TENDENCY)
def test_every_sign_of_clusters_is_told_in_words(name: str) -> None:
    assert SIGNS[name]
