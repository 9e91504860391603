"""The config section `clustering_configuration`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, SerializeAsAny, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from clusterctl.algorithms.base import Parameters
from clusterctl.config import registries
from clusterctl.strict import StrictModel

AlgorithmName = Literal["kmeans", "dbscan", "hierarchical", "spectral", "gaussian_mixture", "hdbscan", "optics"]


class ClusteringConfiguration(StrictModel):
    """The algorithm and its settings."""

    algorithm: AlgorithmName
    """The algorithm, by name."""
    parameters: SerializeAsAny[Parameters] = Field(default_factory=Parameters)
    """The algorithm's own settings, by the field's names."""
    n_clusters: Literal["auto"] | Annotated[int, Field(ge=1)] | None = None
    """How many clusters, or `auto`, the default where the algorithm takes a number; an error where it takes none."""
    random_state: Annotated[int, Field(ge=0, lt=2**32)] | None = 0
    """Seed of all random numbers; null: one is drawn, and written down."""

    @field_validator("parameters", mode="plain", json_schema_input_type=dict[str, Any])
    @classmethod
    def _by_algorithm(cls, value: Any, info: ValidationInfo) -> Parameters:
        """Read the parameters by the algorithm's own model; an unknown algorithm is told by its own field."""
        algorithm = info.data.get("algorithm")
        if algorithm is None:
            return Parameters()
        model = registries.algorithms()[algorithm].parameters
        if isinstance(value, model):
            return value
        if type(value) is Parameters:
            value = {}
        return model.model_validate(value)

    @model_validator(mode="wrap")
    @classmethod
    def _n_clusters_by_algorithm(cls, value: Any, handler: Any) -> ClusteringConfiguration:
        """Fill in `auto` where a number is taken and none is given."""
        made: ClusteringConfiguration = handler(value)
        told = n_clusters_problem(made.algorithm, made.n_clusters, getattr(made.parameters, "distance_threshold", None))
        if told is not None:
            raise PydanticCustomError("n_clusters", "{told}", {"told": told})
        takes = registries.algorithms()[made.algorithm].takes_n_clusters
        if takes and made.n_clusters is None and getattr(made.parameters, "distance_threshold", None) is None:
            return made.model_copy(update={"n_clusters": "auto"})
        return made


def n_clusters_problem(algorithm: Any, n_clusters: Any, distance_threshold: Any) -> str | None:
    """Tell what is wrong about a number of clusters given to this algorithm; None: nothing."""
    spec = registries.algorithms().get(algorithm) if isinstance(algorithm, str) else None
    if spec is None or n_clusters is None:
        return None
    if not spec.takes_n_clusters:
        return f"{algorithm} takes no n_clusters; leave it out, or choose one of {registries.names_that_take_n_clusters()}"
    if distance_threshold is not None:
        return "give n_clusters or parameters.distance_threshold, not both"
    return None
