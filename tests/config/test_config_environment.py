"""`${NAME}` in values: where it comes from, how it is read, and that it is never shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clusterctl.config.environment import expand, read_environment, read_scalar
from clusterctl.config.load import load_config
from clusterctl.errors import ConfigError

SECRET = "hunter2-5e1f"


def config(**sections: Any) -> dict[str, Any]:
    return {"clustering_data": {"data_source": "a.csv"}, "clustering_configuration": {"algorithm": "kmeans"}, **sections}


def test_environment_wins_over_dotenv(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=from file\nB=from file\n# note\nexport C='c d'\n")
    assert read_environment(tmp_path, {"A": "from environment"}) == {"A": "from environment", "B": "from file", "C": "c d"}


def test_dotenv_values_are_taken_literally(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=x\nB=${A}y\n")
    assert read_environment(tmp_path, {})["B"] == "${A}y"


def test_command_line_wins_over_the_file_which_wins_over_the_default(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("clustering_data: {data_source: a.csv}\nclustering_configuration: {algorithm: kmeans, n_clusters: '${K:-2}'}\n")

    def n_clusters(*overrides: str, **environ: str) -> Any:
        return load_config(path, overrides=overrides, environ=environ).shown["clustering_configuration"]["n_clusters"]

    assert n_clusters() == 2
    (tmp_path / ".env").write_text("K=3\n")
    assert n_clusters() == 3
    assert n_clusters(K="4") == 4
    assert n_clusters("clustering_configuration.n_clusters=5", K="4") == 5
    assert load_config(path, environ={}).config.preprocessing_configuration.scaling == "standard"


def test_broken_dotenv_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=1\n'x y\n")
    with pytest.raises(ConfigError, match="line 2") as caught:
        read_environment(tmp_path, {})
    assert ".env" in caught.value.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${A}", "x"),
        ("p${A}q", "pxq"),
        ("${A}${A}", "xx"),
        ("$${A}", "${A}"),
        ("$A", "$A"),
        ("${EMPTY:-d}", "d"),
        ("${NONE:-}", None),
        ("${NONE:-7}", 7),
        ("${N}", 12),
        ("n${N}", "n12"),
        ("${F}", 0.001),
        ("${T}", True),
        ("${Q}", "12"),
        ("${LIST}", "[1, 2]"),
        ("${HASH}", "a # b"),
        ("${NESTED}", "${A}"),
    ],
)
def test_reference_is_replaced(text: str, expected: object) -> None:
    environment = {
        "A": "x", "EMPTY": "", "N": "12", "F": "1e-3", "T": "true", "Q": '"12"', "LIST": "[1, 2]", "HASH": "a # b", "NESTED": "${A}",
    }  # fmt: skip
    expansion = expand({"k": text}, environment)
    assert expansion.problems == []
    assert expansion.value == {"k": expected}
    assert type(expansion.value["k"]) is type(expected)


def test_keys_are_never_replaced() -> None:
    assert expand({"${A}": 1}, {"A": "x"}).value == {"${A}": 1}


@pytest.mark.parametrize("text", ["'open", '"open', "010", "a: b", "- a", "2026-01-01"])
def test_a_scalar_that_is_no_number_stays_text(text: str) -> None:
    assert read_scalar(text) == text


def test_shown_keeps_references_in_text_and_shows_numbers_plain() -> None:
    given = config(output={"directory": "runs/${WHO}", "embed_plots": "${EMBED}"})
    given["clustering_data"]["metadata"] = {"note": "costs $${5}", "who": ["${WHO}"], "n": "${N}"}
    loaded = load_config(given, environ={"WHO": "ann", "EMBED": "false", "N": "3"})
    assert loaded.config.output.directory == "runs/ann"
    assert loaded.config.clustering_data.metadata == {"note": "costs ${5}", "who": ["ann"], "n": 3}
    assert loaded.shown["output"]["directory"] == "runs/${WHO}"
    assert loaded.shown["output"]["embed_plots"] is False
    assert loaded.shown["clustering_data"]["metadata"] == {"note": "costs $${5}", "who": ["${WHO}"], "n": 3}


PLACES = [
    "clustering_data.data_source",
    "clustering_data.checksum",
    "clustering_data.data_format",
    "clustering_data.features",
    "clustering_data.id_column",
    "clustering_data.metadata",
    "clustering_data.read_options.separator",
    "clustering_configuration.algorithm",
    "clustering_configuration.n_clusters",
    "clustering_configuration.parameters.tol",
    "clustering_configuration.parameters.init",
    "clustering_configuration.random_state",
    "preprocessing_configuration.scaling",
    "preprocessing_configuration.outlier_fraction",
    "evaluation_configuration.evaluation_metrics",
    "evaluation_configuration.gates.dbcv",
    "evaluation_configuration.gates.dbcv.min",
    "output.directory",
    "output.align_to",
    "execution.scheduler",
    "execution.max_memory",
    "privacy.drop",
    "sweep_configuration.rank_by",
    "sweep_configuration.grid",
]


@pytest.mark.parametrize("secret", [SECRET, "postgresql://me:hunter2-5e1f@h/db", "8675309"])
@pytest.mark.parametrize("form", ["${SECRET}", "['${SECRET}']", "'x${SECRET}'", "['${SECRET}', '${SECRET}']"])
@pytest.mark.parametrize("place", PLACES)
def test_a_secret_is_in_no_message_and_not_in_what_is_shown(place: str, form: str, secret: str) -> None:
    numeric = secret.isdigit()
    try:
        loaded = load_config(config(), overrides=[f"{place}={form}"], environ={"SECRET": secret})
    except ConfigError as error:
        told = "\n".join((error.message, *error.details, str(error.hint)))
        in_range = ("n_clusters", "tol", "random_state", "min", "outlier_fraction", "max_memory")
        assert (numeric and place.endswith(in_range)) or secret not in told
        assert "hunter2" not in told
    else:
        shown = repr(loaded.shown) + loaded.name + repr(loaded)
        assert "hunter2" not in shown
        assert numeric or secret not in shown
