"""`eps: auto`: the longest plateau of the number of clusters along the nearest-neighbour curve, else the curve's knee."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clusterctl.algorithms.distance import check_finite, distance_of
from clusterctl.recommendation.chosen import Chosen
from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    import numpy as np

    from clusterctl.algorithms.dbscan import DBSCANParameters
    from clusterctl.kernels.density import CoreDistances
    from clusterctl.values.space import Points

N_TRIED = 20_000
N_CURVE = 5_000
N_CANDIDATES = 24
MAX_NOISE = 0.5
MAX_LARGEST = 0.95
MIN_CORE = 0.05
MIN_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Trial:
    """DBSCAN at one eps: clusters of at least 1 % of the rows (and min_samples), share of noise, and whether no red flag is raised."""

    eps: float
    n_clusters: int
    noise: float
    sound: bool


def choose_eps(points: Points, parameters: DBSCANParameters) -> Chosen:
    """Choose eps for these points and min_samples; deterministic (samples are drawn with seed 0).

    The curve is the sorted distance of each row to its min_samples-th nearest (itself counted). 24 values from its median to three
    times its 99 % quantile are tried. Without red flag (Schubert et al. 2017: hardly any dense row, nearly all rows in one cluster,
    more than half noise) and with two clusters or more, the longest run of values that give the same number of clusters wins,
    and of it the largest value. Where there is none: the curve's knee, the point furthest below its chord (Kneedle, Satopää et al.
    2011). Above 20,000 rows the values are tried on a sample, and the one chosen is carried over to the curve of all rows.
    """
    import numpy as np

    from clusterctl.kernels.density import measure_core_distances
    from clusterctl.kernels.neighbors import expand

    check_finite(points)
    metric = distance_of(points, parameters.metric, "dbscan")
    n, sampler = points.n_rows, np.random.RandomState(0)
    rows = np.arange(n) if n <= N_TRIED else np.sort(sampler.choice(n, N_TRIED, replace=False))
    distances = measure_core_distances(np.ascontiguousarray(points.X[rows]), parameters.min_samples, metric, 1)
    tried = np.sort(expand(distances.core, metric))
    curve = tried if n <= N_TRIED else _measure_curve(points, parameters.min_samples, metric, sampler)
    if not np.isfinite(curve).all() or curve[-1] <= 0:
        return _without_curve(n, parameters.min_samples)
    knee = find_knee(curve)
    plateau = find_plateau([_try(distances, eps) for eps in spread_candidates(tried)])
    evidence: dict[str, Any] = {"knee": knee, "min_samples": parameters.min_samples, "n_rows_tried": len(rows), "n_rows_curve": len(curve)}
    if not plateau:
        text = "no eps between the median of the nearest-neighbour curve and three times its 99 % quantile gave two sound clusters or more"
        caution = Caution("eps_no_plateau", f"{text}; the curve's knee was taken, and DBSCAN may not suit these data")
        return Chosen(_round(knee), "knee of the nearest-neighbour curve (Kneedle)", text, evidence, (caution,))
    last = plateau[-1]
    evidence |= {"plateau": [plateau[0].eps, last.eps], "n_clusters": last.n_clusters, "noise_fraction": last.noise}
    why = f"the number of clusters of at least 1 % of the rows stays at {last.n_clusters} for the longest stretch of eps, up to this value"
    if n > N_TRIED:
        why += f"; found on a sample of {N_TRIED:,} rows and carried over to all {n:,}"
    return Chosen(_round(_carry_over(last.eps, tried, curve)), "longest plateau of the number of clusters", why, evidence)


def find_knee(curve: np.ndarray) -> float:
    """Return the value of a sorted curve that lies furthest below its chord."""
    import numpy as np

    span = float(curve[-1] - curve[0])
    if span <= 0:
        return float(curve[-1])
    below = np.linspace(0, 1, len(curve)) - (curve - curve[0]) / span
    knee = float(curve[int(np.argmax(below))])
    return knee if knee > 0 else float(curve[curve > 0][0])


def spread_candidates(curve: np.ndarray) -> list[float]:
    """Return values of eps, evenly on a log scale, from the median of the curve to three times its 99 % quantile (at most its end)."""
    import numpy as np

    low = max(float(np.quantile(curve, 0.5)), float(curve[curve > 0][0]))
    high = max(min(float(curve[-1]), 3 * float(np.quantile(curve, 0.99))), low * 1.01)
    return [float(eps) for eps in np.geomspace(low, high, N_CANDIDATES)]


def find_plateau(trials: list[Trial]) -> list[Trial]:
    """Return the longest run of sound trials with one number of clusters, of at least two; of equals the first; none: empty."""
    best: list[Trial] = []
    run: list[Trial] = []
    for trial in trials:
        same = bool(run) and run[-1].n_clusters == trial.n_clusters
        run = ([*run, trial] if same else [trial]) if trial.sound and trial.n_clusters >= 2 else []
        if len(run) > len(best):
            best = run
    return best


def _try(distances: CoreDistances, eps: float) -> Trial:
    import numpy as np

    from clusterctl.kernels.density import cut_at

    labels, is_core = cut_at(distances, eps)
    n = len(labels)
    sizes = np.bincount(labels[labels >= 0], minlength=1)
    noise, largest = float((labels < 0).mean()), sizes.max() / n
    sound = noise <= MAX_NOISE and largest <= MAX_LARGEST and is_core.mean() >= MIN_CORE
    return Trial(eps, int((sizes >= max(distances.min_samples, MIN_SHARE * n)).sum()), noise, bool(sound))


def _measure_curve(points: Points, min_samples: int, metric: str, sampler: np.random.RandomState) -> np.ndarray:
    """Return the sorted curve of a sample of rows among all rows."""
    import numpy as np

    from clusterctl.kernels.neighbors import expand, index_rows, reduced

    some = points.X[np.sort(sampler.choice(points.n_rows, N_CURVE, replace=False))]
    near = index_rows(points.X, metric).nearest(some, min_samples, np.inf, 1)[:, -1]
    return np.sort(expand(reduced(some, points.X[near], metric), metric))


def _carry_over(eps: float, tried: np.ndarray, curve: np.ndarray) -> float:
    """Return the value at the same place of the curve of all rows as eps has on the curve of the sample."""
    import numpy as np

    share = float((tried <= eps).mean())
    if tried is curve:
        return eps
    if share < 1:
        return float(np.quantile(curve, share))
    return eps * float(np.quantile(curve, 0.99)) / max(float(np.quantile(tried, 0.99)), np.finfo(float).tiny)


def _without_curve(n: int, min_samples: int) -> Chosen:
    """Return a value where the rows have no distances to choose by."""
    few = n < min_samples
    why = f"there are fewer rows ({n}) than min_samples ({min_samples})" if few else "nearly all rows are equal: any eps gives the same"
    return Chosen(1.0, "none applies", why, {"n_rows": n, "min_samples": min_samples})


def _round(value: float) -> float:
    """Return a value with four significant digits, so that it does not fall exactly on a distance."""
    return float(f"{value:.4g}")
