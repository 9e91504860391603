"""The pictures of a sweep, drawn from its document alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusterctl.engine.drawing import drawing
from clusterctl.errors import ClusterctlError
from clusterctl.kernels.filters import library_warnings_ignored
from clusterctl.plots.sweep.registry import SWEEP_PLOTS

if TYPE_CHECKING:
    from clusterctl.plots.settings import VisualizationConfiguration
    from clusterctl.plots.sweep.registry import SweepPlotSpec
    from clusterctl.results.sweep import SweepDocument


def draw_sweep(document: SweepDocument, settings: VisualizationConfiguration) -> tuple[dict[str, bytes], dict[str, str]]:
    """Draw every picture that applies, and return PNGs by name, and by name what went wrong with those that failed.

    Those that are not `by_default` are left to `plot`. `plot_types` names the pictures of a run and does not choose among these;
    nothing is drawn when `generate_plots` is off. One run or sweep draws at a time. A picture that fails is no reason to lose the sweep:
    the others go on. Deterministic.
    """
    pictures: dict[str, bytes] = {}
    failed: dict[str, str] = {}
    if not settings.generate_plots:
        return pictures, failed
    with drawing, library_warnings_ignored():
        for spec in SWEEP_PLOTS.values():
            try:
                if spec.by_default and spec.applies(document) is None:
                    pictures[spec.name] = _png(spec, document)
            except ClusterctlError:
                raise
            except Exception as problem:  # told after all else is written
                failed[spec.name] = f"{type(problem).__name__}: {problem}"
    return pictures, failed


def _png(spec: SweepPlotSpec, document: SweepDocument) -> bytes:
    from clusterctl.plots.render import render_png

    return render_png(spec, document)
