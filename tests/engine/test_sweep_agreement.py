"""The agreement of the best trials' labels, against scikit-learn; and labels as text."""

from __future__ import annotations

import base64
import time
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import adjusted_rand_score

from clusterctl.engine.sweep import agreement as module
from clusterctl.engine.sweep.agreement import agreement, decode, encode, sampled_rows

LABELS = arrays(np.int64, st.integers(0, 40), elements=st.integers(-2, 6))


def found(*labels: list[int], n_rows: int | None = None) -> Any:
    texts = [encode(np.array(of)) for of in labels]
    return agreement(range(len(texts)), texts, len(labels[0]) if n_rows is None else n_rows)


@given(arrays(np.int64, st.integers(0, 50), elements=st.integers(-2, 2**31 - 1)))
def test_labels_come_back_from_their_text(labels: np.ndarray) -> None:
    back = decode(encode(labels))
    assert back.dtype == np.int64
    assert np.array_equal(back, labels)


@pytest.mark.parametrize(("largest", "size"), [(127, 1), (128, 2), (32_767, 2), (32_768, 4)])
def test_a_label_takes_as_few_bytes_as_it_can(largest: int, size: int) -> None:
    prefix, _, body = encode(np.array([-2, -1, 0, largest])).partition(":")
    assert prefix == str(size)
    written = zlib.decompress(base64.b64decode(body))
    assert written == b"".join(value.to_bytes(size, "little", signed=True) for value in (-2, -1, 0, largest))


@pytest.mark.parametrize("text", ["", "1", "3:AAAA", "1:not base64", "1:AAAA", "2:" + base64.b64encode(zlib.compress(b"odd")).decode()])
def test_a_text_that_holds_no_labels_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        decode(text)


def test_up_to_twenty_thousand_rows_all_are_compared() -> None:
    assert np.array_equal(sampled_rows(20_000), np.arange(20_000))
    assert len(sampled_rows(0)) == 0


def test_of_more_rows_the_same_sorted_sample_is_compared_each_time() -> None:
    rows = sampled_rows(50_000)
    assert len(np.unique(rows)) == 20_000
    assert (np.diff(rows) > 0).all()
    assert 0 <= rows[0] < rows[-1] < 50_000
    assert np.array_equal(rows, np.sort(np.random.default_rng(0).choice(50_000, 20_000, replace=False)))


@given(LABELS, st.randoms(use_true_random=False))
def test_agreement_is_the_adjusted_rand_index_of_rows_that_both_keep(left: np.ndarray, random: Any) -> None:
    right = np.array([random.choice([-2, -1, 0, 0, 1, label]) for label in left.tolist()], dtype=np.int64)
    kept = (left != -2) & (right != -2)
    values = found(left.tolist(), right.tolist()).adjusted_rand
    if kept.any():
        assert values[0][1] == values[1][0] == pytest.approx(adjusted_rand_score(left[kept], right[kept]), abs=1e-12)
    else:
        assert values[0][1] is None
    for place, labels in enumerate((left, right)):
        assert values[place][place] == (1.0 if (labels != -2).any() else None)


def test_noise_is_one_group() -> None:
    assert found([0, 0, -1, -1], [0, 0, 1, 1]).adjusted_rand[0][1] == 1.0


def test_trials_without_labels_are_passed_over() -> None:
    text = encode(np.array([0, 1, 1]))
    result = agreement([7, 3, 9], [text, None, text], 3)
    assert result is not None
    assert result.trial_ids == [7, 9]


def test_one_trial_agrees_with_nobody() -> None:
    text = encode(np.array([0, 1, 1]))
    assert agreement([], [], 3) is None
    assert agreement([1, 2], [text, None], 3) is None


def test_the_fifty_best_are_compared() -> None:
    text = encode(np.array([0, 1, 1]))
    result = agreement(range(100, 160), [text] * 60, 3)
    assert result is not None
    assert result.trial_ids == list(range(100, 150))
    assert len(result.adjusted_rand) == len(result.adjusted_rand[0]) == 50


def test_what_was_looked_at_is_told() -> None:
    exact = found([0, 1], [0, 0])
    assert (exact.method, exact.n_used) == ("exact", 2)
    sampled = found([0, 1], [0, 0], n_rows=20_001)
    assert (sampled.method, sampled.n_used) == ("sampled", 20_000)


def test_equal_labels_are_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setattr(module, "adjusted_rand_score", lambda table: calls.append(table) or 0.5)
    values = found([0, 1, 1], [0, 0, 1], [0, 1, 1], [0, 1, 1]).adjusted_rand
    assert len(calls) == 3  # two labellings: each with itself, and the one with the other
    assert values == [[0.5] * 4] * 4


@pytest.mark.parametrize("n_groups", [8, 1500])
def test_fifty_labellings_of_twenty_thousand_rows_take_seconds(n_groups: int) -> None:
    rng = np.random.default_rng(0)
    texts = [encode(rng.integers(-2, n_groups, 20_000)) for _ in range(50)]
    started = time.monotonic()
    agreement(range(50), texts, 1_000_000)
    assert time.monotonic() - started < 12
