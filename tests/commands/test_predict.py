"""Predict from a run's folder, whatever form the table has; and what is said of rows that do not fit."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import clusterctl
from clusterctl.commands.predict import predict_to
from clusterctl.engine.agreement import sample
from clusterctl.errors import ConfigError, DataLoadError, OutputError, PreprocessingError, UsageError

N = 240


def a_frame(n: int = N, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    which = rng.integers(0, 3, n)
    frame = pd.DataFrame(
        {"id": [f"r{row}" for row in range(n)], "x": 9.0 * which + rng.normal(size=n), "y": rng.normal(size=n) - 5 * which}
    )
    frame["member"] = which == 1
    frame["colour"] = np.array(["red", "green", "blue"])[which]
    return frame


def a_run(folder: Path, frame: pd.DataFrame, algorithm: str = "kmeans", **sections: Any) -> Path:
    frame.to_csv(folder / "table.csv", index=False)
    config = {
        "clustering_data": {"data_source": str(folder / "table.csv"), "id_column": "id"},
        "clustering_configuration": {"algorithm": algorithm, **({"n_clusters": 3} if algorithm in ("kmeans", "spectral") else {})},
        "evaluation_configuration": {"cross_validation": False, "cluster_validation": False, "silhouette_analysis": False},
        "visualization_configuration": {"generate_plots": False},
        **sections,
        "output": {"directory": str(folder / "run")},
    }
    clusterctl.run(config)
    return folder / "run"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_run(tmp_path_factory.mktemp("run"), a_frame())


def labels_of(run: Path) -> list[int]:
    return list(pq.read_table(run / "assignments.parquet").column("cluster_id").to_pylist())


def test_the_rows_of_the_run_get_their_ids_clusters_and_confidence_in_order(run: Path) -> None:
    table = clusterctl.predict(run, run.parent / "table.csv").table
    assert table.column_names == ["sample_id", "cluster_id", "confidence", "distance", "novel"]
    stored = pq.read_table(run / "assignments.parquet")
    assert table.column("sample_id").to_pylist() == stored.column("sample_id").to_pylist()
    assert table.column("cluster_id").to_pylist() == stored.column("cluster_id").to_pylist()
    assert np.allclose(table.column("confidence").to_numpy(), stored.column("confidence").to_numpy())


def test_a_row_is_novel_beyond_what_99_percent_of_the_fitted_rows_are(run: Path) -> None:
    result = clusterctl.predict(run, run.parent / "table.csv")
    assert 0 < result.n_novel <= 0.01 * N
    distance = np.sort(result.table.column("distance").to_numpy())
    info = json.loads((run / "results.json").read_text())["clustering_results"]["model_info"]["predict"]
    assert info["novelty_distance"] == pytest.approx(distance[int(np.ceil(0.99 * N)) - 1])
    far = a_frame(5).assign(x=[1e3, -1e3, 500.0, 9.0, 0.0], y=0.0)
    assert clusterctl.predict(run, far).table.column("novel").to_pylist()[:3] == [True, True, True]


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.csv.gz", "t.parquet", "t.jsonl", "t.json"])
@pytest.mark.parametrize("batch_rows", [None, 7])
def test_every_format_and_batch_gives_the_same(run: Path, tmp_path: Path, name: str, batch_rows: int | None) -> None:
    frame, path = a_frame(50, 1), tmp_path / name
    if name.endswith(".parquet"):
        frame.to_parquet(path)
    elif ".json" in name:
        frame.to_json(path, orient="records", lines=name == "t.jsonl", double_precision=15)
    else:
        frame.to_csv(path, index=False, sep="\t" if name == "t.tsv" else ",")
    expected = clusterctl.predict(run, frame).table
    found = clusterctl.predict(run, path, batch_rows=batch_rows).table
    for column in ("sample_id", "cluster_id", "novel"):
        assert found.column(column).to_pylist() == expected.column(column).to_pylist()
    assert np.allclose(found.column("distance").to_numpy(), expected.column("distance").to_numpy())


def test_an_arrow_table_and_other_orders_of_columns_will_do_and_further_columns_are_passed_over(run: Path) -> None:
    frame = a_frame(20, 2)
    other = pa.Table.from_pandas(frame[["colour", "y", "x", "member", "id"]].assign(more=[[1]] * 20))
    assert clusterctl.predict(run, other).table.equals(clusterctl.predict(run, frame).table)


def test_rows_are_numbered_where_the_table_has_no_ids(run: Path) -> None:
    table = clusterctl.predict(run, a_frame(12).drop(columns="id"), batch_rows=5).table
    assert table.column("sample_id").to_pylist() == [str(row) for row in range(12)]


def test_a_table_without_rows_gives_a_table_without_rows(run: Path, tmp_path: Path) -> None:
    (tmp_path / "none.parquet").write_bytes(b"")
    a_frame(0).astype({"x": float, "y": float}).to_parquet(tmp_path / "none.parquet")
    assert clusterctl.predict(run, tmp_path / "none.parquet").n_rows == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda frame: frame.drop(columns=["x"]), "lacks 1 of the 4 columns"),
        (lambda frame: frame.rename(columns={"colour": "Colour"}), "there is 'Colour'"),
        (lambda frame: frame.assign(x=frame.x.astype(object).where(frame.index != 30, "n.n.")), "row 31 holds 'n.n.'"),
        (lambda frame: frame.assign(x=frame.x.where(frame.index != 30, np.inf)), "row 31"),
        (lambda frame: frame.assign(member=frame.member.astype(object).where(frame.index != 30, "maybe")), "row 31 holds 'maybe'"),
        (lambda frame: frame.assign(id=frame.id.where(frame.index != 30, None)), "no value in row 31"),
    ],
)
@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "frame"])
def test_what_does_not_fit_is_an_error_that_names_the_row(run: Path, tmp_path: Path, change: Any, said: str, name: str) -> None:
    frame = change(a_frame(60))
    if name == "t.csv":
        frame.to_csv(tmp_path / name, index=False)
    elif name == "t.jsonl":
        if np.isinf(pd.to_numeric(frame.get("x", pd.Series([0.0])), errors="coerce")).any():
            pytest.skip("JSON has no infinity")
        frame.to_json(tmp_path / name, orient="records", lines=True)
    with pytest.raises(DataLoadError, match=r"row|lacks|there is") as caught:
        clusterctl.predict(run, frame if name == "frame" else tmp_path / name, batch_rows=16)
    assert said in caught.value.message


@pytest.mark.parametrize(("column", "values"), [("colour", [1.5] * 9), ("x", ["a"] * 9), ("x", [True] * 9), ("member", [2] * 9)])
def test_a_column_of_another_type_is_an_error(run: Path, column: str, values: list[Any]) -> None:
    with pytest.raises(DataLoadError, match=f"column '{column}'"):
        clusterctl.predict(run, pa.table({**a_frame(9).to_dict("list"), column: values}))


def test_missing_values_without_a_rule_for_them_are_an_error_and_with_drop_are_rows_of_nulls(tmp_path: Path, run: Path) -> None:
    gaps = a_frame(10).assign(x=[np.nan, *range(9)])
    with pytest.raises(PreprocessingError, match="missing values"):
        clusterctl.predict(run, gaps)
    dropping = a_run(tmp_path, a_frame(), preprocessing_configuration={"missing_values": "drop"})
    result = clusterctl.predict(dropping, gaps)
    assert list(result.table.slice(0, 1).to_pylist()[0].values()) == ["r0", None, None, None, None]
    assert (result.n_dropped, result.table.column("cluster_id").null_count) == (1, 1)


def test_categories_never_seen_are_counted_and_told_once(run: Path) -> None:
    heard: list[Any] = []
    frame = a_frame(40).assign(colour=["red", "pink", "mauve", "blue"] * 10)
    result = clusterctl.predict(run, frame, batch_rows=8, emit=heard.append)
    warnings = [caution for caution in result.cautions if caution.code == "unseen_categories"]
    assert len(warnings) == 1
    assert "20 rows ('mauve', 'pink')" in warnings[0].message
    assert sum(getattr(event, "code", "") == "unseen_categories" for event in heard) == 1


@pytest.mark.parametrize("method", ["tsne", "umap"])
def test_after_an_embedding_the_neighbours_before_it_vote(tmp_path: Path, method: str) -> None:
    if method == "umap":
        pytest.importorskip("umap")
    run = a_run(tmp_path, a_frame(120), "hdbscan", preprocessing_configuration={"dimensionality_reduction": method})
    info = json.loads((run / "results.json").read_text())["clustering_results"]["model_info"]["predict"]
    assert info["rule"] == "neighbour_vote"
    found = clusterctl.predict(run, tmp_path / "table.csv").table.column("cluster_id").to_pylist()
    assert np.mean(np.array(found) == np.array(labels_of(run))) > 0.9


def test_low_agreement_is_warned_of_in_the_results_and_by_predict(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"id": range(150), "x": rng.uniform(size=150), "y": rng.uniform(size=150)})
    config = {"algorithm": "optics", "parameters": {"min_samples": 2}}
    run = a_run(tmp_path, frame, clustering_configuration=config)
    metadata = json.loads((run / "results.json").read_text())["metadata"]
    assert "predict_disagrees" in [warning["code"] for warning in metadata["warnings"]]
    assert "predict_disagrees" in [caution.code for caution in clusterctl.predict(run, frame).cautions]


def test_a_run_aligned_to_an_earlier_one_predicts_by_its_own_numbers(tmp_path: Path, run: Path) -> None:
    largest = np.array(labels_of(run)) == 0
    other = a_frame(seed=0)
    other = pd.concat([other[~largest], other[largest].head(20)])
    (tmp_path / "later").mkdir()
    frame = other.reset_index(drop=True)
    later = a_run(tmp_path / "later", frame)
    config = tmp_path / "later" / "run" / "config.yaml"
    aligned = tmp_path / "aligned"
    clusterctl.run(config, overrides=[f"output.align_to={run}", f"output.directory={aligned}"])
    assert labels_of(aligned) != labels_of(later)
    assert clusterctl.predict(aligned, frame).table.column("cluster_id").to_pylist() == labels_of(aligned)


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out.jsonl", "out.json"])
def test_a_file_has_the_form_of_its_name_and_the_same_rows(run: Path, tmp_path: Path, name: str) -> None:
    data, path = run.parent / "table.csv", tmp_path / name
    result = predict_to(run, data, output=path, stream=io.BytesIO(), batch_rows=100)
    expected = clusterctl.predict(run, data).table.to_pandas()
    read: Any = {
        ".csv": pd.read_csv,
        ".parquet": pd.read_parquet,
        ".jsonl": lambda file: pd.DataFrame([json.loads(line) for line in file.read_text().splitlines()]),
        ".json": lambda file: pd.DataFrame(json.loads(file.read_text())),
    }[path.suffix]
    pd.testing.assert_frame_equal(read(path), expected, check_dtype=False)
    assert (result.n_rows, result.output, result.table) == (N, path, None)
    assert sum(result.sizes.values()) == N
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_there_or_cannot_be_named_is_refused_before_anything_is_done(run: Path, tmp_path: Path) -> None:
    data, there = run.parent / "table.csv", tmp_path / "there.csv"
    there.write_text("mine")
    for output, kind in ((there, OutputError), (tmp_path / "x.xlsx", UsageError), (tmp_path / "no" / "x.csv", OutputError)):
        with pytest.raises(kind):
            predict_to(run, data, output=output, stream=io.BytesIO())
    with pytest.raises(OutputError, match="the table that is read"):
        predict_to(run, data, output=data, stream=io.BytesIO(), force=True)
    assert there.read_text() == "mine"
    predict_to(run, data, output=there, stream=io.BytesIO(), force=True)
    assert there.read_text().startswith("sample_id")


def test_an_error_midway_leaves_the_earlier_file_and_no_other(run: Path, tmp_path: Path) -> None:
    frame = a_frame(60).astype({"x": object})
    frame.loc[55, "x"] = "oops"
    frame.to_csv(tmp_path / "bad.csv", index=False)
    (tmp_path / "out.csv").write_text("earlier")
    with pytest.raises(DataLoadError):
        predict_to(run, tmp_path / "bad.csv", output=tmp_path / "out.csv", stream=io.BytesIO(), force=True, batch_rows=10)
    assert (tmp_path / "out.csv").read_text() == "earlier"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.csv", "out.csv"]


def test_ids_that_a_spreadsheet_would_run_are_harmless_in_csv_and_numbers_stay_numbers(run: Path) -> None:
    stream = io.BytesIO()
    frame = a_frame(4).assign(id=["=1+1", "-7", "@x, y", 'a"b'])
    path = run.parent / "risky.csv"
    frame.to_csv(path, index=False)
    predict_to(run, path, output=None, stream=stream)
    assert list(pd.read_csv(io.BytesIO(stream.getvalue())).sample_id) == ["'=1+1", "-7", "'@x, y", 'a"b']


def test_how_the_table_is_read_can_be_set_and_nothing_else(run: Path, tmp_path: Path) -> None:
    a_frame(9).to_csv(tmp_path / "t.csv", index=False, sep=";", decimal=",")
    overrides = ["clustering_data.read_options.separator=;", "clustering_data.read_options.decimal=','"]
    expected = clusterctl.predict(run, a_frame(9)).table.column("cluster_id")
    assert clusterctl.predict(run, tmp_path / "t.csv", overrides=overrides).table.column("cluster_id").equals(expected)
    with pytest.raises(UsageError):
        clusterctl.predict(run, tmp_path / "t.csv", overrides=["clustering_configuration.n_clusters=3"])
    with pytest.raises(ConfigError):
        clusterctl.predict(run, tmp_path / "t.csv", overrides=["clustering_data.read_options.separator=12"])


@pytest.mark.parametrize(("n", "n_most"), [(100, 200), (5000, 2000), (5000, 10)])
def test_the_sample_is_stratified_sorted_and_has_every_cluster(n: int, n_most: int) -> None:
    labels = np.where(np.arange(n) % 97 == 0, -1, np.arange(n) % 3)
    rows = sample(labels, n_most)
    assert (np.diff(rows) > 0).all()
    assert len(rows) <= max(n_most, 4)
    assert set(labels[rows]) == set(labels)
    shares = [(labels[rows] == label).mean() - (labels == label).mean() for label in (0, 1, 2)]
    assert np.abs(shares).max() < (0.01 if n_most > 100 else 0.2)


def test_predict_loads_no_picture_library_and_fits_nothing(run: Path) -> None:
    program = (
        "import sys, clusterctl; clusterctl.predict(sys.argv[1], sys.argv[2]); "
        "print([name for name in ('matplotlib', 'hdbscan', 'seaborn', 'plotly', 'umap') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(run), str(run.parent / "table.csv")], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
