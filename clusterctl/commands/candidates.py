"""Candidates of a recommendation as configs that `run` takes as they are, and the labels that these give."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.config.load import LoadedConfig, resolve
from clusterctl.config.written import written_config
from clusterctl.engine.pipeline import fit, labels_of_rows
from clusterctl.engine.sampling import check_fit
from clusterctl.errors import ResourceLimitError
from clusterctl.recommendation.stories import same_story
from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusterctl.engine.analysis import Session
    from clusterctl.recommendation.assess import Choice
    from clusterctl.values.space import Space

OWN = ("clustering_configuration", "recommend_configuration", "sweep_configuration")
SMALLEST = 0.8
"""Of the smallest cluster's rows so many must be left for the gate to hold."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A candidate as it is handed over.

    text: of its config. section: its `clustering_configuration`. labels: (n_rows,) of all input rows, by falling size; noise, excluded and
    dropped ones -1.
    """

    name: str
    text: str
    section: dict[str, Any]
    strategy: Literal["exact", "sample"]
    labels: np.ndarray
    sizes: tuple[int, ...]
    noise_fraction: float

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return len(self.sizes)


def propose_all(
    choices: Sequence[Choice], loaded: LoadedConfig, space: Space, folder: Path, session: Session
) -> tuple[list[tuple[Choice, Proposal]], list[Caution]]:
    """Propose the choices in their order, and return them with what has to be said of those left out.

    Left out are those that on all rows tell a story already told, and, with a caution, those whose fit does not go into memory. Raises
    ResourceLimitError where none goes.
    """
    kept: list[tuple[Choice, Proposal]] = []
    refused: list[ResourceLimitError] = []
    for choice in choices:
        try:
            proposal = propose(choice, len(kept) + 1, loaded, space, folder, session)
        except ResourceLimitError as error:
            refused.append(error)
            continue
        if not any(same_story(proposal.labels, other.labels) for _, other in kept):
            kept.append((choice, proposal))
    if refused and not kept:
        raise refused[0]
    return kept, [Caution("candidate_left_out", f"A candidate was left out: {error}.") for error in refused]


def propose(choice: Choice, rank: int, loaded: LoadedConfig, space: Space, folder: Path, session: Session) -> Proposal:
    """Fit a choice on all rows as `run` would, and write the config that does so; folder: where the recommendation goes.

    Raises ResourceLimitError where not even the fit on a sample goes into memory.
    """
    spec, strategy = ALGORITHMS[choice.algorithm], choice.fitted.strategy
    if choice.fitted.labels is not None:
        own = choice.fitted.labels
        labels = np.full(space.n_rows, -1, dtype=np.int64)
        labels[space.rows] = own
    else:
        check_fit(strategy, spec, choice.settings, space.points.n_rows, space.points.n_columns, session.max_memory)
        clustering = fit(space, spec, choice.settings, session.n_jobs, strategy).clustering
        own, labels = clustering.labels, labels_of_rows(space, clustering)
    sizes = tuple(np.bincount(own[own >= 0]).tolist())
    noise = float((own < 0).mean()) if len(own) else 0.0
    section = choice.config()
    candidate = _config(loaded, section, strategy, _gates(sizes, noise))
    about = f"Candidate {rank} of a recommendation; `clusterctl run` on it gives the clusters that were compared."
    text = written_config(candidate, folder / "candidates", session.random_state, about)
    return Proposal(f"{rank}.yaml", text, section, strategy, labels, sizes, noise)


def _gates(sizes: tuple[int, ...], noise: float) -> dict[str, dict[str, float]]:
    """Return bounds that this result keeps, and one that has lost its structure would not."""
    gates: dict[str, dict[str, float]] = {"n_clusters": {"min": len(sizes), "max": len(sizes)}}
    if sizes:
        gates["smallest_cluster"] = {"min": float(int(SMALLEST * min(sizes)))}
    if noise:
        gates["noise_fraction"] = {"max": round(min(1.0, noise + 0.05), 2)}
    return gates


def _config(loaded: LoadedConfig, section: dict[str, Any], strategy: str, gates: dict[str, Any]) -> LoadedConfig:
    """Return the config of a candidate: the one given, with its algorithm and gates, and without what only recommends."""
    written = {name: value for name, value in loaded.written.items() if name not in OWN}
    written["clustering_configuration"] = section
    evaluation = dict(written.get("evaluation_configuration") or {})
    written["evaluation_configuration"] = {**evaluation, "gates": {**(evaluation.get("gates") or {}), **gates}}
    if strategy != "exact":
        written["execution"] = {**(written.get("execution") or {}), "strategy": strategy}
    found = resolve(written, loaded.environment, data_source=loaded.config.clustering_data.data_source)
    if found.config is None:  # the parts are valid each by itself, so this is a mistake of ours
        raise TypeError("; ".join(problem.text for problem in found.problems))
    return LoadedConfig(found.config, found.shown, loaded.folder, loaded.name, loaded.path, loaded.environment, written, loaded.places)
