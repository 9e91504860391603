"""Free text as a few dimensions: TF-IDF, then a truncated singular value decomposition (latent semantic analysis)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clusterctl.errors import PreprocessingError
from clusterctl.kernels.threads import one_thread

if TYPE_CHECKING:
    import pandas as pd
    from scipy.sparse import csr_array

MAX_TERMS = 20_000
MAX_COMPONENTS = 100
MIN_ROWS = 2
TOKEN = re.compile(r"\w\w+")
EXACT_SIDE = 600
"""A matrix with a side no longer than this is decomposed whole."""


@dataclass(frozen=True, slots=True, eq=False)
class Tfidf:
    """Weights of terms, projected on the leading singular vectors, and rows brought to length 1.

    Terms are lower-case runs of two or more word characters, in any script; no stop words are left out (frequent words weigh little).
    A term that occurs t times in a row weighs (1 + ln t) (1 + ln((1 + n) / (1 + df))), df being the number of rows it occurs in
    (Salton and Buckley 1988, with the smoothing of scikit-learn); rows of weights are brought to length 1, projected on the
    `components` (k, n_terms) and brought to length 1 again. A row without any known term is zero.
    """

    feature: str
    terms: tuple[str, ...]
    idf: np.ndarray
    components: np.ndarray

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(f"{self.feature}~{i + 1}" for i in range(len(self.components)))

    def write(self, column: pd.Series, out: np.ndarray) -> None:
        """Write the columns of these rows into `out` (n, k)."""
        weights = _weights(column, {term: i for i, term in enumerate(self.terms)}, self.idf)
        out[:] = _unit_rows(np.asarray(weights @ self.components.T))

    def state(self) -> Mapping[str, Any]:
        """Return the encoder as plain values."""
        return {
            "kind": "tfidf",
            "feature": self.feature,
            "terms": list(self.terms),
            "idf": self.idf,
            "components": self.components,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Tfidf:
        """Return the encoder that `state` describes."""
        components = np.asarray(state["components"], dtype=np.float64)
        return cls(state["feature"], tuple(state["terms"]), np.asarray(state["idf"], dtype=np.float64), components)


def shares_words(column: pd.Series) -> bool:
    """Tell whether some word occurs in two rows, without which a column of text cannot be fitted; rows are read until one does."""
    seen: set[str] = set()
    for tokens in _tokens(column):
        distinct = set(tokens)
        if not seen.isdisjoint(distinct):
            return True
        seen |= distinct
    return False


def fit_tfidf(column: pd.Series, feature: str, random_state: int) -> Tfidf:
    """Learn terms, weights and singular vectors of a column of text.

    At most 20,000 terms, the most frequent of those that occur in at least 2 rows (ties: sorted order); at most 100 components.
    Small matrices are decomposed whole; large ones by randomised projection (Halko, Martinsson, Tropp 2011) with `random_state`.
    Raises PreprocessingError where no term occurs in two rows.
    """
    rows: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for tokens in _tokens(column):
        total.update(tokens)
        rows.update(set(tokens))
    shared = [term for term, count in rows.items() if count >= MIN_ROWS]
    if not shared:
        raise PreprocessingError(f"column {feature!r}: no word occurs in two rows", hint="leave it out of `features`")
    terms = tuple(sorted(sorted(shared, key=lambda term: (-total[term], term))[:MAX_TERMS]))
    frequency = np.array([rows[term] for term in terms], dtype=np.float64)
    idf = 1.0 + np.log((1.0 + len(column)) / (1.0 + frequency))
    weights = _weights(column, {term: i for i, term in enumerate(terms)}, idf)
    return Tfidf(feature, terms, idf, _leading_vectors(weights, random_state))


def _tokens(column: Iterable[str]) -> Iterator[list[str]]:
    for text in column:
        yield TOKEN.findall(text.lower())


def _weights(column: Iterable[str], index: Mapping[str, int], idf: np.ndarray) -> csr_array:
    """Return the weights (n, n_terms), rows of length 1 or empty."""
    from scipy.sparse import csr_array

    position: list[int] = []
    count: list[int] = []
    ends = [0]
    for tokens in _tokens(column):
        found = sorted(Counter(index[token] for token in tokens if token in index).items())
        position.extend(i for i, _ in found)
        count.extend(n for _, n in found)
        ends.append(len(position))
    indices = np.array(position, dtype=np.int64)
    data = (1.0 + np.log(np.array(count, dtype=np.float64))) * idf[indices]
    weights = csr_array((data, indices, np.array(ends)), shape=(len(ends) - 1, len(idf)))
    lengths = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).reshape(-1))
    weights.data /= np.repeat(lengths, np.diff(weights.indptr))
    return weights


def _leading_vectors(weights: csr_array, random_state: int) -> np.ndarray:
    """Return the right singular vectors (k, n_terms) of non-zero singular value, the largest first, signs fixed."""
    from sklearn.utils.extmath import randomized_svd

    k = min(MAX_COMPONENTS, *weights.shape)
    with one_thread():
        if min(weights.shape) <= EXACT_SIDE:
            _, values, vectors = np.linalg.svd(weights.toarray(), full_matrices=False)
        else:
            _, values, vectors = randomized_svd(weights, k, n_iter=5, random_state=random_state)
    kept = values[:k] > values[0] * 1e-10
    vectors = vectors[:k][kept]
    largest = np.argmax(np.abs(vectors), axis=1)
    signs = np.sign(vectors[np.arange(len(vectors)), largest])
    return np.ascontiguousarray(vectors * signs[:, None])


def _unit_rows(values: np.ndarray) -> np.ndarray:
    lengths = np.sqrt(np.einsum("ij,ij->i", values, values))
    return values / np.where(lengths > 0, lengths, 1.0)[:, None]
