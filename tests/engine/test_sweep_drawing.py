"""The pictures of a sweep are drawn together, and one that fails does not take the others along."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from threading import Thread

import pytest

from clusterctl.engine.sweep.drawing import draw_sweep
from clusterctl.errors import ResourceLimitError
from clusterctl.plots.render import render_png
from clusterctl.plots.settings import VisualizationConfiguration
from clusterctl.plots.sweep.registry import SWEEP_PLOTS

sys.path.append(str(Path(__file__).resolve().parents[1] / "plots"))
from sweep_builders import by_k

SETTINGS = VisualizationConfiguration()
TWO = ("silhouette_score", "noise_fraction")


def test_every_picture_that_applies_is_drawn():
    data = by_k(12, ("kmeans", "hdbscan"), TWO)
    pictures, failed = draw_sweep(data, SETTINGS)
    assert (
        list(pictures)
        == [name for name, spec in SWEEP_PLOTS.items() if spec.by_default and spec.applies(data) is None]
        == ["metric_by_k", "settings_heatmap", "pareto"]
    )
    assert pictures["pareto"] == render_png(SWEEP_PLOTS["pareto"], data)
    assert failed == {}


def test_generate_plots_off_draws_nothing():
    assert draw_sweep(by_k(12), VisualizationConfiguration(generate_plots=False)) == ({}, {})


def test_plot_types_name_a_runs_plots_and_choose_nothing_here():
    assert list(draw_sweep(by_k(12), VisualizationConfiguration(plot_types=("scatter",)))[0]) == ["metric_by_k"]


def test_a_picture_that_fails_is_told_and_the_others_go_on(monkeypatch):
    def fail(*_):
        raise ValueError("no ink")

    monkeypatch.setattr(import_module(SWEEP_PLOTS["metric_by_k"].module), "draw", fail)
    pictures, failed = draw_sweep(by_k(12, ("kmeans",), TWO), SETTINGS)
    assert failed == {"metric_by_k": "ValueError: no ink"}
    assert list(pictures) == ["pareto"]


def test_an_error_of_our_own_goes_through(monkeypatch):
    def fail(*_):
        raise ResourceLimitError("no room")

    monkeypatch.setattr(import_module(SWEEP_PLOTS["metric_by_k"].module), "applies", fail)
    with pytest.raises(ResourceLimitError, match="no room"):
        draw_sweep(by_k(12), SETTINGS)


def test_two_sweeps_that_draw_at_the_same_time_do_not_mix():
    data = by_k(12)
    alone, together = draw_sweep(data, SETTINGS), []
    threads = [Thread(target=lambda: together.append(draw_sweep(data, SETTINGS))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == [alone, alone]
