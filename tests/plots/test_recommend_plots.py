"""The pictures of a recommendation show what its document says."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.text import Text
from recommend_builders import FAMILIES, candidate, document, entry, planted

from clusterctl.errors import OutputError
from clusterctl.plots.recommend.registry import RECOMMEND_PLOTS
from clusterctl.plots.recommend.words import percent
from clusterctl.plots.render import render_image, render_png
from clusterctl.plots.style import STYLES, Style

NAMES = sorted(RECOMMEND_PLOTS)
BY_K = ("evidence_by_k", "null_by_k")


def drawn(name, data, style=None) -> Figure:
    figure = Figure(dpi=150)
    RECOMMEND_PLOTS[name].draw(figure, data, style or Style())
    return figure


def title(figure) -> str:
    return next(text.get_text() for text in figure.texts if text.get_weight() == "bold" and text.get_fontsize() == Style().title_size)


def notes(figure) -> str:
    return next(text.get_text() for text in figure.texts if text.get_fontsize() == Style().subtitle_size)


def by_gid(figure, start) -> dict[str, object]:
    return {artist.get_gid(): artist for artist in figure.findobj(lambda artist: str(artist.get_gid() or "").startswith(start))}


def points_of(line) -> dict[int, float]:
    """What a line shows: number of clusters → value; gaps left out."""
    return {int(x): float(y) for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True) if not np.isnan(x)}


def parts_of(line) -> list[list[int]]:
    """The stretches that a line joins."""
    parts: list[list[int]] = [[]]
    for x in line.get_xdata():
        if np.isnan(x):
            parts.append([])
        else:
            parts[-1].append(int(x))
    return [part for part in parts if part]


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_is_drawn_where_it_applies(name):
    assert RECOMMEND_PLOTS[name].applies(planted()) is None
    assert imread(BytesIO(render_png(RECOMMEND_PLOTS[name], planted()))).shape[1] == 1200
    assert RECOMMEND_PLOTS[name].name == name
    assert RECOMMEND_PLOTS[name].about.endswith(".")


@pytest.mark.parametrize(("name", "image_format"), [*((name, "png") for name in NAMES), ("evidence_by_k", "svg"), ("candidates", "pdf")])
def test_pictures_are_the_same_bytes_twice(name, image_format):
    first, second = (render_image(RECOMMEND_PLOTS[name], planted(), image_format) for _ in range(2))
    assert first == second


def test_a_picture_depends_on_what_is_written_in_recommendation_json_alone():
    data = planted()
    again = type(data).model_validate_json(data.model_dump_json())
    for spec in RECOMMEND_PLOTS.values():
        assert render_png(spec, data) == render_png(spec, again)


def test_knowing_the_pictures_loads_no_heavy_library_and_drawing_no_pyplot():
    code = (
        "import sys\nfrom importlib import import_module\nfrom clusterctl.plots.recommend.registry import RECOMMEND_PLOTS\n"
        "print({'numpy', 'matplotlib', 'pandas', 'pydantic'} & set(sys.modules))\n"
        "[import_module(spec.module) for spec in RECOMMEND_PLOTS.values()]\nprint('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == ["set()", "False"]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("evidence_by_k", document([], evidence="none"), "no partition was compared"),
        ("null_by_k", document([], evidence="none"), "no partition was compared"),
        ("candidates", document([], evidence="none"), "fewer than two candidates"),
        ("candidates", planted(n_candidates=1), "fewer than two candidates"),
    ],
)
def test_what_cannot_be_drawn_says_why(name, data, reason):
    assert reason in RECOMMEND_PLOTS[name].applies(data)
    with pytest.raises(OutputError, match=name):
        render_png(RECOMMEND_PLOTS[name], data)


CASES = {
    "usual": planted(),
    "none": planted(evidence="none"),
    "weak": planted(evidence="weak", interval=(2, 9)),
    "one k alone": planted(2, [2], ["kmeans"], 1),
    "one k alone, none": planted(2, [2], ["kmeans"], 1, evidence="none", n_rows=10),
    "sixty": planted(60, range(2, 61)),
    "two of sixty": planted(2, range(2, 61), n_rows=1_000_000, n_used=2_000),
    "sixty, none": planted(2, [2, 3, 60], evidence="none", interval=(2, 60), n_rows=1_000_000, n_used=2_000),
    "two candidates": planted(n_candidates=2),
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", NAMES)
def test_no_text_lies_outside_a_picture_and_no_headline_is_cut(name, case, style):
    data = CASES[case]
    if RECOMMEND_PLOTS[name].applies(data) is not None:
        assert (name, len(data.recommendations.candidates)) == ("candidates", 1)
        return
    figure = drawn(name, data, STYLES[style])
    figure.draw_without_rendering()
    width, height = figure.get_size_inches() * 150
    assert width == 1200
    assert "…" not in title(figure) + notes(figure)
    shown = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
    for text in shown:
        box = text.get_window_extent()
        if text.get_text().lstrip("\u2212").replace(".", "").isdigit():
            continue  # ticks beyond the ends of an axis, which are not drawn
        assert box.x0 >= -1, text
        assert box.x1 <= width + 1, text
        assert box.y0 >= -1, text
        assert box.y1 <= height + 1, text


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", BY_K)
def test_the_marked_number_is_the_document_s_and_the_shade_its_interval(name, case):
    data = CASES[case]
    told = data.recommendations
    figure = drawn(name, data)
    panels = [axes for axes in figure.axes if any(line.get_gid() == "chosen" for line in axes.lines)]
    assert len(panels) == (2 if name == "evidence_by_k" else 1)
    for axes in panels:
        (line,) = (line for line in axes.lines if line.get_gid() == "chosen")
        assert set(line.get_xdata()) == {told.optimal_clusters}
        (shade,) = (patch for patch in axes.patches if patch.get_gid() == "interval")
        left, right = shade.get_extents().transformed(axes.transData.inverted()).intervalx
        assert (round(left, 6), round(right, 6)) == (told.k_interval[0] - 0.5, told.k_interval[1] + 0.5)
    ticks = {text.get_text(): text for text in panels[-1].get_xticklabels()}
    assert ticks[str(told.optimal_clusters)].get_weight() == "bold"
    assert ("none-name" in by_gid(figure, "none-name")) == (told.evidence == "none")


@pytest.mark.parametrize("name", BY_K)
def test_many_clusters_lie_on_a_logarithmic_axis_that_says_so(name):
    far, near = drawn(name, CASES["two of sixty"]), drawn(name, CASES["usual"])
    assert {axes.get_xscale() for axes in far.axes} == {"symlog"}
    assert "(logarithmic)" in far.axes[-1].get_xlabel()
    assert {axes.get_xscale() for axes in near.axes} == {"linear"}
    assert "(logarithmic)" not in near.axes[-1].get_xlabel()
    many = drawn(name, CASES["sixty"])  # an answer at the far end needs its room there
    assert {axes.get_xscale() for axes in many.axes} == {"linear"}


def test_a_family_s_line_is_its_best_score_at_each_number_less_the_best_of_all():
    scores = {("genie 0.1", 2): -4.0, ("genie 0.5", 2): -2.5, ("genie 0.1", 3): 1.0, ("kmeans", 2): -3.0, ("kmeans", 3): 1.5}
    rows = [entry(family, k, score) for (family, k), score in scores.items()]
    lines = by_gid(drawn("evidence_by_k", document(rows)), "family-")
    assert {gid: points_of(line) for gid, line in lines.items()} == {
        "family-genie": {2: -4.0, 3: -0.5},
        "family-kmeans": {2: -4.5, 3: 0.0},
    }


def test_no_line_leads_over_a_number_at_which_another_family_stands_for_all():
    rows = [entry("kmeans", k, 0.0 if k == 3 else -5.0) for k in (2, 3, 4)] + [entry("ward", k, -5.0) for k in (2, 4, 9)]
    lines = by_gid(drawn("evidence_by_k", document(rows)), "family-")
    assert parts_of(lines["family-kmeans"]) == [[2, 3, 4]]
    assert parts_of(lines["family-ward"]) == [[2], [4, 9]]  # nothing was compared between 4 and 9


def test_the_recommended_family_is_strong_and_the_others_are_faint():
    figure = drawn("evidence_by_k", planted())
    alpha = {gid: line.get_alpha() for gid, line in by_gid(figure, "family-").items()}
    assert alpha.pop("family-kmeans") == 1.0
    assert len(alpha) == len({family.split()[0] for family in FAMILIES}) - 1
    assert max(alpha.values()) < 0.5
    ring = by_gid(figure, "chosen-ring")["chosen-ring"]
    assert (ring.get_xdata()[0], ring.get_ydata()[0]) == (3, 0.0)
    assert by_gid(figure, "chosen-name")["chosen-name"].get_text() == "kmeans, 3 clusters"


def test_where_there_are_no_clusters_no_family_is_strong_and_nothing_is_ringed():
    figure = drawn("evidence_by_k", planted(evidence="none"))
    assert len({line.get_alpha() for line in by_gid(figure, "family-").values()}) == 1
    assert by_gid(figure, "chosen-ring") == {}
    assert len({to_hex(bar.get_facecolor()) for bar in by_gid(figure, "belief-").values() if hasattr(bar, "get_facecolor")}) == 1


def test_bars_are_the_belief_in_each_number_and_the_recommended_one_stands_out():
    data = planted(belief={2: 0.3, 3: 0.6, 4: 0.1})
    figure = drawn("evidence_by_k", data)
    bars = {gid: bar for gid, bar in by_gid(figure, "belief-").items() if not gid.startswith("belief-value")}
    assert {gid: bar.get_height() for gid, bar in bars.items()} == {"belief-2": 0.3, "belief-3": 0.6, "belief-4": 0.1}
    assert to_hex(bars["belief-3"].get_facecolor()) == Style().ink
    assert {to_hex(bars[f"belief-{k}"].get_facecolor()) for k in (2, 4)} == {Style().other}
    assert {gid: text.get_text() for gid, text in by_gid(figure, "belief-value").items()} == {"belief-value-3": "60 %"}


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0 %"), (0.0004, "<0.1 %"), (0.004, "0.4 %"), (0.58, "58 %"), (0.996, "99.6 %"), (0.9999, "99.9 %"), (1.0, "100 %")],
)
def test_a_share_is_never_rounded_to_nothing_or_all(share, said):
    assert percent(share) == said


def test_the_share_of_families_that_find_it_is_told():
    data = planted()
    assert "50 % of the families find the recommended partition" in notes(drawn("evidence_by_k", data))
    data.recommendations.candidates[0].evidence["support"] = 1.0
    assert "every family finds the recommended partition" in notes(drawn("evidence_by_k", data))
    assert "recommended" not in notes(drawn("evidence_by_k", planted(evidence="none")))


@pytest.mark.parametrize("name", BY_K)
def test_a_number_that_differs_on_all_rows_is_marked_and_told(name):
    data = planted(interval=(3, 5), n_rows=30_000, n_used=2_000)
    data = data.model_copy(update={"recommendations": data.recommendations.model_copy(update={"optimal_clusters": 5})})
    figure = drawn(name, data)
    assert set(by_gid(figure, "chosen")["chosen"].get_xdata()) == {5}
    assert points_of(by_gid(figure, "chosen-ring")["chosen-ring"]).keys() == {3}
    assert "3 clusters on the sample are 5 on all rows" in notes(figure)
    assert "on all rows" not in notes(drawn(name, planted()))


def test_of_a_sample_the_picture_says_so():
    for name in BY_K:
        assert "2,000 of the 1,000,000 rows" in notes(drawn(name, CASES["two of sixty"])).replace("\n", " ")


def test_the_null_line_is_the_silhouette_less_the_excess_of_the_best_separated_partition():
    rows = [
        entry("kmeans", 2, 1.0, silhouette=0.4, excess=0.1),
        entry("average", 2, -1.0, silhouette=0.6, excess=0.05),
        entry("kmeans", 3, 0.0, silhouette=0.5, excess=-0.2),
    ]
    figure = drawn("null_by_k", document(rows, [candidate(1, "kmeans", [50, 50], rows[0])], n_clusters=2))
    (seen,), (null,) = by_gid(figure, "observed").values(), by_gid(figure, "null").values()
    assert points_of(seen) == pytest.approx({2: 0.6, 3: 0.5})
    assert points_of(null) == pytest.approx({2: 0.55, 3: 0.7})
    (others,) = by_gid(figure, "others").values()
    assert others.get_offsets().tolist() == [[2.0, 0.4]]
    ring, own = (by_gid(figure, gid)[gid] for gid in ("chosen-ring", "chosen-null"))
    assert points_of(ring) == pytest.approx({2: 0.4})
    assert points_of(own) == pytest.approx({2: 0.3})


def test_what_lies_below_the_null_has_another_colour():
    above, below = (by_gid(drawn("null_by_k", planted()), gid)[gid] for gid in ("above", "below"))
    assert to_hex(above.get_facecolor()[0]) != to_hex(below.get_facecolor()[0])


@pytest.mark.parametrize(
    ("excess", "evidence", "said"),
    [
        (0.4, "clear", "2 clusters separate better than data without any (0.60 against 0.20)"),
        (0.01, "clear", "The silhouette hardly tells 2 clusters from none (0.60 against 0.59)"),
        (-0.1, "weak", "The silhouette hardly tells 2 clusters from none (0.60 against 0.70)"),
        (-0.1, "none", "No clusters: 2 separate no better than none (0.60 against 0.70)"),
        (0.4, "none", "No clusters, though 2 separate better than none (0.60 against 0.20)"),
    ],
)
def test_the_headline_of_the_null_says_whether_the_separation_is_more_than_nothing(excess, evidence, said):
    rows = [entry("kmeans", 2, 1.0, silhouette=0.6, excess=excess)]
    data = document(rows, [candidate(1, "kmeans", [50, 50], rows[0])], n_clusters=2, evidence=evidence)
    assert title(drawn("null_by_k", data)) == said


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({}, "The evidence speaks for 3 clusters"),
        ({"interval": (3, 5)}, "The evidence speaks for 3 clusters, 3 to 5 are credible"),
        ({"evidence": "weak", "interval": (2, 4)}, "Weak evidence of 3 clusters, 2 to 4 are credible"),
        ({"evidence": "none", "interval": (2, 4)}, "No clusters; if there were any, the evidence would speak for 2 to 4 clusters"),
    ],
)
def test_the_headline_of_the_evidence_is_the_answer(other, said):
    assert title(drawn("evidence_by_k", planted(**other))) == said


def test_bars_of_a_candidate_are_its_clusters_and_what_is_noise():
    rows = [candidate(1, "kmeans", [60, 30, 10]), candidate(2, "dbscan", [30, 50], noise=0.2, eps=0.3)]
    figure = drawn("candidates", document([], rows, rand=[[1, 0.9], [0.9, 1]]))
    widths = {gid: round(bar.get_width(), 6) for gid, bar in {**by_gid(figure, "size-"), **by_gid(figure, "noise-")}.items()}
    assert widths == {"size-0-0": 0.6, "size-0-1": 0.3, "size-0-2": 0.1, "size-1-0": 0.5, "size-1-1": 0.3, "noise-1": 0.2}
    shown = {text.get_text() for text in figure.findobj(Text)}
    assert {"1: kmeans, 3 clusters", "2: dbscan, 2 clusters", "default settings", "eps 0.3", "60", "50"} <= shown


def test_cells_are_the_adjusted_rand_index_of_each_pair():
    rows = [candidate(rank, "kmeans", [50, 50]) for rank in (1, 2, 3)]
    rand = [[1, 0.9, 0.2], [0.9, 1, -0.01], [0.2, -0.01, 1]]
    figure = drawn("candidates", document([], rows, rand=rand))
    (image,) = (image for axes in figure.axes for image in axes.images)
    assert np.array_equal(np.asarray(image.get_array()), np.array(rand, dtype=float))
    assert {gid: text.get_text() for gid, text in by_gid(figure, "value-").items()} == {
        f"value-{i}-{j}": f"{rand[i][j]:.2f}".replace("-", "\u2212") for i in range(3) for j in range(3) if i != j
    }
    assert title(figure) == "The 3 candidates find partly the same clusters (adjusted Rand \u22120.01 to 0.90)"


@pytest.mark.parametrize(
    ("index", "evidence", "said"),
    [
        (0.9, "clear", "Both candidates find much the same clusters (adjusted Rand 0.90)"),
        (0.1, "weak", "Both candidates find different clusters (adjusted Rand 0.10)"),
        (0.1, "none", "No clusters; both candidates find different clusters"),
    ],
)
def test_the_headline_of_the_candidates_is_whether_they_tell_the_same_story(index, evidence, said):
    rows = [candidate(rank, "kmeans", [50, 50]) for rank in (1, 2)]
    assert title(drawn("candidates", document([], rows, rand=[[1, index], [index, 1]], evidence=evidence))) == said


def test_of_no_clusters_no_candidate_stands_out():
    for evidence, n_colours in (("clear", 2), ("none", 1)):
        bars = by_gid(drawn("candidates", planted(evidence=evidence)), "size-").values()
        assert len({to_hex(bar.get_facecolor()) for bar in bars}) == n_colours


@pytest.mark.parametrize("hostile", ["$\\frac{1}{0$", "\x1b[31m\x00\u202e\n$", "z" * 5000])
def test_settings_are_drawn_as_they_are_and_never_read_as_mathematics(hostile):
    rows = [candidate(rank, "kmeans", [50, 50], **{hostile: hostile}) for rank in (1, 2)]
    figure = drawn("candidates", document([], rows, rand=np.ones((2, 2)).tolist()))
    for text in figure.findobj(Text):
        assert "$" not in text.get_text() or not text.get_parse_math(), text
        assert not {"\x1b", "\x00", "\u202e"} & set(text.get_text())
