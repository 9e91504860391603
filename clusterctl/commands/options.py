"""Options of the command line as what the config would have said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from clusterctl.config.environment import escape
from clusterctl.config.sizes import parse_size
from clusterctl.errors import ConfigError, UsageError
from clusterctl.metrics.gates import GATE_NAMES


def overrides_of(
    given: Sequence[str] | None,
    *,
    n_jobs: int | None = None,
    executor: str | None = None,
    max_memory: str | None = None,
    no_plots: bool = False,
    align_to: Path | None = None,
    fail_under: Sequence[str] | None = None,
    fail_over: Sequence[str] | None = None,
) -> tuple[str, ...]:
    """Return `--set` values for the options that have a key in the config; those come after, and win over, the ones given."""
    overrides = list(given or ())
    if n_jobs is not None:
        if n_jobs == 0:
            raise ConfigError("--n-jobs 0: no work is done by 0 jobs", hint="-1 for all processors, or a number from 1")
        overrides.append(f"execution.n_jobs={n_jobs}")
    if executor is not None:
        overrides.append(f"execution.executor={executor}")
    if max_memory is not None:
        _check_size(max_memory)
        overrides.append(f"execution.max_memory={max_memory}")
    if no_plots:
        overrides.append("visualization_configuration.generate_plots=false")
    if align_to is not None:
        folder = align_to if str(align_to) != "none" else align_to.absolute()  # a folder of the name that means no folder
        overrides.append(f"output.align_to={json.dumps(escape(str(folder)))}")
    overrides += _gates(fail_under, "min", "--fail-under")
    overrides += _gates(fail_over, "max", "--fail-over")
    return tuple(overrides)


def _check_size(max_memory: str) -> None:
    """Name the option in the error about its value."""
    try:
        parse_size(max_memory)
    except ConfigError as error:
        raise ConfigError(f"--max-memory {error.message}", hint=error.hint) from None


def _gates(bounds: Sequence[str] | None, side: str, option: str) -> list[str]:
    """Return `evaluation_configuration.gates.METRIC.min=VALUE` for each METRIC=VALUE."""
    return [f"evaluation_configuration.gates.{name}.{side}={value!r}" for name, value in _bounds(bounds, option, GATE_NAMES)]


def gates_of(fail_under: Sequence[str] | None, fail_over: Sequence[str] | None, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return the gates that the options set, each one of `names`, as a mapping of the config would give them."""
    gates: dict[str, dict[str, float]] = {}
    for given, side, option in ((fail_under, "min", "--fail-under"), (fail_over, "max", "--fail-over")):
        for name, value in _bounds(given, option, names):
            gates.setdefault(name, {})[side] = value
    return gates


def _bounds(bounds: Sequence[str] | None, option: str, names: Sequence[str]) -> Iterator[tuple[str, float]]:
    """Yield name and number of each METRIC=VALUE."""
    for bound in bounds or ():
        name, equals, value = bound.partition("=")
        try:
            number = float(value)
        except ValueError:
            equals = ""
        if not equals:
            raise UsageError(f"{option} {bound!r} is no METRIC=VALUE", hint=f"for example: {option} {names[0]}=0.25")
        if name not in names:
            raise ConfigError(f"{option} {bound!r}: there is no value called {name!r}", hint=f"one of {', '.join(names)}")
        yield name, number
