"""A labelling that is there already: the run's own scores bit for bit, scikit-learn's for labels from anywhere, and nothing fitted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk
from sklearn.datasets import make_blobs
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

import clusterctl
from clusterctl.commands.evaluate import evaluate as evaluate_command
from clusterctl.errors import ConfigError, DataLoadError, EvaluationError, OutputError, UsageError
from clusterctl.results.evaluation import EvaluationDocument

N = 240


def table() -> pd.DataFrame:
    X, groups = make_blobs(N, centers=4, n_features=3, cluster_std=1.6, random_state=3)
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(np.round(X, 4), columns=["a", "b", "c"]) * [1, 10, 0.2]
    frame.insert(0, "id", [f"r{row:03d}" for row in rng.permutation(N)])
    labels = np.where(rng.random(N) < 0.1, -1, np.where(rng.random(N) < 0.1, rng.integers(0, 4, N), groups))
    return frame.assign(label=labels, truth=np.array(list("wxyz"))[groups])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluate")
    table().to_csv(folder / "table.csv", index=False)
    return folder


def make_run(folder: Path, name: str, **sections: object) -> Path:
    config = {
        "clustering_data": {
            "data_source": str(folder / "table.csv"),
            "id_column": "id",
            "target_variable": "truth",
            "features": list("abc"),
        },
        "clustering_configuration": {"algorithm": "dbscan", "parameters": {"eps": 0.3, "min_samples": 5}},
        "visualization_configuration": {"generate_plots": False},
        "output": {"directory": str(folder / name)},
        **sections,
    }
    clusterctl.run(config)
    return folder / name


@pytest.fixture(scope="module")
def run(folder: Path) -> Path:
    """A run with noise, excluded rows, a truth, stability and null comparison."""
    return make_run(folder, "run", preprocessing_configuration={"outlier_detection": True, "outlier_fraction": 0.05})


def stored(run: Path) -> dict:
    return json.loads((run / "results.json").read_text())["clustering_results"]


def dumped(result: object) -> dict:
    return result.document.model_dump(mode="json")["evaluation_results"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_the_scores_of_a_run_are_its_own_bit_for_bit(run: Path, n_jobs: int) -> None:
    found, own = dumped(clusterctl.evaluate(run, n_jobs=n_jobs)), stored(run)
    assert own["evaluation_metrics"]["noise_fraction"] > 0
    assert found["evaluation_metrics"] == own["evaluation_metrics"]
    assert found["validation"]["silhouette_per_cluster"] == own["validation"]["silhouette_per_cluster"]


def test_the_evidence_of_a_run_is_the_stored_one(run: Path) -> None:
    found, own = dumped(clusterctl.evaluate(run)), stored(run)
    assert own["validation"]["stability"] is not None
    assert found["validation"]["stability"] == own["validation"]["stability"]
    assert found["validation"]["null"] == own["validation"]["null"]


def test_recomputing_gives_the_evidence_of_the_run_again(run: Path) -> None:
    result = clusterctl.evaluate(run, recompute=["stability", "null"])
    assert dumped(result)["validation"]["stability"] == stored(run)["validation"]["stability"]
    assert dumped(result)["validation"]["null"] == stored(run)["validation"]["null"]
    assert result.document.metadata.recomputed == ["stability", "null"]
    own = json.loads((run / "results.json").read_text())["metadata"]["warnings"]
    assert sorted(w.code for w in result.document.metadata.warnings) == sorted(w["code"] for w in own)


def test_metrics_that_the_run_did_not_ask_for_are_computed(folder: Path, run: Path) -> None:
    few = make_run(
        folder,
        "few",
        preprocessing_configuration={"outlier_detection": True, "outlier_fraction": 0.05},
        evaluation_configuration={"evaluation_metrics": ["inertia"], "cross_validation": False, "cluster_validation": False},
    )
    found = clusterctl.evaluate(few)
    assert dumped(found)["evaluation_metrics"] == stored(run)["evaluation_metrics"]
    reasons = {note.path: note.reason for note in found.document.metadata.notes}
    assert reasons["evaluation_results.validation.stability"] == "cross_validation is off"
    assert reasons["evaluation_results.validation.null"] == "cluster_validation is off"


def test_a_run_without_its_data_keeps_its_external_scores_and_says_so(folder: Path) -> None:
    moved = make_run(folder, "moved")
    whole = dumped(clusterctl.evaluate(moved))
    (folder / "table.csv").rename(folder / "elsewhere.csv")
    try:
        result = clusterctl.evaluate(moved)
        assert dumped(result)["evaluation_metrics"] == whole["evaluation_metrics"]
        assert [warning.code for warning in result.document.metadata.warnings].count("truth_not_read") == 1
        with pytest.raises(DataLoadError):
            clusterctl.evaluate(moved, recompute=["null"])
        found = clusterctl.evaluate(moved, data=str(folder / "elsewhere.csv"))
        assert "truth_not_read" not in [warning.code for warning in found.document.metadata.warnings]
    finally:
        (folder / "elsewhere.csv").rename(folder / "table.csv")


def test_other_data_than_the_run_s_is_refused(folder: Path, run: Path) -> None:
    table().assign(a=1.5).to_csv(folder / "changed.csv", index=False)
    with pytest.raises(DataLoadError, match="is not the data that the run saw: it has sha256:"):
        clusterctl.evaluate(run, recompute=["stability"], data=str(folder / "changed.csv"))


def test_a_fit_that_gives_other_labels_is_refused(folder: Path, run: Path) -> None:
    import shutil

    other = folder / "other"
    shutil.copytree(run, other)
    config = (other / "config.yaml").read_text()
    (other / "config.yaml").write_text(config.replace("eps: 0.3", "eps: 0.25"))
    with pytest.raises(EvaluationError, match="does not give its labels again"):
        clusterctl.evaluate(other, recompute=["stability"])


def test_a_model_that_is_not_the_run_s_is_refused(folder: Path, run: Path) -> None:
    import shutil

    mixed, other = folder / "mixed", make_run(folder, "kmeans", clustering_configuration={"algorithm": "kmeans", "n_clusters": 3})
    shutil.copytree(run, mixed)
    shutil.rmtree(mixed / "model")
    shutil.copytree(other / "model", mixed / "model")
    with pytest.raises(DataLoadError):
        clusterctl.evaluate(mixed)


def test_nothing_is_fitted_and_no_estimator_imported(run: Path) -> None:
    program = (
        "import sys, clusterctl; clusterctl.evaluate(sys.argv[1]);"
        "print([m for m in sys.modules if m.split('.')[0] in ('sklearn', 'hdbscan', 'fastcluster', 'umap', 'matplotlib', 'joblib')])"
    )
    done = subprocess.run([sys.executable, "-c", program, str(run)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


SCALERS = {"raw": None, "standard": StandardScaler(), "minmax": MinMaxScaler(), "robust": RobustScaler()}


@pytest.mark.parametrize("space", SCALERS)
def test_labels_from_anywhere_have_scikit_learn_s_scores(folder: Path, space: str) -> None:
    frame = table()
    result = clusterctl.evaluate(folder / "table.csv", label_column="label", features=["a", "b", "c"], truth="truth", space=space)
    found = dumped(result)["evaluation_metrics"]
    X = frame[["a", "b", "c"]].to_numpy()
    scaler = SCALERS[space]
    X = X if scaler is None else scaler.fit_transform(X)
    labels, kept = frame["label"].to_numpy(), (frame["label"] >= 0).to_numpy()
    for name in ("silhouette_score", "calinski_harabasz_score", "davies_bouldin_score"):
        assert found[name] == pytest.approx(getattr(sk, name)(X[kept], labels[kept]), rel=1e-9)
    for name in ("adjusted_rand_score", "normalized_mutual_info_score", "adjusted_mutual_info_score", "fowlkes_mallows_score"):
        assert found[name] == pytest.approx(getattr(sk, name)(frame["truth"], labels), rel=1e-9)
    alone = np.where(kept, labels, 100 + np.arange(N))
    assert found["noise_policies"]["silhouette_score"]["singletons"] == pytest.approx(sk.silhouette_score(X, alone), rel=1e-9)
    assert found["noise_policies"]["silhouette_score"]["one_cluster"] == pytest.approx(sk.silhouette_score(X, labels), rel=1e-9)
    rows = sk.silhouette_samples(X[kept], labels[kept])
    for cluster in dumped(result)["clusters"]:
        own = labels[kept] == int(cluster["label"])
        assert cluster["size"] == own.sum()
        assert cluster["silhouette"] == pytest.approx(rows[own].mean(), rel=1e-9)


def test_a_shuffled_label_file_matched_by_id_gives_the_same(folder: Path) -> None:
    shuffled = table().sample(frac=1, random_state=5)[["id", "label"]]
    shuffled.to_parquet(folder / "shuffled.parquet")
    given = {"features": ["a", "b", "c"], "truth": "truth"}
    own = clusterctl.evaluate(folder / "table.csv", label_column="label", **given)
    by_id = clusterctl.evaluate(folder / "table.csv", labels=folder / "shuffled.parquet", label_column="label", id_column="id", **given)
    assert dumped(by_id) == dumped(own)
    assert by_id.document.metadata.evaluated.matched_by == "id"
    by_position = clusterctl.evaluate(folder / "table.csv", labels=folder / "shuffled.parquet", label_column="label", **given)
    assert dumped(by_position) != dumped(own)


def test_text_labels_and_a_named_noise_label_mean_what_numbers_do(folder: Path) -> None:
    frame = table()
    names = {-1: "none", 0: "red", 1: "green", 2: "blue", 3: "<b>"}
    (folder / "names.json").write_text(json.dumps([{"word": names[label]} for label in frame["label"]]))
    given = {"features": ["a", "b", "c"]}
    numbers = dumped(clusterctl.evaluate(folder / "table.csv", label_column="label", **given))
    words = dumped(
        clusterctl.evaluate(folder / "table.csv", labels=folder / "names.json", label_column="word", noise_label="none", **given)
    )
    assert words["evaluation_metrics"] == numbers["evaluation_metrics"]
    assert [c["label"] for c in words["clusters"]] == [names[int(c["label"])] for c in numbers["clusters"]]


def test_labels_may_be_values_and_a_missing_one_leaves_its_row_out(folder: Path) -> None:
    frame = table()
    labels: list[object] = frame["label"].tolist()
    labels[3], labels[10] = None, float("nan")
    found = dumped(clusterctl.evaluate(folder / "table.csv", labels=labels, features=["a", "b", "c"], space="raw"))
    assert found["counts"]["n_unlabelled"] == 2
    kept = (frame["label"] >= 0).to_numpy() & ~np.isin(np.arange(N), [3, 10])
    expected = sk.silhouette_score(frame[["a", "b", "c"]].to_numpy()[kept], frame["label"].to_numpy()[kept])
    assert found["evaluation_metrics"]["silhouette_score"] == pytest.approx(expected, rel=1e-9)


def test_rows_with_gaps_count_in_sizes_and_external_scores_alone(tmp_path: Path) -> None:
    frame = table()
    frame.loc[[0, 5, 9], "b"] = np.nan
    frame.to_csv(tmp_path / "gaps.csv", index=False)
    result = clusterctl.evaluate(tmp_path / "gaps.csv", label_column="label", features=["a", "b"], truth="truth")
    found = dumped(result)
    assert (found["counts"]["n_scored"], found["counts"]["n_not_in_space"]) == (N - 3, 3)
    assert sum(cluster["size"] for cluster in found["clusters"]) == (frame["label"] >= 0).sum()
    assert found["evaluation_metrics"]["adjusted_rand_score"] == pytest.approx(sk.adjusted_rand_score(frame["truth"], frame["label"]))
    assert "rows_without_values" in [warning.code for warning in result.document.metadata.warnings]


def test_other_labels_are_scored_in_the_run_s_own_space(run: Path, folder: Path) -> None:
    own = clusterctl.evaluate(run)
    held = run / "assignments.parquet"
    again = clusterctl.evaluate(run, labels=held, label_column="cluster_id")
    assert dumped(again)["evaluation_metrics"]["silhouette_score"] == dumped(own)["evaluation_metrics"]["silhouette_score"]
    assert dumped(again)["validation"]["stability"] is None
    by_id = clusterctl.evaluate(run, labels=held, id_column="sample_id")
    assert dumped(by_id)["evaluation_metrics"] == dumped(again)["evaluation_metrics"]
    column = clusterctl.evaluate(run, label_column="label")
    assert column.document.metadata.evaluated.label_column == "label"
    assert dumped(column)["evaluation_metrics"] != dumped(own)["evaluation_metrics"]


def test_a_run_can_be_scored_in_another_space(run: Path) -> None:
    result = clusterctl.evaluate(run, space="raw", features=["a", "b"])
    found = dumped(result)
    assigned = pd.read_parquet(run / "assignments.parquet")
    kept = (assigned["status"] == "clustered").to_numpy()
    X = table()[["a", "b"]].to_numpy()[kept]
    expected = sk.davies_bouldin_score(X, assigned["cluster_id"].to_numpy()[kept])
    assert found["evaluation_metrics"]["davies_bouldin_score"] == pytest.approx(expected, rel=1e-9)
    assert result.document.metadata.space.source == "prepared"
    assert found["validation"]["stability"] == stored(run)["validation"]["stability"]


def test_every_null_has_its_reason(run: Path, folder: Path) -> None:
    from clusterctl.engine.nulls import _pattern, null_paths

    one = clusterctl.evaluate(folder / "table.csv", labels=["all"] * N, features=["a"], gates={"dbcv": {"min": 0}})
    for result in (clusterctl.evaluate(run), one, clusterctl.evaluate(folder / "table.csv", label_column="label")):
        tree = result.document.model_dump(mode="json")
        explained = [_pattern(note["path"]) for note in tree["metadata"]["notes"]]
        del tree["metadata"]["execution"]
        missing = [path for path in null_paths(tree) if not any(pattern.match(path) for pattern in explained)]
        assert missing == []


def test_the_document_is_as_its_schema_says(run: Path) -> None:
    import jsonschema

    from clusterctl.commands.schema import schema

    found = schema("output", evaluate=True)
    tree = json.loads(clusterctl.evaluate(run).document.model_dump_json())
    jsonschema.Draft202012Validator(found).validate(tree)
    assert EvaluationDocument.model_validate(tree)


def test_it_is_written_into_the_run_s_folder_and_nothing_else_is_touched(run: Path) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in sorted(run.rglob("*")) if path.is_file()}
    result = evaluate_command(run, into_run=True)
    assert result.path == run / "evaluation.json"
    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in sorted(run.rglob("*")) if path.is_file()}
    assert after.pop(run / "evaluation.json")[0].decode() == result.document.model_dump_json(indent=2) + "\n"
    before.pop(run / "evaluation.json", None)
    assert after == before
    assert not (run.parent / "run.lock").exists()


def test_from_python_nothing_is_written_unasked(run: Path, tmp_path: Path) -> None:
    (run / "evaluation.json").unlink(missing_ok=True)
    assert clusterctl.evaluate(run).path is None
    assert not (run / "evaluation.json").exists()
    clusterctl.evaluate(run, output=tmp_path / "e.json")
    assert json.loads((tmp_path / "e.json").read_text())["evaluation_results"]


def test_a_refused_write_leaves_the_earlier_evaluation_whole(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluate_command(run, into_run=True)
    before = (run / "evaluation.json").read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="disk is full"):
        evaluate_command(run, into_run=True)
    assert (run / "evaluation.json").read_bytes() == before
    assert [path.name for path in run.iterdir() if "new" in path.name] == []


def test_a_run_that_was_replaced_meanwhile_gets_no_evaluation_of_the_earlier(folder: Path, run: Path) -> None:
    import shutil

    copy = folder / "copy"
    shutil.copytree(run, copy)
    (copy / "evaluation.json").unlink(missing_ok=True)

    def replace_results(event: object) -> None:
        text = (copy / "results.json").read_bytes()
        (copy / "results.json").unlink()
        (copy / "results.json").write_bytes(text + b"\n")

    with pytest.raises(OutputError, match="was replaced by another run"):
        evaluate_command(copy, into_run=True, emit=replace_results)
    assert not (copy / "evaluation.json").exists()


def test_a_sweep_s_folder_is_its_best_run(folder: Path) -> None:
    config = {
        "clustering_data": {"data_source": str(folder / "table.csv"), "features": ["a", "b"]},
        "clustering_configuration": {"algorithm": "kmeans"},
        "evaluation_configuration": {"cross_validation": False, "cluster_validation": False},
        "visualization_configuration": {"generate_plots": False},
        "sweep_configuration": {"grid": {"clustering_configuration.n_clusters": [2, 4]}},
        "execution": {"executor": "inline"},
        "output": {"directory": str(folder / "swept")},
    }
    clusterctl.sweep(config)
    result = evaluate_command(folder / "swept", into_run=True)
    assert result.path == folder / "swept" / "best" / "evaluation.json"
    assert dumped(result)["evaluation_metrics"] == stored(folder / "swept" / "best")["evaluation_metrics"]


def test_gates_are_the_run_s_and_the_last_word_wins_bound_by_bound(folder: Path) -> None:
    gated = make_run(
        folder,
        "gated",
        evaluation_configuration={
            "gates": {"n_clusters": {"min": 2, "warn_min": 50}, "noise_fraction": {"max": 1}},
            "cross_validation": False,
            "cluster_validation": False,
        },
    )
    result = clusterctl.evaluate(gated)
    assert [(g.metric, g.bound, g.level, g.passed) for g in result.gates] == [
        ("n_clusters", "min 2", "error", True),
        ("n_clusters", "min 50", "warn", False),
        ("noise_fraction", "max 1", "error", True),
    ]
    assert result.exit_code == 0
    stricter = clusterctl.evaluate(gated, gates={"n_clusters": {"min": 40}, "stability": {"min": 0}})
    assert [(g.metric, g.bound, g.passed) for g in stricter.gates if g.level == "error"] == [
        ("n_clusters", "min 40", False),
        ("noise_fraction", "max 1", True),
        ("stability", "min 0", False),
    ]
    assert stricter.exit_code == 10


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({}, UsageError, "no labels are named"),
        ({"label_column": "lable"}, ConfigError, "did you mean 'label'"),
        ({"labels": [1, 2, 3]}, DataLoadError, "3 labels for 240 rows"),
        ({"labels": [None] * N}, EvaluationError, "no row has a label"),
        ({"label_column": "a"}, EvaluationError, "a measurement and no labelling"),
        ({"label_column": "label", "truth": "none"}, ConfigError, "--truth: there is no column 'none'"),
        ({"label_column": "label", "features": ["label"]}, ConfigError, "holds the labels or the truth"),
        ({"label_column": "label", "space": "log"}, ConfigError, "no space 'log'"),
        ({"label_column": "label", "recompute": ["null"]}, UsageError, "--recompute"),
        ({"label_column": "label", "gates": {"silhouete": {"min": 0}}}, ConfigError, "did you mean silhouette_score"),
        ({"label_column": "label", "output": "/nowhere/at/all.json"}, OutputError, "no folder /nowhere/at"),
    ],
)
def test_what_cannot_be_scored_is_told(folder: Path, asked: dict, error: type, words: str) -> None:
    with pytest.raises(error, match=words):
        clusterctl.evaluate(folder / "table.csv", **asked)


def test_ids_that_do_not_meet_are_told_and_counted(folder: Path, tmp_path: Path) -> None:
    ids = table()["id"]
    pd.DataFrame({"id": [*ids[:200], "x1", "x2"], "label": [0, 1] * 101}).to_csv(tmp_path / "some.csv", index=False)
    result = clusterctl.evaluate(folder / "table.csv", labels=tmp_path / "some.csv", label_column="label", id_column="id")
    assert dumped(result)["counts"]["n_unlabelled"] == 40
    assert "labels_without_row" in [warning.code for warning in result.document.metadata.warnings]
    pd.DataFrame({"id": ["x1", "x2"], "label": [0, 1]}).to_csv(tmp_path / "none.csv", index=False)
    with pytest.raises(DataLoadError, match="none of its ids"):
        clusterctl.evaluate(folder / "table.csv", labels=tmp_path / "none.csv", label_column="label", id_column="id")


def test_the_same_target_gives_the_same_document(run: Path) -> None:
    first, second = (clusterctl.evaluate(run).document.model_dump() for _ in range(2))
    for tree in (first, second):
        for name in ("processing_timestamp", "processing_duration", "execution"):
            del tree["metadata"][name]
    assert first == second


KINDS = {
    "kmeans": {"clustering_configuration": {"algorithm": "kmeans", "n_clusters": 4}},
    "gaussian_mixture": {"clustering_configuration": {"algorithm": "gaussian_mixture", "n_clusters": 3}},
    "hierarchical": {"clustering_configuration": {"algorithm": "hierarchical", "n_clusters": 4}},
    "spectral": {"clustering_configuration": {"algorithm": "spectral", "n_clusters": 4}},
    "hdbscan": {"clustering_configuration": {"algorithm": "hdbscan"}},
    "optics": {"clustering_configuration": {"algorithm": "optics", "parameters": {"min_samples": 8}}},
    "gower": {
        "clustering_data": {"features": ["a", "b", "kind"]},
        "clustering_configuration": {"algorithm": "hdbscan"},
        "preprocessing_configuration": {"categorical": "gower"},
    },
    "dropped": {
        "clustering_data": {"features": ["a", "gap"]},
        "preprocessing_configuration": {"missing_values": "drop", "dimensionality_reduction": "pca"},
    },
    "one cluster": {"clustering_configuration": {"algorithm": "kmeans", "n_clusters": 1}},
    "all noise": {"clustering_configuration": {"algorithm": "dbscan", "parameters": {"eps": 1e-6}}},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_run_has_its_own_scores_again(folder: Path, tmp_path: Path, kind: str) -> None:
    rng = np.random.default_rng(2)
    frame = table().assign(kind=rng.choice(["p", "q"], N), gap=lambda f: f["c"].mask(rng.random(N) < 0.1))
    frame.to_csv(tmp_path / "table.csv", index=False)
    data = {"data_source": str(tmp_path / "table.csv"), "id_column": "id", "target_variable": "truth", "features": list("abc")}
    own = KINDS[kind]
    run = make_run(
        tmp_path,
        "run",
        **{
            "clustering_configuration": {"algorithm": "kmeans", "n_clusters": 3},
            "evaluation_configuration": {"cross_validation": False, "cluster_validation": False},
            **own,
            "clustering_data": {**data, **own.get("clustering_data", {})},  # type: ignore[dict-item]
        },
    )
    found, expected = dumped(clusterctl.evaluate(run)), stored(run)
    assert found["evaluation_metrics"] == expected["evaluation_metrics"]
    assert found["validation"]["silhouette_per_cluster"] == expected["validation"]["silhouette_per_cluster"]
    sizes = {center["cluster_id"]: center["cluster_size"] for center in expected["clusters"]["cluster_centers"]}
    assert {cluster["cluster_id"]: cluster["size"] for cluster in found["clusters"]} == sizes


def test_a_run_that_kept_earlier_numbers_has_its_own_scores_and_evidence_again(folder: Path, tmp_path: Path) -> None:
    first = make_run(tmp_path, "first", clustering_data={"data_source": str(folder / "table.csv"), "features": ["a", "b"]})
    frame = table()
    frame = frame[frame["truth"] != frame["truth"].value_counts().index[-1]].iloc[10:]
    frame = pd.concat([frame, frame[frame["truth"] == frame["truth"].iloc[-1]].assign(a=lambda f: f["a"] + 0.01)])
    frame.to_csv(tmp_path / "later.csv", index=False)
    later = make_run(
        tmp_path,
        "later",
        clustering_data={"data_source": str(tmp_path / "later.csv"), "features": ["a", "b"]},
        output={"directory": str(tmp_path / "later"), "align_to": str(first)},
    )
    own = stored(later)
    numbers = [center["cluster_id"] for center in own["clusters"]["cluster_centers"]]
    for result in (clusterctl.evaluate(later), clusterctl.evaluate(later, recompute=["stability", "null"])):
        found = dumped(result)
        assert [cluster["cluster_id"] for cluster in found["clusters"]] == numbers
        assert found["evaluation_metrics"] == own["evaluation_metrics"]
        assert found["validation"]["silhouette_per_cluster"] == own["validation"]["silhouette_per_cluster"]
        assert found["validation"]["stability"] == own["validation"]["stability"]
    assert numbers != sorted(range(len(numbers)), key=lambda place: -own["clusters"]["cluster_centers"][place]["cluster_size"])
