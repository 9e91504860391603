"""The kinds of result that a report may be about, and a finished run of one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clusterctl.results.models import ResultsDocument

CASES: dict[str, dict[str, Any]] = {
    "clusters": {"clustering_configuration": {"algorithm": "kmeans", "n_clusters": 3}},
    "noise": {"clustering_configuration": {"algorithm": "dbscan", "parameters": {"eps": 0.45, "min_samples": 5}}},
    "all noise": {"clustering_configuration": {"algorithm": "dbscan", "parameters": {"eps": 1e-9}}},
    "one cluster": {"clustering_configuration": {"algorithm": "kmeans", "n_clusters": 1}},
    "many": {"clustering_configuration": {"algorithm": "hierarchical", "n_clusters": 40}},
    "auto": {"clustering_configuration": {"algorithm": "gaussian_mixture"}},
    "auto finds none": {"clustering_configuration": {"algorithm": "kmeans"}, "clustering_data": {"features": ["u", "v"]}},
    "auto cannot tell": {
        "clustering_configuration": {"algorithm": "kmeans"},
        "clustering_data": {"features": ["kind"]},
        "visualization_configuration": {"generate_plots": False},
    },
    "bare": {
        "clustering_configuration": {"algorithm": "kmeans", "n_clusters": 3},
        "evaluation_configuration": {
            "evaluation_metrics": [],
            "cross_validation": False,
            "silhouette_analysis": False,
            "cluster_validation": False,
        },
        "visualization_configuration": {"generate_plots": False},
        "output": {"assignments": "sidecar"},
    },
    "protected": {
        "clustering_configuration": {"algorithm": "dbscan", "parameters": {"eps": 0.45, "min_samples": 5}},
        "clustering_data": {"features": ["x", "y"]},
        "privacy": {"protected": ["kind", "other", "size"], "min_group": 12, "include_samples": False},
    },
    "excluded": {
        "clustering_configuration": {"algorithm": "kmeans", "n_clusters": 3},
        "preprocessing_configuration": {"missing_values": "drop", "outlier_detection": True, "outlier_fraction": 0.05},
    },
}


@dataclass(frozen=True)
class Made:
    """A finished run: its folder, its report and its document."""

    folder: Path
    page: str
    document: ResultsDocument
