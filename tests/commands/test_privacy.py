"""What the section `privacy` keeps out of results, looked for in every byte that any command writes or prints."""

from __future__ import annotations

import hmac
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from private_files import everything, traces, written_as

import clusterctl
from clusterctl.errors import ConfigError, DataLoadError

KEY = "KEYMARKER: the key of these tests"
ENV = {"CLUSTERCTL_HASH_KEY": KEY}
SMALL = 7
"""Rows of the smallest cluster, fewer than `min_group`."""


def a_frame(seed: int = 0) -> pd.DataFrame:
    """Three clear clusters, the last of 7 rows; every private column marked."""
    rng = np.random.default_rng(seed)
    which = np.repeat([0, 1, 2], [110, 80, SMALL])
    centres = np.array([[0.0, 0.0], [12.0, 0.0], [6.0, 30.0]])
    x = centres[which] + rng.normal(size=(len(which), 2))
    frame = pd.DataFrame({"who": [f"IDMARKER-{row:04d}" for row in range(len(which))], "x": x[:, 0], "y": x[:, 1]})
    frame["secret"] = [f"DROPMARKER{row}" for row in range(len(which))]
    frame["pay"] = 73194620.5 + np.arange(len(which)) * 1000
    frame["shop"] = np.where(rng.random(len(which)) < 0.5, "HASHMARKER_north", "HASHMARKER_south")
    frame["town"] = np.where(which == 0, "Bern", np.where(rng.random(len(which)) < 0.5, "Rome", "Oslo"))
    frame.loc[:2, "town"] = "RAREMARKER"
    frame["sex"] = np.where(rng.random(len(which)) < np.where(which == 0, 0.9, 0.2), "f", "m")
    return frame


def a_config(**privacy: Any) -> dict[str, Any]:
    return {
        "clustering_data": {"data_source": "table.csv", "id_column": "who"},
        "clustering_configuration": {"algorithm": "kmeans", "n_clusters": 3},
        "visualization_configuration": {
            "plot_types": ["scatter", "silhouette", "heatmap", "pairs", "parallel", "boxes"],
            "interactive_plots": True,
        },
        "evaluation_configuration": {"cross_validation": False, "cluster_validation": False},
        "output": {"table": "csv"},
        "privacy": privacy,
    }


ALL = {"drop": ["secret", "pay"], "hash": ["who", "shop"], "min_group": 10, "include_samples": False, "protected": ["sex"]}
DROPPED = [*written_as("DROPMARKER"), b"73194620.5", struct.pack("<d", 73194620.5), struct.pack(">d", 73194620.5)]
HASHED = [*written_as("IDMARKER"), *written_as("HASHMARKER")]
SECRET = [*written_as(KEY), *written_as("KEYMARKER")]


def hashed(value: str, key: str = KEY) -> str:
    return hmac.new(key.encode(), value.encode(), "sha256").hexdigest()[:32]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run in this process with the key, without pictures; returns the document."""
    monkeypatch.setenv("CLUSTERCTL_HASH_KEY", KEY)
    monkeypatch.chdir(tmp_path)

    def go(folder: str = "run", frame: pd.DataFrame | None = None, given: dict[str, Any] | None = None, **privacy: Any) -> Any:
        (a_frame() if frame is None else frame).to_csv(tmp_path / "table.csv", index=False)
        config = a_config(**privacy) | {"visualization_configuration": {"generate_plots": False}} | (given or {})
        config["output"] = {"directory": folder, **config.get("output", {})}
        return clusterctl.run(config, force=True).document

    return go


def test_no_command_writes_or_prints_what_is_private(cli: Callable[..., Any], tmp_path: Path) -> None:
    frame = a_frame()
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    frame.to_csv(tmp_path / "in" / "table.csv", index=False)
    config = a_config(**ALL)
    (tmp_path / "in" / "study.yaml").write_text(yaml.safe_dump(config))
    grid = {"grid": {"clustering_configuration.n_clusters": [2, 3], "preprocessing_configuration.scaling": ["standard", "robust"]}}
    (tmp_path / "in" / "many.yaml").write_text(yaml.safe_dump(config | {"sweep_configuration": grid}))
    for place, arguments in enumerate(
        (
            ("validate", "in/study.yaml", "--plan"),
            ("run", "in/study.yaml", "-o", "out/a", "--verbose"),
            (
                "run",
                "in/study.yaml",
                "-o",
                "out/b",
                "--align-to",
                "out/a",
                "--no-plots",
                "--set",
                "clustering_configuration.random_state=3",
            ),
            ("run", "out/a/config.yaml", "-o", "out/again", "--json", "--no-plots"),
            ("sweep", "in/many.yaml", "-o", "out/many", "--set", "visualization_configuration.interactive_plots=false"),
            ("sweep", "in/many.yaml", "-o", "out/many", "--resume", "--no-plots"),
            ("predict", "out/a", "in/table.csv", "-o", "out/predicted.csv"),
            ("predict", "out/a", "in/table.csv"),
            ("compare", "out/a", "out/b", "-o", "out/compared.json", "--plot", "out/flow.svg"),
            ("compare", "out/a", "out/predicted.csv", "--json"),
            ("evaluate", "out/a", "--json"),
            ("evaluate", "out/a", "--labels", "out/predicted.csv", "--id-column", "sample_id", "--json"),
            ("plot", "out/a", "--format", "html", "--format", "svg", "--format", "pdf", "-o", "out/drawn"),
            ("plot", "out/many"),
        )
    ):
        done = cli(*arguments, env=ENV)
        assert done.code == 0, (arguments, done.err)
        (tmp_path / "out" / f"said-{place}.txt").write_text(done.out + done.err)
    assert {path.suffix for path in (tmp_path / "out").rglob("*")} >= {
        ".json",
        ".parquet",
        ".npz",
        ".html",
        ".svg",
        ".pdf",
        ".png",
        ".jsonl",
    }
    held = everything(tmp_path / "out")
    assert traces(held, DROPPED + HASHED + SECRET) == []
    # What the categories of few rows are is in the model, which predict needs, and in the input's own columns, asked for by output.table.
    assert traces(held, written_as("RAREMARKER"), skip=("model/", "table.csv")) == []
    own = frame[["x", "y"]].to_numpy()[-SMALL:]
    told = [struct.pack("<d", value) for value in own.ravel()] + [repr(float(value)).encode() for value in own.mean(axis=0)]
    assert traces(held, told, skip=("model/", "table.csv")) == []
    ids = [hashed(name).encode() for name in frame["who"]]
    assert {name.rsplit("/", 1)[-1] for name, _ in traces(held, ids)} <= {
        "assignments.parquet",
        "table.csv",
        "predicted.csv",
        "said-7.txt",
    }


def test_the_search_finds_what_is_not_private(cli: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    a_frame().to_csv(tmp_path / "table.csv", index=False)
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(a_config()))
    assert cli("run", "study.yaml", "-o", "out/a").code == 0
    held = everything(tmp_path / "out")
    found = {name for name, _ in traces(held, HASHED)}
    assert found >= {"a/results.json", "a/assignments.parquet", "a/points.npz", "a/plots/scatter.html", "a/table.csv"}
    own = [struct.pack("<d", value) for value in a_frame()["x"][-SMALL:]]
    assert {name for name, _ in traces(held, own)} >= {"a/points.npz", "a/plots/pairs.html"}


def test_an_id_is_the_hmac_of_its_text_under_the_key_in_every_run(run: Callable[..., Any], tmp_path: Path) -> None:
    run(hash=["who"])
    ids = pq.read_table(tmp_path / "run" / "assignments.parquet").column("sample_id").to_pylist()
    assert ids == [hashed(f"IDMARKER-{row:04d}") for row in range(len(ids))]
    predicted = clusterctl.predict("run", a_frame().iloc[::-1]).table
    assert predicted.column("sample_id").to_pylist() == ids[::-1]


@pytest.mark.parametrize("ids", [[f"{row:05d}" for row in range(197)], list(range(197)), [f"é{row}" for row in range(197)]])
@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
def test_new_rows_get_the_same_hash_whatever_their_ids_and_form(run: Callable[..., Any], tmp_path: Path, ids: list[Any], form: str) -> None:
    frame = a_frame().assign(who=ids)
    run(frame=frame, hash=["who"])
    new = tmp_path / f"new.{form}"
    {
        "csv": lambda: frame.to_csv(new, index=False),
        "parquet": lambda: frame.to_parquet(new),
        "jsonl": lambda: frame.to_json(new, orient="records", lines=True),
    }[form]()
    known = pq.read_table(tmp_path / "run" / "assignments.parquet").column("sample_id").to_pylist()
    assert clusterctl.predict("run", new).table.column("sample_id").to_pylist() == known == [hashed(str(name)) for name in ids]


def test_hashing_a_category_changes_no_cluster(run: Callable[..., Any], tmp_path: Path) -> None:
    def labels(folder: str) -> list[int]:
        return list(pq.read_table(tmp_path / folder / "assignments.parquet").column("cluster_id").to_pylist())

    plain, document = run("plain"), run("hashed", hash=["shop"])
    assert labels("plain") == labels("hashed")
    old, new = (result.clustering_results.evaluation_metrics.silhouette_score for result in (plain, document))
    assert new == pytest.approx(old, rel=1e-9)
    categories = document.metadata.data_statistics.feature_statistics["shop"].categories
    assert {entry.category for entry in categories} == {hashed("HASHMARKER_north"), hashed("HASHMARKER_south")}
    predicted = clusterctl.predict("hashed", a_frame()).table.column("cluster_id").to_pylist()
    assert predicted == labels("hashed")


def test_an_unseen_category_is_told_of_by_its_hash(run: Callable[..., Any]) -> None:
    run(hash=["who", "shop"])
    told = clusterctl.predict("run", a_frame().assign(shop="HASHMARKER_new")).cautions
    assert [caution.code for caution in told] == ["unseen_categories"]
    assert hashed("HASHMARKER_new") in told[0].message
    assert "HASHMARKER" not in told[0].message


@pytest.mark.parametrize(("key", "said"), [(None, "is not set"), ("x" * 15, "15 bytes")])
def test_a_key_that_is_not_there_or_short_is_refused_and_not_told(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, key: str | None, said: str
) -> None:
    monkeypatch.delenv("CLUSTERCTL_HASH_KEY") if key is None else monkeypatch.setenv("CLUSTERCTL_HASH_KEY", key)
    with pytest.raises(ConfigError, match=said) as caught:
        run(hash=["who"])
    assert "secrets.token_hex(32)" in str(caught.value.hint)
    assert key is None or key not in f"{caught.value.as_dict()}"


def test_the_key_may_be_in_the_env_file_beside_the_config(cli: Callable[..., Any], tmp_path: Path) -> None:
    a_frame().to_csv(tmp_path / "table.csv", index=False)
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(a_config(hash=["who"])))
    (tmp_path / ".env").write_text(f"CLUSTERCTL_HASH_KEY='{KEY}'\n")
    assert cli("run", "study.yaml", "-o", "a", "--no-plots").code == 0
    assert pq.read_table(tmp_path / "a" / "assignments.parquet").column("sample_id")[0].as_py() == hashed("IDMARKER-0000")
    assert traces(everything(tmp_path / "a"), SECRET) == []


def test_another_key_is_found_out_by_every_command(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    run("a", hash=["who"])
    other = "another key, also long enough"
    monkeypatch.setenv("CLUSTERCTL_HASH_KEY", other)
    with pytest.raises(ConfigError, match="another key") as caught:
        clusterctl.predict("a", a_frame())
    assert other not in str(caught.value.as_dict())
    with pytest.raises(ConfigError, match="another key"):
        clusterctl.evaluate("a", truth="sex")
    run("b", hash=["who"])
    with pytest.raises(DataLoadError, match="different keys"):
        clusterctl.compare("a", "b")
    run("c")
    with pytest.raises(DataLoadError, match="hashed in one of them"):
        clusterctl.compare("a", "c")
    aligned = run("d", hash=["who"], given={"output": {"align_to": "a"}})
    assert "other_hash_key" in {warning.code for warning in aligned.metadata.warnings}
    assert aligned.clustering_results.model_info.alignment.matched_by == "centers"


def test_runs_under_one_key_are_matched_by_id(run: Callable[..., Any]) -> None:
    run("a", hash=["who"])
    document = run("b", frame=a_frame().sample(frac=1, random_state=1), hash=["who"], given={"output": {"align_to": "a"}})
    assert document.clustering_results.model_info.alignment.matched_by == "sample_id"
    compared = clusterctl.compare("a", "b").document.comparison
    assert (compared.rows.matched_by, compared.scores.adjusted_rand_score) == ("sample_id", 1.0)


def test_a_resumed_sweep_under_another_key_does_its_trials_again(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    run(hash=["who", "shop"])
    config = a_config(hash=["who", "shop"]) | {
        "sweep_configuration": {"grid": {"clustering_configuration.n_clusters": [2, 3]}},
        "visualization_configuration": {"generate_plots": False},
        "output": {"directory": "swept"},
    }
    told: list[Any] = []
    clusterctl.sweep(config)
    clusterctl.sweep(config, resume=True, emit=told.append)
    assert [(event.n_kept, event.n_redone) for event in told if type(event).__name__ == "Resumed"] == [(2, 0)]
    monkeypatch.setenv("CLUSTERCTL_HASH_KEY", "another key, also long enough")
    told.clear()
    clusterctl.sweep(config, resume=True, emit=told.append)
    assert [(event.n_kept, event.n_redone) for event in told if type(event).__name__ == "Resumed"] == [(0, 2)]
    assert "key of its hashes" in next(event.why for event in told if type(event).__name__ == "Resumed")


@pytest.mark.parametrize(
    ("privacy", "said"),
    [
        ({"drop": ["secrt"]}, "drop: there is no column 'secrt'; did you mean 'secret'?"),
        ({"hash": ["shp"]}, "hash: there is no column 'shp'; did you mean 'shop'?"),
        ({"protected": ["sxe"]}, "protected: there is no column 'sxe'; did you mean 'sex'?"),
    ],
)
def test_a_column_that_is_not_there_is_named_with_the_one_that_was_meant(run: Callable[..., Any], privacy: Any, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        run(**privacy)
    assert said in caught.value.message
    assert caught.value.exit_code == 3


def test_numbers_lose_their_order_as_hashes_and_are_no_features(run: Callable[..., Any]) -> None:
    document = run(hash=["y"])
    assert document.clustering_results.model_info.features == ["x", "pay", "shop", "town", "sex"]
    reasons = {entry.column: entry.reason for entry in document.metadata.data_statistics.features_left_out}
    assert "numbers have no order" in reasons["y"]
    with pytest.raises(ConfigError, match="numbers have no order"):
        run(hash=["y"], given={"clustering_data": {"data_source": "table.csv", "features": ["x", "y"]}})


def test_a_run_is_scored_against_a_column_that_it_protects(run: Callable[..., Any]) -> None:
    run(protected=["sex"])
    for space in (None, "standard"):
        scored = clusterctl.evaluate("run", truth="sex", space=space).document
        assert scored.evaluation_results.evaluation_metrics.adjusted_rand_score is not None
    with pytest.raises(ConfigError, match="protected"):
        clusterctl.evaluate("run", features=["x", "sex"])


def test_clusters_that_are_not_told_of_do_not_hinder_matching_by_centres(run: Callable[..., Any]) -> None:
    run("a", min_group=10)
    moved = a_frame(1).assign(who=[f"other-{row}" for row in range(197)])
    document = run("b", frame=moved, min_group=10, given={"output": {"align_to": "a"}})
    alignment = document.clustering_results.model_info.alignment
    assert (alignment.matched_by, set(alignment.kept) >= {0, 1}) == ("centers", True)


@pytest.mark.parametrize("kind", ["dates", "values"])
def test_what_clusters_cannot_be_compared_by_is_refused_as_protected(run: Callable[..., Any], kind: str) -> None:
    born = pd.Series([f"19{row % 90 + 10}-01-01" for row in range(197)] if kind == "dates" else [None] * 197)
    with pytest.raises(ConfigError, match=kind):
        run(frame=a_frame().assign(born=born), protected=["born"])


def test_dropped_and_protected_columns_are_named_as_left_out_with_the_reason(run: Callable[..., Any]) -> None:
    listed = {"clustering_data": {"data_source": "table.csv", "features": ["x", "y"]}}
    for given in (None, listed):
        document = run(drop=["secret"], protected=["sex"], given=given)
        reasons = {entry.column: entry.reason for entry in document.metadata.data_statistics.features_left_out}
        assert ("privacy.drop" in reasons["secret"], "privacy.protected" in reasons["sex"]) == (True, True)
        assert not {"secret", "sex"} & set(document.clustering_results.model_info.features)


def test_a_hash_that_two_values_share_is_an_error(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clusterctl.data.hashing.DIGITS", 1)
    with pytest.raises(DataLoadError, match=r"'who'.*the same hash") as caught:
        run(hash=["who"])
    assert "IDMARKER" not in str(caught.value.as_dict())


def test_repeated_ids_are_told_without_the_ids(run: Callable[..., Any]) -> None:
    with pytest.raises(DataLoadError, match="not unique") as caught:
        run(frame=a_frame().assign(who="IDMARKER"), hash=["who"])
    assert "IDMARKER" not in str(caught.value.as_dict())


def test_small_clusters_keep_their_number_and_size_and_nothing_else(run: Callable[..., Any], tmp_path: Path) -> None:
    document = run(min_group=10)
    results = document.clustering_results
    assert [center.cluster_size for center in results.clusters.cluster_centers] == [110, 80, SMALL]
    assert results.clusters.cluster_centers[2].center_coordinates == [None] * len(results.model_info.numeric_features)
    shape = results.clusters.cluster_statistics[2]
    assert (shape.size, shape.density, shape.compactness, shape.separation) == (SMALL, None, None, None)
    assert results.validation.silhouette_per_cluster[2] is None
    assert None not in results.validation.silhouette_per_cluster[:2]
    profile = results.cluster_analysis.cluster_profiles[2]
    assert (profile.characteristics.features, profile.characteristics.telling_features, profile.representative_samples) == ({}, [], [])
    assert "fewer than 10 rows" in profile.characteristics.description
    rows = pq.read_table(tmp_path / "run" / "assignments.parquet").to_pandas()
    assert rows.loc[rows["cluster_id"] == 2, "silhouette"].isna().all()
    assert rows.loc[rows["cluster_id"] != 2, "silhouette"].notna().all()
    assert clusterctl.evaluate("run").document.evaluation_results.clusters[2].silhouette is None


def test_a_cluster_of_just_enough_rows_is_told_of_in_full(run: Callable[..., Any]) -> None:
    plain, told = run("plain"), run("told", min_group=SMALL)
    assert told.clustering_results.clusters == plain.clustering_results.clusters
    assert told.clustering_results.cluster_analysis.cluster_profiles[2].characteristics.features


def test_categories_of_few_rows_are_told_of_nowhere(run: Callable[..., Any]) -> None:
    document = run(min_group=10)
    text = document.model_dump_json()
    assert "RAREMARKER" not in text
    assert "town=(withheld)" in document.metadata.data_statistics.preprocessing["columns"]
    for profile in document.clustering_results.cluster_analysis.cluster_profiles[:2]:
        feature = profile.characteristics.features["town"]
        for entry in feature.categories:
            assert round(entry.share * feature.n_used) not in range(1, 10)


def test_the_ends_of_a_number_are_told_only_if_enough_rows_reach_them(run: Callable[..., Any]) -> None:
    frame = a_frame().assign(steps=[0] * 100 + [5] * 90 + [9] * SMALL)
    statistics = run(frame=frame, min_group=10).metadata.data_statistics.feature_statistics["steps"]
    assert (statistics.min, statistics.max, statistics.median) == (0.0, None, 0.0)


def test_every_null_has_its_reason(run: Callable[..., Any], tmp_path: Path) -> None:
    from clusterctl.engine.nulls import _pattern, null_paths

    run(**ALL)
    document = json.loads((tmp_path / "run" / "results.json").read_text())
    reasons = [_pattern(note["path"]) for note in document["metadata"]["notes"]]
    parts = {"clustering_results": document["clustering_results"], "metadata": {"data_statistics": document["metadata"]["data_statistics"]}}
    assert [path for path in null_paths(parts) if not any(reason.match(path) for reason in reasons)] == []


def test_outliers_are_told_of_only_if_there_are_enough_and_single_rows_may_be(run: Callable[..., Any]) -> None:
    noisy = {"clustering_configuration": {"algorithm": "dbscan", "parameters": {"eps": 0.5}}}
    n_noise = run(given=noisy).metadata.data_statistics.n_noise
    assert n_noise > 2
    for privacy, told in (({"min_group": n_noise}, True), ({"min_group": n_noise + 1}, False), ({"include_samples": False}, False)):
        outliers = run(given=noisy, **privacy).clustering_results.cluster_analysis.outlier_analysis
        assert (outliers.outliers is not None, outliers.outlier_scores is not None) == (told, told)


def test_rows_of_points_without_samples_are_in_no_order_that_tells_which_is_which(run: Callable[..., Any], tmp_path: Path) -> None:
    run(include_samples=False)
    with np.load(tmp_path / "run" / "points.npz") as points:
        assert set(points["sample_ids"].tolist()) == {""}
        assert set(points["rows"].tolist()) == {-1}
        assert (np.diff(points["projection"][:, 0]) >= 0).all()


def test_a_comparison_names_no_row_of_a_run_that_tells_of_none(run: Callable[..., Any]) -> None:
    run("a", include_samples=False)
    run("b", frame=a_frame().iloc[5:])
    rows = clusterctl.compare("a", "b").document.comparison.rows
    assert (rows.n_only_a, rows.only_a) == (5, [])
    assert len(clusterctl.compare("b", "a").document.comparison.rows.only_b) == 0


def test_drift_leaves_the_rows_of_small_clusters_out_and_says_so(run: Callable[..., Any]) -> None:
    run("a", min_group=10)
    comparison = clusterctl.compare("a", "a").document.comparison
    drift = {entry.feature: entry for entry in comparison.drift}["x"]
    assert (drift.psi, drift.ks) == (0.0, 0.0)
    assert "190 of 197 rows" in drift.computed_on
    assert {change.cluster_a for change in comparison.feature_changes} == {0, 1}


def test_a_sweep_keeps_the_same_privacy_in_its_best_run(run: Callable[..., Any], tmp_path: Path) -> None:
    run()
    config = a_config(**ALL) | {
        "sweep_configuration": {"grid": {"clustering_configuration.n_clusters": [2, 3]}},
        "visualization_configuration": {"generate_plots": False},
        "output": {"directory": "swept"},
    }
    best = clusterctl.sweep(config).best
    assert best is not None
    assert best.document.metadata.privacy.dropped == ["secret", "pay"]
    assert best.document.clustering_results.cluster_analysis.protected[0].column == "sex"
    written = yaml.safe_load((tmp_path / "swept" / "best" / "config.yaml").read_text())
    assert written["privacy"] == ALL


def test_personal_data_is_warned_of_before_work_starts_but_not_where_it_is_taken_out(cli: Callable[..., Any], tmp_path: Path) -> None:
    frame = a_frame().assign(who=[f"p{row}@example.org" for row in range(197)])
    frame.to_csv(tmp_path / "table.csv", index=False)
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(a_config()))
    checked = cli("validate", "study.yaml")
    assert "'who' looks like mail addresses" in checked.out
    done = cli("run", "study.yaml", "-o", "a", "--no-plots")
    assert "'who' looks like mail addresses" in done.err
    warnings = json.loads((tmp_path / "a" / "results.json").read_text())["metadata"]["warnings"]
    assert [warning["code"] for warning in warnings].count("personal_data") == 1
    assert not any("@example.org" in warning["message"] for warning in warnings)
    hushed = cli("validate", "study.yaml", "--set", "privacy.hash=[who]", env=ENV)
    assert "'who' looks like" not in hushed.out + hushed.err
