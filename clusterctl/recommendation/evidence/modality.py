"""Has the table more than one mode? Dip statistics that know no partition, robust to skew.

The dip (Hartigan & Hartigan 1985) of the rows along the first principal axes and of their pairwise distances (Adolfsson, Ackerman &
Brownstein 2019, Pattern Recognition 88), as they are and after every column is bent towards symmetry (Yeo & Johnson 2000): sqrt(n) times
the dip, which for one mode stays below about 0.6 at any n.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial.distance import pdist

from clusterctl.kernels.dip import dip
from clusterctl.preprocessing.power import fit_transform
from clusterctl.recommendation.ground import Ground

N_AXES = 3
N_PAIRED = 150
"""Rows whose pairwise distances are taken."""
MAX_BENT = 60
"""Columns beyond which none is bent: too many to be each skewed by a tail alone."""


def modality(ground: Ground, seed: int) -> dict[str, float]:
    """Return dip_axes and dip_distances, of the rows as they are and bent the smaller, and skew: the mean absolute skewness of the columns.

    Deterministic for a seed.
    """
    X = ground.points.X
    raw, bent = _dips(X, seed), None
    if X.shape[1] <= MAX_BENT:
        bent = _dips(_bend(X), seed)
    lower = raw if bent is None else (min(raw[0], bent[0]), min(raw[1], bent[1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        standard = np.nan_to_num((X - X.mean(axis=0)) / X.std(axis=0))
    return {"dip_axes": lower[0], "dip_distances": lower[1], "skew": float(np.abs((standard**3).mean(axis=0)).mean())}


def _dips(X: np.ndarray, seed: int) -> tuple[float, float]:
    n = len(X)
    centred = X - X.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    along = max(float(np.sqrt(n)) * dip(centred @ axis) for axis in axes[:N_AXES])
    rows = np.random.default_rng([seed, 6]).choice(n, min(n, N_PAIRED), replace=False)
    return along, float(np.sqrt(len(rows))) * dip(pdist(X[rows]))


def _bend(X: np.ndarray) -> np.ndarray:
    columns = np.ptp(X, axis=0) > 0
    bent = fit_transform(np.array(X), "yeo_johnson", columns, 0).apply(np.array(X))
    spread = bent.std(axis=0)
    return np.asarray((bent - bent.mean(axis=0)) / np.where(spread > 0, spread, 1.0))
