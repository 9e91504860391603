"""`clusterctl evaluate`: scores of a labelling that is there already, and its gates."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from clusterctl.cli import options
from clusterctl.cli.supervision import in_child
from clusterctl.engine.supervise import Unfinished


class SpaceName(StrEnum):
    """What the internal metrics are computed in."""

    raw = "raw"
    standard = "standard"
    minmax = "minmax"
    robust = "robust"


Target = Annotated[str, typer.Argument(metavar="TARGET", help="A run's or sweep's folder, or a table.", show_default=False)]
Labels = Annotated[str | None, typer.Option("--labels", metavar="FILE", help="The table with the labels; default: the target itself.")]
LabelColumn = Annotated[
    str | None, typer.Option("--label-column", metavar="NAME", help="The column of labels; default in a label file: cluster_id.")
]
IdColumn = Annotated[
    str | None,
    typer.Option("--id-column", metavar="NAME", help="Match labels and rows by this column of both files; default: by position."),
]
LabelIdColumn = Annotated[
    str | None, typer.Option("--label-id-column", metavar="NAME", help="The ids in the label file, where they are called otherwise.")
]
NoiseLabel = Annotated[str | None, typer.Option("--noise-label", metavar="VALUE", help="The label that means noise; default: -1.")]
Features = Annotated[
    str | None, typer.Option("--features", metavar="A,B,…", help="The columns to score on; default: every usable one, of a run its own.")
]
Truth = Annotated[
    str | None,
    typer.Option("--truth", metavar="COLUMN", help="The known grouping for the external metrics; default: a run's target_variable."),
]
Space = Annotated[
    SpaceName | None,
    typer.Option("--space", help="How columns are scaled before scoring; default: standard, of a run its own stored space."),
]
GateFile = Annotated[
    str | None, typer.Option("--gate", metavar="FILE", help="Check the gates of this YAML or JSON file too, or of this config.")
]
Recompute = Annotated[
    str | None,
    typer.Option("--recompute", metavar="WHAT", help="Refit the run for stability, null or stability,null; default: as they are stored."),
]
JUnit = Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="Write the gates as JUnit XML.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Where the document goes; default: evaluation.json in a run's folder."),
]
Force = Annotated[bool, typer.Option("--force", help="Replace a file named with --output that is no evaluation.")]
Data = Annotated[str | None, typer.Option("--data", metavar="PATH", help="The table of the run, where it lies elsewhere now.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="How a table is read and prepared, as in a config. Repeatable."),
]


def evaluate(
    target: Target,
    labels: Labels = None,
    label_column: LabelColumn = None,
    id_column: IdColumn = None,
    label_id_column: LabelIdColumn = None,
    noise_label: NoiseLabel = None,
    features: Features = None,
    truth: Truth = None,
    space: Space = None,
    recompute: Recompute = None,
    gate: GateFile = None,
    fail_under: options.FailUnder = None,
    fail_over: options.FailOver = None,
    junit: JUnit = None,
    set_: Set = None,
    data: Data = None,
    output: Output = None,
    force: Force = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    log_format: options.Log = options.LogFormat.text,
    n_jobs: options.Jobs = None,
    offline: options.Offline = False,
) -> None:
    """Score the labels of TARGET, a run's folder or any table, and check gates; nothing is fitted."""
    view = options.View(json=json, quiet=quiet, verbose=verbose, log_format=log_format)

    def work(unfinished: Unfinished) -> int:
        from clusterctl.cli import console
        from clusterctl.commands.evaluate import evaluate as evaluate_target
        from clusterctl.commands.options import gates_of, overrides_of
        from clusterctl.metrics.gates import GATE_NAMES

        overrides_of(None, n_jobs=n_jobs)  # says what is wrong with --n-jobs
        result = evaluate_target(
            target,
            labels=labels,
            label_column=label_column,
            id_column=id_column,
            label_id_column=label_id_column,
            noise_label=noise_label,
            features=_listed(features),
            truth=truth,
            space=None if space is None else space.value,
            gates=gate,
            bounds=gates_of(fail_under, fail_over, GATE_NAMES),
            recompute=_listed(recompute) or (),
            output=output,
            junit=junit,
            data=data,
            overrides=tuple(set_ or ()),
            force=force,
            offline=offline,
            n_jobs=-1 if n_jobs is None else n_jobs,
            into_run=True,
            emit=console.listener(view),
            unfinished=unfinished,
        )
        console.show_evaluation(result, view)
        return result.exit_code

    raise typer.Exit(in_child(work, view))


def _listed(text: str | None) -> tuple[str, ...] | None:
    """Return the names between commas; None: the option was not given."""
    return None if text is None else tuple(name.strip() for name in text.split(",") if name.strip())
