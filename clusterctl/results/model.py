"""A run's model as it lies in its folder, read with distrust: arrays and JSON alone, hashes checked, nothing executed.

model.json names the SHA-256 of model.npz and, in `sha256`, of itself (of its canonical JSON without that key), and the hashes of the
data and the config that results.json has too. These find damage and mix-ups; whoever can write to the folder can change all of them
together, so everything read is checked for its form as well before any of it is used.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

from pydantic import ConfigDict, Field, ValidationError

from clusterctl.errors import DataLoadError
from clusterctl.results.arrays import read_plain_arrays
from clusterctl.results.base import Document
from clusterctl.results.models import PredictInfo
from clusterctl.results.stored import OTHER_VERSION, StoredRun

if TYPE_CHECKING:
    import numpy as np

MODEL_FORMAT = 2
MAX_FACTS = 1 << 28
"""Bytes of a model.json, at most; that of a million levels is a tenth of it."""
AGAIN = "the model was changed or damaged after the run: run it again (clusterctl run FOLDER/config.yaml)"

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class StepState(Document):
    """A fitted step of the preprocessing."""

    name: str
    state: dict[str, Any]


class ModelFacts(Document):
    """model.json, whole."""

    model_config = ConfigDict(strict=True)

    format: Literal[2]
    version: str
    libraries: dict[str, str]
    config_sha256: Sha256
    data_sha256: Sha256
    algorithm: str
    parameters: dict[str, Any]
    n_clusters: int = Field(ge=0)
    cluster_ids: list[Annotated[int, Field(ge=0)]]
    random_state: int
    distance: Literal["euclidean", "manhattan"]
    features: list[str]
    id_column: str | None
    columns: list[str]
    steps: list[StepState]
    predict: PredictInfo
    npz_sha256: Sha256
    sha256: Sha256


@dataclass(frozen=True, slots=True)
class StoredModel:
    """What model/ holds: facts and arrays (read-only); `path` is model.json, for messages."""

    path: Path
    facts: ModelFacts
    arrays: Mapping[str, np.ndarray]

    def steps(self) -> list[tuple[str, Mapping[str, Any]]]:
        """Return name and state of each preprocessing step, arrays put back. Raises DataLoadError for one that is missing."""
        return [(step.name, self._inside(step.state)) for step in self.facts.steps]

    def fit_arrays(self) -> dict[str, np.ndarray]:
        """Return what the algorithm left of its fit, by its own names."""
        return {name.removeprefix("fit/"): array for name, array in self.arrays.items() if name.startswith("fit/")}

    def _inside(self, value: Any) -> Any:
        if isinstance(value, dict):
            if set(value) == {"$array"}:
                if value["$array"] not in self.arrays:
                    raise DataLoadError(f"{self.path} names an array that model.npz does not hold: {value['$array']!r}", hint=AGAIN)
                return self.arrays[value["$array"]]
            return {key: self._inside(inner) for key, inner in value.items()}
        return [self._inside(inner) for inner in value] if isinstance(value, list) else value


def facts_text(facts: Mapping[str, Any], npz_sha256: str) -> str:
    """Return model.json for these facts, the two hashes added."""
    whole = {**facts, "npz_sha256": npz_sha256}
    return json.dumps({**whole, "sha256": _own_sha256(whole)}, allow_nan=False, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _own_sha256(facts: Mapping[str, Any]) -> str:
    text = json.dumps(
        {key: value for key, value in facts.items() if key != "sha256"},
        allow_nan=False,
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def load_model(run: StoredRun) -> StoredModel:
    """Read a run's model.

    Raises DataLoadError where a file is missing, no regular file, altered, of another format, of another run than its results.json, or
    holds anything but plain arrays and JSON. Takes no more memory than the files' size, a few times over.
    """
    folder = run.part("model")
    path = folder / "model.json"
    facts = _read_facts(path)
    metadata = run.document.metadata
    if (facts.config_sha256, facts.data_sha256) != (metadata.config_sha256, metadata.data_sha256):
        raise DataLoadError(f"{folder} is not the model of {run.folder}: it is of another config or other data", hint=AGAIN)
    if facts.predict != run.document.clustering_results.model_info.predict:
        raise DataLoadError(f"{folder} is not the model of {run.folder}: results.json says other things of it", hint=AGAIN)
    return StoredModel(path, facts, _read_arrays(folder / "model.npz", facts.npz_sha256))


def open_plain(path: Path) -> int:
    """Open a regular file for reading; a symbolic link, a folder, a pipe or a device is refused with DataLoadError, unopened or unread."""
    try:
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise DataLoadError(f"{path} is missing", hint="name a folder with a whole run in it, or run it again") from None
    except OSError as error:
        what = "it is a symbolic link" if path.is_symlink() else error.strerror
        raise DataLoadError(f"{path} is not read: {what}", hint=AGAIN) from error
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise DataLoadError(f"{path} is not read: it is no regular file", hint=AGAIN)
    return number


def _read_facts(path: Path) -> ModelFacts:
    with open(open_plain(path), "rb") as file:
        if os.fstat(file.fileno()).st_size > MAX_FACTS:
            raise DataLoadError(f"{path} is larger than any model's facts are", hint=AGAIN)
        text = file.read(MAX_FACTS + 1)
    try:
        facts = json.loads(text, parse_constant=_no_constant)
        own = _own_sha256(facts) if isinstance(facts, dict) else None
    except (ValueError, RecursionError) as error:
        raise DataLoadError(f"{path} cannot be read: {error}", hint=AGAIN) from error
    if own is None:
        raise DataLoadError(f"{path} cannot be read: it is no JSON object", hint=AGAIN)
    if facts.get("format") != MODEL_FORMAT:
        raise DataLoadError(f"{path} is a model of format {facts.get('format')!r}; this version reads {MODEL_FORMAT}", hint=OTHER_VERSION)
    if facts.get("sha256") != own:
        raise DataLoadError(f"{path} was altered: its content does not have the SHA-256 that it names", hint=AGAIN)
    try:
        return ModelFacts.model_validate(facts)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DataLoadError(f"{path} is no model of this version: {where}: {first['msg']}", hint=OTHER_VERSION) from error


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


def _read_arrays(path: Path, sha256: str) -> Mapping[str, np.ndarray]:
    with open(open_plain(path), "rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise DataLoadError(f"{path} was altered: it does not have the SHA-256 that model.json names", hint=AGAIN)
        try:
            return read_plain_arrays(file)
        except ValueError as error:
            raise DataLoadError(f"{path} cannot be read: {error}", hint=AGAIN) from error
