"""The fitted model as arrays and JSON alone: what `predict` needs, so that nothing is ever unpickled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from clusterctl.engine.findings import Parts
from clusterctl.results.model import MODEL_FORMAT

if TYPE_CHECKING:
    from clusterctl.results.models import ResultsDocument


def model_parts(parts: Parts, document: ResultsDocument) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return the arrays of model.npz and the facts of model.json; the hashes of both are added where they are written.

    Where a fact holds an array it stands as `{"$array": name}`, its key in the npz. The arrays are the training points with their
    labels, the points before an embedding, and what the algorithm left of its fit, in the order of `cluster_ids`; of a fit on a sample
    also `fitted`, the positions of the points that it was made on.
    """
    fit, space, info = parts.fit, parts.space, document.clustering_results.model_info.predict
    found, settings = fit.fitted
    is_of_sample = fit.sample is not None and space.before_embedding is None
    arrays: dict[str, np.ndarray] = {
        "points": space.points.X,
        "labels": fit.named(fit.clustering.labels),
        **{f"fit/{name}": np.asarray(value) for name, value in found.arrays.items()},
    }
    if fit.sample is not None and is_of_sample:
        arrays["fitted"] = fit.sample.rows
    if space.before_embedding is not None:
        arrays["before_embedding"] = space.before_embedding
    steps = [{"name": step.name, "state": _outside(step.state(), f"steps/{place}", arrays)} for place, step in enumerate(space.steps)]
    metadata = document.metadata
    facts = {
        "format": MODEL_FORMAT,
        "version": metadata.version,
        "libraries": dict(metadata.libraries),
        "config_sha256": metadata.config_sha256,
        "data_sha256": metadata.data_sha256,
        "algorithm": fit.spec.name,
        "parameters": settings.parameters.model_dump(mode="json"),
        "n_clusters": fit.clustering.n_clusters,
        "cluster_ids": list(fit.fitted_ids if is_of_sample else fit.cluster_ids),
        "random_state": fit.settings.random_state,
        "distance": space.points.metric,
        "features": list(parts.dataset.features),
        "id_column": parts.dataset.id_name,
        "columns": list(space.columns),
        "steps": steps,
        "predict": info.model_dump(mode="json"),
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
