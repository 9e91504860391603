"""A model that is damaged, altered, hostile, of another run or another version is refused, and reading it executes nothing."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import clusterctl
from clusterctl.errors import DataLoadError
from clusterctl.results.model import _own_sha256

QUIET = {"cross_validation": False, "cluster_validation": False, "silhouette_analysis": False, "evaluation_metrics": ["inertia"]}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    rng = np.random.default_rng(0)
    which = rng.integers(0, 3, 90)
    table = pd.DataFrame({"x": 9.0 * which + rng.normal(size=90), "y": rng.normal(size=90), "colour": np.array(["r", "g", "b"])[which]})
    table.to_csv(folder / "table.csv", index=False)
    clusterctl.run(
        {
            "clustering_data": {"data_source": str(folder / "table.csv")},
            "clustering_configuration": {"algorithm": "kmeans", "n_clusters": 3},
            "evaluation_configuration": QUIET,
            "visualization_configuration": {"generate_plots": False},
            "output": {"directory": str(folder / "run")},
        }
    )
    return folder


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made / "run", tmp_path / "run")
    shutil.copy(made / "table.csv", tmp_path / "table.csv")
    return tmp_path / "run"


def refusal(run: Path) -> str:
    with pytest.raises(DataLoadError) as caught:
        clusterctl.predict(run, run.parent / "table.csv")
    assert caught.value.hint
    return caught.value.message


def reseal(run: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Alter model.json as one would who knows how it is sealed."""
    path = run / "model" / "model.json"
    facts = json.loads(path.read_text())
    change(facts)
    facts["npz_sha256"] = hashlib.sha256((run / "model" / "model.npz").read_bytes()).hexdigest()
    facts["sha256"] = _own_sha256(facts)
    path.write_text(json.dumps(facts))


def rewrite(run: Path, **changed: Any) -> None:
    """Replace arrays of model.npz (None: leave out) and seal it anew."""
    path = run / "model" / "model.npz"
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    for name, array in changed.items():
        name = name.replace("__", "/")
        if array is None:
            arrays.pop(name)
        else:
            arrays[name] = array
    np.savez(path, **arrays)
    reseal(run, lambda facts: None)


def put_members(run: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(run / "model" / "model.npz", "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    reseal(run, lambda facts: None)


def npy(array: np.ndarray, allow_pickle: bool = False) -> bytes:
    out = io.BytesIO()
    np.lib.format.write_array(out, array, allow_pickle=allow_pickle)
    return out.getvalue()


def test_the_untouched_model_is_used(run: Path) -> None:
    assert clusterctl.predict(run, run.parent / "table.csv").n_rows == 90


def test_resealing_alone_changes_nothing(run: Path) -> None:
    rewrite(run)
    assert clusterctl.predict(run, run.parent / "table.csv").n_rows == 90


@pytest.mark.parametrize("name", ["model.npz", "model.json"])
def test_one_byte_altered_anywhere_is_refused(run: Path, name: str) -> None:
    path = run / "model" / name
    whole = path.read_bytes()
    for place in np.linspace(0, len(whole) - 2, 40).astype(int).tolist():
        altered = bytearray(whole)
        altered[place] ^= 1
        path.write_bytes(bytes(altered))
        if name == "model.json" and _same_json(whole, bytes(altered)):
            continue
        refusal(run)


def _same_json(one: bytes, other: bytes) -> bool:
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return False


@pytest.mark.parametrize("name", ["model.npz", "model.json"])
def test_a_file_cut_short_or_missing_is_refused(run: Path, name: str) -> None:
    path = run / "model" / name
    path.write_bytes(path.read_bytes()[:-40])
    refusal(run)
    path.unlink()
    assert "missing" in refusal(run)


def test_another_format_version_is_refused_with_what_to_do(run: Path) -> None:
    reseal(run, lambda facts: facts.update(format=1))
    assert "format 1" in refusal(run)


@pytest.mark.parametrize("key", ["config_sha256", "data_sha256"])
def test_the_model_of_another_run_is_refused(run: Path, key: str) -> None:
    reseal(run, lambda facts: facts.update({key: "0" * 64}))
    assert "is not the model of" in refusal(run)


def test_other_figures_than_in_results_json_are_refused(run: Path) -> None:
    reseal(run, lambda facts: facts["predict"].update(agreement=0.5))
    assert "is not the model of" in refusal(run)


class Trap:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return (Path.touch, (self.mark,))


def test_a_pickle_in_an_array_is_refused_and_never_run(run: Path, tmp_path: Path) -> None:
    mark = tmp_path / "executed"
    put_members(run, {"points.npy": npy(np.array([Trap(mark)], dtype=object), allow_pickle=True)})
    assert "not plain numbers" in refusal(run)
    put_members(run, {"points.npy": pickle.dumps(Trap(mark))})
    refusal(run)
    (run / "model" / "model.npz").write_bytes(pickle.dumps(Trap(mark)))
    reseal(run, lambda facts: None)
    refusal(run)
    assert not mark.exists()


def test_an_array_of_records_is_refused(run: Path) -> None:
    rewrite(run, labels=np.zeros(90, dtype=[("a", "i8")]))
    assert "not plain numbers" in refusal(run)


def test_a_packed_archive_is_refused_before_it_is_unpacked(run: Path) -> None:
    put_members(run, {"points.npy": npy(np.zeros((1000, 1000)))}, zipfile.ZIP_DEFLATED)
    assert "packed" in refusal(run)


@pytest.mark.parametrize("shape", ["(1000000000000,)", "(-1, 5)", "(3, 10000000000)", "()"])
def test_a_shape_that_the_bytes_do_not_fill_is_refused(run: Path, shape: str) -> None:
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".ljust(117).encode() + b"\n"
    put_members(run, {"points.npy": b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(16)})
    refusal(run)


def test_members_that_claim_more_than_the_file_holds_are_refused(run: Path) -> None:
    put_members(run, {"points.npy": npy(np.zeros(8))})
    path = run / "model" / "model.npz"
    data = bytearray(path.read_bytes())
    central = data.rindex(b"PK\x01\x02")
    data[central + 20 : central + 28] = (1 << 31).to_bytes(4, "little") * 2
    path.write_bytes(bytes(data))
    reseal(run, lambda facts: None)
    assert "larger than the file" in refusal(run)


def test_a_program_in_place_of_a_header_is_refused(run: Path) -> None:
    header = b"__import__('os').system('touch executed')".ljust(117) + b"\n"
    put_members(run, {"points.npy": b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header})
    refusal(run)
    assert not Path("executed").exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"points": None},
        {"points": np.full((90, 5), np.nan)},
        {"points": np.zeros(90)},
        {"points": np.zeros((90, 2))},
        {"labels": np.zeros(3, dtype=np.int64)},
        {"labels": np.full(90, 7)},
        {"labels": np.zeros(90)},
        {"labels": np.zeros(90, dtype=np.int64)},
        {"fit__centers": np.zeros((3, 2))},
        {"fit__centers": np.full((3, 5), np.nan)},
        {"fit__number": np.array([0, 1, 99])},
        {"fit__origin": np.zeros((2, 2))},
    ],
    ids=str,
)
def test_arrays_that_do_not_fit_each_other_are_refused(run: Path, changed: dict[str, Any]) -> None:
    rewrite(run, **changed)
    refusal(run)


@pytest.mark.parametrize(
    "change",
    [
        lambda facts: facts.update(algorithm="no_such"),
        lambda facts: facts.update(algorithm="hdbscan"),
        lambda facts: facts.update(n_clusters=10**9),
        lambda facts: facts.update(cluster_ids=[0, 0, 1]),
        lambda facts: facts.update(steps=[]),
        lambda facts: facts.update(steps=facts["steps"][:1]),
        lambda facts: facts["steps"][0].update(name="os.system"),
        lambda facts: facts["steps"][1]["state"].update(encoders="x"),
        lambda facts: facts["steps"][-1].update(state={"$array": "nowhere"}),
        lambda facts: facts.update(features=["y", "x", "colour"]),
        lambda facts: facts.update(parameters={"n_init": "__import__('os')"}),
        lambda facts: facts.update(more=1),
        lambda facts: facts.pop("features"),
        lambda facts: facts.update(distance="manhattan", n_clusters="3"),
    ],
)
def test_facts_that_say_what_cannot_be_are_refused(run: Path, change: Callable[[dict[str, Any]], None]) -> None:
    reseal(run, change)
    refusal(run)


@pytest.mark.parametrize(
    "text", ["NaN", '{"format": NaN}', '{"format": 2, "a": Infinity}', "[" * 100_000, "[1]", "", "\xff", '{"format": 2']
)
def test_text_that_is_no_json_object_is_refused(run: Path, text: str) -> None:
    (run / "model" / "model.json").write_bytes(text.encode("latin-1"))
    refusal(run)


@pytest.mark.parametrize("name", ["model.npz", "model.json"])
def test_links_pipes_and_folders_in_the_place_of_files_are_not_followed(run: Path, name: str) -> None:
    path = run / "model" / name
    kept = path.rename(run.parent / name)
    path.symlink_to(kept)
    assert "symbolic link" in refusal(run)
    path.unlink()
    os.mkfifo(path)
    refusal(run)
    path.unlink()
    path.mkdir()
    refusal(run)
