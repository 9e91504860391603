"""How alike the labels of the best trials are, alike ones side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.plots.canvas import LITERAL, fit, measure, write_headline
from clusterctl.plots.panels import add_panel
from clusterctl.plots.randmatrix import ALIKE, draw_cells, draw_scale, write_values
from clusterctl.plots.sweep.trials import Trial, chosen, read_trials
from clusterctl.plots.sweep.words import trial_words
from clusterctl.plots.words import cluster_counts, count, number, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from clusterctl.plots.style import Style
    from clusterctl.results.sweep import SweepDocument

_ROWS_APART, _NUMBER_ROOM = 1.6, 0.125
_MOST_NUMBERS, _MOST_NAMES = 16, 30
_LEAST_LEFT, _MOST_LEFT, _RIGHT = 1.3, 2.9, 0.85


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
    m, best = len(matrix.trials), chosen(data)
    names = name_rows(matrix, best)
    size = style.tick_size if m <= _MOST_NAMES else 7.5
    widest = max(measure(figure, name, size, "bold") for name in names.values())
    left = float(np.clip(widest + 0.3, _LEAST_LEFT, _MOST_LEFT))
    side = float(min(np.clip(0.42 * m, 2.4, 5.1), style.width - left - _RIGHT))
    names = {place: fit(figure, name, left - 0.25, size, "bold") for place, name in names.items()}
    top = 1.0
    figure.set_size_inches(style.width, top + side + 0.55)
    axes = add_panel(figure, style, (left, top, side, side))
    image = draw_cells(axes, matrix.rand, style)
    _frame_groups(axes, matrix, style)
    _label(axes, matrix, names, size, side, best, style)
    if m <= _MOST_NUMBERS:
        write_values(axes, matrix.rand, style)
    draw_scale(figure, axes, image, matrix.rand, style)
    title = fit(figure, headline(data, matrix), style.width - 0.32, style.title_size, "bold")
    write_headline(figure, style, title, notes(data, matrix))


def name_rows(matrix: Matrix, best: Trial | None) -> dict[float, str]:
    """Return words for the side by their place: each trial's, or where there are many each group's at its middle.

    Names of groups keep two rows apart: those of the chosen trial's group and of large groups go before.
    """
    if len(matrix.trials) <= _MOST_NAMES:
        return {float(place): f"{trial.row.trial_id}: {trial_words(trial)}" for place, trial in enumerate(matrix.trials)}
    own = None if best not in matrix.trials else int(matrix.groups[matrix.trials.index(best)])
    members = [np.flatnonzero(matrix.groups == group) for group in range(matrix.n_groups)]
    named: dict[float, str] = {}
    for group in sorted(range(matrix.n_groups), key=lambda group: (group != own, -len(members[group]), group)):
        middle = float(members[group].mean())
        if all(abs(middle - other) >= _ROWS_APART for other in named):
            named[middle] = group_words([matrix.trials[place] for place in members[group]])
    return dict(sorted(named.items()))


def group_words(trials: Sequence[Trial]) -> str:
    """Return `7: kmeans, 4 clusters`, `5 trials: dbscan, 2 clusters`, `21 trials: 7 algorithms, 2 and 3 clusters`."""
    if len(trials) == 1:
        return f"{trials[0].row.trial_id}: {trial_words(trials[0])}"
    algorithms = list(dict.fromkeys(plain(trial.algorithm, 30) for trial in trials))
    by = algorithms[0] if len(algorithms) == 1 else f"{len(algorithms)} algorithms"
    return f"{len(trials)} trials: {by}, {cluster_counts(trial.row.n_clusters or 0 for trial in trials)}"


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


def _label(axes: Axes, matrix: Matrix, names: Mapping[float, str], size: float, side: float, best: Trial | None, style: Style) -> None:
    m = len(matrix.trials)
    place = None if best not in matrix.trials else matrix.trials.index(best)
    columns = _numbered(m, place, side)
    ids = [str(matrix.trials[column].row.trial_id) for column in columns]
    axes.set_yticks(list(names), list(names.values()), size=size, color=style.ink, **LITERAL)
    axes.set_xticks(columns, ids, size=size, color=style.ink, rotation=90 if m > 12 else 0, **LITERAL)
    if place is None:
        return
    bold = [axes.get_xticklabels()[columns.index(place)]]
    alike = matrix.groups[place]
    for label, row in zip(axes.get_yticklabels(), names, strict=True):
        if row == place if m <= _MOST_NAMES else matrix.groups[round(row)] == alike:
            bold.append(label)
    for label in bold:
        label.set(weight="bold", gid="chosen")
    look = {"color": "#E69F00", "markeredgecolor": style.ink, "markeredgewidth": 0.6}
    axes.plot(place, place, marker="*", markersize=min(9.0, size * 1.3), zorder=5, **look)  # type: ignore[arg-type]


def _numbered(m: int, chosen_place: int | None, side: float) -> list[int]:
    """Return the columns that have a number: as many as can be read, the chosen trial's always among them."""
    step = int(np.ceil(m * _NUMBER_ROOM / side))
    first = 0 if chosen_place is None else chosen_place % step
    return list(range(first, m, step))


def headline(data: SweepDocument, matrix: Matrix) -> str:
    """Return into how many groups the trials fall: all that are ranked, or the best of them."""
    m, n_ranked = len(matrix.trials), sum(row.rank is not None for row in data.sweep_results.trials)
    who = f"The {m} best of {n_ranked} ranked trials" if m < n_ranked else "Both ranked trials" if m == 2 else f"All {m} ranked trials"
    if matrix.n_groups == 1:
        return f"{who} find nearly the same clusters"
    if matrix.n_groups == m:
        return f"{who} find different clusters"
    return f"{who} find {matrix.n_groups} different clusterings"


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
