"""The trials of a sweep: every combination as a checked config, before the first of them starts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from clusterctl.config.combinations import SECTION, Assigned, Source, sources_of
from clusterctl.config.load import LoadedConfig, Resolution, resolve, with_random_state
from clusterctl.config.problems import KeyPath, lookup
from clusterctl.config.refused import Refused
from clusterctl.config.written import config_sha256
from clusterctl.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from clusterctl.config.models import Config

MOST_TRIALS = 10_000
"""More than these need to be asked for."""
CLUSTERING = "clustering_configuration"
EXAMPLE = "for example: sweep_configuration: {grid: {clustering_configuration.n_clusters: [2, 3, 4, 5]}}"


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
    """All trials in plan order; n_merged: combinations left out, the same as an earlier one. paths: swept, in the order met."""

    trials: tuple[Trial, ...]
    paths: tuple[str, ...]
    n_merged: int


def build_trials(base: LoadedConfig, *, random_state: int, many: bool = False) -> Trials:
    """Return the trials of `sweep_configuration`: grids, then the list, then random draws.

    random_state: in place of a seed of null. many: more than MOST_TRIALS are wanted. Deterministic.
    Raises ConfigError that lists every combination that is no valid config, or if there is nothing to sweep; UsageError for more than
    MOST_TRIALS.
    """
    sources = sources_of(base)
    _check_count(sources, base, many)
    paths = tuple(dict.fromkeys(path for source in sources for path in source.paths))
    builder = _Builder(base, random_state, paths)
    refused = Refused(base, paths)
    for source, assigned in _combinations(sources):
        found = builder.resolve(assigned)
        if found.problems or found.config is None:
            refused.add(source, assigned, found.problems)
        elif not refused:  # otherwise only what else is wrong is of interest
            builder.add(assigned, found)
    refused.raise_if_any()
    return Trials(tuple(builder.trials.values()), paths, sum(source.n for source in sources) - len(builder.trials))


def trial_config(base: LoadedConfig, trial: Trial, *, random_state: int) -> LoadedConfig:
    """Return a trial's config as if it had been loaded by itself, without `sweep_configuration`."""
    written = assign(_without_sweep(base), trial.assigned)
    found = _resolve(base, written)
    if found.problems or found.config is None:
        raise ConfigError(f"trial {trial.trial_id} is of another config", hint="build the trials of this config")
    loaded = LoadedConfig(found.config, found.shown, base.folder, base.name, base.path, base.environment, written)
    return with_random_state(loaded, random_state)


def _check_count(sources: list[Source], base: LoadedConfig, many: bool) -> None:
    if not sources:
        where = str(base.path) if base.path is not None else "config"
        raise ConfigError(f"{where}: sweep_configuration: there is nothing to sweep: no grid, list or random", hint=EXAMPLE)
    n_trials = sum(source.n for source in sources)
    if n_trials > MOST_TRIALS and not many:
        parts = ", ".join(f"{source.name} {source.n:,}" for source in sources[:5] if source.n > 1)
        raise UsageError(
            f"the sweep has {n_trials:,} combinations ({parts}{', …' if len(sources) > 5 else ''}), more than {MOST_TRIALS:,}",
            hint="--yes does them all (from Python: many=True); or take fewer values, or random draws (sweep_configuration.random)",
        )


def _combinations(sources: list[Source]) -> Iterator[tuple[Source, Assigned]]:
    return ((source, assigned) for source in sources for assigned in source.make())


def _without_sweep(base: LoadedConfig) -> dict[str, Any]:
    return {name: section for name, section in base.written.items() if name != SECTION}


def _resolve(base: LoadedConfig, written: dict[str, Any]) -> Resolution:
    return resolve(written, base.environment, data_source=base.config.clustering_data.data_source)


def assign(tree: Mapping[str, Any], assigned: Assigned) -> dict[str, Any]:
    """Return the tree with the values put in their places; what is not changed is shared with the tree given.

    A combination that sets the algorithm, or the whole `clustering_configuration`, starts from one that holds nothing but the
    `random_state`. Sections are set before what is in them, whatever the order given.
    """
    new = dict(tree)
    if CLUSTERING in assigned or f"{CLUSTERING}.algorithm" in assigned:
        section = tree.get(CLUSTERING)
        new[CLUSTERING] = {"random_state": section["random_state"]} if isinstance(section, Mapping) and "random_state" in section else {}
    for path, value in sorted(assigned.items(), key=lambda item: item[0].count(".")):
        whole = path == CLUSTERING and isinstance(value, Mapping)
        _put(new, path.split("."), {**new[CLUSTERING], **value} if whole else value)
    return {name: section for name, section in new.items() if section is not None}


def _put(tree: dict[str, Any], keys: list[str], value: Any) -> None:
    """Set a value, copying the mappings on the way; what is no mapping there is replaced by one, for the models to refuse."""
    *parents, last = keys
    for key in parents:
        inner = tree.get(key)
        tree[key] = dict(inner) if isinstance(inner, Mapping) else {}
        tree = tree[key]
    tree[last] = value


@dataclass(slots=True)
class _Builder:
    """Makes trials; sections that are equal are made one object. trials: by config_sha256, in plan order."""

    base: LoadedConfig
    random_state: int
    paths: tuple[str, ...]
    trials: dict[str, Trial] = field(default_factory=dict)
    _tree: dict[str, Any] = field(init=False)
    _split: dict[str, KeyPath] = field(init=False)
    _sections: dict[tuple[str, str], Any] = field(default_factory=dict)
    _values: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._tree = _without_sweep(self.base)
        self._split = {path: tuple(path.split(".")) for path in self.paths}

    def resolve(self, assigned: Assigned) -> Resolution:
        """Return what a combination comes to."""
        return _resolve(self.base, assign(self._tree, assigned))

    def add(self, assigned: Assigned, found: Resolution) -> None:
        """Make a trial of a combination that is valid, unless there is one already that is the same."""
        assert found.config is not None
        loaded = with_random_state(
            LoadedConfig(found.config, found.shown, self.base.folder, self.base.name, self.base.path), self.random_state
        )
        sha256 = config_sha256(loaded.shown)
        if sha256 in self.trials:
            return
        settings = {path: self._shared_value(lookup(loaded.shown, keys)) for path, keys in self._split.items()}
        self.trials[sha256] = Trial(len(self.trials), assigned, settings, self._shared(loaded), sha256)

    def _shared(self, loaded: LoadedConfig) -> Config:
        """Return the config with each section that another trial has too being that trial's own object."""
        update = {
            name: self._sections.setdefault((name, canonical_json(loaded.shown.get(name))), getattr(loaded.config, name))
            for name in type(loaded.config).model_fields
        }
        return loaded.config.model_copy(update=update)

    def _shared_value(self, value: Any) -> Any:
        return value if not isinstance(value, list | dict) else self._values.setdefault(canonical_json(value), value)


def canonical_json(value: Any) -> str:
    """Return plain data as text that is equal where the data are."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
