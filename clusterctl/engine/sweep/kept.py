"""What a sweep has already: outcomes in its journal, known by what they depend on, and which of them a resumed sweep does again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from clusterctl import __version__
from clusterctl.config.sources import canonical_source
from clusterctl.engine.environment import library_versions
from clusterctl.engine.sweep.failures import LOST, TIMEOUT
from clusterctl.events import Emit, Resumed
from clusterctl.preprocessing.space import space_id
from clusterctl.results.journal import Entry, Fingerprint, Journal

if TYPE_CHECKING:
    from clusterctl.config.models import Config
    from clusterctl.config.trials import Trial, Trials
    from clusterctl.engine.sweep.plan import PlannedSpace
    from clusterctl.engine.sweep.progress import Finished
    from clusterctl.preprocessing.settings import PreprocessingConfiguration
    from clusterctl.results.sweep import SweptSpace, TrialOutcome

PASSING = (TIMEOUT, LOST, "ResourceLimitError")
"""Errors of the moment: a resumed sweep tries again."""
REASONS = {
    "data": "the data changed",
    "versions": "clusterctl or a library has another version",
    "config": "the config has them no more",
}


@dataclass(slots=True)
class Kept:
    """The journal of a sweep and the trials that it is about.

    is_resumed: the journal was there before. prints: trial id → what its outcome depends on. taken: trials that are done. random_state:
    of the reference space.
    """

    journal: Journal
    is_resumed: bool
    prints: Mapping[int, Fingerprint] = field(default_factory=dict)
    trials: Mapping[int, Trial] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)
    data_sha256: str = ""
    random_state: int = 0

    def take(self, trials: Trials, data_sha256: str, config: Config, random_state: int, emit: Emit) -> None:
        """Settle which trials the journal answers; tell in one line if it was resumed. random_state: of the reference space."""
        self.trials = {trial.trial_id: trial for trial in trials.trials}
        self.data_sha256, self.random_state = data_sha256, random_state
        self.prints = _fingerprints(trials, data_sha256, config, random_state)
        if not self.is_resumed or not self.journal.n_finished:
            return
        self.taken = {trial_id for trial_id, known in self.prints.items() if self._counts(self.journal.outcome(known))}
        differ = self.journal.differences(list(self.prints.values()))
        again = sum(1 for known in self.prints.values() if self._passing(self.journal.outcome(known)))
        reasons = REASONS | ({"data": "the data, or the key of its hashes, changed"} if config.privacy.hash else {})
        why = [f"{differ[cause]}: {words}" for cause, words in reasons.items() if differ[cause]]
        why += [f"{again}: they ran out of time, memory or a worker"] if again else []
        emit(Resumed(len(self.taken), differ["data"] + differ["versions"] + again, "; ".join(why)))

    @staticmethod
    def _passing(outcome: TrialOutcome | None) -> bool:
        return outcome is not None and outcome.error is not None and outcome.error.type in PASSING

    def _counts(self, outcome: TrialOutcome | None) -> bool:
        return outcome is not None and not self._passing(outcome)

    def outcomes(self) -> list[TrialOutcome]:
        """Return the outcome of every trial, in plan order; all are there when the work is done."""
        found = [self.journal.outcome(known) for known in self.prints.values()]
        assert all(outcome is not None for outcome in found)
        return [outcome for outcome in found if outcome is not None]

    def add(self, finished: Sequence[Finished]) -> None:
        """Write trials that finished together, in one go."""
        self.journal.append(
            [
                Entry(
                    trial_id=one.trial_id,
                    fingerprint=self.prints[one.trial_id],
                    settings=self.trials[one.trial_id].settings,
                    outcome=one.outcome,
                    seconds=round(one.seconds, 6),
                    labels=one.labels,
                )
                for one in finished
            ]
        )

    def labels(self, trial_id: int) -> str | None:
        """Return the labels of a trial at the sampled rows, as text."""
        return self.journal.labels(self.prints[trial_id])

    def space(self, planned: PlannedSpace) -> SweptSpace | None:
        """Return what the journal says of a space."""
        return self.journal.space(self._space_print(planned))

    def has_points(self, planned: PlannedSpace) -> bool:
        """Say whether a trial that is kept found this space prepared; where it could not be, there is nothing to say of it."""
        outcomes = (self.journal.outcome(self.prints[trial.trial_id]) for trial in planned.trials if trial.trial_id in self.taken)
        return any(outcome is not None and outcome.space_id is not None for outcome in outcomes)

    def add_space(self, planned: PlannedSpace, facts: SweptSpace) -> None:
        """Write what there is to say of a space."""
        self.journal.append_space(facts, self._space_print(planned))

    def rank_space(self, config: Config) -> SweptSpace | None:
        """Return what the journal says of the reference space; config: that of the sweep, with the reference preprocessing for its own."""
        return self.journal.space(self._rank_print(config))

    def add_rank_space(self, config: Config, facts: SweptSpace) -> None:
        """Write what there is to say of the reference space."""
        self.journal.append_space(facts, self._rank_print(config))

    def _rank_print(self, config: Config) -> Fingerprint:
        preprocessing = config.preprocessing_configuration.model_dump(mode="json")
        decisive = _sha256(["rank_space", preprocessing, self.random_state, _reading(config)])
        return Fingerprint(config=decisive, data=self.data_sha256, versions=_versions("", config))

    def _space_print(self, planned: PlannedSpace) -> Fingerprint:
        trial = planned.trials[0]
        config = _sha256([planned.space_id, _reading(trial.config)])
        return Fingerprint(config=config, data=self.prints[trial.trial_id].data, versions=_versions("", trial.config))


def _fingerprints(trials: Trials, data_sha256: str, config: Config, random_state: int) -> dict[int, Fingerprint]:
    """Return what each trial's outcome depends on: its config and the sweep's reference space and checks, the data, the versions."""
    sweep = config.sweep_configuration
    common = None
    if sweep.rank_space is not None:
        features = config.clustering_data.features
        common = [space_id("", sweep.rank_space, features or (), random_state), features, config.clustering_data.target_variable]
    return {
        trial.trial_id: Fingerprint(
            config=_sha256([_decisive(trial.config), common, sweep.validate_trials]),
            data=data_sha256,
            versions=_versions(_algorithm(trial), trial.config, sweep.rank_space),
        )
        for trial in trials.trials
    }


def _decisive(config: Config) -> list[Any]:
    """Return what of a trial's config its outcome depends on, every `${NAME}` being what it stands for: no pictures, no gates."""
    assert config.clustering_configuration is not None
    return [
        *_reading(config),
        config.clustering_configuration.model_dump(mode="json"),
        config.preprocessing_configuration.model_dump(mode="json"),
        config.evaluation_configuration.model_dump(mode="json", exclude={"gates"}),
        config.privacy.model_dump(mode="json"),
        config.execution.strategy,
    ]


def _reading(config: Config) -> list[Any]:
    """Return how the bytes become a table; the source's name tells the format."""
    data = config.clustering_data
    return [canonical_source(data.data_source), data.model_dump(mode="json", exclude={"data_source", "checksum", "metadata"})]


def _versions(algorithm: str, config: Config, rank_space: PreprocessingConfiguration | None = None) -> str:
    """Return what of the versions an outcome by that algorithm depends on; the algorithm "": the points alone."""
    libraries = library_versions(algorithm, config)
    if rank_space is not None:
        libraries |= library_versions("", config.model_copy(update={"preprocessing_configuration": rank_space}))
    libraries.pop("matplotlib", None)  # it draws
    return _sha256([__version__, libraries])


def _algorithm(trial: Trial) -> str:
    clustering = trial.config.clustering_configuration
    assert clustering is not None  # every trial is a config that `run` takes
    return clustering.algorithm


def versions_of(trials: Trials) -> dict[str, str]:
    """Return the versions of the libraries that the trials depend on."""
    found: dict[str, str] = {}
    seen: set[tuple[str, bool]] = set()
    for trial in trials.trials:
        kind = _algorithm(trial), trial.config.preprocessing_configuration.dimensionality_reduction == "umap"
        if kind not in seen:
            seen.add(kind)
            found.update(library_versions(kind[0], trial.config))
    return dict(sorted(found.items()))


def _sha256(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
