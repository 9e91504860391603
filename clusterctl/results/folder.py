"""An output folder: whether it may be written or replaced."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from clusterctl.errors import OutputError
from clusterctl.results.journal import JOURNAL, JOURNAL_DRAFT, has_finished, is_complete, n_finished, read_header
from clusterctl.results.swap import cannot_write

DOCUMENTS = ("results.json", "sweep.json", "recommendation.json")
OUR_FILES = frozenset(
    {
        *DOCUMENTS,
        "assignments.parquet",
        "config.yaml",
        "points.npz",
        "report.html",
        "log.jsonl",
        "evaluation.json",
        ".evaluation.json.new",
        "table.csv",
        "table.parquet",
        "trials.parquet",
        JOURNAL,
        JOURNAL_DRAFT,
        "labels.parquet",
    }
)
OUR_FOLDERS = {
    "plots": (".png", ".html", ".svg", ".pdf"),
    "model": (".npz", ".json"),
    "candidates": (".yaml",),
    "best": (),
}


@dataclass(frozen=True, slots=True)
class OutputFolder:
    """Where results go.

    named: the user gave the name; otherwise it is the default one and replaces its own earlier run unasked. force: replace what is ours.
    resume: a sweep goes on in it.
    """

    path: Path
    named: bool
    force: bool
    resume: bool = False

    def check(self, *, own_journal: bool = False) -> None:
        """Raise OutputError if the folder may not be written or replaced; called before any work starts, and before the swap.

        own_journal: the journal in it is the asking sweep's.
        """
        try:
            self._check_place()
            held = {entry.name for entry in self.path.iterdir()} - {JOURNAL_DRAFT} if self.path.exists() else set()
            if own_journal:
                held.discard(JOURNAL)
            if held:
                self._check_content(held, own_journal)
        except OSError as error:  # a name too long, a folder that may not be looked into
            raise cannot_write(self.path, error) from error

    def _check_place(self) -> None:
        path = self.path
        if path.is_symlink():
            raise OutputError(
                f"the output {path} is a symbolic link, which a run would replace by a folder",
                hint="name the folder that it leads to, or another, with --output",
            )
        if path.exists() and not path.is_dir():
            raise OutputError(f"the output {path} is not a folder", hint="choose another with --output")
        if holds_current_folder(path):
            raise OutputError(
                f"the output {path} is the current folder or contains it, and a run replaces its output folder as a whole",
                hint="name a new folder with --output",
            )
        parent = _nearest_parent(path)
        if not os.access(parent, os.W_OK | os.X_OK):
            raise OutputError(f"the folder {parent} cannot be written to", hint="choose another place with --output")

    def _check_content(self, held: set[str], own_journal: bool) -> None:
        """Raise OutputError if what the folder holds may not be replaced."""
        path, journal = self.path, self.path / JOURNAL
        is_journal = read_header(journal) is not None
        if held == {JOURNAL} and is_journal and not has_finished(journal):
            return
        strangers = _strangers(path)
        came_meanwhile = own_journal and is_journal and bool(strangers)
        if self.resume and not is_journal and (path / "results.json").is_file():
            raise OutputError(
                f"the output folder {path} holds a run, not a sweep: there is nothing to resume",
                hint="name the folder of the sweep with --output, or a new one; --force in place of --resume replaces the run",
            )
        if not self.force and not came_meanwhile and not (self.resume and (is_journal or (path / "sweep.json").is_file())):
            if not own_journal:
                self._check_no_unfinished_sweep()
            if self.named:
                raise OutputError(
                    f"the output folder {path} is not empty", hint="add --force to replace the run in it, or name another with --output"
                )
        if not is_journal and not any((path / name).is_file() for name in DOCUMENTS):
            raise OutputError(
                f"the output folder {path} is not empty and holds no run of clusterctl: it will not be replaced",
                hint="name another with --output, or empty it yourself",
            )
        if strangers:
            raise OutputError(
                f"the output folder {path} holds files that are not clusterctl's: {', '.join(strangers[:5])}",
                hint="move them elsewhere, "
                + ("then --resume: finished trials are kept" if came_meanwhile else "or name another folder with --output"),
            )

    def _check_no_unfinished_sweep(self) -> None:
        n_trials = 0 if is_complete(self.path / JOURNAL) else n_finished(self.path / JOURNAL)
        if n_trials:
            raise OutputError(
                f"the output folder {self.path} holds an unfinished sweep with {n_trials} finished trial{'s' * (n_trials > 1)}",
                hint="sweep --resume goes on with it, --force starts anew; or name another folder with --output",
            )


def check_part(path: Path, kind: str) -> None:
    """Raise OutputError if a run's plots or model kept at `path`, outside its folder, may not be written or replaced there."""
    variable = {"plots": "PLOT_OUTPUT_DIR", "model": "CLUSTERING_MODEL_CACHE"}[kind]
    hint = f"it lies where {variable} says; set that to another folder"
    try:
        if path.is_symlink():
            raise OutputError(f"the folder for the run's {kind}, {path}, is a symbolic link, which a run would replace", hint=hint)
        if path.exists() and not path.is_dir():
            raise OutputError(f"the folder for the run's {kind}, {path}, is not a folder", hint=hint)
        parent = _nearest_parent(path)
        if not os.access(parent, os.W_OK | os.X_OK):
            raise OutputError(f"the folder {parent} cannot be written to", hint=hint)
        strangers = _strangers_among(path, OUR_FOLDERS[kind]) if path.exists() else []
    except OSError as error:
        raise cannot_write(path, error) from error
    if strangers:
        raise OutputError(f"the folder {path} holds files that are not clusterctl's: {', '.join(strangers[:5])}", hint=hint)


def holds_current_folder(path: Path) -> bool:
    """Tell whether the current folder is `path` or lies in it."""
    try:
        current = Path.cwd()
    except FileNotFoundError:  # it was removed meanwhile
        return False
    return current.is_relative_to(path.resolve())


def _nearest_parent(path: Path) -> Path:
    """Return the nearest folder above that exists, refusing one that is a file."""
    for parent in path.absolute().parents:
        if parent.is_dir():
            return parent
        if parent.exists():
            raise OutputError(f"{parent} is a file, so no folder can be made in it", hint="choose another place with --output")
    return Path("/")


def _strangers(folder: Path) -> list[str]:
    """Name what is in the folder and is not ours, in sorted order."""
    found = []
    for entry in sorted(folder.iterdir()):
        if entry.is_symlink():
            found.append(entry.name)
        elif entry.is_dir():
            found.extend(_strangers_within(entry))
        elif entry.name not in OUR_FILES:
            found.append(entry.name)
    return found


def _strangers_within(folder: Path) -> list[str]:
    if folder.name not in OUR_FOLDERS:
        return [f"{folder.name}/"]
    if folder.name == "best":
        return [f"best/{name}" for name in _strangers(folder)]
    return [f"{folder.name}/{name}" for name in _strangers_among(folder, OUR_FOLDERS[folder.name])]


def _strangers_among(folder: Path, endings: tuple[str, ...]) -> list[str]:
    return [entry.name for entry in sorted(folder.iterdir()) if not (entry.is_file() and entry.name.endswith(endings))]
