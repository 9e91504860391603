"""The one tree of errors: what went wrong, what to do next, and the exit code that says so."""

from __future__ import annotations

from dataclasses import dataclass


class ClusterctlError(Exception):
    """A mistake or a limit that the user can act on.

    `message` says what and where, `hint` what is allowed or what to do next (None: nothing to add).
    `details` are further lines, one a problem. `exit_code` is the process's exit code.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str | None = None, details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details

    def __reduce__(self) -> tuple[type[ClusterctlError], tuple[str, str | None, tuple[str, ...]]]:
        """Let an error cross from a worker process with its hint and details."""
        return type(self), (self.message, self.hint, self.details)

    def as_dict(self) -> dict[str, object]:
        """Return the error as the last line of stderr carries it with `--json`."""
        message = "\n".join((self.message, *self.details))
        return {"type": type(self).__name__, "code": self.exit_code, "message": message, "hint": self.hint}


class UsageError(ClusterctlError):
    """The command line cannot be understood."""

    exit_code = 2


class ConfigError(ClusterctlError):
    """The config, an override or an environment value is wrong, or an extra is missing."""

    exit_code = 3


class DataLoadError(ClusterctlError):
    """The data cannot be had, or cannot be read for what it is."""

    exit_code = 4


class PreprocessingError(ClusterctlError):
    """A preprocessing step cannot be done on these rows."""

    exit_code = 5


class ClusteringError(ClusterctlError):
    """No fit is possible, or it ran out of its time."""

    exit_code = 6


class EvaluationError(ClusterctlError):
    """A labelling cannot be scored."""

    exit_code = 7


class OutputError(ClusterctlError):
    """Results cannot be written: disk, rights, a folder that is taken or locked, a plot that failed."""

    exit_code = 8


class ResourceLimitError(ClusterctlError):
    """The work would not fit in memory, or was killed for it."""

    exit_code = 9


@dataclass(frozen=True, slots=True)
class ExitCode:
    """Exit codes that no error class stands for."""

    DONE = 0
    BUG = 1
    GATE_FAILED = 10
    HANGUP = 129
    INTERRUPTED = 130
    BROKEN_PIPE = 141
    TERMINATED = 143


def missing_extra(package: str, extra: str, what: str) -> ConfigError:
    """Return the error for a feature whose optional package is not installed."""
    return ConfigError(
        f"{what} needs the package {package}, which is not installed",
        hint=f"pip install 'clusterctl[{extra}]'",
    )
