"""The smoothest vectors on a graph: eigenvectors of its normalised Laplacian with the smallest eigenvalues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from clusterctl.kernels.filters import library_warnings_ignored

if TYPE_CHECKING:
    from scipy.sparse import csr_array

LOBPCG_TOL = 1e-5
"""Residual at which LOBPCG stops by default. Its own, 3e-8 n, is too loose for thousands of rows: clusters then differ from ARPACK's."""


@dataclass(frozen=True, slots=True)
class Eigenvectors:
    """values (m,) rising; vectors (n, m), those of the random walk (scaled by 1 / sqrt(degree)), signs fixed; converged."""

    values: np.ndarray
    vectors: np.ndarray
    converged: bool


def laplacian(graph: csr_array | np.ndarray) -> tuple[csr_array | np.ndarray, np.ndarray]:
    """Return I - D^-1/2 A D^-1/2 with ones on its diagonal, and the square roots of the degrees; a dense graph is overwritten.

    Edges from a row to itself do not count, as in scikit-learn.
    """
    from scipy.sparse import csr_array, diags_array

    if isinstance(graph, np.ndarray):
        np.fill_diagonal(graph, 0.0)
        root = _root(graph.sum(axis=0))
        graph /= -root
        graph /= root[:, None]
        np.fill_diagonal(graph, 1.0)
        return graph, root
    off = csr_array(graph - diags_array(graph.diagonal()))
    root = _root(off.sum(axis=0))
    scale = diags_array(1.0 / root)
    return csr_array(diags_array(np.ones(len(root))) - scale @ off @ scale), root


def _root(degree: np.ndarray) -> np.ndarray:
    return np.sqrt(np.where(degree == 0, 1.0, degree))


def smallest_eigenvectors(
    graph: csr_array | np.ndarray,
    part: np.ndarray,
    n_vectors: int,
    *,
    solver: Literal["lobpcg", "arpack"],
    n_dense: int,
    tol: float | None,
    rng: np.random.RandomState,
) -> Eigenvectors:
    """Return the `n_vectors` (at most n) smallest; `part` numbers the connected parts, each of which gives one eigenvalue 0.

    lobpcg: those of eigenvalue 0 are written down, the rest is sought at right angles to them. arpack: shift and invert.
    Up to `n_dense` rows, and where the solvers do not work, exactly.
    `tol` None: the solver's own. A dense graph is overwritten. Deterministic for a given `rng`.
    """
    n = graph.shape[0]
    matrix, root = laplacian(graph)
    n_parts = int(part.max()) + 1
    n_sought = n_vectors - n_parts
    if n <= max(n_dense, n_parts + 5 * (n_sought + 1), n_vectors + 1):
        values, vectors, converged = *_dense(matrix, min(n, n_vectors)), True
    elif solver == "arpack":
        values, vectors, converged = _arpack(matrix, n_vectors, tol, rng)
    else:
        null = _null_vectors(part, root)[:, :n_vectors]
        values, vectors, converged = _lobpcg(matrix, null, max(0, n_sought), tol, rng)
        if not converged:
            values, vectors, converged = _arpack(matrix, n_vectors, tol, rng)
    vectors = vectors / root[:, None]
    largest = np.abs(vectors).argmax(axis=0)
    sign = np.sign(vectors[largest, np.arange(vectors.shape[1])])
    return Eigenvectors(np.maximum(values, 0.0), vectors * np.where(sign == 0, 1.0, sign), converged)


def _null_vectors(part: np.ndarray, root: np.ndarray) -> np.ndarray:
    """Return (n, n_parts), the eigenvectors of eigenvalue 0, larger parts first."""
    sizes = np.bincount(part)
    order = np.argsort(-sizes, kind="stable")[:256]
    vectors = np.where(part[:, None] == order, root[:, None], 0.0)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=0))


def _dense(matrix: csr_array | np.ndarray, n_vectors: int) -> tuple[np.ndarray, np.ndarray]:
    from scipy.linalg import eigh

    full = matrix if isinstance(matrix, np.ndarray) else matrix.toarray()
    values, vectors = eigh(full, subset_by_index=(0, n_vectors - 1))
    return values, vectors


def _arpack(
    matrix: csr_array | np.ndarray, n_vectors: int, tol: float | None, rng: np.random.RandomState
) -> tuple[np.ndarray, np.ndarray, bool]:
    """Return values, vectors and whether all of them converged; one that did not is zero."""
    from scipy.sparse.linalg import ArpackNoConvergence, eigsh

    start = rng.uniform(-1, 1, matrix.shape[0])
    form = matrix if isinstance(matrix, np.ndarray) else matrix.tocsc()
    try:
        values, vectors = eigsh(form, k=n_vectors, sigma=-1e-5, which="LM", tol=tol or 0, v0=start)
    except ArpackNoConvergence as error:
        n_missing = n_vectors - len(error.eigenvalues)
        values = np.concatenate((error.eigenvalues, np.ones(n_missing)))
        vectors = np.hstack((error.eigenvectors, np.zeros((len(start), n_missing))))
        return values, vectors, False
    order = np.argsort(values)
    return values[order], vectors[:, order], True


def _lobpcg(
    matrix: csr_array | np.ndarray, null: np.ndarray, n_sought: int, tol: float | None, rng: np.random.RandomState
) -> tuple[np.ndarray, np.ndarray, bool]:
    """Return values, vectors and whether the residuals came near `tol` (what SciPy itself would stop at is near enough)."""
    from scipy.sparse.linalg import lobpcg

    zeros = np.zeros(null.shape[1])
    if n_sought == 0:
        return zeros, null, True
    tol = LOBPCG_TOL if tol is None else tol
    start = rng.standard_normal((matrix.shape[0], n_sought + 1))
    with library_warnings_ignored():  # on residuals above tol: they are looked at below
        values, vectors = lobpcg(matrix, start, Y=null, tol=tol, largest=False, maxiter=2000)
    order = np.argsort(values)[:n_sought]
    values, vectors = values[order], vectors[:, order]
    residual = np.linalg.norm(matrix @ vectors - vectors * values, axis=0).max()
    return np.concatenate((zeros, values)), np.hstack((null, vectors)), bool(residual <= max(10 * tol, 3e-8 * len(vectors)))
