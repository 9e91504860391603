"""The words that set a cluster's texts apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clusterctl.analysis.effects import cohen_h, share_of
from clusterctl.analysis.groups import Floats, Groups, Integers
from clusterctl.analysis.withheld import too_few
from clusterctl.results.characteristics import TextCharacteristic

if TYPE_CHECKING:
    from clusterctl.values.dataset import Dataset

MOST_TEXTS = 20_000
MOST_WORDS = 2_000
FEWEST_TEXTS = 3
SHOWN = 10
WORD = re.compile(r"[^\W\d_]{3,}")


def text_characteristics(
    dataset: Dataset, name: str, groups: Groups, kept: NDArray[np.bool_], min_group: int = 1
) -> list[TextCharacteristic]:
    """Return the telling words of a text column within each cluster, beside all rows `kept`.

    Words are runs of three or more letters, in lower case, counted once a text; the 2,000 that most texts hold, in at least 3 texts.
    Of more than 20,000 texts, as many evenly spaced in input order are read. A word that fewer than `min_group` of the texts read hold, in
    the cluster or at all, is not told of.
    """
    column = dataset.frame[name]
    present = column.notna().to_numpy() & kept
    rows = np.flatnonzero(present)
    if len(rows) > MOST_TEXTS:
        rows = rows[np.linspace(0, len(rows) - 1, MOST_TEXTS).astype(np.int64)]
    bags = words_of(column.iloc[rows])
    words, table = _counts(bags, groups.labels[rows], groups.n_clusters)
    n_texts = np.bincount(groups.labels[rows] + 1, minlength=groups.n_clusters + 1)[1:]
    n_present = np.bincount(groups.labels[present] + 1, minlength=groups.n_clusters + 1)[1:]
    missing = groups.sizes - n_present
    whole = table.sum(axis=0)
    return [
        _one_cluster(words, table[cluster + 1], int(n_texts[cluster]), whole, len(rows), int(missing[cluster]), min_group)
        for cluster in range(groups.n_clusters)
    ]


def text_values(dataset: Dataset, name: str, rows: Integers, labels: Integers, k: int, n_values: int) -> tuple[Integers, Integers]:
    """Return a coding of the texts by telling words, (m,) from 0, and the labels (m,) of the rows coded, to measure importance with.

    On the odd ones of `rows` (at most 20,000 evenly spaced) words are ranked by their information on the cluster; the even ones are then
    coded by the first of the best `n_values` - 2 words that each holds, by none of them, or as missing. As the words are chosen on
    other rows than are coded, a text that has nothing to do with the clusters tells nothing.
    """
    if len(rows) > MOST_TEXTS:
        spaced = np.linspace(0, len(rows) - 1, MOST_TEXTS).astype(np.int64)
        rows, labels = rows[spaced], labels[spaced]
    column = dataset.frame[name].iloc[rows]
    bags, present = words_of(column), column.notna().to_numpy()
    words, table = _counts([bag for bag, known in zip(bags[1::2], present[1::2], strict=True) if known], labels[1::2][present[1::2]], k)
    n_texts = np.bincount(labels[1::2][present[1::2]], minlength=k)
    best = [words[j] for j in np.argsort(-_information(table[1:], n_texts), kind="stable")[: max(n_values - 2, 1)]]
    codes = [next((j for j, word in enumerate(best) if word in bag), len(best)) for bag in bags[::2]]
    return np.where(present[::2], codes, len(best) + 1).astype(np.int64), labels[::2]


def words_of(texts: Iterable[object]) -> list[set[str]]:
    """Return the different words of each text."""
    return [set(WORD.findall(str(text).lower())) for text in texts]


def _information(table: Integers, n_texts: Integers) -> Floats:
    """Return the mutual information of cluster and of holding each word, (words,), from counts (k, words) of `n_texts` (k,) texts."""
    n = max(int(n_texts.sum()), 1)
    result = np.zeros(table.shape[1])
    for counts in (table, n_texts[:, None] - table):
        expected = n_texts[:, None] * counts.sum(axis=0) / n
        ratio = np.divide(counts, expected, out=np.ones(counts.shape), where=counts > 0)
        result += (counts * np.log(ratio)).sum(axis=0) / n
    return result


def _counts(bags: Sequence[set[str]], labels: Integers, n_clusters: int) -> tuple[list[str], Integers]:
    """Return the words and how many texts hold each, (n_clusters + 1, words), noise first."""
    found = Counter(word for bag in bags for word in bag)
    common = sorted((-count, word) for word, count in found.items() if count >= FEWEST_TEXTS)[:MOST_WORDS]
    place = {word: j for j, (_, word) in enumerate(common)}
    table = np.zeros((n_clusters + 1, len(place)), dtype=np.int64)
    for bag, label in zip(bags, labels.tolist(), strict=True):
        held = [place[word] for word in bag if word in place]
        table[label + 1, held] += 1
    return list(place), table


def _one_cluster(
    words: list[str], own: Integers, n_own: int, whole: Integers, n_all: int, missing: int, min_group: int
) -> TextCharacteristic:
    if not 0 < n_own < n_all or not words:
        return TextCharacteristic(n_used=n_own, n_missing=missing, words=[], telling_word=None, effect=None)
    h: Floats = cohen_h(own / n_own, (whole - own) / (n_all - n_own))
    hidden = too_few(own, min_group) | too_few(whole, min_group) | (n_own < min_group)
    h = np.where(hidden, -np.inf, h)
    top = [int(j) for j in np.argsort(-h, kind="stable")[:SHOWN] if h[j] > 0]
    return TextCharacteristic(
        n_used=n_own,
        n_missing=missing,
        words=[share_of(words[j], int(own[j]), n_own, int(whole[j]), n_all) for j in top],
        telling_word=words[top[0]] if top else None,
        effect=float(h[top[0]]) if top else None,
    )
