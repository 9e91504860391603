"""Why a trial has no result, as its row says it."""

from __future__ import annotations

from clusterctl.errors import ClusterctlError, ResourceLimitError
from clusterctl.results.sweep import TrialError

TIMEOUT, LOST = "TrialTimeout", "WorkerLost"
"""Types of errors that may pass when the trial is tried again."""


def as_trial_error(problem: BaseException) -> TrialError:
    """Return an exception as the error of a row."""
    if isinstance(problem, MemoryError):
        problem = ResourceLimitError("memory ran out", hint="use fewer rows or columns, or fewer jobs at once (--n-jobs)")
    if isinstance(problem, ClusterctlError):
        message = "\n".join((problem.message, *problem.details))
        return TrialError(type=type(problem).__name__, message=message, hint=problem.hint)
    return TrialError(type=type(problem).__name__, message=str(problem) or "no message", hint=None)


def timed_out(seconds: float) -> TrialError:
    """Return the error of a trial that took longer than it may."""
    return TrialError(
        type=TIMEOUT,
        message=f"building its structure and cutting it took longer than --trial-timeout {seconds:g}",
        hint="give it more time, or leave its settings out; --resume tries it again",
    )


def worker_lost() -> TrialError:
    """Return the error of a trial whose worker process died of it."""
    return TrialError(
        type=LOST,
        message="its worker process was killed or crashed, most likely because memory ran out",
        hint="use fewer rows or columns, fewer jobs at once (--n-jobs), or leave its settings out; --resume tries it again",
    )
