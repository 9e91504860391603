"""Other columns and fewer rows, in pictures drawn again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from clusterctl.errors import ConfigError
from clusterctl.plots.features import select, tick
from clusterctl.plots.selection import on_columns, on_plane, sample_rows
from clusterctl.values.plotdata import EXCLUDED


def test_rows_are_placed_at_their_values_and_those_without_one_are_left_out(make):
    data = make(n=50)
    features = data.features.copy()
    features[3, 1] = np.nan
    names = data.feature_names
    placed = on_plane(replace(data, features=features), (names[2], names[1]))
    assert len(placed.rows) == 49
    assert 3 not in placed.rows
    assert placed.projection[0].tolist() == [features[0, 2], features[0, 1]]
    assert placed.axis_labels == (names[2], names[1])
    assert placed.feature_names == (names[2], names[1], names[0], names[3])


def test_chosen_columns_are_the_only_ones_shown_in_their_order(make):
    data = make()
    chosen = on_columns(data, ("x3", "x0"))
    assert select(chosen, 6).names == ("x3", "x0")


def test_a_column_that_is_not_stored_is_named_with_those_that_are(make):
    with pytest.raises(ConfigError, match="'x9'") as caught:
        on_columns(make(), ("x9",))
    assert "x0" in caught.value.hint


@pytest.mark.parametrize("n", [1, 3, 40, 199, 200, 10_000])
def test_a_sample_has_so_many_rows_and_the_same_ones_every_time(n, make):
    data = make(k=3, n=200, n_noise=20)
    some = sample_rows(data, n)
    assert len(some.rows) == min(n, 200)
    assert some.rows.tolist() == sample_rows(data, n).rows.tolist()
    assert (some.sample_ids == data.sample_ids[np.searchsorted(data.rows, some.rows)]).all()
    assert some.cluster_sizes is data.cluster_sizes


def test_a_sample_keeps_every_cluster_and_thins_excluded_rows_by_the_same_share(make):
    data = make(k=5, n=200)
    status = data.status.copy()
    status[::4] = EXCLUDED
    some = sample_rows(replace(data, status=status), 75)
    assert set(some.labels[some.status != EXCLUDED].tolist()) == set(range(5))
    assert int((some.status == EXCLUDED).sum()) == 25


def test_features_that_say_the_same_are_shown_once(make):
    data = make(d=3)
    twin = np.column_stack((data.features[:, 0], -2 * data.features[:, 0] + 7, data.features[:, 1]))
    assert select(replace(data, features=twin, feature_names=("a", "twin", "b")), 4).names == ("a", "b")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.0123456, "0.0123"), (8000, "8000"), (12_345, "12.3k"), (-250_000, "\u2212250k"), (3.2e6, "3.2M"), (1e15, "1e+15")],
)
def test_numbers_at_axes_are_short(value, text):
    assert tick(value) == text
