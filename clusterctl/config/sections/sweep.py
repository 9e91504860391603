"""The config section `sweep_configuration`; `run` checks it and does not use it. What its paths and names may be: `sweep_rules`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator

from clusterctl.preprocessing.settings import PreprocessingConfiguration
from clusterctl.strict import StrictModel

Setting = Annotated[str, Field(min_length=1)]
Grid = dict[Setting, Annotated[tuple[Any, ...], Field(strict=False, min_length=1)]]
Grids = Annotated[tuple[Grid, ...], Field(strict=False)]
Interval = Annotated[tuple[float, ...], Field(strict=False, min_length=2, max_length=2)]


def _shape(value: Any) -> str:
    return "one" if isinstance(value, Mapping) else "several"


class Distribution(StrictModel):
    """What one setting is drawn from: exactly one of the four."""

    uniform: Interval | None = None
    """[a, b]: a number between the two."""
    loguniform: Interval | None = None
    """[a, b]: a number whose logarithm is uniform; both above 0."""
    integer: Annotated[tuple[int, ...], Field(strict=False, min_length=2, max_length=2)] | None = None
    """[a, b]: an integer, both ends included."""
    choice: Annotated[tuple[Any, ...], Field(strict=False, min_length=1)] | None = None
    """One of these values."""

    @model_validator(mode="after")
    def _is_one(self) -> Distribution:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("a setting is drawn from exactly one of uniform, loguniform, integer, choice")
        ends = self.uniform or self.loguniform or self.integer
        if ends is not None and ends[0] > ends[1]:
            raise ValueError(f"{given[0]}: the first end lies above the second")
        if self.loguniform is not None and self.loguniform[0] <= 0:
            raise ValueError("loguniform: both ends must lie above 0")
        return self


class RandomSearch(StrictModel):
    """Trials drawn at random."""

    n_trials: int = Field(ge=1)
    """How many are drawn."""
    seed: int = Field(default=0, ge=0, lt=2**32)
    """Of the draw."""
    space: dict[Setting, Distribution] = Field(min_length=1)
    """Dotted path → what it is drawn from."""


class Constraint(StrictModel):
    """Bounds that a trial must keep to be ranked; equality passes."""

    min: float | None = None
    max: float | None = None

    @model_validator(mode="after")
    def _has_a_bound(self) -> Constraint:
        if self.min is None and self.max is None:
            raise ValueError("a constraint needs min, max or both")
        return self


class SweepConfiguration(StrictModel):
    """Many analyses: grids, lists and random draws of settings, united."""

    model_config = ConfigDict(serialize_by_alias=True)

    grid: Annotated[Annotated[Grid, Tag("one")] | Annotated[Grids, Tag("several")], Discriminator(_shape)] | None = None
    """Dotted path → list of values, all combined; one such mapping, or a list of several."""
    entries: tuple[dict[Setting, Any], ...] | None = Field(default=None, alias="list", strict=False)
    """Mappings of dotted path → value, a trial each."""
    random: RandomSearch | None = None
    """Trials drawn at random."""
    rank_by: tuple[str, ...] | None = Field(default=None, strict=False, min_length=1)
    """First the most important: metrics, noise_fraction, smallest_cluster, and with `validate` stability, prediction_strength."""
    constraints: dict[str, Constraint] = Field(default_factory=dict)
    """Metric or other value that a gate may bound → bounds that a trial must keep to be ranked."""
    rank_space: PreprocessingConfiguration | None = None
    """A reference preprocessing in which all trials are scored again, so that they can be compared."""
    validate_trials: bool = Field(default=False, alias="validate")
    """Whether stability and null comparison are computed for every trial, rather than the best alone."""
