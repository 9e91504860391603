"""A model is arrays and JSON alone, and its steps, rebuilt from the files, prepare rows as they did."""

from __future__ import annotations

import io
import json
from typing import Any, ClassVar

import numpy as np
import pytest
from plan_tables import parts_of

from clusterctl.engine.modelling import model_parts
from clusterctl.preprocessing.prepare import transform
from clusterctl.preprocessing.steps import STEPS, from_state
from clusterctl.results.models import PredictInfo

PREPARED: dict[str, dict[str, Any]] = {
    "plain": {},
    "one of each": {
        "missing_values": "median",
        "transform": "yeo_johnson",
        "scaling": "robust",
        "outlier_detection": True,
        "outlier_action": "flag",
        "feature_selection": True,
        "dimensionality_reduction": "pca",
        "n_components": 2,
    },
    "quantiles": {"transform": "quantile", "scaling": "minmax", "missing_values": "most_frequent"},
    "ordinal": {"categorical": "ordinal", "transform": "log1p", "missing_values": "mean"},
    "mixed distance": {"categorical": "gower"},
}


class Document:
    """The few facts that a model takes from the document."""

    class metadata:
        version, config_sha256, data_sha256 = "1.2.3", "c" * 64, "d" * 64
        libraries: ClassVar[dict[str, str]] = {"numpy": "2"}

    class clustering_results:
        class model_info:
            predict = PredictInfo(rule="nearest_center", agreement=1.0, n_used=3, novelty_distance=None)


def through_files(parts: Any) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return arrays and facts as they come back from npz and JSON."""
    arrays, facts = model_parts(parts, Document)  # type: ignore[arg-type]
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    buffer.seek(0)
    with np.load(buffer, allow_pickle=False) as stored:
        loaded = {name: stored[name] for name in stored.files}
    return loaded, json.loads(json.dumps(facts, allow_nan=False))


def inside(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    """Put the arrays back where they stood."""
    if isinstance(value, dict):
        if set(value) == {"$array"}:
            return arrays[value["$array"]]
        return {key: inside(inner, arrays) for key, inner in value.items()}
    return [inside(inner, arrays) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", PREPARED)
def test_steps_rebuilt_from_the_files_give_the_same_points(name: str) -> None:
    parts = parts_of(PREPARED[name])
    arrays, facts = through_files(parts)
    steps = tuple(from_state(step["name"], inside(step["state"], arrays)) for step in facts["steps"])
    assert [step.name for step in steps] == [step.name for step in parts.space.steps]
    again = transform(steps, parts.dataset.frame)
    assert again.tobytes() == transform(parts.space.steps, parts.dataset.frame).tobytes()
    assert np.allclose(again, parts.space.points.X, rtol=1e-9, atol=1e-12)
    assert np.array_equal(arrays["points"], parts.space.points.X)


def test_every_step_that_can_place_new_rows_is_in_one_of_these() -> None:
    used = {step.name for given in PREPARED.values() for step in parts_of(given).space.steps}
    assert set(STEPS) - used <= {"umap", "tsne"}


@pytest.mark.parametrize("algorithm", ["kmeans", "dbscan", "hierarchical", "spectral", "gaussian_mixture", "hdbscan", "optics"])
def test_what_the_algorithm_left_of_its_fit_is_kept(algorithm: str) -> None:
    parts = parts_of({}, algorithm)
    arrays, facts = through_files(parts)
    clustering = parts.fit.clustering
    assert {name for name in arrays if name.startswith("fit/")} == {f"fit/{name}" for name in clustering.arrays}
    assert all(np.array_equal(arrays[f"fit/{name}"], value, equal_nan=True) for name, value in clustering.arrays.items())
    assert np.array_equal(arrays["labels"], clustering.labels)
    assert facts["algorithm"] == algorithm
    assert facts["parameters"] == parts.fit.settings.parameters.model_dump(mode="json")
    assert facts["n_clusters"] == clustering.n_clusters


def test_a_model_says_what_it_was_made_of() -> None:
    _, facts = through_files(parts_of({}))
    assert facts["format"] == 2
    assert (facts["version"], facts["config_sha256"], facts["data_sha256"]) == ("1.2.3", "c" * 64, "d" * 64)
    assert facts["features"] == ["x", "y", "shop"]
    assert len(facts["columns"]) == 5
    assert facts["distance"] == "euclidean"
