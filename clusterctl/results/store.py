"""The only writer of the files of a run, of a sweep and of a recommendation."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusterctl.results.journal import JOURNAL, copy_journal
from clusterctl.results.models import ResultsDocument
from clusterctl.results.swap import cannot_write

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    from clusterctl.results.recommendation import RecommendationDocument
    from clusterctl.results.sweep import SweepDocument

RISKY = ("=", "+", "-", "@", "\t", "\r")
COMPACT_ABOVE = 10_000  # inline assignments beyond this many make an indented file several times its size


@dataclass(frozen=True, slots=True)
class RunFiles:
    """All that a run writes, before a byte is written.

    points: the arrays of points.npz. model_arrays, model_facts: model/model.npz and model/model.json.
    pictures: plot type → PNG bytes. pages: plot type → HTML text. report: report.html. log: lines of log.jsonl.
    table: (frame, "csv" | "parquet") or None.
    """

    document: ResultsDocument
    assignments: pa.Table
    config: str
    points: Mapping[str, np.ndarray]
    model_arrays: Mapping[str, np.ndarray]
    model_facts: Mapping[str, Any]
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    report: str = ""
    log: Sequence[str] = ()
    table: tuple[pd.DataFrame, str] | None = None


@dataclass(frozen=True, slots=True)
class SweepFiles:
    """All that a sweep writes, before a byte is written.

    trials: trials.parquet. pictures: plot → PNG bytes. best: the complete run of the best trial; None: there is none.
    journal: the file to be copied, to which nothing is added any more.
    """

    document: SweepDocument
    trials: pa.Table
    pictures: Mapping[str, bytes]
    best: RunFiles | None
    journal: Path


@dataclass(frozen=True, slots=True)
class RecommendationFiles:
    """All that a recommendation writes, before a byte is written.

    labels: labels.parquet. configs: name of the file in candidates/ → text. pictures: plot → PNG bytes.
    """

    document: RecommendationDocument
    labels: pa.Table
    configs: Mapping[str, str]
    pictures: Mapping[str, bytes]


def document_text(document: ResultsDocument) -> str:
    """Return results.json as text: UTF-8, null for what is not there, one newline at the end; compact where assignments are many."""
    inline = document.clustering_results.clusters.cluster_assignments
    indent = 2 if inline is None or len(inline) <= COMPACT_ABOVE else None
    return document.model_dump_json(indent=indent) + "\n"


def write_run(files: RunFiles, new: Path, *, plots: Path | None, model: Path | None) -> None:
    """Write a run into the empty folder `new`; `plots` and `model` are other empty folders for those parts, None: inside `new`.

    Raises OutputError, worded by cause, where the system refuses a write.
    """
    try:
        _write_text(new / "results.json", document_text(files.document))
        _write_parquet(new / "assignments.parquet", files.assignments)
        _write_text(new / "config.yaml", files.config)
        _write_arrays(new / "points.npz", files.points)
        _write_model(files, _folder(model, new / "model"))
        if files.pictures or files.pages:
            _write_plots(files, _folder(plots, new / "plots"))
        if files.table is not None:
            _write_table(new, *files.table)
        if files.report:
            _write_text(new / "report.html", files.report)
        _write_text(new / "log.jsonl", "".join(line + "\n" for line in files.log))
    except OSError as error:
        raise cannot_write(Path(error.filename) if error.filename else new, error) from error


def write_sweep(files: SweepFiles, new: Path, *, plots: Path | None) -> None:
    """Write a sweep into the empty folder `new`; `plots` is another empty folder for its pictures, None: inside `new`.

    The best run is whole in `best/`, its own plots and model inside. Raises OutputError, worded by cause, where the system refuses a write.
    """
    try:
        _write_text(new / "sweep.json", files.document.model_dump_json(indent=2) + "\n")
        _write_parquet(new / "trials.parquet", files.trials)
        if files.pictures:
            _write_pictures(files.pictures, _folder(plots, new / "plots"))
        if files.best is not None:
            write_run(files.best, _folder(None, new / "best"), plots=None, model=None)
        copy_journal(files.journal, new / JOURNAL)
    except OSError as error:
        raise cannot_write(Path(error.filename) if error.filename else new, error) from error


def write_recommendation(files: RecommendationFiles, new: Path, *, plots: Path | None) -> None:
    """Write a recommendation into the empty folder `new`; `plots` is another empty folder for its pictures, None: inside `new`.

    Raises OutputError, worded by cause, where the system refuses a write.
    """
    try:
        _write_text(new / "recommendation.json", files.document.model_dump_json(indent=2) + "\n")
        _write_parquet(new / "labels.parquet", files.labels)
        if files.configs:
            folder = _folder(None, new / "candidates")
            for name, text in files.configs.items():
                _write_text(folder / name, text)
        if files.pictures:
            _write_pictures(files.pictures, _folder(plots, new / "plots"))
    except OSError as error:
        raise cannot_write(Path(error.filename) if error.filename else new, error) from error


def _folder(given: Path | None, default: Path) -> Path:
    folder = given or default
    folder.mkdir(exist_ok=True)
    return folder


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _write_parquet(path: Path, table: pa.Table) -> None:
    import pyarrow.parquet as pq

    with path.open("wb") as file:  # the library itself opens only names that are text
        pq.write_table(table, file, write_page_checksum=True)


def _write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    import numpy as np

    for name, array in arrays.items():
        if array.dtype.hasobject:
            raise TypeError(f"array {name} holds objects, which only a pickle can carry")
    np.savez(path, **dict(arrays))  # type: ignore[arg-type]  # names are no keyword of savez


def _write_model(files: RunFiles, folder: Path) -> None:
    from clusterctl.results.model import facts_text

    arrays = folder / "model.npz"
    _write_arrays(arrays, files.model_arrays)
    with arrays.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    _write_text(folder / "model.json", facts_text(files.model_facts, sha256))


def _write_plots(files: RunFiles, folder: Path) -> None:
    _write_pictures(files.pictures, folder)
    for name, page in files.pages.items():
        _write_text(folder / f"{name}.html", page)


def _write_pictures(pictures: Mapping[str, bytes], folder: Path) -> None:
    for name, picture in pictures.items():
        (folder / f"{name}.png").write_bytes(picture)


def _write_table(folder: Path, frame: pd.DataFrame, kind: str) -> None:
    import pyarrow as pa
    import pyarrow.csv

    table = pa.Table.from_pandas(frame, preserve_index=False)
    if kind == "parquet":
        _write_parquet(folder / "table.parquet", table)
    else:
        with (folder / "table.csv").open("wb") as file:
            pyarrow.csv.write_csv(_harmless(table), file)


def _harmless(table: pa.Table) -> pa.Table:
    """Put an apostrophe before texts, column names too, that a spreadsheet would run as a formula."""
    names = [f"'{name}" if name.startswith(RISKY) else name for name in table.column_names]
    return table.from_arrays([_harmless_column(column) for column in table.columns], names=names)


def _harmless_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    risky = pc.match_substring_regex(column, f"^[{re.escape(''.join(RISKY))}]")
    mark, nothing = pa.scalar("'", column.type), pa.scalar("", column.type)
    return pc.if_else(risky, pc.binary_join_element_wise(mark, column, nothing), column)
