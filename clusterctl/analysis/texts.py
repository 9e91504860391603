"""The words that set a cluster's texts apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clusterctl.analysis.effects import cohen_h, share_of
from clusterctl.analysis.groups import Floats, Groups, Integers
from clusterctl.results.characteristics import TextCharacteristic

if TYPE_CHECKING:
    from clusterctl.values.dataset import Dataset

MOST_TEXTS = 20_000
MOST_WORDS = 2_000
FEWEST_TEXTS = 3
SHOWN = 10
WORD = re.compile(r"[^\W\d_]{2,}")


def text_characteristics(dataset: Dataset, name: str, groups: Groups, kept: NDArray[np.bool_]) -> list[TextCharacteristic]:
    """Return the telling words of a text column within each cluster, beside all rows `kept`.

    Words are runs of two or more letters, in lower case, counted once a text; the 2,000 that most texts hold, in at least 3 texts.
    Of more than 20,000 texts, as many evenly spaced in input order are read.
    """
    column = dataset.frame[name]
    present = column.notna().to_numpy() & kept
    rows = np.flatnonzero(present)
    if len(rows) > MOST_TEXTS:
        rows = rows[np.linspace(0, len(rows) - 1, MOST_TEXTS).astype(np.int64)]
    bags = [set(WORD.findall(str(text).lower())) for text in column.iloc[rows]]
    words, table = _counts(bags, groups.labels[rows], groups.n_clusters)
    n_texts = np.bincount(groups.labels[rows] + 1, minlength=groups.n_clusters + 1)[1:]
    n_present = np.bincount(groups.labels[present] + 1, minlength=groups.n_clusters + 1)[1:]
    missing = groups.sizes - n_present
    whole = table.sum(axis=0)
    return [
        _one_cluster(words, table[cluster + 1], int(n_texts[cluster]), whole, len(rows), int(missing[cluster]))
        for cluster in range(groups.n_clusters)
    ]


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


def _one_cluster(words: list[str], own: Integers, n_own: int, whole: Integers, n_all: int, missing: int) -> TextCharacteristic:
    if not 0 < n_own < n_all or not words:
        return TextCharacteristic(n_used=n_own, n_missing=missing, words=[], telling_word=None, effect=None)
    h: Floats = cohen_h(own / n_own, (whole - own) / (n_all - n_own))
    top = [int(j) for j in np.argsort(-h, kind="stable")[:SHOWN] if h[j] > 0]
    return TextCharacteristic(
        n_used=n_own,
        n_missing=missing,
        words=[share_of(words[j], int(own[j]), n_own, int(whole[j]), n_all) for j in top],
        telling_word=words[top[0]] if top else None,
        effect=float(h[top[0]]) if top else None,
    )
