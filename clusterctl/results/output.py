"""Where a run's parts go, and the writing of them: all or nothing, under a lock."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clusterctl.results.folder import OutputFolder, check_part
from clusterctl.results.lock import locked
from clusterctl.results.store import RunFiles, write_run
from clusterctl.results.swap import begin, cannot_write, restore, swap_in

Report = Callable[[Path, bool], None]


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one run.

    folder: absolute. shown: as the user knows it. plots, model: folders elsewhere for these parts (PLOT_OUTPUT_DIR,
    CLUSTERING_MODEL_CACHE); None: inside `folder`.
    """

    folder: Path
    shown: Path
    rule: OutputFolder
    plots: Path | None = None
    model: Path | None = None

    def as_paths(self) -> dict[str, str]:
        """Return the folders by what they hold, for the record of the run."""
        paths = {"output": self.folder, "plots": self.plots or self.folder / "plots", "model": self.model or self.folder / "model"}
        return {kind: os.fsencode(path).decode(errors="backslashreplace") for kind, path in paths.items()}  # a name may be no text

    @contextmanager
    def writing(self, report: Report) -> Iterator[Draft]:
        """Hold the lock and empty folders to write into for the length of the block; what is not swapped in by its end is removed.

        `report(folder, True)` tells of the lock and of each folder that is half written, `report(folder, False)` of its end.
        Raises OutputError before the block if a folder is taken, locked, or cannot be written.
        """
        self.check()
        _make_parents(self.folder)
        with locked(self.folder) as lock:
            report(lock, True)
            targets = [target for target in (self.folder, self.plots, self.model) if target is not None]
            for target in targets:
                restore(target)
            self.check()
            draft = Draft({target: begin(target) for target in targets}, self)
            for new in draft.folders.values():
                report(new, True)
            try:
                yield draft
            finally:
                for new in draft.folders.values():
                    shutil.rmtree(new, ignore_errors=True)
                    report(new, False)

    def check(self) -> None:
        """Raise OutputError if one of the folders may not be written or replaced."""
        self.rule.check()
        for kind, part in (("plots", self.plots), ("model", self.model)):
            if part is not None:
                check_part(part, kind)


@dataclass(frozen=True, slots=True)
class Draft:
    """The folders that a run is written into before they take their places."""

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

    def swap_in(self) -> None:
        """Put the folders in their places; the run's own folder last, since its results.json names the others.

        Raises OutputError if something that is not ours came into one of them since the run began.
        """
        self.places.check()
        for target, new in reversed(list(self.folders.items())):
            if any(new.iterdir()) or target.exists() or target == self.places.folder:
                swap_in(new, target)


def planned(folder: Path, *, named: bool, force: bool, environment: Mapping[str, str]) -> Places:
    """Return the places of a run in `folder`; the environment may send plots and models elsewhere, each run to a subfolder of its own.

    The subfolder's name is the output folder's and a short hash of its whole path, so that the same output replaces its own.
    """
    whole = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would follow a link that must be seen and refused
    own = f"{whole.name}-{hashlib.sha256(os.fsencode(whole)).hexdigest()[:8]}"
    plots, model = environment.get("PLOT_OUTPUT_DIR"), environment.get("CLUSTERING_MODEL_CACHE")
    return Places(
        folder=whole,
        shown=folder,
        rule=OutputFolder(whole, named=named, force=force),
        plots=Path(plots).absolute() / own if plots else None,
        model=Path(model).absolute() / own if model else None,
    )


def _make_parents(folder: Path) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder.parent, error) from error
