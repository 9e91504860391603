"""The plan of a sweep as plain data, and as an indented tree for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import shorten, wrap
from typing import TYPE_CHECKING, Any

from clusterctl.engine.estimates import as_seconds, describe_preparation
from clusterctl.engine.resources import as_size
from clusterctl.engine.sweep.naming import list_names
from clusterctl.metrics.registry import METRICS

if TYPE_CHECKING:
    from clusterctl.config.trials import Trial
    from clusterctl.engine.sweep.plan import PlannedSpace, SweepPlan, Unit

WIDTH = 80
MOST_LINES = 40
"""Of a plan that tells of structures one by one; of a longer one they are counted a space and algorithm."""
MOST_SPACES = 6
"""That are told in a plan that counts."""
MOST_VALUES = 6
MOST_FEATURE_LINES = 2


def plan_tree(plan: SweepPlan) -> dict[str, Any]:
    """Return the plan as plain data."""
    first = plan.spaces[0].dataset
    return {
        "n_trials": plan.n_trials,
        "n_merged": plan.n_merged,
        "paths": list(plan.paths),
        "load": {"source": first.source, "n_rows": first.n_rows, "times": 1, "seconds": plan.load_seconds},
        "spaces": [_space_tree(space, plan.checks) for space in plan.spaces],
        "rank_space": None if plan.rank_metrics is None else {"metrics": list(plan.rank_metrics), "seconds": plan.rank_seconds},
        "best": {"times": 1, "seconds": plan.best_seconds},
        "seconds": plan.seconds,
        "bytes": plan.bytes,
        "disk_bytes": plan.disk_bytes,
        "free_bytes": plan.free_bytes,
        "fits": plan.fits,
        "n_jobs": plan.n_jobs,
        "warnings": list(plan.warnings),
    }


def _space_tree(space: PlannedSpace, checks: bool) -> dict[str, Any]:
    return {
        "space_id": space.space_id,
        "features": list(space.dataset.features),
        "preprocessing": space.preprocessing.model_dump(mode="json"),
        "random_state": space.random_state,
        "n_columns": space.n_columns,
        "n_trials": len(space.trials),
        "prepare": {"times": 1, "seconds": space.prepare_seconds},
        "structures": [_unit_tree(unit) for unit in space.units],
        "score": {
            "metrics": list(space.metrics),
            "n_labellings": len(space.trials),
            "n_passes": space.n_passes,
            "seconds": space.score_seconds,
        },
        "checks": {"times": len(space.trials), "seconds": space.check_seconds} if checks else None,
    }


def _unit_tree(unit: Unit) -> dict[str, Any]:
    return {
        "algorithm": unit.spec.name,
        "built": 1,
        "cut": len(unit.trials),
        "auto": unit.auto,
        "trial_ids": [trial.trial_id for trial in unit.trials],
        "seconds": unit.seconds,
        "bytes": unit.bytes,
    }


def plan_lines(plan: SweepPlan) -> list[str]:
    """Return the plan as lines of at most 80 columns; where that would be many, structures are counted by algorithm."""
    lines = _lines(plan, len(plan.spaces), brief=False)
    return lines if len(lines) <= MOST_LINES else _lines(plan, MOST_SPACES, brief=True)


def _lines(plan: SweepPlan, n_spaces: int, *, brief: bool) -> list[str]:
    n_structures = sum(len(space.units) for space in plan.spaces)
    merged = f" ({plan.n_merged:,} more were the same)" if plan.n_merged else ""
    lines = [f"{_counted(plan.n_trials, 'trial')}{merged}: {_counted(len(plan.spaces), 'space')}, {_counted(n_structures, 'structure')}"]
    lines.append(f"load     the table once, {plan.spaces[0].dataset.n_rows:,} rows ({as_seconds(plan.load_seconds)})")
    for space in plan.spaces[:n_spaces]:
        lines += _space_lines(space, plan, brief)
    if len(plan.spaces) > n_spaces:
        lines.append(_rest(plan.spaces[n_spaces:], plan))
    if plan.rank_metrics is not None:
        lines.append(f"rank     every trial scored again in rank_space ({as_seconds(plan.rank_seconds)})")
    lines.append(f"best     the best trial run whole (at most {as_seconds(plan.best_seconds)})")
    lines.append(f"in all about {plan.seconds:,.0f} s on {_counted(plan.n_jobs, 'job')}")
    lines.append(f"memory at most about {as_size(plan.bytes)} a structure; {as_size(plan.disk_bytes)} of points on disk")
    return lines + _unfit(plan) + [line for told in plan.warnings for line in wrap(f"! {told}", WIDTH, subsequent_indent="  ")]


def _rest(spaces: Sequence[PlannedSpace], plan: SweepPlan) -> str:
    n_units, n_trials = sum(len(space.units) for space in spaces), sum(len(space.trials) for space in spaces)
    seconds = as_seconds(sum(_seconds(space, plan.checks) for space in spaces))
    return _fit(f"… and {_counted(len(spaces), 'space')} more: {_counted(n_units, 'structure')}, {_counted(n_trials, 'trial')}", seconds)


def _space_lines(space: PlannedSpace, plan: SweepPlan, brief: bool) -> list[str]:
    what = _under(describe_preparation(space.preprocessing))
    lists = list(dict.fromkeys(other.dataset.features for other in plan.spaces))
    if len(lists) > 1:
        what += _features(space.dataset.features, lists)
    columns = _counted(space.n_columns, "column")
    lines = [
        _fit(f"space    {space.space_id} prepared once, {columns}", as_seconds(space.prepare_seconds)),
        *what,
    ]
    lines += _by_algorithm(space.units) if brief else [line for unit in space.units for line in _unit_lines(unit, plan.paths)]
    words = _counted(len(space.trials), "labelling")
    if "silhouette_score" in space.metrics:
        words += f" in {_counted(space.n_passes, 'shared pass')}"
    lines.append(_fit(f"  score  {words}", as_seconds(space.score_seconds)))
    lines += _under(", ".join(METRICS[name].title for name in space.metrics) or "nothing")
    if plan.checks:
        lines.append(_fit(f"  check  stability and null comparison of {_counted(len(space.trials), 'trial')}", _per_job(space, plan)))
    return lines


def _under(words: str) -> list[str]:
    """Return what is said of the line above."""
    return [_fit(f"         {words}", None)] if words else []


def _features(own: tuple[str, ...], lists: Sequence[tuple[str, ...]]) -> list[str]:
    """Return which features a space is of: all of them where they take few lines, else what tells them from those of the others."""
    lines = wrap(f"of {', '.join(own)}", WIDTH - 9)
    if len(lines) > MOST_FEATURE_LINES:
        lines = [f"of {list_names(lists, 'feature')[lists.index(own)]}"]
    return [line for words in lines for line in _under(words)]


def _per_job(space: PlannedSpace, plan: SweepPlan) -> str:
    return as_seconds(space.check_seconds / plan.n_jobs)


def _unit_lines(unit: Unit, paths: Sequence[str]) -> list[str]:
    own = [path for path in paths if path.startswith("clustering_configuration") and not path.endswith(".algorithm")]
    auto = ", auto chosen first" if unit.auto else ""
    words = f"  build  {unit.spec.name} once, cut {_times(len(unit.trials))}{auto}"
    return [_fit(words, f"{as_seconds(unit.seconds)}, {as_size(unit.bytes)}"), *_under(_varied(unit.trials, own))]


def _by_algorithm(units: Sequence[Unit]) -> list[str]:
    """Return a line an algorithm: how many structures, how many cuts."""
    lines = []
    for name in dict.fromkeys(unit.spec.name for unit in units):
        own = [unit for unit in units if unit.spec.name == name]
        n_cuts = sum(len(unit.trials) for unit in own)
        words = f"  build  {name}: {_counted(len(own), 'structure')}, cut {_times(n_cuts)}"
        lines.append(_fit(words, f"{as_seconds(sum(unit.seconds for unit in own))}, {as_size(max(unit.bytes for unit in own))}"))
    return lines


def _varied(trials: Iterable[Trial], paths: Sequence[str]) -> str:
    """Return the values that the trials have at the paths: `n_clusters 2, 3, 4`."""
    parts = []
    for path in paths:
        values = list(dict.fromkeys(_text(trial.settings[path]) for trial in trials if trial.settings[path] is not None))
        if values:
            listed = values if len(values) <= MOST_VALUES else [*values[: MOST_VALUES - 2], "…", values[-1]]
            parts.append(f"{path.rsplit('.', 1)[-1]} {', '.join(listed)}")
    return "; ".join(parts)


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value) if not isinstance(value, list | dict) else shorten(str(value), 30, placeholder="…")


def _unfit(plan: SweepPlan) -> list[str]:
    if plan.fits:
        return []
    n_trials = sum(len(unit.trials) for space in plan.spaces for unit in space.units if unit.bytes > plan.free_bytes)
    return [f"! {_counted(n_trials, 'trial')} would fail: only {as_size(plan.free_bytes)} of memory is free"]


def _seconds(space: PlannedSpace, checks: bool) -> float:
    fits = sum(unit.seconds for unit in space.units)
    return space.prepare_seconds + fits + space.score_seconds + (space.check_seconds if checks else 0.0)


def _fit(words: str, end: str | None) -> str:
    """Return the words, cut to the width, with what it takes behind them."""
    tail = f" ({end})" if end else ""
    room = WIDTH - len(tail)
    return (words if len(words) <= room else words[: room - 1].rstrip(" ,;:") + "…") + tail


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n:,} times"


def _counted(n: int, what: str) -> str:
    plural = what + ("es" if what.endswith("s") else "s")
    return f"{n:,} {what if n == 1 else plural}"
