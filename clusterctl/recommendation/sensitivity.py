"""Whether another preparation of the same table, or other rows of it, tell another story."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.analysis.importance import feature_importance
from clusterctl.analysis.words import plain
from clusterctl.engine.analysis import Session, prepare_points
from clusterctl.errors import ClusterctlError
from clusterctl.kernels.contingency import contingency
from clusterctl.metrics.agreement import adjusted_rand_score
from clusterctl.recommendation.assess import Assessment, assess
from clusterctl.recommendation.ground import N_SAMPLE

if TYPE_CHECKING:
    from clusterctl.preprocessing.settings import PreprocessingConfiguration
    from clusterctl.values.dataset import Dataset
    from clusterctl.values.space import Space

LEFT = 0.8
"""Share of the rows that the resample keeps."""
ALIKE = 0.8
"""Labels that agree by this adjusted Rand index tell the same story."""
FEWEST_FEATURES = 3
OTHER_SCALING = {"standard": "robust", "robust": "standard", "minmax": "standard", "none": "standard"}


@dataclass(frozen=True, slots=True)
class Check:
    """What another look found. change: in words. adjusted_rand: with the first candidate, on the rows of both; None: no clusters in one."""

    change: str
    n_clusters: int
    verdict: str
    adjusted_rand: float | None
    agrees: bool


@dataclass(frozen=True, slots=True)
class _Look:
    """Another preparation: its words, the table, the settings, and the rows of the input that are left."""

    change: str
    dataset: Dataset
    settings: PreprocessingConfiguration
    share: float = 1.0


def sensitivity(
    dataset: Dataset, settings: PreprocessingConfiguration, first: Assessment, labels: np.ndarray, session: Session
) -> tuple[Check, ...]:
    """Assess the table again, each time a little otherwise: another scaling, without its most telling feature, on four fifths of the rows.

    labels: (n_rows,) of the first candidate, noise -1. Each look is the fast assessment of at most 2,000 rows. A look that cannot be
    taken (a feature less leaves nothing) is left out. Deterministic for a seed.
    """
    checks = []
    for look in _looks(dataset, settings, labels, session.n_jobs):
        try:
            space = prepare_points(look.dataset, look.settings, session.random_state, session)
        except ClusterctlError:
            continue
        checks.append(_check(look, space, first, labels, session))
    return tuple(checks)


def _looks(dataset: Dataset, settings: PreprocessingConfiguration, labels: np.ndarray, n_jobs: int) -> Iterator[_Look]:
    if settings.categorical != "gower":
        scaling = OTHER_SCALING[settings.scaling]
        yield _Look(f"scaling: {scaling}", dataset, settings.model_copy(update={"scaling": scaling}))
    if len(dataset.features) >= FEWEST_FEATURES:
        told = [entry for entry in feature_importance(dataset, labels, n_jobs).value if entry.importance is not None]
        if told:
            left = tuple(name for name in dataset.features if name != told[0].feature)
            yield _Look(f"without the feature {plain(told[0].feature)}", replace(dataset, features=left), settings)
    yield _Look(f"another {LEFT:.0%} of the rows".replace("%", " %"), dataset, settings, LEFT)


def _check(look: _Look, space: Space, first: Assessment, labels: np.ndarray, session: Session) -> Check:
    n = space.points.n_rows
    most = min(N_SAMPLE, round(n * look.share))
    rows = np.sort(np.random.default_rng(session.random_state + 1).choice(n, most, replace=False)) if most < n else np.arange(n)
    X = np.ascontiguousarray(space.points.X[rows])
    found = assess(type(space.points)(X, space.points.metric), session.random_state, "fast", session.n_jobs)
    rand = None
    if found.choices and found.choices[0].fitted.labels is not None and (labels >= 0).any():
        rand = adjusted_rand_score(contingency(labels[space.rows[rows]], found.choices[0].fitted.labels))
    same_verdict = (found.tendency.verdict == "none") == (first.tendency.verdict == "none")
    in_interval = first.k_interval[0] <= found.n_clusters <= first.k_interval[1]
    agrees = same_verdict and (first.tendency.verdict == "none" or in_interval or (rand is not None and rand >= ALIKE))
    return Check(look.change, found.n_clusters, found.tendency.verdict, rand, agrees)
