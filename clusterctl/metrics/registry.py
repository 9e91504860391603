"""Every metric by name, in the order in which they are listed and computed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from clusterctl.metrics.base import MetricSpec
from clusterctl.metrics.external import EXTERNAL
from clusterctl.metrics.internal import INTERNAL

if TYPE_CHECKING:
    from clusterctl.values.space import Metric

METRICS: Mapping[str, MetricSpec] = MappingProxyType({spec.name: spec for spec in (*INTERNAL, *EXTERNAL)})


def default_metrics(metric: Metric, has_truth: bool) -> tuple[str, ...]:
    """Return the names of all metrics that apply: what is computed when the config names none."""
    return tuple(name for name, spec in METRICS.items() if spec.applies(metric, has_truth))
