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
        return TrialError(type=type(problem).__name__, message=_on_one_line(problem.message, *problem.details), hint=problem.hint)
    return TrialError(type=type(problem).__name__, message=_on_one_line(str(problem)) or "no message", hint=None)


def _on_one_line(*parts: str) -> str:
    """Return a message and its details as one line: `2 columns have missing values: x: 1 of 9 rows; y: 2 of 9 rows`."""
    first, *rest = [line.strip() for part in parts for line in part.splitlines() if line.strip()] or [""]
    return f"{first.rstrip('.:')}: {'; '.join(rest)}" if rest else first


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
