"""Numbers from an earlier run: by rows, by position, by centres, or not at all; and everything that carries them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import clusterctl
from clusterctl.engine.findings import Explanation
from clusterctl.engine.numbering import name_explanation
from clusterctl.results.models import ClusterCenter, OutlierAnalysis, Recommendations
from clusterctl.values.remarks import Note

PLACES = {"a": (0.0, 0.0), "b": (12.0, 0.0), "c": (0.0, 12.0), "d": (12.0, 12.0)}


def a_table(seed: int, sizes: dict[str, int], *, first: int = 0) -> pd.DataFrame:
    """Return blobs of those sizes, with the group that each row is of in the column `group`."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(list(sizes), list(sizes.values()))
    X = np.array([PLACES[group] for group in groups]) + rng.normal(size=(len(groups), 2))
    frame = pd.DataFrame({"id": [f"r{first + row}" for row in range(len(X))], "x": X[:, 0], "y": X[:, 1], "group": groups})
    return frame.sample(frac=1, random_state=seed)


def run(folder: Path, name: str, frame: pd.DataFrame, *, earlier: str = "none", ids: bool = True, **sections: Any) -> Any:
    """Run on a table and return the document's results, warnings and the number that most rows of each group have."""
    frame.to_csv(folder / f"{name}.csv", index=False)
    k = frame["group"].nunique()
    config = {
        "clustering_data": {"data_source": str(folder / f"{name}.csv"), "features": ["x", "y"], "id_column": "id" if ids else None},
        "clustering_configuration": {"algorithm": "kmeans", "n_clusters": k},
        "evaluation_configuration": {"cross_validation": False, "cluster_validation": False},
        "visualization_configuration": {"generate_plots": False},
        "output": {"directory": str(folder / name), "align_to": earlier if earlier == "none" else str(folder / earlier)},
        **sections,
    }
    clusterctl.run(config)
    document = json.loads((folder / name / "results.json").read_text())
    numbers = pq.read_table(folder / name / "assignments.parquet")["cluster_id"].to_pandas()
    numbers.index = frame["group"].to_numpy()
    return document, numbers.groupby(level=0).agg(lambda ids: int(ids.mode()[0])).to_dict()


FIRST = {"a": 60, "b": 50, "c": 40}


def test_by_size_nothing_is_aligned_and_a_note_says_so(tmp_path: Path) -> None:
    document, numbers = run(tmp_path, "one", a_table(0, FIRST))
    info = document["clustering_results"]["model_info"]
    assert (info["alignment"], info["next_cluster_id"], numbers) == (None, 3, {"a": 0, "b": 1, "c": 2})
    assert {"path": "clustering_results.model_info.alignment", "reason": "output.align_to is none"} in document["metadata"]["notes"]


def test_rows_in_both_tell_which_cluster_is_which(tmp_path: Path) -> None:
    table = a_table(0, {**FIRST, "d": 30})
    run(tmp_path, "one", table[table["group"] != "d"])
    document, numbers = run(tmp_path, "two", table[table["group"] != "a"], earlier="one")
    assert numbers == {"b": 1, "c": 2, "d": 3}
    info = document["clustering_results"]["model_info"]
    assert (info["alignment"]["matched_by"], info["next_cluster_id"]) == ("sample_id", 4)
    assert {name: info["alignment"][name] for name in ("kept", "new", "gone")} == {"kept": [1, 2], "new": [3], "gone": [0]}


def test_without_ids_rows_are_matched_by_position_with_a_warning(tmp_path: Path) -> None:
    table = a_table(0, FIRST)
    run(tmp_path, "one", table, ids=False)
    moved = table.assign(x=table["x"] * -1, y=table["y"] + 3)
    document, numbers = run(tmp_path, "two", moved, earlier="one", ids=False)
    assert numbers == {"a": 0, "b": 1, "c": 2}
    assert document["clustering_results"]["model_info"]["alignment"]["matched_by"] == "position"
    assert "aligned_by_position" in [warning["code"] for warning in document["metadata"]["warnings"]]


@pytest.mark.parametrize("ids", [True, False])
def test_without_rows_in_common_clusters_are_matched_by_their_centres(tmp_path: Path, *, ids: bool) -> None:
    run(tmp_path, "one", a_table(0, FIRST), ids=ids)
    document, numbers = run(tmp_path, "two", a_table(5, {"c": 70, "b": 45, "d": 30}, first=1000), earlier="one", ids=ids)
    assert numbers == {"b": 1, "c": 2, "d": 3}
    assert document["clustering_results"]["model_info"]["alignment"]["matched_by"] == "centers"
    assert "aligned_by_centers" in [warning["code"] for warning in document["metadata"]["warnings"]]


def test_clusters_that_lie_elsewhere_are_all_new(tmp_path: Path) -> None:
    run(tmp_path, "one", a_table(0, FIRST))
    far = a_table(5, FIRST, first=1000).assign(x=lambda frame: frame["x"] + 500)
    document, numbers = run(tmp_path, "two", far, earlier="one")
    assert sorted(numbers.values()) == [3, 4, 5]
    assert "nothing_aligned" in [warning["code"] for warning in document["metadata"]["warnings"]]


def test_what_cannot_be_matched_is_numbered_by_size_with_a_warning(tmp_path: Path) -> None:
    run(tmp_path, "one", a_table(0, FIRST))
    other = a_table(5, FIRST, first=1000).rename(columns={"x": "u", "y": "v"})
    settings = {"data_source": str(tmp_path / "two.csv"), "features": ["u", "v"], "id_column": "id"}
    document, numbers = run(tmp_path, "two", other, earlier="one", clustering_data=settings)
    assert numbers == {"a": 0, "b": 1, "c": 2}
    assert document["clustering_results"]["model_info"]["alignment"] is None
    assert "not_aligned" in [warning["code"] for warning in document["metadata"]["warnings"]]


@pytest.mark.parametrize("algorithm", ["hierarchical", "gaussian_mixture", "hdbscan"])
def test_numbers_are_all_that_aligning_changes(tmp_path: Path, algorithm: str) -> None:
    """Scores, pictures' arrays, texts and the model are those of the run that is not aligned, under other numbers."""
    table = a_table(0, {"a": 60, "b": 50, "c": 40, "d": 3})
    clustering = {"algorithm": algorithm} if algorithm == "hdbscan" else {"algorithm": algorithm, "n_clusters": 4}
    sections = {
        "clustering_configuration": {**clustering, "parameters": {"min_cluster_size": 3} if algorithm == "hdbscan" else {}},
        "evaluation_configuration": {},
    }
    run(tmp_path, "one", table[table["group"] != "b"].assign(group="z"), clustering_configuration={"algorithm": "kmeans", "n_clusters": 3})
    plain, by_size = run(tmp_path, "plain", table, **sections)
    aligned, numbers = run(tmp_path, "aligned", table, earlier="one", **sections)
    called = {by_size[group]: numbers[group] for group in by_size if by_size[group] >= 0}
    assert called != {number: number for number in called}
    a, b = plain["clustering_results"], aligned["clustering_results"]
    assert a["evaluation_metrics"] == b["evaluation_metrics"]
    stability = {name: found["validation"]["stability"]["per_cluster"] for name, found in (("a", a), ("b", b))}
    order = sorted(called, key=called.__getitem__)
    assert [stability["a"][number] for number in order] == stability["b"]
    tiny = {warning["code"]: warning["message"] for warning in aligned["metadata"]["warnings"]}
    if "tiny_clusters" in tiny:
        assert f"{numbers['d']} (" in tiny["tiny_clusters"]
    with np.load(tmp_path / "plain" / "points.npz") as first, np.load(tmp_path / "aligned" / "points.npz") as second:
        assert np.array_equal(first["projection"], second["projection"])
        assert [called.get(label, label) for label in first["labels"].tolist()] == second["labels"].tolist()
        for name in [name for name in first.files if name.startswith("tree.") and name != "tree.leaf_clusters"]:
            assert np.array_equal(first[name], second[name]), name


STUDY = """
clustering_data: {data_source: two.csv, id_column: id, features: [x, y]}
clustering_configuration: {algorithm: kmeans, n_clusters: 2}
evaluation_configuration: {cross_validation: false, cluster_validation: false}
visualization_configuration: {generate_plots: false}
"""


def a_study(folder: Path, output: str) -> Path:
    """Leave a first run, a table of which its largest cluster is gone, and a config for that."""
    table = a_table(0, FIRST)
    run(folder, "one", table)
    table[table["group"] != "a"].to_csv(folder / "two.csv", index=False)
    (folder / "study").mkdir()
    (folder / "study" / "study.yaml").write_text(STUDY.replace("two.csv", "../two.csv") + output)
    return folder / "study" / "study.yaml"


def test_a_path_in_a_config_is_relative_to_it_and_the_config_left_behind_aligns_again(tmp_path: Path) -> None:
    config = a_study(tmp_path, "output: {align_to: ../one}\n")
    clusterctl.run(config, overrides=[f"output.directory={tmp_path / 'runs' / 'two'}"])
    left = tmp_path / "runs" / "two" / "config.yaml"
    assert "align_to: ../../one" in left.read_text()
    again = clusterctl.run(left, overrides=[f"output.directory={tmp_path / 'three'}"])
    stored = json.loads((left.parent / "results.json").read_text())
    assert again.document.clustering_results.model_dump(mode="json")["clusters"] == stored["clustering_results"]["clusters"]
    assert {center["cluster_id"] for center in stored["clustering_results"]["clusters"]["cluster_centers"]} == {1, 2}


def test_on_the_command_line_it_is_relative_to_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = a_study(tmp_path, "")
    monkeypatch.chdir(tmp_path)
    result = clusterctl.run(config, overrides=["output.align_to=one"])
    assert [center.cluster_id for center in result.document.clustering_results.clusters.cluster_centers] == [1, 2]


def test_a_run_may_align_to_the_folder_it_replaces(tmp_path: Path) -> None:
    config, target = a_study(tmp_path, ""), tmp_path / "one"
    clusterctl.run(config, overrides=[f"output.directory={target}", f"output.align_to={target}"], force=True)
    assert set(pq.read_table(target / "assignments.parquet")["cluster_id"].to_pylist()) == {1, 2}


def test_notes_follow_the_clusters_they_are_about() -> None:
    centers = [ClusterCenter(cluster_id=number, center_coordinates=[None], cluster_size=9 - number) for number in range(3)]
    advice = Recommendations(optimal_clusters=None, algorithm_recommendation=None, parameter_suggestions={}, interpretation_guidance=[])
    path = "clustering_results.clusters.cluster_centers[0].center_coordinates[0]"
    listed = "clustering_results.cluster_analysis.cluster_profiles[0,2].characteristics.features.x.effect"
    every = "clustering_results.cluster_analysis.cluster_profiles[*].characteristics.features.x.effect"
    notes = tuple(Note(text, "why") for text in (path, listed, every))
    explanation = Explanation(centers, [], [], [], OutlierAnalysis(outliers=[], outlier_scores=[]), advice, {}, notes)
    named = name_explanation(explanation, (7, 2, 4))
    assert [center.cluster_id for center in named.centers] == [2, 4, 7]
    assert [center.cluster_size for center in named.centers] == [8, 7, 9]
    assert [note.path for note in named.notes] == [path.replace("[0].", "[2]."), listed.replace("[0,2]", "[1,2]"), every]
