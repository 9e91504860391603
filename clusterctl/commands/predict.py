"""The clusters of new rows, by a finished run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from clusterctl.config.hash_key import hasher_of
from clusterctl.config.overrides import Override, parse_overrides
from clusterctl.data.access import GIB, Access
from clusterctl.data.batches import Batch, Wanted, frame_batches, hashed_batches, read_batches
from clusterctl.data.settings import ClusteringData, ReadOptions
from clusterctl.engine.agreement import ENOUGH
from clusterctl.engine.predicting import Predictor, Unseen, predictor_of
from clusterctl.engine.resources import count_jobs
from clusterctl.engine.stage import Stages
from clusterctl.engine.supervise import UNSUPERVISED, Unfinished
from clusterctl.errors import ConfigError, UsageError
from clusterctl.events import Emit, Warned, Wrote, ignore
from clusterctl.kernels.filters import filters_kept
from clusterctl.results.model import StoredModel, load_model
from clusterctl.results.predictions import Form, check_target, form_of, replacing, schema, writing
from clusterctl.results.stored import StoredRun, open_run
from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from clusterctl.data.hashing import Hasher

MOST_ROWS = 1 << 16
LEAST_ROWS = 1 << 10
BATCH_NUMBERS = 1 << 22
"""Rows of a batch times columns of the table and the space, unless --batch-rows says otherwise: 32 MB a copy."""
MAX_STDIN = 256 * GIB
SETTABLE = ("data_format", "id_column", "read_options")


@dataclass(slots=True)
class Tally:
    """What became of the rows, counted as they come. sizes: cluster number, noise -1 → rows."""

    n_rows: int = 0
    n_dropped: int = 0
    n_novel: int = 0
    sizes: dict[int, int] = field(default_factory=dict)

    def add(self, table: pa.Table) -> None:
        """Count these rows."""
        import pyarrow.compute as pc

        ids = table.column("cluster_id")
        self.n_rows += table.num_rows
        self.n_dropped += ids.null_count
        self.n_novel += pc.sum(table.column("novel")).as_py() or 0
        for entry in pc.value_counts(ids.drop_null()).to_pylist():
            self.sizes[entry["values"]] = self.sizes.get(entry["values"], 0) + entry["counts"]


@dataclass(frozen=True, slots=True)
class PredictResult:
    """What predict gives.

    table: sample_id, cluster_id (noise -1), confidence, distance, novel, a row a row of the data, in its order; nulls for dropped rows,
    and distance null where the run has no cluster. None when the rows were written as they came.
    sizes: cluster number (noise -1) → rows, every cluster of the run. rule, agreement: how, and how well it knows the rows fitted on.
    """

    table: pa.Table | None
    n_rows: int
    n_dropped: int
    n_novel: int
    sizes: Mapping[int, int]
    rule: str
    agreement: float
    output: Path | None
    cautions: tuple[Caution, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as plain data."""
        return {
            "n_rows": self.n_rows,
            "n_dropped": self.n_dropped,
            "n_noise": self.sizes.get(-1, 0),
            "n_novel": self.n_novel,
            "clusters": [{"cluster_id": cluster, "size": size} for cluster, size in self.sizes.items() if cluster >= 0],
            "rule": self.rule,
            "agreement": self.agreement,
            "output": None if self.output is None else str(self.output),
            "warnings": [{"code": caution.code, "message": caution.message} for caution in self.cautions],
        }


@dataclass(frozen=True, slots=True)
class Work:
    """A run ready to predict, the rows' source, and what is counted on the way."""

    stored: StoredModel
    predictor: Predictor
    batches: Iterator[Batch]
    shown: str
    n_jobs: int
    tally: Tally
    unseen: Unseen
    cautions: list[Caution]

    def tables(self) -> Iterator[pa.Table]:
        """Yield the predictions batch by batch."""
        with closing(self.batches):  # type: ignore[type-var]  # they are generators, which remove what they copied
            for batch in self.batches:
                self.unseen.count(batch.frame)
                table = _table(batch, self.predictor, self.n_jobs)
                self.tally.add(table)
                yield table

    def result(self, table: pa.Table | None, output: Path | None, emit: Emit) -> PredictResult:
        """Return what was found, all rows being done."""
        told = self.unseen.message()
        if told is not None:
            self.warn(Caution("unseen_categories", told), emit)
        tally, info = self.tally, self.stored.facts.predict
        sizes = {cluster: tally.sizes.get(cluster, 0) for cluster in sorted(self.stored.facts.cluster_ids)}
        if tally.sizes.get(-1):
            sizes[-1] = tally.sizes[-1]
        return PredictResult(
            table, tally.n_rows, tally.n_dropped, tally.n_novel, sizes, info.rule, info.agreement, output, tuple(self.cautions)
        )

    def warn(self, caution: Caution, emit: Emit) -> None:
        """Keep a caution and tell the listener of it."""
        self.cautions.append(caution)
        emit(Warned(caution.code, caution.message))


def predict(
    run: str | Path,
    data: str | Path | pd.DataFrame | pa.Table,
    *,
    overrides: Sequence[str] = (),
    batch_rows: int | None = None,
    n_jobs: int = -1,
    emit: Emit = ignore,
) -> PredictResult:
    """Return the predictions for a table, whole; see `predict_to`."""
    import pyarrow as pa

    with filters_kept():
        work = _begin(open_run(Path(run)), data, overrides, batch_rows, n_jobs, emit, None)
        table = pa.concat_tables([schema().empty_table(), *work.tables()])
        return work.result(table, None, emit)


def predict_to(
    run: str | Path,
    data: str | Path,
    *,
    output: Path | None,
    stream: IO[bytes],
    form: Form = "csv",
    force: bool = False,
    overrides: Sequence[str] = (),
    batch_rows: int | None = None,
    n_jobs: int = -1,
    stdin: IO[bytes] | None = None,
    emit: Emit = ignore,
    unfinished: Unfinished = UNSUPERVISED,
) -> PredictResult:
    """Write the predictions for a table as they come: to the file `output` in the form of its name, else to `stream` in `form`.

    Memory does not grow with the table. A file appears whole or not at all. Raises DataLoadError for a run, a model or a table that
    cannot be used, PreprocessingError for missing values under the policy `error`, OutputError for a file that may not be written.
    """
    source = None if str(data) == "-" or "://" in str(data) else Path(data)
    if output is not None:
        form = form_of(output)
        check_target(output, force=force, reads=source)
    with filters_kept():
        work = _begin(open_run(Path(run)), data, overrides, batch_rows, n_jobs, emit, stdin)
        if output is None:
            _write(work, stream, form)
            return work.result(None, None, emit)

        def begun(draft: Path, begins: bool) -> None:
            unfinished.begin(draft) if begins else unfinished.end(draft)

        with replacing(output, force=force, reads=source, begun=begun) as file, Stages(emit)("predict", work.shown):
            _write(work, file, form)
    emit(Wrote(str(output)))
    return work.result(None, output, emit)


def _write(work: Work, stream: IO[bytes], form: Form) -> None:
    with writing(stream, form) as write:
        for table in work.tables():
            write(table)


def _begin(
    run: StoredRun, data: Any, overrides: Sequence[str], batch_rows: int | None, n_jobs: int, emit: Emit, stdin: IO[bytes] | None
) -> Work:
    """Load the model and open the table."""
    stored = load_model(run)
    predictor = predictor_of(stored)
    settings = _settings(run, "-" if not isinstance(data, str | Path) else str(data), overrides)
    missing = predictor.missing
    wanted = Wanted(missing.features, missing.kinds, settings.id_column)
    hasher = _hasher(run, wanted)
    n_rows = batch_rows or batch_size(len(missing.features) + len(stored.facts.columns))
    shown = "the table" if not isinstance(data, str | Path) else "standard input" if str(data) == "-" else str(data)
    if isinstance(data, str | Path):
        access = Access(max_bytes=MAX_STDIN, max_unpacked_bytes=MAX_STDIN, stdin=stdin)  # type: ignore[arg-type]  # read alone is used
        batches = read_batches(settings, wanted, n_rows, folder=Path(), shown=shown, access=access)
    else:
        frame = data if hasattr(data, "iloc") else data.to_pandas()
        batches = frame_batches(frame, wanted, n_rows, shown)
    if hasher is not None:
        batches = hashed_batches(batches, hasher, run.document.metadata.privacy.hashed.keys(), wanted.id_column)
    work = Work(stored, predictor, batches, shown, count_jobs(n_jobs), Tally(), Unseen(predictor.steps[1]), [])  # type: ignore[arg-type]
    info = stored.facts.predict
    if info.agreement < ENOUGH:
        message = (
            f"by its rule ({info.rule.replace('_', ' ')}) predict gives only {info.agreement:.0%} of the rows that {run.name} was fitted "
            "on the cluster they have: take its answers with care"
        )
        work.warn(Caution("predict_disagrees", message), emit)
    return work


def _hasher(run: StoredRun, wanted: Wanted) -> Hasher | None:
    """Return what hashes the columns of new rows as the run's own were; None: none that is read is hashed. ConfigError for another key."""
    hashed = run.document.metadata.privacy.hashed.keys() & {wanted.id_column, *wanted.features}
    if not hashed:
        return None
    hasher = hasher_of(os.environ, f"{run.name}, with hashed columns (privacy.hash),")
    run.check_key(hasher.fingerprint)
    return hasher


def batch_size(n_columns: int) -> int:
    """Return how many rows are taken at a time for a table and space of so many columns together."""
    return min(MOST_ROWS, max(LEAST_ROWS, BATCH_NUMBERS // max(1, n_columns)))


def _settings(run: StoredRun, source: str, overrides: Sequence[str]) -> ClusteringData:
    """Return how the table is read: as the run's own was, where nothing else is said."""
    from pydantic import ValidationError

    own = run.document.metadata.config.get("clustering_data", {})
    options = {name: value for name, value in own.get("read_options", {}).items() if name != "query" and value is not None}
    try:
        ReadOptions.model_validate(options)
    except ValidationError:  # it holds a ${NAME}, whose value results.json does not tell
        options = {}
    tree: dict[str, Any] = {"data_source": source, "id_column": own.get("id_column"), "read_options": options}
    for override in parse_overrides(overrides, None):
        _put(tree, override)
    try:
        return ClusteringData.model_validate(tree)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ConfigError(f"--set clustering_data.{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None


def _put(tree: dict[str, Any], override: Override) -> None:
    """Put a value of the command line in its place."""
    section, *keys = map(str, override.path)
    if override.problems:
        raise ConfigError(f"--set {'.'.join((section, *keys))}: {override.problems[0].text}")
    if section != "clustering_data" or keys[:1] not in [[key] for key in SETTABLE] or len(keys) != 1 + (keys[0] == "read_options"):
        raise UsageError(
            f"--set {'.'.join((section, *keys))}: predict takes its settings from the run, and only how the table is read can be set",
            hint="clustering_data.data_format, clustering_data.id_column, clustering_data.read_options.separator and the like",
        )
    if keys[0] == "read_options":
        tree["read_options"] = {**tree["read_options"], keys[1]: override.value}
    else:
        tree[keys[0]] = override.value


def _table(batch: Batch, predictor: Predictor, n_jobs: int) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    placed, n = predictor.place(batch.frame, n_jobs), len(batch.frame)
    ids = pa.array(np.arange(batch.first_row, batch.first_row + n)) if batch.ids is None else batch.ids
    columns = [
        ids.cast(pa.string()),
        pa.array(placed.cluster_ids, mask=placed.dropped),
        pa.array(placed.confidence, mask=placed.dropped),
        pa.array(placed.distance, mask=placed.dropped | np.isnan(placed.distance)),
        pa.array(placed.novel, mask=placed.dropped | np.isnan(placed.distance)),
    ]
    return pa.Table.from_arrays(columns, schema=schema())
