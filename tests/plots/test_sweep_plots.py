"""The pictures of a sweep show what its document says."""

from __future__ import annotations

import subprocess
import sys
import warnings
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.text import Text
from sweep_builders import ALGORITHM, PARAMETERS, SEVEN, K, by_k, document, trial

from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.errors import OutputError
from clusterctl.metrics.registry import METRICS
from clusterctl.plots.render import render_image, render_png
from clusterctl.plots.style import Style
from clusterctl.plots.sweep.agreement import order_by_likeness
from clusterctl.plots.sweep.featurenames import feature_names
from clusterctl.plots.sweep.fronts import find_fronts, spaced_points
from clusterctl.plots.sweep.grids import BAND, find_grids
from clusterctl.plots.sweep.looks import algorithm_looks
from clusterctl.plots.sweep.registry import SWEEP_PLOTS
from clusterctl.plots.sweep.trials import identity, read_trials, short_names
from clusterctl.plots.sweep.words import metric_title, missing
from clusterctl.plots.words import decimals_for, number

NAMES = sorted(SWEEP_PLOTS)
TWO = ("silhouette_score", "noise_fraction")
EPS, MIN = PARAMETERS + "eps", PARAMETERS + "min_samples"


def blocks(sizes, within=0.9, between=0.2):
    group = np.repeat(np.arange(len(sizes)), sizes)
    rand = np.where(group[:, None] == group[None], within, between)
    np.fill_diagonal(rand, 1.0)
    return rand


def full(n_trials=30, algorithms=("kmeans", "hdbscan"), **other):
    """A document for which every picture applies."""
    return by_k(n_trials, algorithms, TWO, rand=blocks([3, 3, 4]).tolist(), **other)


def density(rows_of=lambda eps, least: {}, **other):
    rows = []
    for eps in (0.5, 0.1, 0.2):
        for least in (5, 10):
            values = {"silhouette_score": round(eps + least / 100, 3)} | rows_of(eps, least)
            rows.append(trial(len(rows), {EPS: eps, MIN: least}, **values))
    return document(rows, algorithm="dbscan", **other)


def spaces(n, per=6, rank_by=("silhouette_score",), **other):
    rows = [
        trial(
            place * per + k, {K: 2 + k}, 2 + k, space=f"s{place}", silhouette_score=0.1 * place + 0.01 * (k == place % per), noise=0.1 * k
        )
        for place in range(n)
        for k in range(per)
    ]
    scalings = ("standard", "robust", "minmax", "none")
    told = {f"s{place}": {"scaling": scalings[place % 4], "n_components": place} for place in range(n)}
    return document(rows, rank_by, spaces=told, **other)


def drawn(name, data) -> Figure:
    figure = Figure(dpi=150)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*missing from font", category=UserWarning)  # render looks for more fonts
        SWEEP_PLOTS[name].draw(figure, data, Style())
    return figure


def texts(figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def title(figure) -> str:
    return next(text.get_text() for text in figure.texts if text.get_weight() == "bold" and text.get_fontsize() == Style().title_size)


def by_gid(figure, start) -> dict[str, object]:
    return {artist.get_gid(): artist for artist in figure.findobj(lambda artist: str(artist.get_gid() or "").startswith(start))}


def lines(axes, gid):
    return [line for line in axes.lines if line.get_gid() == gid]


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_is_drawn_where_it_applies(name):
    assert SWEEP_PLOTS[name].applies(full()) is None
    assert imread(BytesIO(render_png(SWEEP_PLOTS[name], full()))).shape[1] == 1200
    assert SWEEP_PLOTS[name].name == name
    assert SWEEP_PLOTS[name].about.endswith(".")


@pytest.mark.parametrize(("name", "image_format"), [*((name, "png") for name in NAMES), ("pareto", "svg"), ("settings_heatmap", "pdf")])
def test_pictures_are_the_same_bytes_twice(name, image_format):
    first, second = (render_image(SWEEP_PLOTS[name], full(), image_format) for _ in range(2))
    assert first == second


def test_a_picture_depends_on_what_is_written_in_sweep_json_alone():
    data = full()
    again = type(data).model_validate_json(data.model_dump_json())
    for spec in SWEEP_PLOTS.values():
        assert render_png(spec, data) == render_png(spec, again)


def test_knowing_the_pictures_loads_no_heavy_library_and_drawing_no_pyplot():
    code = (
        "import sys\nfrom importlib import import_module\nfrom clusterctl.plots.sweep.registry import SWEEP_PLOTS\n"
        "print({'numpy', 'matplotlib', 'pandas', 'pydantic'} & set(sys.modules))\n"
        "[import_module(spec.module) for spec in SWEEP_PLOTS.values()]\nprint('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == ["set()", "False"]


ALL_FAILED = document([trial(k, {K: k, PARAMETERS + "n_init": 1 + k % 2}, k, error="ClusteringError") for k in range(2, 6)], TWO)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("metric_by_k", ALL_FAILED, "every trial failed"),
        ("settings_heatmap", ALL_FAILED, "every trial failed"),
        ("pareto", ALL_FAILED, "every trial failed"),
        ("agreement", ALL_FAILED, "fewer than two trials"),
        ("metric_by_k", document([trial(0, {K: 1}, 1)]), "no trial has a value of silhouette_score"),
        ("settings_heatmap", document([trial(0, {K: 1}, 1)]), "no trial has a value of silhouette_score"),
        ("settings_heatmap", by_k(10), "no algorithm differ in two settings"),
        ("settings_heatmap", spaces(3), "scores of different spaces do not compare"),
        (
            "settings_heatmap",
            document([trial(n, {EPS: n / 7, MIN: n}, silhouette_score=0.1) for n in range(30)], algorithm="dbscan"),
            "no two settings make a grid",
        ),
        ("pareto", by_k(10), "needs two metrics"),
        ("pareto", document([trial(0, {K: 3}, silhouette_score=0.3, broken=["x"])], TWO), "no trial is ranked"),
        ("agreement", by_k(10), "fewer than two trials"),
        ("agreement", by_k(1, rand=[[1.0]]), "fewer than two trials"),
    ],
)
def test_what_cannot_be_drawn_says_why(name, data, reason):
    assert reason in SWEEP_PLOTS[name].applies(data)
    with pytest.raises(OutputError, match=name):
        render_png(SWEEP_PLOTS[name], data)


HOSTILE = ["$\\frac{1}{0$", "<b>a</b> & _x^2_", "\x1b[31m\x00\u202e\n$", "体重 😀 שלום", "%s {0}", "z" * 5000]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_from_the_data_is_drawn_as_it_is_and_never_read_as_mathematics(hostile):
    rows = [
        trial(
            n,
            {PARAMETERS + hostile: f"{hostile}{n % 3}", PARAMETERS + "init": [hostile, n // 3], "clustering_data.features": [hostile]},
            2 + n % 4,
            silhouette_score=0.1 * n,
            inertia=9.0 / (1 + n),
            noise=0.05 * n,
            space="s0" if n < 9 else "s1",
        )
        for n in range(18)
    ]
    told = {"s0": {"text": hostile, hostile: 1}, "s1": {"text": "drop"}}
    data = document(rows, TWO, algorithm=hostile, spaces=told, rand=np.eye(5).tolist(), features={"s0": [hostile] * 3})
    for name, spec in SWEEP_PLOTS.items():
        assert spec.applies(data) is None
        assert render_png(spec, data)
        for text in drawn(name, data).findobj(Text):
            assert "$" not in text.get_text() or not text.get_parse_math(), text
            assert not {"\x1b", "\x00", "\u202e"} & set(text.get_text())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("n_trials", "algorithms"), [(10, ("kmeans",)), (500, SEVEN)])
def test_no_text_lies_outside_a_picture(name, n_trials, algorithms):
    m = min(n_trials, 50)
    data = by_k(n_trials, algorithms, TWO, rand=blocks([m - 4, 4]).tolist())
    if SWEEP_PLOTS[name].applies(data) is not None:
        assert (name, n_trials) == ("settings_heatmap", 10)  # k alone varies
        return
    figure = drawn(name, data)
    figure.draw_without_rendering()
    width, height = figure.get_size_inches() * 150
    for text in figure.findobj(Text):
        if text.get_text() and not text.get_text().lstrip("\u2212").replace(".", "").isdigit():
            box = text.get_window_extent()
            assert box.x0 >= -1, text
            assert box.x1 <= width + 1, text
            assert box.y0 >= -1, text
            assert box.y1 <= height + 1, text


def test_metrics_are_called_as_the_registry_calls_them():
    assert {name: metric_title(name) for name in METRICS} == {name: spec.title for name, spec in METRICS.items()}


def test_the_line_is_the_best_trial_at_each_number_of_clusters_and_the_rest_are_points():
    rows = [
        trial(n, {K: k, PARAMETERS + "n_init": n}, k, davies_bouldin_score=v, broken=b)
        for n, (k, v, b) in enumerate([(2, 0.9, []), (2, 0.8, []), (3, 0.5, []), (3, 0.7, []), (4, 0.1, ["x"]), (4, 0.6, [])])
    ]
    (axes,) = drawn("metric_by_k", document(rows, ("davies_bouldin_score",))).axes
    (line,) = lines(axes, "best")
    assert np.array_equal(line.get_xydata(), [(2, 0.8), (3, 0.5), (4, 0.6)])
    others, broken = (next(c for c in axes.collections if c.get_gid() == gid).get_offsets() for gid in ("others", "broken"))
    assert np.array_equal(others, [(2, 0.9), (3, 0.7)])
    assert np.array_equal(broken, [(4, 0.1)])


def test_only_trials_of_algorithms_that_take_n_clusters_are_joined():
    data = by_k(70, SEVEN)
    figure = drawn("metric_by_k", data)
    widths = {line.get_color(): line.get_linewidth() for line in lines(figure.axes[0], "best")}
    looks = algorithm_looks(SEVEN, Style())
    assert {name: widths[looks[name].colour] > 0 for name in SEVEN} == {name: spec.takes_n_clusters for name, spec in ALGORITHMS.items()}
    assert any("lines: algorithms that take n_clusters" in text for text in texts(figure))


def test_no_line_is_explained_where_none_is_drawn():
    told = " ".join(texts(drawn("metric_by_k", by_k(20, ("hdbscan", "optics")))))
    assert "line" not in told
    assert "strong: an algorithm's best" in told


@pytest.mark.parametrize("peak", [2, 4, 7, 13])
def test_the_name_of_the_chosen_trial_hides_no_point_and_no_line(peak):
    rows = [trial(k, {K: k}, k, silhouette_score=0.6 - 0.04 * abs(k - peak)) for k in range(2, 14)]
    figure = drawn("metric_by_k", document(rows))
    (axes,) = figure.axes
    box = by_gid(figure, "chosen-name")["chosen-name"].get_window_extent()
    (line,) = lines(axes, "best")
    assert not line.get_path().transformed(axes.transData).intersects_bbox(box, filled=False)
    assert axes.get_window_extent().padded(1).contains(box.x0, box.y0)
    assert axes.get_window_extent().padded(1).contains(box.x1, box.y1)


def test_numbers_at_a_front_hide_no_point_of_it_and_not_each_other():
    rows = [trial(n, {EPS: n}, silhouette_score=0.5 + n / 100, noise=n * n / 1000) for n in range(10)]
    figure = drawn("pareto", document(rows, TWO, algorithm="dbscan"))
    boxes = [label.get_window_extent() for label in by_gid(figure, "trial-").values()]
    assert len(boxes) == 10
    assert not any(one.overlaps(other) for place, one in enumerate(boxes) for other in boxes[:place])
    points = figure.axes[0].transData.transform([(row.evaluation_metrics.silhouette_score, row.noise_fraction) for row in rows])
    assert not any(box.contains(*point) for box in boxes for point in points)


LISTS = [["bill", "wing", "mass"], ["bill", "wing"], ["bill", "mass"], ["bill"]]


def test_lists_of_features_are_named_by_their_number_and_difference():
    names = feature_names(LISTS)
    assert [names[identity(own)] for own in LISTS] == [
        "all 3 features",
        "2 features: bill, wing",
        "2 features: bill, mass",
        "1 feature: bill",
    ]
    long = [[f"feature_{n:02d}" for n in range(20) if n != left_out] for left_out in (None, 3, 11)]
    assert list(feature_names(long).values()) == ["all 20 features", "19 features without feature_03", "19 features without feature_11"]
    apart = [[f"feature_{n:02d}" for n in range(20)] + own for own in (["a"], ["b", "c"], ["d"])]
    assert list(feature_names(apart).values()) == ["21 features with a", "22 features with b, c", "21 features with d"]


@given(st.lists(st.lists(st.sampled_from([f"{'x' * 40}{n}" for n in range(6)]), min_size=1, unique=True), min_size=1, max_size=9))
def test_names_of_lists_of_features_tell_them_apart(lists):
    names = feature_names(lists, 24)
    assert len(set(names.values())) == len(names) == len({tuple(own) for own in lists})
    assert max(map(len, names.values())) <= 24


def test_swept_features_can_be_told_apart_in_every_picture():
    rows = [
        trial(n, {"clustering_data.features": own, K: k}, k, silhouette_score=0.1 * n, noise=0.05 * n)
        for n, (own, k) in enumerate((own, k) for own in LISTS for k in (2, 3))
    ]
    data = document(rows, TWO)
    (grid,) = find_grids(data)
    assert (grid.down.name, grid.down.texts) == ("features", ["all 3", "2: bill, wing", "2: bill, mass", "1: bill"])
    assert {"n_clusters 2, 2 features: bill, wing", "n_clusters 3, 1 feature: bill"} <= set(texts(drawn("pareto", data)))


def test_the_chosen_trial_is_ringed_and_named_in_every_metric():
    data = by_k(48, ("kmeans", "hdbscan"), ("silhouette_score", "davies_bouldin_score", "noise_fraction"))
    best = next(row for row in data.sweep_results.trials if row.rank == 1)
    figure = drawn("metric_by_k", data)
    assert len(figure.axes) == 3
    scores = best.evaluation_metrics
    values = (scores.silhouette_score, scores.davies_bouldin_score, best.noise_fraction)
    for axes, value in zip(figure.axes, values, strict=True):
        (ring,) = lines(axes, "chosen")
        assert (ring.get_xdata()[0], ring.get_ydata()[0]) == (best.n_clusters, value)
    assert texts(figure).count("kmeans, 4 clusters") == 3


def test_the_direction_is_said_in_words():
    assert "Davies-Bouldin: lower is better" in texts(drawn("metric_by_k", by_k(9, rank_by=("davies_bouldin_score",))))
    assert "Silhouette: higher is better" in texts(drawn("metric_by_k", by_k(9)))


def test_the_title_of_metric_by_k_states_the_finding():
    assert title(drawn("metric_by_k", by_k(10))) == "Silhouette is highest at 4 clusters (kmeans)"
    assert (
        title(drawn("metric_by_k", by_k(12, rank_by=("noise_fraction",)))) == "Noise fraction is lowest at 2 to 13 clusters: 12 trials tie"
    )
    assert title(drawn("metric_by_k", by_k(24, ("kmeans", "hdbscan"), TWO))) == "Best by 2 metrics together: kmeans, 4 clusters"
    assert title(drawn("metric_by_k", document([trial(0, {K: 3}, silhouette_score=0.3)]))) == "Only one trial is ranked: kmeans, 3 clusters"
    broken = document([trial(0, {K: 3}, silhouette_score=0.3, broken=["x"])], constraints={"n_clusters": {"min": 4}})
    assert title(drawn("metric_by_k", broken)) == "No trial keeps the constraints"


def test_the_title_says_how_many_trials_tie_in_which_numbers_of_clusters():
    rows = [trial(n, {K: 2 + n}, 2 + n, silhouette_score=0.5 if n in (1, 3) else 0.1) for n in range(6)]
    assert title(drawn("metric_by_k", document(rows))) == "Silhouette is highest at 3 and 5 clusters: 2 trials tie"


def test_at_most_four_metrics_have_a_panel_and_it_is_said():
    names = ("silhouette_score", "davies_bouldin_score", "calinski_harabasz_score", "noise_fraction", "smallest_cluster")
    rows = [
        trial(n, {K: 2 + n}, 2 + n, silhouette_score=0.1 * n, davies_bouldin_score=1.0, calinski_harabasz_score=9.0, noise=0.1)
        for n in range(4)
    ]
    data = document(rows, names[:4])
    more = data.sweep_results.ranking.rank_by[0].model_copy(update={"metric": "smallest_cluster"})
    ranking = data.sweep_results.ranking.model_copy(update={"rank_by": [*data.sweep_results.ranking.rank_by, more]})
    data = data.model_copy(update={"sweep_results": data.sweep_results.model_copy(update={"ranking": ranking})})
    figure = drawn("metric_by_k", data)
    assert len(figure.axes) == 4
    assert any("4 of 5 metrics shown" in text for text in texts(figure))


@pytest.mark.parametrize("n_spaces", [2, 6, 8])
def test_spaces_that_do_not_compare_never_share_a_panel(n_spaces):
    data = spaces(n_spaces)
    figure = drawn("metric_by_k", data)
    assert len(figure.axes) == min(n_spaces, 6)
    for place, axes in enumerate(figure.axes):
        ((line),) = lines(axes, "best")
        rows = [row for row in data.sweep_results.trials if row.space_id == f"s{place}"]
        assert np.allclose(line.get_ydata(), [row.evaluation_metrics.silhouette_score for row in rows])
    assert any("6 of 8 spaces" in text for text in texts(figure)) == (n_spaces == 8)
    assert any("do not compare" in text for text in texts(figure))
    assert any(text == "Chosen: scaling standard, n components 0" for text in texts(figure))


def test_spaces_that_compare_share_a_panel():
    assert len(drawn("metric_by_k", spaces(3, across=True)).axes) == 1


def test_scores_in_the_rank_space_are_what_is_drawn():
    row = trial(0, {K: 3}, silhouette_score=0.9)
    row = row.model_copy(update={"rank_space_metrics": {"silhouette_score": 0.25}})
    (axes,) = drawn("metric_by_k", document([row])).axes
    assert lines(axes, "best")[0].get_ydata().tolist() == [0.25]


def test_trials_without_a_value_are_counted_with_their_reasons():
    rows = [
        trial(0, {K: 0}, 0),
        trial(1, {K: 1}, 1),
        trial(2, {K: 2}, error="TrialTimeout"),
        trial(3, {K: 3}, error="ClusteringError"),
        trial(4, {K: 4}, error="ClusteringError"),
    ]
    trials = read_trials(document([*rows, trial(5, {K: 3}, 3, silhouette_score=0.4)]))
    assert missing(trials, "silhouette_score") == "5 trials without a value (2 failed, 1 all noise, 1 one cluster, 1 timed out)"
    assert missing(trials[:1], "silhouette_score") == "1 trial without a value (all noise)"
    assert missing(trials[5:], "silhouette_score") == ""


def test_an_algorithm_looks_the_same_whatever_else_is_swept():
    every = algorithm_looks([*SEVEN, "other"], Style())
    assert len(set(every.values())) == 8
    assert all(algorithm_looks([name], Style())[name] == every[name] for name in SEVEN)


def test_many_clusters_are_drawn_on_a_logarithmic_axis_that_says_so():
    rows = [trial(n, {EPS: n}, k, silhouette_score=0.3) for n, k in enumerate((2, 5, 40, 300))]
    figure = drawn("metric_by_k", document(rows, algorithm="dbscan"))
    assert "clusters found (logarithmic)" in texts(figure)
    assert drawn("metric_by_k", by_k(10)).axes[0].get_xscale() == "linear"


def test_numeric_settings_are_sorted_and_others_stay_in_the_order_met():
    rows = [
        trial(n, {K: k, PARAMETERS + "init": how}, silhouette_score=0.1)
        for n, (k, how) in enumerate((k, how) for k in (9, "auto", 3, 12) for how in ("z", "a"))
    ]
    (grid,) = find_grids(document(rows))
    assert grid.across.texts == ["3", "9", "12", "auto"]
    assert grid.down.texts == ["z", "a"]


def test_each_cell_has_the_value_of_its_combination_and_the_best_is_framed():
    data = density()
    figure = drawn("settings_heatmap", data)
    (grid,) = find_grids(data)
    values = {place: cell.value for place, cell in grid.cells.items()}
    assert values == {(i, j): round(eps + least / 100, 3) for i, eps in enumerate((0.1, 0.2, 0.5)) for j, least in enumerate((5, 10))}
    written = {gid: text.get_text() for gid, text in by_gid(figure, "value-").items()}
    assert written == {f"value-{i}-{j}": f"{value:.2f}" for (i, j), value in values.items()}
    assert by_gid(figure, "best")["best"].get_xy() == (1.5, 0.5)
    assert title(figure) == "Silhouette is highest at eps 0.5 and min_samples 10 (dbscan)"


@pytest.mark.parametrize(("metric", "dark"), [("silhouette_score", 0.6), ("davies_bouldin_score", 0.15)])
def test_darker_is_better_whichever_way_the_metric_goes(metric, dark):
    rows = [
        trial(n, {EPS: eps, MIN: least}, **{metric: eps + least / 100})
        for n, (eps, least) in enumerate((e, m) for e in (0.1, 0.5) for m in (5, 10))
    ]
    data = document(rows, (metric,), algorithm="dbscan")
    figure = drawn("settings_heatmap", data)
    (grid,) = find_grids(data)
    luminance = {place: sum(by_gid(figure, "cell-")[f"cell-{place[0]}-{place[1]}"].get_facecolor()[:3]) for place in grid.cells}
    assert grid.cells[min(luminance, key=luminance.get)].value == pytest.approx(dark)
    assert grid.best == (min(luminance, key=luminance.get),)


def test_cells_without_a_value_are_hatched_with_the_reason():
    def special(eps, least):
        if least == 5:
            return {0.1: {"k": 0, "silhouette_score": None}, 0.2: {"error": "TrialTimeout"}, 0.5: {"broken": ["x"]}}[eps]
        return {}

    figure = drawn("settings_heatmap", density(special))
    written = {gid: text.get_text() for gid, text in by_gid(figure, "value-").items()}
    assert (written["value-0-0"], written["value-1-0"], written["value-2-0"]) == ("all noise", "timed out", "0.55\nconstraint")
    assert set(by_gid(figure, "hatch-")) == {"hatch-0-0", "hatch-1-0", "hatch-2-0"}
    assert all(patch.get_hatch() for patch in by_gid(figure, "hatch-").values())


def test_further_settings_are_at_their_best_and_it_is_said():
    rows = [
        trial(n, {EPS: eps, MIN: least, PARAMETERS + "leaf": leaf}, silhouette_score=eps + least / 100 + leaf / 10)
        for n, (eps, least, leaf) in enumerate((e, m, f) for e in (0.1, 0.2, 0.3) for m in (5, 10, 15) for f in (1, 2))
    ]
    data = document(rows, algorithm="dbscan")
    (grid,) = find_grids(data)
    assert {grid.across.name, grid.down.name} == {"eps", "min_samples"}
    assert grid.cells[(0, 0)].value == pytest.approx(
        max(r.evaluation_metrics.silhouette_score for r in rows if r.settings[EPS] + r.settings[MIN] < 5.15)
    )
    assert any("leaf at its best" in text for text in texts(drawn("settings_heatmap", data)))


def test_each_algorithm_has_a_grid_of_its_own_settings():
    rows = [
        trial(n, {ALGORITHM: "kmeans", K: k, PARAMETERS + "n_init": i}, k, silhouette_score=0.1)
        for n, (k, i) in enumerate((k, i) for k in (2, 3) for i in (1, 2))
    ]
    rows += [
        trial(10 + n, {ALGORITHM: "dbscan", EPS: e, MIN: m}, 3, silhouette_score=0.2 + e)
        for n, (e, m) in enumerate((e, m) for e in (0.1, 0.2) for m in (3, 5))
    ]
    grids = find_grids(document(rows))
    assert [(grid.algorithm, {grid.across.name, grid.down.name}) for grid in grids] == [
        ("dbscan", {"eps", "min_samples"}),
        ("kmeans", {"n_clusters", "n_init"}),
    ]


def test_the_algorithm_is_an_axis_where_only_one_other_setting_varies():
    (grid,) = find_grids(by_k(24, ("kmeans", "hdbscan")))
    assert {grid.across.name, grid.down.name} == {"n_clusters", "algorithm"}


def test_a_grid_never_mixes_spaces():
    rows = [
        trial(12 * s + 4 * e + m, {EPS: e, MIN: m}, space=f"s{s}", silhouette_score=s + 0.1 * e + 0.01 * m)
        for s in range(2)
        for e in range(3)
        for m in range(4)
    ]
    data = document(rows, algorithm="dbscan", spaces={"s0": {"scaling": "none"}, "s1": {"scaling": "robust"}})
    grids = find_grids(data)
    assert [grid.space for grid in grids] == ["no scaling", "scaling robust"]
    for grid, low in zip(grids, (0, 1), strict=True):
        assert all(low <= cell.value < low + 1 for cell in grid.cells.values())


def beside(name="gaussian_mixture", **kmeans):
    """A grid of an algorithm's settings, and a trial of kmeans beside it."""
    reg = PARAMETERS + "tol"
    rows = [
        trial(n, {ALGORITHM: name, K: k, reg: r}, k, silhouette_score=0.3 + n / 100)
        for n, (k, r) in enumerate((k, r) for k in (2, 3) for r in (1e-6, 0.01))
    ]
    return document([*rows, trial(9, {ALGORITHM: "kmeans", K: 2, reg: None}, 2, **kmeans)])


def test_a_title_speaks_of_the_grid_alone_where_a_trial_outside_is_better():
    figure = drawn("settings_heatmap", beside(silhouette_score=0.39))
    assert title(figure) == "Within gaussian_mixture: silhouette is highest at tol 0.01 and n_clusters 3"
    assert any("no cell: the chosen trial 9 (kmeans, 2 clusters, 0.39)" in text for text in texts(figure))


@pytest.mark.parametrize("kmeans", [{"silhouette_score": 0.1}, {"silhouette_score": 0.9, "broken": ["x"]}])
def test_a_title_needs_no_scope_where_nothing_outside_is_as_good(kmeans):
    assert title(drawn("settings_heatmap", beside(**kmeans))) == "Silhouette is highest at tol 0.01 and n_clusters 3 (gaussian_mixture)"


def test_a_tie_is_said_and_all_its_cells_are_framed():
    figure = drawn("settings_heatmap", density(lambda eps, least: {"silhouette_score": 0.5 if eps == 0.2 else 0.1}))
    assert title(figure) == "Silhouette is highest, 0.5, in 2 of 6 cells: a tie"
    frames = [patch for patch in figure.axes[0].patches if patch.get_gid() == "best"]
    assert sorted(patch.get_xy() for patch in frames) == [(0.5, -0.5), (0.5, 0.5)]


def test_where_all_cells_tie_none_is_framed():
    figure = drawn("settings_heatmap", density(lambda eps, least: {"silhouette_score": 0.5}))
    assert title(figure) == "Silhouette is highest, 0.5, in all cells: a tie"
    assert not by_gid(figure, "best")
    assert not any("frame" in text for text in texts(figure))


def test_a_trial_that_breaks_a_constraint_is_never_crowned():
    data = density(lambda eps, least: {"silhouette_score": 0.9, "broken": ["x"]} if (eps, least) == (0.1, 5) else {})
    assert title(drawn("settings_heatmap", data)) == "Silhouette is highest at eps 0.5 and min_samples 10 (dbscan)"


def test_a_best_cell_of_noise_says_so():
    data = density(lambda eps, least: {"silhouette_score": 0.9, "noise": 0.98} if (eps, least) == (0.1, 5) else {})
    assert title(drawn("settings_heatmap", data)) == "Silhouette is highest at eps 0.1 and min_samples 5 (dbscan), with 98 % noise"


@pytest.mark.parametrize("length", [1, 20, 60])
def test_the_title_of_a_grid_is_never_cut(length):
    one, other = (PARAMETERS + letter * length for letter in "wm")
    rows = [
        trial(n, {one: "w" * length + str(a), other: "m" * length + str(b)}, silhouette_score=0.1 * n)
        for n, (a, b) in enumerate((a, b) for a in range(3) for b in range(3))
    ]
    text = title(drawn("settings_heatmap", document(rows)))
    assert text.startswith("Silhouette is highest")
    assert ("…" in text) is False


def test_values_drawn_at_random_make_no_grid():
    rows = [
        trial(n, {EPS: 0.3 + n / 97, PARAMETERS + "metric": ("euclidean", "manhattan")[n % 2]}, silhouette_score=0.1 + n / 100)
        for n in range(30)
    ]
    assert find_grids(document(rows, algorithm="dbscan")) == []


def test_an_algorithm_without_the_setting_has_a_row_of_its_own():
    rows = [
        trial(n, {ALGORITHM: name, K: k}, k, silhouette_score=0.2 + k / 100)
        for n, (name, k) in enumerate((name, k) for name in ("kmeans", "spectral") for k in (2, 3, 4))
    ]
    rows.append(trial(6, {ALGORITHM: "hdbscan", K: None}, 5, silhouette_score=0.6, noise=0.25))
    data = document(rows)
    (grid,) = find_grids(data)
    assert (grid.down.name, grid.across.values, grid.best) == ("algorithm", (2, 3, 4), ((BAND, 2),))
    figure = drawn("settings_heatmap", data)
    assert title(figure) == "Silhouette is highest for hdbscan, 5 clusters"
    assert by_gid(figure, "best")["best"].get_width() == 3
    assert "0.60 (5 clusters, 25 % noise)" in texts(figure)
    assert any("whole rows: no setting n_clusters" in text for text in texts(figure))


def test_the_chosen_trial_is_marked_where_it_is_not_the_best_cell():
    rows = [
        trial(n, {EPS: e, MIN: m}, silhouette_score=0.5 + 0.01 * n, noise=0.3 * (n > 0) + 0.1 * n)
        for n, (e, m) in enumerate((e, m) for e in (1, 2) for m in (3, 5))
    ]
    data = document(rows, ("noise_fraction", "silhouette_score"), algorithm="dbscan")
    turned = data.sweep_results.ranking.model_copy(update={"rank_by": data.sweep_results.ranking.rank_by[::-1]})
    data = data.model_copy(update={"sweep_results": data.sweep_results.model_copy(update={"ranking": turned})})
    (grid,) = find_grids(data)
    (dot,) = by_gid(drawn("settings_heatmap", data), "chosen").values()
    assert grid.best == ((1, 1),)
    assert (round(dot.get_xdata()[0]), round(dot.get_ydata()[0])) == (0, 0)


def test_the_front_is_what_the_document_says_and_better_is_up_and_right():
    data = by_k(100, ("kmeans", "hdbscan"), ("noise_fraction", "davies_bouldin_score"))
    figure = drawn("pareto", data)
    axes = figure.axes[0]
    assert axes.get_xlim()[0] > axes.get_xlim()[1]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]
    front = {row.trial_id: row for row in data.sweep_results.trials if row.on_pareto_front}
    (found,) = find_fronts(data)
    assert {t.row.trial_id for point in found.points for t in point.trials} == set(front)
    (line,) = lines(axes, "front")
    assert set(map(tuple, line.get_xydata())) == {
        (row.noise_fraction, row.evaluation_metrics.davies_bouldin_score) for row in front.values()
    }
    assert set(by_gid(figure, "trial-")) == {f"trial-{point.first.row.trial_id}" for point in found.points}


def test_the_front_is_listed_with_values_and_settings_and_the_chosen_one_in_bold():
    rows = [trial(n, {K: 2 + n}, 2 + n, silhouette_score=0.1 + 0.1 * n, noise=0.1 * n) for n in range(4)]
    data = document(rows, TWO)
    figure = drawn("pareto", data)
    best = data.sweep_results.best.trial_id
    for row in rows:
        cells = [figure_text.get_text() for figure_text in (by_gid(figure, f"cell-{row.trial_id}-").values())]
        assert cells[:2] == [str(row.trial_id), f"kmeans, {row.n_clusters} clusters"]
        assert cells[2:] == [f"{row.evaluation_metrics.silhouette_score:.2f}", f"{row.noise_fraction:.2f}", f"n_clusters {row.n_clusters}"]
        assert (by_gid(figure, f"cell-{row.trial_id}-0").popitem()[1].get_weight() == "bold") == (row.trial_id == best)
    (ring,) = lines(figure.axes[0], "chosen")
    assert ring.get_xdata()[0] == rows[best].evaluation_metrics.silhouette_score
    assert title(figure) == "4 of 4 ranked trials are unbeaten in silhouette and noise fraction"


def test_trials_at_one_point_of_the_front_share_a_label():
    rows = [trial(n, {PARAMETERS + "n_init": n}, silhouette_score=0.5, noise=0.0) for n in range(4)]
    rows.append(trial(4, {PARAMETERS + "n_init": 4}, silhouette_score=0.2, noise=0.3))
    figure = drawn("pareto", document(rows, TWO))
    assert "0 +3" in texts(figure)
    assert title(figure) == "kmeans, 3 clusters: best in both silhouette and noise fraction"
    assert not any("line: the front" in text for text in texts(figure))


def test_a_front_of_several_points_says_that_the_line_is_it():
    rows = [trial(n, {EPS: n}, silhouette_score=n / 10, noise=n / 10) for n in range(3)]
    assert any("line: the front" in text for text in texts(drawn("pareto", document(rows, TWO))))


def test_the_front_of_a_single_point_among_no_others_is_not_drawn():
    rows = [trial(n, {PARAMETERS + "n_init": n}, silhouette_score=0.5, noise=0.1) for n in range(4)]
    assert "there is a single point" in SWEEP_PLOTS["pareto"].applies(document(rows, TWO))


def test_a_long_front_is_numbered_at_both_ends_and_the_best_and_says_how_many():
    rows = [trial(n, {EPS: n}, silhouette_score=n / 100, noise=n / 100) for n in range(60)]
    data = document(rows, TWO, algorithm="dbscan")
    (front,) = find_fronts(data)
    named = {point.first.row.trial_id for point in spaced_points(front.points, 14)}
    assert len(named) == 14
    assert {0, 59, data.sweep_results.best.trial_id} <= named
    assert any("14 of 60 points of the front are numbered" in text for text in texts(drawn("pareto", data)))


def test_with_three_metrics_points_off_the_line_are_explained():
    rows = [
        trial(0, {K: 2}, 2, silhouette_score=0.9, noise=0.0, dbcv=0.1),
        trial(1, {K: 3}, 3, silhouette_score=0.1, noise=0.3, dbcv=0.9),
    ]
    data = document(rows, (*TWO, "dbcv"))
    (front,) = find_fronts(data)
    assert {point.first.row.trial_id: point.joined for point in front.points} == {0: True, 1: False}
    assert any("points off the line are better in DBCV" in text for text in texts(drawn("pareto", data)))


def test_each_space_has_a_front_of_its_own():
    data = spaces(3, rank_by=TWO)
    figure = drawn("pareto", data)
    assert len(figure.axes) == 3
    assert [front.space_id for front in find_fronts(data)] == ["s0", "s1", "s2"]


def test_agreement_puts_alike_trials_side_by_side_and_frames_them():
    generator = np.random.default_rng(3)
    mixed = generator.permutation(10)
    rand = blocks([5, 3, 2])
    data = by_k(10, rand=rand[np.ix_(mixed, mixed)].tolist())
    matrix = order_by_likeness(data)
    ids = data.sweep_results.agreement.trial_ids
    places = [ids.index(trial_.row.trial_id) for trial_ in matrix.trials]
    truth = np.repeat([0, 1, 2], [5, 3, 2])[mixed][places]
    assert (np.diff(truth) != 0).sum() == 2
    assert np.array_equal(matrix.rand, rand[np.ix_(mixed, mixed)][np.ix_(places, places)])
    figure = drawn("agreement", data)
    (image,) = figure.axes[0].images
    assert np.array_equal(image.get_array(), matrix.rand)
    assert image.get_clim() == (0, 1)
    assert sorted(frame.get_width() for frame in by_gid(figure, "group-").values()) == [2, 3, 5]
    assert title(figure) == "All 10 ranked trials find 3 different clusterings"


@pytest.mark.parametrize(
    ("rand", "words"),
    [
        (blocks([6]), "find nearly the same clusters"),
        (np.eye(6), "All 6 ranked trials find different clusters"),
        (blocks([3, 3]), "2 different"),
    ],
)
def test_the_title_of_agreement_says_how_many_clusterings_there_are(rand, words):
    assert words in title(drawn("agreement", by_k(6, rand=rand.tolist())))


def test_the_chosen_trial_is_bold_on_both_axes_of_agreement():
    data = by_k(10, rand=blocks([5, 5]).tolist())
    figure = drawn("agreement", data)
    best = data.sweep_results.best.trial_id
    bold = [
        label.get_text()
        for axis in (figure.axes[0].xaxis, figure.axes[0].yaxis)
        for label in axis.get_ticklabels()
        if label.get_weight() == "bold"
    ]
    assert bold == [str(best), f"{best}: kmeans, 4 clusters"]


def test_agreement_says_whether_it_shows_all_ranked_trials_or_the_best():
    assert (
        title(drawn("agreement", by_k(10, rand=blocks([3, 3]).tolist()))) == "The 6 best of 10 ranked trials find 2 different clusterings"
    )
    assert title(drawn("agreement", by_k(2, rand=np.eye(2).tolist()))) == "Both ranked trials find different clusters"


def test_names_of_trials_in_agreement_are_whole():
    names = [
        label.get_text()
        for label in drawn("agreement", by_k(26, ("gaussian_mixture",), rand=blocks([20, 6]).tolist())).axes[0].get_yticklabels()
    ]
    assert len(names) == 26
    assert all(name.endswith(" clusters") for name in names)


@pytest.mark.parametrize("sizes", [[20, 15, 10, 4], [1] * 49])
def test_many_trials_in_agreement_have_labels_that_can_be_read(sizes):
    data = by_k(49, ("kmeans", "dbscan"), rand=blocks(sizes).tolist())
    figure = drawn("agreement", data)
    axes = figure.axes[0]
    figure.draw_without_rendering()
    for labels in (axes.get_yticklabels(), axes.get_xticklabels()):
        assert all(label.get_fontsize() >= 7 for label in labels)
        boxes = [label.get_window_extent() for label in labels]
        assert not any(one.overlaps(other) for place, one in enumerate(boxes) for other in boxes[:place])
    best = str(data.sweep_results.best.trial_id)
    assert [label.get_text() for label in axes.get_xticklabels() if label.get_weight() == "bold"] == [best]
    assert sum(label.get_weight() == "bold" for label in axes.get_yticklabels()) == 1
    assert ("20 trials" in " ".join(texts(figure))) == (len(sizes) == 4)


def test_pairs_that_share_no_row_have_no_colour():
    rand = blocks([2, 2]).astype(object)
    rand[0, 3] = rand[3, 0] = None
    figure = drawn("agreement", by_k(4, rand=rand.tolist()))
    assert figure.axes[0].images[0].get_array().mask.sum() == 2
    assert texts(figure).count("–") == 2


def test_a_path_may_set_a_whole_section():
    rows = [
        trial(n, {"clustering_configuration": {"algorithm": name, "n_clusters": 3}}, silhouette_score=0.1)
        for n, name in enumerate(("kmeans", "spectral"))
    ]
    trials = read_trials(document(rows, algorithm=None))
    assert [t.algorithm for t in trials] == ["kmeans", "spectral"]
    assert trials[0].settings == {ALGORITHM: "kmeans", K: 3}


def test_short_names_tell_settings_apart():
    assert short_names(["a.b.k", "a.c.k", "a.x"]) == {"a.b.k": "b.k", "a.c.k": "c.k", "a.x": "x"}
    assert short_names(["k", "a.k"]) == {"k": "k", "a.k": "a.k"}


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0.123456, None, "0.123"),
        (-0.5, 2, "\u22120.50"),
        (-0.001, 2, "0.00"),
        (12345.6, 0, "12,346"),
        (1.234e7, 2, "1.23e7"),
        (2500.0, None, "2,500"),
    ],
)
def test_numbers_are_written_short_and_with_a_true_minus(value, decimals, text):
    assert number(value, decimals) == text


def test_decimals_tell_values_apart():
    assert [decimals_for(values) for values in ([0.1, 0.6], [0.51, 0.55], [3.0, 9.0], [100.5, 4000.5], [0.5], [0.0])] == [2, 3, 0, 0, 2, 0]
