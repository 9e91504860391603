"""The whole assessment of a table: are there clusters, how many, found by which algorithm, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.kernels.threads import one_thread
from clusterctl.recommendation.appraisal import Appraisal, appraise
from clusterctl.recommendation.candidates import Budget
from clusterctl.recommendation.gathering import Evidence
from clusterctl.recommendation.ranking import contributions, interval
from clusterctl.recommendation.stories import pick_stories
from clusterctl.recommendation.tendency import Tendency
from clusterctl.recommendation.whole import Fitted, fit_whole
from clusterctl.values.space import Points

N_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """A candidate that is put forward.

    fitted: its settings and labels for the whole table. score: the weighted sum of its evidence (only differences mean something).
    belief: its share among the candidates. expected: how right it is expected to be (`ranking.expected_truth`). evidence: value of each
    kind, by name. lifts: by how much each kind lifts its score above the first choice's (of the first: the second's; of the only one: the
    mean of all), strongest first.
    """

    algorithm: str
    fitted: Fitted
    n_clusters: int
    score: float
    belief: float
    expected: float
    confidence: float
    evidence: dict[str, float]
    lifts: dict[str, float]

    @property
    def settings(self) -> Settings:
        """The settings for the whole table."""
        return self.fitted.settings

    def config(self) -> dict[str, Any]:
        """Return the `clustering_configuration` that asks for this candidate."""
        spec, settings = ALGORITHMS[self.algorithm], self.settings
        out: dict[str, Any] = {"algorithm": self.algorithm, "parameters": settings.parameters.model_dump(exclude_defaults=True)}
        if spec.takes_n_clusters:
            out["n_clusters"] = settings.n_clusters
        return out | {"random_state": settings.random_state}


@dataclass(frozen=True, slots=True)
class Considered:
    """A partition that was compared, in few figures: silhouette, and excess over that of data without clusters."""

    family: str
    n_clusters: int
    score: float
    belief: float
    silhouette: float
    excess: float


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was found about a table.

    tendency: whether there are clusters, with what it rests on. choices: at most three that tell different stories, best first; there are
    some even where the tendency is none. n_clusters: of the first, or 1 where the tendency is none. k_interval: holds four fifths of the
    belief. belief_in_k: of the candidates. confidence: that n_clusters is right, calibrated. n_sample: rows that evidence rests on.
    n_candidates: partitions compared.
    """

    tendency: Tendency
    choices: tuple[Choice, ...]
    n_clusters: int
    k_interval: tuple[int, int]
    belief_in_k: dict[int, float]
    confidence: float
    n_sample: int
    n_candidates: int
    considered: tuple[Considered, ...]
    budget: Budget

    def on_all_rows(self, n_clusters: int) -> Assessment:
        """Return what was found with the number of clusters that the first choice gives on all rows; the interval is stretched to it.

        Where there are no clusters nothing changes.
        """
        if self.tendency.verdict == "none":
            return self
        low, high = self.k_interval
        return replace(self, n_clusters=n_clusters, k_interval=(min(low, n_clusters), max(high, n_clusters)))


def assess(points: Points, seed: int, budget: Budget = "normal", n_jobs: int = 1, max_memory: int | None = None) -> Assessment:
    """Assess a table; the same bits at any n_jobs.

    Evidence is gathered on a sample of at most 2,000 rows; the choices are then fitted on all (see `whole`). With fewer than 10 rows, or
    fewer than three distinct ones, the tendency is none and there is no choice. max_memory: bytes that a fit on all rows may bring the
    process to; None: what is free.
    """
    with one_thread():
        appraisal = appraise(points, seed, budget, n_jobs)
        return _nothing(points, budget) if appraisal is None else _conclude(points, appraisal, budget, n_jobs, max_memory)


def _conclude(points: Points, known: Appraisal, budget: Budget, n_jobs: int, max_memory: int | None) -> Assessment:
    evidence, tendency = known.evidence, known.tendency
    places = pick_stories([one.labels for one in evidence.found], known.expected, N_SHOWN)
    # Of the first story the number is that of the best candidate, and calibrated for it.
    sure = {place: known.confidence(int(known.numbers[place]), float(known.expected[place])) for place in places}
    sure[places[0]] = known.confidence(int(known.numbers[known.best]), float(known.expected[known.best]))
    choices = []
    for turn, place in enumerate(places):
        found = evidence.found[place]
        rival = places[0] if turn else places[1] if len(places) > 1 else None
        choices.append(
            Choice(
                algorithm=found.candidate.algorithm,
                fitted=fit_whole(points, known.ground, found, n_jobs, max_memory),
                n_clusters=found.n_clusters,
                score=float(known.scores[place]),
                belief=float(known.share[place]),
                expected=float(known.expected[place]),
                confidence=sure[place],
                evidence={name: float(value[place]) for name, value in evidence.values.items()},
                lifts=contributions(evidence.values, place, rival),
            )
        )
    none = tendency.verdict == "none"
    return Assessment(
        tendency=tendency,
        choices=tuple(choices),
        n_clusters=1 if none else choices[0].n_clusters,
        k_interval=interval(known.belief, int(known.numbers[known.best])),
        belief_in_k=known.belief,
        confidence=known.confidence_in_none if none else sure[places[0]],
        n_sample=known.ground.n_rows,
        n_candidates=len(evidence.found),
        considered=_considered(evidence, known.scores, known.share),
        budget=budget,
    )


def _considered(evidence: Evidence, scores: np.ndarray, share: np.ndarray) -> tuple[Considered, ...]:
    silhouette, excess = evidence.values["silhouette"], evidence.values["excess"]
    return tuple(
        Considered(one.candidate.family, one.n_clusters, float(scores[i]), float(share[i]), float(silhouette[i]), float(excess[i]))
        for i, one in enumerate(evidence.found)
    )


def _nothing(points: Points, budget: Budget) -> Assessment:
    """Return the assessment of a table of which nothing can be said."""
    return Assessment(Tendency.unknown(), (), 1, (1, 1), {1: 1.0}, 0.5, points.n_rows, 0, (), budget)
