"""What should make a user careful of a labelling, each with its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    from clusterctl.results.models import NullComparison, Stability
    from clusterctl.values.space import Space

TINY_SHARE, TINY_ROWS = 0.01, 5
GIANT_SHARE = 0.9
NOISE_SHARE = 0.5
SPREAD_RATIO = 100.0
DUPLICATE_SHARE = 0.5
UNSTABLE = 0.6
CHANCE = 0.05
N_NAMED = 10


def cautions(
    space: Space,
    labels: np.ndarray,
    stability: Stability | None,
    null: Mapping[str, NullComparison] | None,
    *,
    by_density: bool = False,
    numbers: Sequence[int] | None = None,
) -> tuple[Caution, ...]:
    """Return the warnings about labels (n,) int, noise -1, of the points of `space`; evidence that is not there is not judged.

    by_density: the algorithm makes noise, so its clusters are held against chance by dbcv, which rates noise too; else by the silhouette.
    numbers: what clusters 0, 1, … are called; None: that.
    """
    found = (
        _tiny(labels, numbers),
        _giant(labels, numbers),
        _noise(labels),
        _unscaled(space.standard_deviations),
        _duplicates(space.points.X),
        _unstable(stability, numbers),
        _by_chance(null, by_density),
        _embedded(space.embedding),
    )
    return tuple(caution for caution in found if caution is not None)


def _name(cluster: int, numbers: Sequence[int] | None) -> int:
    return cluster if numbers is None else numbers[cluster]


def _tiny(labels: np.ndarray, numbers: Sequence[int] | None) -> Caution | None:
    sizes = np.bincount(labels[labels >= 0])
    tiny = np.flatnonzero((sizes < TINY_ROWS) | (sizes < TINY_SHARE * len(labels)))
    if not len(tiny):
        return None
    named = _listed([f"{_name(int(c), numbers)} ({sizes[c]:,} row{'s' if sizes[c] != 1 else ''})" for c in tiny])
    return Caution("tiny_clusters", f"{len(tiny)} of {len(sizes)} clusters have fewer than {TINY_ROWS} rows or 1 % of the rows: {named}.")


def _giant(labels: np.ndarray, numbers: Sequence[int] | None) -> Caution | None:
    sizes = np.bincount(labels[labels >= 0])
    if len(sizes) < 2 or sizes.max() <= GIANT_SHARE * sizes.sum():
        return None
    share, name = sizes.max() / sizes.sum(), _name(int(sizes.argmax()), numbers)
    return Caution("giant_cluster", f"Cluster {name} holds {_percent(share)} of the clustered rows: the others may be mere outliers.")


def _noise(labels: np.ndarray) -> Caution | None:
    share = float((labels < 0).mean()) if len(labels) else 0.0
    if share <= NOISE_SHARE:
        return None
    return Caution("mostly_noise", f"{_percent(share)} of the rows are noise: the clusters and their scores speak for the rest alone.")


def _unscaled(deviations: Mapping[str, float]) -> Caution | None:
    spread = {name: sd for name, sd in deviations.items() if sd > 0}
    if len(spread) < 2:
        return None
    widest, narrowest = max(spread, key=spread.__getitem__), min(spread, key=spread.__getitem__)
    ratio = spread[widest] / spread[narrowest]
    if ratio <= SPREAD_RATIO:
        return None
    return Caution(
        "unscaled_features",
        f"Column {widest} (standard deviation {spread[widest]:.3g}) varies {ratio:,.0f} times as much as {narrowest} "
        f"({spread[narrowest]:.3g}), so it decides the distances; scaling: standard makes them equal.",
    )


def _duplicates(X: np.ndarray) -> Caution | None:
    """Rows are told apart by two random projections: equal rows have equal ones, and others as good as never."""
    if len(X) < 2:
        return None
    weights = np.random.default_rng(0).standard_normal((X.shape[1], 2))
    key = np.zeros((len(X), 2))
    for j in range(X.shape[1]):
        key += X[:, j : j + 1] * weights[j]
    _, counts = np.unique(key.view(np.complex128)[:, 0], return_counts=True)
    share = float(counts[counts > 1].sum()) / len(X)
    if share <= DUPLICATE_SHARE:
        return None
    return Caution(
        "ties",
        f"{_percent(share)} of the rows have an exact double ({len(counts):,} distinct rows among {len(X):,}): distances tie, so "
        "neighbours, densities and the order of merges are partly arbitrary.",
    )


def _unstable(stability: Stability | None, numbers: Sequence[int] | None) -> Caution | None:
    if stability is None:
        return None
    weak = [(c, value) for c, value in enumerate(stability.per_cluster) if value is not None and value < UNSTABLE]
    if not weak:
        return None
    named = _listed([f"{_name(c, numbers)} ({value:.2f})" for c, value in weak])
    return Caution("unstable_clusters", f"Not found again on resamples, do not trust (mean Jaccard below {UNSTABLE}): cluster {named}.")


def deciding(null: Mapping[str, NullComparison] | None, by_density: bool) -> str | None:
    """Return the metric whose comparison counts, settled before any is looked at: of many tests one always finds something."""
    order = ("dbcv", "silhouette_score") if by_density else ("silhouette_score", "dbcv")
    return next((name for name in order if name in (null or {})), None)


def _by_chance(null: Mapping[str, NullComparison] | None, by_density: bool) -> Caution | None:
    name = deciding(null, by_density)
    if null is None or name is None or null[name].p_value <= CHANCE:
        return None
    found = null[name]
    return Caution(
        "no_better_than_chance",
        f"No better than data without clusters, clustered in the same way: {name} {found.observed:.3g} "
        f"(without clusters {_mean(found)}, p = {found.p_value:.2g}).",
    )


def _mean(result: NullComparison) -> str:
    return "none" if result.mean is None else f"{result.mean:.3g}"


def _embedded(embedding: str) -> Caution | None:
    if embedding not in ("umap", "tsne"):
        return None
    name = {"umap": "UMAP", "tsne": "t-SNE"}[embedding]
    return Caution(
        "embedding_space",
        f"Clusters and scores are those of a {name} embedding, which makes gaps and densities of its own: "
        "good scores here are weak evidence.",
    )


def _listed(parts: list[str]) -> str:
    return ", ".join(parts[:N_NAMED]) + (f" and {len(parts) - N_NAMED} more" if len(parts) > N_NAMED else "")


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
