"""What is left to `auto`: settled from the prepared points, by a named rule, before anything is fitted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from clusterctl.algorithms.base import AlgorithmSpec, Settings
from clusterctl.algorithms.dbscan import DBSCANParameters
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.config.load import with_strategy
from clusterctl.engine.sampling import first_that_fits
from clusterctl.recommendation.eps import choose_eps
from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    from clusterctl.config.clustering import ClusteringConfiguration
    from clusterctl.config.load import LoadedConfig
    from clusterctl.recommendation.chosen import Chosen
    from clusterctl.values.space import Points


@dataclass(frozen=True, slots=True)
class Choice:
    """An algorithm with every setting concrete.

    chosen: what `auto` became: setting → {value, rule, why, evidence}. settle: how the setting would be chosen for other points; None:
    what was chosen holds for them too.
    """

    spec: AlgorithmSpec
    settings: Settings
    chosen: dict[str, dict[str, Any]]
    cautions: tuple[Caution, ...] = ()
    settle: Callable[[Points], Settings] | None = None


def choose(points: Points, configuration: ClusteringConfiguration, random_state: int, n_jobs: int) -> Choice:
    """Return the algorithm's settings with `auto` resolved. Deterministic for a seed."""
    spec = ALGORITHMS[configuration.algorithm]
    parameters = configuration.parameters
    chosen: dict[str, Chosen] = {}
    settle = None
    if isinstance(parameters, DBSCANParameters) and parameters.eps == "auto":
        chosen["eps"] = choose_eps(points, parameters)
        settle = partial(_with_eps, parameters, random_state)
        parameters = parameters.model_copy(update={"eps": chosen["eps"].value})
    n_clusters = configuration.n_clusters
    if n_clusters == "auto":
        from clusterctl.recommendation.n_clusters import choose_n_clusters

        chosen["n_clusters"] = choose_n_clusters(points, spec, parameters, random_state, n_jobs)
        n_clusters = int(chosen["n_clusters"].value)
    return Choice(
        spec,
        Settings(parameters, n_clusters, random_state),
        {name: _as_dict(found) for name, found in chosen.items()},
        tuple(caution for found in chosen.values() for caution in found.cautions),
        settle,
    )


def settle_strategy(loaded: LoadedConfig, choice: Choice, points: Points, max_memory: int | None) -> LoadedConfig:
    """Return the config with `execution.strategy: auto` replaced by the one used: `exact` if that fits, else `sample`."""
    strategy: str = loaded.config.execution.strategy
    if strategy == "auto":
        strategy = first_that_fits(choice.spec, choice.settings, points.n_rows, points.n_columns, max_memory)
    return with_strategy(loaded, strategy)


def _with_eps(parameters: DBSCANParameters, random_state: int, points: Points) -> Settings:
    """Return DBSCAN's setting with the eps that `auto` is for these points."""
    return Settings(parameters.model_copy(update={"eps": choose_eps(points, parameters).value}), None, random_state)


def _as_dict(found: Chosen) -> dict[str, Any]:
    return {"value": found.value, "rule": found.rule, "why": found.why, "evidence": dict(found.evidence)}
