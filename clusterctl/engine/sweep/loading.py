"""The one table of a sweep, read once; each set of columns that trials cluster on is settled once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clusterctl.config.combinations import place_of_value
from clusterctl.config.sweep_rules import FEATURES
from clusterctl.engine.analysis import read_data, settle_table
from clusterctl.errors import ConfigError, DataLoadError

if TYPE_CHECKING:
    from clusterctl.config.load import LoadedConfig
    from clusterctl.config.models import Config
    from clusterctl.config.trials import Trial, Trials
    from clusterctl.data.table import Table
    from clusterctl.engine.analysis import Session
    from clusterctl.values.dataset import Dataset

Key = tuple[tuple[str, ...] | None, bool]


@dataclass(frozen=True, slots=True)
class Tables:
    """The table as it was read, and the datasets that it makes by the columns wanted."""

    table: Table
    _settled: dict[Key, Dataset] = field(default_factory=dict)

    def of(self, trial: Trial) -> Dataset:
        """Return the dataset of a trial."""
        return self.of_config(trial.config)

    def of_config(self, config: Config) -> Dataset:
        """Return the dataset of a config over the same table. Raises what `data.load.load` raises."""
        key = (config.clustering_data.features, config.preprocessing_configuration.text == "tfidf")
        if key not in self._settled:
            self._settled[key] = settle_table(self.table, config)
        return self._settled[key]


def _settled(tables: Tables, trial: Trial, base: LoadedConfig) -> Dataset:
    """Return the dataset of a trial; an error about the columns that the sweep wants says where it wants them."""
    try:
        return tables.of(trial)
    except (ConfigError, DataLoadError) as error:
        where = place_of_value(base, FEATURES, trial.assigned.get(FEATURES))
        if where is None:
            raise
        raise type(error)(f"{where}: {error.message}", error.hint, error.details) from error


def load_tables(trials: Trials, base: LoadedConfig, session: Session, *, offline: bool) -> Tables:
    """Read the table and settle what every trial wants of it, so that a column that is not there is told before anything starts."""
    tables = Tables(read_data(base, session, offline=offline))
    seen = {id(dataset): dataset for dataset in (_settled(tables, trial, base) for trial in trials.trials)}
    session.warn(dict.fromkeys(caution for dataset in seen.values() for caution in dataset.cautions))
    return tables
