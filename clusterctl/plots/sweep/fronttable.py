"""The trials on the Pareto front as a table below the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clusterctl.plots.canvas import LITERAL, fit
from clusterctl.plots.sweep.fronts import LEAST_METRICS, FrontPoint
from clusterctl.plots.sweep.trials import chosen, read_trials, varying
from clusterctl.plots.sweep.words import metric_word, settings_text, trial_words
from clusterctl.plots.words import decimals_for, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from clusterctl.plots.style import Style
    from clusterctl.results.sweep import SweepDocument

LINE = 0.185


def table_height(n_lines: int) -> float:
    """Return the inches that so many lines and their heads take."""
    return LINE * (n_lines + 1) + 0.3


def point_label(point: FrontPoint) -> str:
    """Return the number of the trial that stands for a point, and how many more are there: `12 +3`."""
    more = f" +{len(point.trials) - 1}" if len(point.trials) > 1 else ""
    return f"{point.first.row.trial_id}{more}"


def list_points(figure: Figure, data: SweepDocument, points: Sequence[FrontPoint], room: float, style: Style) -> None:
    """List the numbered trials: algorithm, clusters, both values, and the settings that vary."""
    by = data.sweep_results.ranking.rank_by[:LEAST_METRICS]
    trials, best = read_trials(data), chosen(data)
    paths = list(varying(trials))
    width, height = figure.get_size_inches()
    decimals = [decimals_for(trial.value(metric.metric) or 0.0 for point in points for trial in point.trials) for metric in by]
    columns = (0.16, 0.75, 3.55, 4.75, 5.0)
    heads = ("trial", "algorithm and clusters", metric_word(by[0].metric), metric_word(by[1].metric), "settings")
    for line, point in enumerate([None, *points]):
        if point is None:
            cells: Sequence[str] = heads
        else:
            values = [number(point.first.value(metric.metric) or 0.0, places) for metric, places in zip(by, decimals, strict=True)]
            cells = (point_label(point), trial_words(point.first), *values, settings_text(point.first, paths, trials, 200))
        ring = point is not None and best is not None and best.row.trial_id in {trial.row.trial_id for trial in point.trials}
        look: dict[str, Any] = {"size": 7.5, "color": style.soft if point is None else style.ink, "weight": "bold" if ring else "normal"}
        y = 1 - (height - room + 0.05 + LINE * line) / height
        for place, (left, text) in enumerate(zip(columns, cells, strict=True)):
            right = place in (2, 3)
            most = (0.5, 1.75, 1.1, 1.1, width - left - 0.1)[place]
            gid = f"head-{place}" if point is None else f"cell-{point.first.row.trial_id}-{place}"
            figure.text(
                left / width,
                y,
                fit(figure, text, most, 7.5, look["weight"]),
                ha="right" if right else "left",
                va="top",
                gid=gid,
                **look,
                **LITERAL,
            )
