"""The pictures of a sweep by name: one file a picture, one line here. Knowing them imports neither numpy nor matplotlib."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from clusterctl.plots.style import Style
    from clusterctl.results.sweep import SweepDocument


class SweepPlotModule(Protocol):
    """What the file of a picture offers."""

    def applies(self, data: SweepDocument) -> str | None:
        """Return None, or the reason why this cannot be drawn."""
        ...

    def draw(self, figure: Figure, data: SweepDocument, style: Style) -> None:
        """Draw on an empty figure, whose size it may set."""
        ...


@dataclass(frozen=True, slots=True)
class SweepPlotSpec:
    """A picture of a sweep and the facts about it.

    title: a short noun. about: what it shows, a sentence. module: the file that draws it, imported on first use.
    by_default: drawn by the sweep itself; otherwise by `plot` alone.
    """

    name: str
    title: str
    about: str
    module: str
    by_default: bool = True

    def applies(self, data: SweepDocument) -> str | None:
        """Return None, or the reason why this cannot be drawn from this document, as a plain sentence part."""
        return self._load().applies(data)

    def draw(self, figure: Figure, data: SweepDocument, style: Style) -> None:
        """Draw on an empty matplotlib figure; `render.render_png` does that and saves."""
        self._load().draw(figure, data, style)

    def _load(self) -> SweepPlotModule:
        return cast(SweepPlotModule, import_module(self.module))


_ALL = (
    SweepPlotSpec(
        name="metric_by_k",
        title="Metric by number of clusters",
        about="Each metric that ranks against the number of clusters found, a line an algorithm, with the chosen trial marked.",
        module="clusterctl.plots.sweep.metric_by_k",
    ),
    SweepPlotSpec(
        name="settings_heatmap",
        title="Metric by two settings",
        about="The first metric that ranks over the grid of the two settings that take most values, with the best cell marked.",
        module="clusterctl.plots.sweep.settings_heatmap",
    ),
    SweepPlotSpec(
        name="pareto",
        title="Pareto front",
        about="The first two metrics that rank against each other: the trials that none beats in both are joined and listed.",
        module="clusterctl.plots.sweep.pareto",
    ),
    SweepPlotSpec(
        name="agreement",
        title="Agreement of the best trials",
        about="The adjusted Rand index between the labels of the best trials, alike ones side by side.",
        module="clusterctl.plots.sweep.agreement",
    ),
    SweepPlotSpec(
        name="elbow",
        title="Inertia and silhouette by number of clusters",
        about="Inertia and silhouette against the number of clusters, their bend and top marked (by `plot` alone).",
        module="clusterctl.plots.sweep.elbow",
        by_default=False,
    ),
)

SWEEP_PLOTS: Mapping[str, SweepPlotSpec] = MappingProxyType({spec.name: spec for spec in _ALL})
