"""The steps of an analysis with their clock and their events, from the config to all that was found."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.analysis.protected_words import protected_cautions
from clusterctl.config.hash_key import hasher_of
from clusterctl.config.sources import redact
from clusterctl.engine.agreement import foresee
from clusterctl.engine.drawing import draw
from clusterctl.engine.evaluation import evaluate, score_labels
from clusterctl.engine.explanation import compare_protected, confidence_of, explain
from clusterctl.engine.findings import Parts
from clusterctl.engine.numbering import by_size, name_evaluation, name_explanation
from clusterctl.engine.pipeline import Fit, fate_of_rows, fit, labels_of_rows
from clusterctl.engine.stage import Stages
from clusterctl.engine.withholding import small_clusters, withhold_evaluation, withhold_fate
from clusterctl.errors import ConfigError
from clusterctl.events import ClusteringStarted, ClustersCreated, EvaluationCompleted, Warned
from clusterctl.kernels.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from clusterctl.algorithms.base import AlgorithmSpec, Settings
    from clusterctl.config.load import LoadedConfig
    from clusterctl.config.models import Config
    from clusterctl.data.table import Table
    from clusterctl.engine.agreement import Foresight
    from clusterctl.engine.findings import Drawings, Evaluation
    from clusterctl.engine.numbering import Number
    from clusterctl.metrics.silhouette import Silhouettes
    from clusterctl.preprocessing.settings import PreprocessingConfiguration
    from clusterctl.values.dataset import Dataset
    from clusterctl.values.remarks import Caution
    from clusterctl.values.space import Points, Space


@dataclass(frozen=True, slots=True)
class Session:
    """How the work of one analysis is done: its clock and listener, jobs at once, seed, the most bytes it may take (None: what is free)."""

    stages: Stages
    n_jobs: int
    random_state: int
    max_memory: int | None = None

    def warn(self, cautions: Iterable[Caution]) -> None:
        """Tell the listener of each caution."""
        for caution in cautions:
            self.stages.emit(Warned(caution.code, caution.message))


def load_data(loaded: LoadedConfig, session: Session, *, offline: bool) -> Dataset:
    """Load the table that the config names."""
    dataset = settle_table(read_data(loaded, session, offline=offline), loaded.config)
    session.warn(dataset.cautions)
    return dataset


def read_data(loaded: LoadedConfig, session: Session, *, offline: bool) -> Table:
    """Read the table that the config names as `privacy` lets it be seen, without choosing columns."""
    from clusterctl.data.access import Access
    from clusterctl.data.load import read_table
    from clusterctl.data.privacy import Wishes, withhold

    settings, privacy = loaded.config.clustering_data, loaded.config.privacy
    hasher = hasher_of(loaded.environment, "privacy.hash") if privacy.hash else None
    shown = redact(str(loaded.shown["clustering_data"]["data_source"]))
    stdin = sys.stdin.buffer if settings.data_source == "-" and sys.stdin is not None and not sys.stdin.isatty() else None
    access = Access(cache_folder=_cache_folder(loaded), offline=offline, stdin=stdin)
    with session.stages("load", Path(shown).name):
        as_written = frozenset(privacy.hash)
        table = read_table(settings, folder=loaded.folder, shown_source=shown, access=access, as_written=as_written)
        return withhold(table, Wishes(**privacy.model_dump()), hasher, settings.read_options)


def settle_table(table: Table, config: Config) -> Dataset:
    """Give the columns of a table their parts, as the config wants them."""
    from clusterctl.data.load import settle
    from clusterctl.data.privacy import personal_cautions

    dataset = settle(table, config.clustering_data, use_text=config.preprocessing_configuration.text == "tfidf")
    if config.output.table != "none":
        _check_free(dataset)
    told = personal_cautions(table, dataset, is_copied=config.output.table != "none")
    return replace(dataset, cautions=(*dataset.cautions, *told)) if told else dataset


def _check_free(dataset: Dataset) -> None:
    """Raise ConfigError if the columns that `output.table` adds would stand in the place of the input's own."""
    taken = [name for name in ("cluster_id", "confidence") if name in dataset.frame.columns]
    if taken:
        raise ConfigError(
            f"output.table: the input has a column {' and a column '.join(taken)} of its own, where the result would be written",
            hint="rename it in the input, or set output.table to none: the result is in assignments.parquet too",
        )


def _cache_folder(loaded: LoadedConfig) -> Path | None:
    """Return where downloads are kept: DATA_CACHE_DIR, else the user's cache folder; None: there is no home."""
    given = loaded.environment.get("DATA_CACHE_DIR")
    if given:
        return Path(given).absolute()
    home = os.environ.get("XDG_CACHE_HOME") or (f"{os.environ['HOME']}/.cache" if os.environ.get("HOME") else None)
    return Path(home) / "clusterctl" if home else None


def prepare_space(dataset: Dataset, config: Config, session: Session) -> Space:
    """Turn the table into points."""
    space = prepare_points(dataset, config.preprocessing_configuration, session.random_state, session)
    session.warn(space.cautions)
    return space


def prepare_points(dataset: Dataset, settings: PreprocessingConfiguration, random_state: int, session: Session) -> Space:
    """Turn the table into points by these settings, without a word of caution: that is in the space."""
    import scipy.linalg  # noqa: F401 - has a BLAS of its own, which must be there to be capped

    from clusterctl.preprocessing.prepare import prepare

    with session.stages("prepare"), one_thread():
        return prepare(dataset, settings, random_state=random_state, n_jobs=session.n_jobs)


def analyse(
    dataset: Dataset,
    space: Space,
    spec: AlgorithmSpec,
    settings: Settings,
    config: Config,
    session: Session,
    *,
    chosen: bool,
    settle: Callable[[Points], Settings] | None = None,
    number: Number = by_size,
) -> tuple[Parts, datetime]:
    """Cluster, evaluate, explain and draw; return all that was found, and when the fit ended. number: gives the clusters their numbers."""
    stages = session.stages
    stages.emit(ClusteringStarted(spec.name, settings.n_clusters, space.points.n_rows))
    with stages("cluster", spec.title):
        found = fit(space, spec, settings, session.n_jobs, config.execution.strategy, settle)
    trained = datetime.now(UTC)
    numbering = number(dataset, labels_of_rows(space, found.clustering), space.dropped, found.clustering.n_clusters)
    found = replace(found, numbers=numbering.numbers)
    stages.emit(ClustersCreated(found.clustering.n_clusters, _sizes(found)))
    session.warn((*found.clustering.cautions, *numbering.cautions))
    evaluation_settings = config.evaluation_configuration
    with stages("evaluate"):
        scored = score_labels(dataset, space, found, evaluation_settings, session.random_state, session.n_jobs)
    with stages("validate"):
        evaluation = evaluate(space, found, evaluation_settings, scored, session.random_state, session.n_jobs)
    small = small_clusters(found.clustering.labels, dataset.privacy)
    evaluation = withhold_evaluation(evaluation, small, dataset.privacy)
    stages.emit(EvaluationCompleted(evaluation.value("silhouette_score"), evaluation.value("calinski_harabasz_score")))
    foresight = _foresee(found, space, session)
    session.warn((*evaluation.cautions, *foresight.cautions))
    with stages("explain"), one_thread():
        fate = fate_of_rows(space, found.clustering, confidence_of(space, found), scored.silhouettes)
        fate = withhold_fate(fate, small)
        fate = replace(fate, labels=found.named(fate.labels))
        explanation = explain(
            dataset, space, found, evaluation, chosen=chosen, scaling=config.preprocessing_configuration.scaling, n_jobs=session.n_jobs
        )
    with stages("draw"), one_thread():
        drawings = _draw(dataset, space, found, scored.silhouettes, evaluation, config, session)
    evaluation = name_evaluation(evaluation, numbering.numbers)
    explanation = name_explanation(explanation, numbering.numbers)
    with stages("explain", "protected"), one_thread():
        protected = compare_protected(dataset, fate, session.n_jobs)
    session.warn(protected_cautions(protected))
    return Parts(dataset, space, found, fate, evaluation, explanation, drawings, numbering, foresight, protected), trained


def _sizes(found: Fit) -> tuple[int, ...]:
    """Return the rows of each cluster in the order of the numbers."""
    labels = found.clustering.labels
    sizes = np.bincount(labels[labels >= 0])
    return tuple(sizes[np.argsort(found.cluster_ids)].tolist()) if len(sizes) else ()


def _foresee(found: Fit, space: Space, session: Session) -> Foresight:
    with session.stages("validate", "predict"):
        return foresee(found, space, session.n_jobs)


def _draw(
    dataset: Dataset,
    space: Space,
    found: Fit,
    by_row: Silhouettes | None,
    evaluation: Evaluation,
    config: Config,
    session: Session,
) -> Drawings:
    from clusterctl.plots.compute import compute_plot_data

    data = compute_plot_data(
        dataset,
        space,
        found.clustering,
        found.named(labels_of_rows(space, found.clustering)),
        None if by_row is None or by_row.mean is None else by_row.samples,
        session.random_state,
        algorithm=found.spec.title,
        settings=_in_words(found),
        silhouette_mean=evaluation.value("silhouette_score"),
        excluded_points=_excluded_points(dataset, space),
        parameters=found.fitted[1].parameters.model_dump(mode="json"),
        fitted_on=found.sample,
        stability=None if evaluation.stability is None else evaluation.stability.per_cluster,
    )
    return draw(data, config.visualization_configuration)


def _excluded_points(dataset: Dataset, space: Space) -> np.ndarray | None:
    """Return where the excluded rows would lie; None: there are none, or the reduction cannot place new rows."""
    if not space.excluded.any() or space.embedding in ("umap", "tsne"):
        return None
    from clusterctl.preprocessing.prepare import transform

    return transform(space.steps, dataset.frame.iloc[np.flatnonzero(space.excluded)])


def _in_words(found: Fit) -> str:
    """Return the settings that shape the clusters, for the pictures' subtitles."""
    parts = [] if found.settings.n_clusters is None else [f"n_clusters {found.settings.n_clusters}"]
    for name, value in found.settings.parameters.model_dump(mode="json", exclude_defaults=True).items():
        parts.append(f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}")
    if found.sample is not None:
        parts.append(f"fitted on a sample of {found.sample.points.n_rows:,} rows")
    return ", ".join(parts)
