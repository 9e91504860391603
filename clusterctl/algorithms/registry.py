"""The algorithms in the order in which they are listed; importing this loads no numerical library."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from clusterctl.algorithms import dbscan, gaussian_mixture, hdbscan, hierarchical, kmeans, optics, spectral
from clusterctl.algorithms.base import AlgorithmSpec

_MODULES = (kmeans, dbscan, hierarchical, spectral, gaussian_mixture, hdbscan, optics)

ALGORITHMS: Mapping[str, AlgorithmSpec] = MappingProxyType({module.SPEC.name: module.SPEC for module in _MODULES})
