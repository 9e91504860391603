"""THE error boundary: the one place where an exception becomes a message and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable

import typer
from typer.exceptions import Abort, TyperException

from clusterctl import __version__
from clusterctl.cli.options import View
from clusterctl.errors import ClusterctlError, DataLoadError, ExitCode, OutputError, ResourceLimitError, UsageError


def guarded(body: Callable[[], int], view: View) -> int:
    """Return what `body` returns; any exception is printed on stderr and becomes its exit code.

    An error of the tree: `error: WHAT`, further lines indented, then `  hint: …`; no traceback but with --verbose. Anything else is a
    bug of ours and shows its traceback. With --json the last line of stderr is the error as JSON.
    """
    try:
        code = body()
        sys.stdout.flush()
    except typer.Exit as stop:
        return stop.exit_code
    except (KeyboardInterrupt, Abort):
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        return _reader_gone()
    except Exception as problem:
        error = as_error(problem)
        if error is None:
            return _report_bug(view)
        show_error(error, view)
        return error.exit_code
    return code


def as_error(problem: Exception) -> ClusterctlError | None:
    """Return the error of the tree that stands for an exception; None: it is a bug."""
    if isinstance(problem, ClusterctlError):
        return problem
    if isinstance(problem, TyperException):
        command = getattr(getattr(problem, "ctx", None), "command_path", "clusterctl")
        return UsageError(problem.format_message(), hint=f"{command} --help")
    if isinstance(problem, MemoryError):
        return ResourceLimitError(
            "memory ran out", hint="use fewer rows or columns, an algorithm that needs less memory, or a machine that has more"
        )
    if isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS):
        return OutputError(
            f"cannot write {problem.filename or 'to the output'}: {problem.strerror}", hint="free some space, or write elsewhere"
        )
    if isinstance(problem, UnicodeEncodeError):
        return DataLoadError("the terminal cannot show a character of the answer", hint="set PYTHONIOENCODING=utf-8, or use --json")
    return None


def show_error(error: ClusterctlError, view: View) -> None:
    """Print an error on stderr."""
    if view.verbose:
        import traceback

        traceback.print_exc()
    lines = [f"error: {error.message}", *(f"  {line}" for line in error.details)]
    if error.hint:
        lines.append(f"  hint: {error.hint}")
    text = "\n".join(lines)
    print(text if view.json else _coloured(text), file=sys.stderr)
    if view.json:
        import json

        print(json.dumps(error.as_dict(), ensure_ascii=False), file=sys.stderr)


def _coloured(text: str) -> str:
    """Make the word `error:` red on a terminal that wants colour."""
    if not sys.stderr.isatty() or os.environ.get("NO_COLOR"):
        return text
    return text.replace("error:", "\033[1;31merror:\033[0m", 1)


def _reader_gone() -> int:
    """Leave quietly: the reader of our pipe has all it wanted. Python's own flush at exit must not complain either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.BROKEN_PIPE


def _report_bug(view: View) -> int:
    import traceback

    traceback.print_exc()
    message = f"error: this is a bug in clusterctl {__version__}"
    hint = "please report it, with the lines above and the config, where you got clusterctl from"
    print(f"{message}\n  hint: {hint}", file=sys.stderr)
    if view.json:
        import json

        kind = type(sys.exc_info()[1]).__name__
        print(json.dumps({"type": kind, "code": ExitCode.BUG, "message": message, "hint": hint}), file=sys.stderr)
    return ExitCode.BUG
