"""Comparing runs and labels: rows, scores, features, drift, gates, and what cannot be compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

import clusterctl
from clusterctl.commands.compare import GATE_NAMES
from clusterctl.commands.schema import schema
from clusterctl.engine.drifting import _counts
from clusterctl.errors import ClusterctlError, ConfigError, EvaluationError, OutputError
from clusterctl.results.characteristics import CategoricalStatistics, CategoryCount


def write_labels(path: Path, ids: Any, labels: Any) -> Path:
    pd.DataFrame({"sample_id": ids, "cluster_id": labels}).to_csv(path, index=False)
    return path


def a_table(seed: int, *, shift: float = 0.0, n: int = 150) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    which = np.arange(n) % 3
    frame = pd.DataFrame({"id": [f"c{row:03d}" for row in range(n)], "x": 10.0 * which + rng.normal(size=n), "y": rng.normal(size=n)})
    frame["shop"] = np.array(["north", "south", "east"])[which]
    frame.loc[which == 1, "y"] += shift
    frame.loc[[4, 9], "y"] = np.nan
    return frame


def run(folder: Path, name: str, frame: pd.DataFrame, **sections: Any) -> Path:
    frame.to_csv(folder / f"{name}.csv", index=False)
    config = {
        "clustering_data": {"data_source": str(folder / f"{name}.csv"), "id_column": "id", **sections.pop("data", {})},
        "clustering_configuration": {"algorithm": "kmeans", "n_clusters": 3},
        "preprocessing_configuration": {"missing_values": "drop"},
        "evaluation_configuration": {"cross_validation": False, "cluster_validation": False},
        "visualization_configuration": {"generate_plots": False},
        "output": {"directory": str(folder / name)},
        **sections,
    }
    clusterctl.run(config)
    return folder / name


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("runs")
    later = a_table(1, shift=3.0).iloc[10:].sample(frac=1, random_state=0)
    return run(folder, "a", a_table(0)), run(folder, "b", later)


def test_the_scores_are_scikit_learn_s_on_the_rows_in_both(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    a = rng.integers(-1, 4, 300)
    b = np.where(rng.random(300) < 0.7, a, rng.integers(-1, 5, 300))
    order = rng.permutation(280)
    first = write_labels(tmp_path / "a.csv", [f"r{row}" for row in range(300)], a)
    second = write_labels(tmp_path / "b.csv", [*(f"r{row}" for row in order), *(f"new{row}" for row in range(7))], [*b[order], *([2] * 7)])
    found = clusterctl.compare(first, second).document.comparison
    assert found.scores.adjusted_rand_score == pytest.approx(adjusted_rand_score(a[:280], b[:280]))
    assert found.scores.adjusted_mutual_info_score == pytest.approx(adjusted_mutual_info_score(a[:280], b[:280]))
    assert (found.rows.n_common, found.rows.n_only_a, found.rows.n_only_b) == (280, 20, 7)
    assert found.rows.only_b == [f"new{row}" for row in range(7)]
    assert sum(flow.n_rows for flow in found.flows) == 280
    stays = {(pair.cluster_a, pair.cluster_b) for pair in found.matches} | {(-1, -1)}
    moved = sum(flow.n_rows for flow in found.flows if (flow.cluster_a, flow.cluster_b) not in stays)
    assert (found.scores.n_moved, found.scores.moved_fraction) == (moved, moved / 280)


def test_a_run_beside_itself_has_changed_in_nothing(runs: tuple[Path, Path]) -> None:
    found = clusterctl.compare(runs[0], runs[0]).document.comparison
    assert found.scores.model_dump() == {
        "adjusted_rand_score": 1.0,
        "adjusted_mutual_info_score": 1.0,
        "moved_fraction": 0.0,
        "n_moved": 0,
    }
    assert [entry.fate for entry in found.fates] == ["kept"] * 3
    assert found.drift is not None
    assert {entry.psi for entry in found.drift} == {0.0}
    assert found.feature_changes is not None
    assert {change.effect for change in found.feature_changes} == {0.0}


def test_changes_and_drift_are_those_of_the_tables(runs: tuple[Path, Path]) -> None:
    document = clusterctl.compare(*runs).document
    found = document.comparison
    a, b = (pd.read_csv(folder.parent / f"{folder.name}.csv") for folder in runs)
    assert found.drift is not None
    drift = {entry.feature: entry for entry in found.drift}
    assert drift["y"].mean_change == pytest.approx((b["y"].mean() - a["y"].mean()) / a["y"].std())
    assert drift["y"].missing_a == pytest.approx(2 / 150)
    assert drift["y"].computed_on == "A: all 148 rows; B: all 140 rows"
    assert drift["shop"].ks is None
    assert drift["shop"].reason is not None
    assert drift["shop"].psi == pytest.approx(0.0, abs=0.01)
    from scipy.stats import ks_2samp

    assert drift["y"].ks == pytest.approx(ks_2samp(a["y"].dropna(), b["y"].dropna()).statistic)
    assert found.feature_changes is not None
    changes = {(change.cluster_a, change.feature): change for change in found.feature_changes}
    largest = max((change for change in found.feature_changes if change.feature == "y"), key=lambda change: change.effect or 0.0)
    rows_a, rows_b = a[a["shop"] == "south"].dropna(), b[b["shop"] == "south"].dropna()
    assert (largest.value_a, largest.value_b) == (pytest.approx(rows_a["y"].mean()), pytest.approx(rows_b["y"].mean()))
    assert largest.effect == pytest.approx((rows_b["y"].mean() - rows_a["y"].mean()) / a["y"].std())
    assert changes[largest.cluster_a, "shop"].effect == 0.0
    jsonschema.Draft202012Validator(schema("output", compare=True)).validate(document.model_dump(mode="json"))


def test_dropped_rows_have_no_label_and_are_not_compared(runs: tuple[Path, Path]) -> None:
    found = clusterctl.compare(*runs).document.comparison
    assert (found.a.n_unlabelled, found.b.n_unlabelled) == (2, 0)
    assert (found.rows.n_common, found.rows.n_compared, found.rows.only_a) == (140, 140, [f"c{row:03d}" for row in range(10)])


def test_without_ids_rows_are_matched_by_position_and_it_is_said(tmp_path: Path) -> None:
    a, b = (run(tmp_path, name, a_table(seed), data={"id_column": None, "features": ["x"]}) for name, seed in (("a", 0), ("b", 1)))
    document = clusterctl.compare(a, b).document
    assert document.comparison.rows.matched_by == "position"
    assert [warning.code for warning in document.metadata.warnings] == ["matched_by_position"]
    assert document.comparison.scores.moved_fraction == 0
    c = run(tmp_path, "c", a_table(0, n=120), data={"id_column": None, "features": ["x"]})
    with pytest.raises(EvaluationError, match="150 rows of A cannot be matched by position with 120"):
        clusterctl.compare(a, c)


def test_a_run_is_compared_with_labels_from_elsewhere(runs: tuple[Path, Path], tmp_path: Path) -> None:
    table = a_table(0)
    labels = write_labels(tmp_path / "labels.csv", table["id"], table["shop"])
    document = clusterctl.compare(runs[0], labels).document
    assert document.comparison.scores.adjusted_rand_score == 1.0
    assert {pair.cluster_b for pair in document.comparison.matches} == {"east", "north", "south"}
    assert (document.comparison.drift, document.comparison.feature_changes) == (None, None)
    assert [note.path for note in document.metadata.notes] == ["comparison.feature_changes", "comparison.drift"]


@pytest.mark.parametrize("name", GATE_NAMES)
def test_every_gate_bounds_the_value_of_its_name(runs: tuple[Path, Path], name: str) -> None:
    result = clusterctl.compare(*runs, gates={name: {"min": -1e9, "max": -1e9}})
    low, high = result.gates
    assert low.passed
    assert low.value is not None
    assert not high.passed
    assert result.exit_code == 10
    again = clusterctl.compare(*runs, gates={name: {"min": low.value, "max": low.value}})
    assert again.exit_code == 0


def test_a_gate_on_drift_fails_where_drift_is_not_known(tmp_path: Path) -> None:
    labels = write_labels(tmp_path / "a.csv", range(9), [0] * 9)
    assert clusterctl.compare(labels, labels, gates={"max_psi": {"max": 9}}).exit_code == 10
    assert clusterctl.compare(labels, labels, gates={"max_psi": {"warn_max": 9}}).exit_code == 0


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"gates": {"silhouette_score": {"min": 0}}}, ConfigError, "no such gate"),
        ({"id_column": "id"}, ConfigError, "both are runs"),
        ({"plot": "flow.gif"}, ConfigError, "end it in .png"),
        ({"output": "no/such/folder/c.json"}, OutputError, "there is no folder"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(runs: tuple[Path, Path], given: Any, error: type[ClusterctlError], said: str) -> None:
    with pytest.raises(error) as caught:
        clusterctl.compare(*runs, **given)
    assert said in f"{caught.value.message} {caught.value.hint}"


def test_tables_without_a_row_in_common_are_refused(tmp_path: Path) -> None:
    a, b = write_labels(tmp_path / "a.csv", ["x", "y"], [0, 1]), write_labels(tmp_path / "b.csv", ["u", "v"], [0, 1])
    with pytest.raises(EvaluationError, match="no labelled row in common"):
        clusterctl.compare(a, b)


def test_all_noise_beside_clusters_is_a_comparison(tmp_path: Path) -> None:
    a, b = write_labels(tmp_path / "a.csv", range(20), [-1] * 20), write_labels(tmp_path / "b.csv", range(20), [0] * 10 + [1] * 10)
    counts = clusterctl.compare(a, b).document.comparison.counts
    assert (counts.n_born, counts.n_gone) == (2, 0)
    counts = clusterctl.compare(b, a).document.comparison.counts
    assert (counts.n_born, counts.n_gone) == (0, 2)


def test_categories_beyond_the_twenty_stored_are_counted_together() -> None:
    def statistics(counts: dict[str, int], n_categories: int) -> CategoricalStatistics:
        entries = [CategoryCount(category=name, count=n, share=n / 100) for name, n in counts.items()]
        return CategoricalStatistics(kind="categorical", missing=5, n_categories=n_categories, categories=entries)

    a, b = statistics({"x": 50, "y": 45}, 2), statistics({"x": 30, "z": 20}, 40)
    # y may be among the categories of B that are not listed, z is surely not in A: so x and z are known, y is one of the others
    assert _counts(a, b, 100, 100) == ([50.0, 0.0, 45.0, 5.0], [30.0, 20.0, 45.0, 5.0])


def test_a_result_is_the_same_bytes_twice(runs: tuple[Path, Path], tmp_path: Path) -> None:
    for number in (1, 2):
        clusterctl.compare(*runs, output=tmp_path / f"{number}.json", plot=tmp_path / f"{number}.png")
    for kind in ("json", "png"):
        assert (tmp_path / f"1.{kind}").read_bytes() == (tmp_path / f"2.{kind}").read_bytes()
