"""A dataset's rows keep their names, and its numeric features their order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from clusterctl.values.dataset import Dataset


def made(ids: Any = None) -> Dataset:
    frame = pd.DataFrame({"name": ["a", "b", "c"], "flag": [True, False, True], "size": [1.0, 2.0, 3.0], "kind": ["x", "y", "x"]})
    kinds = {"name": "text", "flag": "boolean", "size": "numeric", "kind": "categorical"}
    features = ("size", "kind", "flag")
    return Dataset(frame, kinds, features, ids, None, None, None, (), "0" * 64, "t.csv", "csv")


def test_rows_are_counted() -> None:
    assert made().n_rows == 3


def test_without_an_id_column_rows_are_named_by_their_number_from_0() -> None:
    assert made().sample_ids(np.array([2, 0])) == ["2", "0"]


def test_ids_are_given_as_strings_in_the_order_asked_for() -> None:
    assert made(np.array(["k1", "k2", "007"], dtype=object)).sample_ids(np.array([2, 0])) == ["007", "k1"]


def test_numbers_and_booleans_have_a_mean_and_keep_the_order_of_the_features() -> None:
    assert made().numeric_features == ("size", "flag")


def test_it_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        made().features = ()  # type: ignore[misc]
