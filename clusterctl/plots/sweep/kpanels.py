"""Which trials go into which panel of the picture of metrics by number of clusters. No drawing here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusterctl.plots.sweep.trials import Group, Trial, best_of, chosen, groups
from clusterctl.plots.sweep.words import better, metric_title, space_words

if TYPE_CHECKING:
    from clusterctl.results.sweep import RankedBy, SweepDocument

MOST_METRICS, MOST_SPACES = 4, 6


@dataclass(frozen=True, slots=True)
class Panel:
    """One metric over the trials of one space (or of all, where scores compare)."""

    title: str
    by: RankedBy
    trials: tuple[Trial, ...]
    marked: Trial | None


def panels(data: SweepDocument) -> list[Panel]:
    """Return a panel a metric (at most 4), or where scores do not compare a panel a space (at most 6) for the first metric alone."""
    rank_by = data.sweep_results.ranking.rank_by
    together, best = groups(data), chosen(data)
    if len(together) == 1:
        return [Panel(f"{metric_title(by.metric)}: {better(by)}", by, together[0].trials, best) for by in rank_by[:MOST_METRICS]]
    words = space_words(data)
    shown = sorted(together, key=lambda group: not _holds(group, best))[:MOST_SPACES]
    return [Panel(_space_title(words, group, best), rank_by[0], group.trials, marked_trial(group, best)) for group in shown]


def _space_title(words: Mapping[str, str], group: Group, best: Trial | None) -> str:
    return ("Chosen: " if _holds(group, best) else "") + words[str(group.space_id)]


def _holds(group: Group, best: Trial | None) -> bool:
    return best is not None and best.row.space_id == group.space_id


def marked_trial(group: Group, best: Trial | None) -> Trial | None:
    """Return the chosen trial in its own space, and the first by rank in another."""
    if best is not None and _holds(group, best):
        return best
    return next((trial for trial in group.trials if trial.row.rank == 1), None)


def shown_trials(panel: Panel) -> list[Trial]:
    """Return the trials that have a value and a number of clusters."""
    return [trial for trial in panel.trials if trial.value(panel.by.metric) is not None and trial.row.n_clusters is not None]


def best_at_each_k(trials: Sequence[Trial], by: RankedBy) -> list[Trial]:
    """Return the best trial at each number of clusters found, of those that keep the constraints, fewest clusters first."""
    by_k: dict[int, list[Trial]] = {}
    for trial in trials:
        if trial.kept and trial.row.n_clusters is not None:
            by_k.setdefault(trial.row.n_clusters, []).append(trial)
    found = [best_of(by_k[k], by) for k in sorted(by_k)]
    return [trial for trial in found if trial is not None]
