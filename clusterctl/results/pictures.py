"""Pictures drawn again: put among those of a run, a sweep or a recommendation, or into a folder of their own, all in one step."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clusterctl.errors import OutputError
from clusterctl.results.folder import OUR_FOLDERS, holds_current_folder
from clusterctl.results.lock import locked
from clusterctl.results.output import Begun, Report
from clusterctl.results.swap import begin, cannot_write, restore, swap_in


@dataclass(frozen=True, slots=True)
class PictureFolder:
    """Where pictures go.

    path: the folder, absolute. shown: as the user knows it. home: the folder whose lock is held meanwhile: the one they are drawn of,
    or `path`. named: the user gave the name, so it must be empty or new, unless `force`: then files of the same names are replaced.
    """

    path: Path
    shown: Path
    home: Path
    named: bool = False
    force: bool = False

    def check(self) -> None:
        """Raise OutputError if pictures may not be put there."""
        hint = "name another folder with --output"
        try:
            if self.path.is_symlink():
                raise OutputError(f"the folder for the pictures, {self.shown}, is a symbolic link, which would be replaced", hint=hint)
            if self.path.exists() and not self.path.is_dir():
                raise OutputError(f"{self.shown} is not a folder, so no pictures can be put in it", hint=hint)
            if holds_current_folder(self.path):
                raise OutputError(
                    f"{self.shown} is the current folder or contains it, and a folder of pictures is replaced as a whole", hint=hint
                )
            held = sorted(self.path.iterdir()) if self.path.exists() else []
        except OSError as error:
            raise cannot_write(self.path, error) from error
        if held and self.named and not self.force:
            raise OutputError(
                f"the folder {self.shown} is not empty", hint="add --force to replace pictures of the same names in it, or name another"
            )
        strangers = [entry.name for entry in held if entry.is_symlink() or not entry.is_file() or not entry.name.endswith(_ENDINGS)]
        if strangers:
            raise OutputError(
                f"the folder {self.shown} holds other things than pictures: {', '.join(strangers[:5])}",
                hint="move them elsewhere, or name another folder with --output",
            )

    def put(self, files: Mapping[str, bytes], report: Report) -> tuple[Path, ...]:
        """Write the files, name → bytes, and return their paths; what else is in the folder stays. A reader sees all of them or none.

        `report` as for `Places.writing`. Raises OutputError where the folder is taken or locked, or the system refuses.
        """
        self.check()
        try:
            self.home.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(self.home.parent, error) from error
        with locked(self.home) as lock:
            report(lock, True)
            restore(self.path)
            self.check()
            begun = Begun(report)
            try:
                # Inside a run's folder a draft that a kill leaves behind would be a stranger: it lies beside the run.
                draft = begin(self.home if self.path.is_relative_to(self.home) else self.path)
                begun.add(draft)
                swap_in(_fill(draft / "pictures", files, self.path), self.path)
            finally:
                begun.end()
        return tuple(self.shown / name for name in files)


_ENDINGS = OUR_FOLDERS["plots"]


def _fill(new: Path, files: Mapping[str, bytes], old: Path) -> Path:
    """Make the folder `new` with what the old one holds and the files, and return it."""
    try:
        new.mkdir()
        for entry in old.iterdir() if old.exists() else ():
            if entry.name not in files:
                _carry_over(entry, new / entry.name)
        for name, content in files.items():
            (new / name).write_bytes(content)
    except OSError as error:
        raise cannot_write(old, error) from error
    return new


def _carry_over(entry: Path, copy: Path) -> None:
    try:
        os.link(entry, copy)
    except OSError:  # a file system without links
        shutil.copy2(entry, copy)
