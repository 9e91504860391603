"""Recommendation documents made up for the tests of their pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from clusterctl.results.recommendation import (
    Budget,
    CandidateRow,
    ConsideredCandidate,
    RecommendationDocument,
    RecommendationMetadata,
    Recommendations,
    Tendency,
)

FAMILIES = (
    *("kmeans", "ward", "average", "genie 0.1", "genie 0.3", "single", "mixture full", "mixture diag"),
    *("spectral", "hdbscan eom", "dbscan"),
)


def entry(family: str, k: int, score: float, silhouette: float = 0.5, excess: float = 0.1, belief: float = 0.0) -> ConsideredCandidate:
    return ConsideredCandidate(family=family, n_clusters=k, score=score, belief=belief, silhouette=silhouette, excess=excess)


def candidate(
    rank: int, algorithm: str, sizes: Sequence[int], like: ConsideredCandidate | None = None, noise: float = 0.0, **parameters: Any
) -> CandidateRow:
    return CandidateRow(
        rank=rank,
        config=f"candidates/{rank}.yaml",
        algorithm=algorithm,
        parameters=parameters,
        n_clusters=len(sizes),
        cluster_sizes=list(sizes),
        noise_fraction=noise,
        strategy="exact",
        score=like.score if like else 0.0,
        belief=like.belief if like else 0.0,
        confidence=0.8,
        evidence={"support": 0.5},
        lifts={},
        speaks_for=[],
        speaks_against=[],
        fitness="It suits.",
        agreement_with_first=1.0,
    )


def document(
    considered: Sequence[ConsideredCandidate],
    candidates: Sequence[CandidateRow] = (),
    *,
    n_clusters: int = 3,
    evidence: str = "clear",
    interval: tuple[int, int] | None = None,
    rand: Sequence[Sequence[float]] | None = None,
    belief: Mapping[int, float] | None = None,
    n_rows: int = 300,
    n_used: int | None = None,
) -> RecommendationDocument:
    numbers = sorted({one.n_clusters for one in considered}) or [1]
    if belief is None:
        raised = {k: sum(np.exp(one.score) for one in considered if one.n_clusters == k) or 1.0 for k in numbers}
        belief = {k: float(value / sum(raised.values())) for k, value in raised.items()}
    told = Recommendations(
        optimal_clusters=1 if evidence == "none" else n_clusters,
        algorithm_recommendation=candidates[0].algorithm if candidates and evidence != "none" else None,
        parameter_suggestions={},
        interpretation_guidance=[],
        evidence=evidence,
        confidence=0.8,
        k_interval=interval or (n_clusters, n_clusters),
        red_flags=[],
        tendency=Tendency(verdict=evidence, strength=0.5, signs=[], n_used=n_used or n_rows),
        belief_in_k={str(k): value for k, value in belief.items()},
        candidates=list(candidates),
        considered=list(considered),
        sensitivity=None,
        agreement=[list(row) for row in (np.eye(len(candidates)) if rand is None else rand)],
        budget=Budget(name="normal", seconds=None, reproducible=True, n_candidates=len(considered), n_used=n_used or n_rows),
    )
    metadata = RecommendationMetadata(
        schema_version="1",
        version="1.0",
        processing_timestamp=datetime(2026, 1, 1, tzinfo=UTC),
        processing_duration=1.0,
        n_rows=n_rows,
        n_features=2,
        n_dimensions=2,
        features=["a", "b"],
        config={},
        config_sha256="0",
        data_sha256="0",
        random_state=0,
        libraries={},
        user_metadata={},
        warnings=[],
        notes=[],
        execution={},
    )
    return RecommendationDocument(recommendations=told, metadata=metadata)


def planted(
    k: int = 3, numbers: Sequence[int] = range(2, 13), families: Sequence[str] = FAMILIES, n_candidates: int = 3, **other: Any
) -> RecommendationDocument:
    """Every family over the same numbers of clusters, best at k; the first candidate is kmeans's at k."""
    considered = [
        entry(
            family,
            n,
            -abs(n - k) - 0.3 * place,
            silhouette=0.7 - 0.05 * min(8, abs(n - k)) - 0.02 * place,
            excess=0.4 - 0.08 * min(8, abs(n - k)),
            belief=0.01 * place + 0.001 * n,
        )
        for place, family in enumerate(families)
        for n in numbers
    ]
    first = next(one for one in considered if one.n_clusters == k)
    sizes = [100 + n for n in range(k)]
    names = ("kmeans", "hierarchical", "dbscan")[:n_candidates]
    rows = [
        candidate(rank, name, sizes, first if rank == 1 else None, 0.1 * (rank == 3), **({"eps": 0.25} if rank == 3 else {}))
        for rank, name in enumerate(names, 1)
    ]
    rand = np.where(np.eye(len(rows), dtype=bool), 1.0, 0.6)
    return document(considered, rows, **{"n_clusters": k, "rand": rand.tolist(), **other})
