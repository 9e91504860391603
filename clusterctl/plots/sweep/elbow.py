"""Inertia and silhouette against the number of clusters: where inertia bends, further clusters gain little (Thorndike 1953)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clusterctl.plots.canvas import name_axis, write_headline
from clusterctl.plots.key import draw_key
from clusterctl.plots.panels import Margins, add_panels, scale_axis, title_panel
from clusterctl.plots.sweep.kpanels import best_at_each_k
from clusterctl.plots.sweep.looks import algorithm_looks
from clusterctl.plots.sweep.trials import Trial, chosen, groups
from clusterctl.plots.words import count
from clusterctl.results.sweep import RankedBy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from clusterctl.plots.style import Look, Style
    from clusterctl.results.sweep import SweepDocument

INERTIA, SILHOUETTE = RankedBy(metric="inertia", best="min"), RankedBy(metric="silhouette_score", best="max")
_FEWEST = 3
Line = tuple[np.ndarray, np.ndarray]


def lines(data: SweepDocument, by: RankedBy) -> dict[str, Line]:
    """Return for each algorithm the numbers of clusters it found, rising, and the best value at each; in the chosen trial's space."""
    together, best = groups(data), chosen(data)
    own = next((group for group in together if best is not None and best.row.space_id == group.space_id), together[0] if together else None)
    trials = [trial for trial in own.trials if trial.row.n_clusters] if own is not None else []
    found = {}
    for algorithm in dict.fromkeys(trial.algorithm for trial in trials):
        at_each = best_at_each_k([trial for trial in trials if trial.algorithm == algorithm], by)
        if at_each:
            found[algorithm] = _line(at_each, by)
    return found


def _line(trials: Sequence[Trial], by: RankedBy) -> Line:
    return np.array([trial.row.n_clusters for trial in trials]), np.array([trial.value(by.metric) for trial in trials], dtype=np.float64)


def applies(data: SweepDocument) -> str | None:
    """Return None, or why there is no curve."""
    longest = max((len(k) for k, _ in lines(data, INERTIA).values()), default=0)
    if longest >= _FEWEST:
        return None
    if not longest:
        return "no trial has a value of inertia"
    return f"no algorithm found {_FEWEST} different numbers of clusters"


def bend(k: np.ndarray, inertia: np.ndarray) -> int | None:
    """Return the number of clusters at which inertia lies furthest below the straight line between its ends (Satopää et al. 2011).

    None with fewer than three numbers, or where it never lies a tenth of its range below.
    """
    span = float(inertia[0] - inertia[-1]) if len(k) >= _FEWEST else 0.0
    if span <= 0:
        return None
    below = (k[-1] - k) / (k[-1] - k[0]) - (inertia - inertia[-1]) / span
    place = int(below.argmax())
    return int(k[place]) if below[place] > 0.1 else None


def draw(figure: Figure, data: SweepDocument, style: Style) -> None:
    """Draw inertia, with its bend ringed, and beside it the silhouette, with its highest value ringed; a line an algorithm."""
    inertia, silhouette = lines(data, INERTIA), lines(data, SILHOUETTE)
    looks = algorithm_looks(inertia, style)
    panels = [("Inertia: look for the bend", inertia, True)]
    if silhouette:
        panels.append(("Silhouette: higher is better", silhouette, False))
    several = add_panels(figure, style, len(panels), 3.4 if len(panels) == 1 else 2.9, Margins(top=1.42 if len(looks) > 1 else 1.12))
    for axes, (title, found, falls) in zip(several, panels, strict=True):
        _draw_panel(axes, found, looks, style, falls=falls)
        title_panel(figure, axes, title, style)
        name_axis(axes, style, x="clusters found")
    if len(looks) > 1:
        draw_key(figure, looks, style, below=0.82, joined=tuple(looks))
    write_headline(figure, style, headline(data), notes(data))


def _draw_panel(axes: Axes, found: dict[str, Line], looks: dict[str, Look], style: Style, *, falls: bool) -> None:
    from matplotlib.ticker import MaxNLocator

    for algorithm, (k, values) in found.items():
        look = looks.get(algorithm)
        if look is None:
            continue
        axes.plot(k, values, color=look.colour, marker=look.marker, markersize=5.5, linewidth=1.6, zorder=3, gid=f"line-{algorithm}")
        at = bend(k, values) if falls else int(k[values.argmax()])
        if at is not None:
            ring = {"markersize": 13, "markerfacecolor": "none", "markeredgecolor": style.ink, "markeredgewidth": 1.4, "linestyle": "none"}
            axes.plot(at, values[k == at][0], marker="o", zorder=4, gid=f"ring-{algorithm}", **ring)  # type: ignore[arg-type]
    every_k = np.concatenate([k for k, _ in found.values()])
    margin = 0.6 + 0.03 * float(np.ptp(every_k))
    axes.set_xlim(every_k.min() - margin, every_k.max() + margin)
    axes.xaxis.set_major_locator(MaxNLocator(nbins="auto", integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    axes.set_ylim(scale_axis(axes.yaxis, np.concatenate([values for _, values in found.values()]).tolist(), 5, 0.16))
    axes.grid(axis="y", color=style.rule, linewidth=0.6, zorder=0)
    axes.set_axisbelow(True)


def headline(data: SweepDocument) -> str:
    """Return where inertia bends, and where the silhouette is highest; of the algorithm with the most numbers of clusters."""
    inertia, silhouette = lines(data, INERTIA), lines(data, SILHOUETTE)
    first = max(inertia, key=lambda algorithm: len(inertia[algorithm][0]))
    at = bend(*inertia[first])
    told = "Inertia has no clear bend" if at is None else f"Inertia bends most at {count(at, 'cluster')}"
    if first in silhouette:
        k, values = silhouette[first]
        told += f", silhouette is highest at {int(k[values.argmax()])}"
    return told + (f" ({first})" if len(inertia) > 1 else "")


def notes(data: SweepDocument) -> list[str]:
    """Return how it is read and what is not shown."""
    told = ["the best trial at each number of clusters", "inertia falls with every cluster: rings mark its bend and the highest silhouette"]
    return [*told, "the chosen trial's space alone: scores do not compare between spaces"] if len(groups(data)) > 1 else told
