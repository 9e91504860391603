from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from plot_builders import KINDS

from clusterctl.plots.canvas import spread
from clusterctl.plots.heatmap import select_cells
from clusterctl.plots.registry import PLOTS
from clusterctl.plots.silhouette import bands, verdict
from clusterctl.plots.style import Style, cluster_looks
from clusterctl.plots.words import count, plain, share, width
from clusterctl.values.plotdata import EXCLUDED

STYLE = Style()
NUMBERED = sorted({*PLOTS} - {"boxes", "pairs", "k_distance"})
"""Those that write the number of each cluster where it lies; boxes have it on an axis and pairs in a key."""


def drawn(name, data) -> Figure:
    figure = Figure(dpi=150)
    PLOTS[name].draw(figure, data, STYLE)
    return figure


def texts(figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def numbered(figure) -> list[int]:
    return [int(text.get_gid()[8:]) for text in figure.findobj(Text) if str(text.get_gid()).startswith("cluster-")]


@pytest.mark.parametrize("name", NUMBERED)
@pytest.mark.parametrize("k", [2, 5, 30])
def test_every_cluster_is_labelled_once(name, k, make):
    figure = drawn(name, make(k=k, n=600, kind=KINDS.get(name)))
    assert sorted(numbered(figure)) == list(range(k))


@pytest.mark.parametrize("name", NUMBERED)
def test_beyond_30_clusters_the_largest_30_are_labelled_and_the_picture_says_so(name, make):
    figure = drawn(name, make(k=41, n=600, kind=KINDS.get(name)))
    assert len(numbered(figure)) == 30
    assert any("30 largest" in text for text in texts(figure))


@pytest.mark.parametrize("name", sorted(PLOTS))
def test_no_text_of_a_picture_lies_outside_it(name, make):
    for k in (2, 12, 30):
        figure = drawn(name, make(k=k, n=600, kind=KINDS.get(name), names=["w" * 90, "b", "c", "d"]))
        figure.draw_without_rendering()
        for text in figure.findobj(Text):
            # ticks beyond the limits of an axis are listed too, but not drawn
            if text.get_text() and not text.get_text().lstrip("\u2212").replace(".", "").isdigit():
                box = text.get_window_extent()
                assert box.x0 >= -1, text
                assert box.x1 <= 1201, text
                assert box.y0 >= -1, text


def test_text_from_the_data_is_never_read_as_mathematics(make):
    data = make(names=["$a$", "$b", "c$_1$", "d"], settings="$x$", source="$y$.csv")
    for name in ("scatter", "silhouette", "heatmap"):
        for text in drawn(name, data).findobj(Text):
            assert "$" not in text.get_text() or not text.get_parse_math(), text


def test_scatter_says_what_how_and_how_many(make):
    figure = drawn("scatter", make(k=3, n=200, n_noise=20))
    words = texts(figure)
    assert "3 clusters in 200 rows of customers" in words
    assert "kmeans, n_clusters 3 · 20 rows of noise (10 %)" in words
    assert "noise" in words


def test_scatter_of_a_sample_says_so_and_draws_no_more(make):
    figure = drawn("scatter", make(k=3, n=25_000, d=2))
    assert any("20,000 of 25,000 rows drawn" in text for text in texts(figure))
    assert sum(len(points.get_offsets()) for points in figure.axes[0].collections) == 20_000


def test_scatter_draws_noise_grey_and_below(make):
    noise, *clusters = drawn("scatter", make(n_noise=30)).axes[0].collections
    assert to_hex(noise.get_facecolor()[0]) == STYLE.noise
    assert all(noise.get_zorder() < points.get_zorder() for points in clusters)
    assert len(noise.get_offsets()) == 30


def test_shares_in_the_key_of_the_scatter_are_of_one_whole(make):
    from dataclasses import replace

    data = make(k=2, n=1000, n_noise=100)
    status = data.status.copy()
    status[-50:] = EXCLUDED
    figure = drawn("scatter", replace(data, n_rows=1050, n_excluded=50, status=status))
    key = {text.get_gid(): text for text in figure.findobj(Text) if str(text.get_gid()).startswith(("share-", "rows-"))}
    assert sorted(gid for gid in key if gid.startswith("share-")) == ["share-0", "share-1", "share-noise"]
    assert sum(float(text.get_text().removesuffix(" %")) for gid, text in key.items() if gid.startswith("share-")) == pytest.approx(100)
    assert key["rows-excluded"].get_text() == "50"


def test_the_word_rows_stands_over_the_counts(make):
    figure = drawn("scatter", make(k=3))
    (heading,) = [text for text in figure.findobj(Text) if text.get_text() == "rows"]
    (counts,) = [text for text in figure.findobj(Text) if text.get_gid() == "rows-0"]
    assert heading.get_position()[0] == counts.get_position()[0]


def test_scatter_leaves_far_rows_out_of_the_frame_and_counts_them(make):
    from dataclasses import replace

    data = make(k=2, n=1000, d=2)
    far = data.projection.copy()
    far[7] = 1e6
    figure = drawn("scatter", replace(data, projection=far))
    assert any("1 far row outside the frame" in text for text in texts(figure))
    assert figure.axes[0].get_xlim()[1] < 1000


def test_scatter_never_leaves_a_far_cluster_out(make):
    from dataclasses import replace

    data = make(k=2, n=1000, d=2)
    labels, far = data.labels.copy(), data.projection.copy()
    labels[:] = 0
    labels[7], far[7] = 1, 1e6
    figure = drawn("scatter", replace(data, labels=labels, projection=far, cluster_sizes=np.array([999, 1])))
    assert figure.axes[0].get_xlim()[1] > 1e6
    assert sorted(numbered(figure)) == [0, 1]


def test_labels_with_one_anchor_are_pushed_apart():
    widths = np.full(12, 20.0)
    places = spread(np.full((12, 2), 200.0), widths, 14.0, (0, 0, 400, 400))
    apart = np.abs(places[:, None] - places[None])
    clear = (apart[..., 0] >= 19) | (apart[..., 1] >= 13)
    assert clear[~np.eye(12, dtype=bool)].all()


def test_silhouette_bands_are_in_order_disjoint_and_grow_with_size():
    for sizes in ([5, 3, 1], [10**6, 1, 1], list(range(30, 0, -1))):
        bottoms, heights = bands(np.array(sizes))
        assert (bottoms[:-1] > bottoms[1:] + heights[1:]).all()
        assert (np.diff(heights) <= 0).all()
        assert bottoms[-1] >= -1e-9
        assert heights.min() > 0.01


def test_silhouette_shows_every_mean_negative_values_and_the_mean_of_all(make):
    data = make(k=3, n=300)
    figure = drawn("silhouette", data)
    means = {text.get_gid(): text.get_text() for text in figure.findobj(Text) if str(text.get_gid()).startswith("mean-")}
    assert means == {f"mean-{number}": f"{mean:.2f}" for number, mean in enumerate(data.silhouette.means)}
    assert figure.axes[0].get_xlim()[0] < -0.2
    assert any(np.allclose(line.get_xdata(), data.silhouette.mean) for line in figure.axes[0].lines)


@pytest.mark.parametrize(
    ("mean", "words"), [(0.71, "well apart"), (0.6, "s, apart"), (0.3, "weakly"), (0.25, "other shapes"), (-0.1, "other shapes")]
)
def test_silhouette_verdict_follows_kaufman_and_rousseeuw(mean, words):
    assert words in verdict(mean)


def test_the_verdict_on_rings_does_not_say_that_they_meet():
    from sklearn.metrics import silhouette_score

    angles = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    ring = np.column_stack((np.cos(angles), np.sin(angles)))
    mean = silhouette_score(np.concatenate((ring, 3 * ring)), np.repeat([0, 1], 200))
    assert mean < 0.25
    assert verdict(mean) == "hardly compact (clusters of other shapes score low too)"


def test_the_longest_silhouette_headline_lies_inside_the_picture(make):
    from dataclasses import replace

    data = make(k=3, n=300)
    figure = drawn("silhouette", replace(data, silhouette=replace(data.silhouette, mean=-0.12)))
    figure.canvas.draw()
    (title,) = [text for text in figure.findobj(Text) if "other shapes" in text.get_text()]
    assert title.get_window_extent().x1 < figure.bbox.x1


def test_dendrogram_of_hdbscan_has_no_cut(make):
    for condensed, n_cuts in ((False, 1), (True, 0)):
        figure = drawn("dendrogram", make(k=4, n=300, hierarchical=True, condensed=condensed))
        assert texts(figure).count("cut") == n_cuts
        assert any("cut at height" in text for text in texts(figure)) == bool(n_cuts)


def test_dendrogram_draws_the_cut_and_colours_below_it(make):
    data = make(k=4, n=300, hierarchical=True)
    figure = drawn("dendrogram", data)
    (lines,) = figure.axes[0].collections
    colours = {to_hex(colour).upper() for colour in lines.get_colors()}
    assert colours == {look.colour.upper() for look in cluster_looks(data, STYLE).values()} | {STYLE.soft.upper()}
    heights = [
        segment[:, 1].max()
        for segment, colour in zip(lines.get_segments(), lines.get_colors(), strict=True)
        if to_hex(colour).upper() != STYLE.soft.upper()
    ]
    assert max(heights) <= data.tree.cut_height
    assert any(text == "cut" for text in texts(figure))
    assert any("the last 29 of 299 merges" in text for text in texts(figure))


def test_heatmap_rows_are_the_features_that_differ_most_and_noise_comes_last(make):
    cells = select_cells(make(k=3, n=300, d=40, n_noise=15))
    assert cells.means.shape == (25, 4)
    assert cells.groups == (0, 1, 2, -1)
    assert cells.n_left == 15


def test_heatmap_leaves_out_constant_and_repeated_features(make):
    from dataclasses import replace

    data = make(k=3, n=300, d=2)
    means = np.column_stack((data.profile_means, -data.profile_means[:, 0], np.zeros(3)))
    cells = select_cells(replace(data, profile_means=means, profile_names=(*data.profile_names, "mirror", "constant")))
    assert cells.names == data.profile_names


def test_heatmap_colours_are_centred_at_zero_and_values_are_written(make):
    figure = drawn("heatmap", make(k=3, n=300))
    (image,) = figure.axes[0].images
    assert image.norm.vmin == -image.norm.vmax
    assert np.allclose(image.cmap(image.norm(0.0))[:3], 1, atol=0.05)
    assert sum(text.startswith(("+", "\u2212")) for text in texts(figure)) >= 8


def test_first_ten_colours_differ_also_for_colour_blind_people(make):
    """Machado et al. 2009, full deuteranopia and protanopia; distances in CIELAB, 10 being plain to see."""
    deutan = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    protan = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    looks = cluster_looks(make(k=10, n=100), STYLE)
    colours = np.array([to_rgb(look.colour) for look in looks.values()] + [to_rgb(STYLE.noise)])
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    for matrix in (np.eye(3), np.array(deutan), np.array(protan)):
        xyz = np.clip(linear @ matrix.T, 0, 1) @ np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]).T
        f = np.cbrt(np.maximum(xyz / [0.9505, 1, 1.089], 0.008856))
        lab = np.column_stack((116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])))
        distances = np.linalg.norm(lab[:, None] - lab[None], axis=2)[~np.eye(11, dtype=bool)]
        assert distances.min() > 12


def test_thirty_clusters_have_thirty_looks_that_follow_their_numbers(make):
    many, few = cluster_looks(make(k=30, n=600), STYLE), cluster_looks(make(k=3), STYLE)
    assert len(set(many.values())) == 30
    assert all(many[number] == few[number] for number in few)


def test_plain_text_is_one_line_without_controls_and_of_its_width():
    assert plain("a\ud800b") == "a\ufffdb"
    assert plain("a\n\tb\x1b[0m\u202e\x00") == "a b\ufffd[0m\ufffd"
    assert width(plain("体" * 99, 21)) <= 21
    assert plain("x" * 99, 10) == "x" * 9 + "…"


def test_counts_and_shares_read_as_words():
    assert (count(1, "row"), count(7043, "row")) == ("1 row", "7,043 rows")
    assert [share(part, 1000) for part in (0, 1, 52, 357, 1000)] == ["0.0 %", "0.1 %", "5.2 %", "36 %", "100 %"]
    assert share(1, 50_000) == "<0.1 %"


def test_characters_that_no_font_has_are_found():
    from matplotlib import rc_context

    from clusterctl.plots.render import lacks_glyphs

    with rc_context({"font.family": ["DejaVu Sans"]}):
        for text, lacking in (("plain, é €\n\u2212", False), ("العمر שלום αβγ Привет", False), ("体重", True), ("a \U0001f9ea", True)):
            figure = Figure()
            figure.text(0, 0, text)
            assert lacks_glyphs(figure) is lacking, text
