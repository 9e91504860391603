"""A month of drifting tables, each run aligned to the day before: numbers stay, and what is planted is told on its day and on no other."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import clusterctl
from clusterctl.commands.compare import ComparisonResult

N_DAYS = 30
SPLIT, MERGER, BIRTH, DEATH, SECOND_BIRTH = 7, 13, 18, 23, 27
PLANTED = {SPLIT: "split_into", MERGER: "merged_from", BIRTH: "born", DEATH: "gone", SECOND_BIRTH: "born"}
PLACES = {"a": (0, 0), "b": (9, 0), "c": (0, 9), "d": (9, 9), "a2": (-9, 0), "e": (18, 9), "f": (18, -9)}
CHANGES = {"n_split": {"max": 0}, "n_merged": {"max": 0}, "n_born": {"max": 0}, "n_gone": {"max": 0}}


@dataclass
class Shop:
    """Customers in groups that wander a little every day; some leave and others come."""

    rng: np.random.Generator
    groups: dict[str, str] = field(default_factory=dict)
    places: dict[str, np.ndarray] = field(default_factory=lambda: {name: np.array(place, float) for name, place in PLACES.items()})
    n_seen: int = 0

    def join(self, group: str, n: int) -> None:
        for _ in range(n):
            self.groups[f"c{self.n_seen:04d}"] = group
            self.n_seen += 1

    def members(self, group: str) -> list[str]:
        return [name for name, own in self.groups.items() if own == group]

    def pass_a_day(self, day: int) -> None:
        for place in self.places.values():
            place += self.rng.normal(scale=0.05, size=2)
        for group in sorted(set(self.groups.values())):
            members = self.members(group)
            for name in self.rng.choice(members, len(members) // 25, replace=False):
                del self.groups[str(name)]
            self.join(group, len(members) // 25)
        if day == SPLIT:
            self.groups.update(dict.fromkeys(self.members("a")[::2], "a2"))
        if day == MERGER:
            self.groups.update(dict.fromkeys(self.members("c"), "b"))
        if day == BIRTH:
            self.join("e", 30)
        if day == DEATH:
            self.groups = {name: group for name, group in self.groups.items() if group != "e"}
        if day == SECOND_BIRTH:
            self.join("f", 30)

    def table(self) -> pd.DataFrame:
        names = sorted(self.groups, key=hash_of)  # another order than that of the groups
        points = np.array([self.places[self.groups[name]] for name in names]) + self.rng.normal(scale=0.5, size=(len(names), 2))
        return pd.DataFrame({"customer": names, "spend": points[:, 0], "visits": points[:, 1]})


def hash_of(name: str) -> int:
    return int(name[1:]) * 7919 % 10_007


@dataclass(frozen=True)
class Month:
    folders: list[Path]
    numbers: list[dict[str, int]]
    comparisons: dict[int, ComparisonResult]


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Month:
    folder = tmp_path_factory.mktemp("month")
    shop = Shop(np.random.default_rng(11))
    for group, n in (("a", 60), ("b", 50), ("c", 40), ("d", 30)):
        shop.join(group, n)
    folders, numbers, comparisons = [], [], {}
    for day in range(N_DAYS):
        shop.pass_a_day(day)
        path = folder / f"{day}.csv"
        shop.table().to_csv(path, index=False)
        folders.append(folder / f"run-{day}")
        clusterctl.run(config(path, folders[-1], folders[-2] if day else None))
        numbers.append(numbers_of_groups(folders[-1], shop.groups))
        if day:
            comparisons[day] = clusterctl.compare(folders[-2], folders[-1], gates=CHANGES)
    return Month(folders, numbers, comparisons)


def config(data: Path, output: Path, earlier: Path | None) -> dict[str, Any]:
    return {
        "clustering_data": {"data_source": str(data), "id_column": "customer"},
        "clustering_configuration": {"algorithm": "dbscan", "parameters": {"eps": 1.5, "min_samples": 4}},
        "preprocessing_configuration": {"scaling": "none"},
        "evaluation_configuration": {"cross_validation": False, "cluster_validation": False, "evaluation_metrics": ["silhouette_score"]},
        "visualization_configuration": {"generate_plots": False},
        "output": {"directory": str(output), "align_to": "none" if earlier is None else str(earlier)},
    }


def numbers_of_groups(run: Path, groups: dict[str, str]) -> dict[str, int]:
    """Return the number that most customers of each planted group have."""
    table = pq.read_table(run / "assignments.parquet").to_pandas()
    return table["cluster_id"].groupby(table["sample_id"].map(groups)).agg(lambda ids: int(ids.mode()[0])).to_dict()


def test_what_is_planted_is_told_on_its_day_and_on_no_other(month: Month) -> None:
    told = {
        day: [entry.fate for entry in result.document.comparison.fates if entry.fate not in ("kept", "grown", "shrunk")]
        for day, result in month.comparisons.items()
    }
    assert {day: found for day, found in told.items() if found} == {day: [fate] for day, fate in PLANTED.items()}


def test_the_clusters_told_of_are_those_that_were_planted(month: Month) -> None:
    fates = {
        day: next(entry for entry in month.comparisons[day].document.comparison.fates if entry.fate == fate)
        for day, fate in PLANTED.items()
    }
    before, after = month.numbers[SPLIT - 1], month.numbers[SPLIT]
    assert fates[SPLIT].clusters_a == [before["a"]]
    assert set(fates[SPLIT].clusters_b) == {after["a"], after["a2"]}
    assert set(fates[MERGER].clusters_a) == {month.numbers[MERGER - 1]["b"], month.numbers[MERGER - 1]["c"]}
    assert fates[MERGER].clusters_b == [month.numbers[MERGER]["b"]]
    assert fates[BIRTH].clusters_b == [month.numbers[BIRTH]["e"]]
    assert fates[DEATH].clusters_a == [month.numbers[DEATH - 1]["e"]]
    assert fates[SECOND_BIRTH].clusters_b == [month.numbers[SECOND_BIRTH]["f"]]


def test_gates_fail_on_the_planted_days_alone(month: Month) -> None:
    assert [day for day, result in month.comparisons.items() if result.exit_code == 10] == sorted(PLANTED)


def test_a_group_keeps_its_number_for_as_long_as_it_lives(month: Month) -> None:
    for group in PLACES:
        ids = {numbers[group] for numbers in month.numbers if group in numbers}
        if group != "a":  # of the two halves of a split the one that is more like the whole keeps the number
            assert len(ids) == 1, group
    halves = {month.numbers[SPLIT]["a"], month.numbers[SPLIT]["a2"]}
    assert month.numbers[SPLIT - 1]["a"] in halves
    assert len({numbers["a"] for numbers in month.numbers[SPLIT:]}) == 1


def test_a_number_of_the_gone_is_never_given_again(month: Month) -> None:
    dead = month.numbers[DEATH - 1]["e"]
    assert dead == max(month.numbers[DEATH - 1].values())
    assert month.numbers[SECOND_BIRTH]["f"] == dead + 1
    for day in range(DEATH, N_DAYS):
        assert dead not in month.numbers[day].values()
    merged = month.numbers[MERGER - 1]["c"]
    assert all(merged not in numbers.values() for numbers in month.numbers[MERGER:]) or merged == month.numbers[MERGER]["b"]


def test_a_result_with_gaps_in_its_numbers_is_whole(month: Month) -> None:
    """Every list of clusters is in the order of the numbers, and sizes agree with the rows."""
    run = month.folders[-1]
    results = json.loads((run / "results.json").read_text())["clustering_results"]
    table = pq.read_table(run / "assignments.parquet").to_pandas()
    sizes = table["cluster_id"][table["cluster_id"] >= 0].value_counts().sort_index()
    numbers = sizes.index.tolist()
    assert max(numbers) > len(numbers) - 1  # there are gaps
    info = results["model_info"]
    assert info["n_clusters"] == len(numbers)
    assert info["next_cluster_id"] == max(number for day in month.numbers for number in day.values()) + 1
    for name in ("cluster_centers", "cluster_statistics"):
        assert [entry["cluster_id"] for entry in results["clusters"][name]] == numbers
    assert [entry["cluster_size"] for entry in results["clusters"]["cluster_centers"]] == sizes.tolist()
    assert [entry["size"] for entry in results["clusters"]["cluster_statistics"]] == sizes.tolist()
    profiles = results["cluster_analysis"]["cluster_profiles"]
    assert [(entry["cluster_id"], entry["characteristics"]["size"]) for entry in profiles] == list(sizes.items())
    by_cluster = table.groupby("cluster_id")["silhouette"].mean()
    assert results["validation"]["silhouette_per_cluster"] == pytest.approx([by_cluster[number] for number in numbers])
    with np.load(run / "points.npz") as points:
        assert points["cluster_ids"].tolist() == numbers
        assert points["cluster_sizes"].tolist() == sizes.tolist()
        assert points["labels"].tolist() == table["cluster_id"].tolist()
    with np.load(run / "model" / "model.npz") as arrays:
        assert arrays["labels"].tolist() == table["cluster_id"].tolist()
    by_size = json.loads((run / "model" / "model.json").read_text())["cluster_ids"]
    assert sorted(by_size) == numbers
    assert sizes[by_size].is_monotonic_decreasing


def test_new_rows_get_the_numbers_of_the_run(month: Month) -> None:
    """`predict` on the run's own rows, of a model whose numbers have gaps, gives the run's own numbers."""
    run = month.folders[-1]
    own = pq.read_table(run / "assignments.parquet").to_pandas()
    predicted = clusterctl.predict(run, run.parent / f"{N_DAYS - 1}.csv").table
    assert predicted["cluster_id"].to_pylist() == own["cluster_id"].tolist()
