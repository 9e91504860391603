"""A score of a labelling: a number, or null with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Best = Literal["max", "min"]


@dataclass(frozen=True, slots=True)
class NoisePolicies:
    """One internal score under three treatments of noise rows; None where it does not exist."""

    ignored: float | None
    singletons: float | None
    one_cluster: float | None


@dataclass(frozen=True, slots=True)
class Score:
    """The value of one metric for one labelling.

    value: None where it does not exist, and then `reason` says why.
    method: sampled only above a fixed number of rows; `n_used` rows went in; `interval` is the 95 % interval of a sampled value.
    coverage: share of the rows scored that are not noise.
    policies: for internal metrics, when there is noise.
    """

    name: str
    best: Best
    value: float | None
    reason: str | None = None
    method: Literal["exact", "sampled"] = "exact"
    n_used: int = 0
    interval: tuple[float, float] | None = None
    coverage: float = 1.0
    policies: NoisePolicies | None = None
