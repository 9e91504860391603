"""What there is by name: algorithms, metrics, plots; asked for on first use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clusterctl.algorithms.base import AlgorithmSpec
    from clusterctl.metrics.base import MetricSpec
    from clusterctl.plots.registry import PlotSpec

RESULT_VALUES = ("n_clusters", "noise_fraction", "smallest_cluster", "stability", "prediction_strength")
"""What a gate or a constraint may bound beside the metrics."""


def algorithms() -> Mapping[str, AlgorithmSpec]:
    """Return every algorithm by name."""
    from clusterctl.algorithms.registry import ALGORITHMS

    return ALGORITHMS


def metrics() -> Mapping[str, MetricSpec]:
    """Return every metric by name."""
    from clusterctl.metrics.registry import METRICS

    return METRICS


def rankable() -> list[str]:
    """Return the names of all values that have a better and a worse."""
    from clusterctl.metrics.ranking import FACTS

    return [*metrics(), *FACTS]


def plots() -> Mapping[str, PlotSpec]:
    """Return every plot by name."""
    from clusterctl.plots.registry import PLOTS

    return PLOTS


def names_that_take_n_clusters() -> str:
    """List the algorithms that take a number of clusters."""
    return ", ".join(name for name, spec in algorithms().items() if spec.takes_n_clusters)
