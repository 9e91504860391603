"""What a report is made of: the document, the pictures, and of the table no more than the rows that the document names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clusterctl.analysis.words import number, plain
from clusterctl.report.named import named_rows

if TYPE_CHECKING:
    import numpy as np

    from clusterctl.results.models import ResultsDocument
    from clusterctl.values.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Material:
    """What a report is made of.

    pictures: plot type → PNG. rows: sample id → feature → its value as text, of the representative rows and the most unusual ones.
    nearer_to_another: share of the clustered rows that are nearer to another cluster than to their own; None: not known.
    """

    document: ResultsDocument
    pictures: Mapping[str, bytes]
    rows: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    nearer_to_another: float | None = None

    def reason(self, path: str) -> str:
        """Return why the value at this path is null, from the notes."""
        return next((note.reason for note in self.document.metadata.notes if note.path == path), "it was not computed")


def collect(document: ResultsDocument, dataset: Dataset, pictures: Mapping[str, bytes], silhouettes: np.ndarray | None) -> Material:
    """Return the material of a run's report. silhouettes: (n_rows,) NaN where there is none; None: not computed."""
    return Material(document, pictures, _rows_of(dataset, named_rows(document)), _share_below_zero(silhouettes))


def _share_below_zero(silhouettes: np.ndarray | None) -> float | None:
    if silhouettes is None:
        return None
    known = silhouettes[silhouettes == silhouettes]
    return float((known < 0).mean()) if len(known) else None


def _rows_of(dataset: Dataset, ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the features of the rows with these ids, each value as text."""
    wanted = set(ids)
    if dataset.ids is None:
        places = {sample_id: int(sample_id) for sample_id in wanted}
    else:
        places = {str(sample_id): place for place, sample_id in enumerate(dataset.ids.tolist()) if str(sample_id) in wanted}
    order = sorted(places, key=places.__getitem__)
    taken = dataset.frame.iloc[[places[sample_id] for sample_id in order]]
    columns = {name: _told(dataset, name, taken[name].tolist()) for name in dataset.features}
    return {sample_id: {name: values[i] for name, values in columns.items()} for i, sample_id in enumerate(order)}


def _told(dataset: Dataset, name: str, values: list[object]) -> list[str]:
    """Return values of a feature as texts; categories that too few rows have are withheld."""
    if dataset.privacy.min_group == 1 or dataset.kinds[name] in ("numeric", "boolean"):
        return [as_text(value) for value in values]
    counts = dataset.frame[name].value_counts().to_dict()
    return ["(withheld)" if dataset.privacy.hides(counts.get(value, 0)) else as_text(value) for value in values]


def as_text(value: object) -> str:
    """Return a cell as a person would read it: three significant digits, names on one line, nothing where it is missing."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number(float(value))
    text = str(value)
    return "" if text in ("<NA>", "NaT") else plain(text)
