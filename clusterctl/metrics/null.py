"""The scores held against those that data without clusters would give, clustered in the same way.

Every clustering algorithm finds something in anything: Ward cuts a single round Gaussian in the plane into clusters of silhouette 0.3.
So the internal scores are compared with those of null data drawn to resemble the points but for clusters (`reference`), by a Monte
Carlo test: p = (1 + draws that score as well or better) / (1 + draws). Of the two kinds of null data that are drawn, the one that is
harder to beat is reported.
Above 2,000 rows all is done on a uniform sample of 2,000, and the observed score is computed again on it.
Sources: Tibshirani, Walther and Hastie 2001, J. R. Stat. Soc. B 63, 411-423; Hennig and Lin 2015, Stat. Comput. 25, 821-833.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.errors import ClusteringError
from clusterctl.kernels.threads import parallel
from clusterctl.metrics.evaluate import score
from clusterctl.metrics.reference import references
from clusterctl.metrics.registry import METRICS
from clusterctl.metrics.strata import subset
from clusterctl.results.models import NullComparison
from clusterctl.values.clustering import canonical

if TYPE_CHECKING:
    from clusterctl.values.space import Points

    Cluster = Callable[[Points, int], np.ndarray]

N_ROWS = 2_000
"""Rows of the sample and of every draw, at most."""
N_DRAWS = 20
"""Draws of each kind of null data: the least p is 1 / 21."""
N_LEAST = 10


def compare(
    points: Points,
    labels: np.ndarray,
    names: Sequence[str],
    cluster: Cluster,
    *,
    random_state: int,
    n_jobs: int,
    n_draws: int = N_DRAWS,
    n_rows: int = N_ROWS,
) -> dict[str, NullComparison] | str:
    """Return the comparison for each of the internal metrics `names` that has a value, or the reason why there can be none.

    labels: (n,) int, noise -1. cluster: (points, seed) -> labels by the same algorithm and settings, called in several threads.
    n_rows: rows of the sample at most; an algorithm that is slow for its kind may be given fewer.
    A draw in which no clusters are found, or no clustering is possible, has no score: it counts as worse. The same bits at any `n_jobs`.
    """
    if points.n_rows < N_LEAST:
        return f"a null comparison needs at least {N_LEAST} rows"
    rng = np.random.default_rng(random_state)
    rows = np.arange(points.n_rows) if points.n_rows <= n_rows else np.sort(rng.choice(points.n_rows, n_rows, replace=False))
    sample = subset(points, rows)
    names = [name for name in names if METRICS[name].kind == "internal"]
    observed = _scores(sample, canonical(labels[rows])[0], names)
    names = [name for name in names if observed[name] is not None]
    if not names:
        return "no internal metric has a value to compare"
    kinds = references(sample.X)
    jobs = [(kind, int(seed)) for kind in kinds for seed in rng.integers(2**31, size=n_draws)]

    def draw(job: tuple[str, int]) -> dict[str, float | None] | str:
        kind, seed = job
        X = _as_spread(np.ascontiguousarray(kinds[kind](np.random.default_rng(seed), sample.n_rows)), sample.X)
        X.flags.writeable = False
        drawn = replace(sample, X=X)
        try:
            return _scores(drawn, np.asarray(cluster(drawn, seed)), names)
        except ClusteringError as error:
            return error.message

    found = parallel(draw, jobs, n_jobs)
    failures = [scores for scores in found if isinstance(scores, str)]
    if len(failures) == len(found):
        return failures[0]
    by_kind = {kind: found[i * n_draws : (i + 1) * n_draws] for i, kind in enumerate(kinds)}
    return {name: _hardest(name, observed[name], by_kind, sample.n_rows) for name in names}


def _as_spread(X: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Return X scaled to the total variance of `like`: scores without a unit do not change, and inertia becomes comparable."""
    total = float(X.var(axis=0).sum())
    return X * np.sqrt(float(like.var(axis=0).sum()) / total) if total > 0 else X


def _scores(points: Points, labels: np.ndarray, names: Sequence[str]) -> dict[str, float | None]:
    """Return the values by name; inertia only where there is no noise, since every row left out lowers it."""
    scores = {found.name: found.value for found in score(points, labels, None, names, random_state=0, n_jobs=0)}
    return scores | {"inertia": None} if "inertia" in scores and (labels < 0).any() else scores


def _hardest(name: str, observed: float | None, by_kind: dict[str, list[dict[str, float | None] | str]], n_used: int) -> NullComparison:
    """Return the comparison with the kind of null data that is harder to beat: the larger p, of equal ones the better mean."""
    if observed is None:
        raise ValueError(f"{name} has no observed value")
    sign = 1.0 if METRICS[name].best == "max" else -1.0
    compared = []
    for kind, found in by_kind.items():
        values = np.array([v for scores in found if not isinstance(scores, str) and (v := scores[name]) is not None])
        p_value = (1 + int((sign * values >= sign * observed).sum())) / (1 + len(found))
        mean = float(values.mean()) if len(values) else None
        sd = float(values.std(ddof=1)) if len(values) > 1 else None
        compared.append(
            NullComparison(observed=observed, mean=mean, sd=sd, p_value=p_value, n_draws=len(found), reference=kind, n_used=n_used)
        )
    return max(compared, key=lambda c: (c.p_value, -np.inf if c.mean is None else sign * c.mean))
