from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from plot_builders import density_arrays, make_dataset, make_space

from clusterctl.plots.compute import compute_plot_data
from clusterctl.values.clustering import Clustering, canonical
from clusterctl.values.plotdata import PlotData


@pytest.fixture(scope="session")
def make() -> Callable[..., PlotData]:
    """PlotData of k blobs in d dimensions, the first `n_noise` rows noise.

    `hierarchical` (or that kind) adds a Ward linkage and its cut, `condensed` marks it as HDBSCAN's, other kinds add what such an
    algorithm leaves. Every cluster has a stability.
    """

    def build(
        k: int = 3,
        n: int = 200,
        d: int = 4,
        *,
        n_noise: int = 0,
        hierarchical: bool = False,
        condensed: bool = False,
        kind: str | None = None,
        names: list[str] | None = None,
        source: str = "../data/customers.csv.gz",
        **other: Any,
    ) -> PlotData:
        generator = np.random.default_rng(0)
        blob = np.arange(n) % max(k, 1)
        X = generator.normal(size=(n, d)) + 8 * generator.normal(size=(max(k, 1), d))[blob]
        arrays = {}
        labels = np.full(n, -1) if k == 0 else canonical(blob)[0]
        if hierarchical or kind == "hierarchical":
            from scipy.cluster.hierarchy import fcluster, linkage

            arrays = {"linkage": linkage(X, "ward")}
            labels = canonical(fcluster(arrays["linkage"], k, "maxclust"))[0]
        if condensed:
            arrays["condensed_parent"] = np.empty(0, dtype=np.int64)
        labels[:n_noise] = -1
        more, facts, parameters = density_arrays(kind, X, labels)
        arrays |= more
        silhouettes = np.where(labels < 0, np.nan, np.linspace(-0.2, 0.9, n))
        frame = pd.DataFrame(X, columns=names or [f"x{column}" for column in range(d)])
        clustering = Clustering(labels, k, arrays=arrays, facts=facts)
        space = make_space(X, tuple(frame.columns))
        stability = np.linspace(0.95, 0.4, k).tolist()
        values = {"algorithm": "kmeans", "settings": "n_clusters 3", "parameters": parameters, "stability": stability} | other
        return compute_plot_data(make_dataset(frame, source), space, clustering, labels, silhouettes, 0, **values)

    return build
