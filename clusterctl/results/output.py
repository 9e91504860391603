"""Where the parts of a run or a sweep go, and the writing of them: all or nothing, under a lock; a sweep's journal alone in place."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from clusterctl.results.folder import OutputFolder, check_part
from clusterctl.results.journal import JOURNAL
from clusterctl.results.lock import locked
from clusterctl.results.store import RecommendationFiles, RunFiles, SweepFiles, write_recommendation, write_run, write_sweep
from clusterctl.results.swap import begin, cannot_write, make_beside, restore, swap_in, sync
from clusterctl.results.unfinished import remove_begun

Report = Callable[[Path, bool], None]


@dataclass(frozen=True, slots=True)
class Begun:
    """What is half done: told to the listener, and removed at the end."""

    report: Report
    paths: list[Path] = field(default_factory=list)

    def add(self, path: Path) -> None:
        """Say that `path` is begun."""
        self.paths.append(path)
        self.report(path, True)

    def end(self) -> None:
        """Remove all, the last first."""
        for path in reversed(self.paths):
            remove_begun(path)
            self.report(path, False)


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one run or sweep.

    folder: absolute. shown: as the user knows it. plots, model: folders elsewhere for these parts (PLOT_OUTPUT_DIR,
    CLUSTERING_MODEL_CACHE); None: inside `folder`.
    """

    folder: Path
    shown: Path
    rule: OutputFolder
    plots: Path | None = None
    model: Path | None = None
    _begun: list[Begun] = field(default_factory=list, init=False, repr=False, compare=False)
    """The block of `writing` that is under way."""

    def as_paths(self) -> dict[str, str]:
        """Return the folders by what they hold, for the record of the run."""
        paths = {"output": self.folder, "plots": self.plots or self.folder / "plots", "model": self.model or self.folder / "model"}
        return {kind: _text(path) for kind, path in paths.items()}

    def as_sweep_paths(self) -> dict[str, str]:
        """Return the folders of a sweep by what they hold; its best run has its plots and model with it."""
        return {**{kind: path for kind, path in self.as_paths().items() if kind != "model"}, "best": _text(self.folder / "best")}

    @contextmanager
    def writing(self, report: Report) -> Iterator[Draft]:
        """Hold the lock and empty folders to write into for the length of the block; what is not swapped in by its end is removed.

        `report(path, True)` tells of the lock and of all that is half done, `report(path, False)` of its end; what goes then is told
        at `remove_begun`. Raises OutputError before the block if a folder is taken, locked, or cannot be written.
        """
        self.check()
        with _parents(self.folder, report), locked(self.folder) as lock:
            report(lock, True)
            targets = [target for target in (self.folder, self.plots, self.model) if target is not None]
            for target in targets:
                restore(target)
            self.check()
            begun = Begun(report)
            self._begun.append(begun)
            try:
                draft = Draft({target: begin(target) for target in targets}, self)
                for new in draft.folders.values():
                    begun.add(new)
                yield draft
            finally:
                self._begun.remove(begun)
                begun.end()

    def make_work(self) -> Path:
        """Make a folder beside the output for what the work needs and no one else; it goes at the end of the block of `writing`.

        Raises OutputError where the system refuses.
        """
        work = make_beside(self.folder, "work")
        self._say_begun(work)
        return work

    def journal_path(self) -> Path:
        """Return where a sweep's journal goes, in a folder that is there; for the block of `writing`.

        At the block's end a journal without a trial is removed, and so is the folder if it was made for it alone. Raises OutputError
        where the system refuses.
        """
        try:
            if not self.folder.is_dir():
                self._say_begun(self.folder)
                self.folder.mkdir()
                sync(self.folder.parent)
        except OSError as error:
            raise cannot_write(self.folder, error) from error
        self._say_begun(self.folder / JOURNAL)
        return self.folder / JOURNAL

    def _say_begun(self, path: Path) -> None:
        for begun in self._begun:
            begun.add(path)

    def check(self, *, own_journal: bool = False) -> None:
        """Raise OutputError if one of the folders may not be written or replaced; own_journal: the journal there is ours."""
        self.rule.check(own_journal=own_journal)
        for kind, part in (("plots", self.plots), ("model", self.model)):
            if part is not None:
                check_part(part, kind)


@dataclass(frozen=True, slots=True)
class Draft:
    """The folders that a run or sweep is written into before they take their places."""

    folders: Mapping[Path, Path]
    places: Places

    def write(self, files: RunFiles) -> None:
        """Write every file of the run."""
        places = self.places
        write_run(
            files,
            self.folders[places.folder],
            plots=self.folders[places.plots] if places.plots else None,
            model=self.folders[places.model] if places.model else None,
        )

    def write_sweep(self, files: SweepFiles) -> None:
        """Write every file of the sweep; its best run is whole in `best/`, plots and model with it."""
        places = self.places
        write_sweep(files, self.folders[places.folder], plots=self.folders[places.plots] if places.plots else None)

    def write_recommendation(self, files: RecommendationFiles) -> None:
        """Write every file of the recommendation."""
        places = self.places
        write_recommendation(files, self.folders[places.folder], plots=self.folders[places.plots] if places.plots else None)

    def swap_in(self) -> None:
        """Put the folders in their places; the run's own folder last, since its document names the others.

        Raises OutputError if something that is not ours came into one of them since the run began.
        """
        self.places.check(own_journal=(self.folders[self.places.folder] / JOURNAL).is_file())
        for target, new in reversed(list(self.folders.items())):
            if any(new.iterdir()) or target.exists() or target == self.places.folder:
                swap_in(new, target)


def planned(folder: Path, *, named: bool, force: bool, environment: Mapping[str, str], resume: bool = False) -> Places:
    """Return the places of a run or sweep in `folder`; resume: a sweep may go on with what is in it.

    The environment may send plots and models elsewhere, each run to a subfolder of its own, whose name is the output folder's and a
    short hash of its whole path, so that the same output replaces its own.
    """
    whole = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would follow a link that must be seen and refused
    own = f"{whole.name}-{hashlib.sha256(os.fsencode(whole)).hexdigest()[:8]}"
    plots, model = environment.get("PLOT_OUTPUT_DIR"), environment.get("CLUSTERING_MODEL_CACHE")
    return Places(
        folder=whole,
        shown=folder,
        rule=OutputFolder(whole, named=named, force=force, resume=resume),
        plots=Path(plots).absolute() / own if plots else None,
        model=Path(model).absolute() / own if model else None,
    )


@contextmanager
def _parents(folder: Path, report: Report) -> Iterator[None]:
    """Make the folders that `folder` is to be in; those made here are told, and go at the end of the block if nothing is in them."""
    missing = Begun(report)
    for parent in reversed([parent for parent in folder.parents if not parent.exists()]):
        missing.add(parent)
    try:
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(folder.parent, error) from error
        yield
    finally:
        missing.end()


def _text(path: Path) -> str:
    return os.fsencode(path).decode(errors="backslashreplace")  # a name may be no text
