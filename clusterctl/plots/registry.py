"""The plots by name: one file a plot, one line here. Knowing them imports neither numpy nor matplotlib."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Protocol, cast

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from clusterctl.plots.page import Picture
    from clusterctl.plots.style import Style
    from clusterctl.values.plotdata import PlotData

ResultKey = Literal["scatter_plot", "silhouette_plot", "dendrogram", "cluster_heatmap"]


class PlotModule(Protocol):
    """What the file of a plot offers."""

    def applies(self, data: PlotData) -> str | None:
        """Return None, or the reason why this cannot be drawn."""
        ...

    def draw(self, figure: Figure, data: PlotData, style: Style) -> None:
        """Draw on an empty figure, whose size it may set."""
        ...


class InteractivePlotModule(PlotModule, Protocol):
    """What the file of a plot with an interactive form offers."""

    def draw_interactive(self, data: PlotData, style: Style) -> Picture:
        """Return a plotly figure and the words above it."""
        ...


@dataclass(frozen=True, slots=True)
class PlotSpec:
    """A plot and the facts about it.

    title: a short noun. about: what it shows, a sentence. result_key: its place in `visualizations` (None: a file alone).
    by_default: drawn when the config names no plots. module: the file that draws it, imported on first use.
    columns: whether it shows features that can be chosen: two, or any number; None: it does not. interactive: whether there is a page.
    """

    name: str
    title: str
    about: str
    result_key: ResultKey | None
    by_default: bool
    module: str
    columns: Literal["two", "any"] | None = None
    interactive: bool = True

    def applies(self, data: PlotData) -> str | None:
        """Return None, or the reason why this cannot be drawn from these data, as a plain sentence part."""
        return self._load().applies(data)

    def draw(self, figure: Figure, data: PlotData, style: Style) -> None:
        """Draw on an empty matplotlib figure; `render.render_png` does that and saves."""
        self._load().draw(figure, data, style)

    def draw_interactive(self, data: PlotData, style: Style) -> Picture:
        """Return a plotly figure and the words above it; `render.render_html` writes the page."""
        return cast(InteractivePlotModule, self._load()).draw_interactive(data, style)

    def _load(self) -> PlotModule:
        return cast(PlotModule, import_module(self.module))


_ALL = (
    PlotSpec(
        name="scatter",
        title="Clusters in the plane",
        about="Every row as a point on the first two principal components of the clustering space, coloured by cluster.",
        result_key="scatter_plot",
        by_default=True,
        module="clusterctl.plots.scatter",
        columns="two",
    ),
    PlotSpec(
        name="silhouette",
        title="Silhouette by cluster",
        about="How much closer each row is to its own cluster than to the next: sorted within each cluster, with the means.",
        result_key="silhouette_plot",
        by_default=True,
        module="clusterctl.plots.silhouette",
    ),
    PlotSpec(
        name="dendrogram",
        title="Dendrogram",
        about="The last merges of a hierarchical clustering, coloured by cluster, with the height at which it was cut.",
        result_key="dendrogram",
        by_default=True,
        module="clusterctl.plots.dendrogram",
    ),
    PlotSpec(
        name="heatmap",
        title="Cluster means",
        about="The mean of each telling feature in each cluster, in standard deviations from the mean of all rows.",
        result_key="cluster_heatmap",
        by_default=True,
        module="clusterctl.plots.heatmap",
    ),
    PlotSpec(
        name="pairs",
        title="Pairs of features",
        about="The four features that tell most about the clusters, two by two in original units, coloured by cluster.",
        result_key=None,
        by_default=False,
        module="clusterctl.plots.pairs",
        columns="any",
    ),
    PlotSpec(
        name="parallel",
        title="Parallel coordinates",
        about="A panel a cluster: its median and some of its rows on the features that tell most, over the middle half of all rows.",
        result_key=None,
        by_default=False,
        module="clusterctl.plots.parallel",
        columns="any",
        interactive=False,
    ),
    PlotSpec(
        name="boxes",
        title="Boxes by cluster",
        about="A panel a feature, in original units: median, quartiles, and 5 and 95 % of each cluster.",
        result_key=None,
        by_default=False,
        module="clusterctl.plots.boxes",
        columns="any",
        interactive=False,
    ),
    PlotSpec(
        name="sizes",
        title="Cluster sizes",
        about="The rows of each cluster, and of the noise, with their shares.",
        result_key=None,
        by_default=False,
        module="clusterctl.plots.sizes",
    ),
    PlotSpec(
        name="stability",
        title="Stability by cluster",
        about="How well each cluster is found again on resamples, with the bounds 0.6 (below: do not trust) and 0.75 (stable).",
        result_key=None,
        by_default=False,
        module="clusterctl.plots.stability",
    ),
    PlotSpec(
        name="k_distance",
        title="Distances to near rows",
        about="DBSCAN and OPTICS: the sorted distances to the min_samples-th nearest row, with the eps that was used.",
        result_key=None,
        by_default=False,
        module="clusterctl.plots.k_distance",
    ),
    PlotSpec(
        name="condensed_tree",
        title="Condensed tree",
        about="HDBSCAN: how the rows split into branches and leave them as density rises, and which branches are the clusters.",
        result_key=None,
        by_default=False,
        module="clusterctl.plots.condensed_tree",
        interactive=False,
    ),
    PlotSpec(
        name="reachability",
        title="Reachability",
        about="OPTICS: the rows in the order in which density reaches them; clusters are the valleys.",
        result_key=None,
        by_default=False,
        module="clusterctl.plots.reachability",
    ),
)

PLOTS: Mapping[str, PlotSpec] = MappingProxyType({spec.name: spec for spec in _ALL})
