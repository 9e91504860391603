"""What the pictures of a sweep read from its document: trials with their algorithm, settings and values, by what compares."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clusterctl.results.sweep import RankedBy, SweepDocument, TrialRow

ALGORITHM = "clustering_configuration.algorithm"


@dataclass(frozen=True, slots=True)
class Trial:
    """A row of the sweep. settings: dotted path → value, mappings taken apart; a path that its config lacks is absent or None."""

    row: TrialRow
    algorithm: str
    settings: Mapping[str, Any]

    def value(self, metric: str) -> float | None:
        """Return the value that ranked: in the space of `rank_space` where there is one; None where it does not exist."""
        row = self.row
        if metric in ("noise_fraction", "smallest_cluster", "n_clusters"):
            value = getattr(row, metric)
        elif metric in ("stability", "prediction_strength"):
            value = row.stability and (row.stability.minimum if metric == "stability" else row.stability.prediction_strength)
        elif row.rank_space_metrics is not None and metric in row.rank_space_metrics:
            value = row.rank_space_metrics[metric]
        else:
            value = row.evaluation_metrics and getattr(row.evaluation_metrics, metric, None)
        return None if value is None else float(value)

    @property
    def kept(self) -> bool:
        """Whether it ended and breaks no constraint."""
        return self.row.status == "done" and not self.row.broken_constraints


@dataclass(frozen=True, slots=True)
class Group:
    """Trials whose scores compare. space_id: None where those of all spaces do (or there is one)."""

    space_id: str | None
    trials: tuple[Trial, ...]


def read_trials(document: SweepDocument) -> tuple[Trial, ...]:
    """Return every trial, in plan order."""
    base = document.metadata.config.get("clustering_configuration") or {}
    common = base.get("algorithm") if isinstance(base, Mapping) else None
    trials = []
    for row in document.sweep_results.trials:
        settings = dict(_leaves(row.settings))
        trials.append(Trial(row, str(settings.get(ALGORITHM) or common or "unknown"), settings))
    return tuple(trials)


def _leaves(settings: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for path, value in settings.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{above}{path}.")
        else:
            yield f"{above}{path}", value


def groups(document: SweepDocument) -> tuple[Group, ...]:
    """Return the trials by what compares: all, or space by space in the document's order; those that no space has are left out then."""
    trials = read_trials(document)
    results = document.sweep_results
    if results.ranking.across_spaces or len(results.spaces) <= 1:
        return (Group(None, trials),)
    found = (Group(space.space_id, tuple(trial for trial in trials if trial.row.space_id == space.space_id)) for space in results.spaces)
    return tuple(group for group in found if group.trials)


def chosen(document: SweepDocument) -> Trial | None:
    """Return the trial whose complete run is in `best/`."""
    best = document.sweep_results.best
    return None if best is None else next(trial for trial in read_trials(document) if trial.row.trial_id == best.trial_id)


def best_of(trials: Sequence[Trial], by: RankedBy) -> Trial | None:
    """Return the trial with the best value, by rank and then by plan where several have it; None: none has one."""
    have = [trial for trial in trials if trial.value(by.metric) is not None]
    return min(have, key=lambda trial: (worth(trial, by), _standing(trial)), default=None)


def worth(trial: Trial, by: RankedBy) -> float:
    """Return the value turned so that less is better."""
    value = trial.value(by.metric)
    assert value is not None
    return -value if by.best == "max" else value


def _standing(trial: Trial) -> tuple[float, int]:
    rank = trial.row.rank
    return (float("inf") if rank is None else rank, trial.row.trial_id)


def identity(value: Any) -> str:
    """Return a text that is equal for equal values: 1 and 1.0 are one, 1 and true are two."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = float(value)
    return json.dumps(value, sort_keys=True, default=str)


def varying(trials: Sequence[Trial]) -> dict[str, list[Any]]:
    """Return the settings that take several values among these trials, each with its distinct values, both in the order met."""
    paths = dict.fromkeys(path for trial in trials for path in trial.settings)
    found = {path: {identity(value): value for value in (trial.settings.get(path) for trial in trials)} for path in paths}
    return {path: list(values.values()) for path, values in found.items() if len(values) > 1}


def short_names(paths: Sequence[str]) -> dict[str, str]:
    """Return the last part of each dotted path, with as many before it as tell it from the others."""
    names = {}
    for path in paths:
        parts = path.split(".")
        for n_parts in range(1, len(parts) + 1):
            name = ".".join(parts[-n_parts:])
            if not any(other != path and f".{other}".endswith(f".{name}") for other in paths):
                break
        names[path] = name
    return names
