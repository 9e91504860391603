"""Feature selection: what goes, what stays, and why."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from prep_tables import dataset, numbers, sample_table, settings
from scipy.optimize import linprog
from scipy.stats.contingency import association

from clusterctl.errors import PreprocessingError
from clusterctl.kernels.dip import dip
from clusterctl.preprocessing import select
from clusterctl.preprocessing.prepare import prepare
from clusterctl.preprocessing.relevance import CRITICAL_DIP
from clusterctl.preprocessing.select import _tschuprow


def _left_out(frame, **fields):
    space = prepare(dataset(frame), settings(feature_selection=True, **fields), random_state=0)
    return {left.column: left.reason for left in space.left_out}


def _clustered(n_rows=600, seed=0):
    """Three features that carry three clusters, of which the first alone shows modes."""
    rng = np.random.default_rng(seed)
    centres = np.array([[-6.0, 0.0, 1.0], [0.0, 2.0, 0.0], [6.0, 1.0, 2.5]])
    return pd.DataFrame(centres[rng.integers(0, 3, n_rows)] + rng.normal(size=(n_rows, 3)), columns=["a", "b", "c"])


def test_constant_features_go():
    assert _left_out(numbers(50, 2).assign(same=3.0, word="x")) == {
        name: "constant: one value in all rows that are clustered" for name in ("same", "word")
    }


def test_a_feature_that_is_constant_once_outliers_are_gone_goes():
    frame = numbers(300, 2).assign(spike=[1000.0] + [0.0] * 299)
    assert "spike" in _left_out(frame, outlier_detection=True, outlier_fraction=0.003, scaling="none")


def test_the_later_of_two_near_duplicates_goes_and_names_the_first():
    frame = numbers(100, 2).assign(twin=lambda t: -2 * t["x0"] + 1)
    assert _left_out(frame) == {"twin": "near-duplicate of 'x0' (r = -1.000)"}


@pytest.mark.parametrize(("noise", "gone"), [(0.2, True), (0.5, False)])
def test_near_duplicates_are_told_at_r_095(noise, gone):
    frame = numbers(2000, 1) * 0 + np.random.default_rng(0).normal(size=(2000, 1))
    frame["near"] = frame["x0"] + np.random.default_rng(1).normal(0, noise, 2000)
    assert (abs(np.corrcoef(frame.T)[0, 1]) > 0.95) == gone
    assert ("near" in _left_out(frame)) == gone


def test_categories_that_rename_each_other_are_duplicates():
    codes = np.random.default_rng(0).integers(0, 4, 200)
    frame = pd.DataFrame({"c": np.array(list("abcd"))[codes], "renamed": np.array(list("zyxw"))[codes], "coarse": codes > 1})
    assert list(_left_out(frame)) == ["renamed"]


def test_a_category_of_two_levels_repeats_a_boolean():
    yes = np.random.default_rng(0).random(100) < 0.5
    assert list(_left_out(pd.DataFrame({"yes": yes, "word": np.where(yes, "y", "n"), "x": np.arange(100.0) % 7}))) == ["word"]


def test_tschuprows_t_equals_scipys():
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 4, 300), rng.integers(0, 3, 300)
    b[:150] = a[:150] % 3
    expected = association(np.histogram2d(a, b, bins=(4, 3))[0].astype(int), method="tschuprow")
    assert _tschuprow(np.eye(4)[a] * 0.5, np.eye(3)[b]) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(5))
def test_features_that_carry_clusters_stay_and_normal_noise_mostly_goes(seed):
    noise = pd.DataFrame(np.random.default_rng(99 + seed).normal(size=(600, 4)), columns=[f"noise{j}" for j in range(4)])
    gone = _left_out(pd.concat([_clustered(seed=seed), noise], axis=1))
    assert not {"a", "b", "c"} & set(gone)
    assert len(gone) >= 2


def test_a_feature_with_modes_stays_though_the_others_know_nothing_of_it():
    rng = np.random.default_rng(0)
    frame = numbers(600, 3).assign(modes=np.where(rng.random(600) < 0.5, -3, 3) + rng.normal(size=600))
    assert "modes" not in _left_out(frame.assign(other=_clustered()["a"]))


def test_few_rows_are_not_judged_uninformative():
    assert not _left_out(numbers(150, 5))


@pytest.mark.parametrize("seed", range(4))
def test_something_is_always_left_of_data_without_any_structure(seed):
    assert len(_left_out(numbers(300, 3, seed=seed))) < 3


def test_data_without_any_structure_keeps_every_feature(monkeypatch):
    monkeypatch.setattr(select, "is_uninformative", lambda X, candidates, *rest: [True] * len(candidates))
    assert not _left_out(numbers(300, 3))


def test_constant_features_alone_are_an_error():
    with pytest.raises(PreprocessingError, match="every feature is constant"):
        _left_out(numbers(30, 2) * 0)


def test_real_tables_keep_most_features():
    frame = sample_table("cell_imaging").drop(columns="class").head(500)
    assert len(_left_out(frame)) < 0.5 * frame.shape[1]


@pytest.mark.parametrize("seed", range(12))
def test_the_dip_is_that_of_its_definition(seed):
    rng = np.random.default_rng(seed)
    n_rows = int(rng.integers(4, 24))
    values = rng.normal(size=n_rows) if seed % 2 else np.concatenate([rng.uniform(size=n_rows), rng.uniform(size=5) + 4])
    assert dip(values) == pytest.approx(_dip_by_linear_programmes(values), abs=1e-9)


def test_a_tenth_of_uniform_samples_pass_the_critical_dip():
    rng = np.random.default_rng(0)
    passed = np.mean([np.sqrt(200) * dip(rng.uniform(size=200)) > CRITICAL_DIP for _ in range(400)])
    assert 0.06 < passed < 0.14


def _dip_by_linear_programmes(values):
    """Return the least distance over all modes, each a linear programme over the distribution function at the points."""
    x = np.sort(values)
    n = len(x)
    return min(_nearest_unimodal(x, np.arange(1, n + 1) / n, np.arange(n) / n, mode) for mode in range(n))


def _nearest_unimodal(x, after, before, mode):
    n, jump, bound = len(x), len(x), len(x) + 1
    rows, limits = [], []

    def at_most(terms, limit):
        row = np.zeros(n + 2)
        for position, weight in terms:
            row[position] += weight
        rows.append(row)
        limits.append(limit)

    def near(position, value):
        at_most([(position, 1), (bound, -1)], value)
        at_most([(position, -1), (bound, -1)], -value)

    for i in range(n):
        near(i, before[i])
        near(jump if i == mode else i, after[i])
    at_most([(mode, 1), (jump, -1)], 0)
    starts = [jump if i == mode else i for i in range(n)]
    slopes = [[(i + 1, 1 / (x[i + 1] - x[i])), (starts[i], -1 / (x[i + 1] - x[i]))] for i in range(n - 1)]
    for i in range(n - 1):
        at_most([(p, -w) for p, w in slopes[i]], 0)
    for i in range(n - 2):
        rising, falling = i + 1 < mode, i >= mode
        if rising or falling:
            low, high = (slopes[i], slopes[i + 1]) if rising else (slopes[i + 1], slopes[i])
            at_most([*low, *[(p, -w) for p, w in high]], 0)
    cost = np.zeros(n + 2)
    cost[bound] = 1
    return linprog(cost, np.array(rows), np.array(limits), bounds=[(0, 1)] * (n + 2)).fun
