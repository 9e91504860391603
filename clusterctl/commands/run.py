"""The whole analysis, once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusterctl.commands.choosing import choose, settle_strategy
from clusterctl.commands.outputs import places_asked, places_taken, raise_if_plots_failed
from clusterctl.config.load import NOT_ALIGNED, load_config, with_random_state, with_strategy
from clusterctl.config.written import canonical, config_sha256, strategy_of, written_config
from clusterctl.engine.analysis import Session, analyse, load_data, prepare_space
from clusterctl.engine.document import Origin, assemble
from clusterctl.engine.environment import draw_seed, execution_facts, library_versions
from clusterctl.engine.log import log_listener
from clusterctl.engine.modelling import model_parts
from clusterctl.engine.numbering import aligned_to, by_size
from clusterctl.engine.resources import count_jobs, max_memory_of
from clusterctl.engine.sampling import check_fit
from clusterctl.engine.stage import Stages, until
from clusterctl.engine.supervise import UNSUPERVISED, Unfinished, limit_time
from clusterctl.errors import ExitCode
from clusterctl.events import Emit, Event, Wrote, ignore
from clusterctl.kernels.filters import filters_kept
from clusterctl.report.material import collect
from clusterctl.report.page import report_page
from clusterctl.results.assignments import assignments_table, id_array
from clusterctl.results.output import Places
from clusterctl.results.store import RunFiles
from clusterctl.results.stored import open_run

if TYPE_CHECKING:
    import pyarrow as pa

    from clusterctl.config.load import LoadedConfig
    from clusterctl.config.models import Config
    from clusterctl.engine.findings import Parts
    from clusterctl.results.models import GateResult, ResultsDocument
    from clusterctl.values.dataset import Dataset


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run gives.

    document: results.json. assignments: a row an input row. pictures: plot type → PNG. directory: None when nothing was written.
    failed_plots: plot type → what went wrong.
    """

    document: ResultsDocument
    assignments: pa.Table
    pictures: Mapping[str, bytes]
    directory: Path | None
    failed_plots: Mapping[str, str]

    @property
    def gates(self) -> list[GateResult]:
        """Every bound of `gates` and whether it held."""
        return self.document.clustering_results.validation.gates

    @property
    def exit_code(self) -> int:
        """0, or 10 when a gate of level error failed."""
        failed = any(gate.level == "error" and not gate.passed for gate in self.gates)
        return ExitCode.GATE_FAILED if failed else ExitCode.DONE


def run(
    config: str | Path | Mapping[str, Any] | Config,
    *,
    overrides: Sequence[str] = (),
    data: str | None = None,
    force: bool = False,
    offline: bool = False,
    emit: Emit = ignore,
) -> RunResult:
    """Do the whole analysis; write it only if `output.directory` is set. `execution.timeout` takes effect at the next step."""
    loaded = load_config(config, overrides=overrides, data=data)
    emit = until(emit, loaded.config.execution.timeout)
    places = places_asked(loaded, force=force)
    return _run(loaded, places, offline=offline, emit=emit, unfinished=UNSUPERVISED)


def run_to_folder(
    config: str | Path | Mapping[str, Any] | Config,
    *,
    overrides: Sequence[str] = (),
    data: str | None = None,
    output: Path | None = None,
    force: bool = False,
    offline: bool = False,
    emit: Emit = ignore,
    unfinished: Unfinished = UNSUPERVISED,
) -> RunResult:
    """Do the whole analysis and write it: to `output`, else to the config's `output.directory`, else to runs/<name>."""
    loaded = load_config(config, overrides=overrides, data=data)
    limit_time(loaded.config.execution.timeout)
    places = places_taken(loaded, output, "", force=force)
    return _run(loaded, places, offline=offline, emit=emit, unfinished=unfinished)


def _run(loaded: LoadedConfig, places: Places | None, *, offline: bool, emit: Emit, unfinished: Unfinished) -> RunResult:
    """Hold the output's lock for as long as the work takes; check the output before the work, write after it."""
    lines: list[str] = []
    tell = both(emit, log_listener(lines.append))
    with filters_kept(), places.writing(reporter(unfinished)) if places else nullcontext() as draft:
        result, files = analyse_whole(loaded, places.as_paths() if places else {}, offline=offline, emit=tell)
        if draft is None or places is None:
            return result
        with Stages(tell)("write"):
            metadata = result.document.metadata
            used = with_strategy(loaded, strategy_of(metadata.config))
            config_text = written_config(used, places.folder, metadata.random_state)
            draft.write(replace(files, config=config_text, log=lines))
            draft.swap_in()
    tell(Wrote(str(places.folder)))
    raise_if_plots_failed(result.failed_plots, places.folder, "leave the plot out with visualization_configuration.plot_types")
    return replace(result, directory=places.shown)


def analyse_whole(
    loaded: LoadedConfig, paths: Mapping[str, str], *, offline: bool, emit: Emit, dataset: Dataset | None = None
) -> tuple[RunResult, RunFiles]:
    """Take the steps of an analysis, one after the other; of the files `config` and `log` are still empty.

    paths: where they will lie, for the record. dataset: None: the table is loaded.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    loaded = with_random_state(loaded, draw_seed())
    config = loaded.config
    clustering = config.clustering_configuration
    assert clustering is not None  # load_config demands it
    assert clustering.random_state is not None  # drawn above
    seed = clustering.random_state
    number = by_size if config.output.align_to == NOT_ALIGNED else aligned_to(open_run(loaded.folder / config.output.align_to))
    session = Session(Stages(emit), count_jobs(config.execution.n_jobs), seed, max_memory_of(config))
    if dataset is None:
        dataset = load_data(loaded, session, offline=offline)
    space = prepare_space(dataset, config, session)
    with session.stages("choose"):
        choice = choose(space.points, clustering, seed, session.n_jobs)
    loaded = settle_strategy(loaded, choice, space.points, session.max_memory)
    config = loaded.config
    check_fit(config.execution.strategy, choice.spec, choice.settings, space.points.n_rows, space.points.n_columns, session.max_memory)
    parts, trained = analyse(
        dataset,
        space,
        choice.spec,
        choice.settings,
        config,
        session,
        chosen="n_clusters" in choice.chosen,
        settle=choice.settle,
        number=number,
    )
    origin = Origin(
        config=canonical(loaded.shown),
        config_sha256=config_sha256(loaded.shown),
        random_state=seed,
        started=started,
        trained=trained,
        seconds=time.monotonic() - clock,
        execution=execution_facts(session, paths),
        chosen=choice.chosen,
        assignments=config.output.assignments,
        embed_plots=config.output.embed_plots,
        libraries=library_versions(choice.spec.name, config),
        user_metadata=config.clustering_data.metadata,
        cautions=choice.cautions,
    )
    document = assemble(parts, origin)
    table = assignments_table(id_array(dataset.ids, dataset.n_rows), parts.fate)
    result = RunResult(document, table, parts.drawings.pictures, None, parts.drawings.failed)
    return result, _files(parts, document, table, config)


def _files(parts: Parts, document: ResultsDocument, table: pa.Table, config: Config) -> RunFiles:
    arrays, facts = model_parts(parts, document)
    return RunFiles(
        document=document,
        assignments=table,
        config="",
        points=parts.drawings.arrays,
        model_arrays=arrays,
        model_facts=facts,
        pictures=parts.drawings.pictures if config.visualization_configuration.save_plots else {},
        pages=parts.drawings.pages,
        report=report_page(collect(document, parts.dataset, parts.drawings.pictures, parts.fate.silhouette)),
        table=_own_table(parts, config.output.table),
    )


def _own_table(parts: Parts, kind: str) -> tuple[Any, str] | None:
    """Return the input's own columns with cluster_id and confidence added, if they are wanted."""
    if kind == "none":
        return None
    import pandas as pd

    fate = parts.fate
    labels = pd.array(fate.labels, dtype="Int64")
    labels[fate.dropped] = pd.NA
    confidence = pd.array(fate.confidence, dtype="Float64")
    confidence[fate.dropped] = pd.NA
    return parts.dataset.frame.assign(cluster_id=labels, confidence=confidence), kind


def both(first: Emit, second: Emit) -> Emit:
    """Return a listener that hands each event to two."""

    def tell(event: Event) -> None:
        first(event)
        second(event)

    return tell


def reporter(unfinished: Unfinished) -> Callable[[Path, bool], None]:
    """Tell the supervising parent which folders are half written."""
    return lambda folder, begins: unfinished.begin(folder) if begins else unfinished.end(folder)
