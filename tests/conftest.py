"""What every test may use: the program as a user runs it, and the shared tables."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import webdriver
from warm_command import WarmCommand, matplotlib_cache
from webdriver import Browser

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


@dataclass(frozen=True)
class Done:
    """A finished command."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmCommand]:
    """Return what the commands of the session are forked from."""
    command = WarmCommand()
    yield command
    command.close()


@pytest.fixture
def cli(tmp_path: Path, warm: WarmCommand) -> Callable[..., Done]:
    """Run `clusterctl` in a process of its own, in `tmp_path`, with a clean environment.

    fresh: in a new interpreter, with nothing loaded and a seed of `hash` of its own; else forked from one that has the libraries loaded.
    """

    def run(
        *arguments: str | Path,
        env: Mapping[str, str] | None = None,
        stdin: bytes | None = None,
        cwd: Path | None = None,
        fresh: bool = False,
    ) -> Done:
        clean = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(tmp_path / ".cache")),
            "MPLCONFIGDIR": str(matplotlib_cache()),
            **(env or {}),
        }
        words = list(map(str, arguments))
        if not fresh:
            code, out, err = warm.run(words, cwd=cwd or tmp_path, env=clean, stdin=stdin, timeout=300)
            return Done(code, out.decode(), err.decode())
        done = subprocess.run(
            [sys.executable, "-m", "clusterctl", *words],
            capture_output=True,
            input=stdin,
            stdin=None if stdin is not None else subprocess.DEVNULL,
            cwd=cwd or tmp_path,
            env=clean,
            timeout=300,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared tables beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the shared tables beside the checkout are not there")
    return SHARED


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the project's folder."""
    return ROOT


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Browser]]:
    """Start a real browser; all are ended with the module."""
    missing = webdriver.missing()
    if missing and os.environ.get("CI") == "true":
        pytest.fail(missing)  # only CI promises a browser: there a skip would hide that nothing was checked
    if missing:
        pytest.skip(missing)
    browsers: list[Browser] = []

    def begin(*arguments: str) -> Browser:
        browsers.append(Browser(tmp_path_factory.mktemp("browser"), *arguments))
        return browsers[-1]

    yield begin
    for browser in browsers:
        browser.close()
