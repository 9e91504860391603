"""Two runs, or two labellings from anywhere, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clusterctl import __version__
from clusterctl.errors import ConfigError, ExitCode
from clusterctl.events import Emit, Warned, Wrote, ignore
from clusterctl.metrics.settings import Gate
from clusterctl.results.comparison import Comparison, ComparisonDocument, ComparisonMetadata
from clusterctl.results.models import GateResult, NoteEntry, WarningEntry

if TYPE_CHECKING:
    from clusterctl.engine.comparing import Paired
    from clusterctl.plots.render import ImageFormat
    from clusterctl.results.comparison import FeatureChange, FeatureDrift

GATE_NAMES = (
    "adjusted_rand_score",
    "adjusted_mutual_info_score",
    "moved_fraction",
    "n_moved",
    "n_kept",
    "n_grown",
    "n_shrunk",
    "n_split",
    "n_merged",
    "n_born",
    "n_gone",
    "n_common",
    "n_only_a",
    "n_only_b",
    "max_psi",
    "max_ks",
)
"""What a gate of a comparison may bound; `max_psi` and `max_ks` are the largest of any feature."""
DRIFT_NEEDS_RUNS = "only runs keep what their features were: a table of labels has none"


@dataclass(frozen=True, slots=True)
class ComparisonResult:
    """What a comparison gives. output, picture: the files written; None: none was."""

    document: ComparisonDocument
    output: Path | None = None
    picture: Path | None = None

    @property
    def gates(self) -> list[GateResult]:
        """Every bound and whether it held."""
        return self.document.comparison.gates

    @property
    def exit_code(self) -> int:
        """0, or 10 when a gate of level error failed."""
        failed = any(gate.level == "error" and not gate.passed for gate in self.gates)
        return ExitCode.GATE_FAILED if failed else ExitCode.DONE


def compare(
    a: str | Path,
    b: str | Path,
    *,
    id_column: str | None = None,
    label_column: str | None = None,
    gates: Mapping[str, Mapping[str, float] | Gate] | None = None,
    output: str | Path | None = None,
    plot: str | Path | None = None,
    force: bool = False,
    emit: Emit = ignore,
) -> ComparisonResult:
    """Compare two labellings: folders of runs or sweeps (their best), or tables of labels; the later one is `b`.

    Raises ConfigError for a gate that does not exist or a column that is not there, DataLoadError for what cannot be read, EvaluationError
    where no rows are in both, OutputError where a file cannot be written. Failed gates raise nothing.
    """
    from clusterctl.engine.comparing import pair
    from clusterctl.engine.labellings import is_run, open_labelling

    bounds = _checked(gates or {})
    image_format = None if plot is None else _image_format(Path(plot))
    files = [Path(path) for path in (output, plot) if path is not None]
    for file in files:
        _check_free(file, force)
    if (id_column or label_column) and is_run(Path(a)) and is_run(Path(b)):
        raise ConfigError("--id-column and --label-column are for tables of labels, and both are runs", hint="leave them out")
    sides = [open_labelling(Path(path), id_column=id_column, label_column=label_column) for path in (a, b)]
    paired = pair(*sides)
    document = _document(paired, bounds)
    for warning in document.metadata.warnings:
        emit(Warned(warning.code, warning.message))
    return _written(document, output, plot, image_format, emit)


def _checked(gates: Mapping[str, Mapping[str, float] | Gate]) -> dict[str, Gate]:
    unknown = [name for name in gates if name not in GATE_NAMES]
    if unknown:
        raise ConfigError(f"no such gate: {', '.join(unknown)}", hint=f"a gate of a comparison bounds one of {', '.join(GATE_NAMES)}")
    return {name: gate if isinstance(gate, Gate) else Gate.model_validate(dict(gate)) for name, gate in gates.items()}


def _document(paired: Paired, gates: Mapping[str, Gate]) -> ComparisonDocument:
    from clusterctl.engine import comparing
    from clusterctl.engine.drifting import drift, feature_changes
    from clusterctl.metrics.gates import check

    run_a, run_b = paired.a.run, paired.b.run
    pairs, every_flow = comparing.matches(paired), comparing.flows(paired)
    told, counts = comparing.cluster_fates(paired, every_flow)
    scores = comparing.scores(paired)
    changes: list[FeatureChange] | None = None
    drifted: list[FeatureDrift] | None = None
    notes = [NoteEntry(path=f"comparison.{name}", reason=DRIFT_NEEDS_RUNS) for name in ("feature_changes", "drift")]
    if run_a is not None and run_b is not None:
        changes, drifted, notes = feature_changes(run_a, run_b, pairs), drift(run_a, run_b), []
    values: dict[str, float | None] = {**scores.model_dump(), **counts.model_dump(), **_row_counts(paired), **_largest(drifted)}
    comparison = Comparison(
        a=comparing.side(paired.a),
        b=comparing.side(paired.b),
        rows=paired.rows,
        scores=scores,
        counts=counts,
        rules=comparing.RULES,
        fates=told,
        matches=pairs,
        flows=every_flow,
        feature_changes=changes,
        drift=drifted,
        gates=check(gates, values, GATE_NAMES),
    )
    warnings = [WarningEntry(code=caution.code, message=caution.message) for caution in paired.cautions]
    metadata = ComparisonMetadata(schema_version="1", version=__version__, warnings=warnings, notes=notes)
    return ComparisonDocument(comparison=comparison, metadata=metadata)


def _row_counts(paired: Paired) -> dict[str, float | None]:
    rows = paired.rows
    return {"n_common": rows.n_common, "n_only_a": rows.n_only_a, "n_only_b": rows.n_only_b}


def _largest(drifted: list[FeatureDrift] | None) -> dict[str, float | None]:
    """Return the largest index and distance of any feature; None: none is known."""
    known = drifted or []
    return {
        "max_psi": max((entry.psi for entry in known if entry.psi is not None), default=None),
        "max_ks": max((entry.ks for entry in known if entry.ks is not None), default=None),
    }


def _check_free(file: Path, force: bool) -> None:
    """Raise OutputError if a file cannot be written, or is there and not to be replaced."""
    from clusterctl.errors import OutputError
    from clusterctl.results.replacing import check_writable

    check_writable(file)
    if file.exists() and not force:
        raise OutputError(f"{file} is there already", hint="add --force to replace it, or name another")


def _image_format(file: Path) -> ImageFormat:
    """Return the format that a name asks for."""
    found: dict[str, ImageFormat] = {".png": "png", ".svg": "svg", ".pdf": "pdf"}
    if file.suffix.lower() not in found:
        raise ConfigError(f"--plot {file}: the name does not say which picture it is", hint="end it in .png, .svg or .pdf")
    return found[file.suffix.lower()]


def _written(
    document: ComparisonDocument, output: str | Path | None, plot: str | Path | None, image_format: ImageFormat | None, emit: Emit
) -> ComparisonResult:
    """Write what was asked for, the document first: a picture that cannot be drawn leaves it in place."""
    from clusterctl.results.replacing import replace_file

    if output is not None:
        replace_file(Path(output), document.model_dump_json(indent=2) + "\n")
        emit(Wrote(str(output)))
    if plot is not None and image_format is not None:
        from clusterctl.engine.drawing import drawing
        from clusterctl.kernels.filters import library_warnings_ignored
        from clusterctl.plots.flow import FLOW
        from clusterctl.plots.render import render_image

        with drawing, library_warnings_ignored():
            picture = render_image(FLOW, document.comparison, image_format)
        replace_file(Path(plot), picture)
        emit(Wrote(str(plot)))
    return ComparisonResult(document, None if output is None else Path(output), None if plot is None else Path(plot))
