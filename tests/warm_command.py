"""The command in a process of its own, forked from one that has its libraries loaded: all of a start but its two seconds of imports.

What a start does depends on (the streams, the environment, the folder, how it ends) is that of a process started by itself. What is not:
which modules are loaded, what they read from the environment while they were, and the seed of `hash`, which all that are forked share;
modules are not taken apart at the end.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

LIBRARIES = (
    "fastcluster",
    "h5py",
    "hdbscan",
    "jinja2",
    "joblib.externals.loky",
    "matplotlib.backends.backend_agg",
    "matplotlib.figure",
    "multiprocessing.pool",
    "pyarrow.csv",
    "pyarrow.json",
    "pyarrow.parquet",
    "rich.console",
    "rich.table",
    "scipy.cluster.hierarchy",
    "scipy.sparse.csgraph",
    "scipy.stats",
    "sklearn.cluster",
    "sklearn.decomposition",
    "sklearn.ensemble",
    "sklearn.metrics",
    "sklearn.mixture",
    "sklearn.neighbors",
    "threadpoolctl",
    "typer.rich_utils",
    "yaml",
)
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""A library that started threads of its own could not be forked."""


class WarmCommand:
    """`python -m clusterctl` without the wait; closed at the end of the session."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line = ours
        with theirs:
            self._origin = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                env={"PATH": os.environ["PATH"], "MPLCONFIGDIR": str(matplotlib_cache()), **ONE_THREAD},
                cwd=Path(__file__).anchor,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
            )
        ours.recv(64) or self._failed()  # it has loaded all

    def run(
        self, arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdin: bytes | None, timeout: float
    ) -> tuple[int, bytes, bytes]:
        """Return the exit code (of a signal: its negative number) and what was printed on stdout and stderr, which are pipes."""
        pipes = [os.pipe() for _ in range(3)]
        if stdin is None:
            os.close(pipes[0][0])
            pipes[0] = (os.open(os.devnull, os.O_RDONLY), pipes[0][1])
        theirs = [pipes[0][0], pipes[1][1], pipes[2][1]]
        socket.send_fds(self._line, [json.dumps([list(arguments), str(cwd), dict(env)]).encode()], theirs)
        for number in theirs:
            os.close(number)
        child = int(self._line.recv(64) or self._failed())
        with ThreadPoolExecutor(3) as pool:
            pool.submit(_write, pipes[0][1], stdin or b"")
            out, err = (pool.submit(_read, pipe[0]) for pipe in pipes[1:])
            self._line.settimeout(timeout)
            try:
                code = int(self._line.recv(64))
            except TimeoutError:
                os.kill(child, signal.SIGKILL)
                self.close()
                raise
            return code, out.result(), err.result()

    def close(self) -> None:
        """End the process that the commands are forked from."""
        self._line.close()
        self._origin.communicate(timeout=60)

    def _failed(self) -> NoReturn:
        raise RuntimeError(self._origin.communicate(timeout=60)[1].decode())


def matplotlib_cache() -> Path:
    """Return one folder for all tests, so that the font list is built once."""
    folder = Path(tempfile.gettempdir()) / f"clusterctl-tests-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    return folder


def _write(number: int, content: bytes) -> None:
    with suppress(BrokenPipeError), open(number, "wb") as stream:
        stream.write(content)


def _read(number: int) -> bytes:
    with open(number, "rb") as stream:
        return stream.read()


def _serve(line: socket.socket) -> None:
    """Fork a command for every request until the other end is closed; return in the command."""
    line.send(b"ready")
    while True:
        request, streams, _, _ = socket.recv_fds(line, 1 << 20, 3)
        if not request:
            os._exit(0)
        child = os.fork()
        if child == 0:
            line.close()
            return _become(*json.loads(request), streams)
        for number in streams:
            os.close(number)
        line.send(str(child).encode())
        line.send(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])).encode())


def _become(arguments: list[str], folder: str, environment: dict[str, str], streams: list[int]) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None  # it was looked up in another environment
    sys.argv[1:] = arguments


def _run() -> None:
    """Do as `python -m clusterctl`, and end without taking every loaded module apart, which takes longer than most commands."""
    try:
        runpy.run_module("clusterctl", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if not isinstance(end.code, int):
            raise
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code)


def _load() -> None:
    import clusterctl

    for name in LIBRARIES:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(clusterctl.__path__, "clusterctl."):
        if module.name != "clusterctl.__main__":
            importlib.import_module(module.name)
    clusterctl.report.page._template()


if __name__ == "__main__":
    sys.path[0] = ""  # the current folder, as with -m
    _load()
    gc.freeze()
    _serve(socket.socket(fileno=int(sys.argv[1])))
    _run()
