"""The one writer: valid JSON, no pickles, no formulas, and errors of the system in words."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import clusterctl
from clusterctl.errors import OutputError
from clusterctl.results import store
from clusterctl.results.folder import OutputFolder
from clusterctl.results.lines import COMPLETE
from clusterctl.results.models import Assignment, ResultsDocument
from clusterctl.results.store import COMPACT_ABOVE, RunFiles, SweepFiles, document_text, write_run, write_sweep
from clusterctl.results.sweep import RankedBy, Ranking, SweepDocument, SweepMetadata, SweepResults


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> ResultsDocument:
    path = tmp_path_factory.mktemp("store") / "t.csv"
    path.write_text("x,größe\n" + "".join(f"{row % 2 * 9 + row / 50},{row % 2 - row / 70}\n" for row in range(20)))
    off = {"cross_validation": False, "cluster_validation": False}
    return clusterctl.run(
        {
            "clustering_data": {"data_source": str(path)},
            "clustering_configuration": {"algorithm": "kmeans", "n_clusters": 2},
            "evaluation_configuration": off,
            "visualization_configuration": {"generate_plots": False},
        }
    ).document


def with_rows(document: ResultsDocument, n_rows: int | None) -> ResultsDocument:
    rows = None if n_rows is None else [Assignment(sample_id=str(row), cluster_id=0, confidence=1.0) for row in range(n_rows)]
    results = document.clustering_results
    clusters = results.clusters.model_copy(update={"cluster_assignments": rows})
    return document.model_copy(update={"clustering_results": results.model_copy(update={"clusters": clusters})})


def files(document: ResultsDocument, **changed: Any) -> RunFiles:
    given: dict[str, Any] = {
        "document": document,
        "assignments": pa.table({"sample_id": ["0"]}),
        "config": "größe: 1\n",
        "points": {"labels": np.arange(3)},
        "model_arrays": {"points": np.ones((2, 2))},
        "model_facts": {"b": 1, "a": [0.5, None, "é"]},
    }
    return RunFiles(**{**given, **changed})


def written(tmp_path: Path, given: RunFiles, **places: Any) -> Path:
    new = tmp_path / "new"
    new.mkdir()
    write_run(given, new, **{"plots": None, "model": None, **places})
    return new


def test_the_document_is_utf_8_json_with_one_newline_at_its_end(document: ResultsDocument) -> None:
    text = document_text(document)
    assert json.loads(text) == document.model_dump(mode="json")
    assert "größe" in text
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize(("n_rows", "compact"), [(None, False), (1, False), (COMPACT_ABOVE, False), (COMPACT_ABOVE + 1, True)])
def test_the_document_is_compact_where_it_holds_many_rows(document: ResultsDocument, n_rows: int | None, compact: bool) -> None:
    long = with_rows(document, n_rows)
    text = document_text(long)
    assert (text.count("\n") == 1) is compact
    assert json.loads(text) == long.model_dump(mode="json")


def test_numbers_come_back_to_the_last_bit(document: ResultsDocument) -> None:
    metrics = json.loads(document_text(document))["clustering_results"]["evaluation_metrics"]
    assert metrics["inertia"] == document.clustering_results.evaluation_metrics.inertia


def test_every_part_has_its_file(tmp_path: Path, document: ResultsDocument) -> None:
    given = files(document, pictures={"scatter": b"png"}, pages={"scatter": "<p>é"}, log=["{}", "[]"])
    new = written(tmp_path, given)
    assert sorted(str(path.relative_to(new)) for path in new.rglob("*") if path.is_file()) == [
        "assignments.parquet",
        "config.yaml",
        "log.jsonl",
        "model/model.json",
        "model/model.npz",
        "plots/scatter.html",
        "plots/scatter.png",
        "points.npz",
        "results.json",
    ]
    assert (new / "log.jsonl").read_text() == "{}\n[]\n"
    assert (new / "config.yaml").read_text(encoding="utf-8") == "größe: 1\n"
    facts = json.loads((new / "model" / "model.json").read_text(encoding="utf-8"))
    assert facts["a"] == [0.5, None, "é"]
    assert facts.keys() == {"a", "b", "npz_sha256", "sha256"}


def test_plots_and_model_may_lie_elsewhere(tmp_path: Path, document: ResultsDocument) -> None:
    plots, model = tmp_path / "plots", tmp_path / "model"
    plots.mkdir()
    model.mkdir()
    new = written(tmp_path, files(document, pictures={"scatter": b"png"}), plots=plots, model=model)
    assert not (new / "plots").exists()
    assert not (new / "model").exists()
    assert (plots / "scatter.png").read_bytes() == b"png"
    assert (model / "model.npz").is_file()


@pytest.mark.parametrize("place", ["points", "model_arrays"])
def test_an_array_of_objects_is_refused(tmp_path: Path, document: ResultsDocument, place: str) -> None:
    with pytest.raises(TypeError, match="only a pickle can carry"):
        written(tmp_path, files(document, **{place: {"names": np.array(["a", None], dtype=object)}}))


def test_arrays_are_read_without_pickles(tmp_path: Path, document: ResultsDocument) -> None:
    arrays = {"of/a/part": np.array(["é", "b"]), "number": np.array(2.5), "empty": np.empty((0, 2))}
    new = written(tmp_path, files(document, points=arrays))
    with np.load(new / "points.npz", allow_pickle=False) as stored:
        assert sorted(stored.files) == sorted(arrays)
        assert all(np.array_equal(stored[name], array) for name, array in arrays.items())


def test_a_model_s_fact_that_is_not_finite_is_refused(tmp_path: Path, document: ResultsDocument) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        written(tmp_path, files(document, model_facts={"a": float("nan")}))


RISKY = ["=1+1", "+1", "-cmd", "@SUM(A1)", "\tx", "\rx"]
HARMLESS = ["plain", "a=b", "1-2", "", "'=1"]


@pytest.mark.parametrize("dtype", ["str", "object", "string[pyarrow]", "string[python]"])
def test_a_csv_table_holds_no_formula(tmp_path: Path, document: ResultsDocument, dtype: str) -> None:
    texts = [*RISKY, *HARMLESS]
    frame = pd.DataFrame({"text": pd.Series(texts, dtype=dtype), "number": np.arange(len(texts)) - 3.0})
    new = written(tmp_path, files(document, table=(frame, "csv")))
    back = pd.read_csv(new / "table.csv", keep_default_na=False)
    assert back["text"].tolist() == [*("'" + text for text in RISKY), *HARMLESS]
    assert back["number"].tolist() == frame["number"].tolist()


def test_categories_and_missing_texts_hold_no_formula_either(tmp_path: Path, document: ResultsDocument) -> None:
    frame = pd.DataFrame({"kind": pd.Categorical(["=1", "b", None]), "text": pd.Series(["=2", None, "c"], dtype="str")})
    new = written(tmp_path, files(document, table=(frame, "csv")))
    back = pd.read_csv(new / "table.csv")
    assert back["kind"].tolist()[:2] == ["'=1", "b"]
    assert back["text"].tolist()[0] == "'=2"
    assert back.isna().sum().tolist() == [1, 1]


def test_a_column_s_name_is_no_formula_either(tmp_path: Path, document: ResultsDocument) -> None:
    frame = pd.DataFrame({"=cmd()": [1.5], "b": ["x"]})
    new = written(tmp_path, files(document, table=(frame, "csv")))
    assert pd.read_csv(new / "table.csv").columns.tolist() == ["'=cmd()", "b"]


def test_a_parquet_table_keeps_texts_and_types(tmp_path: Path, document: ResultsDocument) -> None:
    frame = pd.DataFrame({"text": ["=1+1", "b"], "cluster_id": pd.array([0, None], dtype="Int64")})
    new = written(tmp_path, files(document, table=(frame, "parquet")))
    assert pq.read_table(new / "table.parquet").to_pylist() == [{"text": "=1+1", "cluster_id": 0}, {"text": "b", "cluster_id": None}]


def test_a_mixed_column_can_be_written(tmp_path: Path, document: ResultsDocument) -> None:
    frame = pd.DataFrame({"mixed": pd.Series([True, None, False], dtype=object), "number": [1.0, np.nan, 2.0]})
    for kind in ("csv", "parquet"):
        folder = tmp_path / kind
        folder.mkdir()
        assert (written(folder, files(document, table=(frame, kind))) / f"table.{kind}").is_file()


def test_a_full_disk_is_an_output_error_that_names_it(tmp_path: Path, document: ResultsDocument, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, text: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(store, "_write_text", full)
    with pytest.raises(OutputError, match=r"results\.json") as caught:
        written(tmp_path, files(document))
    assert caught.value.hint


def a_sweep(document: ResultsDocument) -> SweepDocument:
    """Return the least sweep.json, with what it can take from a run's document."""
    run = document.metadata
    ranking = Ranking(
        rank_by=[RankedBy(metric="silhouette_score", best="max")],
        across_spaces=False,
        rank_space=None,
        constraints={},
        order=[],
        pareto_front=[],
    )
    return SweepDocument(
        sweep_results=SweepResults(best=None, ranking=ranking, spaces=[], agreement=None, trials=[]),
        metadata=SweepMetadata(
            schema_version="1",
            version=run.version,
            processing_timestamp=run.processing_timestamp,
            processing_duration=0.1 + 0.2,
            n_trials=0,
            n_failed=0,
            n_merged=0,
            config={"größe": 1},
            config_sha256="c",
            data_sha256="d",
            random_state=7,
            libraries={},
            user_metadata={},
            warnings=[],
            notes=[],
            execution={},
        ),
    )


def sweep_files(tmp_path: Path, document: ResultsDocument, **changed: Any) -> SweepFiles:
    journal = tmp_path / "journal"
    journal.write_bytes(b"1\n2\n")
    given = {"document": a_sweep(document), "trials": pa.table({"trial_id": [0]}), "pictures": {}, "best": None, "journal": journal}
    return SweepFiles(**{**given, **changed})


def swept(tmp_path: Path, given: SweepFiles, plots: Path | None = None) -> list[str]:
    new = tmp_path / "new"
    new.mkdir()
    write_sweep(given, new, plots=plots)
    return sorted(path.relative_to(new).as_posix() for path in new.rglob("*") if path.is_file())


def test_a_sweep_without_a_best_trial_has_three_files(tmp_path: Path, document: ResultsDocument) -> None:
    given = sweep_files(tmp_path, document)
    assert swept(tmp_path, given) == ["sweep.json", "trials.jsonl", "trials.parquet"]
    text = (tmp_path / "new" / "sweep.json").read_text(encoding="utf-8")
    assert SweepDocument.model_validate_json(text) == given.document
    assert text.startswith('{\n  "sweep_results"')
    assert "größe" in text
    assert text.endswith("}\n")
    assert pq.read_table(tmp_path / "new" / "trials.parquet").to_pylist() == [{"trial_id": 0}]
    assert (tmp_path / "new" / "trials.jsonl").read_bytes() == b"1\n2\n" + COMPLETE


def test_a_sweep_s_best_run_is_whole_and_all_files_are_known_as_ours(tmp_path: Path, document: ResultsDocument) -> None:
    best = files(document, pictures={"scatter": b"best"}, pages={"scatter": "<p>"}, table=(pd.DataFrame({"a": [1]}), "csv"))
    names = swept(tmp_path, sweep_files(tmp_path, document, best=best, pictures={"agreement": b"png"}))
    assert "plots/agreement.png" in names
    assert {"best/results.json", "best/plots/scatter.png", "best/plots/scatter.html", "best/model/model.npz", "best/table.csv"} < set(names)
    OutputFolder(tmp_path / "new", named=True, force=True).check()


def test_a_sweep_s_pictures_may_lie_elsewhere_and_its_best_run_s_stay_with_it(tmp_path: Path, document: ResultsDocument) -> None:
    plots = tmp_path / "plots"
    plots.mkdir()
    best = files(document, pictures={"scatter": b"best"})
    names = swept(tmp_path, sweep_files(tmp_path, document, best=best, pictures={"agreement": b"png"}), plots)
    assert [path.name for path in plots.iterdir()] == ["agreement.png"]
    assert "best/plots/scatter.png" in names
    assert "plots/agreement.png" not in names


def test_a_journal_that_cannot_be_copied_is_an_output_error(tmp_path: Path, document: ResultsDocument) -> None:
    with pytest.raises(OutputError, match=r"cannot write .*trials\.jsonl"):
        swept(tmp_path, sweep_files(tmp_path, document, journal=tmp_path / "gone"))
