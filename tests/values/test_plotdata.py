"""What pictures are drawn from goes through a file without pickles and comes back the same."""

from __future__ import annotations

import dataclasses
import io
from typing import Any

import numpy as np
import pytest

from clusterctl.values.plotdata import EXCLUDED, FORMAT, NOISE, PlotData, SilhouetteCurves, TreeTop


def made(**changed: Any) -> PlotData:
    rng = np.random.default_rng(0)
    given: dict[str, Any] = {
        "algorithm": "k-means",
        "settings": "n_clusters 2, größe 3",
        "data_name": "tâble",
        "n_rows": 9,
        "n_points": 7,
        "n_noise": 1,
        "n_excluded": 1,
        "n_dropped": 1,
        "rows": np.arange(8),
        "sample_ids": np.array([f"k{row}" for row in range(8)]),
        "labels": np.array([0, 0, 0, 0, 1, 1, -1, -1]),
        "status": np.array([0] * 6 + [NOISE, EXCLUDED], dtype=np.uint8),
        "projection": rng.normal(size=(8, 2)),
        "axis_labels": ("PC 1 (60 %)", ""),
        "projection_method": "pca",
        "features": np.where(rng.random((8, 3)) < 0.2, np.nan, 1.5),
        "feature_names": ("a", "b b", "ç"),
        "cluster_ids": np.array([0, 1]),
        "cluster_sizes": np.array([4, 2]),
        "profile_groups": np.array([0, 1, -1]),
        "profile_names": ("a", "b = x"),
        "profile_means": rng.normal(size=(3, 2)),
        "silhouette": SilhouetteCurves(np.array([0.9, 0.1, 0.5]), np.array([0, 2, 3]), np.array([0.5, np.nan]), 0.5, 3),
        "tree": TreeTop(np.array([[0.0, 1.0, 2.5, 6.0]]), np.array([4, 2]), np.array([0, 1]), 2.0),
    }
    return PlotData(**{**given, **changed})


def through_a_file(data: PlotData) -> PlotData:
    buffer = io.BytesIO()
    np.savez(buffer, **data.to_arrays())
    buffer.seek(0)
    with np.load(buffer, allow_pickle=False) as stored:
        return PlotData.from_arrays({name: stored[name] for name in stored.files})


def equal(one: Any, other: Any) -> bool:
    if dataclasses.is_dataclass(one):
        return type(one) is type(other) and all(equal(getattr(one, f.name), getattr(other, f.name)) for f in dataclasses.fields(one))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    return one == other and type(one) is type(other)


NO_FEATURES = {"features": np.empty((8, 0)), "feature_names": (), "profile_names": (), "profile_means": np.empty((3, 0))}
NO_CLUSTERS = {"cluster_ids": np.empty(0, dtype=np.int64), "cluster_sizes": np.empty(0, dtype=np.int64), "silhouette": None}


@pytest.mark.parametrize(
    "changed",
    [{}, {"silhouette": None}, {"tree": None}, {"tree": None, "silhouette": None}, NO_FEATURES, NO_CLUSTERS],
    ids=["all", "no silhouette", "no tree", "neither", "no features", "no clusters"],
)
def test_it_comes_back_as_it_went(changed: dict[str, Any]) -> None:
    data = made(**changed)
    assert equal(through_a_file(data), data)


def test_a_tree_that_was_not_cut_by_height_comes_back_so() -> None:
    data = made(tree=TreeTop(np.array([[0.0, 1.0, 2.5, 6.0]]), np.array([4, 2]), np.array([0, -1]), None))
    assert equal(through_a_file(data), data)


def test_arrays_hold_no_objects() -> None:
    assert all(array.dtype.kind in "fiubU" for array in made().to_arrays().values())


def test_another_format_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=f"format 99, this version reads {FORMAT}"):
        PlotData.from_arrays({**made().to_arrays(), "format": np.array(99)})


def test_a_missing_array_is_a_key_error() -> None:
    arrays = made().to_arrays()
    del arrays["labels"]
    with pytest.raises(KeyError):
        PlotData.from_arrays(arrays)


def test_excluded_rows_are_not_counted_as_drawn_points() -> None:
    assert made().n_drawn == 7
    assert made().n_clusters == 2
