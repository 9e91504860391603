"""What of an evaluation comes from the run itself: its external metrics where the data is gone, its evidence, and what refitting adds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from clusterctl.commands.choosing import choose
from clusterctl.engine.analysis import prepare_points, settle_table
from clusterctl.engine.evaluated import as_warnings
from clusterctl.engine.evaluation import METRICS_PATH as STORED_PATH
from clusterctl.engine.evaluation import too_few_clusters
from clusterctl.engine.refitting import refit
from clusterctl.engine.resources import max_memory_of
from clusterctl.engine.sampling import check_fit
from clusterctl.metrics.registry import METRICS
from clusterctl.values.score import Score

if TYPE_CHECKING:
    from clusterctl.commands.subjects import RunData, Subject
    from clusterctl.engine.analysis import Session
    from clusterctl.engine.evaluated import Evidence
    from clusterctl.engine.rescoring import Rescored
    from clusterctl.results.models import ResultsDocument, WarningEntry
    from clusterctl.values.remarks import Caution

OF_EVIDENCE = ("unstable_clusters", "no_better_than_chance")
"""Warnings that follow from stability and null comparison."""


def recomputed(
    subject: Subject, rescored: Rescored, data: RunData, wanted: tuple[str, ...], session: Session
) -> tuple[Evidence, tuple[Caution, ...]]:
    """Take the steps of the run again up to its labels; return its evidence with what is `wanted` of it anew, and what to be careful of.

    Raises DataLoadError if the run's data is gone or another, EvaluationError if its config does not give its labels again.
    """
    from clusterctl.metrics.cautions import cautions

    loaded, table = data.get()
    config = loaded.config
    clustering = config.clustering_configuration
    assert clustering is not None  # a run's config has one
    dataset = settle_table(table, config)
    session = replace(session, max_memory=max_memory_of(config))
    space = prepare_points(dataset, config.preprocessing_configuration, session.random_state, session)
    with session.stages("choose"):
        choice = choose(space.points, clustering, session.random_state, session.n_jobs)
    strategy = config.execution.strategy
    check_fit(strategy, choice.spec, choice.settings, space.points.n_rows, space.points.n_columns, session.max_memory)
    found = refit(space, choice.spec, choice.settings, strategy, choice.settle, subject.placed, rescored, wanted, subject.evidence, session)
    numbers = _numbers(subject, rescored)
    told = cautions(space, rescored.labels, found.stability, found.null, by_density=choice.spec.connected, numbers=numbers)
    return found, tuple(caution for caution in told if caution.code in OF_EVIDENCE)


def scores_of(subject: Subject, rescored: Rescored) -> tuple[Score, ...]:
    """Return the scores, the external ones as the run has them where its truth cannot be read any more."""
    if not subject.stored_truth or subject.run is None:
        return rescored.scores
    document = subject.run.document
    return tuple(_stored(score, document) if METRICS[score.name].kind == "external" else score for score in rescored.scores)


def _stored(score: Score, document: ResultsDocument) -> Score:
    """Return an external metric as results.json has it, or else why it is not there."""
    metrics = document.clustering_results.evaluation_metrics
    value, method = getattr(metrics, score.name), metrics.methods.get(score.name)
    if value is None or method is None:
        reasons = {note.path: note.reason for note in document.metadata.notes}
        stored = reasons.get(f"{STORED_PATH}.{score.name}")
        return score if stored is None or stored.startswith("not among") else replace(score, reason=stored)
    return Score(score.name, score.best, value, None, method.method, method.n_used, method.interval, method.coverage)


def warnings_of(subject: Subject, rescored: Rescored, anew: tuple[Caution, ...] | None) -> tuple[WarningEntry, ...]:
    """Return what to be careful of: of a run what it said itself, of other labels or another space what their scores ask for.

    anew: what refitting found, in place of what the run said about stability and chance; None: nothing was refitted.
    """
    from clusterctl.metrics.cautions import cautions

    told = subject.warnings
    if anew is not None:
        told = (*(warning for warning in told if warning.code not in OF_EVIDENCE), *as_warnings(anew))
    few = too_few_clusters(len(rescored.sizes))
    if subject.space is None:
        return tuple(dict.fromkeys((*told, *as_warnings(few))))
    space = replace(subject.space, points=subject.placed.points)
    return tuple(
        dict.fromkeys((*told, *as_warnings((*few, *cautions(space, rescored.labels, None, None, numbers=_numbers(subject, rescored))))))
    )


def _numbers(subject: Subject, rescored: Rescored) -> tuple[int, ...]:
    """Return what clusters 0, 1, … by falling size are called."""
    return tuple(subject.marks.cluster_ids[place] for place in rescored.order)
