"""`recommend`: the planted answer, or that there is none; and configs that give what was promised."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from finished_files import without_exempt
from sklearn.metrics import adjusted_rand_score

import clusterctl
from clusterctl.commands import candidates as candidates_module
from clusterctl.commands.recommend import RecommendResult, config_or_table, recommend, recommend_to_folder
from clusterctl.commands.schema import schema
from clusterctl.errors import ConfigError, OutputError, ResourceLimitError
from clusterctl.plots.recommend.registry import RECOMMEND_PLOTS
from clusterctl.plots.render import render_png
from clusterctl.results.stored_recommendation import open_recommendation

QUICK = ("evaluation_configuration.cross_validation=false", "evaluation_configuration.cluster_validation=false")


def blobs(n: int = 240, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Three round heaps that no one could miss."""
    rng = np.random.default_rng(seed)
    which = np.arange(n) % 3
    X = np.array([[0, 0], [9, 0], [4, 8]])[which] + rng.normal(size=(n, 2))
    return pd.DataFrame(X, columns=["x", "y"]), which


def one_heap(n: int = 300, seed: int = 1) -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(seed).normal(size=(n, 3)), columns=["a", "b", "c"])


def config(folder: Path, frame: pd.DataFrame, **sections: Any) -> dict[str, Any]:
    frame.to_csv(folder / "t.csv", index=False)
    return {"clustering_data": {"data_source": str(folder / "t.csv")}, "recommend_configuration": {"budget": "fast"}, **sections}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[RecommendResult, np.ndarray, Path]:
    folder = tmp_path_factory.mktemp("planted")
    frame, truth = blobs()
    result = recommend_to_folder(config(folder, frame, recommend_configuration={"budget": "normal"}), output=folder / "out")
    return result, truth, folder / "out"


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> tuple[RecommendResult, Path]:
    folder = tmp_path_factory.mktemp("nothing")
    return recommend_to_folder(config(folder, one_heap()), output=folder / "out"), folder / "out"


def test_planted_clusters_are_found_and_their_number_is_sure(planted) -> None:
    told = planted[0].document.recommendations
    assert (told.optimal_clusters, told.evidence) == (3, "clear")
    assert told.k_interval[0] <= 3 <= told.k_interval[1]
    assert told.confidence > 0.5
    assert adjusted_rand_score(planted[1], planted[0].labels.column("candidate_1").to_numpy()) > 0.98


def test_one_heap_is_no_clusters_and_no_algorithm_is_made_up(nothing) -> None:
    document = nothing[0].document
    assert document.recommendations.optimal_clusters == 1
    assert document.recommendations.evidence == "none"
    assert document.recommendations.algorithm_recommendation is None
    assert "recommendations.algorithm_recommendation" in {note.path for note in document.metadata.notes}


def test_the_number_recommended_is_that_of_the_first_candidate_s_config_on_all_rows(tmp_path: Path, monkeypatch) -> None:
    fitted = candidates_module.propose

    def with_a_cluster_more(choice, rank, *others):
        proposal = fitted(choice, rank, *others)
        return replace(proposal, sizes=(*proposal.sizes[:-1], proposal.sizes[-1] - 1, 1)) if rank == 1 else proposal

    monkeypatch.setattr(candidates_module, "propose", with_a_cluster_more)
    told = recommend(config(tmp_path, blobs()[0])).document.recommendations
    assert (told.optimal_clusters, told.candidates[0].n_clusters) == (4, 4)
    assert told.k_interval == (3, 4)
    assert any("from 3 to 4 is credible" in sentence for sentence in told.interpretation_guidance)


def test_candidates_that_are_the_same_on_all_rows_are_told_once(tmp_path: Path, monkeypatch) -> None:
    fitted, first = candidates_module.propose, []

    def always_the_first(choice, rank, *others):
        first.append(fitted(choice, rank, *others))
        return replace(first[0], name=f"{rank}.yaml")

    monkeypatch.setattr(candidates_module, "propose", always_the_first)
    result = recommend(config(tmp_path, blobs()[0]))
    assert len(first) > 1
    assert [row.rank for row in result.document.recommendations.candidates] == [1]
    assert list(result.configs) == ["1.yaml"]


def test_a_candidate_that_does_not_go_into_memory_is_left_out_with_a_warning_and_the_next_moves_up(tmp_path: Path, monkeypatch) -> None:
    fitted, asked = candidates_module.propose, []

    def refuse_the_first(choice, rank, *others):
        asked.append(rank)
        if len(asked) == 1:
            raise ResourceLimitError("too large by far")
        return fitted(choice, rank, *others)

    monkeypatch.setattr(candidates_module, "propose", refuse_the_first)
    document = recommend(config(tmp_path, blobs()[0])).document
    assert asked[:2] == [1, 1]
    assert document.recommendations.candidates[0].rank == 1
    assert [(entry.code, "too large by far" in entry.message) for entry in document.metadata.warnings] == [("candidate_left_out", True)]


@pytest.mark.parametrize("which", ["planted", "nothing"])
def test_every_candidate_s_config_runs_and_gives_its_labels(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    result, folder = request.getfixturevalue(which)[0], request.getfixturevalue(which)[-1]
    assert result.configs
    labels = pq.read_table(folder / "labels.parquet")
    for rank in range(1, len(result.configs) + 1):
        assert (folder / "candidates" / f"{rank}.yaml").read_text().startswith(f"# Candidate {rank} of a recommendation; ")
        overrides = [*QUICK, "visualization_configuration.generate_plots=false", f"output.directory={tmp_path / str(rank)}"]
        run = clusterctl.run(folder / "candidates" / f"{rank}.yaml", overrides=overrides)
        assert run.assignments.column("cluster_id").to_pylist() == labels.column(f"candidate_{rank}").to_pylist()
        assert run.exit_code == 0
        assert {gate.metric for gate in run.gates} >= {"n_clusters"}


def test_candidates_tell_different_stories_and_the_first_is_compared_with_each(planted) -> None:
    told, labels = planted[0].document.recommendations, planted[0].labels
    columns = [labels.column(f"candidate_{row.rank}").to_numpy() for row in told.candidates]
    for i, row in enumerate(told.candidates):
        assert row.agreement_with_first == pytest.approx(adjusted_rand_score(columns[0], columns[i]))
        assert told.agreement[i][0] == row.agreement_with_first
        assert row.cluster_sizes == np.bincount(columns[i][columns[i] >= 0]).tolist()
        assert row.noise_fraction == pytest.approx((columns[i] < 0).mean())
    assert len({(row.n_clusters, tuple(row.cluster_sizes)) for row in told.candidates}) == len(told.candidates)


def test_belief_over_numbers_of_clusters_adds_up_and_the_interval_holds_most_of_it(planted) -> None:
    told = planted[0].document.recommendations
    assert sum(told.belief_in_k.values()) == pytest.approx(1)
    low, high = told.k_interval
    assert sum(share for k, share in told.belief_in_k.items() if low <= int(k) <= high) >= 0.8


def test_the_answer_is_looked_at_again_with_another_preparation(planted, nothing) -> None:
    checks = planted[0].document.recommendations.sensitivity
    assert checks is not None
    assert {check.change.split(":")[0] for check in checks} >= {"scaling"}
    assert all(check.agrees and check.optimal_clusters == 3 for check in checks)
    assert nothing[0].document.recommendations.sensitivity is None  # the fast budget


def test_the_document_keeps_its_schema_and_every_null_has_a_reason(planted, nothing) -> None:
    for result in (planted[0], nothing[0]):
        tree = json.loads(result.document.model_dump_json())
        jsonschema.validate(tree, schema("output", recommend=True))
        noted = {note["path"] for note in tree["metadata"]["notes"]}
        for path in _nulls(tree["recommendations"], "recommendations"):
            assert path in noted, path


def _nulls(value: Any, path: str) -> list[str]:
    if value is None:
        return [path]
    if isinstance(value, dict):
        return [found for key, inner in value.items() for found in _nulls(inner, f"{path}.{key}")]
    if isinstance(value, list):
        return [found for place, inner in enumerate(value) for found in _nulls(inner, f"{path}[{place}]")]
    return []


def test_the_same_seed_gives_the_same_bytes_at_any_number_of_jobs(tmp_path: Path) -> None:
    found = []
    for jobs in (1, 2):
        given = config(tmp_path, blobs()[0], execution={"n_jobs": jobs})
        result = recommend_to_folder(given, output=tmp_path / str(jobs))
        tree = without_exempt(json.loads((tmp_path / str(jobs) / "recommendation.json").read_text()))
        texts = {name: text.replace(f"n_jobs: {jobs}", "n_jobs: N") for name, text in result.configs.items()}
        found.append((json.dumps(tree), texts, (tmp_path / str(jobs) / "labels.parquet").read_bytes()))
    assert found[0] == found[1]


def test_a_table_will_do_in_place_of_a_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame, _ = blobs()
    frame.to_csv(tmp_path / "people.csv", index=False)
    monkeypatch.chdir(tmp_path)
    result = recommend_to_folder("people.csv", overrides=["recommend_configuration.budget=fast"])
    assert result.directory == Path("runs/people-recommend")
    assert result.document.recommendations.optimal_clusters == 3
    run = clusterctl.run("runs/people-recommend/candidates/1.yaml", overrides=QUICK)
    assert run.document.clustering_results.model_info.n_clusters == 3


@pytest.mark.parametrize(
    ("name", "content", "is_config"),
    [
        ("a.json", '{"clustering_data": {"data_source": "x.csv"}}', True),
        ("a.json", '[{"x": 1}]', False),
        ("a.json", '{"x": [1, 2]}', False),
        ("a.yaml", "clustering_data: {data_source: x.csv}", True),
        ("a.csv", "x\n1\n", False),
        ("a.parquet", "", False),
        ("a.csv.gz", "", False),
    ],
)
def test_a_config_is_told_from_a_table(tmp_path: Path, name: str, content: str, is_config: bool) -> None:
    path = tmp_path / name
    path.write_text(content)
    found = config_or_table(path)
    assert (found == path) is is_config
    if not is_config:
        assert found == {"clustering_data": {"data_source": str(path)}}


def test_of_an_algorithm_in_the_config_only_the_seed_is_kept(tmp_path: Path) -> None:
    given = config(tmp_path, blobs()[0], clustering_configuration={"algorithm": "optics", "random_state": 7})
    result = recommend(given)
    assert result.document.metadata.random_state == 7
    assert all("random_state: 7" in text for text in result.configs.values())
    assert recommend(config(tmp_path, blobs()[0], clustering_configuration={"random_state": 7})).configs == result.configs


def test_a_budget_in_seconds_says_that_it_may_differ(tmp_path: Path) -> None:
    budget = recommend(config(tmp_path, blobs()[0], recommend_configuration={"budget": 0.5})).document.recommendations.budget
    assert (budget.name, budget.seconds, budget.reproducible) == ("fast", 0.5, False)


@pytest.mark.parametrize("budget", [0, -1, "huge", True])
def test_a_budget_that_is_none_is_refused(tmp_path: Path, budget: Any) -> None:
    with pytest.raises(ConfigError, match="budget"):
        recommend(config(tmp_path, blobs()[0], recommend_configuration={"budget": budget}))


@pytest.mark.parametrize("frame", [one_heap(5), pd.DataFrame({"x": [1.0, 2.0] * 40})], ids=["five rows", "two values"])
def test_a_table_of_which_nothing_can_be_said_has_no_candidates(tmp_path: Path, frame: pd.DataFrame) -> None:
    result = recommend(config(tmp_path, frame))
    told = result.document.recommendations
    assert (told.evidence, told.optimal_clusters, told.candidates, dict(result.configs)) == ("none", 1, [], {})


def test_red_flags_come_first(tmp_path: Path) -> None:
    frame, _ = blobs()
    frame["twin"] = frame["x"] * 2
    flags = recommend(config(tmp_path, frame)).document.recommendations.red_flags
    assert [(flag.code, flag.columns) for flag in flags] == [("near_duplicates", ["twin"])]


def test_a_folder_that_holds_something_else_is_not_replaced(planted, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(OutputError):
        recommend_to_folder(config(tmp_path, blobs()[0]), output=tmp_path / "out", force=True)
    assert {path.name for path in planted[2].iterdir()} >= {"recommendation.json", "labels.parquet", "candidates"}


def test_dropped_rows_have_no_label_and_ids_are_those_of_the_table(tmp_path: Path) -> None:
    frame, _ = blobs()
    frame.insert(0, "who", [f"p{row}" for row in range(len(frame))])
    frame.loc[[3, 8], "x"] = np.nan
    given = config(tmp_path, frame, preprocessing_configuration={"missing_values": "drop"})
    given["clustering_data"]["id_column"] = "who"
    labels = recommend(given).labels
    assert labels.column("sample_id").to_pylist() == frame["who"].tolist()
    values = labels.column("candidate_1").to_pylist()
    assert [row for row, value in enumerate(values) if value is None] == [3, 8]


def test_the_pictures_are_drawn_from_the_document_and_written(planted, nothing) -> None:
    for result, folder in ((planted[0], planted[-1]), nothing):
        applies = {name: spec for name, spec in RECOMMEND_PLOTS.items() if spec.applies(result.document) is None}
        assert dict(result.pictures) == {name: render_png(spec, open_recommendation(folder)) for name, spec in applies.items()}
        assert {path.name: path.read_bytes() for path in (folder / "plots").iterdir()} == {
            f"{name}.png": picture for name, picture in result.pictures.items()
        }
    assert set(planted[0].pictures) == set(RECOMMEND_PLOTS)


@pytest.mark.parametrize(("key", "n_drawn"), [("generate_plots", 0), ("save_plots", 3)])
def test_no_picture_is_written_where_the_config_wants_none(tmp_path: Path, key: str, n_drawn: int) -> None:
    given = config(tmp_path, blobs()[0], visualization_configuration={key: False})
    result = recommend_to_folder(given, output=tmp_path / "out")
    assert len(result.pictures) == n_drawn
    assert not (tmp_path / "out" / "plots").exists()


def test_of_a_table_of_which_nothing_can_be_said_no_picture_is_drawn(tmp_path: Path) -> None:
    result = recommend_to_folder(config(tmp_path, one_heap(5)), output=tmp_path / "out")
    assert (dict(result.pictures), dict(result.failed_plots)) == ({}, {})
    assert not (tmp_path / "out" / "plots").exists()


def test_a_picture_that_fails_is_told_after_all_else_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from clusterctl.plots.recommend import null_by_k

    monkeypatch.setattr(null_by_k, "draw", lambda *_: 1 / 0)
    given = config(tmp_path, blobs()[0])
    assert dict(recommend(given).failed_plots) == {"null_by_k": "ZeroDivisionError: division by zero"}
    with pytest.raises(OutputError, match="the plot null_by_k failed: ZeroDivisionError"):
        recommend_to_folder(given, output=tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"recommendation.json", "labels.parquet", "candidates", "plots"}
    assert {path.name for path in (tmp_path / "out" / "plots").iterdir()} == {"evidence_by_k.png", "candidates.png"}


def test_more_memory_than_is_allowed_is_refused_before_the_work(tmp_path: Path) -> None:
    seen: list[str] = []
    with pytest.raises(ResourceLimitError, match=r"comparing partitions of 240 rows .*left of --max-memory 1\.0 MiB"):
        recommend(config(tmp_path, blobs()[0], execution={"max_memory": "1M"}), emit=lambda event: seen.append(getattr(event, "stage", "")))
    assert "prepare" in seen
    assert "compare" not in seen
