"""Outcomes, trials and spaces made by hand for the tests of a sweep's documents."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from clusterctl.config.models import Config
from clusterctl.config.sections.sweep import SweepConfiguration
from clusterctl.config.trials import Trial, Trials
from clusterctl.engine.sweep.document import RankedTrials, SweepOrigin, rank_rows
from clusterctl.engine.sweep.outcome import LabelFacts, done, failed
from clusterctl.metrics.registry import METRICS
from clusterctl.metrics.settings import EvaluationConfiguration
from clusterctl.results.models import NullComparison, Stability
from clusterctl.results.sweep import SweptSpace, TrialError, TrialOutcome
from clusterctl.values.score import Score

N_POINTS = 200


def explains(note: str, path: str) -> bool:
    """Whether a note is for the value at a path, for a part it lies in, or for every item of its list."""
    pattern = re.escape(note).replace(re.escape("[*]"), r"\[\d+\]").replace(re.escape("*"), r"[^.]+")
    return re.match(rf"{pattern}($|[.\[])", path) is not None


def scores(**values: float | None) -> tuple[Score, ...]:
    """Return a score a value; one that does not exist has a reason that names it."""
    return tuple(
        Score(name, METRICS[name].best, value, None if value is not None else f"no {name} here", n_used=N_POINTS)
        for name, value in values.items()
    )


def stability(minimum: float | None = 0.8, strength: float | None = 0.9) -> Stability:
    return Stability(per_cluster=[minimum, 0.9], minimum=minimum, mean=0.85, prediction_strength=strength, n_resamples=4, n_used=N_POINTS)


def comparison() -> dict[str, NullComparison]:
    lacking = NullComparison(observed=0.5, mean=None, sd=None, p_value=0.05, n_draws=19, reference="uniform_box", n_used=N_POINTS)
    return {"silhouette_score": lacking}


def outcome(space_id: str = "a", **more: Any) -> TrialOutcome:
    """Return a finished trial of three clusters; keywords that are metrics are its scores, the others go to `done` or its facts."""
    values = {name: more.pop(name) for name in list(more) if name in METRICS}
    facts = LabelFacts(more.pop("n_clusters", 3), N_POINTS, more.pop("n_noise", 10), more.pop("smallest", 20))
    given = {"rank_scores": None, "stability": None, "null": None, "chosen": {}, "cautions": (), "validated": False, **more}
    return done(space_id=space_id, labels_facts=facts, scores=scores(**values), **given)


def failure(
    message: str = "there is no fit", space_id: str | None = "a", kind: str = "ClusteringError", hint: str | None = None
) -> TrialOutcome:
    return failed(TrialError(type=kind, message=message, hint=hint), space_id)


def trials(n_trials: int, path: str = "clustering_configuration.n_clusters") -> Trials:
    config = Config.model_validate({"clustering_data": {"data_source": "t.csv"}, "clustering_configuration": {"algorithm": "kmeans"}})
    made = tuple(
        Trial(number, {path: number}, {path: number, "clustering_configuration.parameters.eps": None}, config, f"{number:064d}")
        for number in range(n_trials)
    )
    return Trials(made, (path, "clustering_configuration.parameters.eps"), 0)


def space(space_id: str, n_trials: int = 1) -> SweptSpace:
    return SweptSpace(
        space_id=space_id,
        features=["x"],
        preprocessing={"scaling": "standard", "n_components": None},
        n_points=N_POINTS,
        n_dimensions=1,
        n_excluded=0,
        n_dropped=0,
        n_trials=n_trials,
        warnings=[],
    )


def ranked(
    outcomes: list[TrialOutcome], base_space: str | None = "a", metrics: tuple[str, ...] | None = None, **settings: Any
) -> RankedTrials:
    names = dict.fromkeys(outcome.space_id for outcome in outcomes if outcome.space_id)
    evaluation = EvaluationConfiguration(evaluation_metrics=metrics)
    made = SweepConfiguration.model_validate(settings)
    return rank_rows(trials(len(outcomes)), outcomes, made, evaluation, base_space, [space(name) for name in names])


def origin(**more: Any) -> SweepOrigin:
    given: dict[str, Any] = {
        "config": {"clustering_data": {"data_source": "t.csv"}},
        "config_sha256": "c" * 64,
        "data_sha256": "d" * 64,
        "random_state": 7,
        "started": datetime(2026, 1, 2, tzinfo=UTC),
        "seconds": 1.5,
        "execution": {"n_jobs": 2},
        "libraries": {"numpy": "2"},
        "user_metadata": {"domain": "shops"},
        "n_merged": 4,
        **more,
    }
    return SweepOrigin(**given)
