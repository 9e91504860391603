"""`--resume`: only what is missing or changed is done again, that is said in one line, and the files are those of a fresh sweep."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from finished_files import contents
from sweep_studies import ALGORITHM, N_CLUSTERS, PARAMETER, PREPARED, journal_lines, study, sweep, write_table

import clusterctl
from clusterctl.engine.sweep import failures, fitting, kept, preparing
from clusterctl.errors import ClusteringError

GRID = [
    {ALGORITHM: ["kmeans", "hierarchical"], N_CLUSTERS: [2, 3]},
    {ALGORITHM: ["dbscan"], PARAMETER + "eps": [0.8, 1.2], PREPARED + "scaling": ["standard"]},
]
BASE = {"grid": GRID}
Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_table(tmp_path)


def begun(table: Path, name: str = "out", **sections: Any) -> dict[str, Any]:
    """Return the config of a sweep that is done, of six trials in one space."""
    config = study(table, table.parent / name, **{"sweep_configuration": BASE, **sections})
    sweep(config)
    return config


def check_as_fresh(config: dict[str, Any]) -> None:
    """Hold the folder of a resumed sweep against that of a fresh one with the same config."""
    out = Path(config["output"]["directory"])
    fresh = out.with_name("fresh") / out.name
    sweep({**config, "output": {"directory": str(fresh)}})
    assert contents(out) == contents(fresh)


def test_a_complete_sweep_is_resumed_without_a_trial_and_to_the_same_files(table: Path) -> None:
    config = begun(table, visualization_configuration={"plot_types": ["scatter"]})
    before = contents(table.parent / "out")
    lines = journal_lines(table.parent / "out")
    _, told = sweep(config, resume=True)
    assert told.done == []
    assert told.resumed == (6, 0, "")
    assert contents(table.parent / "out") == before
    assert journal_lines(table.parent / "out") == lines
    assert {"plots/agreement.png", "best/plots/scatter.png", "sweep.json", "trials.parquet"} <= set(before)


def with_one_more_k(config: dict[str, Any]) -> None:
    config["sweep_configuration"]["grid"][0] = {ALGORITHM: ["kmeans", "hierarchical"], N_CLUSTERS: [2, 3, 5]}


def with_another_algorithm(config: dict[str, Any]) -> None:
    config["sweep_configuration"]["grid"].append({ALGORITHM: ["gaussian_mixture"], N_CLUSTERS: [3]})


def with_one_less(config: dict[str, Any]) -> None:
    config["sweep_configuration"]["grid"].pop()


def with_another_scaling(config: dict[str, Any]) -> None:
    config["preprocessing_configuration"] = {"scaling": "robust"}


def with_fewer_metrics(config: dict[str, Any]) -> None:
    config["evaluation_configuration"] |= {"evaluation_metrics": ["davies_bouldin_score"]}


def with_a_rank_space(config: dict[str, Any]) -> None:
    config["sweep_configuration"]["rank_space"] = {"scaling": "none"}


def with_checks(config: dict[str, Any]) -> None:
    config["sweep_configuration"]["validate"] = True


def with_another_seed(config: dict[str, Any]) -> None:
    config["clustering_configuration"] = {"algorithm": "kmeans", "random_state": 4}


def with_pictures(config: dict[str, Any]) -> None:
    config["visualization_configuration"] = {"plot_types": ["scatter"]}


def with_a_gate(config: dict[str, Any]) -> None:
    config["evaluation_configuration"] |= {"gates": {"n_clusters": {"min": 1}}}


def with_another_order(config: dict[str, Any]) -> None:
    config["sweep_configuration"] |= {"rank_by": ["davies_bouldin_score"], "constraints": {"n_clusters": {"min": 3}}}


def with_a_description(config: dict[str, Any]) -> None:
    config["clustering_data"]["metadata"] = {"domain": "shops"}


def with_other_columns(config: dict[str, Any]) -> None:
    config["clustering_data"]["features"] = ["x", "y"]


GONE = "the config has them no more"


@pytest.mark.parametrize(
    ("change", "done", "said"),
    [
        (with_one_more_k, [2, 5], (6, 0, "")),
        (with_another_algorithm, [6], (6, 0, "")),
        (with_one_less, [], (4, 0, f"2: {GONE}")),
        (with_another_scaling, [0, 1, 2, 3], (2, 0, f"4: {GONE}")),
        (with_fewer_metrics, [0, 1, 2, 3, 4, 5], (0, 0, f"6: {GONE}")),
        (with_a_rank_space, [0, 1, 2, 3, 4, 5], (0, 0, f"6: {GONE}")),
        (with_checks, [0, 1, 2, 3, 4, 5], (0, 0, f"6: {GONE}")),
        (with_another_seed, [0, 1, 2, 3, 4, 5], (0, 0, f"6: {GONE}")),
        (with_other_columns, [0, 1, 2, 3, 4, 5], (0, 0, f"6: {GONE}")),
        (with_pictures, [], (6, 0, "")),
        (with_a_gate, [], (6, 0, "")),
        (with_another_order, [], (6, 0, "")),
        (with_a_description, [], (6, 0, "")),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_changed_config_redoes_what_it_changes_and_ends_as_a_fresh_sweep(
    table: Path, change: Change, done: list[int], said: tuple[int, int, str]
) -> None:
    config = json.loads(json.dumps(begun(table)))
    change(config)
    _, told = sweep(config, resume=True)
    assert (told.done, told.resumed) == (done, said)
    check_as_fresh(config)


def test_a_changed_table_redoes_everything(table: Path) -> None:
    config = begun(table)
    table.write_text(table.read_text() + "9,9,9,1.5,c\n")
    _, told = sweep(config, resume=True)
    assert told.done == [0, 1, 2, 3, 4, 5]
    assert told.resumed == (0, 6, "6: the data changed")
    check_as_fresh(config)


def test_a_table_that_is_again_what_it_was_is_known_again(table: Path) -> None:
    config = begun(table)
    whole = contents(table.parent / "out")
    text = table.read_text()
    header, *rows = text.splitlines()
    table.write_text("\n".join([header, *reversed(rows)]) + "\n")
    sweep(config, resume=True)
    table.write_text(text)
    _, told = sweep(config, resume=True)
    assert told.done == []
    assert contents(table.parent / "out") == whole


def versions_with(monkeypatch: pytest.MonkeyPatch, **changed: str) -> None:
    true_versions = kept.library_versions

    def other(algorithm: str, config: Any) -> dict[str, str]:
        found = true_versions(algorithm, config)
        return {name: changed.get(name, version) for name, version in found.items()}

    monkeypatch.setattr(kept, "library_versions", other)


def test_another_version_of_a_library_redoes_what_depends_on_it(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = begun(table)
    versions_with(monkeypatch, fastcluster="99")
    _, told = sweep(config, resume=True)
    assert told.done == [2, 3]
    assert told.resumed == (4, 2, "2: clusterctl or a library has another version")
    versions_with(monkeypatch, numpy="99")
    _, told = sweep(config, resume=True)
    assert told.done == [0, 1, 2, 3, 4, 5]
    assert told.resumed == (0, 6, "6: clusterctl or a library has another version")


def test_another_version_of_the_library_that_draws_redoes_nothing(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = begun(table, visualization_configuration={"plot_types": ["scatter"]})
    versions_with(monkeypatch, matplotlib="99")
    assert sweep(config, resume=True)[1].resumed == (6, 0, "")


def test_another_version_of_clusterctl_redoes_everything(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = begun(table)
    monkeypatch.setattr(kept, "__version__", "99")
    assert sweep(config, resume=True)[1].resumed == (0, 6, "6: clusterctl or a library has another version")


def test_an_environment_value_that_changed_is_a_changed_config(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCALING", "standard")
    config = begun(table, preprocessing_configuration={"scaling": "${SCALING}"})
    monkeypatch.setenv("SCALING", "robust")
    assert sweep(config, resume=True)[1].done == [0, 1, 2, 3]
    check_as_fresh(config)


def damaged(out: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """Change the lines of a journal; the sweep's other files go, as if it had been killed."""
    journal = out / "trials.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(change(lines)))
    (out / "sweep.json").unlink()


DAMAGES: dict[str, tuple[Callable[[list[bytes]], list[bytes]], int]] = {
    "the last line torn": (lambda lines: [*lines[:-2], lines[-2][:-30]], 5),
    "the end mark torn": (lambda lines: [*lines[:-1], lines[-1][:5]], 6),
    "a trial damaged": (lambda lines: [*lines[:3], lines[3].replace(b'"status":"done"', b'"status":"dome"'), *lines[4:]], 5),
    "a trial of zeros": (lambda lines: [*lines[:4], b"\0" * 600 + b"\n", *lines[5:]], 5),
    "the space damaged": (lambda lines: [lines[0], lines[1][: len(lines[1]) // 2] + b"\n", *lines[2:]], 6),
    "a header alone": (lambda lines: lines[:1], 0),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_journal_costs_what_is_damaged_and_no_more(table: Path, name: str) -> None:
    change, n_kept = DAMAGES[name]
    config = begun(table)
    out = table.parent / "out"
    before = contents(out)
    assert b'"space"' in (out / "trials.jsonl").read_bytes().splitlines()[1]
    damaged(out, change)
    _, told = sweep(config, resume=True)
    assert len(told.done) == 6 - n_kept
    assert told.resumed == ((n_kept, 0, "") if n_kept else (0, 0, f"{table.parent / 'out'} holds no finished trial: the sweep starts anew"))
    assert contents(out) == before


@pytest.mark.parametrize("options", [{"resume": True}, {"force": True}, {}])
def test_a_foreign_file_of_the_journal_s_name_is_not_lost(table: Path, options: dict[str, bool]) -> None:
    foreign = table.parent / "out" / "trials.jsonl"
    foreign.parent.mkdir()
    foreign.write_text('{"mine": 1}\n')
    with pytest.raises(clusterctl.OutputError, match=r"trials\.jsonl|not empty"):
        sweep(study(table, foreign.parent), **options)
    assert foreign.read_text() == '{"mine": 1}\n'


@pytest.mark.parametrize("error", [failures.timed_out(1.0), failures.worker_lost(), failures.as_trial_error(MemoryError())])
def test_an_error_of_the_moment_is_tried_again(table: Path, monkeypatch: pytest.MonkeyPatch, error: Any) -> None:
    config = study(table, table.parent / "out", sweep_configuration=BASE)
    monkeypatch.setattr(fitting, "_build", dying_once(fitting._build, 1))
    monkeypatch.setattr(fitting, "as_trial_error", lambda _: error)
    result, told = sweep(config)
    failed = [row.trial_id for row in result.document.sweep_results.trials if row.status == "failed"]
    assert [result.document.sweep_results.trials[place].error for place in failed] == [error] * len(failed)
    assert failed
    _, told = sweep(config, resume=True)
    assert told.done == failed
    assert told.resumed == (6 - len(failed), len(failed), f"{len(failed)}: they ran out of time, memory or a worker")
    check_as_fresh(config)


def dying_once(build: Callable[..., Any], place: int) -> Callable[..., Any]:
    """Return a `build` that fails when it is called for the time `place`, from 0."""
    calls = SimpleNamespace(n=0)

    def other(*arguments: Any) -> Any:
        calls.n += 1
        if calls.n == place + 1:
            raise RuntimeError("as it may happen")
        return build(*arguments)

    return other


def test_a_failure_that_is_a_fact_is_not_tried_again(table: Path) -> None:
    config = begun(table, sweep_configuration={"grid": {N_CLUSTERS: [2, 500]}})
    result, told = sweep(config, resume=True)
    assert told.done == []
    assert told.resumed == (2, 0, "")
    error = result.document.sweep_results.trials[1].error
    assert error is not None
    assert error.type == "ClusteringError"


def test_a_space_that_could_not_be_prepared_is_a_fact_too(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pca = {PREPARED + "dimensionality_reduction": "pca", PREPARED + "n_components": 50, N_CLUSTERS: 2}
    config = begun(table, sweep_configuration={"list": [{N_CLUSTERS: 2}, pca]})
    before = contents(table.parent / "out")
    monkeypatch.setattr(preparing, "prepare_points", None)
    result, told = sweep(config, resume=True)
    assert [row.status for row in result.document.sweep_results.trials] == ["done", "failed"]
    assert told.done == []
    assert contents(table.parent / "out") == before


def test_every_trial_failed_is_said_again(table: Path) -> None:
    config = study(table, table.parent / "out", sweep_configuration={"grid": {N_CLUSTERS: [400, 500]}})
    for resume in (False, True):
        with pytest.raises(ClusteringError, match="every one of the 2 trials failed"):
            sweep(config, resume=resume)
    assert len([line for line in journal_lines(table.parent / "out") if "outcome" in line]) == 2


def test_the_seed_that_was_drawn_is_kept(table: Path) -> None:
    null = {"algorithm": "kmeans", "random_state": None}
    config = begun(table, clustering_configuration=null)
    out = table.parent / "out"
    before = contents(out)
    drawn = json.loads(before["sweep.json"])["metadata"]["random_state"]
    _, told = sweep(config, resume=True)
    assert (told.done, told.resumed) == ([], (6, 0, ""))
    assert contents(out) == before
    config["sweep_configuration"] = {"grid": [*GRID, {N_CLUSTERS: [6]}]}
    result, told = sweep(config, resume=True)
    assert told.done == [6]
    assert result.document.metadata.random_state == drawn
    config["clustering_configuration"] = {"algorithm": "kmeans", "random_state": drawn}
    assert sweep(config, resume=True)[1].done == []


def test_another_sweep_draws_another_seed(table: Path) -> None:
    null = {"algorithm": "kmeans", "random_state": None}
    seeds = {sweep(study(table, clustering_configuration=null))[0].document.metadata.random_state for _ in range(2)}
    assert len(seeds) == 2


def test_data_from_stdin_are_known_by_their_bytes(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = study(table, table.parent / "out")
    config["clustering_data"] |= {"data_source": "-", "data_format": "csv"}

    def given(content: bytes) -> list[int]:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content), isatty=lambda: False))
        return sweep(config, resume=True)[1].done

    content = table.read_bytes()
    assert given(content) == [0, 1, 2]
    assert given(content) == []
    assert given(content + b"9,9,9,1.5,c\n") == [0, 1, 2]


def test_what_the_config_has_no_more_is_still_known_when_it_comes_back(table: Path) -> None:
    config = json.loads(json.dumps(begun(table)))
    with_one_less(config)
    sweep(config, resume=True)
    config["sweep_configuration"] = BASE
    assert sweep(config, resume=True)[1].resumed == (6, 0, "")
    check_as_fresh(config)


def test_a_sweep_is_gone_on_with_by_any_executor(table: Path) -> None:
    config = begun(table, sweep_configuration={"grid": {N_CLUSTERS: [2, 3]}})
    config["sweep_configuration"] = {"grid": {N_CLUSTERS: [2, 3, 4]}}
    config["execution"] = {"executor": "threads", "n_jobs": 2}
    assert sweep(config, resume=True)[1].done == [2]
    check_as_fresh(config)


def test_what_is_said_of_a_space_is_of_the_table_as_it_is_read_now(table: Path) -> None:
    table.write_text(table.read_text() + "-99,1,1,1.5,c\n")
    config = begun(table, preprocessing_configuration={"missing_values": "drop"})
    config["clustering_data"]["read_options"] = {"na_values": ["-99"]}
    result, _ = sweep(config, resume=True)
    assert [(space.n_points, space.n_dropped) for space in result.document.sweep_results.spaces] == [(90, 1)]
    check_as_fresh(config)


def test_another_seed_of_the_rank_space_redoes_trials_with_seeds_of_their_own(table: Path) -> None:
    seeds = {N_CLUSTERS: [2, 3], "clustering_configuration.random_state": [5]}
    drawn = {"feature_selection": True}
    config = begun(table, sweep_configuration={"grid": seeds, "rank_space": drawn})
    config["clustering_configuration"]["random_state"] = 11
    _, told = sweep(config, resume=True)
    assert told.done == [0, 1]


def test_another_version_of_what_only_the_rank_space_needs_redoes_everything(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = begun(table, sweep_configuration={"grid": {N_CLUSTERS: [2, 3]}, "rank_space": {"dimensionality_reduction": "umap"}})
    real = kept.library_versions
    newer = {"umap-learn": "99"}
    monkeypatch.setattr(
        kept, "library_versions", lambda name, config: {key: newer.get(key, had) for key, had in real(name, config).items()}
    )
    _, told = sweep(config, resume=True)
    assert told.done == [0, 1]
