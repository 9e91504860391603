"""Which trials are on the Pareto front, as points of the first two metrics. No drawing here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import dist
from typing import TYPE_CHECKING

from clusterctl.plots.sweep.trials import Group, Trial, chosen, groups, worth

if TYPE_CHECKING:
    from clusterctl.results.sweep import RankedBy, SweepDocument

LEAST_METRICS = 2


@dataclass(frozen=True, slots=True)
class FrontPoint:
    """Trials on the front that have the same two values, by rank; joined: no other is better in both of the two metrics drawn."""

    trials: tuple[Trial, ...]
    x: float
    y: float
    joined: bool

    @property
    def first(self) -> Trial:
        """The trial that stands for the others."""
        return self.trials[0]


@dataclass(frozen=True, slots=True)
class Front:
    """The trials of one space (or all, where scores compare) that have both values. points: from the worst x to the best.

    n_places: how many distinct pairs of values the trials have.
    """

    space_id: str | None
    trials: tuple[Trial, ...]
    points: tuple[FrontPoint, ...]
    n_places: int


def find_fronts(document: SweepDocument) -> list[Front]:
    """Return a front a space (or one), that of the chosen trial first; spaces in which no trial is ranked are left out."""
    x, y = document.sweep_results.ranking.rank_by[:LEAST_METRICS]
    best = chosen(document)
    fronts = [_front(group, x, y) for group in groups(document)]
    able = [front for front in fronts if front.points]
    return sorted(able, key=lambda front: best is None or best.row.trial_id not in {trial.row.trial_id for trial in front.trials})


def _front(group: Group, x: RankedBy, y: RankedBy) -> Front:
    trials = tuple(trial for trial in group.trials if trial.value(x.metric) is not None and trial.value(y.metric) is not None)
    alike: dict[tuple[float, float], list[Trial]] = {}
    for trial in sorted((trial for trial in trials if trial.row.on_pareto_front), key=lambda trial: trial.row.rank or 0):
        alike.setdefault((worth(trial, x), worth(trial, y)), []).append(trial)
    points, least = [], float("inf")
    for own in sorted(alike):  # from the best x to the worst: what is on the line has a better y than all before it
        first = alike[own][0]
        points.append(FrontPoint(tuple(alike[own]), first.value(x.metric) or 0.0, first.value(y.metric) or 0.0, own[1] < least))
        least = min(least, own[1])
    n_places = len({(trial.value(x.metric), trial.value(y.metric)) for trial in trials})
    return Front(group.space_id, trials, tuple(points[::-1]), n_places)


def spaced_points(points: Sequence[FrontPoint], most: int) -> list[FrontPoint]:
    """Return at most so many points, in their order: the best ranked, then always the one farthest from those taken.

    Distances are in shares of the front's extent, so that both of its ends are among them.
    """
    if len(points) <= most:
        return list(points)
    spans = [max(values) - min(values) or 1.0 for values in ([point.x for point in points], [point.y for point in points])]
    places = [(point.x / spans[0], point.y / spans[1]) for point in points]
    taken = [min(range(len(points)), key=lambda place: points[place].first.row.rank or 0)]
    while len(taken) < most:
        taken.append(max(range(len(points)), key=lambda place: min(dist(places[place], places[other]) for other in taken)))
    return [points[place] for place in sorted(taken)]
