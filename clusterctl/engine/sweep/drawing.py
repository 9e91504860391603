"""The pictures of a sweep, drawn from its document alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusterctl.engine.drawing import draw_applying
from clusterctl.plots.sweep.registry import SWEEP_PLOTS

if TYPE_CHECKING:
    from clusterctl.plots.settings import VisualizationConfiguration
    from clusterctl.results.sweep import SweepDocument


def draw_sweep(document: SweepDocument, settings: VisualizationConfiguration) -> tuple[dict[str, bytes], dict[str, str]]:
    """Draw every picture that applies, and return PNGs by name, and by name what went wrong with those that failed.

    Those that are not `by_default` are left to `plot`. `plot_types` names the pictures of a run and does not choose among these;
    nothing is drawn when `generate_plots` is off. One run or sweep draws at a time. A picture that fails is no reason to lose the sweep:
    the others go on. Deterministic.
    """
    return draw_applying((spec for spec in SWEEP_PLOTS.values() if spec.by_default), document, settings)
