"""The fitted model as arrays and JSON alone: what `predict` will need, so that nothing is ever unpickled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from clusterctl.engine.findings import Parts

if TYPE_CHECKING:
    from clusterctl.results.models import ResultsDocument

MODEL_FORMAT = 1


def model_parts(parts: Parts, document: ResultsDocument) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return the arrays of model.npz and the facts of model.json.

    Where a fact holds an array it stands as `{"$array": name}`, its key in the npz. The arrays are the training points with their
    labels, and what the algorithm left of its fit, in the order of the cluster numbers.
    """
    arrays: dict[str, np.ndarray] = {
        "points": parts.space.points.X,
        "labels": parts.fit.clustering.labels,
        **{f"fit/{name}": np.asarray(value) for name, value in parts.fit.clustering.arrays.items()},
    }
    steps = [{"name": step.name, "state": _outside(step.state(), f"steps/{place}", arrays)} for place, step in enumerate(parts.space.steps)]
    metadata = document.metadata
    facts = {
        "format": MODEL_FORMAT,
        "version": metadata.version,
        "config_sha256": metadata.config_sha256,
        "data_sha256": metadata.data_sha256,
        "algorithm": parts.fit.spec.name,
        "parameters": parts.fit.settings.parameters.model_dump(mode="json"),
        "n_clusters": parts.fit.clustering.n_clusters,
        "random_state": parts.fit.settings.random_state,
        "distance": parts.space.points.metric,
        "features": list(parts.dataset.features),
        "columns": list(parts.space.columns),
        "steps": steps,
    }
    return arrays, facts


def _outside(value: Any, name: str, arrays: dict[str, np.ndarray]) -> Any:
    """Return plain JSON for a state, its arrays moved to `arrays`."""
    if isinstance(value, np.ndarray):
        arrays[name] = value
        return {"$array": name}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(key): _outside(inner, f"{name}/{key}", arrays) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_outside(inner, f"{name}/{place}", arrays) for place, inner in enumerate(value)]
    return value
