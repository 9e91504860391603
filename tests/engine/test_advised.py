"""The pictures of a recommendation are drawn together, and one that fails does not take the others along."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest

from clusterctl.engine.advised import draw_recommendation
from clusterctl.errors import ResourceLimitError
from clusterctl.plots.recommend.registry import RECOMMEND_PLOTS
from clusterctl.plots.render import render_png
from clusterctl.plots.settings import VisualizationConfiguration

sys.path.append(str(Path(__file__).resolve().parents[1] / "plots"))
from recommend_builders import planted

SETTINGS = VisualizationConfiguration()


def test_every_picture_that_applies_is_drawn():
    data = planted(n_candidates=1)
    pictures, failed = draw_recommendation(data, SETTINGS)
    applies = [name for name, spec in RECOMMEND_PLOTS.items() if spec.applies(data) is None]
    assert list(pictures) == applies == ["evidence_by_k", "null_by_k"]
    assert pictures["null_by_k"] == render_png(RECOMMEND_PLOTS["null_by_k"], data)
    assert failed == {}


def test_generate_plots_off_draws_nothing():
    assert draw_recommendation(planted(), VisualizationConfiguration(generate_plots=False)) == ({}, {})


def test_plot_types_name_a_runs_plots_and_choose_nothing_here():
    assert set(draw_recommendation(planted(), VisualizationConfiguration(plot_types=("scatter",)))[0]) == set(RECOMMEND_PLOTS)


@pytest.mark.parametrize("name", RECOMMEND_PLOTS)
def test_a_picture_that_fails_is_told_and_the_others_go_on(name, monkeypatch):
    def fail(*_):
        raise ValueError("no ink")

    monkeypatch.setattr(import_module(RECOMMEND_PLOTS[name].module), "draw", fail)
    pictures, failed = draw_recommendation(planted(), SETTINGS)
    assert failed == {name: "ValueError: no ink"}
    assert set(pictures) == set(RECOMMEND_PLOTS) - {name}


def test_an_error_of_our_own_goes_through(monkeypatch):
    def fail(*_):
        raise ResourceLimitError("no room")

    monkeypatch.setattr(import_module(RECOMMEND_PLOTS["null_by_k"].module), "applies", fail)
    with pytest.raises(ResourceLimitError, match="no room"):
        draw_recommendation(planted(), SETTINGS)
