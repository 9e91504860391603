"""How alike the labels of the best trials are, alike ones side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.plots.canvas import LITERAL, fit, write_headline
from clusterctl.plots.style import ink_on
from clusterctl.plots.sweep.panels import add_panel
from clusterctl.plots.sweep.trials import Trial, chosen, read_trials
from clusterctl.plots.sweep.words import number, trial_words
from clusterctl.plots.words import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

    from clusterctl.plots.style import Style
    from clusterctl.results.sweep import SweepDocument

ALIKE = 0.8
_MOST_NUMBERS = 16


@dataclass(frozen=True, slots=True)
class Matrix:
    """The adjusted Rand index of each pair, in drawing order.

    rand: (m, m), NaN where there is none. groups: (m,) of alike trials, from 0.
    """

    trials: tuple[Trial, ...]
    rand: np.ndarray
    groups: np.ndarray

    @property
    def n_groups(self) -> int:
        """Number of groups of alike trials."""
        return int(self.groups.max()) + 1


def applies(data: SweepDocument) -> str | None:
    """Return None, or why nothing can be compared."""
    agreement = data.sweep_results.agreement
    if agreement is None or len(agreement.trial_ids) < 2:
        return "fewer than two trials have labels to compare"
    return None


def order_by_likeness(data: SweepDocument) -> Matrix:
    """Return the matrix with alike trials side by side: average linkage of 1 − adjusted Rand, leaves in optimal order.

    Groups are cut where the mean adjusted Rand between them falls below 0.8. The first trial's end of the order comes first. Deterministic.
    """
    from scipy.cluster.hierarchy import fcluster, leaves_list, linkage
    from scipy.spatial.distance import squareform

    agreement = data.sweep_results.agreement
    assert agreement is not None
    rand = np.array(agreement.adjusted_rand, dtype=np.float64)
    distances = np.clip(1.0 - np.nan_to_num(rand, nan=0.0), 0.0, None)
    distances = (distances + distances.T) / 2
    np.fill_diagonal(distances, 0.0)
    tree = linkage(squareform(distances, checks=False), "average", optimal_ordering=True)
    order = leaves_list(tree)
    if order.tolist().index(0) > len(order) / 2:
        order = order[::-1]
    cut = fcluster(tree, 1.0 - ALIKE, "distance")[order]
    groups = np.concatenate(([0], np.cumsum(cut[1:] != cut[:-1])))
    by_id = {trial.row.trial_id: trial for trial in read_trials(data)}
    trials = tuple(by_id[agreement.trial_ids[place]] for place in order)
    return Matrix(trials, rand[np.ix_(order, order)], groups)


def draw(figure: Figure, data: SweepDocument, style: Style) -> None:
    """Draw a cell a pair, darker for more alike, a frame around each group of alike trials, and the chosen trial in bold."""
    matrix = order_by_likeness(data)
    m = len(matrix.trials)
    side = float(np.clip(0.42 * m, 2.4, 5.1))
    size = float(np.clip(side / m * 72 * 0.72, 5.0, style.tick_size))
    names = [f"{trial.row.trial_id}: {trial_words(trial)}" for trial in matrix.trials]
    names = [fit(figure, name, 1.75, size, "bold") for name in names]
    top = 1.0
    figure.set_size_inches(style.width, top + side + 0.55)
    axes = add_panel(figure, style, (2.0, top, side, side))
    image = _draw_cells(axes, matrix, style)
    _frame_groups(axes, matrix, style)
    _label(axes, matrix, names, size, chosen(data), style)
    if m <= _MOST_NUMBERS:
        _write_values(axes, matrix, style)
    _draw_scale(figure, axes, image, matrix, style)
    write_headline(figure, style, fit(figure, headline(matrix), style.width - 0.32, style.title_size, "bold"), notes(data, matrix))


def _draw_cells(axes: Axes, matrix: Matrix, style: Style) -> AxesImage:
    from matplotlib import colormaps

    colours = colormaps["Blues"].with_extremes(bad=style.empty)
    image = axes.imshow(np.ma.masked_invalid(matrix.rand), cmap=colours, vmin=0, vmax=1, aspect="equal", interpolation="nearest")
    m = len(matrix.trials)
    if m <= 30:
        axes.set_xticks(np.arange(m + 1) - 0.5, minor=True)
        axes.set_yticks(np.arange(m + 1) - 0.5, minor=True)
        axes.grid(which="minor", color=style.paper, linewidth=0.8)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)
    return image


def _frame_groups(axes: Axes, matrix: Matrix, style: Style) -> None:
    from matplotlib.patches import Rectangle

    for group in range(matrix.n_groups):
        places = np.flatnonzero(matrix.groups == group)
        if len(places) > 1 and matrix.n_groups > 1:
            corner, size = places[0] - 0.5, len(places)
            axes.add_patch(
                Rectangle(
                    (corner, corner),
                    size,
                    size,
                    fill=False,
                    edgecolor=style.ink,
                    linewidth=1.6,
                    zorder=4,
                    clip_on=False,
                    gid=f"group-{group}",
                )
            )


def _label(axes: Axes, matrix: Matrix, names: list[str], size: float, best: Trial | None, style: Style) -> None:
    m = len(names)
    ids = [str(trial.row.trial_id) for trial in matrix.trials]
    axes.set_yticks(range(m), names, size=size, color=style.ink, **LITERAL)
    axes.set_xticks(range(m), ids, size=size, color=style.ink, rotation=90 if m > 12 else 0, **LITERAL)
    if best is not None and best in matrix.trials:
        place = matrix.trials.index(best)
        for label in (axes.get_yticklabels()[place], axes.get_xticklabels()[place]):
            label.set(weight="bold", gid="chosen")
        axes.plot(
            place,
            place,
            marker="*",
            markersize=min(9.0, size * 1.3),
            color="#E69F00",
            markeredgecolor=style.ink,
            markeredgewidth=0.6,
            zorder=5,
        )


def _write_values(axes: Axes, matrix: Matrix, style: Style) -> None:
    for (row, column), value in np.ndenumerate(matrix.rand):
        if row != column:
            text = "–" if np.isnan(value) else number(float(value), 2)
            colour = style.ink if np.isnan(value) else ink_on(dark=value > 0.55)
            axes.text(column, row, text, size=6.5, color=colour, ha="center", va="center", gid=f"value-{row}-{column}")


def _draw_scale(figure: Figure, axes: Axes, image: AxesImage, matrix: Matrix, style: Style) -> None:
    box = axes.get_position()
    width, height = figure.get_size_inches()
    tall = min(box.height, 1.8 / height)
    bar = figure.add_axes((box.x1 + 0.2 / width, box.y1 - tall, 0.13 / width, tall))
    below = bool(np.nanmin(matrix.rand) < 0)
    scale = figure.colorbar(image, cax=bar, extend="min" if below else "neither")
    scale.outline.set_visible(False)
    bar.tick_params(labelsize=7, colors=style.soft, length=2)
    bar.set_ylabel("adjusted Rand", size=7, color=style.soft)


def headline(matrix: Matrix) -> str:
    """Return into how many groups the trials fall."""
    m = len(matrix.trials)
    if matrix.n_groups == 1:
        return f"The {m} best trials find nearly the same clusters"
    if matrix.n_groups == m:
        return f"The {m} best trials all find different clusters"
    return f"The {m} best trials find {matrix.n_groups} different clusterings"


def notes(data: SweepDocument, matrix: Matrix) -> list[str]:
    """Return how to read it."""
    agreement, best = data.sweep_results.agreement, chosen(data)
    assert agreement is not None
    told = ["adjusted Rand index of each pair: 1 the same clusters, 0 as by chance"]
    if 1 < matrix.n_groups < len(matrix.trials):
        told.append(f"frames: {number(ALIKE)} or more on average")
    if best is not None and best in matrix.trials:
        told.append(f"star: the chosen trial {best.row.trial_id}")
    if agreement.method == "sampled":
        told.append(f"over a sample of {count(agreement.n_used, 'row')}")
    return told
