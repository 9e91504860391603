"""A finished run as it lies in its folder: what `evaluate`, `plot`, `predict` and `compare` start from. Reading executes nothing."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clusterctl.errors import ConfigError, DataLoadError
from clusterctl.results.models import ResultsDocument
from clusterctl.results.stored_document import parse_document

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from clusterctl.values.plotdata import PlotData

OTHER_VERSION = "run it again with this version (clusterctl run FOLDER/config.yaml), or use the version that made it"


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run's folder and its results.json, read and checked; everything else is read when it is asked for."""

    folder: Path
    document: ResultsDocument

    @property
    def name(self) -> str:
        """What messages and pictures call it: its folder's name, of a sweep's best run the sweep's."""
        whole = self.folder.resolve()
        return whole.parent.name if whole.name == "best" else whole.name

    @property
    def id_key(self) -> str | None:
        """What tells the key that its ids are hashed with from another; None: they are as they came, or there are none."""
        id_column = self.document.metadata.config.get("clustering_data", {}).get("id_column")
        return self.document.metadata.privacy.hashed.get(id_column) if isinstance(id_column, str) else None

    def check_key(self, fingerprint: str | None) -> None:
        """Raise ConfigError if values are hashed with another key than those of the run; None: nothing is hashed."""
        own = next(iter(self.document.metadata.privacy.hashed.values()), None)
        if own is not None and fingerprint is not None and own != fingerprint:
            raise ConfigError(
                f"{self.name} was hashed with another key: its fingerprint is {own}, that of the key in the environment {fingerprint}",
                hint="set CLUSTERCTL_HASH_KEY to the key that the run was made with",
            )

    def assignments(self) -> pa.Table:
        """Return assignments.parquet. Raises DataLoadError if it is missing or damaged."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self.folder / "assignments.parquet"
        try:
            with path.open("rb") as file:
                return pq.read_table(file, page_checksum_verification=True)
        except (OSError, pa.ArrowException) as error:
            raise _damaged(path, error) from error

    def plot_data(self) -> PlotData:
        """Return what pictures are drawn from. Raises DataLoadError if points.npz is missing, damaged or of another version."""
        from clusterctl.values.plotdata import PlotData

        path = self.folder / "points.npz"
        try:
            return PlotData.from_arrays(read_arrays(path))
        except (KeyError, ValueError) as error:
            raise DataLoadError(f"{path} is not what this version reads: {error}", hint=OTHER_VERSION) from error

    def part(self, kind: str) -> Path:
        """Return the folder of the run's `plots` or `model`: in its own, or where results.json says that it was written."""
        inside = self.folder / kind
        told = self.document.metadata.execution.get("paths", {}).get(kind)
        return inside if inside.is_dir() or not isinstance(told, str) else Path(told)


def open_run(folder: Path) -> StoredRun:
    """Read a run's folder; of a sweep's folder its best run.

    Raises DataLoadError if there is no run, or its results.json is damaged or of another version.
    """
    own = folder if (folder / "results.json").is_file() or not (folder / "sweep.json").is_file() else folder / "best"
    path = own / "results.json"
    try:
        text = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        is_sweep = own != folder
        what = "the sweep in it ranked no trial, so it has no best run" if is_sweep else "there is no results.json in it"
        raise DataLoadError(f"{folder} is no run: {what}", hint="name the folder that `clusterctl run` wrote") from None
    except OSError as error:
        raise _damaged(path, error) from error
    return StoredRun(own, parse_document(path, text, ResultsDocument, what="result", again=OTHER_VERSION))


def read_arrays(path: Path) -> Mapping[str, np.ndarray]:
    """Read an npz file whole: plain arrays alone, nothing is unpickled. Raises DataLoadError if it is missing or damaged."""
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, NotImplementedError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> DataLoadError:
    if isinstance(error, FileNotFoundError):
        return DataLoadError(f"{path} is missing", hint="name a folder with a whole run in it, or run it again")
    return DataLoadError(f"{path} cannot be read: {error}", hint="the file is damaged: run it again")
