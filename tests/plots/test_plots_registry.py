"""Rules that every registered plot keeps."""

from __future__ import annotations

import subprocess
import sys
from typing import get_args

import numpy as np
import pytest
from plot_builders import data_for

from clusterctl.errors import OutputError
from clusterctl.plots.registry import PLOTS, ResultKey
from clusterctl.plots.render import render_html, render_image, render_png

NAMES = sorted(PLOTS)
PAGES = [name for name in NAMES if PLOTS[name].interactive]
WITHOUT = sorted({*NAMES} - {*PAGES})


def pixels(png: bytes) -> np.ndarray:
    from io import BytesIO

    from matplotlib.image import imread

    return imread(BytesIO(png))


def test_the_four_plots_of_the_specification_have_their_places_in_the_result():
    assert {spec.result_key for spec in PLOTS.values()} - {None} == set(get_args(ResultKey))
    assert [name for name, spec in PLOTS.items() if spec.by_default] == ["scatter", "silhouette", "dendrogram", "heatmap"]


def test_knowing_the_plots_loads_no_heavy_library():
    code = "import sys, clusterctl.plots.registry; print({'numpy', 'matplotlib', 'pandas', 'plotly'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "set()"


def test_drawing_never_loads_pyplot():
    code = (
        "import sys\nfrom importlib import import_module\nfrom clusterctl.plots.registry import PLOTS\n"
        "import clusterctl.plots.render, clusterctl.plots.compute, matplotlib.figure\n"
        "[import_module(s.module) for s in PLOTS.values()]\nprint('matplotlib.pyplot' in sys.modules, 'seaborn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == ["False", "False"]


@pytest.mark.parametrize("name", NAMES)
def test_every_plot_says_what_it_shows(name):
    spec = PLOTS[name]
    assert spec.name == name
    assert len(spec.title) < 40
    assert spec.about.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_png_is_the_same_bytes_twice_and_1200_pixels_wide(name, make):
    data = data_for(name, make)
    first = render_png(PLOTS[name], data)
    assert first == render_png(PLOTS[name], data)
    assert pixels(first).shape[1] == 1200
    assert b"Software" not in first


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("image_format", ["svg", "pdf"])
def test_vector_formats_are_the_same_bytes_twice(name, image_format, make):
    data = data_for(name, make)
    assert render_image(PLOTS[name], data, image_format) == render_image(PLOTS[name], data, image_format)


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_does_not_depend_on_or_change_matplotlibs_settings(name, make):
    import matplotlib

    data = data_for(name, make)
    plain = render_png(PLOTS[name], data)
    with matplotlib.rc_context({"text.usetex": True, "lines.linewidth": 9.0, "axes.facecolor": "red", "savefig.bbox": "tight"}):
        before = dict(matplotlib.rcParams)
        assert render_png(PLOTS[name], data) == plain
        assert dict(matplotlib.rcParams) == before


HOSTILE = ["$\\frac{1}{0$", "a</script><script>alert(1)</script>", "\x1b[31m\x00\u202e\n$", "体重 😀 שלום", "%{x} {0} %s", "z" * 5000]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("first", [0, 3])
def test_hostile_names_are_drawn_as_they_are(name, first, make):
    hostile = HOSTILE[first]
    names = [*HOSTILE[first : first + 3], hostile + "2"]
    data = data_for(name, make, names=names, source=f"x/{hostile}.csv", settings=hostile, algorithm=hostile)
    assert pixels(render_png(PLOTS[name], data)).shape[1] == 1200


@pytest.mark.parametrize("name", PAGES)
def test_hostile_names_cannot_leave_the_page(name, make):
    names = HOSTILE[:4]
    data = data_for(name, make, names=names, source=f"{HOSTILE[1]}.csv", settings=HOSTILE[1])
    page = render_html(PLOTS[name], data)
    ours = page[page.index(f'<div id="plot-{name}"') :]
    assert "<script>alert" not in page
    assert ours.count("</script>") == ours.count("<script") + ours.count("Plotly.newPlot") - 1
    assert "\x1b" not in ours


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_whole_and_may_not_reach_the_network(name, make):
    import re

    page = render_html(PLOTS[name], data_for(name, make))
    assert "default-src 'none'" in page
    assert "connect-src" not in page
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)\s*=", page[:2000] + page[-20_000:])
    assert page == render_html(PLOTS[name], data_for(name, make))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("k", [12, 31])
def test_any_number_of_clusters_is_drawn(name, k, make):
    data = data_for(name, make, k=k, n=120)
    assert PLOTS[name].applies(data) is None
    assert render_png(PLOTS[name], data)[:4] == b"\x89PNG"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("n", "d"), [(2, 1), (2, 3), (3, 2)])
def test_few_dimensions_and_few_rows_are_drawn(name, n, d, make):
    data = data_for(name, make, k=2, n=n, d=d)
    if d == 1 and name in ("pairs", "parallel"):
        assert "2 numeric features" in PLOTS[name].applies(data)
        return
    assert PLOTS[name].applies(data) is None
    assert render_png(PLOTS[name], data)[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    ("name", "other", "reason"),
    [
        ("silhouette", {"k": 0}, "at least two clusters, and there is none"),
        ("silhouette", {"k": 1}, "at least two clusters, and there is one"),
        ("dendrogram", {"k": 3}, "only a hierarchical clustering"),
        ("heatmap", {"k": 1}, "only one group"),
        ("heatmap", {"k": 0}, "only one group"),
    ],
)
def test_a_plot_that_does_not_apply_says_why(name, other, reason, make):
    data = make(**other)
    assert reason in PLOTS[name].applies(data)
    with pytest.raises(OutputError, match=reason):
        render_png(PLOTS[name], data)


@pytest.mark.parametrize("k", [0, 1])
def test_the_scatter_is_drawn_with_one_cluster_and_with_none(k, make):
    assert render_png(PLOTS["scatter"], make(k=k))[:4] == b"\x89PNG"
    assert render_html(PLOTS["scatter"], make(k=k)).startswith("<!DOCTYPE html>")


def test_pages_without_plotly_name_the_extra(make, monkeypatch):
    from clusterctl.errors import ConfigError

    monkeypatch.setitem(sys.modules, "plotly", None)
    with pytest.raises(ConfigError) as caught:
        render_html(PLOTS["scatter"], make())
    assert "interactive" in caught.value.hint
