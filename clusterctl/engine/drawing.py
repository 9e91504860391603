"""The pictures of a run, drawn from its plot data, and those of a document, drawn from it alone."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from clusterctl.engine.findings import Drawings
from clusterctl.errors import ClusterctlError
from clusterctl.kernels.filters import library_warnings_ignored
from clusterctl.plots.registry import PLOTS
from clusterctl.values.remarks import Note

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clusterctl.plots.registry import PlotSpec
    from clusterctl.plots.render import Drawable
    from clusterctl.plots.settings import VisualizationConfiguration
    from clusterctl.values.plotdata import PlotData

Data = TypeVar("Data")

drawing = Lock()
"""The settings of matplotlib are the process's: two runs or sweeps that draw at the same time would mix theirs."""

KEYS = tuple(spec.result_key for spec in PLOTS.values() if spec.result_key)


def draw(data: PlotData, settings: VisualizationConfiguration) -> Drawings:
    """Draw the plots that the config names, by default those that apply; one run at a time.

    A plot that does not apply is null with its reason; one that fails is noted in `failed` and the others go on.
    """
    if not settings.generate_plots:
        off = tuple(Note(_path(key), "generate_plots is off") for key in KEYS)
        return Drawings(notes=off, arrays=data.to_arrays())
    with drawing, library_warnings_ignored():
        return _draw(data, settings)


def draw_applying(
    specs: Iterable[Drawable[Data]], document: Data, settings: VisualizationConfiguration
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Draw those that apply to a document, and return PNGs by name, and by name what went wrong with those that failed.

    Nothing is drawn when `generate_plots` is off. One that fails does not stop the others; an error of our own goes through.
    """
    pictures: dict[str, bytes] = {}
    failed: dict[str, str] = {}
    if not settings.generate_plots:
        return pictures, failed
    with drawing, library_warnings_ignored():
        for spec in specs:
            try:
                if spec.applies(document) is None:
                    pictures[spec.name] = _png(spec, document)
            except ClusterctlError:
                raise
            except Exception as problem:  # told after all else is written
                failed[spec.name] = f"{type(problem).__name__}: {problem}"
    return pictures, failed


def _draw(data: PlotData, settings: VisualizationConfiguration) -> Drawings:
    pictures: dict[str, bytes] = {}
    pages: dict[str, str] = {}
    failed: dict[str, str] = {}
    notes: list[Note] = []
    for spec in PLOTS.values():
        reason = _reason_against(spec, data, settings)
        if reason is not None:
            notes.extend(_notes(spec, reason))
            continue
        try:
            pictures[spec.name] = _png(spec, data)
            if settings.interactive_plots and spec.interactive and (page := _html(spec, data)):
                pages[spec.name] = page
        except ClusterctlError:
            raise
        except Exception as problem:  # one picture is no reason to lose the run: told after all else is written
            failed[spec.name] = f"{type(problem).__name__}: {problem}"
            notes.extend(_notes(spec, f"the plot failed ({type(problem).__name__})"))
    return Drawings(pictures, pages, failed, tuple(notes), data.to_arrays())


def _png(spec: Drawable[Data], data: Data) -> bytes:
    from clusterctl.plots.render import render_png

    return render_png(spec, data)


def _html(spec: PlotSpec, data: PlotData) -> str | None:
    from clusterctl.plots.render import render_html

    return render_html(spec, data)


def _reason_against(spec: PlotSpec, data: PlotData, settings: VisualizationConfiguration) -> str | None:
    wanted = spec.by_default if settings.plot_types is None else spec.name in settings.plot_types
    return spec.applies(data) if wanted else "not among plot_types"


def _notes(spec: PlotSpec, reason: str) -> list[Note]:
    return [Note(_path(spec.result_key), reason)] if spec.result_key else []


def _path(key: str) -> str:
    return f"clustering_results.visualizations.{key}"
