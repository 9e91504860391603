"""From the ranked trials to the document that is written: `sweep.json` as models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clusterctl import __version__
from clusterctl.engine.nulls import null_paths
from clusterctl.engine.sweep.standing import RankedTrials, rank_rows
from clusterctl.results.models import NoteEntry, WarningEntry
from clusterctl.results.sweep import Best, SweepDocument, SweepMetadata, SweepResults
from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    from datetime import datetime

    from clusterctl.results.sweep import Agreement, SweptSpace

__all__ = ["RankedTrials", "SweepOrigin", "assemble_sweep", "rank_rows"]


@dataclass(frozen=True, slots=True)
class SweepOrigin:
    """Where a sweep comes from: all of `metadata` that the trials do not tell.

    config: canonical. cautions: of the table and of the sweep as a whole.
    """

    config: Mapping[str, Any]
    config_sha256: str
    data_sha256: str
    random_state: int
    started: datetime
    seconds: float
    execution: Mapping[str, Any]
    libraries: Mapping[str, str]
    user_metadata: Mapping[str, Any]
    n_merged: int
    cautions: tuple[Caution, ...] = ()


def assemble_sweep(ranked: RankedTrials, spaces: Sequence[SweptSpace], agreement: Agreement | None, origin: SweepOrigin) -> SweepDocument:
    """Return sweep.json as a document; every null in it has its reason, in its row's notes or in `metadata.notes`."""
    best = None
    if ranked.best is not None:
        trial = ranked.best
        best = Best(trial_id=trial.trial_id, settings=dict(trial.settings), config_sha256=trial.config_sha256)
    results = SweepResults(best=best, ranking=ranked.ranking, spaces=list(spaces), agreement=agreement, trials=list(ranked.rows))
    cautions = dict.fromkeys((*origin.cautions, *ranked.cautions))
    metadata = SweepMetadata(
        schema_version="1",
        version=__version__,
        processing_timestamp=origin.started,
        processing_duration=origin.seconds,
        n_trials=len(ranked.rows),
        n_failed=sum(row.status == "failed" for row in ranked.rows),
        n_merged=origin.n_merged,
        config=dict(origin.config),
        config_sha256=origin.config_sha256,
        data_sha256=origin.data_sha256,
        random_state=origin.random_state,
        libraries=dict(origin.libraries),
        user_metadata=dict(origin.user_metadata),
        warnings=[WarningEntry(code=caution.code, message=caution.message) for caution in cautions],
        notes=_notes(results),
        execution=dict(origin.execution),
    )
    return SweepDocument(sweep_results=results, metadata=metadata)


def _notes(results: SweepResults) -> list[NoteEntry]:
    """Return why values are null outside the rows, whose notes are their own."""
    notes = []
    if results.best is None:
        notes.append(("sweep_results.best", "no trial is ranked; the warnings say why"))
    else:
        settings = null_paths(results.best.settings, "sweep_results.best.settings")
        notes += [(path, "the trial's config has null or nothing there") for path in settings]
    if any(True for space in results.spaces for _ in null_paths(space.preprocessing)):
        notes.append(("sweep_results.spaces[*].preprocessing.*", "nothing is set there: the value follows from the data"))
    where, space = "sweep_results.ranking.rank_space", results.ranking.rank_space
    if space is None:
        notes.append((where, "no sweep_configuration.rank_space is given, or no trial could be scored in it"))
    elif any(True for _ in null_paths(space.preprocessing)):
        notes.append((f"{where}.preprocessing.*", "nothing is set there: the value follows from the data"))
    if results.agreement is None:
        notes.append(("sweep_results.agreement", "there are no two ranked trials whose labels could be compared"))
    elif any(value is None for line in results.agreement.adjusted_rand for value in line):
        notes.append(("sweep_results.agreement.adjusted_rand[*][*]", "no row that was compared is kept by both trials"))
    return [NoteEntry(path=path, reason=reason) for path, reason in notes]
