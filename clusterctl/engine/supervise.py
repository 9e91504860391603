"""A light parent supervises, a child works.

A Python signal handler does not run while compiled code does, and a killed parent leaves its workers behind. So the command forks one
child before any heavy library is loaded; the parent only waits, answers signals at once by killing the child's process group, removes
what the child had begun to write, and turns the child's end into an exit code.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from clusterctl.engine.stage import timed_out
from clusterctl.errors import ClusterctlError, ExitCode, ResourceLimitError
from clusterctl.results.lock import remove_unheld

STOPPED = {
    signal.SIGHUP: ExitCode.HANGUP,
    signal.SIGINT: ExitCode.INTERRUPTED,
    signal.SIGTERM: ExitCode.TERMINATED,
}
THREAD_CAPS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


@dataclass(frozen=True, slots=True)
class Unfinished:
    """The child's line to its parent: which folders are half written, and which lock is held, and must go if the child is killed."""

    pipe: int | None

    def begin(self, folder: Path) -> None:
        """Say that `folder` is being written."""
        self._say("+", folder)

    def end(self, folder: Path) -> None:
        """Say that `folder` is in place or gone."""
        self._say("-", folder)

    def _say(self, mark: str, folder: Path) -> None:
        if self.pipe is not None:
            os.write(self.pipe, mark.encode() + os.fsencode(folder.absolute()) + b"\0")


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
    with _awaited_signals() as awaited:
        child = os.fork()
        if child == 0:
            os.close(receiving)
            _be_child(work, sending, parent)
        os.close(sending)
        stop, status = _wait(child, awaited)
        if stop is not None:
            _end_group(child)
            _remove(_unfinished(receiving))
            return STOPPED[stop]
    _end_leftovers(child)
    if os.WIFSIGNALED(status):
        _remove(_unfinished(receiving))
        raise _killed(os.WTERMSIG(status))
    os.close(receiving)
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
        _die_with_parent(parent)
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


def _die_with_parent(parent: int) -> None:
    """Ask the kernel for SIGKILL when the parent ends (Linux; elsewhere a killed parent leaves its child)."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    set_parent_death_signal = 1
    ctypes.CDLL(None, use_errno=True).prctl(set_parent_death_signal, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the request was in place
        os._exit(ExitCode.BUG)


def _end_group(child: int) -> None:
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:  # it has not yet made its group
        try:
            os.kill(child, signal.SIGKILL)
        except ProcessLookupError:
            return
    os.waitpid(child, 0)


def _end_leftovers(child: int) -> None:
    """End what the child itself left behind in its group."""
    try:
        os.killpg(child, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _unfinished(pipe: int) -> list[Path]:
    """Read from the child's line which folders it had begun and not ended."""
    os.set_blocking(pipe, False)
    said = b""
    try:
        while part := os.read(pipe, 65536):
            said += part
    except BlockingIOError:
        pass
    os.close(pipe)
    open_folders: dict[bytes, None] = {}
    for line in filter(None, said.split(b"\0")):
        if line.startswith(b"+"):
            open_folders[line[1:]] = None
        else:
            open_folders.pop(line[1:], None)
    return [Path(os.fsdecode(name)) for name in open_folders]


def _remove(folders: list[Path]) -> None:
    for folder in folders:
        if folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)
        else:
            remove_unheld(folder)


def _killed(number: int) -> ClusterctlError:
    if number == signal.SIGALRM:
        return timed_out()
    if number == signal.SIGKILL:
        return ResourceLimitError(
            "the working process was killed, most likely because the machine or its control group ran out of memory; nothing was written",
            hint="use fewer rows or columns, an algorithm that needs less memory, or --max-memory to be told before the work starts",
        )
    return ClusterctlError(
        f"the working process crashed with signal {signal.Signals(number).name}; nothing was written",
        hint="this is a bug in clusterctl or in a library it stands on: please report it with the config and the log",
    )
