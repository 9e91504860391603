"""A light parent supervises, a child works.

A Python signal handler does not run while compiled code does, and a killed parent leaves its workers behind. So the command forks one
child before any heavy library is loaded; the parent only waits, answers signals at once by killing the child's process group, removes
what the child had begun to write, and turns the child's end into an exit code.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from clusterctl.engine.stage import timed_out, what_is_left
from clusterctl.errors import ClusterctlError, ExitCode, ResourceLimitError
from clusterctl.results.unfinished import remove_unfinished

STOPPED = {
    signal.SIGHUP: ExitCode.HANGUP,
    signal.SIGINT: ExitCode.INTERRUPTED,
    signal.SIGTERM: ExitCode.TERMINATED,
}
THREAD_CAPS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
_SET_PARENT_DEATH_SIGNAL, _SET_CHILD_SUBREAPER = 1, 36  # of Linux's prctl


@dataclass(frozen=True, slots=True)
class Unfinished:
    """The child's line to its parent: what is half written, and which lock is held, and must go if the child is killed; and what stays."""

    pipe: int | None

    def begin(self, path: Path) -> None:
        """Say that `path` is being written; what then goes is told at `results.unfinished.remove_unfinished`."""
        self._say(b"+" + os.fsencode(path.absolute()))

    def end(self, path: Path) -> None:
        """Say that `path` is in place or gone."""
        self._say(b"-" + os.fsencode(path.absolute()))

    def keep(self) -> None:
        """Say that finished trials are in the journal, whatever happens from now on; once is enough."""
        self._say(b"=")

    def _say(self, words: bytes) -> None:
        if self.pipe is not None:
            os.write(self.pipe, words + b"\0")


UNSUPERVISED = Unfinished(None)


def supervise(work: Callable[[Unfinished], int]) -> int:
    """Run `work` in a child process and return its exit code.

    A child that dies of a signal of its own raises: ClusteringError for the alarm that `limit_time` sets, ResourceLimitError for the
    out-of-memory killer's SIGKILL, ClusterctlError (exit 1) for any other. A signal to the parent ends the child's whole group at once
    and returns 129, 130 or 143, the first of several; one that the caller ignores (nohup) stays ignored.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    receiving, sending = os.pipe()
    parent = os.getpid()
    with _awaited_signals() as awaited, _adopting():
        child = os.fork()
        if child == 0:
            os.close(receiving)
            _be_child(work, sending, parent)
        os.close(sending)
        stop, status = _wait(child, awaited)
        _end_group(child, ended=stop is None)
        begun, kept = _told(receiving)
        if stop is not None or os.WIFSIGNALED(status):
            remove_unfinished(begun)
    if stop is not None:
        return STOPPED[stop]
    if os.WIFSIGNALED(status):
        raise _killed(os.WTERMSIG(status), kept=kept)
    return os.waitstatus_to_exitcode(status)


@contextmanager
def _awaited_signals() -> Iterator[set[signal.Signals]]:
    """Hold back the stopping signals and the news of a child's end, so that the parent takes them one by one, never in between."""
    stopping = {number for number in STOPPED if signal.getsignal(number) != signal.SIG_IGN}
    child_handler = signal.signal(signal.SIGCHLD, lambda *_: None)  # a signal that nobody handles might not be kept
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {*stopping, signal.SIGCHLD})
    try:
        yield {*stopping, signal.SIGCHLD}
    finally:
        for number in stopping:  # to ignore a signal forgets what is pending: the end is under way already
            signal.signal(number, signal.signal(number, signal.SIG_IGN))
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGCHLD, child_handler)


def _wait(child: int, awaited: set[signal.Signals]) -> tuple[signal.Signals | None, int]:
    """Return the signal that tells to stop, or None and the status with which the child ended."""
    while True:
        number = signal.Signals(signal.sigwait(awaited))
        if number != signal.SIGCHLD:
            return number, 0
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:  # not only halted
            return None, status


def limit_time(seconds: float | None) -> None:
    """End this process, even inside compiled code, when `seconds` have passed; None: no limit. For a supervised child alone."""
    if seconds is not None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _be_child(work: Callable[[Unfinished], int], pipe: int, parent: int) -> NoReturn:
    """Work in a process group of its own that dies with the parent, with one library thread."""
    code = ExitCode.BUG
    try:
        os.setpgid(0, 0)
        for number in (*STOPPED, signal.SIGCHLD):
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {*STOPPED, signal.SIGCHLD})
        die_with_parent(parent)
        for name in THREAD_CAPS:
            os.environ[name] = "1"
        code = work(Unfinished(pipe))
    except BaseException:  # the child must never return into the parent's stack
        import traceback

        traceback.print_exc()
    finally:
        _flush()
        os._exit(code)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # the reader of the pipe is gone: the work has said so already
            continue


def die_with_parent(parent: int) -> None:
    """Ask the kernel for SIGKILL when the parent, process `parent`, ends (Linux; elsewhere a killed parent leaves its child).

    The kernel means the thread that started this process: that thread must live as long as the parent works.
    """
    if not sys.platform.startswith("linux"):
        return
    _process_control(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the request was in place
        os._exit(ExitCode.BUG)


def _end_group(child: int, *, ended: bool) -> None:
    """End the child, unless it has `ended`, and all it started, and what of theirs is in shared memory; return when they are gone."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    if not ended:  # it may not yet have made its group
        os.kill(child, signal.SIGKILL)
    gone = {child}
    for process in (child, -child):
        with suppress(ChildProcessError):
            while True:
                gone.add(os.waitpid(process, 0)[0])
    _remove_semaphores(gone)


def _remove_semaphores(owners: set[int]) -> None:
    """Remove the named semaphores of worker pools of those processes: the one that would have done it was of their group."""
    for path in Path("/dev/shm").glob("sem.loky-*"):
        owner = path.name.split("-")[1]
        if owner.isdecimal() and int(owner) in owners:
            with suppress(OSError):
                path.unlink()


@contextmanager
def _adopting() -> Iterator[None]:
    """Be the parent of what the child leaves behind, so that it can be waited for (Linux)."""
    if not sys.platform.startswith("linux"):
        yield
        return
    _process_control(_SET_CHILD_SUBREAPER, 1)
    try:
        yield
    finally:
        _process_control(_SET_CHILD_SUBREAPER, 0)


def _process_control(what: int, value: int) -> None:
    import ctypes

    ctypes.CDLL(None, use_errno=True).prctl(what, value, 0, 0, 0)


def _told(pipe: int) -> tuple[list[Path], bool]:
    """Read from the child's line what it had begun and not ended, and whether finished trials are kept."""
    os.set_blocking(pipe, False)
    said = b""
    with suppress(BlockingIOError):
        while part := os.read(pipe, 65536):
            said += part
    os.close(pipe)
    begun: dict[bytes, None] = {}
    kept = False
    for line in filter(None, said.split(b"\0")):
        mark, name = line[:1], line[1:]
        if mark == b"+":
            begun[name] = None
        elif mark == b"-":
            begun.pop(name, None)
        else:
            kept = True
    return [Path(os.fsdecode(name)) for name in begun], kept


def _killed(number: int, *, kept: bool) -> ClusterctlError:
    if number == signal.SIGALRM:
        return timed_out(kept=kept)
    if number == signal.SIGKILL:
        return ResourceLimitError(
            f"the working process was killed, most likely because the machine or its control group ran out of memory; {what_is_left(kept)}",
            hint="use fewer rows or columns, an algorithm that needs less memory, or --max-memory to be told before the work starts",
        )
    return ClusterctlError(
        f"the working process crashed with signal {signal.Signals(number).name}; {what_is_left(kept)}",
        hint="this is a bug in clusterctl or in a library it stands on: please report it with the config and the log",
    )
