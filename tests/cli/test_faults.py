"""Whatever stops a run, the earlier one stays whole and nothing is left behind."""

from __future__ import annotations

import functools
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from bad_case import KMEANS, TABLE, config

FROM_STDIN = "{data_source: '-', data_format: csv}"
ENDLESS = "{algorithm: kmeans, n_clusters: 2, parameters: {n_init: 100000000}}"
COMMAND = (sys.executable, "-m", "clusterctl", "run", "c.yaml", "-o", "out", "--force", "--log-format", "json")


@pytest.fixture
def place(tmp_path: Path, earlier_run: Path) -> Path:
    """Return a folder whose `out` holds an earlier run."""
    folder = tmp_path / "work"
    shutil.copytree(earlier_run, folder / "out")
    (folder / "c.yaml").write_text(config())
    (folder / "t.csv").write_text(TABLE)
    return folder


def state(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@contextmanager
def started(place: Path, **settings: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run the command with open pipes; kill what is left of it at the end."""
    settings = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, **settings}
    with subprocess.Popen(COMMAND, cwd=place, env={**os.environ, "HOME": str(place.parent)}, **settings) as process:
        try:
            yield process
        finally:
            process.kill()
            process.communicate(timeout=60)


def wait_for_stage(process: subprocess.Popen[bytes], stage: str) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        event = json.loads(line)
        if event["event"] == "stage_started" and event["stage"] == stage:
            return
    pytest.fail(f"the run ended before it came to {stage}")


def child_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def wait_until_gone(pid: int) -> None:
    end = time.monotonic() + 10
    while Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < end, f"process {pid} lives on"
        time.sleep(0.02)


def at(moment: str, place: Path) -> None:
    (place / "c.yaml").write_text({"load": config(FROM_STDIN), "cluster": config(clustering=ENDLESS), "write": config()}[moment])


@pytest.mark.parametrize("moment", ["load", "cluster"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_stops_the_run_at_once_and_leaves_nothing(place: Path, moment: str, number: int, code: int) -> None:
    at(moment, place)
    before = state(place)
    with started(place) as process:
        wait_for_stage(process, moment)
        child = child_of(process.pid)
        asked = time.monotonic()
        process.send_signal(number)
        assert process.wait(timeout=20) == code
        assert time.monotonic() - asked < 5
        rest = process.stderr.read()
        wait_until_gone(child)
    said = {130: b"interrupted", 143: b"terminated", 129: b"hung up"}[code]
    assert rest.splitlines()[-1] == said + b"; nothing was written"
    assert b"Traceback" not in rest
    assert state(place) == before
    assert sorted(path.name for path in place.iterdir()) == ["c.yaml", "out", "t.csv"]


def test_a_signal_while_the_files_are_swapped_leaves_the_old_or_the_new_run_whole(place: Path) -> None:
    at("write", place)
    with started(place) as process:
        wait_for_stage(process, "write")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) in (0, 143)
    assert sorted(path.name for path in place.iterdir()) == ["c.yaml", "out", "t.csv"]
    assert json.loads((place / "out" / "results.json").read_text())["metadata"]["schema_version"]
    assert {"assignments.parquet", "config.yaml", "log.jsonl", "model", "points.npz", "report.html", "results.json"} == {
        path.name for path in (place / "out").iterdir()
    }


@pytest.mark.parametrize("moment", ["load", "cluster"])
def test_a_killed_parent_takes_its_child_along_and_the_next_run_cleans_up(place: Path, cli: Callable[..., Any], moment: str) -> None:
    at(moment, place)
    before = state(place / "out")
    with started(place) as process:
        wait_for_stage(process, moment)
        child = child_of(process.pid)
        process.kill()
        process.wait(timeout=20)
        wait_until_gone(child)
    assert state(place / "out") == before
    (place / "c.yaml").write_text(config())
    assert cli("run", "c.yaml", "-o", "out", "--force", "--quiet", cwd=place).code == 0
    assert sorted(path.name for path in place.iterdir()) == ["c.yaml", "out", "t.csv"]


@pytest.mark.parametrize("moment", ["load", "cluster"])
def test_a_killed_child_is_exit_9_and_leaves_nothing(place: Path, moment: str) -> None:
    at(moment, place)
    before = state(place)
    with started(place) as process:
        wait_for_stage(process, moment)
        os.kill(child_of(process.pid), signal.SIGKILL)
        assert process.wait(timeout=20) == 9
        assert b"memory" in process.stderr.read()
    assert state(place) == before
    assert sorted(path.name for path in place.iterdir()) == ["c.yaml", "out", "t.csv"]


def test_the_second_command_on_a_folder_is_refused_at_once_and_told_by_whom(place: Path, cli: Callable[..., Any]) -> None:
    at("load", place)
    with started(place) as process:
        wait_for_stage(process, "load")
        done = cli("run", "c.yaml", "-o", "out", "--force", cwd=place, stdin=TABLE.encode())
        assert done.code == 8
        assert f"process {child_of(process.pid)} on " in done.err
        assert "hint: wait" in done.err
        assert done.out == ""
        process.communicate(TABLE.encode(), timeout=60)
        assert process.returncode == 0
    assert sorted(path.name for path in place.iterdir()) == ["c.yaml", "out", "t.csv"]


@pytest.mark.parametrize("size", [100, 2500, 9000])
def test_a_full_disk_is_exit_8_and_the_earlier_run_stays(place: Path, size: int) -> None:
    before = state(place)
    limit = functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (size, size))
    done = subprocess.run(
        COMMAND[:-2], cwd=place, preexec_fn=limit, capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 8, done.stderr
    assert "disk is full" in done.stderr
    assert "hint: " in done.stderr
    assert "Traceback" not in done.stderr
    assert state(place) == before
    assert sorted(path.name for path in place.iterdir()) == ["c.yaml", "out", "t.csv"]


def messages(err: str) -> str:
    """Return what stderr says but for the lines that tell how long a slow step took."""
    return "".join(line for line in err.splitlines(keepends=True) if not re.fullmatch(r"[a-z` ]+: \d+\.\d s\n", line))


def in_shell(place: Path, line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which `$C` is the program."""
    clean = {"PATH": os.environ["PATH"], "HOME": str(place.parent), "C": f"{sys.executable} -m clusterctl", **environment}
    return subprocess.run(
        ["bash", "-c", line], cwd=place, env=clean, capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL
    )


@pytest.mark.parametrize(
    "command",
    [
        "run c.yaml -o new --json >/dev/full",
        "run c.yaml -o new >&-",
        "schema output >/dev/full",
        "schema input >&-",
        "--version >/dev/full",
        "--help >&-",
    ],
)
def test_an_answer_that_cannot_be_printed_is_exit_8(place: Path, command: str) -> None:
    done = in_shell(place, f"$C {command}")
    assert done.returncode == 8, done.stderr
    assert messages(done.stderr).startswith("error: ")
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_closed_streams_are_no_matter_to_a_quiet_run_and_end_up_in_no_file(place: Path) -> None:
    done = in_shell(place, "$C run c.yaml -o new --quiet <&- >&- 2>&-")
    assert done.returncode == 0
    assert json.loads((place / "new" / "results.json").read_text())


@pytest.mark.parametrize("command", ["run c.yaml -o new --json", "run c.yaml -o new", "schema output", "--help", "validate c.yaml"])
def test_a_reader_that_goes_away_ends_the_command_silently(place: Path, command: str) -> None:
    done = in_shell(place, f"$C {command} | true; echo ${{PIPESTATUS[0]}}")
    assert done.stdout.strip() == "141"
    assert messages(done.stderr) == ""


def test_a_bare_environment_is_enough(place: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"exec env -i PATH=/usr/bin:/bin LC_ALL=C {sys.executable} -m clusterctl run {place}/c.yaml -o {place}/new <&-"],
        cwd="/",
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert messages(done.stderr.decode()) == ""
    assert (place / "new" / "results.json").is_file()


def test_a_terminal_without_our_signs_gets_plain_ones(place: Path) -> None:
    (place / "t.csv").write_text(TABLE.replace("group", "größe"))
    done = in_shell(place, "$C run c.yaml -o new", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert "####" in done.stdout
    assert "-> new" in done.stdout


def test_json_is_utf_8_whatever_the_terminal_is(place: Path) -> None:
    (place / "t.csv").write_text(TABLE.replace("group", "größe"))
    done = in_shell(place, "$C run c.yaml -o new --json", PYTHONIOENCODING="ascii")
    assert "größe" in json.loads(done.stdout)["clustering_results"]["model_info"]["features"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_written_to_is_no_matter(place: Path) -> None:
    home = place.parent / "home"
    home.mkdir(mode=0o500)
    assert in_shell(place, "$C run c.yaml -o new", HOME=str(home)).returncode == 0


def test_a_home_that_does_not_exist_is_no_matter_even_with_plots(place: Path) -> None:
    (place / "c.yaml").write_text(config("{data_source: t.csv}", KMEANS, "visualization_configuration: {plot_types: [scatter]}"))
    done = in_shell(place, "$C run c.yaml -o new", HOME="/nonexistent/home")
    assert done.returncode == 0
    assert messages(done.stderr) == ""
    assert (place / "new" / "plots" / "scatter.png").is_file()


def test_quiet_says_nothing_when_all_is_well(place: Path) -> None:
    done = in_shell(place, "$C run c.yaml -o new --quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_json_prints_one_valid_document_and_nothing_else(place: Path) -> None:
    done = in_shell(place, "$C run c.yaml -o new --json")

    def refuse(word: str) -> None:
        pytest.fail(f"{word} is not JSON")

    document = json.loads(done.stdout, parse_constant=refuse)
    assert document == json.loads((place / "new" / "results.json").read_text())


@pytest.mark.parametrize("environment", [{}, {"FORCE_COLOR": "", "TERM": "xterm-256color"}, {"NO_COLOR": "1"}])
def test_off_a_terminal_nothing_is_coloured(place: Path, environment: dict[str, str]) -> None:
    done = in_shell(place, "$C run c.yaml -o new; $C run nowhere.yaml", **environment)
    assert "\x1b" not in done.stdout + done.stderr
    assert "error: nowhere.yaml" in done.stderr


def test_plots_and_models_elsewhere_get_a_subfolder_of_the_run_s_own_and_are_replaced_with_it(place: Path, cli: Callable[..., Any]) -> None:
    (place / "c.yaml").write_text(config("{data_source: t.csv}", KMEANS, "visualization_configuration: {plot_types: [scatter]}"))
    environment = {"PLOT_OUTPUT_DIR": str(place / "pictures"), "CLUSTERING_MODEL_CACHE": str(place / "models")}
    for _ in ("makes them", "replaces them"):
        done = cli("run", "c.yaml", "-o", "out", "--force", "--quiet", cwd=place, env=environment)
        assert done.code == 0, done.err
        paths = json.loads((place / "out" / "results.json").read_text())["metadata"]["execution"]["paths"]
        assert Path(paths["plots"]).parent == place / "pictures"
        assert Path(paths["model"]).parent == place / "models"
        assert [path.name for path in Path(paths["plots"]).iterdir()] == ["scatter.png"]
        assert sorted(path.name for path in Path(paths["model"]).iterdir()) == ["model.json", "model.npz"]
        assert not {"plots", "model"} & {path.name for path in (place / "out").iterdir()}
        for folder in ("pictures", "models"):
            assert len(list((place / folder).iterdir())) == 1
            assert re.fullmatch(r"out-[0-9a-f]{8}", next((place / folder).iterdir()).name)


def test_someone_else_s_file_among_the_plots_elsewhere_is_not_lost(place: Path, cli: Callable[..., Any]) -> None:
    (place / "c.yaml").write_text(config("{data_source: t.csv}", KMEANS, "visualization_configuration: {plot_types: [scatter]}"))
    environment = {"PLOT_OUTPUT_DIR": str(place / "pictures")}
    assert cli("run", "c.yaml", "-o", "out", "--force", "--quiet", cwd=place, env=environment).code == 0
    mine = next((place / "pictures").iterdir()) / "mine.txt"
    mine.write_text("dear")
    done = cli("run", "c.yaml", "-o", "out", "--force", "--quiet", cwd=place, env=environment)
    assert done.code == 8
    assert "mine.txt" in done.err
    assert mine.read_text() == "dear"


def test_a_run_without_plots_takes_those_of_the_run_it_replaces_away(place: Path, cli: Callable[..., Any]) -> None:
    (place / "c.yaml").write_text(config("{data_source: t.csv}", KMEANS, "visualization_configuration: {plot_types: [scatter]}"))
    environment = {"PLOT_OUTPUT_DIR": str(place / "pictures")}
    for option in ("--quiet", "--no-plots"):
        assert cli("run", "c.yaml", "-o", "out", "--force", option, cwd=place, env=environment).code == 0
    assert list((place / "pictures").rglob("*.png")) == []


def test_a_folder_whose_name_is_no_text_is_no_matter(place: Path) -> None:
    done = in_shell(place, "mkdir $'r\\xe9sum\\xe9'; cp c.yaml t.csv r*/; cd r*; $C run c.yaml -o $'\\xff'")
    assert done.returncode == 0, done.stderr
    assert "results.json" in done.stdout
