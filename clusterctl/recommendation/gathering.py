"""All evidence of all candidates of a table, as one matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from clusterctl.recommendation.candidates import Budget, Found, cluster, plan
from clusterctl.recommendation.evidence.agreement import agreement, group_of
from clusterctl.recommendation.evidence.likelihood import likelihood
from clusterctl.recommendation.evidence.neighbours import neighbour_agreement
from clusterctl.recommendation.evidence.null import null_separation
from clusterctl.recommendation.evidence.parsimony import parsimony
from clusterctl.recommendation.evidence.projections import projections
from clusterctl.recommendation.evidence.refinement import refinement
from clusterctl.recommendation.evidence.separation import separation
from clusterctl.recommendation.evidence.stability import stability
from clusterctl.recommendation.evidence.troughs import troughs
from clusterctl.recommendation.evidence.valleys import valleys
from clusterctl.recommendation.ground import Ground
from clusterctl.recommendation.partitions import Partitions, distinct, draw_pairs, rand_matrix

MAX_NOISE = 0.5
MAX_CLUSTERS = 60
SHORTLIST = {"fast": 30, "normal": 90, "thorough": 160}
PRELIMINARY = ("kappa", "agreement", "excess", "likelihood", "valley", "silhouette")
NAMING = ("silhouette", "excess", "kappa", "likelihood", "ringed", "agreement_most", "support")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Candidates that differ, with what speaks for and against them.

    found: the C candidates. values: (C,) of each kind, by name. rand: (C, C) how alike they are.
    """

    found: tuple[Found, ...]
    values: dict[str, np.ndarray]
    rand: np.ndarray

    def matrix(self, names: Sequence[str]) -> np.ndarray:
        """Return (C, len(names)) the named kinds side by side."""
        return np.stack([self.values[name] for name in names], axis=1)


def gather(ground: Ground, seed: int, budget: Budget, n_jobs: int) -> Evidence:
    """Cluster the sample in every way of the plan, keep what differs, and gather all evidence. Deterministic for a seed and budget."""
    everything = cluster(ground.points, plan(ground.points, seed, budget), n_jobs)
    sound = [one for one in everything if 2 <= one.n_clusters <= MAX_CLUSTERS and (one.labels < 0).mean() <= MAX_NOISE]
    if not sound:
        return Evidence((), {}, np.empty((0, 0)))
    every = Partitions.of([one.labels for one in sound], [one.candidate.family for one in sound])
    rand = rand_matrix(every, draw_pairs(ground.n_rows, seed))
    kept, like = distinct(every, rand)
    found, partitions = [sound[i] for i in kept], every.take(kept)
    values = separation(ground, partitions)
    values |= null_separation(ground, partitions, values["silhouette"], seed, n_jobs)
    values |= neighbour_agreement(ground, partitions)
    values |= valleys(ground, partitions)
    values |= likelihood(ground, partitions)
    values |= agreement(partitions, rand, like, every.families)
    values |= parsimony(ground, partitions)
    short = shortlist(partitions, values, SHORTLIST[budget])
    found, partitions = [found[i] for i in short], partitions.take(short)
    values = {name: value[short] for name, value in values.items()}
    values |= projections(ground, partitions)
    values |= troughs(ground, partitions)
    values |= stability(ground, found, seed, n_jobs)
    values |= refinement(partitions, values, seed)
    return Evidence(tuple(found), values, rand[np.ix_(kept[short], kept[short])])


def shortlist(partitions: Partitions, values: dict[str, np.ndarray], most: int) -> np.ndarray:
    """Return the places of the candidates worth costlier evidence, rising, at most `most`.

    A quarter of the places goes to the best by the mean of ranks; then each kind of cheap evidence and each group of algorithms names
    its next best in turn.
    """
    ranks = np.mean([rankdata(values[name]) for name in PRELIMINARY], axis=0)
    groups = np.array([group_of(family) for family in partitions.families])
    overall = np.argsort(-ranks, kind="stable").tolist()
    queues = [np.argsort(-values[name], kind="stable").tolist() for name in NAMING]
    queues += [[i for i in overall if groups[i] == name] for name in sorted(set(groups.tolist()))]
    kept = dict.fromkeys(overall[: most // 4])
    for turn in range(len(overall)):
        for queue in queues:
            if turn < len(queue) and len(kept) < most:
                kept.setdefault(queue[turn])
    return np.sort(np.array(list(kept), dtype=np.int64))
