"""A recommendation keeps to the memory that it is given."""

from __future__ import annotations

import numpy as np
import pytest

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.engine.memory import resident_bytes
from clusterctl.errors import ResourceLimitError
from clusterctl.recommendation.candidates import Candidate, Found
from clusterctl.recommendation.ground import N_SAMPLE, lay_ground
from clusterctl.recommendation.limits import check_sample, goes_into_memory, sample_bytes
from clusterctl.recommendation.whole import fit_whole
from clusterctl.values.space import Points

HIERARCHICAL = ALGORITHMS["hierarchical"]
AVERAGE = Settings(HIERARCHICAL.parameters(linkage="average"), 3, 0)


def heaps(n: int) -> Points:
    which = np.arange(n) % 3
    X = np.random.default_rng(0).normal(size=(n, 2)) + 20 * np.eye(3)[which][:, :2]
    X.setflags(write=False)
    return Points(X, "euclidean")


def test_what_comparing_takes_is_that_of_the_sample_however_many_rows_there_are() -> None:
    assert sample_bytes(N_SAMPLE) == sample_bytes(1_000_000) > sample_bytes(N_SAMPLE // 2) > sample_bytes(10)


def test_comparing_is_refused_where_less_is_left_than_it_takes() -> None:
    points = heaps(600)
    needed = check_sample(points, None)
    assert check_sample(points, resident_bytes() + needed + (64 << 20)) == needed
    with pytest.raises(ResourceLimitError, match="comparing partitions of 600 rows"):
        check_sample(points, resident_bytes() + needed // 2)


def test_a_fit_on_all_rows_is_held_against_what_is_allowed() -> None:
    points = heaps(5_000)
    assert goes_into_memory(HIERARCHICAL, AVERAGE, points, None)
    assert not goes_into_memory(HIERARCHICAL, AVERAGE, points, resident_bytes() + (40 << 20))  # all distances of 5,000 rows take 95 MiB


def test_a_candidate_that_does_not_go_into_memory_on_all_rows_is_fitted_on_a_sample() -> None:
    points = heaps(5_000)
    ground = lay_ground(points, 0)
    cut = HIERARCHICAL.cut(HIERARCHICAL.build(ground.points, AVERAGE, 1), AVERAGE)
    found = Found(Candidate("average", "hierarchical", AVERAGE), cut.labels, cut.n_clusters, None)
    assert fit_whole(points, ground, found, 1).strategy == "exact"
    assert fit_whole(points, ground, found, 1, resident_bytes() + (40 << 20)).strategy == "sample"
