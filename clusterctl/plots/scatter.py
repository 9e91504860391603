"""Every row, or a sample of 20,000, as a point in the plane, labelled where it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clusterctl.plots.canvas import add_axes, halo, name_axis, spread, write_headline
from clusterctl.plots.style import Look, Style, cluster_looks
from clusterctl.plots.words import clusters_in_rows, count, how, left_out, only_largest, plain, share
from clusterctl.values.plotdata import CLUSTERED, EXCLUDED, NOISE, PlotData

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from clusterctl.plots.page import Picture

_FAR = 2.0
FEW = 10
TINY_SIZE = 22


def applies(data: PlotData) -> str | None:
    """Return None, or why there is nothing to draw."""
    return None if len(data.rows) else "there are no rows to draw"


def draw(figure: Figure, data: PlotData, style: Style) -> None:
    """Draw noise and excluded rows below, the clusters' points mixed above them, numbers where each cluster is thickest."""
    figure.set_size_inches(style.width, style.height)
    looks = cluster_looks(data, style)
    axes = add_axes(figure, style, left=0.75 if data.axis_labels[1] else 0.3, right=1.75, bottom=0.55, headline=0.72)
    anchors = cluster_anchors(data)
    x_limits, y_limits, n_outside = frame(data, anchors)
    axes.set_xlim(x_limits)
    axes.set_ylim(y_limits)
    _draw_points(axes, data, looks, style)
    _label_clusters(figure, axes, data, anchors, looks, style)
    _draw_key(axes, data, looks, style)
    name_axis(axes, style, x=plain(data.axis_labels[0]), y=plain(data.axis_labels[1]))
    if not data.axis_labels[1]:
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
    write_headline(figure, style, clusters_in_rows(data), notes(data, n_outside))


def notes(data: PlotData, n_outside: int) -> list[str]:
    """Return how it was made and what is not shown."""
    told = [how(data), *left_out(data), *only_largest(data)]
    if data.n_drawn < data.n_points:
        told.append(f"{data.n_drawn:,} of {data.n_points:,} rows drawn")
    if data.n_excluded and not (data.status == EXCLUDED).any():
        told.append("excluded rows not drawn")
    if n_outside:
        told.append(f"{count(n_outside, 'far row')} outside the frame")
    if data.projection_method == "strip":
        told.append("height shows how many rows are alike")
    return told


def cluster_anchors(data: PlotData) -> dict[int, np.ndarray]:
    """Return for each cluster the drawn point nearest to the medians of its coordinates, which a label can stand on."""
    anchors = {}
    scale = np.ptp(data.projection, axis=0)
    scale[scale == 0] = 1.0
    for number in data.cluster_ids.tolist():
        points = data.projection[data.labels == number]
        if len(points):
            distances = (((points - np.median(points, axis=0)) / scale) ** 2).sum(axis=1)
            anchors[number] = points[distances.argmin()]
    return anchors


def frame(data: PlotData, anchors: dict[int, np.ndarray]) -> tuple[tuple[float, float], tuple[float, float], int]:
    """Return the limits of both axes and the rows beyond: a thin far tail that would squeeze everything else, never a cluster."""
    points = data.projection
    inside = np.ones(len(points), dtype=bool)
    limits = []
    for axis in (0, 1):
        values = points[:, axis]
        low, high = float(values.min()), float(values.max())
        near_low, near_high = np.quantile(values, (0.005, 0.995))
        if len(points) >= 200 and high - low > _FAR * (near_high - near_low) > 0:
            centres = [anchor[axis] for anchor in anchors.values()]
            slack = 0.25 * (near_high - near_low)
            low, high = max(low, min([near_low - slack, *centres])), min(high, max([near_high + slack, *centres]))
        inside &= (values >= low) & (values <= high)
        margin = 0.04 * (high - low) or max(abs(high), 1.0) * 0.1
        limits.append((float(low - margin), float(high + margin)))
    return limits[0], limits[1], int((~inside).sum())


def _draw_points(axes: Axes, data: PlotData, looks: dict[int, Look] | Any, style: Style) -> None:
    size, alpha = point_look(len(data.rows))
    raster = len(data.rows) > 2_000
    x, y = data.projection.T
    for status, edge, zorder in ((NOISE, "none", 1), (EXCLUDED, style.soft, 1.1)):
        here = data.status == status
        if here.any():
            face = "none" if status == EXCLUDED else style.noise
            axes.scatter(
                x[here],
                y[here],
                s=size * 0.55,
                facecolor=face,
                edgecolor=edge,
                linewidth=0.6,
                alpha=max(alpha, 0.5),
                zorder=zorder,
                rasterized=raster,
            )
    # Drawn in random order, so that no cluster hides another by its number; one call for each marker.
    mixed = np.random.default_rng(0).permutation(np.flatnonzero(data.status == CLUSTERED))
    numbers = data.labels[mixed]
    found, drawn = np.unique(numbers, return_counts=True)
    rare = np.isin(numbers, found[drawn <= FEW])  # a cluster of one row must not be lost among thousands of points
    for marker in sorted({look.marker for look in looks.values()}):
        alike = [number for number, look in looks.items() if look.marker == marker]
        here = np.isin(numbers, alike)
        opacity: Any = np.where(rare[here], 1.0, alpha)
        colours = np.array([looks[number].colour for number in numbers[here].tolist()])
        edge = style.paper if len(data.rows) <= 1_500 else "none"
        axes.scatter(
            x[mixed[here]],
            y[mixed[here]],
            s=np.where(rare[here], max(size, TINY_SIZE), size),
            c=colours,
            marker=marker,
            alpha=opacity,
            edgecolor=edge,
            linewidth=0.4,
            zorder=2,
            rasterized=raster,
        )


def point_look(n: int) -> tuple[float, float]:
    """Return area in square points and opacity for n points: from 44 and 0.9 for a few to 6 and 0.5 for 20,000."""
    crowd = float(np.clip((np.log10(max(n, 1)) - 2) / (np.log10(20_000) - 2), 0, 1))
    return 44 - 38 * crowd**0.6, 0.9 - 0.4 * crowd


def _label_clusters(figure: Figure, axes: Axes, data: PlotData, anchors: dict[int, np.ndarray], looks: Any, style: Style) -> None:
    """Write the numbers of the 30 largest clusters at their anchors (above the points of a tiny one), pushed apart where they overlap."""
    shown = [number for number in anchors if looks[number].own and number not in data.withheld_groups]
    if not shown:
        return
    size = 11.0 if len(shown) <= 12 else 9.0
    unit = figure.dpi / 72
    pixels = axes.transData.transform(np.array([anchors[number] for number in shown]))
    widths = np.array([len(str(number)) for number in shown]) * size * 0.64 * unit + 4 * unit
    box = axes.get_window_extent().extents
    tiny = np.array([np.count_nonzero(data.labels == number) <= FEW for number in shown])
    pixels[:, 1] += tiny * size * 1.05 * unit
    places = spread(pixels, widths, size * 1.25 * unit, (box[0], box[1], box[2], box[3]))
    data_places = axes.transData.inverted().transform(places)
    for number, place, pixel, target in zip(shown, data_places, places, pixels, strict=True):
        if np.hypot(*(pixel - target)) > size * 0.9 * unit:
            anchor = anchors[number]
            axes.plot([anchor[0], place[0]], [anchor[1], place[1]], color=style.ink, linewidth=0.6, zorder=3)
        axes.text(
            place[0],
            place[1],
            str(number),
            size=size,
            weight="bold",
            color=style.ink,
            ha="center",
            va="center",
            zorder=4,
            path_effects=halo(3.2, style.paper),
            gid=f"cluster-{number}",
        )


def _draw_key(axes: Axes, data: PlotData, looks: Any, style: Style) -> None:
    """List number, colour, size and share of each cluster at the right, then the rest and the noise; excluded rows without a share."""
    entries = [
        (str(number), looks[number].colour, looks[number].marker, looks[number].colour, int(size))
        for number, size in zip(data.cluster_ids.tolist(), data.cluster_sizes.tolist(), strict=True)
        if looks[number].own
    ]
    rest = int(data.cluster_sizes.sum()) - sum(entry[4] for entry in entries)
    if rest:
        entries.append((f"{data.n_clusters - len(entries)} more", style.other, "o", style.other, rest))
    if data.n_noise:
        entries.append(("noise", style.noise, "o", style.noise, data.n_noise))
    if (data.status == EXCLUDED).any():
        entries.append(("excluded", "none", "o", style.soft, data.n_excluded))
    step = min(0.052, 0.97 / max(len(entries) + 1, 1))
    size = 8.0 if step > 0.034 else 6.6
    inch = 1 / (axes.get_position().width * style.width)
    dot, name_at, rows_at, share_at = (1 + inches * inch for inches in (0.14, 0.26, 1.12, 1.6))
    line: dict[str, Any] = {"size": size, "va": "center", "transform": axes.transAxes}
    axes.text(name_at, 0.985, "cluster", color=style.soft, **line)
    axes.text(rows_at, 0.985, "rows", color=style.soft, ha="right", **line)
    for place, (name, face, marker, edge, rows) in enumerate(entries, start=1):
        y = 0.985 - step * place
        (point,) = axes.plot(dot, y, marker=marker, markersize=size * 0.7, markerfacecolor=face, markeredgecolor=edge)
        point.set(transform=axes.transAxes, clip_on=False)
        axes.text(name_at, y, name, color=style.ink, gid=f"key-{name}", **line)
        axes.text(rows_at, y, f"{rows:,}", gid=f"rows-{name}", color=style.ink, ha="right", **line)
        if name != "excluded":  # they are not among the rows that the shares are of
            axes.text(share_at, y, share(rows, data.n_points), color=style.soft, ha="right", gid=f"share-{name}", **line)


def draw_interactive(data: PlotData, style: Style) -> Picture:
    """Return the same points for a browser, with id and features on hover."""
    from clusterctl.plots.interactive import scatter_figure

    return scatter_figure(data, style)
