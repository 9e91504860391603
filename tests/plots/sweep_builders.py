"""Sweep documents made up for the tests of their pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from clusterctl.results.models import EvaluationMetrics
from clusterctl.results.sweep import (
    Agreement,
    Best,
    RankedBy,
    Ranking,
    SweepDocument,
    SweepMetadata,
    SweepResults,
    SweptSpace,
    TrialError,
    TrialRow,
)

DIRECTION = {"davies_bouldin_score": "min", "inertia": "min", "noise_fraction": "min"}
NAMES = [name for name in EvaluationMetrics.model_fields if name.endswith("_score") or name in ("inertia", "dbcv")]


def metrics(**values: float | None) -> EvaluationMetrics:
    return EvaluationMetrics(**({name: None for name in NAMES} | {"noise_fraction": None, "noise_policies": {}, "methods": {}} | values))


def trial(
    trial_id: int,
    settings: Mapping[str, Any],
    k: int | None = 3,
    *,
    space: str | None = "s0",
    noise: float = 0.0,
    error: str | None = None,
    broken: Sequence[str] = (),
    message: str = "no",
    **values: float | None,
) -> TrialRow:
    done = error is None
    return TrialRow(
        trial_id=trial_id,
        settings=dict(settings),
        config_sha256=f"{trial_id:064x}",
        rank=None,
        on_pareto_front=False,
        broken_constraints=list(broken),
        status="done" if done else "failed",
        error=None if done else TrialError(type=error, message=message, hint=None),
        space_id=space,
        n_clusters=k if done else None,
        noise_fraction=noise if done else None,
        smallest_cluster=10 if done and k else None,
        evaluation_metrics=metrics(**values) if done else None,
        rank_space_metrics=None,
        stability=None,
        null=None,
        chosen={},
        warnings=[],
        notes=[],
    )


def value_of(row: TrialRow, metric: str) -> float | None:
    if row.status == "failed":
        return None
    return row.noise_fraction if metric == "noise_fraction" else getattr(row.evaluation_metrics, metric)


def ranked(rows: list[TrialRow], rank_by: Sequence[str], by_space: bool) -> list[TrialRow]:
    """Ranks by mean rank and marks the front: the plain rules, written once more."""
    out = {row.trial_id: row for row in rows}
    for space in dict.fromkeys(row.space_id for row in rows) if by_space else [None]:
        able = [
            row
            for row in rows
            if (not by_space or row.space_id == space)
            and not row.broken_constraints
            and all(value_of(row, name) is not None for name in rank_by)
        ]
        worth = {row.trial_id: [value_of(row, n) * (1 if DIRECTION.get(n) == "min" else -1) for n in rank_by] for row in able}
        means = {
            row.trial_id: np.mean(
                [
                    np.mean([(worth[o.trial_id][m] < w) + 0.5 * (worth[o.trial_id][m] == w) for o in able])
                    for m, w in enumerate(worth[row.trial_id])
                ]
            )
            for row in able
        }
        for rank, trial_id in enumerate(sorted(means, key=lambda i: (means[i], worth[i], i)), start=1):
            own = worth[trial_id]
            beaten = any(all(a <= b for a, b in zip(o, own, strict=True)) and o != own for o in worth.values())
            out[trial_id] = out[trial_id].model_copy(update={"rank": rank, "on_pareto_front": not beaten})
    return list(out.values())


def document(
    rows: list[TrialRow],
    rank_by: Sequence[str] = ("silhouette_score",),
    *,
    algorithm: str | None = "kmeans",
    spaces: Mapping[str, Mapping[str, Any]] | None = None,
    across: bool = False,
    constraints: Mapping[str, Mapping[str, float]] | None = None,
    rand: Sequence[Sequence[float | None]] | None = None,
    agreeing: Sequence[int] | None = None,
    features: Mapping[str, list[str]] | None = None,
) -> SweepDocument:
    spaces = spaces or {"s0": {"scaling": "standard"}}
    rows = ranked(rows, rank_by, not across and len(spaces) > 1)
    order = sorted((row for row in rows if row.rank), key=lambda row: (0 if across else list(spaces).index(row.space_id), row.rank))
    best = order[0] if order else None
    results = SweepResults(
        best=best and Best(trial_id=best.trial_id, settings=best.settings, config_sha256=best.config_sha256),
        ranking=Ranking(
            rank_by=[RankedBy(metric=name, best=DIRECTION.get(name, "max")) for name in rank_by],
            across_spaces=across or len(spaces) == 1,
            rank_space=None,
            constraints={name: dict(bounds) for name, bounds in (constraints or {}).items()},
            order=[row.trial_id for row in order],
            pareto_front=[row.trial_id for row in rows if row.on_pareto_front],
        ),
        spaces=[
            SweptSpace(
                space_id=name,
                features=(features or {}).get(name, ["a", "b"]),
                preprocessing=dict(preprocessing),
                n_points=100,
                n_dimensions=2,
                n_excluded=0,
                n_dropped=0,
                n_trials=sum(row.space_id == name for row in rows),
                warnings=[],
            )
            for name, preprocessing in spaces.items()
        ],
        agreement=None
        if rand is None
        else Agreement(
            trial_ids=list(agreeing or [row.trial_id for row in order[: len(rand)]]),
            adjusted_rand=[list(r) for r in rand],
            method="exact",
            n_used=100,
        ),
        trials=rows,
    )
    metadata = SweepMetadata(
        schema_version="1",
        version="1.0",
        processing_timestamp=datetime(2026, 1, 1, tzinfo=UTC),
        processing_duration=1.0,
        n_trials=len(rows),
        n_failed=sum(row.status == "failed" for row in rows),
        n_merged=0,
        config={"clustering_configuration": {"algorithm": algorithm}},
        config_sha256="0",
        data_sha256="0",
        random_state=0,
        libraries={},
        user_metadata={},
        warnings=[],
        notes=[],
        execution={},
    )
    return SweepDocument(sweep_results=results, metadata=metadata)


ALGORITHM, K = "clustering_configuration.algorithm", "clustering_configuration.n_clusters"
PARAMETERS = "clustering_configuration.parameters."
SEVEN = ("kmeans", "dbscan", "hierarchical", "spectral", "gaussian_mixture", "hdbscan", "optics")


def by_k(
    n_trials: int = 10,
    algorithms: Sequence[str] = ("kmeans",),
    rank_by: Sequence[str] = ("silhouette_score",),
    *,
    seed: int = 0,
    **other: Any,
) -> SweepDocument:
    """Trials over k, all algorithms in turn; silhouette peaks at 4 clusters, some noise for the density family."""
    generator = np.random.default_rng(seed)
    rows = []
    for place in range(n_trials):
        algorithm = algorithms[place % len(algorithms)]
        k = 2 + place // len(algorithms) % 12
        silhouette = (
            0.62 - 0.05 * abs(k - 4) - 0.02 * algorithms.index(algorithm) - 0.05 * generator.random() * (place >= 12 * len(algorithms))
        )
        noise = round(0.4 * generator.random(), 3) if "scan" in algorithm or algorithm == "optics" else 0.0
        values = {
            "silhouette_score": silhouette,
            "davies_bouldin_score": 1.5 - silhouette + 0.2 * generator.random(),
            "calinski_harabasz_score": 4000 * silhouette,
            "inertia": 900.0 / k if algorithm == "kmeans" else None,
        }
        settings = {ALGORITHM: algorithm, K: k, PARAMETERS + "n_init": place // (12 * len(algorithms)) + 1}
        rows.append(trial(place, settings, k, noise=noise, **values))
    return document(rows, rank_by, **other)
