"""Drawing again: the same pictures, from what is stored, in one step, without a library that could fit anything."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import clusterctl
from clusterctl.errors import ConfigError, DataLoadError, OutputError
from clusterctl.plots.recommend.registry import RECOMMEND_PLOTS

COLUMNS = ["<b>x</b>", "$y$", "z", "w"]


def config(folder: Path, name: str, algorithm: str = "kmeans", **other: object) -> dict[str, object]:
    return {
        "clustering_data": {"data_source": str(folder / "t.csv")},
        "clustering_configuration": {"algorithm": algorithm, **other},
        "evaluation_configuration": {"cluster_validation": False, "cross_validation": False},
        "visualization_configuration": {"plot_types": ["scatter", "heatmap"]},
        "output": {"directory": str(folder / name)},
    }


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of kmeans (`run`), a sweep (`swept`) and a recommendation (`advice`)."""
    folder = tmp_path_factory.mktemp("studies")
    rng = np.random.default_rng(0)
    which = np.arange(90) % 3
    frame = pd.DataFrame(rng.normal(size=(90, 4)) + 8 * np.eye(4)[which], columns=COLUMNS)
    frame.to_csv(folder / "t.csv", index=False)
    clusterctl.run(config(folder, "run", n_clusters=3))
    grid = {"sweep_configuration": {"grid": {"clustering_configuration.n_clusters": [2, 3, 4]}}}
    clusterctl.sweep({**config(folder, "swept"), **grid, "execution": {"executor": "inline"}})
    clusterctl.recommend({**config(folder, "advice"), "recommend_configuration": {"budget": "fast"}})
    return folder


@pytest.fixture
def advice(studies: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(studies / "advice", tmp_path / "advice"))


@pytest.fixture
def run(studies: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(studies / "run", tmp_path / "run"))


@pytest.fixture
def swept(studies: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(studies / "swept", tmp_path / "swept"))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_pictures_are_the_run_s_own_and_all_else_stays(run: Path) -> None:
    before = {name: (run / "plots" / name).read_bytes() for name in ("scatter.png", "heatmap.png")}
    rest = {path.name: path.stat().st_mtime_ns for path in run.iterdir() if path.is_file()}
    result = clusterctl.plot(run)
    for name, content in before.items():
        assert (run / "plots" / name).read_bytes() == content
    assert {path.name for path in result.files} == set(names(run / "plots"))
    assert {"pairs.png", "boxes.png", "parallel.png", "sizes.png", "silhouette.png"} <= set(names(run / "plots"))
    assert set(result.skipped) == {"dendrogram", "stability", "k_distance", "condensed_tree", "reachability"}
    assert rest == {path.name: path.stat().st_mtime_ns for path in run.iterdir() if path.is_file()}
    assert names(run.parent) == ["run"]


def test_pictures_of_other_names_stay_and_those_of_the_same_name_are_replaced(run: Path) -> None:
    (run / "plots" / "heatmap.png").write_bytes(b"mine")
    (run / "plots" / "scatter.png").write_bytes(b"old")
    clusterctl.plot(run, types=["scatter"], formats=["png", "svg"])
    assert (run / "plots" / "heatmap.png").read_bytes() == b"mine"
    assert (run / "plots" / "scatter.png").read_bytes()[:4] == b"\x89PNG"
    assert names(run / "plots") == ["heatmap.png", "scatter.png", "scatter.svg"]


@pytest.mark.parametrize(("kind", "begins"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF"), ("html", b"<!DOCTYPE html>")])
def test_every_format_is_what_its_name_says(run: Path, tmp_path: Path, kind: str, begins: bytes) -> None:
    (path,) = clusterctl.plot(run, types="sizes", formats=kind, output=tmp_path / "out").files
    assert path == tmp_path / "out" / f"sizes.{kind}"
    assert path.read_bytes().startswith(begins)


def test_a_run_that_drew_nothing_gets_its_plots_folder(run: Path) -> None:
    shutil.rmtree(run / "plots")
    clusterctl.plot(run, types=["sizes"])
    assert names(run / "plots") == ["sizes.png"]


def test_what_does_not_apply_is_told_after_the_others_are_written(run: Path) -> None:
    with pytest.raises(OutputError, match="dendrogram: only a hierarchical") as caught:
        clusterctl.plot(run, types=["dendrogram", "sizes"])
    assert "sizes.png" in str(caught.value.hint)
    assert (run / "plots" / "sizes.png").is_file()
    with pytest.raises(OutputError, match="no interactive form"):
        clusterctl.plot(run, types=["boxes"], formats=["html"])


def test_a_plot_that_fails_is_told_after_the_others_are_written(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from clusterctl.plots import sizes

    monkeypatch.setattr(sizes, "draw", lambda *_: 1 / 0)
    with pytest.raises(OutputError, match="sizes: it failed"):
        clusterctl.plot(run, types=["sizes", "pairs"])
    assert (run / "plots" / "pairs.png").is_file()


def test_styles_and_dots_an_inch_change_the_picture(run: Path, tmp_path: Path) -> None:
    from matplotlib.image import imread

    pictures = {}
    for style in ("light", "dark", "print"):
        (path,) = clusterctl.plot(run, types=["scatter"], style=style, dpi=50, output=tmp_path / style).files
        pictures[style] = imread(path)
        assert pictures[style].shape[1] == 400
    corner = {style: round(float(picture[-1, -1, 0]), 1) for style, picture in pictures.items()}
    assert corner == {"light": 1.0, "dark": 0.1, "print": 1.0}
    assert not np.array_equal(pictures["light"], pictures["print"])


def test_named_columns_are_the_axes_and_the_plots_that_show_none_are_left_out(run: Path, tmp_path: Path) -> None:
    result = clusterctl.plot(run, columns=["$y$", "z"], formats=["html"], output=tmp_path / "out")
    assert {path.name for path in result.files} == {"scatter.html", "pairs.html"}
    assert result.skipped["silhouette"] == "it does not show columns"
    assert '"title":{"text":"&#36;y&#36;"}' in (tmp_path / "out" / "scatter.html").read_text()


def test_the_scatter_takes_two_columns(run: Path) -> None:
    with pytest.raises(OutputError, match="two axes, and 3 columns are named"):
        clusterctl.plot(run, types=["scatter", "pairs"], columns=["z", "w", "$y$"])


def test_a_sample_says_so(run: Path, tmp_path: Path) -> None:
    clusterctl.plot(run, types=["scatter"], sample=30, formats=["html"], output=tmp_path / "out")
    assert "30 of 90 rows drawn" in (tmp_path / "out" / "scatter.html").read_text()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"types": ["scater"]}, "did you mean scatter"),
        ({"style": "dim"}, "style 'dim'"),
        ({"formats": ["gif"]}, "format 'gif'"),
        ({"formats": []}, "no format"),
        ({"dpi": 5}, "dpi 5"),
        ({"dpi": 5_000}, "dpi 5000"),
        ({"sample": 0}, "sample of 0"),
        ({"columns": ["zz"]}, "'zz'"),
        ({"columns": []}, "no columns"),
        ({"columns": ["z"], "types": ["silhouette"]}, "shows columns"),
    ],
)
def test_what_is_not_allowed_is_named_before_anything_is_written(run: Path, wrong: dict[str, object], said: str) -> None:
    before = {path: path.stat().st_mtime_ns for path in run.rglob("*")}
    with pytest.raises(ConfigError, match=said):
        clusterctl.plot(run, **wrong)  # type: ignore[arg-type]
    assert before == {path: path.stat().st_mtime_ns for path in run.rglob("*")}


def test_a_named_folder_must_be_empty_or_hold_pictures_alone(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    clusterctl.plot(run, types=["sizes"], output=out)
    with pytest.raises(OutputError, match="not empty"):
        clusterctl.plot(run, types=["sizes"], output=out)
    clusterctl.plot(run, types=["pairs"], output=out, force=True)
    assert names(out) == ["pairs.png", "sizes.png"]
    (out / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"notes\.txt"):
        clusterctl.plot(run, types=["sizes"], output=out, force=True)
    with pytest.raises(OutputError, match="other things than pictures"):
        clusterctl.plot(run, types=["sizes"], output=run, force=True)
    (tmp_path / "link").symlink_to(out)
    with pytest.raises(OutputError, match="symbolic link"):
        clusterctl.plot(run, types=["sizes"], output=tmp_path / "link", force=True)


def test_a_run_that_another_command_writes_is_not_touched(run: Path) -> None:
    from clusterctl.results.lock import locked

    script = f"import clusterctl; clusterctl.plot({str(run)!r}, types=['sizes'])"
    with locked(run):
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "in use by another command" in done.stderr
    assert "sizes.png" not in names(run / "plots")


@pytest.mark.parametrize("content", [None, b"", b"no zip at all"])
def test_points_that_are_missing_or_damaged_are_told(run: Path, content: bytes | None) -> None:
    (run / "points.npz").unlink()
    if content is not None:
        (run / "points.npz").write_bytes(content)
    with pytest.raises(DataLoadError, match=r"points\.npz"):
        clusterctl.plot(run)


def test_points_of_an_older_version_are_told_with_the_way_out(run: Path) -> None:
    with np.load(run / "points.npz") as stored:
        arrays = dict(stored)
    np.savez(run / "points.npz", **{**arrays, "format": np.array(1)})
    with pytest.raises(DataLoadError, match="format 1, this version reads 2") as caught:
        clusterctl.plot(run)
    assert "run it again" in str(caught.value.hint)


def test_a_folder_without_a_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataLoadError, match="is no run"):
        clusterctl.plot(tmp_path)


def test_plots_that_were_sent_elsewhere_are_drawn_there_again_but_not_those_of_a_copy(run: Path, tmp_path: Path) -> None:
    document = json.loads((run / "results.json").read_text())
    document["metadata"]["execution"]["paths"] = {"output": str(run), "plots": str(tmp_path / "elsewhere" / "own")}
    (run / "results.json").write_text(json.dumps(document))
    copy = shutil.copytree(run, tmp_path / "copy")
    clusterctl.plot(run, types=["sizes"])
    assert names(tmp_path / "elsewhere" / "own") == ["sizes.png"]
    clusterctl.plot(copy, types=["sizes"])
    assert "sizes.png" in names(copy / "plots")
    assert "sizes.png" not in names(run / "plots")


def test_a_sweep_s_pictures_are_drawn_from_its_document(swept: Path) -> None:
    before = (swept / "plots" / "metric_by_k.png").read_bytes()
    result = clusterctl.plot(swept)
    assert (swept / "plots" / "metric_by_k.png").read_bytes() == before
    assert "elbow.png" in names(swept / "plots")
    assert "settings_heatmap" in result.skipped
    assert names(swept.parent) == ["swept"]
    for wrong in ({"columns": ["z"]}, {"sample": 3}):
        with pytest.raises(ConfigError, match="is a sweep"):
            clusterctl.plot(swept, **wrong)  # type: ignore[arg-type]
    with pytest.raises(OutputError, match="plot its best/"):
        clusterctl.plot(swept, types=["scatter"])
    with pytest.raises(OutputError, match="no interactive form"):
        clusterctl.plot(swept, types=["elbow"], formats=["html"])


def test_a_recommendation_s_pictures_are_drawn_from_its_document(advice: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in (advice / "plots").iterdir()}
    assert set(before) == {f"{name}.png" for name in RECOMMEND_PLOTS}
    shutil.rmtree(advice / "plots")
    result = clusterctl.plot(advice)
    assert {path.name: path.read_bytes() for path in result.files} == before
    assert set(names(advice / "plots")) == set(before)
    assert names(advice.parent) == ["advice"]
    paths = clusterctl.plot(advice, types=["null_by_k"], formats=["svg", "pdf"], style="dark", dpi=50, output=tmp_path / "out").files
    assert [path.name for path in paths] == ["null_by_k.svg", "null_by_k.pdf"]


def test_what_a_recommendation_has_no_picture_of_is_told(advice: Path, run: Path, swept: Path) -> None:
    for wrong in ({"columns": ["z"]}, {"sample": 3}):
        with pytest.raises(ConfigError, match="is a recommendation, whose pictures show partitions"):
            clusterctl.plot(advice, **wrong)  # type: ignore[arg-type]
    for name, said in (("scatter", r"run its candidates/1\.yaml"), ("pareto", "drawn of a sweep, and this is a recommendation")):
        with pytest.raises(OutputError, match=said):
            clusterctl.plot(advice, types=[name])
    with pytest.raises(OutputError, match="no interactive form"):
        clusterctl.plot(advice, types=["null_by_k"], formats=["html"])
    for folder, said in ((run, "this is one run"), (swept, "this is a sweep")):
        with pytest.raises(OutputError, match=f"drawn of a recommendation, and {said}"):
            clusterctl.plot(folder, types=["evidence_by_k"])


@pytest.mark.parametrize("content", [b"", b"{}", b"no json"])
def test_a_recommendation_that_is_damaged_or_of_another_version_is_told(advice: Path, content: bytes) -> None:
    (advice / "recommendation.json").write_bytes(content)
    with pytest.raises(DataLoadError, match="is no recommendation of this version") as caught:
        clusterctl.plot(advice)
    assert "recommend again" in str(caught.value.hint)


def test_the_best_run_of_a_sweep_leaves_nothing_beside_itself(swept: Path) -> None:
    clusterctl.plot(swept / "best", types=["sizes"])
    assert "sizes.png" in names(swept / "best" / "plots")
    assert [name for name in names(swept) if "lock" in name or name.startswith(".")] == []


@pytest.mark.parametrize("algorithm", ["dbscan", "hdbscan", "optics", "hierarchical"])
def test_every_algorithm_s_own_pictures_are_drawn_from_its_run(studies: Path, tmp_path: Path, algorithm: str) -> None:
    own = {
        "dbscan": {"k_distance"},
        "hdbscan": {"condensed_tree"},
        "optics": {"reachability", "k_distance"},
        "hierarchical": {"dendrogram"},
    }
    parameters = {"n_clusters": 3} if algorithm == "hierarchical" else {}
    made = config(studies, "", algorithm, **parameters)
    made["output"] = {"directory": str(tmp_path / "run")}
    clusterctl.run(made)
    assert own[algorithm] <= {path.stem for path in clusterctl.plot(tmp_path / "run").files}


FITTING = ("sklearn", "hdbscan", "fastcluster", "umap", "numba", "pandas")


@pytest.mark.parametrize("folder", ["run", "swept", "advice"])
def test_no_library_that_could_fit_is_loaded(studies: Path, tmp_path: Path, folder: str) -> None:
    script = (
        "import sys, clusterctl\n"
        f"clusterctl.plot({str(studies / folder)!r}, formats=['png', 'svg', 'pdf', 'html'], output={str(tmp_path / 'out')!r})\n"
        f"print([name for name in {FITTING} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_picture_of_100_000_rows_takes_less_than_two_seconds(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    which = rng.integers(0, 4, 100_000)
    pd.DataFrame(rng.normal(size=(100_000, 5)) + 9 * np.eye(5)[which]).rename(columns=str).to_csv(tmp_path / "t.csv", index=False)
    made = config(tmp_path, "run", n_clusters=4, parameters={"n_init": 1})
    made["evaluation_configuration"] |= {"silhouette_analysis": False, "evaluation_metrics": ["inertia"]}  # type: ignore[operator]
    clusterctl.run(made)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "clusterctl", "plot", str(tmp_path / "run"), "--type", "scatter", "-q"]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # The processor's time, not the clock's: other tests may run beside this one.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2.0
