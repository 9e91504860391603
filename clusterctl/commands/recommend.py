"""Which algorithm, how many clusters, or that there are none: with the evidence, and as configs that `run` takes as they are."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clusterctl.commands.candidates import Proposal, propose_all
from clusterctl.commands.outputs import places_asked, places_taken, raise_if_plots_failed
from clusterctl.commands.run import reporter
from clusterctl.config.load import load_config, random_state_of, with_random_state
from clusterctl.config.written import canonical, config_sha256
from clusterctl.engine.advised import draw_recommendation
from clusterctl.engine.analysis import Session, load_data, prepare_space
from clusterctl.engine.environment import draw_seed, execution_facts
from clusterctl.engine.resources import count_jobs, max_memory_of
from clusterctl.engine.stage import Stages, until
from clusterctl.engine.supervise import UNSUPERVISED, Unfinished, limit_time
from clusterctl.errors import ExitCode
from clusterctl.events import Emit, Wrote, ignore
from clusterctl.kernels.contingency import contingency
from clusterctl.kernels.filters import filters_kept
from clusterctl.metrics.agreement import adjusted_rand_score
from clusterctl.recommendation.assess import Assessment, assess
from clusterctl.recommendation.document import Offered, Origin, document_of
from clusterctl.recommendation.ground import N_SAMPLE
from clusterctl.recommendation.limits import check_sample
from clusterctl.recommendation.red_flags import red_flags
from clusterctl.recommendation.sensitivity import Check, sensitivity
from clusterctl.results.assignments import id_array
from clusterctl.results.output import Places
from clusterctl.results.store import RecommendationFiles

if TYPE_CHECKING:
    import pyarrow as pa

    from clusterctl.config.load import LoadedConfig
    from clusterctl.config.models import Config
    from clusterctl.recommendation.assess import Choice
    from clusterctl.recommendation.candidates import Budget
    from clusterctl.results.recommendation import RecommendationDocument
    from clusterctl.values.dataset import Dataset
    from clusterctl.values.space import Points, Space

TABLES = (".csv", ".tsv", ".tab", ".txt", ".parquet", ".pq", ".h5", ".hdf5", ".hdf", ".jsonl", ".ndjson", ".gz", ".bz2", ".xz", ".zst")
SECTIONS = ("clustering_data", "clustering_configuration", "preprocessing_configuration", "recommend_configuration")


@dataclass(frozen=True, slots=True)
class RecommendResult:
    """What a recommendation gives.

    document: recommendation.json. labels: sample_id, and a column a candidate. configs: file name → text, of the candidates.
    pictures: plot → PNG. directory: None when nothing was written. failed_plots: plot → what went wrong.
    """

    document: RecommendationDocument
    labels: pa.Table
    configs: Mapping[str, str]
    pictures: Mapping[str, bytes]
    directory: Path | None
    failed_plots: Mapping[str, str]

    @property
    def exit_code(self) -> int:
        """0: that there are no clusters is an answer too."""
        return ExitCode.DONE


def recommend(
    config: str | Path | Mapping[str, Any] | Config,
    *,
    overrides: Sequence[str] = (),
    data: str | None = None,
    force: bool = False,
    offline: bool = False,
    emit: Emit = ignore,
) -> RecommendResult:
    """Compare ways of clustering a table and say which to take; written only if `output.directory` is set. A table will do as config."""
    loaded = load_config(config_or_table(config), overrides=overrides, data=data, command="recommend")
    emit = until(emit, loaded.config.execution.timeout)
    places = places_asked(loaded, force=force)
    return _recommend(loaded, places, offline=offline, emit=emit, unfinished=UNSUPERVISED)


def recommend_to_folder(
    config: str | Path | Mapping[str, Any] | Config,
    *,
    overrides: Sequence[str] = (),
    data: str | None = None,
    output: Path | None = None,
    force: bool = False,
    offline: bool = False,
    emit: Emit = ignore,
    unfinished: Unfinished = UNSUPERVISED,
) -> RecommendResult:
    """Do the same and write it: to `output`, else to the config's `output.directory`, else to runs/<name>-recommend."""
    loaded = load_config(config_or_table(config), overrides=overrides, data=data, command="recommend")
    limit_time(loaded.config.execution.timeout)
    places = places_taken(loaded, output, "-recommend", force=force)
    return _recommend(loaded, places, offline=offline, emit=emit, unfinished=unfinished)


def config_or_table(given: str | Path | Mapping[str, Any] | Config) -> str | Path | Mapping[str, Any] | Config:
    """Return a config; for a table a mapping that names it and leaves all else to the defaults.

    A table is told by its name; a .json file is a config if it holds a section of one.
    """
    if not isinstance(given, str | Path):
        return given
    text = str(given)
    if text == "-" or "://" in text or text.lower().endswith(TABLES) or (text.lower().endswith(".json") and not _is_config(Path(text))):
        return {"clustering_data": {"data_source": text}}
    return given


def _is_config(path: Path) -> bool:
    try:
        tree = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False  # the reader of tables says what is wrong with it
    return isinstance(tree, dict) and any(section in tree for section in SECTIONS)


def _recommend(loaded: LoadedConfig, places: Places | None, *, offline: bool, emit: Emit, unfinished: Unfinished) -> RecommendResult:
    with filters_kept(), places.writing(reporter(unfinished)) if places else nullcontext() as draft:
        result, files = _advise(loaded, places, offline=offline, emit=emit)
        if draft is None or places is None:
            return result
        with Stages(emit)("write"):
            draft.write_recommendation(files)
            draft.swap_in()
    emit(Wrote(str(places.folder)))
    raise_if_plots_failed(result.failed_plots, places.folder, "leave plots out with --no-plots")
    return replace(result, directory=places.shown)


def _advise(loaded: LoadedConfig, places: Places | None, *, offline: bool, emit: Emit) -> tuple[RecommendResult, RecommendationFiles]:
    """Take the steps, one after the other; nothing is written."""
    started, clock = datetime.now(UTC), time.monotonic()
    loaded = with_random_state(loaded, draw_seed())
    config, seed = loaded.config, random_state_of(loaded)
    assert seed is not None  # drawn above
    session = Session(Stages(emit), count_jobs(config.execution.n_jobs), seed, max_memory_of(config))
    dataset = load_data(loaded, session, offline=offline)
    space = prepare_space(dataset, config, session)
    flags = red_flags(dataset, space)
    asked = config.recommend_configuration.budget
    budget = asked if isinstance(asked, str) else affordable(asked, space.points)
    check_sample(space.points, session.max_memory)
    with session.stages("compare"):
        assessment = assess(space.points, seed, budget, session.n_jobs, session.max_memory)
    with session.stages("fit"):
        folder = places.folder if places else Path.cwd()
        chosen, cautions = propose_all(assessment.choices, loaded, space, folder, session)
    proposals = [proposal for _, proposal in chosen]
    assessment = assessment.on_all_rows(proposals[0].n_clusters) if proposals else assessment
    checks = _look_again(dataset, config, assessment, proposals, session) if budget != "fast" else None
    rand = _agreement([proposal.labels for proposal in proposals])
    origin = Origin(
        config=canonical(loaded.shown),
        config_sha256=config_sha256(loaded.shown),
        random_state=seed,
        started=started,
        seconds=time.monotonic() - clock,
        execution=execution_facts(session, places.as_paths() if places else {}),
        user_metadata=config.clustering_data.metadata,
        asked_seconds=None if isinstance(asked, str) else float(asked),
    )
    offered = [_offered(choice, proposal) for choice, proposal in chosen]
    document = document_of(assessment, offered, rand, flags, checks, dataset, space, origin, cautions)
    labels = _labels_table(dataset, space, proposals)
    configs = {proposal.name: proposal.text for proposal in proposals}
    drawn = config.visualization_configuration
    with session.stages("draw") if drawn.generate_plots else nullcontext():
        pictures, failed = draw_recommendation(document, drawn)
    result = RecommendResult(document, labels, configs, pictures, None, failed)
    return result, RecommendationFiles(document, labels, configs, pictures if drawn.save_plots else {})


def _offered(choice: Choice, proposal: Proposal) -> Offered:
    return Offered(choice, f"candidates/{proposal.name}", proposal.section, proposal.strategy, proposal.sizes, proposal.noise_fraction)


def _look_again(
    dataset: Dataset, config: Config, assessment: Assessment, proposals: Sequence[Proposal], session: Session
) -> tuple[Check, ...]:
    if not proposals:
        return ()
    with session.stages("look again"):
        return sensitivity(dataset, config.preprocessing_configuration, assessment, proposals[0].labels, session)


def _agreement(labels: Sequence[np.ndarray]) -> np.ndarray:
    """Return the adjusted Rand index of each pair of candidates on all rows, noise being one group."""
    found = np.ones((len(labels), len(labels)))
    for i in range(len(labels)):
        for j in range(i):
            value = adjusted_rand_score(contingency(labels[i], labels[j]))
            found[i, j] = found[j, i] = 1.0 if value is None else value
    return found


def _labels_table(dataset: Dataset, space: Space, proposals: Sequence[Proposal]) -> pa.Table:
    """Return labels.parquet: sample_id, and a column a candidate with the clusters that its config gives; dropped rows null."""
    import pyarrow as pa

    columns = {"sample_id": id_array(dataset.ids, dataset.n_rows)}
    for rank, proposal in enumerate(proposals, 1):
        columns[f"candidate_{rank}"] = pa.array(proposal.labels, mask=space.dropped)
    return pa.table(columns)


def affordable(seconds: float, points: Points) -> Budget:
    """Return the named budget for so many seconds, by fixed marks: normal from 15, thorough from 40 at 2,000 rows, fewer for fewer rows."""
    rows = min(points.n_rows, N_SAMPLE) / N_SAMPLE
    return "thorough" if seconds >= 40 * rows else "normal" if seconds >= 15 * rows else "fast"
