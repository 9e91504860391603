"""From the assessment to the document that is written: `recommendation.json` as models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from clusterctl import __version__
from clusterctl.engine.environment import versions_always
from clusterctl.recommendation.words import SIGNS, fitness, guidance, speaks
from clusterctl.results.metadata import NoteEntry, WarningEntry
from clusterctl.results.recommendation import (
    Budget,
    CandidateRow,
    ConsideredCandidate,
    RecommendationDocument,
    RecommendationMetadata,
    Recommendations,
    RedFlagEntry,
    SensitivityCheck,
    Tendency,
    TendencySign,
)

if TYPE_CHECKING:
    import numpy as np

    from clusterctl.recommendation.assess import Assessment, Choice
    from clusterctl.recommendation.red_flags import RedFlag
    from clusterctl.recommendation.sensitivity import Check
    from clusterctl.values.dataset import Dataset
    from clusterctl.values.remarks import Caution
    from clusterctl.values.space import Space

PATH = "recommendations"
EVIDENCE_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a recommendation comes from: all of `metadata` that is not found out by the assessment."""

    config: Mapping[str, Any]
    config_sha256: str
    random_state: int
    started: datetime
    seconds: float
    execution: Mapping[str, Any]
    user_metadata: Mapping[str, Any]
    asked_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """A candidate as it is handed over: what `commands.candidates` made of a choice."""

    choice: Choice
    config: str
    section: Mapping[str, Any]
    strategy: str
    sizes: tuple[int, ...]
    noise_fraction: float


def document_of(
    assessment: Assessment,
    offered: Sequence[Offered],
    rand: np.ndarray,
    flags: Sequence[RedFlag],
    checks: Sequence[Check] | None,
    dataset: Dataset,
    space: Space,
    origin: Origin,
    cautions: Sequence[Caution] = (),
) -> RecommendationDocument:
    """Return recommendation.json; every null in it has its reason. rand: adjusted Rand indices of the candidates, on all rows.

    cautions: what the fits on all rows have to say beside those of the table and the space.
    """
    notes: list[NoteEntry] = []
    none = assessment.tendency.verdict == "none"
    first = offered[0] if offered and not none else None
    if first is None:
        reason = "there is no evidence of clusters" if offered else "there are too few rows that differ to compare anything"
        notes.append(NoteEntry(path=f"{PATH}.algorithm_recommendation", reason=reason))
    if origin.asked_seconds is None:
        notes.append(NoteEntry(path=f"{PATH}.budget.seconds", reason="the budget is named: a fixed amount of work"))
    if checks is None:
        notes.append(NoteEntry(path=f"{PATH}.sensitivity", reason="it is not looked at with the fast budget"))
    for place, check in enumerate(checks or ()):
        if check.adjusted_rand is None:
            notes.append(NoteEntry(path=f"{PATH}.sensitivity[{place}].adjusted_rand", reason="no clusters were found, so nothing compares"))
    for place, name in enumerate(assessment.tendency.signs):
        if name not in assessment.tendency.pushes:
            notes.append(NoteEntry(path=f"{PATH}.tendency.signs[{place}].push", reason="it has no weight of its own in the verdict"))
    for place, flag in enumerate(flags):
        if flag.remedy is None:
            notes.append(NoteEntry(path=f"{PATH}.red_flags[{place}].remedy", reason="nothing to set would help"))
    rows = [_candidate(entry, place, float(rand[0, place])) for place, entry in enumerate(offered)]
    recommendations = Recommendations(
        optimal_clusters=assessment.n_clusters,
        algorithm_recommendation=None if first is None else first.choice.algorithm,
        parameter_suggestions={} if first is None else _suggestions(first),
        interpretation_guidance=guidance(assessment, flags, checks),
        evidence=assessment.tendency.verdict,
        confidence=assessment.confidence,
        k_interval=assessment.k_interval,
        red_flags=[RedFlagEntry(code=flag.code, message=flag.message, columns=list(flag.columns), remedy=flag.remedy) for flag in flags],
        tendency=_tendency(assessment),
        belief_in_k={str(k): share for k, share in assessment.belief_in_k.items()},
        candidates=rows,
        sensitivity=None if checks is None else [_sensitivity(check) for check in checks],
        agreement=rand.tolist(),
        considered=[
            ConsideredCandidate(
                family=entry.family,
                n_clusters=entry.n_clusters,
                score=entry.score,
                belief=entry.belief,
                silhouette=entry.silhouette,
                excess=entry.excess,
            )
            for entry in assessment.considered
        ],
        budget=Budget(
            name=assessment.budget,
            seconds=origin.asked_seconds,
            reproducible=origin.asked_seconds is None,
            n_candidates=assessment.n_candidates,
            n_used=assessment.n_sample,
        ),
    )
    return RecommendationDocument(recommendations=recommendations, metadata=_metadata(dataset, space, origin, notes, cautions))


def _candidate(entry: Offered, place: int, rand: float) -> CandidateRow:
    choice = entry.choice
    speaks_for, speaks_against = speaks(choice.lifts)
    return CandidateRow(
        rank=place + 1,
        config=entry.config,
        algorithm=choice.algorithm,
        parameters=dict(entry.section.get("parameters", {})),
        n_clusters=len(entry.sizes),
        cluster_sizes=list(entry.sizes),
        noise_fraction=entry.noise_fraction,
        strategy="sample" if entry.strategy == "sample" else "exact",
        score=choice.score,
        belief=choice.belief,
        confidence=choice.confidence,
        evidence=dict(choice.evidence),
        lifts=dict(choice.lifts),
        speaks_for=speaks_for,
        speaks_against=speaks_against,
        fitness=fitness(choice),
        agreement_with_first=rand,
    )


def _suggestions(first: Offered) -> dict[str, Any]:
    section = "clustering_configuration"
    found: dict[str, Any] = {f"{section}.algorithm": first.section["algorithm"]}
    if "n_clusters" in first.section:
        found[f"{section}.n_clusters"] = first.section["n_clusters"]
    found |= {f"{section}.parameters.{name}": value for name, value in first.section.get("parameters", {}).items()}
    return found


def _tendency(assessment: Assessment) -> Tendency:
    told = assessment.tendency
    signs = [
        TendencySign(name=name, value=value, push=told.pushes.get(name), meaning=SIGNS.get(name, name))
        for name, value in told.signs.items()
    ]
    return Tendency(verdict=told.verdict, strength=told.strength, signs=signs, n_used=assessment.n_sample)


def _sensitivity(check: Check) -> SensitivityCheck:
    return SensitivityCheck(
        change=check.change,
        optimal_clusters=check.n_clusters,
        evidence=check.verdict,
        adjusted_rand=check.adjusted_rand,
        agrees=check.agrees,
    )


def _metadata(
    dataset: Dataset, space: Space, origin: Origin, notes: list[NoteEntry], cautions: Sequence[Caution]
) -> RecommendationMetadata:
    every = dict.fromkeys((*dataset.cautions, *space.cautions, *cautions))
    return RecommendationMetadata(
        schema_version="1",
        version=__version__,
        processing_timestamp=origin.started,
        processing_duration=origin.seconds,
        n_rows=dataset.n_rows,
        n_features=len(dataset.features),
        n_dimensions=space.points.n_columns,
        features=list(dataset.features),
        config=dict(origin.config),
        config_sha256=origin.config_sha256,
        data_sha256=dataset.sha256,
        random_state=origin.random_state,
        libraries=versions_always(),
        user_metadata=dict(origin.user_metadata),
        warnings=[WarningEntry(code=caution.code, message=caution.message) for caution in every],
        notes=notes,
        execution=dict(origin.execution),
    )
