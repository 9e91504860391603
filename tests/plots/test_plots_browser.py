"""The interactive pages in a real browser: drawn, literal, readable on a phone, and silent on the network."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from plot_builders import KINDS, data_for
from webdriver import Browser

from clusterctl.plots.interactive import literal, middle_cut
from clusterctl.plots.registry import PLOTS
from clusterctl.plots.render import render_html
from clusterctl.values.plotdata import EXCLUDED, PlotData

NAMES = sorted(name for name, spec in PLOTS.items() if spec.interactive)
WIDTHS = {400: 700, 1280: 800}  # loaded as on a phone, then made wide, so that both looks and the change are seen
HOSTILE = [
    "<b>bold</b> & <a href='javascript:window.hit=1'>a</a>",
    "x</script><script>window.hit=1</script>",
    "<img src=https://example.org/x onerror=window.hit=1>",
    "$\\frac{1}{2}$ %{x} {0} \x1b[31m\u202eשלום 体",
]


@dataclass(frozen=True)
class Seen:
    """What one page showed at one width."""

    log: list[dict[str, Any]]
    requests: list[str]
    found: dict[str, Any]
    boxes: dict[str, list[list[float]]]


FOUND = """
const plot = document.querySelector('.js-plotly-plot');
return {
  hit: window.hit ?? null,
  points: document.querySelectorAll('.points path.point').length,
  lines: document.querySelectorAll('.trace path.js-line, .trace path.js-fill').length,
  bars: document.querySelectorAll('.barlayer .point path').length,
  images: document.querySelectorAll('.heatmaplayer image').length,
  notes: document.querySelector('header p').textContent,
  texts: [...document.querySelectorAll('svg text')].map(text => text.textContent),
  strange: document.querySelectorAll('svg a, svg foreignObject, #plot script, img[onerror]').length,
  buttons: [...document.querySelectorAll('.modebar-btn')].map(button => button.dataset.title),
  wide: document.documentElement.scrollWidth,
  server: plot._context.plotlyServerURL,
};
"""
BOXES = """
const box = node => { const b = node.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; };
const all = query => [...document.querySelectorAll(query)].map(box).filter(b => b[2] > b[0] && b[3] > b[1]);
return {heading: all('h1, header p'), legend: all('.infolayer .legend .bg'), titles: all('.xtitle, .ytitle'),
        ticks: all('.xtick text, .ytick text'), frame: all('.cartesianlayer .bglayer, .nsewdrag'), bar: all('.colorbar')};
"""


@pytest.fixture(scope="module")
def browser(start: Callable[..., Browser]) -> Browser:
    return start()


@pytest.fixture(scope="module")
def data(make: Callable[..., PlotData]) -> dict[str, PlotData]:
    hostile = {"names": HOSTILE, "source": f"{HOSTILE[1]}.csv", "settings": HOSTILE[0], "algorithm": HOSTILE[2]}
    plain = make(k=12, n=240, n_noise=20, **hostile)
    special = {name: data_for(name, make, k=12, n=240, **hostile) for name in KINDS if name in NAMES}
    return dict.fromkeys(NAMES, plain) | special


@pytest.fixture(scope="module")
def seen(browser: Browser, data: dict[str, PlotData], tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], Seen]:
    """Every page at every width, opened once for all tests."""
    folder = tmp_path_factory.mktemp("pages")
    views = {}
    for name in NAMES:
        page = folder / f"{name}.html"
        page.write_text(render_html(PLOTS[name], data[name]), encoding="utf-8")
        browser.resize(400, WIDTHS[400])
        browser.open(page.as_uri())
        wait_until_drawn(browser)
        for width, height in WIDTHS.items():
            browser.resize(width, height)
            wait_until(browser, "document.querySelector('.js-plotly-plot')._fullLayout.width === innerWidth")
            views[name, width] = Seen(browser.log("browser"), browser.requests(), browser.run(FOUND), browser.run(BOXES))
    return views


def wait_until_drawn(browser: Browser) -> None:
    wait_until(browser, "document.querySelector('[id^=plot-]').dataset.drawn")


def wait_until(browser: Browser, condition: str, settle: int = 250) -> None:
    """Wait up to 20 seconds for the condition, and then for what it sets off."""
    browser.run(
        f"""return new Promise((done, fail) => {{
          const end = Date.now() + 20000, again = () => setTimeout(look, 20);
          const look = () => ({condition}) ? setTimeout(done, {settle}) : Date.now() > end ? fail(new Error("never")) : again();
          look();
        }});"""
    )


def views(test: Callable[..., None]) -> Callable[..., None]:
    return pytest.mark.parametrize("name", NAMES)(pytest.mark.parametrize("width", list(WIDTHS))(test))


@views
def test_the_console_says_nothing(seen, name, width):
    assert seen[name, width].log == []


@views
def test_nothing_but_the_page_itself_is_asked_for(seen, name, width):
    asked = [address for address in seen[name, width].requests if not address.startswith(("data:", "blob:"))]
    assert [Path(address).name for address in asked] == ([f"{name}.html"] if width == 400 else [])


@views
def test_the_plot_is_drawn(seen, data, name, width):
    found = seen[name, width].found
    if name == "scatter":
        assert found["points"] == 240
    elif name == "heatmap":
        assert found["images"] >= 1
    elif name == "pairs":
        assert found["points"] == 240 * 6
    elif name == "silhouette":
        assert found["lines"] >= 12
    elif name == "k_distance":
        assert found["lines"] >= 1
    elif name in ("sizes", "stability", "reachability"):
        assert found["bars"] == {"sizes": 13, "stability": 12, "reachability": 240}[name]
    else:
        assert found["lines"] >= len(data[name].tree.merges)


@views
def test_text_of_the_data_is_text(seen, name, width):
    found = seen[name, width].found
    assert found["hit"] is None
    assert found["strange"] == 0
    assert HOSTILE[0].split("&")[0] in found["notes"]
    assert "\x1b" not in found["notes"] + "".join(found["texts"])


def test_names_of_features_are_drawn_character_for_character(seen):
    texts = seen["heatmap", 1280].found["texts"]
    for name in HOSTILE:
        shown = name.replace("\x1b", "\ufffd").replace("\u202e", "")
        halves = [text.split("…") for text in texts if len(text) > 10]
        assert any(shown.startswith(half[0]) and shown.endswith(half[-1]) for half in halves), name


@views
def test_no_button_sends_the_data_away(seen, name, width):
    found = seen[name, width].found
    assert found["buttons"]
    assert not [title for title in found["buttons"] if re.search("share|cloud|upload|send|edit", title, re.IGNORECASE)]
    assert found["server"] == ""


@views
def test_nothing_overlaps_and_nothing_is_cut_off(seen, name, width):
    view = seen[name, width]
    assert view.found["wide"] == width
    boxes = view.boxes
    for kind in boxes:
        assert all(box[0] >= -1 and box[2] <= width + 1 for box in boxes[kind]), kind
    assert len(boxes["heading"]) == 2
    above = max(box[3] for box in boxes["heading"])
    for kind in ("legend", "titles", "ticks", "frame", "bar"):
        assert all(box[1] >= above - 1 for box in boxes[kind]), kind
    for legend in boxes["legend"]:
        assert not [box for kind in ("titles", "ticks", "frame") for box in boxes[kind] if overlap(legend, box)]
    assert not [(a, b) for a in boxes["titles"] for b in boxes["ticks"] if overlap(a, b)]
    assert len(boxes["legend"]) == (name in ("scatter", "pairs"))


def overlap(a: list[float], b: list[float]) -> bool:
    return min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 1


@pytest.fixture(scope="module")
def opened(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, PlotData], Browser]:
    def go(name: str, data: PlotData, at: Browser | None = None) -> Browser:
        page = tmp_path_factory.mktemp("page") / f"{name}.html"
        page.write_text(render_html(PLOTS[name], data), encoding="utf-8")
        there = at or browser
        there.resize(1280, 800)
        there.open(page.as_uri())
        wait_until_drawn(there)
        there.log("browser")
        return there

    return go


PLACE = """
const plot = document.querySelector('.js-plotly-plot'), at = plot.getBoundingClientRect(), full = plot._fullLayout;
return [at.left + full.xaxis._offset + full.xaxis.d2p(arguments[0]), at.top + full.yaxis._offset + full.yaxis.d2p(arguments[1])];
"""
HOVERED = "return [...document.querySelectorAll('.hoverlayer .hovertext')].map(label => label.textContent)"


def hover(browser: Browser, x: float, y: float) -> str:
    browser.point_at(*browser.run(PLACE, float(x), float(y)))
    wait_until(browser, "document.querySelector('.hoverlayer .hovertext')", settle=50)
    labels: list[str] = browser.run(HOVERED)
    return " | ".join(labels)


def far_point(data: PlotData) -> int:
    """The row that is farthest from its nearest neighbour, so that no other is under the mouse."""
    distances = np.linalg.norm(data.projection[:, None] - data.projection[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    return int(distances.min(axis=1).argmax())


def test_a_point_tells_its_id_its_cluster_and_its_values(opened, data):
    scatter = data["scatter"]
    row = far_point(scatter)
    told = hover(opened("scatter", scatter), *scatter.projection[row])
    label = scatter.labels[row]
    assert f"{scatter.sample_ids[row]} ({'noise' if label < 0 else f'cluster {label}'})" in told
    for name, value in zip(scatter.feature_names, scatter.features[row], strict=True):
        shown = name.replace("\x1b", "\ufffd").replace("\u202e", "")
        assert f"{shown[:30]}" in told
        assert f": {value:.6g}" in told


def test_a_merge_a_band_and_a_cell_tell_their_values(opened, data):
    tree = data["dendrogram"].tree
    browser = opened("dendrogram", data["dendrogram"])
    place = "const t = document.querySelector('.js-plotly-plot')._fullData.at(-1); return [t.x[1], t.y[1]]"
    assert f"height {tree.merges[-1, 2]:.4g}, above the cut" in hover(browser, *browser.run(place))
    browser = opened("silhouette", data["silhouette"])
    band = "const t = document.querySelector('.js-plotly-plot')._fullData[0]; return [t.x[2], t.y[2]]"
    assert re.search(r"cluster 0: \d+ rows, mean [\u2212\d.]+ ?silhouette ", hover(browser, *browser.run(band)))
    assert re.search(r"cluster 2: [+\u2212-]\d\.\d\d", hover(opened("heatmap", data["heatmap"]), 2, 1))


@pytest.mark.parametrize("webgl", [True, False])
def test_many_points_are_drawn_with_webgl_and_without(start, opened, make, webgl):
    many = make(k=3, n=5_100, d=2)
    switch = "--enable-unsafe-swiftshader" if webgl else "--disable-3d-apis"
    browser = opened("scatter", many, start(switch))
    kinds = set(browser.run("return document.querySelector('.js-plotly-plot').data.map(trace => trace.type)"))
    assert kinds == {"scattergl" if webgl else "scatter"}
    assert browser.run("return document.querySelectorAll('canvas.gl-canvas').length > 0") is webgl
    assert browser.run("return document.querySelectorAll('path.point').length") == (0 if webgl else 5_100)
    assert painted(browser.picture()) > 2_000
    row = int(many.projection[:, 0].argmax())
    assert f"{many.sample_ids[row]} (cluster " in hover(browser, *many.projection[row])


def painted(picture: bytes) -> int:
    """How many pixels of a screenshot are of a strong colour: neither paper nor text."""
    from io import BytesIO

    from matplotlib.image import imread

    pixels = imread(BytesIO(picture))[..., :3]
    return int((np.ptp(pixels, axis=2) > 0.2).sum())


def test_only_pages_with_webgl_may_compile_code_and_no_page_may_run_a_script_of_the_data(opened, data, make):
    policy = re.compile(r"script-src ([^;]*);")
    few, many = render_html(PLOTS["scatter"], data["scatter"]), render_html(PLOTS["scatter"], make(n=5_100, d=2))
    allowed = [policy.search(page)[1] for page in (few, many)]
    assert ["'unsafe-eval'" in words for words in allowed] == [False, True]
    assert not [words for words in allowed if "unsafe-inline" in words]
    browser = opened("scatter", data["scatter"])
    added = (
        "const s = document.createElement('script'); s.textContent = 'window.hit = 1'; document.body.append(s); return window.hit ?? null"
    )
    assert browser.run(added) is None
    assert any("Content Security Policy" in entry["message"] for entry in browser.log("browser"))


def test_rows_excluded_and_rows_missing_a_value_say_so_on_hover(opened, make):
    from dataclasses import replace

    plain = make(k=2, n=60, d=3)
    status, labels, features = plain.status.copy(), plain.labels.copy(), plain.features.copy()
    row = far_point(plain)
    status[row], labels[row], features[row, 0] = EXCLUDED, -1, np.nan
    told = hover(opened("scatter", replace(plain, status=status, labels=labels, features=features)), *plain.projection[row])
    assert "(excluded)" in told
    assert f"{plain.feature_names[0]}: missing" in told


def test_a_run_writes_pages_that_the_browser_draws(cli, browser, tmp_path):
    generator = np.random.default_rng(3)
    blob = np.arange(90) % 3
    frame = pd.DataFrame(generator.normal(size=(90, 2)) + 9 * blob[:, None], columns=HOSTILE[:2])
    frame["kind"] = np.array(HOSTILE[1:])[blob]
    frame.to_parquet(tmp_path / "rows.parquet")
    (tmp_path / "config.yaml").write_text(
        "clustering_data: {data_source: rows.parquet}\nclustering_configuration: {algorithm: hierarchical, n_clusters: 3}\n"
        "visualization_configuration: {interactive_plots: true, plot_types: [dendrogram, heatmap]}\n"
    )
    done = cli("run", "config.yaml", "-o", "out")
    assert done.code == 0, done.err
    for name in ("dendrogram", "heatmap"):
        browser.resize(1280, 800)
        browser.open((tmp_path / "out" / "plots" / f"{name}.html").as_uri())
        wait_until_drawn(browser)
        assert browser.log("browser") == []
        assert browser.run("return window.hit ?? null") is None


def test_literal_leaves_no_markup_mathematics_or_template():
    assert literal("<b>$x$ %{y} & z") == "&lt;b&gt;&#36;x&#36; &#37;{y} &amp; z"


def test_a_long_name_of_a_category_keeps_its_value():
    assert middle_cut("internet_service = Fiber optic", 20) == "internet_…iber optic"
    assert middle_cut("tenure", 20) == "tenure"
    assert middle_cut("<" * 50, 11) == "&lt;" * 5 + "…" + "&lt;" * 5
