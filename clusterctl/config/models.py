"""The config file as one strict, frozen model."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from clusterctl.config.clustering import ClusteringConfiguration
from clusterctl.config.sections.execution import ExecutionConfiguration
from clusterctl.config.sections.output import OutputConfiguration
from clusterctl.config.sections.privacy import PrivacyConfiguration
from clusterctl.config.sections.recommend import RecommendConfiguration
from clusterctl.config.sections.sweep import SweepConfiguration
from clusterctl.data.settings import ClusteringData
from clusterctl.metrics.settings import EvaluationConfiguration
from clusterctl.plots.settings import VisualizationConfiguration
from clusterctl.preprocessing.settings import PreprocessingConfiguration
from clusterctl.strict import StrictModel


class Config(StrictModel):
    """One analysis, whole."""

    clustering_data: ClusteringData
    clustering_configuration: ClusteringConfiguration | None = None
    preprocessing_configuration: PreprocessingConfiguration = PreprocessingConfiguration()
    evaluation_configuration: EvaluationConfiguration = EvaluationConfiguration()
    visualization_configuration: VisualizationConfiguration = VisualizationConfiguration()
    output: OutputConfiguration = OutputConfiguration()
    execution: ExecutionConfiguration = ExecutionConfiguration()
    privacy: PrivacyConfiguration = PrivacyConfiguration()
    sweep_configuration: SweepConfiguration = SweepConfiguration()
    recommend_configuration: RecommendConfiguration = RecommendConfiguration()

    @model_validator(mode="after")
    def _sections_agree(self) -> Config:
        """Hold the sections against each other, for a config that is made without the loader."""
        from clusterctl.config.checks import check
        from clusterctl.config.problems import dotted

        problems = check(dump(self))
        if problems:
            raise ValueError("; ".join(f"{dotted(problem.path)}: {problem.text}" for problem in problems))
        return self


_SPARSE = ("privacy", "sweep_configuration", "recommend_configuration")


def dump(config: Config) -> dict[str, Any]:
    """Return the config as plain data, defaults filled in; of sections that are rarely used, only what was given."""
    tree: dict[str, Any] = config.model_dump(mode="json")
    for name in _SPARSE:
        tree[name] = getattr(config, name).model_dump(mode="json", exclude_defaults=True)
    if config.clustering_configuration is None:
        del tree["clustering_configuration"]
    return tree
