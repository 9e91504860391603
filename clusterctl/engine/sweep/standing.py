"""Where each trial of a sweep stands: which may be ranked, in what order, and which is the best."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import shorten
from typing import TYPE_CHECKING

from clusterctl.engine.nulls import null_paths
from clusterctl.metrics.ranking import broken, compares_across_spaces, direction, rank
from clusterctl.metrics.registry import METRICS
from clusterctl.results.models import NoteEntry
from clusterctl.results.sweep import RankedBy, Ranking, RankSpace, TrialRow
from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    from clusterctl.config.sections.sweep import SweepConfiguration
    from clusterctl.config.trials import Trial, Trials
    from clusterctl.metrics.settings import EvaluationConfiguration
    from clusterctl.results.sweep import SweptSpace, TrialOutcome

N_REASONS = 3
"""Kinds of failure, and of broken constraint, that a warning tells."""
LONGEST = 160
"""Characters of a reason in a warning; the row has all."""
Values = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class RankedTrials:
    """All trials in plan order, each with its place. best: the one that gets a complete run; None: no trial is ranked."""

    rows: tuple[TrialRow, ...]
    ranking: Ranking
    best: Trial | None
    cautions: tuple[Caution, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A trial before it is ranked. why_not: why it cannot be; None: it can."""

    values: Values
    space_id: str | None
    breaches: tuple[str, ...]
    why_not: str | None


def ranked_by(settings: SweepConfiguration, evaluation: EvaluationConfiguration) -> tuple[str, ...]:
    """Return the metrics that rank, by default the silhouette where it is computed, else the first that is; none: nothing is computed."""
    if settings.rank_by is not None:
        return settings.rank_by
    computed = evaluation.evaluation_metrics
    return ("silhouette_score",) if computed is None or "silhouette_score" in computed else computed[:1]


def rank_rows(
    trials: Trials,
    outcomes: Sequence[TrialOutcome],
    settings: SweepConfiguration,
    evaluation: EvaluationConfiguration,
    base_space: str | None,
    spaces: Sequence[SweptSpace],
    reference: SweptSpace | None = None,
) -> RankedTrials:
    """Rank the trials, of which `outcomes` are in the same order, and name the best.

    base_space: the space that the base config's own preprocessing makes; None: no trial has it. spaces: of all trials; a share of the
    smallest cluster is held against their numbers of points. reference: the space of `rank_space`, if there is any. Deterministic.
    """
    by = ranked_by(settings, evaluation)
    n_points = {space.space_id: space.n_points for space in spaces}
    candidates = [_candidate(outcome, settings, by, n_points) for outcome in outcomes]
    n_spaces = len({candidate.space_id for candidate in candidates if candidate.why_not is None})
    across = n_spaces < 2 or settings.rank_space is not None or all(compares_across_spaces(name) for name in by)
    groups = [None if across else candidate.space_id for candidate in candidates]
    found = rank([None if candidate.why_not else candidate.values for candidate in candidates], by, groups)
    order = found.order if across else sorted(found.order, key=lambda place: groups[place] != base_space)
    best = trials.trials[order[0]] if order else None
    rows = tuple(_row(*each) for each in zip(trials.trials, outcomes, candidates, found.ranks, found.on_front, strict=True))
    cautions = _failures(outcomes)
    if best is None:
        cautions += _nothing_ranked(outcomes, candidates, by)
    elif not across:
        cautions += _not_comparable(n_spaces, by, candidates[order[0]].space_id, base_space)
    ranking = Ranking(
        rank_by=[RankedBy(metric=name, best=direction(name)) for name in by],
        across_spaces=across,
        rank_space=None if reference is None else _rank_space(reference),
        constraints={name: bounds.model_dump(exclude_none=True) for name, bounds in settings.constraints.items()},
        order=[trials.trials[place].trial_id for place in order],
        pareto_front=[trials.trials[place].trial_id for place in order if found.on_front[place]],
    )
    return RankedTrials(rows, ranking, best, cautions)


def trial_values(outcome: TrialOutcome) -> dict[str, float | None]:
    """Return every value by which a trial may be ranked or bounded, as gates name them; None where it does not exist."""
    metrics, stability = outcome.evaluation_metrics, outcome.stability
    return {
        **{name: None if metrics is None else getattr(metrics, name) for name in METRICS},
        "n_clusters": outcome.n_clusters,
        "noise_fraction": outcome.noise_fraction,
        "smallest_cluster": outcome.smallest_cluster,
        "stability": None if stability is None else stability.minimum,
        "prediction_strength": None if stability is None else stability.prediction_strength,
    }


def _candidate(outcome: TrialOutcome, settings: SweepConfiguration, by: Sequence[str], n_points: Mapping[str, int]) -> _Candidate:
    """Hold a trial's own values against the constraints; it is ranked by them too, but for what the reference preprocessing gives."""
    space_id = outcome.space_id
    if outcome.status == "failed" or space_id is None:
        return _Candidate({}, space_id, (), "the trial failed")
    values = trial_values(outcome)
    breaches = tuple(broken(settings.constraints, values, n_points[space_id]))
    if settings.rank_space is not None:
        reference = outcome.rank_space_metrics or {}
        values |= {name: reference.get(name) for name in METRICS if not compares_across_spaces(name)}
    missing = [name for name in by if values[name] is None]
    why_not = "there is no metric to rank by" if not by else f"{', '.join(missing)} does not exist" if missing else None
    return _Candidate(values, space_id, breaches, "a constraint is broken" if breaches else why_not)


def _rank_space(space: SweptSpace) -> RankSpace:
    return RankSpace(
        space_id=space.space_id,
        features=space.features,
        preprocessing=space.preprocessing,
        n_points=space.n_points,
        n_dimensions=space.n_dimensions,
    )


def _row(trial: Trial, outcome: TrialOutcome, candidate: _Candidate, number: int | None, on_front: bool) -> TrialRow:
    settings = dict(trial.settings)
    notes = [(path, "the trial's config has null or nothing there") for path in null_paths(settings, "settings")]
    if candidate.why_not is not None:
        notes.append(("rank", candidate.why_not))
    return TrialRow(
        **{**dict(outcome), "notes": [*outcome.notes, *(NoteEntry(path=path, reason=reason) for path, reason in notes)]},
        trial_id=trial.trial_id,
        settings=settings,
        config_sha256=trial.config_sha256,
        rank=number,
        on_pareto_front=on_front,
        broken_constraints=list(candidate.breaches),
    )


def _failures(outcomes: Sequence[TrialOutcome]) -> tuple[Caution, ...]:
    """Warn of trials without a result, with the commonest reasons."""
    errors = [outcome.error for outcome in outcomes if outcome.error is not None]
    if not errors:
        return ()
    reasons = Counter(f"{error.type}: {_in_short(error.message)}" for error in errors)
    told = [f"{reason} ({count})" for reason, count in reasons.most_common(N_REASONS)]
    n_more = len(reasons) - N_REASONS
    if n_more > 0:
        told.append(f"and {n_more} other reason{'s' if n_more > 1 else ''}")
    return (Caution("trials_failed", f"{len(errors)} of {len(outcomes)} trials failed: {'; '.join(told)}."),)


def _in_short(message: str) -> str:
    return shorten(message.strip().split("\n", 1)[0].rstrip("."), LONGEST, placeholder=" …")


def _nothing_ranked(outcomes: Sequence[TrialOutcome], candidates: Sequence[_Candidate], by: Sequence[str]) -> tuple[Caution, ...]:
    """Warn that there is no best trial, with the reason."""
    n_done = sum(outcome.status == "done" for outcome in outcomes)
    kept = [candidate for candidate in candidates if candidate.values and not candidate.breaches]
    if not n_done:
        why = "every trial failed"
    elif not kept:
        names = Counter(name for candidate in candidates for name in dict.fromkeys(text.split(" ")[0] for text in candidate.breaches))
        told = ", ".join(f"{name} by {count} of {n_done}" for name, count in names.most_common(N_REASONS))
        why = f"no trial meets the constraints (broken: {told})"
    elif not by:
        why = "evaluation_metrics is empty and rank_by is not given, so there is nothing to rank by"
    else:
        whole = "no trial" if len(kept) == n_done else "no trial that meets the constraints"
        missing = [name for name in by if all(candidate.values[name] is None for candidate in kept)]
        why = f"{whole} has {' and '.join(missing or by)}{'' if missing else ' together'}"
    return (Caution("no_trial_ranked", f"There is no best trial: {why}."),)


def _not_comparable(n_spaces: int, by: Sequence[str], of_best: str | None, base_space: str | None) -> tuple[Caution, ...]:
    """Warn that the best trial is the best of one space alone."""
    names = " and ".join(name for name in by if not compares_across_spaces(name))
    which = "the space of the base config" if of_best == base_space else "the first space with a ranked trial"
    message = (
        f"The ranked trials lie in {n_spaces} spaces (features or preprocessing differ), and {names} of different spaces cannot be "
        f"compared: ranks hold within a space, and best/ is the best trial of {of_best}, {which}. "
        "With sweep_configuration.rank_space all are scored in one reference preprocessing."
    )
    return (Caution("scores_not_comparable", message),)
