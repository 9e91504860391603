"""The config section `visualization_configuration`."""

from __future__ import annotations

from pydantic import Field

from clusterctl.strict import StrictModel


class VisualizationConfiguration(StrictModel):
    """Which pictures are drawn and where they go."""

    generate_plots: bool = True
    """Whether any picture is drawn."""
    plot_types: tuple[str, ...] | None = Field(default=None, strict=False)
    """Plots by name; default: those of scatter, silhouette, dendrogram, heatmap that apply."""
    interactive_plots: bool = False
    """Also a self-contained HTML page a plot, which opens with no network."""
    save_plots: bool = True
    """Whether PNG files are written."""
