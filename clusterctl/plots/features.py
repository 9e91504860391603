"""Which features the pictures of rows show, and how: those asked for, or the first that tell the clusters apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clusterctl.values.plotdata import CLUSTERED, EXCLUDED, PlotData

_SAME = 0.999


@dataclass(frozen=True, slots=True)
class Shown:
    """Features of the drawn rows that are not excluded. values: (m, p), NaN where missing. labels: (m,), noise -1. names: (p,)."""

    names: tuple[str, ...]
    values: np.ndarray
    labels: np.ndarray

    def of(self, number: int, feature: int) -> np.ndarray:
        """Return the known values of a feature in a cluster (-1: the noise)."""
        values = self.values[self.labels == number, feature]
        known: np.ndarray = values[np.isfinite(values)]
        return known


def why_not(data: PlotData, fewest: int, most: int) -> str | None:
    """Return None, or why not that many features can be shown. most: of those that someone asks for."""
    if not (data.status == CLUSTERED).any():
        return "no row is in a cluster"
    if data.withheld is not None and set(data.cluster_ids.tolist()) <= set(data.withheld_groups):
        return f"every cluster has fewer than {data.withheld.min_group} rows (privacy.min_group)"
    if data.features_chosen and len(data.feature_names) > most:
        return f"it shows at most {most} columns, and {len(data.feature_names)} are named"
    found = len(select(data, most).names)
    if found >= fewest:
        return None
    if data.features_chosen:
        return f"it needs {fewest} columns with values that differ, and of those named {found} have"
    wanted = "a numeric feature that differs" if fewest == 1 else f"{fewest} numeric features that differ"
    return f"it needs {wanted} between rows, and there is {'none' if not found else 'only one'}"


def select(data: PlotData, most: int) -> Shown:
    """Return at most so many features: all that were chosen, else the most telling, without those that repeat one before."""
    rows = data.status != EXCLUDED
    columns = np.ascontiguousarray(data.features[rows].T)  # looked at column by column, many times over
    places: list[int] = []
    for place, column in enumerate(columns):
        known = column[np.isfinite(column)]
        if not len(known) or float(np.ptp(known)) == 0.0:
            continue
        if data.features_chosen or not any(_alike(column, columns[other]) for other in places):
            places.append(place)
        if len(places) == most:
            break
    return Shown(tuple(data.feature_names[place] for place in places), columns[places].T, data.labels[rows])


def _alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Tell whether two columns say the same: correlated by more than 0.999, either way."""
    known = np.isfinite(one) & np.isfinite(other)
    if known.sum() < 3:
        return False
    a, b = (column[known] / (np.abs(column[known]).max() or 1.0) for column in (one, other))
    a, b = a - a.mean(), b - b.mean()
    # Plain sums: a dot product of so few numbers goes to the threads of BLAS, which a busy machine wakes in milliseconds.
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return size > 0 and abs(float((a * b).sum())) > _SAME * size


def limits(values: np.ndarray) -> tuple[float, float]:
    """Return the ends of an axis: of the values, but for a thin far tail that would squeeze everything else."""
    known = values[np.isfinite(values)]
    low, high = float(known.min()), float(known.max())
    near_low, near_high = (float(end) for end in np.quantile(known, (0.005, 0.995)))
    if len(known) >= 200 and high - low > 2 * (near_high - near_low) > 0:
        slack = 0.1 * (near_high - near_low)
        low, high = max(low, near_low - slack), min(high, near_high + slack)
    margin = 0.06 * (high - low) or max(abs(high), 1.0) * 0.1
    return low - margin, high + margin


def sampled(data: PlotData, most: int | None = None) -> list[str]:
    """Return the note that not all rows are looked at, if so; most: at most so many of those that are stored."""
    n_rows = data.n_drawn if most is None else min(data.n_drawn, most)
    return [f"a sample of {n_rows:,} of {data.n_points:,} rows"] if n_rows < data.n_points else []


def tick(value: float) -> str:
    """Return a number as the end of an axis is labelled: 3.2k, 0.014."""
    size = abs(value)
    if size >= 1e12:
        text = f"{value:.3g}"
    elif size >= 1e4:
        unit, letter = next((unit, letter) for unit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")) if size >= unit)
        text = f"{value / unit:.4g}{letter}" if size / unit >= 100 else f"{value / unit:.3g}{letter}"
    else:
        text = f"{value:.4g}" if size >= 1e3 else f"{value:.3g}"
    return text.replace("-", "\u2212")
