"""Documents of sweeps made by hand, for what is printed of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clusterctl.metrics.ranking import direction
from clusterctl.metrics.registry import METRICS
from clusterctl.results.models import EvaluationMetrics
from clusterctl.results.sweep import Best, RankedBy, Ranking, RankSpace, SweepDocument, SweepMetadata, SweepResults, TrialError, TrialRow

RANK_SPACE = RankSpace(space_id="r", features=["x"], preprocessing={}, n_points=9, n_dimensions=1)
K, ALGORITHM = "clustering_configuration.n_clusters", "clustering_configuration.algorithm"


@dataclass(frozen=True)
class Tried:
    """One trial. scores: metric → value. error: its message; None: it is done. rank None: not ranked."""

    settings: Mapping[str, Any]
    rank: int | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    error: str | None = None
    space: str = "a"
    n_clusters: int = 3
    noise: float = 0.0
    broken: tuple[str, ...] = ()
    on_front: bool = False
    rank_space: Mapping[str, float | None] | None = None


def metrics(tried: Tried) -> EvaluationMetrics:
    scores = {name: tried.scores.get(name) for name in METRICS}
    return EvaluationMetrics(**scores, noise_fraction=tried.noise, noise_policies={}, methods={})


def row(trial_id: int, tried: Tried) -> TrialRow:
    done = tried.error is None
    return TrialRow(
        trial_id=trial_id,
        settings=dict(tried.settings),
        config_sha256="0" * 64,
        rank=tried.rank,
        on_pareto_front=tried.on_front,
        broken_constraints=list(tried.broken),
        status="done" if done else "failed",
        error=None if done else TrialError(type="ClusteringError", message=tried.error or "", hint=None),
        space_id=tried.space,
        n_clusters=tried.n_clusters if done else None,
        noise_fraction=tried.noise if done else None,
        smallest_cluster=10 if done else None,
        evaluation_metrics=metrics(tried) if done else None,
        rank_space_metrics=None if tried.rank_space is None else dict(tried.rank_space),
        stability=None,
        null=None,
        chosen={},
        warnings=[],
        notes=[],
    )


def document(
    trials: Sequence[Tried],
    rank_by: Sequence[str] = ("silhouette_score",),
    *,
    across: bool = True,
    n_merged: int = 0,
    warnings: Mapping[str, str] | None = None,
    constraints: Mapping[str, Mapping[str, float]] | None = None,
    algorithm: str = "kmeans",
) -> SweepDocument:
    """Return the document of these trials; the best is the first in order."""
    rows = [row(number, tried) for number, tried in enumerate(trials)]
    spaces = list(dict.fromkeys(found.space_id for found in rows))
    ranked = [found for found in rows if found.rank is not None]
    order = sorted(ranked, key=lambda found: (0 if across else spaces.index(found.space_id), found.rank))
    best = None if not order else Best(trial_id=order[0].trial_id, settings=order[0].settings, config_sha256="0" * 64)
    ranking = Ranking(
        rank_by=[RankedBy(metric=name, best=direction(name)) for name in rank_by],
        across_spaces=across,
        rank_space=RANK_SPACE if any(tried.rank_space for tried in trials) else None,
        constraints={name: dict(bounds) for name, bounds in (constraints or {}).items()},
        order=[found.trial_id for found in order],
        pareto_front=[found.trial_id for found in order if found.on_pareto_front],
    )
    return SweepDocument(
        sweep_results=SweepResults(best=best, ranking=ranking, spaces=[], agreement=None, trials=rows),
        metadata=SweepMetadata(
            schema_version="1",
            version="0",
            processing_timestamp=datetime(2026, 1, 1, tzinfo=UTC),
            processing_duration=1.0,
            n_trials=len(rows),
            n_failed=sum(found.status == "failed" for found in rows),
            n_merged=n_merged,
            config={"clustering_configuration": {"algorithm": algorithm}},
            config_sha256="0" * 64,
            data_sha256="0" * 64,
            random_state=0,
            libraries={},
            user_metadata={},
            warnings=[{"code": code, "message": message} for code, message in (warnings or {}).items()],  # type: ignore[misc]
            notes=[],
            execution={},
        ),
    )


@dataclass(frozen=True)
class Result:
    """What the leaderboard reads of a sweep's result."""

    document: SweepDocument
    best: Any = None
    directory: Path | None = Path("runs/c-sweep")
    pictures: Mapping[str, bytes] = field(default_factory=dict)
