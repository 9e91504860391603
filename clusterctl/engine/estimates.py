"""What the steps of an analysis take, told from the size of the table and the config before anything is computed.

Seconds are those of 3 GHz cores, good to a factor of about three.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.engine.pipeline import SAMPLE_ROWS
from clusterctl.metrics.registry import default_metrics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusterctl.algorithms.base import AlgorithmSpec
    from clusterctl.config.clustering import ClusteringConfiguration
    from clusterctl.config.models import Config
    from clusterctl.metrics.settings import EvaluationConfiguration
    from clusterctl.preprocessing.settings import PreprocessingConfiguration
    from clusterctl.values.dataset import Dataset
    from clusterctl.values.space import Metric

ONE_HOT_LEVELS = 50
START_UP = 2.0
"""Seconds that Python and its libraries take to be there."""
DRAWING = 0.8
"""Seconds that a run's plots take."""
EXACT_SILHOUETTE, EXACT_DBCV = 100_000, 20_000
N_CLUSTERS = 8
"""What `auto` is taken for."""
DISTANCES, LABELLING = 2.2e-9, 0.5e-9
"""Seconds a pair of rows that a silhouette pass takes for the distances, and for each labelling that shares it."""


def load_seconds(dataset: Dataset) -> float:
    """Return what reading the table takes: by what a million rows of ten numbers take."""
    return 5e-8 * dataset.n_rows * max(1, len(dataset.features))


def prepare_seconds(n_rows: int, n_columns: int) -> float:
    """Return what the usual steps of preprocessing take; reductions by umap and tsne take longer."""
    return 2e-8 * n_rows * n_columns


def settings_of(clustering: ClusteringConfiguration) -> tuple[AlgorithmSpec, Settings]:
    """Return the algorithm and its settings, with a stand-in for an `auto` number of clusters and 0 for a seed of null."""
    spec = ALGORITHMS[clustering.algorithm]
    n_clusters = clustering.n_clusters if isinstance(clustering.n_clusters, int) else (N_CLUSTERS if spec.takes_n_clusters else None)
    return spec, Settings(clustering.parameters, n_clusters, clustering.random_state or 0)


def metrics_of(config: Config, dataset: Dataset) -> Sequence[str]:
    """Return the names of the metrics that are computed."""
    names = config.evaluation_configuration.evaluation_metrics
    if names is not None:
        return names
    distance: Metric = "manhattan" if config.preprocessing_configuration.categorical == "gower" else "euclidean"
    return default_metrics(distance, dataset.target is not None)


def score_seconds(names: Sequence[str], n_rows: int, n_labellings: int, n_passes: int, n_jobs: int) -> float:
    """Return what scoring takes when the labellings share so many passes over the distances."""
    seconds = 0.0
    if "silhouette_score" in names:
        seconds += min(n_rows, EXACT_SILHOUETTE) ** 2 * (DISTANCES * n_passes + LABELLING * n_labellings) / n_jobs
    if "dbcv" in names:
        seconds += 7e-9 * min(n_rows, EXACT_DBCV) ** 2 * n_labellings / min(n_jobs, n_labellings)
    return seconds


def check_seconds(evaluation: EvaluationConfiguration, spec: AlgorithmSpec, settings: Settings, n_rows: int, n_columns: int) -> float:
    """Return what stability and null comparison of one clustering take, on one job."""
    from clusterctl.metrics.null import N_DRAWS  # load scipy, which no other command needs so early
    from clusterctl.metrics.stability import N_RESAMPLES

    rows = min(n_rows, SAMPLE_ROWS)
    stability = N_RESAMPLES * spec.seconds(rows // 2, n_columns, settings) if evaluation.cross_validation else 0.0
    null = 2 * N_DRAWS * (0.05 + spec.seconds(rows, n_columns, settings)) if evaluation.cluster_validation else 0.0
    return stability + null


def count_columns(dataset: Dataset, preprocessing: PreprocessingConfiguration) -> int:
    """Return the columns of the clustering space as far as they can be told without computing."""
    if preprocessing.dimensionality_reduction != "none" and preprocessing.n_components:
        return preprocessing.n_components
    n_columns = 0
    for name in dataset.features:
        kind = dataset.kinds[name]
        if kind == "text":
            n_columns += 100
        elif kind == "categorical" and preprocessing.categorical != "ordinal":
            n_columns += min(ONE_HOT_LEVELS, int(dataset.frame[name].nunique()))
        else:
            n_columns += 1
    return n_columns


def describe_preparation(preprocessing: PreprocessingConfiguration) -> str:
    """Return the steps of preprocessing in words."""
    steps = [f"missing {preprocessing.missing_values}", f"categories {preprocessing.categorical}"]
    if preprocessing.transform != "none":
        steps.append(preprocessing.transform)
    steps.append(f"scaling {preprocessing.scaling}")
    if preprocessing.outlier_detection:
        steps.append(f"outliers {preprocessing.outlier_action}")
    if preprocessing.feature_selection:
        steps.append("feature selection")
    if preprocessing.dimensionality_reduction != "none":
        steps.append(preprocessing.dimensionality_reduction)
    return ", ".join(steps)


def what_is_auto(clustering: ClusteringConfiguration) -> list[str]:
    """Return the settings that are left to be chosen from the points."""
    given = (("n_clusters", clustering.n_clusters), ("eps", getattr(clustering.parameters, "eps", None)))
    return [name for name, value in given if value == "auto"]


def as_seconds(seconds: float) -> str:
    """Return seconds in words."""
    return "under 0.1 s" if seconds < 0.1 else f"about {seconds:,.1f} s"
