"""A labelling to compare: of a finished run, or of a table that holds labels from anywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.results.stored import StoredRun, open_run

if TYPE_CHECKING:
    import pyarrow as pa

    from clusterctl.analysis.groups import Integers
    from clusterctl.results.comparison import ClusterId

OUTSIDE, UNLABELLED = -1, -2
ID_COLUMN, NOISE = "sample_id", "-1"
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class Labelling:
    """The labels of the rows of a table.

    ids: (n,) strings; None: rows have no ids, only positions. codes: (n,) int64, places in `cluster_ids` (rising); OUTSIDE: noise and
    excluded rows; UNLABELLED: rows without a label. run: None for a table of labels.
    """

    name: str
    ids: pa.Array | None
    codes: Integers
    cluster_ids: tuple[ClusterId, ...]
    run: StoredRun | None = None

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.codes)

    @property
    def sizes(self) -> list[int]:
        """Rows of each cluster."""
        counts: list[int] = np.bincount(self.codes[self.codes >= 0], minlength=len(self.cluster_ids)).tolist()
        return counts

    def named(self, code: int) -> ClusterId:
        """Return the number or label of a cluster by its code."""
        return self.cluster_ids[code] if code >= 0 else OUTSIDE


def is_run(path: Path) -> bool:
    """Tell whether `path` is to be read as a run: a folder, or the results.json in one."""
    return path.is_dir() or path.name in ("results.json", "sweep.json")


def open_labelling(path: Path, *, id_column: str | None = None, label_column: str | None = None) -> Labelling:
    """Read a run's or a sweep's folder (of a sweep its best run), or a table with a column of labels.

    Of a table the id column is `id_column`, else `sample_id` where there is one, else rows are matched by position; the labels are in
    `label_column`, else in `cluster_id`, else in the only other column. Raises DataLoadError, ConfigError for columns that are not there.
    """
    if is_run(path):
        return run_labelling(open_run(path if path.is_dir() else path.parent))
    return _read_labels(path, id_column, label_column)


def run_labelling(run: StoredRun) -> Labelling:
    """Return the labels of a finished run; its ids only if its config names a column of them."""
    import pyarrow.compute as pc

    table = run.assignments()
    labels = pc.fill_null(table["cluster_id"], UNLABELLED).to_numpy().astype(np.int64)
    numbers = sorted(center.cluster_id for center in run.document.clustering_results.clusters.cluster_centers)
    has_ids = run.document.metadata.config["clustering_data"].get("id_column") is not None
    ids = table["sample_id"].combine_chunks() if has_ids else None
    known = np.array(numbers, dtype=np.int64)
    codes = np.where(labels >= 0, np.searchsorted(known, labels), labels) if len(known) else labels
    return Labelling(run.name, ids, codes, tuple(numbers), run)


def _read_labels(path: Path, id_column: str | None, label_column: str | None) -> Labelling:
    import pyarrow as pa

    from clusterctl.data.access import Access
    from clusterctl.data.labelling import ids_in, read_labels
    from clusterctl.data.load import read_table
    from clusterctl.data.settings import ClusteringData

    settings = ClusteringData(data_source=str(path.absolute()), id_column=id_column or ID_COLUMN)
    table = read_table(settings, folder=Path(), shown_source=str(path), access=Access(offline=True))
    columns = [str(name) for name in table.parsed.frame.columns]
    identifier = id_column or (ID_COLUMN if ID_COLUMN in columns and label_column != ID_COLUMN else None)
    others = [name for name in columns if name != identifier]
    texts, _ = read_labels(table, others[0] if label_column is None and len(others) == 1 else label_column)
    codes, names = _codes(texts)
    ids = None if identifier is None else pa.array(ids_in(table, identifier), type=pa.string())
    return Labelling(path.name, ids, codes, names)


def _codes(texts: np.ndarray) -> tuple[Integers, tuple[ClusterId, ...]]:
    """Return codes and cluster ids: whole numbers, if all are, else texts; -1 is noise, and what is missing has no label."""
    import pandas as pd

    found, values = pd.factorize(texts)
    known = [str(value) for value in values]
    whole = all(_WHOLE.fullmatch(text) for text in known)
    order = sorted((text for text in known if text != NOISE), key=int if whole else str)
    places = {text: place for place, text in enumerate(order)} | {NOISE: OUTSIDE}
    codes = np.array([*(places[text] for text in known), UNLABELLED], dtype=np.int64)[found]
    return codes, tuple(int(text) for text in order) if whole else tuple(order)
