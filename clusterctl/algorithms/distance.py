"""Which distance an algorithm uses: the one its parameters name, or the one that holds in the space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from clusterctl.errors import ClusteringError, ConfigError

if TYPE_CHECKING:
    from clusterctl.values.space import Points

Distance = Literal["euclidean", "manhattan", "chebyshev"]


def distance_of(points: Points, metric: str, algorithm: str) -> str:
    """Return the distance to use: `metric`, or city-block where the space is Gower's.

    Raises ConfigError where the config names another distance for a Gower space.
    """
    if points.metric == "euclidean":
        return metric
    if metric in ("euclidean", "manhattan"):
        return "manhattan"
    raise ConfigError(
        f"{algorithm} cannot use metric {metric} with preprocessing_configuration.categorical: gower, which is a distance itself",
        hint="leave clustering_configuration.parameters.metric out, or set categorical to onehot",
    )


def check_finite(points: Points) -> None:
    """Raise ClusteringError for a value that is not finite: some libraries cluster NaN, others never return."""
    import numpy as np

    if not np.isfinite(points.X).all():
        row, column = np.argwhere(~np.isfinite(points.X))[0]
        raise ClusteringError(
            f"the clustering space has a value that is not finite (row {row}, dimension {column})",
            hint="set preprocessing_configuration.missing_values to median or drop",
        )
