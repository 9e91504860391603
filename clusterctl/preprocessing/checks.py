"""What must hold of a table and of the points made from it."""

from __future__ import annotations

import numpy as np

from clusterctl.errors import PreprocessingError
from clusterctl.preprocessing.moments import means
from clusterctl.preprocessing.table import Table
from clusterctl.values.remarks import Caution


def check_left(dropped: np.ndarray) -> None:
    """Raise PreprocessingError where `dropped` (n,) leaves fewer than two rows."""
    n_left = int((~dropped).sum())
    if n_left >= 2:
        return
    hint = (
        "set preprocessing_configuration.missing_values to median, mean or most_frequent, or list other columns in clustering_data.features"
    )
    which = "no row is" if n_left == 0 else "1 row is"
    raise PreprocessingError(f"{which} left of {len(dropped):,} after dropping rows with missing values; two are needed", hint=hint)


def check_finite(X: np.ndarray, columns: tuple[str, ...]) -> None:
    """Raise PreprocessingError naming the columns of `X` (n, d) that hold NaN or infinity."""
    bad = [name for name, fine in zip(columns, np.isfinite(means(X)), strict=True) if not fine]
    if bad:
        hint = "set preprocessing_configuration.transform: log1p, or leave the columns out"
        raise PreprocessingError(f"after preprocessing these columns are not finite: {', '.join(bad)}", hint=hint)


def precision(table: Table) -> list[Caution]:
    """Warn of columns whose values agree in nearly all the digits a float64 has."""
    lost = []
    for name, values in table.numeric.items():
        low, high = float(values.min()), float(values.max())
        if 0 < high - low < 1e-12 * max(abs(low), abs(high)):
            lost.append(name)
    message = "values differ only after the twelfth digit, near the limit of floating point; subtract a constant from them: "
    return [Caution("precision_lost", message + ", ".join(lost))] if lost else []
