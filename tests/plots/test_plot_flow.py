"""The flow picture: bars and ribbons where the numbers say, colours that stay, text that is drawn as it is."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

import clusterctl
from clusterctl.plots.flow import FLOW, headline, notes
from clusterctl.plots.flowlayout import GAP, OUTSIDE, REST, lay_out
from clusterctl.plots.render import render_image, render_png
from clusterctl.plots.style import STYLES, Style, looks_of
from clusterctl.results.comparison import Comparison


def compared(folder: Path, a: Any, b: Any, new: int = 0) -> Comparison:
    for name, labels in (("a", list(a)), ("b", [*b, *["x" if isinstance(b[0], str) else 99] * new])):
        pd.DataFrame({"sample_id": range(len(labels)), "cluster_id": labels}).to_csv(folder / f"{name}.csv", index=False)
    return clusterctl.compare(folder / "a.csv", folder / "b.csv").document.comparison


@pytest.fixture
def story(tmp_path: Path) -> Comparison:
    """A split, a merger, a birth of new rows, a death into noise, and one that is kept."""
    a = np.repeat([0, 0, 1, 2, 3, 4, -1], [60, 40, 70, 30, 50, 40, 12])
    b = np.repeat([0, 5, 1, 1, 3, -1, -1], [60, 40, 70, 30, 50, 40, 12])
    return compared(tmp_path, a, b, new=25)


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def test_bars_and_ribbons_have_their_share_of_the_height(story: Comparison) -> None:
    left, right, ribbons, height = lay_out(story, Style())
    assert [bar.key for bar in left] == [0, 1, 2, 3, 4, OUTSIDE]
    assert {bar.key: bar.n_rows for bar in right} == {0: 60, 5: 40, 1: 100, 3: 50, 99: 25, OUTSIDE: 52}
    assert sum(ribbon.n_rows for ribbon in ribbons) == story.rows.n_compared
    for bars in (left, right):
        assert bars[-1].top + bars[-1].height <= height + 1e-9
        assert all(one.top + one.height + GAP == pytest.approx(next_one.top) for one, next_one in pairwise(bars))
    for bar in left:
        own = [ribbon for ribbon in ribbons if bar.top - 1e-9 <= ribbon.left[0] < bar.top + bar.height]
        assert sum(ribbon.left[1] for ribbon in own) == pytest.approx(bar.height)
    born = next(bar for bar in right if bar.key == 99)
    assert not [ribbon for ribbon in ribbons if born.top <= ribbon.right[0] < born.top + born.height]


def test_a_cluster_that_goes_on_keeps_its_colour_and_a_new_one_has_its_own(story: Comparison) -> None:
    left, right, _, _ = lay_out(story, Style())
    of_a, of_b = {bar.key: bar.colour for bar in left}, {bar.key: bar.colour for bar in right}
    assert all(of_a[number] == of_b[number] for number in (0, 1, 3, OUTSIDE))
    assert len({of_b[5], of_b[99], *of_a.values()}) == len(of_a) + 2


def test_a_number_has_the_same_colour_whichever_others_there_are() -> None:
    few, many = looks_of({7: 10, 33: 5}, Style()), looks_of({0: 90, 7: 10, 33: 5, 41: 4}, Style())
    assert few[7] == many[7]
    assert few[33] == many[33]


def test_what_became_of_them_is_written_beside_the_bars(story: Comparison) -> None:
    figure = Figure()
    FLOW.draw(figure, story, Style())
    found = " | ".join(texts(figure))
    for said in ("100 · split into 0, 5", "split from 0", "30 · merged into 1", "merged from 1, 2", "40 · gone", "25 · born", "no cluster"):
        assert said in found
    assert headline(story) == "5 clusters, then 5: 1 kept, 1 split, 1 merged, 1 born, 1 gone"
    assert notes(story)[:2] == ["302 rows compared", "25 only in b.csv"]


@pytest.mark.parametrize(("style", "n_clusters"), [("light", 1), ("print", 6), ("dark", 45)])
def test_no_text_lies_outside_the_picture(tmp_path: Path, style: str, n_clusters: int) -> None:
    rng = np.random.default_rng(0)
    a = rng.integers(-1, n_clusters, 900)
    names = np.array([f"a rather long name of a cluster {number}" for number in range(n_clusters)] + ["-1"])
    comparison = compared(tmp_path, a, names[np.where(rng.random(900) < 0.8, a, rng.integers(-1, n_clusters, 900))].tolist())
    figure = Figure(dpi=100)
    FLOW.draw(figure, comparison, STYLES[style])
    width, height = figure.get_size_inches() * figure.dpi
    for text in figure.findobj(Text):
        if text.get_text():
            box = text.get_window_extent()
            assert box.x0 >= 0, text.get_text()
            assert box.y0 >= 0, text.get_text()
            assert box.x1 <= width, text.get_text()
            assert box.y1 <= height, text.get_text()
    assert (REST in [bar.key for bar in lay_out(comparison, Style())[0]]) == (n_clusters > 30)


def test_labels_are_drawn_as_they_are_and_never_read_as_mathematics(tmp_path: Path) -> None:
    hostile = ["<b>$\\frac{1}{0$", "=1+1", "\u202eright", "</svg><script>"]
    labels = np.repeat(hostile, 10).tolist()
    comparison = compared(tmp_path, labels, labels)
    figure = Figure()
    FLOW.draw(figure, comparison, Style())
    assert any(text.startswith("<b>$") for text in texts(figure))
    assert b"<script>" not in render_image(FLOW, comparison, "svg")


@pytest.mark.parametrize("image_format", ["png", "svg", "pdf"])
def test_the_same_comparison_gives_the_same_bytes(story: Comparison, image_format: Any) -> None:
    assert render_image(FLOW, story, image_format) == render_image(FLOW, story, image_format)
    assert render_png(FLOW, story, style=STYLES["dark"]) != render_png(FLOW, story)
