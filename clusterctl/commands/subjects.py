"""What `evaluate` is asked about, made ready to be scored: a finished run, or a table with labels from anywhere."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from clusterctl.commands.labels import Asked, Source, labels_for, source_of, table_ids
from clusterctl.config.load import load_config
from clusterctl.engine.analysis import prepare_points, read_data
from clusterctl.engine.evaluated import Evidence, as_warnings, foreign_evidence, stored_evidence
from clusterctl.engine.labelled import Marks, Placed, marks_of_run, place_in_run, place_in_space
from clusterctl.errors import ClusterctlError, ConfigError, DataLoadError
from clusterctl.metrics.settings import Gate
from clusterctl.results.evaluation import Evaluated
from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    import numpy as np

    from clusterctl.config.load import LoadedConfig
    from clusterctl.data.table import Table
    from clusterctl.engine.analysis import Session
    from clusterctl.results.models import WarningEntry
    from clusterctl.results.stored import StoredRun
    from clusterctl.values.space import Space

SCALING = {"raw": "none", "standard": "standard", "minmax": "minmax", "robust": "robust"}
NO_TRUTH = "no truth is given (--truth names the column to compare with)"


@dataclass(frozen=True, slots=True)
class Subject:
    """A labelling with its points, its truth (or the reason why there is none) and all that is known beside the scores.

    space: what the points were prepared into for this evaluation; None: they are stored. run: None for a table. stored_truth: the
    external metrics are to be taken as the run has them.
    """

    marks: Marks
    placed: Placed
    target: np.ndarray | str
    evidence: Evidence
    evaluated: Evaluated
    data_sha256: str
    labels_sha256: str | None = None
    space: Space | None = None
    run: StoredRun | None = None
    stored_truth: bool = False
    gates: dict[str, Gate] = field(default_factory=dict)
    warnings: tuple[WarningEntry, ...] = ()


@dataclass(slots=True)
class RunData:
    """The table of a run, read when it is asked for, once; it must be the one that the run saw."""

    run: StoredRun
    asked: Asked
    session: Session
    _read: tuple[LoadedConfig, Table] | None = None

    def get(self) -> tuple[LoadedConfig, Table]:
        """Return the run's config and table. Raises DataLoadError if the data is not there any more, or is another."""
        if self._read is None:
            loaded = load_config(self.run.folder / "config.yaml", data=self.asked.data)
            if loaded.config.clustering_data.data_source == "-":
                raise DataLoadError("the run read its table from standard input, which is gone", hint="name the table with --data")
            table = read_data(loaded, self.session, offline=self.asked.offline)
            expected = self.run.document.metadata.data_sha256
            if table.sha256 != expected:
                raise DataLoadError(
                    f"{table.shown} is not the data that the run saw: it has sha256:{table.sha256}, expected sha256:{expected}",
                    hint="name the run's own table with --data, or run the analysis again on the new one",
                )
            self.run.check_key(table.privacy.fingerprint)
            self._read = (loaded, table)
        return self._read


def subject_of_run(run: StoredRun, data: RunData, asked: Asked, session: Session) -> Subject:
    """Return a run's labels, or others for its rows, in its own stored space, or in one made from its table.

    Raises DataLoadError for parts that are missing or damaged, and for a table that is not the run's where it is needed.
    """
    with session.stages("load", run.name):
        own, ids = marks_of_run(run)
    foreign = asked.labels is not None or asked.label_column is not None
    marks, source = own, Source()
    if foreign:
        marks, source = labels_for(asked, ids, None if asked.labels is not None else data.get()[1], session)
    space = None
    if asked.space is None and asked.features is None:
        with session.stages("load", "model"):
            placed = place_in_run(run, own, marks)
    else:
        space = _space_of_run(run, data, asked, session)
        scaling = SCALING[asked.space or "standard"]
        placed = place_in_space(space, marks, scaling, asked.features or tuple(run.document.clustering_results.model_info.features))
    target, truth, stored_truth, told = _truth_of_run(run, data, asked, foreign=foreign)
    kept = run.document.metadata.warnings if not foreign and space is None else []
    return Subject(
        marks=marks,
        placed=placed,
        target=target,
        evidence=foreign_evidence() if foreign else stored_evidence(run.document),
        evaluated=_evaluated(asked, "run", source, truth, None if foreign else run.document.clustering_results.model_info.algorithm),
        data_sha256=run.document.metadata.data_sha256,
        labels_sha256=source.sha256,
        space=space,
        run=run,
        stored_truth=stored_truth,
        gates=_gates_of(run),
        warnings=(*kept, *as_warnings((*source.cautions, *told))),
    )


def subject_of_table(asked: Asked, session: Session) -> Subject:
    """Return the rows of any table with their labels, prepared as asked: by default standardised, rows with gaps left out.

    Raises UsageError, ConfigError and DataLoadError as their columns and values demand.
    """
    loaded = load_config(
        {
            "clustering_data": {"data_source": source_of(asked.target), "id_column": asked.id_column},
            "preprocessing_configuration": {"missing_values": "drop", "scaling": SCALING[asked.space or "standard"]},
        },
        overrides=asked.overrides,
        command="evaluate",
    )
    table = read_data(loaded, session, offline=asked.offline)
    ids = table_ids(table, asked)
    marks, source = labels_for(asked, ids, table, session)
    target: np.ndarray | str = NO_TRUTH
    if asked.truth is not None:
        from clusterctl.data.labelling import read_truth

        target = read_truth(table, asked.truth)
    settings = loaded.config.preprocessing_configuration
    taken = [asked.truth, source.column if asked.labels is None else None]
    space = _prepared(table, loaded, asked.features, [name for name in taken if name is not None], session)
    scaling = "gower" if settings.categorical == "gower" else settings.scaling
    features = asked.features or _features_of(space)
    placed = place_in_space(space, marks, scaling, features)
    cautions = (*table.cautions, *table.parsed.cautions, *space.cautions, *source.cautions, *_gaps(marks, placed))
    return Subject(
        marks=marks,
        placed=placed,
        target=target,
        evidence=foreign_evidence(),
        evaluated=_evaluated(asked, "table", source, asked.truth, None),
        data_sha256=table.sha256,
        labels_sha256=source.sha256,
        space=space,
        warnings=as_warnings(cautions),
    )


def _prepared(table: Table, loaded: LoadedConfig, features: tuple[str, ...] | None, taken: list[str], session: Session) -> Space:
    """Return the points of a table from `features`, by default every usable column but the labels and the truth (`taken`)."""
    from clusterctl.data.load import settle

    config = loaded.config
    named = [name for name in taken if name in (features or ())]
    if named:
        raise ConfigError(f"--features: {named[0]!r} holds the labels or the truth, which are not scored on", hint="leave it out")
    frame = table.parsed.frame.drop(columns=[name for name in taken if name in table.parsed.frame.columns])
    own = replace(table, parsed=replace(table.parsed, frame=frame))
    settings = config.clustering_data.model_copy(update={"features": features or config.clustering_data.features, "target_variable": None})
    dataset = settle(own, settings, use_text=config.preprocessing_configuration.text == "tfidf")
    return prepare_points(dataset, config.preprocessing_configuration, session.random_state, session)


def _features_of(space: Space) -> tuple[str, ...]:
    """Return the features that a space was made from: what its first step takes."""
    return tuple(space.steps[0].state()["features"])


def _space_of_run(run: StoredRun, data: RunData, asked: Asked, session: Session) -> Space:
    """Prepare a run's table anew: its own treatment of gaps and categories, the scaling asked for, nothing taken out or reduced."""
    loaded, table = data.get()
    own = loaded.config.preprocessing_configuration
    kept = {"missing_values": own.missing_values, "categorical": own.categorical, "text": own.text}
    settings = type(own).model_validate({**kept, "scaling": SCALING[asked.space or "standard"]})
    loaded = replace(loaded, config=loaded.config.model_copy(update={"preprocessing_configuration": settings}))
    features = asked.features or tuple(run.document.clustering_results.model_info.features)
    return _prepared(table, loaded, features, [asked.truth] if asked.truth is not None and asked.features is None else [], session)


def _truth_of_run(
    run: StoredRun, data: RunData, asked: Asked, *, foreign: bool
) -> tuple[np.ndarray | str, str | None, bool, tuple[Caution, ...]]:
    """Return the truth of a run's rows, its column, and whether the stored external metrics stand for it, since the data is gone."""
    from clusterctl.data.labelling import read_truth

    column = asked.truth or run.document.metadata.config["clustering_data"].get("target_variable")
    if column is None:
        return NO_TRUTH, None, False, ()
    try:
        return read_truth(data.get()[1], column), column, False, ()
    except ClusterctlError as error:
        if asked.truth is not None:
            raise
        what = "are not computed" if foreign else "are those that the run computed"
        told = Caution("truth_not_read", f"The external metrics {what}, since the truth cannot be read: {error.message}.")
        return f"the truth cannot be read: {error.message}", column, not foreign, (told,)


def _gates_of(run: StoredRun) -> dict[str, Gate]:
    stored = run.document.metadata.config["evaluation_configuration"]["gates"]
    return {name: Gate.model_validate(bounds) for name, bounds in stored.items()}


def _gaps(marks: Marks, placed: Placed) -> tuple[Caution, ...]:
    n_left = int((marks.has_label & ~marks.excluded).sum()) - len(placed.rows)
    if not n_left:
        return ()
    return (Caution("rows_without_values", f"{n_left:,} labelled rows lack a value in a feature: the internal metrics leave them out."),)


def _evaluated(asked: Asked, kind: str, source: Source, truth: str | None, algorithm: str | None) -> Evaluated:
    from clusterctl.config.sources import redact

    return Evaluated(
        kind="run" if kind == "run" else "table",
        target=str(redact(asked.target)),
        labels=source.shown,
        label_column=source.column,
        noise_label=source.noise_label,
        matched_by=source.matched_by,
        truth=truth,
        algorithm=algorithm,
    )
