"""What the values of a table make a run, or some trials of a sweep, fail of: known before anything is computed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from clusterctl.errors import PreprocessingError

if TYPE_CHECKING:
    from clusterctl.config.trials import Trials
    from clusterctl.engine.sweep.loading import Tables
    from clusterctl.values.dataset import Dataset


def would_fail(trials: Trials, tables: Tables) -> tuple[str, ...]:
    """Return what the values of the table would make some trials fail of; raise it if that is all of them."""
    failed: dict[tuple[int, str], PreprocessingError | None] = {}
    errors: list[PreprocessingError] = []
    for trial in trials.trials:
        dataset, policy = tables.of(trial), trial.config.preprocessing_configuration.missing_values
        key = (id(dataset), policy)
        if key not in failed:
            failed[key] = _values_error(dataset, policy)
        error = failed[key]
        errors += [error] if error is not None else []
    if len(errors) == len(trials.trials):
        raise errors[0]
    counts = Counter("; ".join((error.message, *error.details)) for error in errors)
    return tuple(f"{count:,} trial{'s' if count > 1 else ''} would fail: {told}" for told, count in counts.items())


def _values_error(dataset: Dataset, policy: str) -> PreprocessingError | None:
    try:
        check_values(dataset, policy)
    except PreprocessingError as error:
        return error
    return None


def check_values(dataset: Dataset, policy: str) -> None:
    """Raise the PreprocessingError that a run would raise for its missing or overflowing values: the first steps of `prepare`."""
    import numpy as np

    from clusterctl.preprocessing.checks import check_left
    from clusterctl.preprocessing.missing import fit_missing
    from clusterctl.preprocessing.table import read

    kinds = tuple(dataset.kinds[feature] for feature in dataset.features)
    table = read(dataset.frame, dataset.features, kinds, lambda row: dataset.sample_ids(np.array([row]))[0])
    missing, _ = fit_missing(table, dataset.features, kinds, policy)
    check_left(missing.dropped(table))
