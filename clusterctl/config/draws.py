"""Random draws of settings that are the same for ever: from `random.Random(seed).random()` alone, whose sequence Python keeps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clusterctl.config.sections.sweep import Distribution


def draw(space: Mapping[str, Distribution], n_draws: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield `n_draws` times a value for each name of `space`, drawn one after the other in its order.

    More draws of a seed begin with the same as fewer. A choice yields one of the objects of its tuple itself. With u uniform in [0, 1):
    uniform a + (b - a) u; loguniform exp of that between log a and log b; integer a + floor(u (b - a + 1)); choice by floor(u n).
    """
    source = Random(seed)
    for _ in range(n_draws):
        yield {name: value_at(source.random(), distribution) for name, distribution in space.items()}


def value_at(u: float, distribution: Distribution) -> Any:
    """Return the value of a distribution at its quantile 0 <= u < 1."""
    if distribution.uniform is not None:
        return _between(u, *distribution.uniform)
    if distribution.loguniform is not None:
        low, high = distribution.loguniform
        return min(max(math.exp(_between(u, math.log(low), math.log(high))), low), high)
    if distribution.integer is not None:
        first, last = distribution.integer
        return min(first + math.floor(u * (last - first + 1)), last)
    values = distribution.choice
    assert values is not None  # exactly one of the four is given
    return values[math.floor(u * len(values))]


def _between(u: float, low: float, high: float) -> float:
    """Return low + (high - low) u, which rounding must not take out of the interval, nor a width beyond the largest float."""
    width = high - low
    value = low + width * u if math.isfinite(width) else low * (1 - u) + high * u
    return min(max(value, low), high)
