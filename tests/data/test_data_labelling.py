"""Labels from anywhere: numbers and texts alike, noise and missing ones apart, matched to rows without a slip."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterctl.data.labelling import by_id, by_position, label_texts, labelling, read_labels
from clusterctl.data.table import Parsed, Table
from clusterctl.errors import ConfigError, DataLoadError, EvaluationError


def texts(values: list, dtype: object = None) -> np.ndarray:
    return label_texts(pd.Series(values, dtype=dtype))


@pytest.mark.parametrize(
    "values",
    [
        [1, 0, 0, -1, 0, 1],
        [1.0, 0.0, 0.0, -1.0, 0.0, 1.0],
        ["1", "0", "0", "-1", "0", "1"],
        ["b", "a", "a", "-1", "a", "b"],
        ["b", "a", "a", "-1.0", "a", "b"],
    ],
)
def test_numbers_and_texts_say_the_same(values: list) -> None:
    found = labelling(texts(values), None, "labels")
    assert found.labels.tolist() == [1, 0, 0, -1, 0, 1]
    assert found.has_label.all()


def test_a_missing_label_is_no_noise() -> None:
    found = labelling(texts([0, None, np.nan, -1, 0, 1], float), None, "labels")
    assert found.labels.tolist() == [0, -1, -1, -1, 0, 1]
    assert found.has_label.tolist() == [True, False, False, True, True, True]
    assert found.names == ("0", "1")


def test_another_label_may_mean_noise_and_then_minus_one_is_a_cluster() -> None:
    found = labelling(texts(["x", "x", "-1", "out"]), "out", "labels")
    assert found.labels.tolist() == [0, 0, 1, -1]
    assert [caution.code for caution in found.cautions] == ["negative_labels"]


def test_a_noise_label_that_no_row_has_is_told() -> None:
    assert [caution.code for caution in labelling(texts(["x", "y"]), "noise", "labels").cautions] == ["no_such_noise_label"]


def test_no_label_at_all_is_an_error() -> None:
    with pytest.raises(EvaluationError, match="no row has a label"):
        labelling(texts([None, None], object), None, "labels")


@given(st.lists(st.sampled_from([None, "-1", "a", "b", "7"]), min_size=1, max_size=30), st.randoms())
def test_matching_by_id_undoes_any_shuffle(values: list, random) -> None:  # type: ignore[no-untyped-def]
    given_texts = np.array(values, dtype=object)
    ids = np.array([f"r{row}" for row in range(len(values))], dtype=object)
    order = list(range(len(values)))
    random.shuffle(order)
    found, n_left = by_id(ids, ids[order], given_texts[order], "labels")
    assert found.tolist() == values
    assert n_left == 0


def test_ids_without_a_label_have_none_and_labels_without_a_row_are_counted() -> None:
    found, n_left = by_id(["a", "b"], np.array(["b", "c", "d"], dtype=object), np.array(["1", "2", "3"], dtype=object), "labels")
    assert found.tolist() == [None, "1"]
    assert n_left == 2


def test_ids_that_never_meet_are_an_error() -> None:
    with pytest.raises(DataLoadError, match="none of its ids is an id of the table"):
        by_id(["1"], np.array(["01"], dtype=object), np.array(["x"], dtype=object), "labels")


def test_by_position_the_counts_must_agree() -> None:
    with pytest.raises(DataLoadError, match="2 labels for 3 rows"):
        by_position(3, np.array(["0", "1"], dtype=object), "labels")


def table(**columns: list) -> Table:
    return Table(Parsed(pd.DataFrame(columns)), "0" * 64, "labels.csv", "csv")


def test_our_own_files_need_no_column_named() -> None:
    assert read_labels(table(sample_id=["a"], cluster_id=[3]), None)[1] == "cluster_id"
    with pytest.raises(ConfigError, match="which column holds the labels"):
        read_labels(table(sample_id=["a"], group=[3]), None)


def test_a_measurement_and_infinities_are_no_labels() -> None:
    with pytest.raises(EvaluationError, match="a measurement"):
        read_labels(table(x=list(np.linspace(0, 1, 60))), "x")
    with pytest.raises(EvaluationError, match="infinities"):
        read_labels(table(x=[1.0, np.inf]), "x")
