"""What happened, as frozen values handed to an `emit` callable: the console and log.jsonl are listeners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StageStarted:
    """A named step began: load, prepare, choose, cluster, evaluate, validate, explain, draw, write; a sweep's: plan, trials, best; look."""

    stage: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class StageFinished:
    """A named step ended after `seconds` (monotonic clock)."""

    stage: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` units of a stage are finished."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ClusteringStarted:
    """The specification's `clustering_started`; `n_clusters` None: the algorithm takes none."""

    algorithm: str
    n_clusters: int | str | None
    data_size: int


@dataclass(frozen=True, slots=True)
class ClustersCreated:
    """The specification's `clusters_created`; sizes in the order of the cluster numbers."""

    n_clusters: int
    cluster_sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EvaluationCompleted:
    """The specification's `evaluation_completed`; None where a score does not exist."""

    silhouette_score: float | None
    calinski_score: float | None


@dataclass(frozen=True, slots=True)
class Warned:
    """Something the user should know; `code` is stable and greppable."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class TrialFinished:
    """A trial of a sweep has its row; `error` None: it is done, else why it failed. `seconds`: its share of the work."""

    trial_id: int
    error: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Resumed:
    """A sweep goes on from its journal: `n_kept` trials are taken from it, `n_redone` are there but done again, `why` in words."""

    n_kept: int
    n_redone: int
    why: str


@dataclass(frozen=True, slots=True)
class Wrote:
    """A file or folder is in place."""

    path: str


Event = (
    StageStarted
    | StageFinished
    | Progress
    | ClusteringStarted
    | ClustersCreated
    | EvaluationCompleted
    | Warned
    | TrialFinished
    | Resumed
    | Wrote
)
Emit = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Drop an event: the listener of a caller who wants none."""
