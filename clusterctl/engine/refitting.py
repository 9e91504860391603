"""The stability and null comparison of a finished run, computed anew by the run's own config on its own data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.engine.evaluated import VALIDATED, Evidence
from clusterctl.engine.evaluation import compare_with_null, resample
from clusterctl.engine.pipeline import fit
from clusterctl.engine.rescoring import labels_differ
from clusterctl.errors import EvaluationError
from clusterctl.values.remarks import Note

if TYPE_CHECKING:
    from clusterctl.algorithms.base import AlgorithmSpec, Settings
    from clusterctl.engine.analysis import Session
    from clusterctl.engine.labelled import Placed
    from clusterctl.engine.rescoring import Rescored
    from clusterctl.results.models import Stability
    from clusterctl.values.space import Points, Space

RECOMPUTED = ("stability", "null")


def refit(
    space: Space,
    spec: AlgorithmSpec,
    settings: Settings,
    strategy: str,
    settle: Callable[[Points], Settings] | None,
    placed: Placed,
    rescored: Rescored,
    wanted: Sequence[str],
    stored: Evidence,
    session: Session,
) -> Evidence:
    """Fit the run again and return its evidence with what is `wanted` of stability and null computed anew.

    Raises EvaluationError if the fit does not give the run's labels again: then it says nothing about them.
    """
    with session.stages("cluster", spec.title):
        found = fit(space, spec, settings, session.n_jobs, strategy, settle)
    if labels_differ(placed.points, rescored.labels, found.clustering.labels):
        raise EvaluationError(
            "the run's config does not give its labels again, so refitting says nothing about them",
            hint="another version made it (metadata.libraries in results.json): run it again, or evaluate without --recompute",
        )
    notes = [note for note in stored.notes if not note.path.startswith(tuple(f"{VALIDATED}.{name}" for name in wanted))]
    stability, null = stored.stability, stored.null
    with session.stages("validate"):
        if "stability" in wanted:
            answer = resample(space.points, found, session.random_state, session.n_jobs)
            stability, told = (None, answer) if isinstance(answer, str) else (_named(answer, rescored.order), None)
            notes += [Note(f"{VALIDATED}.stability", told)] if told else []
        if "null" in wanted:
            compared = compare_with_null(space.points, found, rescored.scores, session.random_state, session.n_jobs)
            null, told = (None, compared) if isinstance(compared, str) else (compared, None)
            notes += [Note(f"{VALIDATED}.null", told)] if told else []
    return Evidence(stability, null, tuple(notes), tuple(name for name in RECOMPUTED if name in wanted))


def _named(stability: Stability, order: np.ndarray) -> Stability:
    """Return the stability with its clusters in the order of their own numbers, which alignment may have changed."""
    by_number = [stability.per_cluster[place] for place in np.argsort(order)]
    return stability.model_copy(update={"per_cluster": by_number})
