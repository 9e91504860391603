"""eps auto: the rule, its evidence, and what DBSCAN makes of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_blobs, make_moons
from sklearn.metrics import adjusted_rand_score

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.dbscan import SPEC, DBSCANParameters
from clusterctl.recommendation import eps as rule
from clusterctl.recommendation.eps import Trial, choose_eps, find_knee, find_plateau
from clusterctl.values.clustering import Clustering
from clusterctl.values.space import Points

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "bench"
TABLES = (
    "deric/2d-20c-no0",
    "deric/complex9",
    "deric/donut2",
    "deric/smile1",
    "deric/zelnik4",
    "graves/zigzag",
    "sipu/compound",
    "sipu/r15",
    "sipu/spiral",
    "wut/trajectories",
)


def cluster(points: Points, eps: float, **parameters: object) -> Clustering:
    chosen = Settings(DBSCANParameters(eps=eps, **parameters), None, 0)
    return SPEC.cut(SPEC.build(points, chosen, 1), chosen)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
def test_planted_groups_are_found_at_any_scale(scale: float) -> None:
    for X, truth in (make_moons(500, noise=0.05, random_state=0), make_blobs(400, centers=4, cluster_std=0.5, random_state=1)):
        points = Points(np.ascontiguousarray(X * scale))
        chosen = choose_eps(points, DBSCANParameters())
        assert chosen.evidence["n_clusters"] == len(set(truth))
        assert adjusted_rand_score(truth, cluster(points, chosen.value).labels) > 0.95


def test_two_dimensional_tables_come_out_well_in_the_mean() -> None:
    scores = []
    for name in TABLES:
        path = SHARED / f"{name}.csv.gz"
        if not path.exists():
            pytest.skip("the shared folder with the tables is not beside the checkout")
        frame = pd.read_csv(path, nrows=3000)
        X = frame[[column for column in frame if column.startswith("f")]].to_numpy(float)
        points = Points(np.ascontiguousarray((X - X.mean(axis=0)) / X.std(axis=0)))
        truth = frame["label0"].to_numpy()
        labels = cluster(points, choose_eps(points, DBSCANParameters()).value).labels
        scores.append(adjusted_rand_score(truth[truth >= 0], labels[truth >= 0]))
    assert np.mean(scores) > 0.75, scores


def test_same_points_give_the_same_value() -> None:
    points = Points(np.random.RandomState(0).rand(400, 2))
    assert choose_eps(points, DBSCANParameters()) == choose_eps(points, DBSCANParameters())


def test_knee_of_a_bent_line_is_its_bend() -> None:
    assert find_knee(np.concatenate([np.linspace(1, 2, 90), np.linspace(2.5, 30, 10)])) == pytest.approx(2.0, abs=0.05)


def test_longest_run_of_sound_trials_with_one_number_wins_and_of_equals_the_first() -> None:
    numbers = [5, 4, 4, 3, 3, 3, 2, 2, 2, 2, 2, 1, 1, 1, 1]
    trials = [Trial(float(i), k, 0.1, i != 7) for i, k in enumerate(numbers)]
    assert [trial.eps for trial in find_plateau(trials)] == [3.0, 4.0, 5.0]
    assert find_plateau([Trial(1.0, 3, 0.9, False), Trial(2.0, 1, 0.1, True)]) == []


def test_without_a_plateau_the_knee_is_taken_and_told() -> None:
    points = Points(np.arange(50.0).reshape(-1, 1) ** 2)  # ever sparser: one cluster or noise at every eps
    chosen = choose_eps(points, DBSCANParameters())
    assert "plateau" not in chosen.evidence
    assert chosen.value == float(f"{chosen.evidence['knee']:.4g}")
    assert [caution.code for caution in chosen.cautions] == ["eps_no_plateau"]


def test_value_of_a_sample_is_carried_over_to_the_density_of_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    X, truth = make_blobs(6000, centers=5, cluster_std=0.6, random_state=3)
    points = Points(np.ascontiguousarray(X))
    monkeypatch.setattr(rule, "N_TRIED", 1500)
    monkeypatch.setattr(rule, "N_CURVE", 1000)
    chosen = choose_eps(points, DBSCANParameters())
    assert chosen.evidence["n_rows_tried"] == 1500
    assert "sample of 1,500 rows" in chosen.why
    assert adjusted_rand_score(truth, cluster(points, chosen.value).labels) > 0.9


@pytest.mark.parametrize("X", [np.zeros((20, 2)), np.zeros((2, 2)), np.arange(3.0).reshape(3, 1), np.repeat([[0.0], [1.0]], 30, axis=0)])
def test_degenerate_rows_get_a_value(X: np.ndarray) -> None:
    assert choose_eps(Points(X), DBSCANParameters()).value > 0


def test_gower_space_uses_city_block_distance() -> None:
    X = np.random.RandomState(0).rand(200, 3)
    by_space = choose_eps(Points(X, "manhattan"), DBSCANParameters())
    assert by_space.value == choose_eps(Points(X), DBSCANParameters(metric="manhattan")).value
