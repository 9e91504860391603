"""The spaces of a sweep: each prepared once, stored for the workers, and let go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clusterctl.engine.analysis import prepare_points
from clusterctl.engine.sweep.failures import as_trial_error
from clusterctl.engine.sweep.space import StoredSpace, store_space
from clusterctl.preprocessing.space import space_id
from clusterctl.results.models import WarningEntry
from clusterctl.results.sweep import SweptSpace, TrialError

if TYPE_CHECKING:
    from clusterctl.config.models import Config
    from clusterctl.engine.analysis import Session
    from clusterctl.engine.sweep.kept import Kept
    from clusterctl.engine.sweep.plan import PlannedSpace, SweepPlan
    from clusterctl.preprocessing.settings import PreprocessingConfiguration
    from clusterctl.values.dataset import Dataset
    from clusterctl.values.space import Space


@dataclass(frozen=True, slots=True)
class Prepared:
    """A space, where its points lie (None: no trial needs them any more, or they could not be made), and what there is to say of it."""

    stored: StoredSpace | None
    facts: SweptSpace | None
    error: TrialError | None = None


def prepare_spaces(plan: SweepPlan, kept: Kept, work: Path, session: Session) -> dict[str, Prepared]:
    """Prepare and store every space that a trial still needs, by its id; where it cannot be done, that is its trials' error."""
    found: dict[str, Prepared] = {}
    for planned in plan.spaces:
        facts = kept.space(planned)
        if (facts is not None or not kept.has_points(planned)) and all(trial.trial_id in kept.taken for trial in planned.trials):
            found[planned.space_id] = Prepared(None, _counted(facts, planned))
            continue
        try:
            space = prepare_points(planned.dataset, planned.preprocessing, planned.random_state, session)
        except Exception as problem:  # whatever a library raises, it is the error of these trials and no end of the sweep
            found[planned.space_id] = Prepared(None, None, as_trial_error(problem))
            continue
        stored = store_space(space, planned.space_id, planned.dataset.target, work / planned.space_id)
        if facts is None:
            facts = _facts(planned.space_id, planned.dataset, planned.preprocessing, space)
            kept.add_space(planned, facts)
        found[planned.space_id] = Prepared(stored, _counted(facts, planned))
    return found


def _counted(facts: SweptSpace | None, planned: PlannedSpace) -> SweptSpace | None:
    return None if facts is None else facts.model_copy(update={"n_trials": len(planned.trials)})


def _facts(name: str, dataset: Dataset, settings: PreprocessingConfiguration, space: Space) -> SweptSpace:
    return SweptSpace(
        space_id=name,
        features=list(dataset.features),
        preprocessing=settings.model_dump(mode="json"),
        n_points=space.points.n_rows,
        n_dimensions=space.points.n_columns,
        n_excluded=int(space.excluded.sum()),
        n_dropped=int(space.dropped.sum()),
        n_trials=0,  # counted when it is taken: a resumed sweep may have others
        warnings=[WarningEntry(code=caution.code, message=caution.message) for caution in dict.fromkeys(space.cautions)],
    )


def prepare_rank_space(dataset: Dataset, config: Config, kept: Kept, work: Path, session: Session) -> StoredSpace:
    """Prepare and store the reference preprocessing that all trials are scored in again, and keep what it is. Raises PreprocessingError.

    config: that of the sweep, with the reference preprocessing for its own.
    """
    settings = config.preprocessing_configuration
    name = space_id(dataset.sha256, settings, dataset.features, session.random_state)
    space = prepare_points(dataset, settings, session.random_state, session)
    if kept.rank_space(config) is None:
        kept.add_rank_space(config, _facts(name, dataset, settings, space))
    return store_space(space, f"rank-{name}", dataset.target, work / f"rank-{name}")
