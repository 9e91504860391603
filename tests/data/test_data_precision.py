from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterctl.data.precision import _is_rounded, precision_lost
from clusterctl.errors import ConfigError

TOP = 2**63 - 1


def test_whole_numbers_that_are_one_float_are_a_constant_column(load_text):
    text = "big,x\n" + "".join(f"{TOP - row % 7},{row * row}.5\n" for row in range(30))
    data = load_text(text)
    assert data.features == ("x",)
    assert data.left_out[0].column == "big"
    assert "53 bits" in data.left_out[0].reason
    with pytest.raises(ConfigError, match="53 bits"):
        load_text(text, features=["big"])


def test_a_column_that_is_the_same_number_throughout_is_plainly_constant(load_text):
    data = load_text(f"big,x\n{TOP},1.5\n{TOP},2\n{TOP},4\n")
    assert data.left_out[0].reason == "is constant"


def test_rounded_whole_numbers_are_told_with_their_rows(load_text):
    data = load_text(f"big,x\n{2**53 + 1},1.5\n{2**60},2\n{2**60},4\n")
    (caution,) = data.cautions
    assert caution.code == "precision_lost"
    assert "'big' (1 of 3 rows)" in caution.message


def test_whole_numbers_up_to_the_limit_need_no_caution():
    assert precision_lost(pd.DataFrame({"a": [2**53, -(2**53)], "b": [1.5, 2.0], "c": [True, False]}), ["a", "b", "c"]) == ()


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1))
def test_rounding_is_told_as_python_tells_it(values):
    assert _is_rounded(np.array(values, dtype=np.int64)).tolist() == [int(float(value)) != value for value in values]


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1))
def test_rounding_of_unsigned_numbers_is_told_as_python_tells_it(values):
    assert _is_rounded(np.array(values, dtype=np.uint64)).tolist() == [int(float(value)) != value for value in values]
