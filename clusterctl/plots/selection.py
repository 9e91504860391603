"""Plot data with other columns or fewer rows, for pictures drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

import numpy as np

from clusterctl.errors import ConfigError
from clusterctl.plots.sample import draw_rows, group
from clusterctl.values.plotdata import EXCLUDED, PlotData


def place_columns(data: PlotData, names: Sequence[str]) -> tuple[int, ...]:
    """Return where these features are among the stored ones. Raises ConfigError for one that is not there, naming those that are."""
    known = list(data.feature_names)
    lacking = [name for name in names if name not in known]
    if lacking:
        near = get_close_matches(lacking[0], known, n=1, cutoff=0.6)
        guess = f"; did you mean {near[0]}?" if near else ""
        stored = ", ".join(known[:20]) + (", …" if len(known) > 20 else "") if known else "none"
        raise ConfigError(
            f"no values of the column {lacking[0]!r} are stored with the run{guess}",
            hint=f"numeric features that were clustered on are (of many the 64 most telling): {stored}",
        )
    return tuple(known.index(name) for name in names)


def on_columns(data: PlotData, names: Sequence[str]) -> PlotData:
    """Return the data with these features alone, in this order. Raises ConfigError for names that are not stored."""
    return _take(data, place_columns(data, names))


def on_plane(data: PlotData, names: Sequence[str]) -> PlotData:
    """Return the data with each row at its values of these two features, which come first among the features.

    Rows that lack one of the values have no place in the plane and are left out. Raises ConfigError for names that are not stored.
    """
    first = place_columns(data, names)
    rest = [place for place in range(len(data.feature_names)) if place not in first]
    plane = data.features[:, list(first)]
    labels = (data.feature_names[first[0]], data.feature_names[first[1]])
    placed = replace(_take(data, (*first, *rest)), projection=plane, axis_labels=labels, projection_method="columns")
    return keep_rows(placed, np.flatnonzero(np.isfinite(plane).all(axis=1)))


def _take(data: PlotData, places: tuple[int, ...]) -> PlotData:
    names = tuple(data.feature_names[place] for place in places)
    return replace(data, features=data.features[:, list(places)], feature_names=names, features_chosen=True)


def sample_rows(data: PlotData, n: int) -> PlotData:
    """Return the data with at most n of the drawn rows: of each cluster by its share, and never too few of a small one.

    Excluded rows, which come on top, are thinned by the same share. Deterministic.
    """
    fitted = np.flatnonzero(data.status != EXCLUDED)
    if n >= len(fitted):
        return data
    kept = fitted[draw_rows(group(data.labels[fitted]), 0, n)]
    excluded = np.flatnonzero(data.status == EXCLUDED)
    some = excluded[np.linspace(0, len(excluded) - 1, -(-len(excluded) * n // len(fitted))).astype(np.int64)] if len(excluded) else excluded
    return keep_rows(data, np.sort(np.concatenate((kept, some))))


def keep_rows(data: PlotData, places: np.ndarray) -> PlotData:
    """Return the data with these of the drawn rows alone."""
    return replace(data, **{name: getattr(data, name)[places] for name in _BY_ROW})


_BY_ROW = ("rows", "sample_ids", "labels", "status", "projection", "features")
