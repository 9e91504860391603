"""Where each row is drawn: two coordinates and what they mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from clusterctl.kernels.threads import one_thread
from clusterctl.plots.columns import numeric_column
from clusterctl.values.dataset import Dataset
from clusterctl.values.space import Space

_BLOCK = 65_536
_MOST_COLUMNS = 2_000
_EMBEDDINGS = {"umap": "UMAP", "tsne": "t-SNE"}


@dataclass(frozen=True, slots=True)
class Projection:
    """A map of points (n, d) to the plane (n, 2), the labels of its axes ("" for one without meaning), and its name."""

    place: Callable[[np.ndarray], np.ndarray]
    axis_labels: tuple[str, str]
    method: str


def project(dataset: Dataset, space: Space, sample: np.ndarray) -> Projection:
    """Choose the plane to draw in.

    One column: that column, and no second axis (`strip` finds room for the points). Two: the columns themselves, in original
    units where preparation only shifted and scaled them. A PCA reduction: its first two components. More: the first two
    principal components (eigenvectors of the covariance matrix), each with its share of the variance; their sign is such that
    the loading largest in size is positive.
    """
    n_columns = space.points.n_columns
    if space.embedding == "pca" and n_columns >= 2:
        return Projection(_first_two, _component_labels(space.explained_variance or ()), "pca_reduction")
    if n_columns > 2:
        return _principal_plane(space)
    axes = [_axis(dataset, space, column, sample) for column in range(n_columns)]
    slopes, shifts, names = (np.array([axis[0] for axis in axes]), np.array([axis[1] for axis in axes]), [axis[2] for axis in axes])

    def place(X: np.ndarray) -> np.ndarray:
        coordinates = np.zeros((len(X), 2))
        coordinates[:, :n_columns] = X * slopes + shifts
        return coordinates

    method = "strip" if n_columns == 1 else space.embedding if space.embedding in _EMBEDDINGS else "columns"
    return Projection(place, (names[0], names[1] if n_columns == 2 else ""), method)


def strip(values: np.ndarray, random_state: int) -> np.ndarray:
    """Return (m,) heights in [-1, 1] that spread points of one dimension as wide as they are dense (a sina plot, Sidiropoulos 2018)."""
    generator = np.random.default_rng(random_state)
    spread = float(np.ptp(values)) if len(values) else 0.0
    if spread == 0.0:
        return generator.uniform(-0.5, 0.5, len(values))
    n_bins = int(np.clip(np.sqrt(len(values)), 8, 100))
    bins = np.minimum(((values - values.min()) / spread * n_bins).astype(np.int64), n_bins - 1)
    counts = np.convolve(np.bincount(bins, minlength=n_bins), (0.25, 0.5, 0.25), mode="same")
    heights: np.ndarray = generator.uniform(-1.0, 1.0, len(values)) * (counts / counts.max())[bins]
    return heights


def _first_two(X: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(X[:, :2])


def _axis(dataset: Dataset, space: Space, column: int, sample: np.ndarray) -> tuple[float, float, str]:
    """Return slope, shift and label that take a column of the space back to original units, where that is possible."""
    name = space.columns[column]
    if space.embedding != "none":
        label = _EMBEDDINGS.get(space.embedding, "PC")
        share = space.explained_variance[column] if space.explained_variance else None
        return 1.0, 0.0, _component_label(column, share, label)
    if name not in dataset.numeric_features:
        return 1.0, 0.0, name
    prepared = space.points.X[sample, column]
    original = numeric_column(dataset, name)[space.rows[sample]]
    low, high = int(prepared.argmin()), int(prepared.argmax())
    width = prepared[high] - prepared[low]
    if width > 0 and np.isfinite(original).all():
        slope = (original[high] - original[low]) / width
        shift = original[low] - slope * prepared[low]
        if np.allclose(prepared * slope + shift, original, rtol=1e-9, atol=1e-9 * float(np.abs(original).max())):
            return float(slope), float(shift), name
    return 1.0, 0.0, f"{name} (as prepared)"


def _principal_plane(space: Space) -> Projection:
    X = space.points.X
    with one_thread():
        mean, scale, axes, shares = _principal_axes(X)

    def place(points: np.ndarray) -> np.ndarray:
        with one_thread():
            return np.asarray(((points - mean) / scale) @ axes * scale)

    label = f"PC of {_EMBEDDINGS[space.embedding]}" if space.embedding in _EMBEDDINGS else "PC"
    return Projection(place, _component_labels(shares, label), "pca")


def _principal_axes(X: np.ndarray) -> tuple[np.ndarray, float, np.ndarray, tuple[float, ...]]:
    """Return mean (d,), a common scale against overflow, the two leading axes (d, 2) and their shares of the variance."""
    from scipy.linalg import eigh

    n, d = X.shape
    scale = float(np.abs(X).max()) or 1.0
    mean = (X / scale).mean(axis=0) * scale
    if d <= _MOST_COLUMNS:
        covariance = np.zeros((d, d))
        for start in range(0, n, _BLOCK):
            block = (X[start : start + _BLOCK] - mean) / scale
            covariance += block.T @ block
        total = float(np.trace(covariance))
        values, axes = eigh(covariance, subset_by_index=(d - 2, d - 1))
        values, axes = values[::-1], axes[:, ::-1]
    else:
        # Wider than that the covariance matrix is too large; evenly spaced rows give the axes by their singular vectors.
        centred = (X[:: max(1, n // _MOST_COLUMNS)] - mean) / scale
        total = float((centred**2).sum())
        _, singular, rows = np.linalg.svd(centred, full_matrices=False)
        values, axes = singular[:2] ** 2, rows[:2].T
        if axes.shape[1] < 2:
            values, axes = np.append(values, 0.0), np.column_stack((axes, np.zeros(d)))
    axes = np.where(values > 1e-14 * total, axes, 0.0)  # an axis without variance would show rounding errors
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), (0, 1)])
    shares = tuple(float(max(value, 0.0) / total) for value in values) if total > 0 else ()
    return mean, scale, axes * np.where(signs == 0, 1.0, signs), shares


def _component_labels(shares: tuple[float, ...], label: str = "PC") -> tuple[str, str]:
    first, second = ((*shares, None, None)[:2]) if shares else (None, None)
    return _component_label(0, first, label), _component_label(1, second, label)


def _component_label(number: int, share: float | None, label: str) -> str:
    name = label.replace("PC", f"PC {number + 1}", 1) if "PC" in label else f"{label} {number + 1}"
    return name if share is None else f"{name} ({share:.1%} of variance)".replace("%", " %", 1)
