"""Every error of the tree: its exit code, its words, and that it survives the way from a worker process."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator

import pytest

from clusterctl.cli.boundary import guarded
from clusterctl.cli.options import View
from clusterctl.errors import ClusterctlError, missing_extra

CODES = {
    "UsageError": 2,
    "ConfigError": 3,
    "DataLoadError": 4,
    "PreprocessingError": 5,
    "ClusteringError": 6,
    "EvaluationError": 7,
    "OutputError": 8,
    "ResourceLimitError": 9,
}
"""The contract's table."""


def tree(kind: type[ClusterctlError]) -> Iterator[type[ClusterctlError]]:
    for child in kind.__subclasses__():
        yield child
        yield from tree(child)


ERRORS = list(tree(ClusterctlError))


def raised(error: Exception) -> int:
    def body() -> int:
        raise error

    return guarded(body, View())


def test_the_tree_is_the_contract_s_table() -> None:
    assert {kind.__name__: kind.exit_code for kind in ERRORS} == CODES


@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_is_printed_with_its_lines_and_hint_and_gives_its_exit_code(kind: type[ClusterctlError], capsys) -> None:
    assert raised(kind("what went wrong", hint="what to do", details=("first", "second"))) == CODES[kind.__name__]
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "error: what went wrong\n  first\n  second\n  hint: what to do\n"


@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_without_a_hint_is_one_line(kind: type[ClusterctlError], capsys) -> None:
    raised(kind("what went wrong"))
    assert capsys.readouterr().err == "error: what went wrong\n"


@pytest.mark.parametrize("kind", ERRORS)
def test_with_json_the_last_line_is_the_error(kind: type[ClusterctlError], capsys) -> None:
    def body() -> int:
        raise kind("what", hint=None, details=("one",))

    guarded(body, View(json=True))
    last = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert last == {"type": kind.__name__, "code": CODES[kind.__name__], "message": "what\none", "hint": None}


@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_survives_pickling(kind: type[ClusterctlError]) -> None:
    error = pickle.loads(pickle.dumps(kind("what", "hint", ("one", "two"))))  # noqa: S301 (our own bytes)
    assert type(error) is kind
    assert (error.message, error.hint, error.details, str(error)) == ("what", "hint", ("one", "two"), "what")


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_says_what_it_stands_for(kind: type[ClusterctlError]) -> None:
    assert kind.__doc__
    assert kind.__doc__.endswith(".")


def test_anything_else_is_a_bug_with_its_traceback(capsys) -> None:
    assert raised(ZeroDivisionError("division by zero")) == 1
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert "error: this is a bug in clusterctl" in said


def test_a_missing_extra_names_the_line_that_installs_it() -> None:
    error = missing_extra("umap-learn", "umap", "dimensionality_reduction umap")
    assert error.exit_code == 3
    assert error.hint == "pip install 'clusterctl[umap]'"
    assert "umap-learn" in error.message
