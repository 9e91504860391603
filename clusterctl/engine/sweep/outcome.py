"""From what a trial gave to its row: the same values and reasons as `results.json` of a run of its config has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from clusterctl.engine.document import evaluation_metrics, method_notes
from clusterctl.engine.evaluation import score_notes, too_few_clusters
from clusterctl.engine.nulls import REASONS, standing_notes
from clusterctl.results.models import NoteEntry, WarningEntry
from clusterctl.results.sweep import TrialOutcome
from clusterctl.values.remarks import Note

if TYPE_CHECKING:
    from clusterctl.results.models import NullComparison, Stability
    from clusterctl.results.sweep import TrialError
    from clusterctl.values.remarks import Caution
    from clusterctl.values.score import Score

Found = TypeVar("Found")
NOT_VALIDATED = "sweep_configuration.validate is off: only best/ has it"
NO_RANK_SPACE = "no sweep_configuration.rank_space is given"
_IN_ROW = (
    ("clustering_results.evaluation_metrics.", "evaluation_metrics."),
    ("clustering_results.validation.null.", "null."),
    ("clustering_results.validation.stability.", "stability."),
    ("clustering_results.model_info.chosen.", "chosen."),
)
ROW_REASONS = (
    *((row + path.removeprefix(run), reason) for path, reason in REASONS for run, row in _IN_ROW if path.startswith(run)),
    ("stability.*", "too few resamples gave a value"),
)
"""The standing reasons of a run's document that are of use in a row: path within the row, reason."""


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """What the labels of a trial say by themselves.

    n_rows: points, so clustered and noise rows. smallest: rows of the smallest cluster; None: there is no cluster.
    """

    n_clusters: int
    n_rows: int
    n_noise: int
    smallest: int | None

    @property
    def noise_fraction(self) -> float | None:
        """Noise / (clustered + noise); None: there are no rows."""
        return self.n_noise / self.n_rows if self.n_rows else None


def done(
    *,
    space_id: str,
    labels_facts: LabelFacts,
    scores: tuple[Score, ...],
    rank_scores: tuple[Score, ...] | None,
    stability: Stability | str | None,
    null: dict[str, NullComparison] | str | None,
    chosen: Mapping[str, Any],
    cautions: Sequence[Caution],
    validated: bool,
) -> TrialOutcome:
    """Return the outcome of a trial that found labels: one cluster or none too, then with a warning and null scores.

    rank_scores: the scores in the reference preprocessing; None: there is none. stability, null: a text says why there is none; neither
    is looked at where `validated` is False. cautions: of the clustering and of the choice of its settings. Deterministic.
    """
    resampled, resampled_notes = _validation("stability", stability, validated)
    compared, compared_notes = _validation("null", null, validated)
    warned = dict.fromkeys((*cautions, *too_few_clusters(labels_facts.n_clusters)))
    outcome = TrialOutcome(
        status="done",
        error=None,
        space_id=space_id,
        n_clusters=labels_facts.n_clusters,
        noise_fraction=labels_facts.noise_fraction,
        smallest_cluster=labels_facts.smallest,
        evaluation_metrics=evaluation_metrics(scores, labels_facts.noise_fraction),
        rank_space_metrics=None if rank_scores is None else {score.name: score.value for score in rank_scores},
        stability=resampled,
        null=compared,
        chosen=dict(chosen),
        warnings=[WarningEntry(code=caution.code, message=caution.message) for caution in warned],
        notes=[],
    )
    known = (
        Note("error", "the trial did not fail"),
        *_fact_notes(outcome),
        *score_notes(scores, "evaluation_metrics"),
        *method_notes(scores, "evaluation_metrics"),
        *_rank_space_notes(rank_scores),
        *resampled_notes,
        *compared_notes,
    )
    return _with_notes(outcome, known)


def failed(error: TrialError, space_id: str | None, *, why: Mapping[str, str] = MappingProxyType({})) -> TrialOutcome:
    """Return the outcome of a trial that has no result.

    space_id: None where the points could not be prepared. why: field → why it is null, in place of the error.
    """
    outcome = TrialOutcome(
        status="failed",
        error=error,
        space_id=space_id,
        n_clusters=None,
        noise_fraction=None,
        smallest_cluster=None,
        evaluation_metrics=None,
        rank_space_metrics=None,
        stability=None,
        null=None,
        chosen={},
        warnings=[],
        notes=[],
    )
    general = f"the trial failed ({error.type})"
    notes = [Note(field, why.get(field, general)) for field in type(outcome).model_fields if getattr(outcome, field) is None]
    if error.hint is None:
        notes.append(Note("error.hint", "the message says all there is to say"))
    return _with_notes(outcome, tuple(notes))


def _validation(name: str, found: Found | str | None, validated: bool) -> tuple[Found | None, list[Note]]:
    """Return what a check gave and, where it gave nothing, why."""
    if not validated:
        return None, [Note(name, NOT_VALIDATED)]
    if found is None or isinstance(found, str):
        return None, [Note(name, found or "it does not exist for this result")]
    return found, []


def _fact_notes(outcome: TrialOutcome) -> list[Note]:
    notes = []
    if outcome.smallest_cluster is None:
        notes.append(Note("smallest_cluster", "there is no cluster"))
    if outcome.noise_fraction is None:
        notes += [Note(path, "there are no rows") for path in ("noise_fraction", "evaluation_metrics.noise_fraction")]
    return notes


def _rank_space_notes(scores: tuple[Score, ...] | None) -> list[Note]:
    if scores is None:
        return [Note("rank_space_metrics", NO_RANK_SPACE)]
    return [Note(f"rank_space_metrics.{score.name}", score.reason or "undefined") for score in scores if score.value is None]


def _with_notes(outcome: TrialOutcome, known: tuple[Note, ...]) -> TrialOutcome:
    """Return the outcome with these notes and the standing ones."""
    every = (*known, *standing_notes(outcome.model_dump(), known, ROW_REASONS))
    return outcome.model_copy(update={"notes": [NoteEntry(path=note.path, reason=note.reason) for note in dict.fromkeys(every)]})
