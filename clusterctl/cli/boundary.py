"""THE error boundary: the one place where an exception becomes a message and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress

import typer
from typer.exceptions import Abort, TyperException

from clusterctl import __version__
from clusterctl.cli.console import clean, clear_status_line
from clusterctl.cli.options import View
from clusterctl.cli.streams import give_up_stdout
from clusterctl.errors import ClusterctlError, ExitCode, OutputError, ResourceLimitError, UsageError


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
    except (BrokenPipeError, SystemExit) as end:
        if not _is_reader_gone(end):
            raise
        give_up_stdout()
        return ExitCode.BROKEN_PIPE
    except Exception as problem:
        error = as_error(problem)
        if error is None:
            with suppress(OSError):
                _report_bug(view)
            return ExitCode.BUG
        with suppress(OSError):  # stderr cannot be written to: the exit code must tell
            show_error(error, view)
        if isinstance(problem, OSError):
            give_up_stdout()
        return error.exit_code
    return code


def as_error(problem: Exception) -> ClusterctlError | None:
    """Return the error of the tree that stands for an exception; None: it is a bug."""
    if isinstance(problem, ClusterctlError):
        return problem
    if isinstance(problem, TyperException):
        command = getattr(getattr(problem, "ctx", None), "command_path", "clusterctl")
        return UsageError(problem.format_message().replace("Value error, ", ""), hint=f"{command} --help")
    if isinstance(problem, MemoryError):
        return ResourceLimitError(
            "memory ran out", hint="use fewer rows or columns, an algorithm that needs less memory, or a machine that has more"
        )
    if isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS):
        return OutputError(
            f"cannot write {problem.filename or 'to standard output'}: {problem.strerror}", hint="free some space, or write elsewhere"
        )
    if isinstance(problem, OSError) and problem.errno == errno.EBADF and problem.filename is None:
        return OutputError(
            "the answer cannot be printed: stdout is closed", hint="open stdout, or use --quiet; what was written is in place"
        )
    return None


def show_error(error: ClusterctlError, view: View) -> None:
    """Print an error on stderr."""
    clear_status_line()
    if view.verbose:
        import traceback

        traceback.print_exc()
    lines = [f"error: {clean(error.message)}", *(f"  {clean(line)}" for line in error.details)]
    if error.hint:
        lines.append(f"  hint: {clean(error.hint)}")
    text = "\n".join(lines)
    print(text if view.json else _coloured(text), file=sys.stderr)
    if view.json:
        import json

        print(json.dumps(error.as_dict()), file=sys.stderr)


def _coloured(text: str) -> str:
    """Make the word `error:` red on a terminal that wants colour."""
    if not sys.stderr.isatty() or os.environ.get("NO_COLOR"):
        return text
    return text.replace("error:", "\033[1;31merror:\033[0m", 1)


def _is_reader_gone(end: BaseException | None) -> bool:
    """Tell whether an exception stands for a broken pipe: typer and rich turn one into SystemExit(1)."""
    return end is not None and (isinstance(end, BrokenPipeError) or _is_reader_gone(end.__context__))


def _report_bug(view: View) -> None:
    import traceback

    clear_status_line()
    traceback.print_exc()
    message = f"this is a bug in clusterctl {__version__}"
    hint = "please report it, with the lines above and the config, where you got clusterctl from"
    print(f"error: {message}\n  hint: {hint}", file=sys.stderr)
    if view.json:
        import json

        kind = type(sys.exc_info()[1]).__name__
        print(json.dumps({"type": kind, "code": ExitCode.BUG, "message": message, "hint": hint}), file=sys.stderr)
