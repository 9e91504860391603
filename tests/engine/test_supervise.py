"""The parent answers signals at once, cleans up after its child, and says how it ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from clusterctl.results.lock import locked

PROGRAM = """
import sys, time
from pathlib import Path
from clusterctl.engine.supervise import supervise, limit_time
from clusterctl.errors import ClusterctlError

def stuck_in_compiled_code(unfinished):
    folder = Path(sys.argv[2]); folder.mkdir(); unfinished.begin(folder)
    Path(sys.argv[3]).write_text("ready")
    return sum(1 for _ in iter(lambda: (10 ** 400_000) % 7 * 0, 1))

def finished(unfinished):
    folder = Path(sys.argv[2]); folder.mkdir(); unfinished.begin(folder); unfinished.end(folder)
    return 5

def too_slow(unfinished):
    limit_time(0.3)
    while True: (10 ** 400_000) % 7

def killed_after_a_trial(unfinished):
    import os, signal
    unfinished.keep(); unfinished.keep()
    os.kill(os.getpid(), getattr(signal, sys.argv[2]))

def too_slow_after_a_trial(unfinished):
    unfinished.keep()
    too_slow(unfinished)

def pool_of_workers(unfinished):
    import os
    from joblib.externals.loky import ProcessPoolExecutor
    from clusterctl.engine.supervise import die_with_parent
    ready = Path(sys.argv[2])
    pool = ProcessPoolExecutor(2, initializer=die_with_parent, initargs=(os.getpid(),))
    workers = [pool.submit(eval, "(__import__('time').sleep(0.5), __import__('os').getpid())[1]") for _ in range(2)]
    said = " ".join(str(worker.result()) for worker in workers) + f" {os.getpid()}"
    for _ in range(2):
        pool.submit(time.sleep, 60)
    (ready.parent / "half").write_text(said); (ready.parent / "half").rename(ready)
    if sys.argv[3] == "ends": return 0
    while True: (10 ** 400_000) % 7

def slow_to_die(unfinished):
    import os
    if os.fork() == 0:
        held = bytearray(b"x") * 400_000_000
        Path(sys.argv[2]).with_suffix(".half").write_text(str(os.getpid()))
        Path(sys.argv[2]).with_suffix(".half").rename(sys.argv[2])
    time.sleep(60)

def sweep_at_work(unfinished):
    from clusterctl.results.journal import JOURNAL, Journal
    from clusterctl.results.output import planned
    places = planned(Path(sys.argv[2]), named=False, force=False, environment={})
    report = lambda path, begins: unfinished.begin(path) if begins else unfinished.end(path)
    with places.writing(report) as draft:
        (places.make_work() / "labels").write_text("")
        Journal.start(places.journal_path(), 7)
        if sys.argv[4] == "finished":
            with (places.folder / JOURNAL).open("a") as journal: journal.write('{"trial_id":0}\\n')
        Path(sys.argv[3]).write_text("ready")
        while True: (10 ** 400_000) % 7

def killed(unfinished):
    import os, signal
    folder = Path(sys.argv[2]); folder.mkdir(); unfinished.begin(folder)
    os.kill(os.getpid(), getattr(signal, sys.argv[3]))

try:
    sys.exit(supervise(globals()[sys.argv[1]]))
except ClusterctlError as error:
    print(error.message); sys.exit(error.exit_code)
"""

KILLED_WITH_A_LOCK = """
    folder = Path(sys.argv[2]); folder.mkdir(); (folder / "results.json").write_text("half")
    unfinished.begin(folder.with_name("out.lock")); unfinished.begin(folder)
    os.kill"""


@contextmanager
def start(work: str, *arguments: Path | str, shell: str = "") -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", PROGRAM, work, *map(str, arguments)]
    if shell:
        command = ["sh", "-c", f'{shell}; exec "$@"', "sh", *command]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(path: Path) -> None:
    end = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < end, f"{path} did not appear"
        time.sleep(0.02)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_a_child_stuck_in_compiled_code_and_removes_what_it_had_begun(tmp_path: Path, number: int, code: int) -> None:
    begun, ready = tmp_path / "begun", tmp_path / "ready"
    with start("stuck_in_compiled_code", begun, ready) as process:
        wait_for(ready)
        child = children(process.pid)[0]
        asked = time.monotonic()
        process.send_signal(number)
        assert process.wait(timeout=5) == code
        assert time.monotonic() - asked < 2
    assert not is_alive(child)
    assert not begun.exists()


def test_two_signals_at_once_end_the_child_as_one_does(tmp_path: Path) -> None:
    begun, ready = tmp_path / "begun", tmp_path / "ready"
    with start("stuck_in_compiled_code", begun, ready) as process:
        wait_for(ready)
        child = children(process.pid)[0]
        for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGCONT):
            process.send_signal(number)
        assert process.wait(timeout=5) in (129, 130, 143)
    assert not is_alive(child)
    assert not begun.exists()


def test_a_caller_who_ignores_the_end_of_children_gets_the_exit_code(tmp_path: Path) -> None:
    command = (
        "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    )
    done = subprocess.run([sys.executable, "-c", command, "-c", PROGRAM, "finished", str(tmp_path / "done")], timeout=20, check=False)
    assert done.returncode == 5


def test_a_child_that_is_halted_and_goes_on_is_waited_for(tmp_path: Path) -> None:
    with start("stuck_in_compiled_code", tmp_path / "begun", tmp_path / "ready") as process:
        wait_for(tmp_path / "ready")
        child = children(process.pid)[0]
        os.kill(child, signal.SIGSTOP)
        time.sleep(0.2)
        os.kill(child, signal.SIGCONT)
        time.sleep(0.2)
        assert process.poll() is None
        process.terminate()
        assert process.wait(timeout=5) == 143


def test_a_killed_parent_leaves_no_child(tmp_path: Path) -> None:
    with start("stuck_in_compiled_code", tmp_path / "begun", tmp_path / "ready") as process:
        wait_for(tmp_path / "ready")
        child = children(process.pid)[0]
        process.kill()
        process.wait(timeout=5)
    end = time.monotonic() + 2
    while is_alive(child) and time.monotonic() < end:
        time.sleep(0.02)
    assert not is_alive(child)


def test_the_child_s_exit_code_is_the_command_s_and_finished_work_stays(tmp_path: Path) -> None:
    with start("finished", tmp_path / "done") as process:
        assert process.wait(timeout=10) == 5
    assert (tmp_path / "done").is_dir()


def test_the_time_limit_holds_inside_compiled_code_and_is_exit_6() -> None:
    with start("too_slow") as process:
        assert process.wait(timeout=10) == 6
        assert "execution.timeout" in process.stdout.read()


@pytest.mark.parametrize(("name", "code", "said"), [("SIGKILL", 9, "memory"), ("SIGSEGV", 1, "SIGSEGV")])
def test_a_child_that_is_killed_is_told_by_its_cause(tmp_path: Path, name: str, code: int, said: str) -> None:
    with start("killed", tmp_path / "begun", name) as process:
        assert process.wait(timeout=10) == code
        assert said in process.stdout.read()
    assert not (tmp_path / "begun").exists()


def test_an_ignored_hangup_stays_ignored_as_nohup_asks(tmp_path: Path) -> None:
    with start("stuck_in_compiled_code", tmp_path / "begun", tmp_path / "ready", shell="trap '' HUP") as process:
        wait_for(tmp_path / "ready")
        child = children(process.pid)[0]
        process.send_signal(signal.SIGHUP)
        os.kill(child, signal.SIGHUP)
        time.sleep(0.3)
        assert process.poll() is None
        assert is_alive(child)
        process.terminate()
        assert process.wait(timeout=5) == 143


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSEGV"])
def test_a_killed_child_that_kept_trials_does_not_say_that_nothing_was_written(name: str) -> None:
    with start("killed_after_a_trial", name) as process:
        said = process.communicate(timeout=10)[0]
    assert "finished trials are kept: --resume goes on with them" in said
    assert "nothing was written" not in said


def test_a_time_limit_that_ends_a_sweep_says_that_its_trials_are_kept() -> None:
    with start("too_slow_after_a_trial") as process:
        said = process.communicate(timeout=10)[0]
    assert said == "the sweep took longer than execution.timeout and was ended; finished trials are kept: --resume goes on with them\n"


@pytest.mark.parametrize("held", [False, True])
def test_what_was_begun_goes_unless_another_command_has_the_lock_by_now(tmp_path: Path, held: bool) -> None:
    draft, lock = tmp_path / ".out.new-0123456789ab", tmp_path / "out.lock"
    program = PROGRAM.replace("    folder = Path(sys.argv[2]); folder.mkdir(); unfinished.begin(folder)\n    os.kill", KILLED_WITH_A_LOCK)
    with locked(tmp_path / "out") if held else nullcontext():
        lock.touch()
        done = subprocess.run(
            [sys.executable, "-c", program, "killed", str(draft), "SIGKILL"], stdout=subprocess.PIPE, timeout=20, check=False
        )
        assert done.returncode == 9
        assert draft.exists() is held
        assert lock.exists() is held


def group_of(child: int) -> list[int]:
    """Return the processes whose group is that of `child`, dead ones that nobody has asked after aside."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(group) == child and state != "Z":
            found.append(int(stat.parent.name))
    return found


def semaphores_of(child: int) -> list[Path]:
    return list(Path("/dev/shm").glob(f"sem.loky-{child}-*"))


@contextmanager
def pool_at_work(tmp_path: Path, end: str = "stays") -> Iterator[tuple[subprocess.Popen[str], int, list[int]]]:
    ready = tmp_path / "ready"
    with start("pool_of_workers", ready, end) as process:
        wait_for(ready)
        *workers, child = (int(pid) for pid in ready.read_text().split())
        assert children(process.pid) == [child]
        assert {child, *workers} < set(group_of(child)), "the workers or their resource tracker are not there"
        assert semaphores_of(child)
        yield process, child, workers


def assert_nothing_is_left(child: int, within: float) -> None:
    end = time.monotonic() + within
    while (group_of(child) or semaphores_of(child)) and time.monotonic() < end:
        time.sleep(0.02)
    assert (group_of(child), semaphores_of(child)) == ([], [])


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_every_worker_of_a_pool_and_its_semaphores_before_the_command_ends(tmp_path: Path, number: int, code: int) -> None:
    with pool_at_work(tmp_path) as (process, child, _):
        process.send_signal(number)
        assert process.wait(timeout=10) == code
        assert_nothing_is_left(child, within=0)


def test_the_command_ends_only_when_all_that_it_started_is_gone(tmp_path: Path) -> None:
    with start("slow_to_die", tmp_path / "ready") as process:
        wait_for(tmp_path / "ready")
        grandchild = Path("/proc", (tmp_path / "ready").read_text())
        assert grandchild.exists()
        process.terminate()
        assert process.wait(timeout=10) == 143
        assert not grandchild.exists()


def test_a_child_killed_for_memory_takes_its_pool_with_it(tmp_path: Path) -> None:
    with pool_at_work(tmp_path) as (process, child, _):
        os.kill(child, signal.SIGKILL)
        assert process.wait(timeout=10) == 9
        assert_nothing_is_left(child, within=0)


def test_a_killed_parent_leaves_no_worker_and_no_semaphore(tmp_path: Path) -> None:
    with pool_at_work(tmp_path) as (process, child, _):
        process.kill()
        process.wait(timeout=5)
        assert_nothing_is_left(child, within=2)


def test_a_pool_that_nobody_closed_ends_with_its_command(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    with start("pool_of_workers", ready, "ends") as process:
        assert process.wait(timeout=30) == 0
        *workers, child = (int(pid) for pid in ready.read_text().split())
        assert not any(is_alive(worker) for worker in workers)
        assert_nothing_is_left(child, within=0)


@pytest.mark.parametrize(("trial", "left"), [("finished", ["runs", "runs/out", "runs/out/trials.jsonl"]), ("none", [])])
def test_a_sweep_that_is_stopped_leaves_its_finished_trials_and_nothing_else(tmp_path: Path, trial: str, left: list[str]) -> None:
    place, ready = tmp_path / "place", tmp_path / "ready"
    place.mkdir()
    with start("sweep_at_work", place / "runs" / "out", ready, trial) as process:
        wait_for(ready)
        assert {".out.work", ".out.new", "out", "out.lock"} == {path.name.partition("-")[0] for path in (place / "runs").iterdir()}
        process.terminate()
        assert process.wait(timeout=10) == 143
    assert sorted(path.relative_to(place).as_posix() for path in place.rglob("*")) == left
