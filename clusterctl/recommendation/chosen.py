"""What `auto` became: a value, the rule that chose it, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clusterctl.values.remarks import Caution


@dataclass(frozen=True, slots=True)
class Chosen:
    """A value that was chosen for the user.

    rule: name of the rule. why: one or two plain sentences. evidence: the figures it rests on, as plain values.
    """

    value: int | float
    rule: str
    why: str
    evidence: Mapping[str, Any]
    cautions: tuple[Caution, ...] = ()
