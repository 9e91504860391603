"""Every key of the config does what it says, or is refused in words: a key without a row here fails."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from config_rows import KEY, ROWS, Kept, Needed, Refused, Shows, Writes, looked_up, set_at, written
from contract_tables import write_tables
from pydantic import BaseModel

import clusterctl
from clusterctl.config.models import Config
from clusterctl.errors import ClusterctlError

BASE = {
    "clustering_data": {"data_source": "table.csv"},
    "clustering_configuration": {"algorithm": "kmeans", "n_clusters": 3},
    "evaluation_configuration": {"cross_validation": False, "cluster_validation": False},
    "visualization_configuration": {"generate_plots": False},
    "output": {"directory": "out"},
}


def models_in(annotation: Any) -> list[tuple[str, type[BaseModel]]]:
    """Return the models that a value may be, with `.*` where they stand under names of the user's choice."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [("", annotation)]
    if get_origin(annotation) is Annotated:
        return models_in(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [found for part in get_args(annotation) for found in models_in(part)]
    if get_origin(annotation) is dict:
        return [(f".*{star}", model) for star, model in models_in(get_args(annotation)[1])]
    return []


def leaves(model: type[BaseModel], path: str = "") -> Iterator[str]:
    for name, info in model.model_fields.items():
        key = f"{path}.{info.alias or name}".lstrip(".")
        inner = [] if name in ("parameters", "rank_space") else models_in(info.annotation)
        if not inner:
            yield key
        for star, part in inner:
            yield from leaves(part, key + star)


KEYS = list(leaves(Config))


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    write_tables(folder)
    return folder


@pytest.fixture
def do(tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run the base config with some keys set, and return results.json."""
    monkeypatch.chdir(tables)
    monkeypatch.setenv("CLUSTERCTL_HASH_KEY", KEY)
    folders = iter(tmp_path / str(number) / "out" for number in range(9))

    def run(given: Mapping[str, Any]) -> tuple[Any, Path]:
        config = copy.deepcopy(BASE)
        folder = next(folders)
        config["output"]["directory"] = str(folder)
        for path, value in given.items():
            *above, last = path.split(".")
            section: Any = config
            for name in above:
                section = section.setdefault(name, {})
            section[last] = value
        if config["output"]["directory"] == "elsewhere":
            config["output"]["directory"] = str(folder.parent / "elsewhere")
        clusterctl.run(config)
        path = Path(config["output"]["directory"]) / "results.json"
        return json.loads(path.read_text()), folder

    return run


def holds(expected: Any, found: Any) -> bool:
    return expected(found) if callable(expected) else found == expected and type(found) is type(expected)


def test_every_key_has_a_row_and_every_row_a_key() -> None:
    assert sorted(ROWS) == sorted(KEYS)


@pytest.mark.parametrize("key", [key for key in KEYS if isinstance(ROWS.get(key), Shows)])
def test_a_key_changes_the_results(do: Callable[..., Any], key: str) -> None:
    row = ROWS[key]
    before, _ = do(row.given)
    assert holds(row.before, looked_up(before, row.at)), looked_up(before, row.at)
    after, _ = do({**row.given, set_at(key): row.value})
    assert holds(row.after, looked_up(after, row.at)), looked_up(after, row.at)


@pytest.mark.parametrize("key", [key for key in KEYS if isinstance(ROWS.get(key), Writes)])
def test_a_key_changes_which_files_are_written(do: Callable[..., Any], key: str) -> None:
    row = ROWS[key]
    _, before = do(row.given)
    _, after = do({**row.given, set_at(key): row.value})
    if key == "output.directory":
        assert not after.exists()
        assert (after.parent / "elsewhere" / "results.json").is_file()
        return
    assert written(after) == (written(before) | row.more) - row.fewer
    assert row.more <= written(after) - written(before)
    assert row.fewer <= written(before)


@pytest.mark.parametrize("key", [key for key in KEYS if isinstance(ROWS.get(key), Needed)])
def test_a_key_makes_readable_what_was_refused(do: Callable[..., Any], key: str) -> None:
    row = ROWS[key]
    with pytest.raises(ClusterctlError) as caught:
        do(row.given)
    assert caught.value.exit_code == row.code
    assert row.said in f"{caught.value.message} {caught.value.hint} {caught.value.details}"
    after, _ = do({**row.given, set_at(key): row.value})
    assert holds(row.after, looked_up(after, row.at)), looked_up(after, row.at)


@pytest.mark.parametrize("key", [key for key in KEYS if isinstance(ROWS.get(key), Refused)])
def test_a_key_is_refused_in_words(do: Callable[..., Any], key: str) -> None:
    row = ROWS[key]
    with pytest.raises(ClusterctlError) as caught:
        do({**row.given, set_at(key): row.value})
    assert caught.value.exit_code == row.code
    assert row.said in f"{caught.value.message} {caught.value.hint} {caught.value.details}"
    do({**row.given, **({} if row.allowed is None else {set_at(key): row.allowed})})


@pytest.mark.parametrize("key", [key for key in KEYS if isinstance(ROWS.get(key), Kept)])
def test_a_key_for_another_command_is_checked_and_changes_nothing(do: Callable[..., Any], key: str) -> None:
    row = ROWS[key]
    before, _ = do(row.given)
    after, _ = do({**row.given, set_at(key): row.value})
    assert after["clustering_results"]["clusters"] == before["clustering_results"]["clusters"]
    assert after["clustering_results"]["evaluation_metrics"] == before["clustering_results"]["evaluation_metrics"]
    with pytest.raises(ClusterctlError) as caught:
        do({**row.given, set_at(key): row.wrong})
    assert caught.value.exit_code == 3
    assert row.said in f"{caught.value.message} {caught.value.hint} {caught.value.details}"
