"""Scores of a labelling that is there already: a finished run's, or any table's with labels from anywhere; and its gates."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusterctl.commands.evidence import recomputed, scores_of, warnings_of
from clusterctl.commands.labels import Asked
from clusterctl.commands.run import reporter
from clusterctl.commands.subjects import SCALING, RunData, subject_of_run, subject_of_table
from clusterctl.config.gates import merged, read_gates
from clusterctl.engine.analysis import Session
from clusterctl.engine.environment import execution_facts, versions_always
from clusterctl.engine.evaluated import EvaluationOrigin, assemble_evaluation
from clusterctl.engine.refitting import RECOMPUTED
from clusterctl.engine.rescoring import gate_values, rescore
from clusterctl.engine.resources import count_jobs
from clusterctl.engine.stage import Stages
from clusterctl.engine.supervise import UNSUPERVISED, Unfinished
from clusterctl.errors import ConfigError, ExitCode, UsageError
from clusterctl.events import Emit, Warned, Wrote, ignore
from clusterctl.kernels.filters import filters_kept
from clusterctl.metrics.gates import check
from clusterctl.results.evaluated import EvaluationFile
from clusterctl.results.junit import junit_xml
from clusterctl.results.replacing import check_writable, replace_file
from clusterctl.results.stored import open_run
from clusterctl.values.privacy import OPEN, Privacy

if TYPE_CHECKING:
    from clusterctl.metrics.settings import Gate
    from clusterctl.results.evaluation import EvaluationDocument
    from clusterctl.results.models import GateResult
    from clusterctl.results.stored import StoredRun


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """What an evaluation gives.

    document: evaluation.json. path: where it was written; None: nowhere.
    """

    document: EvaluationDocument
    path: Path | None = None

    @property
    def gates(self) -> list[GateResult]:
        """Every bound of the gates and whether it held."""
        return self.document.evaluation_results.validation.gates

    @property
    def exit_code(self) -> int:
        """0, or 10 when a gate of level error failed."""
        failed = any(gate.level == "error" and not gate.passed for gate in self.gates)
        return ExitCode.GATE_FAILED if failed else ExitCode.DONE


def evaluate(
    target: str | Path,
    *,
    labels: str | Path | Sequence[Any] | None = None,
    label_column: str | None = None,
    id_column: str | None = None,
    label_id_column: str | None = None,
    noise_label: str | int | None = None,
    features: Sequence[str] | None = None,
    truth: str | None = None,
    space: str | None = None,
    gates: str | Path | Mapping[str, Any] | None = None,
    bounds: Mapping[str, Any] | None = None,
    recompute: Sequence[str] = (),
    output: str | Path | None = None,
    junit: str | Path | None = None,
    data: str | None = None,
    overrides: Sequence[str] = (),
    force: bool = False,
    offline: bool = False,
    n_jobs: int = -1,
    into_run: bool = False,
    emit: Emit = ignore,
    unfinished: Unfinished = UNSUPERVISED,
) -> EvaluationResult:
    """Score a labelling and check its gates; write the document only to `output`, or with `into_run` into the folder of a run.

    bounds: gates that win over those of `gates`, which win over those of the run's config, bound by bound.
    The rest is told at `clusterctl.evaluate`. Deterministic but for time stamps, durations and `metadata.execution`.
    """
    asked = Asked(
        target=str(target),
        labels=labels,
        label_column=label_column,
        id_column=id_column,
        label_id_column=label_id_column,
        noise_label=None if noise_label is None else str(noise_label),
        features=None if features is None else tuple(features),
        truth=truth,
        space=space,
        data=data,
        overrides=tuple(overrides),
        offline=offline,
    )
    folder = _run_folder(target)
    _check(asked, recompute, folder)
    given = tuple(read_gates(source) for source in (gates, bounds) if source is not None)
    file = _file(folder, asked, output, force=force, into_run=into_run)
    if junit is not None:
        check_writable(Path(junit))
    with filters_kept():
        run = None if folder is None else open_run(folder)
        stages = Stages(emit)
        seed = 0 if run is None else run.document.metadata.random_state
        result = _evaluate(asked, run, given, tuple(recompute), Session(stages, count_jobs(n_jobs), seed))
        if file is not None:
            with stages("write"):
                file.write(result.document, reporter(unfinished))
            emit(Wrote(str(file.path)))
    if junit is not None:
        if not result.gates:
            emit(Warned("no_gates", f"There is no gate to check, so {junit} has no test case."))
        _write_junit(Path(junit), result.document)
        emit(Wrote(str(junit)))
    return replace(result, path=None if file is None else file.path)


def _evaluate(
    asked: Asked, run: StoredRun | None, given: tuple[Mapping[str, Gate], ...], wanted: tuple[str, ...], session: Session
) -> EvaluationResult:
    started, clock = datetime.now(UTC), time.monotonic()
    data = None if run is None else RunData(run, asked, session)
    subject = subject_of_table(asked, session) if run is None or data is None else subject_of_run(run, data, asked, session)
    gates = merged(subject.gates, *given)
    with session.stages("evaluate"):
        rescored = rescore(subject.marks, subject.placed, subject.target, session.random_state, session.n_jobs)
    evidence, anew = subject.evidence, None
    if wanted and data is not None:
        evidence, anew = recomputed(subject, rescored, data, wanted, session)
    scores = scores_of(subject, rescored)
    warnings = warnings_of(subject, rescored, anew)
    for warning in warnings:
        session.stages.emit(Warned(warning.code, warning.message))
    origin = EvaluationOrigin(
        evaluated=subject.evaluated,
        config_sha256=None if run is None else run.document.metadata.config_sha256,
        data_sha256=subject.data_sha256,
        labels_sha256=subject.labels_sha256,
        random_state=session.random_state,
        started=started,
        seconds=time.monotonic() - clock,
        libraries=versions_always(),
        execution=execution_facts(session, {}),
        warnings=warnings,
        privacy=OPEN if run is None else Privacy(min_group=run.document.metadata.privacy.min_group),
    )
    found = check(gates, gate_values(rescored, scores, evidence.stability))
    return EvaluationResult(assemble_evaluation(subject.marks, subject.placed, rescored, scores, evidence, found, origin))


def _run_folder(target: str | Path) -> Path | None:
    """Return the folder of a run or sweep; None: the target is a table."""
    try:
        path = Path(target)
        if path.is_dir():
            return path
    except OSError:  # too long for a path: an address
        return None
    return path.parent if path.name in ("results.json", "sweep.json", "evaluation.json") and path.is_file() else None


def _check(asked: Asked, recompute: Sequence[str], folder: Path | None) -> None:
    """Raise UsageError for what cannot be asked for together, ConfigError for a name that is none."""
    if asked.space is not None and asked.space not in SCALING:
        raise ConfigError(f"--space: there is no space {asked.space!r}", hint=f"one of {', '.join(SCALING)}")
    unknown = [name for name in recompute if name not in RECOMPUTED]
    if unknown:
        raise ConfigError(f"--recompute: nothing is called {unknown[0]!r}", hint=f"one of {', '.join(RECOMPUTED)}, or both with a comma")
    foreign = asked.labels is not None or asked.label_column is not None
    if folder is None and not foreign:
        raise UsageError(
            f"{asked.target} is no folder of a run, and no labels are named",
            hint="for a table: --label-column NAME of the table itself, or --labels FILE --label-column NAME",
        )
    if recompute and (folder is None or foreign or asked.space is not None or asked.features is not None):
        raise UsageError(
            "--recompute refits a run, so it is for a run's own labels in its own space", hint="leave it out, or name a run alone"
        )
    if folder is not None and asked.overrides:
        raise UsageError("--set is for tables: a run was made by its config", hint="--space and --features score it in another space")
    if folder is None and asked.data is not None:
        raise UsageError("--data is for runs: the target is the table", hint="name the table as the target")
    if not foreign and asked.noise_label is not None:
        raise UsageError("--noise-label is for labels from elsewhere: a run says itself which rows are noise", hint="leave it out")


def _file(folder: Path | None, asked: Asked, output: str | Path | None, *, force: bool, into_run: bool) -> EvaluationFile | None:
    """Return where the document goes, checked; None: nowhere."""
    if output is not None:
        file = EvaluationFile(Path(output), None, force=force)
    elif folder is not None and into_run and asked.labels is None and asked.label_column is None:
        file = EvaluationFile.of_run(folder)
    else:
        return None
    file.check()
    return file


def _write_junit(path: Path, document: EvaluationDocument) -> None:
    metadata = document.metadata
    gates = document.evaluation_results.validation.gates
    host = str(metadata.execution.get("host", ""))
    replace_file(path, junit_xml(gates, metadata.evaluated.target, metadata.processing_timestamp, metadata.processing_duration, host))
