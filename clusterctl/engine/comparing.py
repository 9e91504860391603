"""Two labellings side by side: which rows are the same, which clusters are, what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.analysis.fates import CHANGE, Transition, fates
from clusterctl.analysis.matching import MAJORITY, PART, Matching, match
from clusterctl.engine.labellings import OUTSIDE, UNLABELLED, Labelling
from clusterctl.errors import DataLoadError, EvaluationError
from clusterctl.kernels.contingency import contingency
from clusterctl.metrics.agreement import adjusted_mutual_info_score, adjusted_rand_score
from clusterctl.results.comparison import (
    ClusterFate,
    ClusterMatch,
    ComparedRows,
    ComparedSide,
    ComparisonScores,
    FateCounts,
    FateRules,
    Flow,
)
from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusterctl.analysis.groups import Integers

MOST_IDS = 100
MOST_FLOWS = 3
RULES = FateRules(majority=MAJORITY, part=PART, size_change=CHANGE)
OF_FATE = {
    "kept": "n_kept",
    "grown": "n_grown",
    "shrunk": "n_shrunk",
    "split_into": "n_split",
    "merged_from": "n_merged",
    "born": "n_born",
    "gone": "n_gone",
}


@dataclass(frozen=True, slots=True)
class Paired:
    """The rows of two labellings that are the same.

    rows_a, rows_b: (m,) positions of the compared rows: in both, with a label in both. matching: of their clusters, by codes.
    """

    a: Labelling
    b: Labelling
    rows: ComparedRows
    rows_a: Integers
    rows_b: Integers
    matching: Matching
    cautions: tuple[Caution, ...]

    @property
    def codes_a(self) -> Integers:
        """(m,) code in A of each compared row."""
        return self.a.codes[self.rows_a]

    @property
    def codes_b(self) -> Integers:
        """(m,) code in B of each compared row."""
        return self.b.codes[self.rows_b]


def pair(a: Labelling, b: Labelling) -> Paired:
    """Find the rows that are in both, by id or else by position, and match the clusters on them.

    Raises EvaluationError where rows without ids differ in number, and where no row that has a label is in both.
    """
    by_id = a.ids is not None and b.ids is not None
    if by_id:
        _check_keys(a, b)
    common_a, common_b = common_rows(a, b)
    labelled = (a.codes[common_a] != UNLABELLED) & (b.codes[common_b] != UNLABELLED)
    rows_a, rows_b = common_a[labelled], common_b[labelled]
    if not len(rows_a):
        raise EvaluationError(
            f"{a.name} and {b.name} have no labelled row in common, so there is nothing to compare",
            hint=_hashed_hint(a, b)
            or "`clusterctl predict RUN_A DATA_OF_B -o labels.parquet` gives the rows of one the clusters of the other, to compare",
        )
    rows = ComparedRows(
        matched_by="sample_id" if by_id else "position",
        n_common=len(common_a),
        n_compared=len(rows_a),
        n_only_a=a.n_rows - len(common_a),
        n_only_b=b.n_rows - len(common_b),
        only_a=_first_others(a, common_a),
        only_b=_first_others(b, common_b),
    )
    cautions = () if by_id else (Caution("matched_by_position", f"{_why_position(a, b)}: row n of A was compared with row n of B."),)
    return Paired(a, b, rows, rows_a, rows_b, match(a.codes[rows_a], b.codes[rows_b], related_only=True), cautions)


def _check_keys(a: Labelling, b: Labelling) -> None:
    """Raise DataLoadError if two runs' ids are hashed in different ways: then no row of one is a row of the other."""
    if a.run is None or b.run is None or a.run.id_key == b.run.id_key:
        return
    is_both = a.run.id_key is not None and b.run.id_key is not None
    told = "were hashed with different keys" if is_both else "are hashed in one of them, and as they came in the other"
    raise DataLoadError(
        f"the ids of {a.name} and {b.name} {told}: their rows cannot be matched",
        hint="run one of them again with the privacy.hash and the CLUSTERCTL_HASH_KEY of the other",
    )


def _hashed_hint(a: Labelling, b: Labelling) -> str | None:
    hashed = [side.name for side in (a, b) if side.run is not None and side.run.id_key is not None]
    if not hashed:
        return None
    return f"the ids of {hashed[0]} are hashed (privacy.hash): labels for its rows need these hashes as their ids"


def common_rows(a: Labelling, b: Labelling) -> tuple[Integers, Integers]:
    """Return the positions in A and in B of the rows in both, by rising position in B."""
    if a.ids is None or b.ids is None:
        if a.n_rows != b.n_rows:
            raise EvaluationError(
                f"{_why_position(a, b)}, and {a.n_rows:,} rows of A cannot be matched by position with {b.n_rows:,} of B",
                hint="set clustering_data.id_column in the config of both runs (of a table of labels: --id-column)",
            )
        every = np.arange(a.n_rows)
        return every, every
    import pyarrow.compute as pc

    places = pc.fill_null(pc.index_in(b.ids, value_set=a.ids), -1).to_numpy().astype(np.int64)
    common_b = np.flatnonzero(places >= 0)
    return places[common_b], common_b


def _why_position(a: Labelling, b: Labelling) -> str:
    without = [f"{side} ({labelling.name})" for side, labelling in (("A", a), ("B", b)) if labelling.ids is None]
    return f"{' and '.join(without)} {'has' if len(without) == 1 else 'have'} no column of ids"


def _first_others(side: Labelling, common: Integers) -> list[str]:
    if side.ids is None or (side.run is not None and not side.run.document.metadata.privacy.include_samples):
        return []
    others = np.ones(side.n_rows, dtype=bool)
    others[common] = False
    first = np.flatnonzero(others)[:MOST_IDS]
    return [str(name) for name in side.ids.take(first).to_pylist()]


def scores(paired: Paired) -> ComparisonScores:
    """Return how alike the labellings of the compared rows are; rows in no cluster are one group."""
    a, b = paired.codes_a, paired.codes_b
    table = contingency(a, b)
    next_of = np.full(len(paired.a.cluster_ids) + 1, UNLABELLED, dtype=np.int64)
    next_of[-1] = OUTSIDE
    for found in paired.matching.pairs:
        next_of[found.a] = found.b
    n_moved = int((next_of[a] != b).sum())
    same = len(table.counts) == len(table.left) == len(table.right)  # one partition under two names: 1 without rounding
    rand, information = adjusted_rand_score(table), 1.0 if same else adjusted_mutual_info_score(table)
    assert rand is not None and information is not None  # noqa: PT018 - both exist wherever there is a row
    return ComparisonScores(
        adjusted_rand_score=rand, adjusted_mutual_info_score=information, moved_fraction=n_moved / len(a), n_moved=n_moved
    )


def side(labelling: Labelling) -> ComparedSide:
    """Return what is said of one of the two."""
    document = labelling.run.document if labelling.run else None
    return ComparedSide(
        name=labelling.name,
        kind="run" if document else "labels",
        algorithm=document.clustering_results.model_info.algorithm if document else None,
        n_rows=labelling.n_rows,
        n_clusters=len(labelling.cluster_ids),
        n_outside=int((labelling.codes == OUTSIDE).sum()),
        n_unlabelled=int((labelling.codes == UNLABELLED).sum()),
        data_sha256=document.metadata.data_sha256 if document else None,
        config_sha256=document.metadata.config_sha256 if document else None,
    )


def matches(paired: Paired) -> list[ClusterMatch]:
    """Return the clusters that go on, by rising cluster of A."""
    return [
        ClusterMatch(cluster_a=paired.a.named(found.a), cluster_b=paired.b.named(found.b), n_common=found.n_common, jaccard=found.jaccard)
        for found in paired.matching.pairs
    ]


def flows(paired: Paired) -> list[Flow]:
    """Return every pair of groups with rows in common, by rising numbers, rows in no cluster last."""
    table = contingency(paired.codes_a, paired.codes_b)
    lefts, rights = np.unique(paired.codes_a), np.unique(paired.codes_b)
    found = [
        Flow(
            cluster_a=paired.a.named(int(lefts[row])),
            cluster_b=paired.b.named(int(rights[column])),
            n_rows=int(n),
            share_of_a=float(n / table.left[row]),
            share_of_b=float(n / table.right[column]),
        )
        for n, row, column in zip(table.counts, table.row, table.column, strict=True)
    ]
    place_a = {name: place for place, name in enumerate([*paired.a.cluster_ids, OUTSIDE])}
    place_b = {name: place for place, name in enumerate([*paired.b.cluster_ids, OUTSIDE])}
    return sorted(found, key=lambda flow: (place_a[flow.cluster_a], place_b[flow.cluster_b]))


def cluster_fates(paired: Paired, every_flow: Sequence[Flow]) -> tuple[list[ClusterFate], FateCounts]:
    """Return what became of each cluster, and how many had which fate."""
    sizes_a, sizes_b = paired.a.sizes, paired.b.sizes
    told = [_told(paired, entry, sizes_a, sizes_b, every_flow) for entry in fates(paired.matching, sizes_a, sizes_b)]
    counts = dict.fromkeys(OF_FATE.values(), 0)
    for entry in told:
        counts[OF_FATE[entry.fate]] += 1
    return told, FateCounts(**counts)


def _told(paired: Paired, entry: Transition, sizes_a: list[int], sizes_b: list[int], every_flow: Sequence[Flow]) -> ClusterFate:
    names_a, names_b = [paired.a.named(code) for code in entry.a], [paired.b.named(code) for code in entry.b]
    touching = [flow for flow in every_flow if flow.cluster_a in names_a or flow.cluster_b in names_b]
    within = [flow for flow in touching if flow.cluster_a in names_a and flow.cluster_b in names_b]
    return ClusterFate(
        fate=entry.fate,
        clusters_a=names_a,
        clusters_b=names_b,
        n_rows_a=sum(sizes_a[code] for code in entry.a),
        n_rows_b=sum(sizes_b[code] for code in entry.b),
        n_common=sum(flow.n_rows for flow in within),
        flows=within or sorted(touching, key=lambda flow: -flow.n_rows)[:MOST_FLOWS],
    )
