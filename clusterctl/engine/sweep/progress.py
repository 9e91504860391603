"""How far each trial has come: fitted, scored in its own space and in the rank space, checked; and the outcome when all is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clusterctl.engine.sweep import outcome
from clusterctl.engine.sweep.outcome import LabelFacts

if TYPE_CHECKING:
    from clusterctl.engine.sweep.checking import Checked
    from clusterctl.engine.sweep.choice import Cut
    from clusterctl.engine.sweep.fitting import Found
    from clusterctl.engine.sweep.scoring import Scored
    from clusterctl.engine.sweep.space import StoredSpace
    from clusterctl.results.sweep import TrialError, TrialOutcome


@dataclass(frozen=True, slots=True)
class Finished:
    """A trial with its outcome. seconds: its share of the work. labels: at the sampled rows, for the journal; None: it failed."""

    trial_id: int
    outcome: TrialOutcome
    seconds: float
    labels: str | None = None


@dataclass(slots=True)
class Progress:
    """One trial under way. missing: the parts still to come, of `scores`, `rank_scores`, `checks`."""

    cut: Cut
    space: StoredSpace
    missing: set[str]
    found: Found | None = None
    scored: Scored | None = None
    rank_scored: Scored | None = None
    checked: Checked | None = None
    seconds: float = field(default=0.0)

    def failed(self, error: TrialError, seconds: float = 0.0) -> Finished:
        """Return the trial as one that failed."""
        return Finished(self.cut.trial_id, outcome.failed(error, self.space.space_id), self.seconds + seconds)

    def finished(self, *, validated: bool) -> Finished:
        """Return the trial with its outcome; every part is there."""
        assert self.found is not None
        assert self.scored is not None
        found = self.found
        done = outcome.done(
            space_id=self.space.space_id,
            labels_facts=LabelFacts(found.n_clusters, self.space.n_points, found.n_noise, found.smallest),
            scores=self.scored.scores,
            rank_scores=None if self.rank_scored is None else self.rank_scored.scores,
            stability=None if self.checked is None else self.checked.stability,
            null=None if self.checked is None else self.checked.null,
            chosen=found.chosen or {},
            cautions=found.cautions,
            validated=validated,
        )
        return Finished(self.cut.trial_id, done, self.seconds, self.scored.text)
