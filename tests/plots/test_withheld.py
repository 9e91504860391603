"""Pictures of runs in which `privacy` keeps small groups and single rows out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from clusterctl.data.columns import kinds_of
from clusterctl.plots.compute import compute_plot_data
from clusterctl.plots.registry import PLOTS
from clusterctl.plots.render import render_html
from clusterctl.plots.style import Style
from clusterctl.values.clustering import Clustering
from clusterctl.values.dataset import Dataset
from clusterctl.values.plotdata import PlotData
from clusterctl.values.privacy import OPEN, Privacy
from clusterctl.values.space import Points, Space

SIZES = (40, 30, 4)
N_NOISE = 6


def a_picture_of(privacy: Privacy, sizes: tuple[int, ...] = SIZES) -> PlotData:
    rng = np.random.default_rng(0)
    labels = np.concatenate([np.full(size, number) for number, size in enumerate(sizes)] + [np.full(N_NOISE, -1)]).astype(np.int64)
    n = len(labels)
    X = np.column_stack([9.0 * labels + rng.normal(size=n), rng.normal(size=n) - 5 * labels])
    frame = pd.DataFrame({"x": X[:, 0], "y": X[:, 1], "town": np.where(labels == 0, "Bern", "Rome")})
    frame.loc[0, "town"] = "Rareville"
    ids = np.array([f"person-{row}" for row in range(n)], dtype=object)
    dataset = Dataset(frame, kinds_of(frame), ("x", "y", "town"), ids, None, None, "who", (), "0" * 64, "t.csv", "csv", privacy=privacy)
    no = np.zeros(n, dtype=bool)
    space = Space(Points(X), ("x", "y"), np.arange(n), n, no, no, None, None, None, "none", None, ())
    silhouettes = np.where(labels < 0, np.nan, rng.random(n))
    return compute_plot_data(dataset, space, Clustering(labels, len(sizes)), labels, silhouettes, 0)


def drawn(name: str, data: PlotData) -> Figure:
    figure = Figure()
    PLOTS[name].draw(figure, data, Style())
    return figure


def gids(figure: Figure) -> set[str]:
    return {str(artist.get_gid()) for artist in figure.findobj() if artist.get_gid()}


def words(figure: Figure) -> str:
    return " ".join(text.get_text() for text in figure.findobj() if hasattr(text, "get_text")).replace("\n", " ")


def test_nothing_is_kept_out_unless_it_is_asked_for() -> None:
    assert a_picture_of(OPEN).withheld is None


def test_small_groups_have_no_values_in_the_arrays() -> None:
    data = a_picture_of(Privacy(min_group=10))
    assert data.withheld_groups == [2, -1]
    small = np.isin(data.labels, [2, -1])
    assert np.isnan(data.features[small]).all()
    assert np.isfinite(data.features[~small]).all()
    assert data.profile_groups.tolist() == [0, 1]
    assert not any("Rareville" in name for name in data.profile_names)
    assert data.silhouette is not None
    assert np.diff(data.silhouette.offsets).tolist() == [40, 30, 0]
    assert np.isnan(data.silhouette.means[2])


@pytest.mark.parametrize(
    ("name", "shown", "hidden"),
    [
        ("scatter", {"cluster-0", "cluster-1"}, {"cluster-2"}),
        ("heatmap", {"cluster-0", "cluster-1"}, {"cluster-2", "cluster--1"}),
        ("boxes", {"box-0-0", "box-0-1"}, {"box-0-2", "box-0--1"}),
        ("parallel", {"median-0", "median-1"}, {"median-2"}),
    ],
)
def test_a_picture_leaves_small_groups_out(name: str, shown: set[str], hidden: set[str]) -> None:
    open_gids = gids(drawn(name, a_picture_of(OPEN)))
    assert open_gids >= shown | {gid for gid in hidden if gid != "cluster--1" or name == "heatmap"}
    private = gids(drawn(name, a_picture_of(Privacy(min_group=10))))
    assert private >= shown
    assert not private & hidden


@pytest.mark.parametrize("name", ["heatmap", "boxes", "parallel", "pairs", "silhouette"])
def test_a_picture_that_leaves_groups_out_says_so(name: str) -> None:
    said = words(drawn(name, a_picture_of(Privacy(min_group=10))))
    assert "fewer than 10 rows, not shown: cluster 2 and noise" in said
    assert "not shown" not in words(drawn(name, a_picture_of(OPEN)))


@pytest.mark.parametrize("name", ["boxes", "parallel", "pairs", "silhouette", "heatmap"])
def test_a_picture_of_nothing_but_small_groups_is_not_drawn(name: str) -> None:
    assert PLOTS[name].applies(a_picture_of(Privacy(min_group=100))) is not None


def test_rows_that_are_not_told_of_have_no_line_and_no_hover() -> None:
    open_data, private = a_picture_of(OPEN), a_picture_of(Privacy(include_samples=False))
    lines = [sum(len(found.get_segments()) for found in drawn("parallel", data).findobj(_is_lines)) for data in (open_data, private)]
    assert lines[0] > 0
    assert lines[1] == 0
    for name in ("scatter", "pairs"):
        pytest.importorskip("plotly")
        pages = [render_html(PLOTS[name], data) or "" for data in (open_data, private)]
        assert ["person-" in page for page in pages] == [True, False]
        assert ["customdata[1]" in page for page in pages] == [True, False]


def _is_lines(artist: object) -> bool:
    from matplotlib.collections import LineCollection

    return isinstance(artist, LineCollection)


def test_what_is_kept_out_survives_being_stored() -> None:
    data = a_picture_of(Privacy(min_group=10, include_samples=False))
    again = PlotData.from_arrays(data.to_arrays())
    assert (again.withheld_groups, again.is_anonymous) == ([2, -1], True)
    assert again.withheld is not None
    assert again.withheld.min_group == 10
    plain = PlotData.from_arrays(replace(data, withheld=None).to_arrays())
    assert plain.withheld is None
