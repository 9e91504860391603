"""A whole sweep on a small real table: its order, held against the table of trials by other means, its files, and what its best run is."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from finished_files import contents, without_exempt
from sklearn.datasets import load_iris
from sweep_studies import ALGORITHM, N_CLUSTERS, PARAMETER, PREPARED, study, sweep

import clusterctl

SMALLER_IS_BETTER = {"davies_bouldin_score", "inertia", "noise_fraction"}
METRICS = [
    "silhouette_score",
    "calinski_harabasz_score",
    "davies_bouldin_score",
    "inertia",
    "dbcv",
    "adjusted_rand_score",
    "normalized_mutual_info_score",
    "adjusted_mutual_info_score",
    "v_measure_score",
    "fowlkes_mallows_score",
]
INTERNAL = METRICS[:5]
GRID = [
    {ALGORITHM: ["kmeans", "hierarchical"], N_CLUSTERS: [2, 3, 4, 7, 400]},
    {ALGORITHM: ["dbscan"], PARAMETER + "eps": [0.4, 0.7, 99.0], PARAMETER + "min_samples": [4]},
    {ALGORITHM: ["hdbscan"], PARAMETER + "min_cluster_size": [5, 12]},
]
SCALINGS = [{**grid, PREPARED + "scaling": ["standard", "none"]} for grid in GRID]


@pytest.fixture(scope="module")
def iris(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write Fisher's iris: 150 flowers of three kinds."""
    data = load_iris(as_frame=True)
    frame = data.frame.rename(columns=dict(zip(data.feature_names, "xyzw", strict=True))).drop(columns="target")
    frame["kind"] = pd.Series(data.target_names)[data.target].to_numpy()
    path = tmp_path_factory.mktemp("iris") / "t.csv"
    frame.to_csv(path, index=False)
    return path


def swept(table: Path, output: Path, grid: Any = None, **settings: Any) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return trials.parquet and sweep.json of a sweep."""
    sweep(study(table, output, sweep_configuration={"grid": GRID if grid is None else grid, **settings}))
    return pd.read_parquet(output / "trials.parquet"), json.loads((output / "sweep.json").read_text())


def ranked_by_pandas(trials: pd.DataFrame, by: Sequence[str], columns: Sequence[str] | None = None) -> list[int]:
    """Return the trials that have every metric, best first: by mean rank, then by the first metric, the next, and the plan's order."""
    columns = by if columns is None else columns
    have = trials[trials["status"] == "done"].dropna(subset=list(columns))
    values = {name: have[column] * (1 if name in SMALLER_IS_BETTER else -1) for name, column in zip(by, columns, strict=True)}
    table = pd.DataFrame(values)
    table.insert(0, "mean", table.rank(method="average").mean(axis=1))
    table["trial_id"] = have["trial_id"]
    return [int(one) for one in table.sort_values(list(table.columns))["trial_id"]]


def check_ranks(trials: pd.DataFrame, order: Sequence[int]) -> None:
    ranks = trials.set_index("trial_id")["rank"].dropna()
    assert {trial_id: int(rank) for trial_id, rank in ranks.items()} == {trial_id: place for place, trial_id in enumerate(order, start=1)}


@pytest.mark.parametrize("name", [None, "davies_bouldin_score", "adjusted_rand_score", "noise_fraction", "smallest_cluster"])
def test_trials_are_ranked_by_one_metric_in_its_own_direction_and_by_the_silhouette_if_none_is_named(
    iris: Path, tmp_path: Path, name: str | None
) -> None:
    trials, document = swept(iris, tmp_path / "out", **({} if name is None else {"rank_by": [name]}))
    wanted = name or "silhouette_score"
    order = ranked_by_pandas(trials, [wanted])
    ranking = document["sweep_results"]["ranking"]
    assert ranking["order"] == order
    assert ranking["rank_by"] == [{"metric": wanted, "best": "min" if wanted in SMALLER_IS_BETTER else "max"}]
    check_ranks(trials, order)
    assert document["sweep_results"]["best"]["trial_id"] == order[0]


def test_without_the_silhouette_the_first_metric_that_is_computed_ranks(iris: Path) -> None:
    config = study(iris, sweep_configuration={"grid": GRID[0]})
    config["evaluation_configuration"] |= {"evaluation_metrics": ["davies_bouldin_score", "inertia"]}
    result, _ = sweep(config)
    assert [by.metric for by in result.document.sweep_results.ranking.rank_by] == ["davies_bouldin_score"]
    assert result.document.sweep_results.ranking.order == ranked_by_pandas(result.trials.to_pandas(), ["davies_bouldin_score"])


def test_several_metrics_are_ranked_by_mean_rank_with_their_pareto_front(iris: Path, tmp_path: Path) -> None:
    by = ["silhouette_score", "davies_bouldin_score", "adjusted_rand_score"]
    trials, document = swept(iris, tmp_path / "out", rank_by=by)
    order = ranked_by_pandas(trials, by)
    assert document["sweep_results"]["ranking"]["order"] == order
    check_ranks(trials, order)
    signed = {
        trial_id: tuple(-row[name] if name in SMALLER_IS_BETTER else row[name] for name in by)
        for trial_id, row in trials.set_index("trial_id").loc[order].iterrows()
    }
    beaten = {one for one, other in itertools.permutations(order, 2) if dominates(signed[other], signed[one])}
    front = [trial_id for trial_id in order if trial_id not in beaten]
    assert 1 < len(front) < len(order)
    assert document["sweep_results"]["ranking"]["pareto_front"] == front
    assert [row["trial_id"] for row in document["sweep_results"]["trials"] if row["on_pareto_front"]] == sorted(front)


def dominates(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return all(a >= b for a, b in zip(one, other, strict=True)) and one != other


def test_only_trials_that_keep_the_constraints_are_ranked(iris: Path, tmp_path: Path) -> None:
    constraints = {"noise_fraction": {"max": 0.2}, "n_clusters": {"min": 2, "max": 4}, "smallest_cluster": {"min": 0.2}}
    trials, document = swept(iris, tmp_path / "out", constraints=constraints)
    kept = trials[(trials["noise_fraction"] <= 0.2) & trials["n_clusters"].between(2, 4) & (trials["smallest_cluster"] >= 0.2 * 150)]
    order = ranked_by_pandas(kept, ["silhouette_score"])
    assert 0 < len(order) < trials["silhouette_score"].notna().sum()
    assert document["sweep_results"]["ranking"]["order"] == order
    check_ranks(trials, order)
    rows = document["sweep_results"]["trials"]
    broken = {row["trial_id"] for row in rows if row["broken_constraints"]}
    assert broken == set(trials[trials["status"] == "done"]["trial_id"]) - set(kept["trial_id"])


def test_over_several_spaces_ranks_hold_within_each_and_the_base_config_s_gives_the_best(iris: Path, tmp_path: Path) -> None:
    trials, document = swept(iris, tmp_path / "out", SCALINGS)
    assert trials["space_id"].nunique() == 2
    scaling = trials[PREPARED + "scaling"].map(json.loads)
    expected = []
    for name in ("standard", "none"):  # standard is the base config's own
        own = trials[scaling == name]
        order = ranked_by_pandas(own, ["silhouette_score"])
        check_ranks(own, order)
        expected += order
    results = document["sweep_results"]
    assert results["ranking"]["order"] == expected
    assert results["ranking"]["across_spaces"] is False
    assert results["best"]["settings"][PREPARED + "scaling"] == "standard"
    assert "scores_not_comparable" in [warning["code"] for warning in document["metadata"]["warnings"]]


@pytest.mark.parametrize("by", [["adjusted_rand_score"], ["noise_fraction", "smallest_cluster"]])
def test_what_rests_on_the_labels_alone_compares_over_spaces(iris: Path, tmp_path: Path, by: list[str]) -> None:
    trials, document = swept(iris, tmp_path / "out", SCALINGS, rank_by=by)
    order = ranked_by_pandas(trials, by)
    assert document["sweep_results"]["ranking"]["order"] == order
    check_ranks(trials, order)
    assert [warning["code"] for warning in document["metadata"]["warnings"]] == ["trials_failed"]


def test_with_a_rank_space_all_are_scored_in_it_and_ranked_together(iris: Path, tmp_path: Path) -> None:
    by = ["silhouette_score", "adjusted_rand_score"]
    trials, document = swept(iris, tmp_path / "out", SCALINGS, rank_by=by, rank_space={"scaling": "standard"})
    order = ranked_by_pandas(trials, by, ["rank_space.silhouette_score", "adjusted_rand_score"])
    assert document["sweep_results"]["ranking"]["order"] == order
    assert document["sweep_results"]["ranking"]["across_spaces"] is True
    check_ranks(trials, order)
    reference = trials[PREPARED + "scaling"].map(json.loads) == "standard"
    own, again = trials[reference][INTERNAL], trials[reference][[f"rank_space.{name}" for name in INTERNAL]]
    assert own.to_numpy().tobytes() == again.to_numpy().tobytes()  # the trials that lie there already
    assert not (trials[~reference]["silhouette_score"] == trials[~reference]["rank_space.silhouette_score"]).any()


def test_the_table_of_trials_has_the_contract_s_columns_in_their_types(iris: Path, tmp_path: Path) -> None:
    swept(iris, tmp_path / "out", rank_by=["inertia"])
    schema = pq.read_schema(tmp_path / "out" / "trials.parquet")
    settings = dict.fromkeys(path for grid in GRID for path in grid)
    assert [(field.name, field.type) for field in schema] == [
        ("trial_id", pa.int64()),
        *((name, pa.string()) for name in ("status", "error", "space_id", *settings)),
        ("n_clusters", pa.int64()),
        ("noise_fraction", pa.float64()),
        ("smallest_cluster", pa.int64()),
        *((name, pa.float64()) for name in METRICS),
        ("rank", pa.int64()),
    ]


def test_the_table_of_trials_says_what_the_document_says(iris: Path, tmp_path: Path) -> None:
    trials, document = swept(iris, tmp_path / "out", SCALINGS)
    rows = document["sweep_results"]["trials"]
    table = trials.astype(object).where(trials.notna(), None).to_dict("records")
    assert [row["trial_id"] for row in rows] == list(range(len(table)))
    for row, line in zip(rows, table, strict=True):
        for name in ("trial_id", "status", "space_id", "n_clusters", "noise_fraction", "smallest_cluster", "rank"):
            assert line[name] == row[name], name
        for path, value in row["settings"].items():
            assert line[path] == (None if value is None else json.dumps(value)), path
        metrics = row["evaluation_metrics"] or dict.fromkeys(METRICS)
        assert [line[name] for name in METRICS] == [metrics[name] for name in METRICS]
        error = row["error"]
        assert line["error"] == (None if error is None else f"{error['type']}: {error['message']}")


def test_with_checks_the_table_has_stability_and_ranks_by_it(iris: Path, tmp_path: Path) -> None:
    config = study(
        iris,
        tmp_path / "out",
        evaluation_configuration={"cluster_validation": False, "evaluation_metrics": ["silhouette_score"]},
        sweep_configuration={"grid": {N_CLUSTERS: [2, 3, 6]}, "validate": True, "rank_by": ["stability", "prediction_strength"]},
    )
    result, _ = sweep(config)
    trials = pd.read_parquet(tmp_path / "out" / "trials.parquet")
    assert result.document.sweep_results.ranking.order == ranked_by_pandas(trials, ["stability", "prediction_strength"])
    best = result.best
    assert best is not None
    stability = best.document.clustering_results.validation.stability
    assert stability is not None
    assert trials["stability"].max() == stability.minimum


@pytest.mark.parametrize("rank_space", [False, True])
def test_the_document_is_valid_by_the_schema_that_is_printed(iris: Path, tmp_path: Path, cli: Callable[..., Any], rank_space: bool) -> None:
    schema = json.loads(cli("schema", "output", "--sweep").out)
    _, document = swept(iris, tmp_path / "out", SCALINGS, **({"rank_space": {"scaling": "robust"}} if rank_space else {}))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema, format_checker=jsonschema.FormatChecker())
    document["sweep_results"]["trials"][0]["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema)


def test_the_best_config_run_alone_gives_the_files_of_the_best_run(iris: Path, tmp_path: Path) -> None:
    config = study(iris, tmp_path / "out", sweep_configuration={"grid": SCALINGS}, visualization_configuration={"plot_types": ["scatter"]})
    sweep(config)
    clusterctl.run(tmp_path / "out" / "best" / "config.yaml", overrides=[f"output.directory={tmp_path / 'again'}"])
    ours, again = contents(tmp_path / "out" / "best"), contents(tmp_path / "again")
    assert list(ours) == list(again)
    assert [name for name in ours if ours[name] != again[name]] == []
    swept_results = json.loads((tmp_path / "out" / "sweep.json").read_text())["sweep_results"]
    row = swept_results["trials"][swept_results["best"]["trial_id"]]
    results = json.loads(again["results.json"])
    assert results["metadata"]["config_sha256"] == row["config_sha256"]
    assert results["clustering_results"]["evaluation_metrics"] == row["evaluation_metrics"]


def test_gates_are_checked_on_the_best_trial(iris: Path, tmp_path: Path) -> None:
    for bound, code in ((0.1, 0), (0.99, 10)):
        config = study(iris, tmp_path / f"out{code}", sweep_configuration={"grid": GRID})
        config["evaluation_configuration"] |= {"gates": {"silhouette_score": {"min": bound}}}
        result, _ = sweep(config)
        assert result.exit_code == code
        best = json.loads((tmp_path / f"out{code}" / "best" / "results.json").read_text())
        gate = best["clustering_results"]["validation"]["gates"][0]
        assert gate["passed"] == (code == 0)
        assert gate["value"] == best["clustering_results"]["evaluation_metrics"]["silhouette_score"]


def test_no_trial_that_meets_the_constraints_is_no_best_run_a_warning_and_exit_0(iris: Path, tmp_path: Path) -> None:
    config = study(iris, tmp_path / "out", sweep_configuration={"grid": GRID[0], "constraints": {"silhouette_score": {"min": 0.999}}})
    config["evaluation_configuration"] |= {"gates": {"silhouette_score": {"min": 0.5}}}
    result, _ = sweep(config)
    assert (result.exit_code, result.best, result.gates) == (0, None, [])
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["sweep.json", "trials.jsonl", "trials.parquet"]
    document = json.loads((tmp_path / "out" / "sweep.json").read_text())
    messages = [warning["message"] for warning in document["metadata"]["warnings"] if warning["code"] == "no_trial_ranked"]
    assert len(messages) == 1
    assert "silhouette_score by 8 of 8" in messages[0]


def test_a_best_run_of_before_goes_when_there_is_none_any_more(iris: Path, tmp_path: Path) -> None:
    config = study(iris, tmp_path / "out", sweep_configuration={"grid": GRID[0]})
    sweep(config)
    assert (tmp_path / "out" / "best" / "results.json").is_file()
    config["sweep_configuration"] = {"grid": GRID[0], "constraints": {"silhouette_score": {"min": 0.999}}}
    sweep(config, resume=True)
    assert not (tmp_path / "out" / "best").exists()


def test_agreement_is_the_adjusted_rand_index_of_the_best_labellings(iris: Path, tmp_path: Path) -> None:
    from sklearn.metrics import adjusted_rand_score

    _, document = swept(iris, tmp_path / "out", GRID[0])
    agreement = document["sweep_results"]["agreement"]
    assert agreement["trial_ids"] == document["sweep_results"]["ranking"]["order"]
    labels = []
    for trial_id in agreement["trial_ids"]:
        settings = document["sweep_results"]["trials"][trial_id]["settings"]
        clustering = {"algorithm": settings[ALGORITHM], "n_clusters": settings[N_CLUSTERS], "random_state": 3}
        run = clusterctl.run({**study(iris, clustering_configuration=clustering), "sweep_configuration": {}})
        labels.append(run.assignments.column("cluster_id").to_pylist())
    for (one, own), (two, other) in itertools.combinations(enumerate(labels), 2):
        assert agreement["adjusted_rand"][one][two] == pytest.approx(adjusted_rand_score(own, other), abs=1e-12)


def files_of(iris: Path, output: Path, executor: str, n_jobs: int, *, pictures: bool) -> dict[str, Any]:
    """Return the files of a sweep but for the best run's config, which says how it was done."""
    config = study(
        iris,
        output,
        execution={"executor": executor, "n_jobs": n_jobs},
        visualization_configuration={"plot_types": ["heatmap"]} if pictures else {"generate_plots": False},
        sweep_configuration={
            "grid": [*SCALINGS, {ALGORITHM: ["gaussian_mixture"], N_CLUSTERS: [2, 3]}],
            "rank_by": ["silhouette_score", "davies_bouldin_score"],
            "rank_space": {"scaling": "standard"},
        },
    )
    sweep(config)
    files = contents(output)
    del files["best/config.yaml"]
    return files


@pytest.fixture(scope="module")
def inline(iris: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[bool, dict[str, Any]]:
    """Return the files of a sweep without workers, without pictures and with."""
    folder = tmp_path_factory.mktemp("inline")
    return {pictures: files_of(iris, folder / str(pictures) / "out", "inline", 1, pictures=pictures) for pictures in (False, True)}


@pytest.mark.parametrize(
    ("executor", "n_jobs", "pictures"),
    [
        *((executor, n_jobs, False) for executor in ("threads", "inline") for n_jobs in (1, 2, 3)),
        ("processes", 1, False),
        ("processes", 2, False),
        ("processes", 3, True),
    ],
)
def test_every_file_is_the_same_with_any_executor_and_number_of_jobs(
    iris: Path, inline: dict[bool, dict[str, Any]], tmp_path: Path, executor: str, n_jobs: int, pictures: bool
) -> None:
    found, wanted = files_of(iris, tmp_path / "out", executor, n_jobs, pictures=pictures), inline[pictures]
    assert list(found) == list(wanted)
    assert [name for name in wanted if found[name] != wanted[name]] == []
    drawn = {"plots/agreement.png", "plots/metric_by_k.png", "plots/pareto.png", "best/plots/heatmap.png"}
    assert (drawn <= set(found)) == pictures


def test_the_exempt_keys_alone_differ_between_two_sweeps(iris: Path, tmp_path: Path) -> None:
    documents = [swept(iris, tmp_path / name / "out", GRID[0])[1] for name in "ab"]
    assert documents[0] != documents[1]
    assert without_exempt(documents[0]) == without_exempt(documents[1])
