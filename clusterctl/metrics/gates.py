"""Gates: bounds that a result must keep, each checked and each reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from clusterctl.errors import ConfigError
from clusterctl.metrics.registry import METRICS
from clusterctl.results.models import GateResult

if TYPE_CHECKING:
    from clusterctl.metrics.settings import Gate

GATE_NAMES: tuple[str, ...] = (*METRICS, "n_clusters", "noise_fraction", "smallest_cluster", "stability", "prediction_strength")
"""What a gate may bound: every metric, and facts about the clusters (`stability`: the lowest per-cluster Jaccard)."""
_BOUNDS: tuple[tuple[str, Literal["min", "max"], Literal["error", "warn"]], ...] = (
    ("min", "min", "error"),
    ("max", "max", "error"),
    ("warn_min", "min", "warn"),
    ("warn_max", "max", "warn"),
)


def check(gates: Mapping[str, Gate], values: Mapping[str, float | None], names: Sequence[str] = GATE_NAMES) -> list[GateResult]:
    """Return one result a bound, in the order of the gates; equality passes, and a value that does not exist fails.

    Raises ConfigError for a name that is not among `names`, what a gate may bound.
    """
    unknown = [name for name in gates if name not in names]
    if unknown:
        raise ConfigError(f"no such gate: {', '.join(unknown)}", hint=f"a gate bounds one of {', '.join(names)}")
    return [
        GateResult(
            metric=name,
            value=values.get(name),
            bound=f"{kind} {repr(bound).removesuffix('.0')}",
            level=level,
            passed=_holds(values.get(name), kind, bound),
        )
        for name, gate in gates.items()
        for field, kind, level in _BOUNDS
        if (bound := getattr(gate, field)) is not None
    ]


def _holds(value: float | None, kind: Literal["min", "max"], bound: float) -> bool:
    if value is None:
        return False
    return value >= bound if kind == "min" else value <= bound
