"""The trials of a sweep: every combination as a checked config, before the first of them starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clusterctl.config.load import LoadedConfig
    from clusterctl.config.models import Config

MOST_TRIALS = 10_000
"""More than these need to be asked for."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One combination of settings.

    trial_id: its place in the plan, from 0. assigned: dotted path → value as the sweep gives it, in the order given.
    settings: the value that each swept path has in this trial's config, as it may be shown; None where the config has none there.
    config: whole, `random_state` concrete; sections that are equal in several trials are one object. config_sha256: as a run of it has.
    """

    trial_id: int
    assigned: Mapping[str, Any]
    settings: Mapping[str, Any]
    config: Config
    config_sha256: str


@dataclass(frozen=True, slots=True)
class Trials:
    """All trials in plan order; n_merged: combinations left out since they are the same as an earlier one. paths: swept, in the order met."""

    trials: tuple[Trial, ...]
    paths: tuple[str, ...]
    n_merged: int


def build_trials(base: LoadedConfig, *, random_state: int, many: bool = False) -> Trials:
    """Return the trials of `sweep_configuration`: grids, then the list, then random draws.

    random_state: in place of a seed of null. many: more than MOST_TRIALS are wanted. Deterministic.
    Raises ConfigError that lists every combination that is no valid config, or if there is nothing to sweep; UsageError for more than
    MOST_TRIALS.
    """
    raise NotImplementedError


def trial_config(base: LoadedConfig, trial: Trial, *, random_state: int) -> LoadedConfig:
    """Return a trial's config as if it had been loaded by itself, without `sweep_configuration`."""
    raise NotImplementedError
