"""The one place that prints: results on stdout, progress and messages on stderr."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from clusterctl.cli.options import LogFormat, View
from clusterctl.cli.streams import visible
from clusterctl.events import Emit, ignore

if TYPE_CHECKING:
    from clusterctl.commands.compare import ComparisonResult
    from clusterctl.commands.evaluate import EvaluationResult
    from clusterctl.commands.init import InitResult
    from clusterctl.commands.plot import PlotResult
    from clusterctl.commands.predict import PredictResult
    from clusterctl.commands.recommend import RecommendResult
    from clusterctl.commands.run import RunResult
    from clusterctl.commands.sweep import SweepResult
    from clusterctl.commands.validate import Validation
    from clusterctl.engine.sweep.plan import SweepPlan


def listener(view: View) -> Emit:
    """Return who listens to the events of a command: JSON lines, a status line on a terminal, or a line now and then."""
    if view.log_format is LogFormat.json:
        from clusterctl.engine.log import log_listener

        return log_listener(lambda line: print(line, file=sys.stderr, flush=True))
    if view.quiet:
        return ignore
    from clusterctl.cli.listeners import Lines, StatusLine

    return StatusLine(view) if sys.stderr.isatty() else Lines(view)


def clear_status_line() -> None:
    """Wipe what a command that did not get to its end left at the bottom of the terminal."""
    if sys.stderr.isatty():
        print("\r\033[2K", end="", file=sys.stderr, flush=True)


def show_run(result: RunResult, view: View) -> None:
    """Print the answer of a run: the document with --json, else a short summary; with --quiet nothing but the document and breaches."""
    if view.json:
        from clusterctl.results.store import document_text

        write(document_text(result.document))
    elif not view.quiet:
        from clusterctl.cli.summary import print_summary

        print_summary(result)
    show_breaches(result)


def show_sweep(result: SweepResult, view: View) -> None:
    """Print the answer of a sweep: the document with --json, else the leaderboard; with --quiet nothing but the document and breaches."""
    if view.json:
        write(result.document.model_dump_json(indent=2) + "\n")
    elif not view.quiet:
        from clusterctl.cli.leaderboard import print_leaderboard

        print_leaderboard(result)
    show_breaches(result)


def show_plots(result: PlotResult, view: View) -> None:
    """Print which pictures were drawn again, and which do not apply."""
    if view.json:
        _write_json(result.as_dict())
    elif not view.quiet:
        from clusterctl.cli.redrawn import print_redrawn

        print_redrawn(result)


def show_comparison(result: ComparisonResult, view: View) -> None:
    """Print the answer of a comparison: the document with --json, else a table; with --quiet nothing but the document and breaches."""
    if view.json:
        write(result.document.model_dump_json(indent=2) + "\n")
    elif not view.quiet:
        from clusterctl.cli.compared import print_comparison

        print_comparison(result)
    show_breaches(result)


def show_evaluation(result: EvaluationResult, view: View) -> None:
    """Print the answer of an evaluation: the document with --json, else tables; with --quiet nothing but the document and breaches."""
    if view.json:
        from clusterctl.results.evaluated import document_text

        write(document_text(result.document))
    elif not view.quiet:
        from clusterctl.cli.evaluated import print_evaluation

        print_evaluation(result)
    show_breaches(result)


def show_plan(plan: SweepPlan, view: View) -> None:
    """Print what a sweep would do."""
    if view.json:
        _write_json(plan.as_dict())
    elif not view.quiet:
        from clusterctl.cli.summary import print_lines

        print_lines(plan.lines())


def show_predictions(result: PredictResult, view: View) -> None:
    """Say what became of the rows: where they went to a file, on stdout; where they went to stdout, in a line on stderr."""
    from clusterctl.cli.predicted import print_sizes, summary_line

    if result.output is None:
        if not view.quiet:
            print(clean(summary_line(result)), file=sys.stderr)
    elif view.json:
        _write_json(result.as_dict())
    elif not view.quiet:
        print_sizes(result)


def show_starter(result: InitResult, view: View) -> None:
    """Print what init found: the document with --json, the config where it went to no file, else a table of the columns."""
    if view.json:
        write(result.document.model_dump_json(indent=2) + "\n")
    elif result.path is None:
        write(result.text)
    elif not view.quiet:
        from clusterctl.cli.started import print_starter

        print_starter(result)


def show_recommendation(result: RecommendResult, view: View) -> None:
    """Print a recommendation on stdout."""
    if view.json:
        write(result.document.model_dump_json(indent=2) + "\n")
    elif not view.quiet:
        from clusterctl.cli.recommended import print_recommendation

        print_recommendation(result)


def show_breaches(result: RunResult | SweepResult | ComparisonResult | EvaluationResult) -> None:
    """Print every gate that failed, on stderr."""
    for gate in result.gates:
        if not gate.passed:
            value = "not defined" if gate.value is None else f"{gate.value:.10g}"
            print(
                f"{'gate failed' if gate.level == 'error' else 'gate warning'}: {gate.metric} is {value}, bound {gate.bound}",
                file=sys.stderr,
            )


def show_validation(checked: Validation, view: View) -> None:
    """Print what a check found."""
    if view.json:
        _write_json(checked.as_dict())
    elif not view.quiet:
        from clusterctl.cli.summary import print_validation

        print_validation(checked)


def _write_json(value: Any) -> None:
    write(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def write(text: str) -> None:
    """Write a JSON document to stdout, in UTF-8 whatever the terminal's encoding is, and make sure it got there.

    JSON itself lets pass control characters beyond ASCII and those that turn the direction of text: they are escaped too.
    """
    sys.stdout.flush()
    sys.stdout.buffer.write(visible(text).encode())
    sys.stdout.buffer.flush()


def clean(text: Any) -> str:
    """Return text of the data or the config with control characters made visible, so that it cannot steer the terminal."""
    return "".join(character if character.isprintable() else character.encode("unicode_escape").decode() for character in str(text))
