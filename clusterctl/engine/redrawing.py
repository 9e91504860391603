"""Pictures drawn again from what a run, a sweep or a recommendation stored: nothing is fitted, and no library that could is loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeVar

from clusterctl.engine.drawing import drawing
from clusterctl.errors import ClusterctlError
from clusterctl.kernels.filters import library_warnings_ignored
from clusterctl.plots.recommend.registry import RECOMMEND_PLOTS
from clusterctl.plots.registry import PLOTS
from clusterctl.plots.sweep.registry import SWEEP_PLOTS

if TYPE_CHECKING:
    from clusterctl.plots.recommend.registry import RecommendPlotSpec
    from clusterctl.plots.registry import PlotSpec
    from clusterctl.plots.style import Style
    from clusterctl.plots.sweep.registry import SweepPlotSpec
    from clusterctl.results.recommendation import RecommendationDocument
    from clusterctl.results.sweep import SweepDocument
    from clusterctl.values.plotdata import PlotData

Format = Literal["png", "svg", "pdf", "html"]
Spec = TypeVar("Spec", "PlotSpec", "SweepPlotSpec", "RecommendPlotSpec")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be drawn.

    types: None: all that apply (with `columns`: of those that show columns). columns: None: the plot's own choice. sample: the most rows
    drawn; None: all that are stored.
    """

    types: tuple[str, ...] | None
    formats: tuple[Format, ...]
    dpi: int
    style: Style
    columns: tuple[str, ...] | None = None
    sample: int | None = None


@dataclass(frozen=True, slots=True)
class Redrawn:
    """Files by name. skipped: type → why it was not drawn; refused: the same for those that were asked for by name, or that failed."""

    files: dict[str, bytes] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def redraw_run(data: PlotData, wanted: Wanted) -> Redrawn:
    """Draw a run's plots. Raises ConfigError for columns that are not stored; the same input gives the same bytes."""
    shown = _by_columns(data, wanted)

    def reason(spec: PlotSpec) -> str | None:
        columns = wanted.columns
        if columns is not None and spec.columns == "two" and len(columns) != 2:
            return f"it has two axes, and {'1 column is' if len(columns) == 1 else f'{len(columns)} columns are'} named"
        if columns is not None and spec.columns is None and wanted.types is None:
            return "it does not show columns"
        return spec.applies(shown[spec.columns])

    def render(spec: PlotSpec, kind: Format) -> bytes | None:
        from clusterctl.plots.render import render_html, render_image

        if kind != "html":
            return render_image(spec, shown[spec.columns], kind, dpi=wanted.dpi, style=wanted.style)
        return render_html(spec, shown[spec.columns], style=wanted.style).encode() if spec.interactive else None

    others = {
        **{name: "it is drawn of a sweep, and this is one run" for name in SWEEP_PLOTS},
        **{name: "it is drawn of a recommendation, and this is one run" for name in RECOMMEND_PLOTS},
    }
    return _redraw(PLOTS, wanted, reason, render, others)


def _by_columns(data: PlotData, wanted: Wanted) -> dict[str | None, PlotData]:
    """Return the data for plots that show two columns, any number of them, and none."""
    from clusterctl.plots.selection import on_columns, on_plane, sample_rows

    thinned = data if wanted.sample is None else sample_rows(data, wanted.sample)
    if wanted.columns is None:
        return {"two": thinned, "any": thinned, None: thinned}
    chosen = on_columns(thinned, wanted.columns)
    return {"two": on_plane(thinned, wanted.columns) if len(wanted.columns) == 2 else thinned, "any": chosen, None: thinned}


def redraw_sweep(document: SweepDocument, wanted: Wanted) -> Redrawn:
    """Draw a sweep's plots; the same input gives the same bytes."""

    def render(spec: SweepPlotSpec, kind: Format) -> bytes | None:
        from clusterctl.plots.render import render_image

        return None if kind == "html" else render_image(spec, document, kind, dpi=wanted.dpi, style=wanted.style)

    others = {
        **{name: "it is drawn of one run, and this is a sweep: plot its best/" for name in PLOTS},
        **{name: "it is drawn of a recommendation, and this is a sweep" for name in RECOMMEND_PLOTS},
    }
    return _redraw(SWEEP_PLOTS, wanted, lambda spec: spec.applies(document), render, others)


def redraw_recommendation(document: RecommendationDocument, wanted: Wanted) -> Redrawn:
    """Draw a recommendation's plots; the same input gives the same bytes."""

    def render(spec: RecommendPlotSpec, kind: Format) -> bytes | None:
        from clusterctl.plots.render import render_image

        return None if kind == "html" else render_image(spec, document, kind, dpi=wanted.dpi, style=wanted.style)

    others = {
        **{name: "it is drawn of one run, and this is a recommendation: run its candidates/1.yaml, and plot that" for name in PLOTS},
        **{name: "it is drawn of a sweep, and this is a recommendation" for name in SWEEP_PLOTS},
    }
    return _redraw(RECOMMEND_PLOTS, wanted, lambda spec: spec.applies(document), render, others)


def _redraw(
    specs: Mapping[str, Spec],
    wanted: Wanted,
    reason: Callable[[Spec], str | None],
    render: Callable[[Spec, Format], bytes | None],
    others: Mapping[str, str],
) -> Redrawn:
    redrawn = Redrawn()
    against = redrawn.skipped if wanted.types is None else redrawn.refused
    names: Iterable[str] = specs if wanted.types is None else wanted.types
    with drawing, library_warnings_ignored():
        for name in names:
            why = reason(specs[name]) if name in specs else others[name]
            if why is not None:
                against[name] = why
                continue
            for kind in wanted.formats:
                try:
                    content = render(specs[name], kind)
                except ClusterctlError:
                    raise
                except Exception as problem:  # one picture is no reason to lose the others: told when they are written
                    redrawn.refused[name] = f"it failed ({type(problem).__name__}: {problem})"
                    break
                if content is None:
                    against[name] = "it has no interactive form (html)"
                else:
                    redrawn.files[f"{name}.{kind}"] = content
    return redrawn
