"""Pictures drawn again from the folder of a run, a sweep or a recommendation, without fitting anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from clusterctl.config.names import did_you_mean
from clusterctl.engine.redrawing import Format, Redrawn, Wanted, redraw_recommendation, redraw_run, redraw_sweep
from clusterctl.engine.stage import Stages
from clusterctl.engine.supervise import UNSUPERVISED, Unfinished
from clusterctl.errors import ConfigError, OutputError
from clusterctl.events import Emit, Wrote, ignore
from clusterctl.plots.recommend.registry import RECOMMEND_PLOTS
from clusterctl.plots.registry import PLOTS
from clusterctl.plots.style import STYLES
from clusterctl.plots.sweep.registry import SWEEP_PLOTS
from clusterctl.results.pictures import PictureFolder
from clusterctl.results.stored import StoredRun, open_run
from clusterctl.results.stored_recommendation import is_recommendation, open_recommendation
from clusterctl.results.stored_sweep import is_sweep, open_sweep
from clusterctl.results.sweep import SweepDocument

if TYPE_CHECKING:
    from clusterctl.results.recommendation import RecommendationDocument

    Opened = StoredRun | SweepDocument | RecommendationDocument

FORMATS: tuple[Format, ...] = get_args(Format)
LEAST_DPI, MOST_DPI = 20, 1200


@dataclass(frozen=True, slots=True)
class PlotResult:
    """What was drawn: the files in the order of their drawing. skipped: plot type → why it does not apply or has no such form."""

    files: tuple[Path, ...]
    skipped: Mapping[str, str]
    exit_code: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {"files": [str(path) for path in self.files], "skipped": dict(self.skipped)}


def plot(
    run: str | Path,
    *,
    types: Sequence[str] | None = None,
    formats: Sequence[str] = ("png",),
    dpi: int = 150,
    style: str = "light",
    columns: Sequence[str] | None = None,
    sample: int | None = None,
    output: str | Path | None = None,
    force: bool = False,
    emit: Emit = ignore,
    unfinished: Unfinished = UNSUPERVISED,
) -> PlotResult:
    """Draw the plots of the folder of a run, a sweep or a recommendation again, from what is stored in it.

    types: by name; None: all that apply. output: a folder that is new or empty (`force`: or holds pictures alone); None: the run's own
    plots, where files of the same names are replaced. Raises DataLoadError where there is no run, ConfigError for a name or number that
    is not allowed, OutputError, when the others are written, for a named type that does not apply. Deterministic.
    """
    wanted = _wanted(types, formats, dpi, style, columns, sample)
    folder, stages = Path(run), Stages(emit)
    opened = _open(folder, chosen=columns is not None or sample is not None)
    place = _own_place(opened, folder) if output is None else _named_place(Path(output), force=force)
    place.check()
    with stages("draw"):
        redrawn = _redraw(opened, wanted)
    files: tuple[Path, ...] = ()
    if redrawn.files:
        with stages("write"):
            files = place.put(redrawn.files, lambda path, begins: unfinished.begin(path) if begins else unfinished.end(path))
        emit(Wrote(str(place.shown)))
    _complain(redrawn, files, place)
    return PlotResult(files, redrawn.skipped)


def _open(folder: Path, *, chosen: bool) -> Opened:
    """Read what is in a folder. Raises ConfigError where columns or rows are chosen and its pictures have none."""
    for is_such, what, show, hint in (
        (is_sweep, "a sweep", "trials", f"plot {folder / 'best'}"),
        (is_recommendation, "a recommendation", "partitions", f"run {folder / 'candidates' / '1.yaml'}, and plot that run"),
    ):
        if chosen and is_such(folder):
            raise ConfigError(f"{folder} is {what}, whose pictures show {show}: they have no columns and no rows to choose", hint=hint)
    if is_sweep(folder):
        return open_sweep(folder)
    return open_recommendation(folder) if is_recommendation(folder) else open_run(folder)


def _redraw(opened: Opened, wanted: Wanted) -> Redrawn:
    if isinstance(opened, StoredRun):
        return redraw_run(opened.plot_data(), wanted)
    return redraw_sweep(opened, wanted) if isinstance(opened, SweepDocument) else redraw_recommendation(opened, wanted)


def _wanted(
    types: Sequence[str] | None, formats: Sequence[str], dpi: int, style: str, columns: Sequence[str] | None, sample: int | None
) -> Wanted:
    """Return what is asked for, each name once. Raises ConfigError for what is not allowed."""
    named = None if types is None else _known(types, [*PLOTS, *SWEEP_PLOTS, *RECOMMEND_PLOTS], "plot type")
    if not LEAST_DPI <= dpi <= MOST_DPI:
        raise ConfigError(f"dpi {dpi} is not allowed", hint=f"a whole number from {LEAST_DPI} to {MOST_DPI}")
    if sample is not None and sample < 1:
        raise ConfigError(f"a sample of {sample} rows cannot be drawn", hint="a whole number from 1")
    shown = None if columns is None else tuple(dict.fromkeys(columns))
    takers = [name for name, spec in PLOTS.items() if spec.columns]
    if shown is not None and (not shown or (named is not None and not set(named) & set(takers))):
        raise ConfigError(
            "no columns are named" if not shown else f"none of {', '.join(named or ())} shows columns", hint=f"{', '.join(takers)} do"
        )
    (look,) = _known((style,), list(STYLES), "style")
    kinds = tuple(kind for kind in FORMATS if kind in _known(formats, FORMATS, "format"))
    if not kinds:
        raise ConfigError("no format is named", hint=f"one or more of {', '.join(FORMATS)}")
    return Wanted(named, kinds, dpi, STYLES[look], shown, sample)


def _known(given: Sequence[str], known: Sequence[str], what: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys((given,) if isinstance(given, str) else given))
    for name in names:
        if name not in known:
            raise ConfigError(f"there is no {what} {name!r}{did_you_mean(name, known)}", hint=f"one of {', '.join(known)}")
    return names


def _named_place(output: Path, *, force: bool) -> PictureFolder:
    return PictureFolder(output.absolute(), output, output.absolute(), named=True, force=force)


def _own_place(opened: Opened, folder: Path) -> PictureFolder:
    """Return where the run, sweep or recommendation has its plots: inside its folder, or where PLOT_OUTPUT_DIR sent them.

    The latter not for a copy of the folder: they belong to the one that they were drawn for. The lock of a sweep's best run is the sweep's.
    """
    home = folder
    if isinstance(opened, StoredRun):
        folder = opened.folder
        whole = folder.resolve()
        home = whole.parent if whole.name == "best" and (whole.parent / "sweep.json").is_file() else whole
    paths = (opened.document if isinstance(opened, StoredRun) else opened).metadata.execution.get("paths", {})
    shown, output, plots = folder / "plots", paths.get("output"), paths.get("plots")
    if isinstance(plots, str) and isinstance(output, str) and Path(output).resolve() == folder.resolve():
        shown = shown if Path(plots).is_relative_to(output) else Path(plots)
    return PictureFolder(shown.parent.resolve() / shown.name, shown, home.resolve())


def _complain(redrawn: Redrawn, files: tuple[Path, ...], place: PictureFolder) -> None:
    """Raise OutputError about what was asked for and not drawn, or where nothing was."""
    if not redrawn.refused and files:
        return
    reasons = redrawn.refused or redrawn.skipped
    lines = tuple(f"{name}: {why}" for name, why in reasons.items())
    what = "this plot cannot be drawn" if len(lines) == 1 else "these plots cannot be drawn" if redrawn.refused else "no plot can be drawn"
    drawn = f"in {place.shown}: {', '.join(path.name for path in files)}; " if files else ""
    raise OutputError(
        f"{what}: {lines[0]}" if len(lines) == 1 else what, f"{drawn}without --type, all that apply are drawn", lines[1:] and lines
    )
