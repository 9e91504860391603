"""Each planted fault of a table is told of, by its columns, and a sound table has none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clusterctl.config.load import load_config
from clusterctl.engine.analysis import Session, load_data, prepare_space
from clusterctl.engine.stage import Stages
from clusterctl.events import ignore
from clusterctl.recommendation.red_flags import RedFlag, red_flags

RNG = np.random.default_rng(5)
N = 400


def sound() -> dict[str, Any]:
    return {"a": RNG.normal(50, 10, N), "b": RNG.uniform(0, 40, N), "c": RNG.normal(10, 3, N)}


def flags_of(columns: dict[str, Any], folder: Path, *, data: dict[str, Any] | None = None, **preprocessing: Any) -> dict[str, RedFlag]:
    pd.DataFrame(columns).to_csv(folder / "t.csv", index=False)
    loaded = load_config(
        {
            "clustering_data": {"data_source": str(folder / "t.csv"), **(data or {})},
            "clustering_configuration": {"algorithm": "kmeans"},
            "preprocessing_configuration": preprocessing,
        }
    )
    session = Session(Stages(ignore), 1, 0)
    dataset = load_data(loaded, session, offline=True)
    return {flag.code: flag for flag in red_flags(dataset, prepare_space(dataset, loaded.config, session))}


def test_a_sound_table_has_none(tmp_path: Path) -> None:
    assert flags_of(sound(), tmp_path) == {}


def test_unscaled_features_are_told_of_only_where_they_are_not_scaled(tmp_path: Path) -> None:
    columns = {**sound(), "income": RNG.normal(50_000, 9_000, N)}
    assert flags_of(columns, tmp_path) == {}
    assert flags_of(columns, tmp_path, scaling="none")["unscaled_features"].remedy == "preprocessing_configuration.scaling: standard"


@pytest.mark.parametrize("drawn", [RNG.lognormal(0, 1.2, N), -RNG.lognormal(0, 1.2, N)])
def test_a_heavily_skewed_feature_is_named_unless_it_is_transformed(tmp_path: Path, drawn: np.ndarray) -> None:
    from scipy.stats import skew

    assert abs(skew(drawn)) > 2
    columns = {**sound(), "spend": drawn}
    flag = flags_of(columns, tmp_path)["skewed_features"]
    assert flag.columns == ("spend",)
    assert flags_of(columns, tmp_path, **dict([(flag.remedy or "").removeprefix("preprocessing_configuration.").split(": ")])) == {}


def test_a_feature_that_repeats_another_is_named(tmp_path: Path) -> None:
    columns = sound()
    columns["twin"] = -3 * columns["a"] + RNG.normal(0, 0.1, N)
    columns["cousin"] = columns["a"] + RNG.normal(0, 6, N)
    assert flags_of(columns, tmp_path)["near_duplicates"].columns == ("twin",)


def test_categories_that_make_up_most_of_the_distances_are_told_of(tmp_path: Path) -> None:
    columns = {"a": RNG.normal(size=N), **{f"kind{i}": RNG.choice(list("pqrs"), N) for i in range(4)}}
    assert flags_of(columns, tmp_path)["one_hot_dominates"].columns == ("kind0", "kind1", "kind2", "kind3")
    assert "one_hot_dominates" not in flags_of({**sound(), "kind": RNG.choice(list("pq"), N)}, tmp_path)


def test_no_more_rows_than_dimensions_is_told_of(tmp_path: Path) -> None:
    wide = {f"x{i}": RNG.normal(size=30) for i in range(30)}
    assert "more_columns_than_rows" in flags_of(wide, tmp_path)
    assert "more_columns_than_rows" not in flags_of({name: wide[name] for name in list(wide)[:29]}, tmp_path)


def test_rows_that_are_mostly_doubles_are_told_of(tmp_path: Path) -> None:
    columns = {name: np.repeat(column[: N // 4], 4) for name, column in sound().items()}
    assert "ties" in flags_of(columns, tmp_path)


def test_ids_and_constants_that_were_left_out_are_named(tmp_path: Path) -> None:
    flag = flags_of({**sound(), "id": np.arange(N), "same": np.ones(N)}, tmp_path)["columns_left_out"]
    assert flag.columns == ("id", "same")


def test_an_id_that_is_clustered_on_by_request_is_told_of(tmp_path: Path) -> None:
    found = flags_of({**sound(), "id": np.arange(N)}, tmp_path, data={"features": ["a", "b", "id"]})
    assert "id_like_feature" in found


def test_an_embedding_is_told_of_for_it_makes_clusters_of_its_own(tmp_path: Path) -> None:
    assert "embedding_space" in flags_of(sound(), tmp_path, dimensionality_reduction="tsne")


def test_gaps_and_large_numbers_do_not_hide_a_fault(tmp_path: Path) -> None:
    columns = sound()
    columns["twin"] = columns["a"] * 1e100
    columns["twin"][::7] = np.nan
    assert flags_of(columns, tmp_path, missing_values="median").get("near_duplicates") is not None
