"""How well does one Gaussian a cluster describe the rows, for its number of parameters? BIC of the classification likelihood."""

from __future__ import annotations

import numpy as np

from clusterctl.recommendation.ground import Ground
from clusterctl.recommendation.partitions import Partitions

MAX_FULL = 10
FLOOR = 1e-3


def likelihood(ground: Ground, partitions: Partitions) -> dict[str, np.ndarray]:
    """Return the BIC a row of a Gaussian for each cluster (Banfield & Raftery 1993; Biernacki & Govaert 1997), sign turned: more is better.

    Full covariances up to 10 columns, above that the variances alone. Noise is one more, wide, cluster.
    """
    X = ground.points.X
    n, d = X.shape
    full = d <= MAX_FULL
    left, right = np.triu_indices(d) if full else (np.arange(d), np.arange(d))
    moments = np.concatenate((np.ones((n, 1)), X, X[:, left] * X[:, right]), axis=1)
    n_parameters = 1 + d + len(left)
    value = np.empty(len(partitions))
    for i, labels in enumerate(partitions.labels):
        k = int(labels.max()) + 2
        member = np.zeros((k, n))
        member[labels + 1, np.arange(n)] = 1.0
        sums = member @ moments
        sums = sums[sums[:, 0] > 0]
        log_det = _log_determinants(sums, d, left, right) if full else _log_variances(sums, d)
        count = sums[:, 0]
        log_likelihood = float((count * (np.log(count / n) - 0.5 * log_det)).sum())
        value[i] = (2 * log_likelihood - n_parameters * len(count) * np.log(n)) / n / d
    return {"likelihood": value}


def _log_determinants(sums: np.ndarray, d: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    mean = sums[:, 1 : d + 1] / sums[:, :1]
    covariance = np.zeros((len(sums), d, d))
    covariance[:, left, right] = sums[:, d + 1 :] / sums[:, :1] - mean[:, left] * mean[:, right]
    covariance[:, right, left] = covariance[:, left, right]
    weight = (d + 1) / (d + 1 + sums[:, 0])  # a prior of d + 1 rows of a small round Gaussian keeps few rows from a determinant of 0
    covariance = covariance * (1 - weight)[:, None, None] + (0.02 * weight + FLOOR)[:, None, None] * np.eye(d)
    return np.asarray(np.linalg.slogdet(covariance)[1])


def _log_variances(sums: np.ndarray, d: int) -> np.ndarray:
    mean = sums[:, 1 : d + 1] / sums[:, :1]
    variance = np.maximum(sums[:, d + 1 :] / sums[:, :1] - mean**2, 0.0)
    weight = (2 / (2 + sums[:, 0]))[:, None]
    return np.asarray(np.log(variance * (1 - weight) + 0.02 * weight + FLOOR).sum(axis=1))
