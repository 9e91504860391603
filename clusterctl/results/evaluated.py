"""Where evaluation.json goes: into a run's folder under its lock, or to a file of its own; always whole, in one step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clusterctl.errors import OutputError
from clusterctl.results.folder import DOCUMENTS, OUR_FILES
from clusterctl.results.lock import locked
from clusterctl.results.replacing import check_writable, replace_file

if TYPE_CHECKING:
    from clusterctl.results.evaluation import EvaluationDocument

NAME = "evaluation.json"
DRAFT = ".evaluation.json.new"
BEGINS = b'"evaluation_results"'
Stamp = tuple[int, int, int]


def document_text(document: EvaluationDocument) -> str:
    """Return evaluation.json as text: UTF-8, null for what is not there, one newline at the end."""
    return document.model_dump_json(indent=2) + "\n"


@dataclass(frozen=True, slots=True)
class EvaluationFile:
    """Where the document is to be put.

    run: the folder of the run it is written into, with the stamp of the results.json that it is about; None: a file of its own.
    force: replace a file there that is no evaluation.
    """

    path: Path
    run: tuple[Path, Stamp] | None
    force: bool = False

    @classmethod
    def of_run(cls, folder: Path) -> EvaluationFile:
        """Return the place in a run's folder, of a sweep's folder in that of its best run."""
        own = folder if (folder / "results.json").is_file() or not (folder / "sweep.json").is_file() else folder / "best"
        return cls(own / NAME, (own, _stamp(own / "results.json")))

    def check(self) -> None:
        """Raise OutputError if the file cannot be written, or is something else's: told before the work starts."""
        if self.run is not None and not (self.run[0] / "results.json").is_file():
            return  # reading the run says what is wrong with it
        check_writable(self.path)
        folder = self.path.absolute().parent
        of_a_run = any((folder / name).is_file() for name in DOCUMENTS)
        if of_a_run and self.path.name != NAME and self.path.name in OUR_FILES:
            raise OutputError(f"{self.path} is a part of a run, which an evaluation never rewrites", hint="name another file with --output")
        if self.path.exists() and not self.force and not _is_evaluation(self.path):
            raise OutputError(f"{self.path} is there already and is no evaluation", hint="name another file, or replace it with --force")

    def write(self, document: EvaluationDocument, report: Callable[[Path, bool], None]) -> None:
        """Put the document in its place. Raises OutputError if that is not possible, or the run was replaced since it was read."""
        if self.run is None:
            replace_file(self.path, document_text(document))
            return
        folder, stamp = self.run
        whole = folder.resolve()
        with locked(whole.parent if whole.name == "best" and (whole.parent / "sweep.json").is_file() else whole) as lock:
            report(lock, True)
            try:
                if _stamp(folder / "results.json") != stamp:
                    raise OutputError(f"{folder} was replaced by another run while this one was evaluated", hint="evaluate it again")
                replace_file(self.path, document_text(document), draft=folder / DRAFT)
            finally:
                report(lock, False)


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_ino, found.st_mtime_ns, found.st_size)


def _is_evaluation(path: Path) -> bool:
    """Tell whether a file is an evaluation of ours, by how it begins."""
    try:
        with path.open("rb") as file:
            return BEGINS in file.read(100)
    except OSError:
        return False
