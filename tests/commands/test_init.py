"""`init`: what it sees in a table stands in the config, and `run` takes the config as it is."""

from __future__ import annotations

import itertools
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import clusterctl
from clusterctl.commands.init import InitResult, init
from clusterctl.commands.schema import schema
from clusterctl.config.load import load_config
from clusterctl.config.yaml import parse
from clusterctl.data.columns import choose, kinds_of
from clusterctl.errors import ClusterctlError, ConfigError, DataLoadError, OutputError, UsageError
from clusterctl.results.starter import StarterColumn, StarterDocument
from clusterctl.starter.uses import USES

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "sample_data").glob("*.csv.gz"))
QUICK = (
    "visualization_configuration.generate_plots=false",
    "evaluation_configuration.cross_validation=false",
    "evaluation_configuration.cluster_validation=false",
)
TARGETS = {"telco_customers": "churn", "penguins": "species", "shuttle_sensors": "anomaly"}
UNFIT = {"document-clustering": {path.name.split(".")[0] for path in SAMPLES} - {"tate_artworks"}}


def groups(n_rows: int = 120, seed: int = 0) -> pd.DataFrame:
    """Return three groups of rows, with one column of every sort."""
    rng = np.random.default_rng(seed)
    which = np.arange(n_rows) % 3
    return pd.DataFrame(
        {
            "customer_id": [f"c{row:04d}" for row in range(n_rows)],
            "height": 170 + 10 * which + rng.normal(size=n_rows),
            "income": np.exp(8 + which + rng.normal(size=n_rows)),
            "shop": np.array(["north", "south", "east"])[which],
            "member": which > 0,
            "joined": [f"2024-01-{1 + row % 28:02d}" for row in range(n_rows)],
            "country": "NZ",
            "remark": [" ".join(rng.permutation(["red", "green", "blue", "large", "small", "old", "new"])[:5]) for _ in range(n_rows)],
            "empty": [None] * n_rows,
            "churn": np.array(["yes", "no", "no"])[which],
        }
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def columns(result: InitResult) -> dict[str, StarterColumn]:
    return {column.name: column for column in result.document.columns}


def loaded(result: InitResult) -> Any:
    assert result.path is not None
    return load_config(result.path).config


def ran(path: str | Path, *overrides: str) -> Any:
    return clusterctl.run(path, overrides=[*QUICK, *overrides]).document


@pytest.fixture(scope="module")
def heads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the first 200 rows of every sample table."""
    folder = tmp_path_factory.mktemp("heads")
    for path in SAMPLES:
        pd.read_csv(path, nrows=200).to_csv(folder / f"{path.name.split('.')[0]}.csv", index=False)
    return folder


@pytest.mark.parametrize(("name", "use"), list(itertools.product([path.name.split(".")[0] for path in SAMPLES], [None, *USES])), ids=str)
def test_run_takes_the_config_of_every_sample_table_for_every_use_that_fits(heads: Path, name: str, use: str | None) -> None:
    table, output = heads / f"{name}.csv", heads / f"{name}-{use}.yaml"
    if use is not None and name in UNFIT.get(use, ()):
        with pytest.raises(ConfigError, match="no column of"):
            init(table, use=use, output=output)
        assert not output.exists()
        return
    result = init(table, use=use, output=output)
    document = ran(output)
    assert len(result.text.splitlines()) < 80
    assert document.clustering_results.model_info.features == [c.name for c in result.document.columns if c.role == "feature"]
    assert document.clustering_results.model_info.algorithm == result.document.config["clustering_configuration"]["algorithm"]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name.split(".")[0])
def test_a_known_grouping_is_named_and_not_clustered_on(path: Path) -> None:
    name = path.name.split(".")[0]
    result = init(path)
    assert result.document.config["clustering_data"].get("target_variable") == TARGETS.get(name)
    target = TARGETS.get(name)
    if target is not None:
        assert columns(result)[target].role == "target"
        assert "take this line out" in result.text


def test_what_run_would_choose_is_what_is_listed(folder: Path) -> None:
    groups().to_csv("t.csv", index=False)
    frame = pd.read_csv("t.csv")
    expected, against = choose(frame, kinds_of(frame), {"customer_id", "churn"}, set(), use_text=False)
    result = init("t.csv", output="t.yaml")
    assert loaded(result).clustering_data.features == tuple(expected) == ("height", "income", "shop", "member")
    assert {name: column.reason for name, column in columns(result).items() if column.role == "left_out"} == against
    for name, reason in against.items():
        assert f"left out: {name} ({reason[:20]}" in result.text
    document = ran("t.yaml")
    assert document.clustering_results.model_info.features == expected
    assert result.document.config["clustering_data"]["id_column"] == "customer_id"


def test_every_choice_says_what_was_seen(folder: Path) -> None:
    frame = groups()
    frame.loc[[3, 5, 9, 11, 12, 13, 14, 15], "height"] = np.nan
    frame.to_csv("t.csv", index=False)
    result = init("t.csv", use="customer-segmentation")
    reasons = {choice.path.split(".")[1]: choice.reason for choice in result.document.choices}
    values = {choice.path.split(".")[1]: choice.value for choice in result.document.choices}
    assert values["missing_values"] == "median"
    assert "8 of 120 rows" in reasons["missing_values"]
    assert "height lacks 8" in reasons["missing_values"]
    assert values["transform"] == "yeo_johnson"
    assert "income" in reasons["transform"]
    assert values["scaling"] == "standard"
    assert "shop" in reasons["categorical"]
    section = result.document.config["preprocessing_configuration"]
    assert all(section[key] == value for key, value in values.items() if key in section)
    assert section.keys() <= values.keys()


def test_rows_with_gaps_are_left_out_only_where_they_are_few(folder: Path) -> None:
    for n_gaps, expected in ((0, "error"), (6, "drop"), (7, "median")):
        frame = groups()[["height", "shop"]]
        frame.loc[: n_gaps - 1, "height"] = np.nan
        frame.to_csv("t.csv", index=False)
        result = init("t.csv", use="data-exploration", output="t.yaml", force=True)
        assert result.document.config["preprocessing_configuration"]["missing_values"] == expected
        ran("t.yaml")


def test_one_unit_is_not_scaled(folder: Path) -> None:
    rng = np.random.default_rng(0)
    pd.DataFrame(rng.uniform(1, 5, size=(80, 4)), columns=list("abcd")).to_csv("t.csv", index=False)
    assert init("t.csv").document.config["preprocessing_configuration"]["scaling"] == "none"
    pd.DataFrame(rng.uniform(1, 5, size=(80, 4)) * [1, 1, 1, 3], columns=list("abcd")).to_csv("t.csv", index=False)
    assert init("t.csv").document.config["preprocessing_configuration"]["scaling"] == "standard"


def test_a_table_of_free_text_is_for_documents(folder: Path) -> None:
    groups()[["customer_id", "remark"]].to_csv("t.csv", index=False)
    result = init("t.csv", output="t.yaml")
    assert result.document.use == "document-clustering"
    assert "every column that can be used holds free text" in result.text.replace("\n# ", " ")
    assert loaded(result).preprocessing_configuration.text == "tfidf"
    ran("t.yaml")
    assert init("t.csv", use="document-clustering").document.use_reason != result.document.use_reason


def test_a_column_that_run_would_stumble_over_is_left_out_with_its_reason(folder: Path) -> None:
    frame = groups()[["height", "income", "shop"]]
    frame["price"] = [f"{row},5" for row in range(len(frame))]
    frame["far"] = frame["height"] * 1e200
    frame["inf"] = frame["income"].where(frame.index != 7, np.inf)
    frame.to_csv("t.csv", index=False)
    result = init("t.csv", output="t.yaml")
    assert [name for name, column in columns(result).items() if column.role == "feature"] == ["height", "income", "shop"]
    assert "decimal" in str(columns(result)["price"].reason)
    assert "infinite" in str(columns(result)["inf"].reason)
    assert "1e+150" in str(columns(result)["far"].reason)
    ran("t.yaml")


def test_pixels_are_clustered_by_colour_and_not_by_place(folder: Path) -> None:
    rng = np.random.default_rng(0)
    pd.DataFrame(rng.integers(0, 256, size=(500, 5)), columns=["x", "y", "blue", "red", "green"]).to_csv("p.csv", index=False)
    result = init("p.csv", use="image-segmentation", output="p.yaml")
    assert {name for name, column in columns(result).items() if column.role == "feature"} == {"red", "green", "blue"}
    assert loaded(result).output.table == "csv"
    ran("p.yaml")


def test_a_second_known_grouping_is_left_out_and_said(folder: Path) -> None:
    frame = groups()[["height", "income"]].assign(label=np.arange(120) % 2, species=np.array(["a", "b", "c"])[np.arange(120) % 3])
    frame.to_csv("t.csv", index=False)
    result = init("t.csv", output="t.yaml")
    assert result.document.config["clustering_data"]["target_variable"] == "label"
    assert columns(result)["species"].role == "left_out"
    assert "left out: species (looks like a known grouping too)" in result.text
    assert ran("t.yaml").clustering_results.model_info.features == ["height", "income"]


def test_a_known_quantity_is_clustered_on_and_the_text_says_so(folder: Path) -> None:
    groups()[["height", "income"]].assign(outcome=np.random.default_rng(1).normal(size=120)).to_csv("t.csv", index=False)
    result = init("t.csv")
    assert columns(result)["outcome"].role == "feature"
    assert "# target_variable: outcome" in result.text


def test_long_tails_are_drawn_in_by_what_their_size_allows(folder: Path) -> None:
    tail = np.exp(np.random.default_rng(0).normal(size=100) * 2)
    for scale, expected in ((1.0, "yeo_johnson"), (1e20, "log1p")):
        pd.DataFrame({"a": tail * scale, "b": np.arange(100) / 7}).to_csv("t.csv", index=False)
        for use, wanted in (("market-research", expected), ("anomaly-detection", "none")):
            assert init("t.csv", use=use).document.config["preprocessing_configuration"]["transform"] == wanted


def test_where_most_rows_repeat_the_others_are_not_left_out(folder: Path) -> None:
    for n_repeats, expected in ((100, "flag"), (1, "exclude")):
        rows = [[1.0, 2.0]] * n_repeats + np.random.default_rng(0).normal(size=(60, 2)).tolist()
        pd.DataFrame(rows, columns=["a", "b"]).to_csv("t.csv", index=False)
        section = init("t.csv", use="quality-control").document.config["preprocessing_configuration"]
        assert section["outlier_action"] == expected


WIDE = {"listed each": 20, "in rows": 60, "implied": 300}


@pytest.mark.parametrize("n_columns", WIDE.values(), ids=list(WIDE))
def test_the_text_stays_short_however_wide_the_table(folder: Path, n_columns: int) -> None:
    X = np.random.default_rng(0).normal(size=(60, n_columns))
    pd.DataFrame(X, columns=[f"gene_{j}" for j in range(n_columns)]).to_parquet("t.parquet")
    result = init("t.parquet", output="t.yaml")
    assert len(result.text.splitlines()) < 80
    assert (loaded(result).clustering_data.features is None) == (n_columns == 300)
    assert len(ran("t.yaml").clustering_results.model_info.features) == n_columns


def test_a_config_lists_no_more_features_than_it_has_room_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clusterctl.starter.roles.MOST_LISTED", 150)
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 200)), columns=[f"gene_{j}" for j in range(200)])
    frame.to_parquet("t.parquet")
    assert "features" not in init("t.parquet").document.config["clustering_data"]
    frame.assign(far=frame["gene_0"] * 1e200).to_parquet("t.parquet")
    result = init("t.parquet", output="t.yaml")
    assert loaded(result).clustering_data.features == tuple(f"gene_{j}" for j in range(150))
    assert sum(column.role == "feature" for column in result.document.columns) == 150
    assert "room" in str(columns(result)["gene_199"].reason)


def test_every_line_that_is_commented_out_is_a_valid_key(folder: Path) -> None:
    groups().to_csv("t.csv", index=False)
    for use in [*USES]:
        result = init("t.csv", use=use, output="t.yaml", force=True)
        lines = result.text.splitlines()
        known = (
            "evaluation_",
            "visualization_",
            "output",
            "sweep_",
            "gates",
            "cross_",
            "plot_",
            "directory",
            "table",
            "grid",
            "n_components",
        )
        on = [line.replace("# ", "", 1) if line.strip().startswith(tuple(f"# {key}" for key in known)) else line for line in lines]
        Path("on.yaml").write_text("\n".join(on))
        config = load_config("on.yaml", command="sweep").config
        assert config.output.directory == "runs/t"
        assert config.sweep_configuration.grid is not None
        assert config.evaluation_configuration.gates


FORMATS = ("csv", "json", "parquet", "hdf5", "sql")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_judgement(folder: Path, name: str) -> None:
    frame = groups()[["height", "income", "shop"]].round(3)
    frame["class"] = np.arange(len(frame)) % 2
    overrides: tuple[str, ...] = ()
    data = f"t.{name}"
    if name == "csv":
        frame.to_csv(data, index=False)
    elif name == "json":
        frame.to_json(data, orient="records")
    elif name == "parquet":
        frame.to_parquet(data)
    elif name == "hdf5":
        import h5py

        with h5py.File(data, "w") as file:
            for column in frame:
                values = frame[column].to_numpy()
                file[f"table/{column}"] = values.astype("S10") if column == "shop" else values
        overrides = ("clustering_data.read_options.hdf_key=table",)
    else:
        with sqlite3.connect("t.sqlite") as connection:
            frame.to_sql("visits", connection, index=False)
        connection.close()
        data = "sqlite:///t.sqlite"
        overrides = ("clustering_data.read_options.query=SELECT * FROM visits ORDER BY rowid",)
    Path("sub").mkdir()
    result = init(data, output="sub/c.yaml", overrides=overrides)
    found = columns(result)
    assert {name: column.role for name, column in found.items()} == {
        "height": "feature", "income": "feature", "shop": "feature", "class": "target"
    }  # fmt: skip
    assert found["height"].low == frame["height"].min()
    ran("sub/c.yaml")


def test_paths_are_written_from_the_folder_of_the_config(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "data").mkdir()
    (folder / "configs").mkdir()
    name = "it's ${HOME} #1: a.csv"
    groups().to_csv(folder / "data" / name, index=False)
    result = init(f"data/{name}", output="configs/c.yaml")
    monkeypatch.chdir("/")
    assert result.document.config["clustering_data"]["data_source"] == "../data/it's $${HOME} #1: a.csv"
    assert ran(folder / "configs" / "c.yaml").metadata.data_statistics.n_rows == 120
    monkeypatch.chdir(folder / "data")
    assert init(name).document.config["clustering_data"]["data_source"] == "it's $${HOME} #1: a.csv"
    assert init(folder / "data" / name).document.config["clustering_data"]["data_source"].startswith("/")


def test_secrets_of_an_address_are_not_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite3.connect("t.sqlite") as connection:
        groups().drop(columns="empty").to_sql("visits", connection, index=False)
    connection.close()
    monkeypatch.setenv("WHERE", "t.sqlite")
    query = ("clustering_data.read_options.query=SELECT * FROM visits ORDER BY rowid",)
    result = init("sqlite:///${WHERE}?token=swordfish", output="t.yaml", overrides=query)
    assert result.document.config["clustering_data"]["data_source"] == "sqlite:///${WHERE}?token=${DATA_SOURCE_TOKEN}"
    assert "swordfish" not in result.text + result.document.model_dump_json()
    assert "environment" in result.text
    monkeypatch.setenv("DATA_SOURCE_TOKEN", "swordfish")
    ran("t.yaml")


def test_a_dotenv_beside_the_config_counts(folder: Path) -> None:
    (folder / "configs").mkdir()
    (folder / "configs" / ".env").write_text("TABLE=t.csv\n")
    groups().to_csv("t.csv", index=False)
    result = init("${TABLE}", output="configs/c.yaml")
    assert result.document.config["clustering_data"]["data_source"] == "../${TABLE}"
    ran("configs/c.yaml")


def test_what_the_user_said_of_the_columns_is_kept(folder: Path) -> None:
    groups().to_csv("t.csv", index=False)
    said = ("clustering_data.target_variable=shop", "clustering_data.features=[height, churn]", "clustering_data.metadata={a: [1, 'x: y']}")
    result = init("t.csv", output="t.yaml", overrides=said)
    section = loaded(result).clustering_data
    assert (section.target_variable, section.features, section.metadata) == ("shop", ("height", "churn"), {"a": [1, "x: y"]})
    assert columns(result)["income"].reason == "not among the features that you named"
    with pytest.raises(ConfigError, match="there is no column"):
        init("t.csv", overrides=("clustering_data.features=[weight]",))
    with pytest.raises(ConfigError, match="there is no column"):
        init("t.csv", overrides=("clustering_data.id_column=nr",))
    with pytest.raises(UsageError):
        init("t.csv", overrides=("clustering_configuration.algorithm=kmeans",))


def test_the_same_table_gives_the_same_text(folder: Path) -> None:
    groups().to_csv("t.csv", index=False)
    assert (
        init("t.csv", output="a.yaml").text.replace("a.yaml", "b.yaml").replace("runs/a", "runs/b") == init("t.csv", output="b.yaml").text
    )


DEGENERATE: dict[str, tuple[dict[str, list[Any]], str]] = {
    "no rows": ({"a": [], "b": []}, "no rows"),
    "one row": ({"a": [1.5], "b": [2.5]}, "one row"),
    "all constant": ({"a": [1, 1, 1], "b": ["x", "x", "x"]}, "no column is left"),
    "only ids": ({"id": list(range(40)), "key": [f"k{row}" for row in range(40)]}, "no column is left"),
    "nothing there": ({"a": [None, None], "b": [None, None]}, "no column is left"),
    "only a target": ({"class": ["a", "b", "a", "b"]}, "no column is left"),
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_a_table_that_cannot_be_clustered_is_refused_as_run_would(folder: Path, name: str) -> None:
    values, said = DEGENERATE[name]
    pd.DataFrame(values).to_csv("t.csv", index=False)
    with pytest.raises(DataLoadError, match=said):
        init("t.csv", output="t.yaml")
    assert not Path("t.yaml").exists()


SMALL: dict[str, dict[str, list[Any]]] = {
    "two rows": {"a": [1.0, 2.0]},
    "two rows of two sorts": {"a": [1.5, 2.5], "b": ["x", "y"], "c": ["u", "v"]},
    "one column": {"a": [float(row % 7) for row in range(30)]},
    "two distinct rows": {"a": [1.0, 2.0] * 100, "b": [3.0, 5.0] * 100},
    "mostly missing": {"a": [1.0, 2.5, *[None] * 58], "b": [row * 0.5 for row in range(60)]},
    "every row has a gap": {"a": [1.0, None] * 30, "b": [None, 2.0, None, 4.0] * 15, "c": [row % 7 / 2 for row in range(60)]},
    "duplicates and strays": {"a": [1.0] * 100 + [2.0, 3.5, 5.0], "b": [2.0] * 100 + [9.0, 7.0, 1.0], "c": [1.5] * 100 + [0.0, 1.0, 2.0]},
    "one long tail": {"a": [1.0] * 59 + [1e12], "b": [row * 0.5 for row in range(60)]},
    "huge": {"a": [(-1.0) ** row * 10.0 ** (row * 2) for row in range(60)], "b": [row * 0.5 for row in range(60)]},
    "booleans": {"a": [True, False] * 30, "b": [True, True, False] * 20},
    "categories": {"a": ["x", "y"] * 30, "b": ["u", "v", "w"] * 20},
    "a category for most rows": {"a": [f"v{row % 59}" for row in range(60)], "b": ["u", "v", "w"] * 20},
}  # fmt: skip


@pytest.mark.parametrize("use", [None, *USES])
@pytest.mark.parametrize("name", SMALL)
def test_run_takes_the_config_of_the_oddest_table(folder: Path, name: str, use: str | None) -> None:
    pd.DataFrame(SMALL[name]).to_csv("t.csv", index=False)
    try:
        result = init("t.csv", use=use, output="t.yaml")
    except ClusterctlError as error:
        assert "no column of t.csv holds" in error.message or "no column is left" in error.message  # noqa: PT017
        return
    ran("t.yaml")
    if name in ("two rows", "one column") or "rows" in name:
        assert result.document.metadata.n_rows == len(next(iter(SMALL[name].values())))


def test_few_rows_and_columns_of_gaps_are_warned_of_in_the_text_too(folder: Path) -> None:
    pd.DataFrame(SMALL["mostly missing"]).head(20).to_csv("t.csv", index=False)
    result = init("t.csv")
    assert {warning.code for warning in result.document.metadata.warnings} >= {"few_rows", "mostly_missing"}
    assert "# ! 20 rows are few" in result.text


def test_a_file_that_is_there_is_replaced_only_with_force_and_never_the_table(folder: Path) -> None:
    groups().to_csv("t.csv", index=False)
    Path("t.yaml").write_text("mine")
    with pytest.raises(OutputError, match="is there already"):
        init("t.csv", output="t.yaml")
    for name in ("t.csv", "./t.csv"):
        with pytest.raises(OutputError, match="the table itself"):
            init("t.csv", output=name, force=True)
    assert init("t.csv", output="t.yaml", force=True).text == Path("t.yaml").read_text()
    with pytest.raises(OutputError, match="no folder"):
        init("t.csv", output="nowhere/t.yaml")


def test_an_unknown_use_lists_the_known(folder: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        init("t.csv", use="fun")
    assert all(use in str(caught.value.hint) for use in USES)


def test_the_document_is_of_its_schema(folder: Path) -> None:
    import jsonschema

    groups().to_csv("t.csv", index=False)
    result = init("t.csv", output="t.yaml")
    jsonschema.Draft202012Validator(schema("output", init=True)).validate(result.document.model_dump(mode="json"))
    assert StarterDocument.model_validate_json(result.document.model_dump_json()) == result.document
    assert yaml.safe_load(result.text) == result.document.config


ODD = ["yes", "1.0", "null", "a: b", "#x", "${X}", "$${", "two\nlines", "!!int", " a ", "class", "\x1b[31m", "*a", "x y", "=1"]
NAMES = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(ODD), min_size=2, max_size=8, unique=True)
VALUES = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=10), min_size=2, max_size=5, unique=True)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(NAMES, VALUES)
def test_any_names_and_values_give_a_config_that_loads_and_names_exactly_these(folder: Path, names: list[str], values: list[str]) -> None:
    """Read back from Parquet, which keeps any name as it is."""
    rng = np.random.default_rng(len(names))
    frame = pd.DataFrame({name: rng.normal(size=40) for name in names[1:]})
    frame[names[0]] = [values[row % len(values)] for row in range(40)]
    frame.to_parquet("t.parquet")
    result = init("t.parquet", output="t.yaml", force=True)
    config = load_config("t.yaml", environ={}).config
    named = {*(config.clustering_data.features or ()), config.clustering_data.target_variable} - {None}
    own = {column.name for column in result.document.columns if column.role in ("feature", "target")}
    assert named == own
    assert set(names[1:]) <= own
    bare = "\n".join(line for line in result.text.splitlines() if not line.lstrip().startswith("#"))
    assert parse(bare, "t").value == parse(result.text, "t").value == result.document.config


def people(folder: Path) -> Path:
    frame = groups().drop(columns=["customer_id", "remark"])
    frame.insert(0, "email", [f"person{row}@example.org" for row in range(120)])
    frame["contact"] = [f"+49 170 {row % 3}234567" for row in range(120)]
    frame.to_csv(folder / "people.csv", index=False)
    return folder / "people.yaml"


def test_what_looks_like_personal_data_is_no_feature_unless_it_is_named(folder: Path) -> None:
    path = people(folder)
    result = init("people.csv", output=path)
    assert "contact" not in loaded(result).clustering_data.features
    assert columns(result)["contact"].reason == "looks like phone numbers: personal data"
    named = init("people.csv", output=path, force=True, overrides=["clustering_data.features=[height, contact]"])
    assert any("contact looks like phone numbers" in warning.message for warning in named.document.metadata.warnings)
    assert "# ! contact looks like phone numbers" in path.read_text()


def test_ids_that_look_like_personal_data_are_told_of_and_hashed_with_a_line(folder: Path) -> None:
    path = people(folder)
    init("people.csv", output=path, overrides=["clustering_data.id_column=email"])
    lines = path.read_text().splitlines()
    assert any(line.startswith("# ! email looks like mail addresses") for line in lines)
    start = next(i for i, line in enumerate(lines) if line.startswith("# privacy:"))
    stop = next(i for i in range(start, len(lines)) if not lines[i].strip())
    taken = [line.removeprefix("# ").replace("  # hash", "  hash") for line in lines[start:stop]]
    path.write_text("\n".join([*lines[:start], *taken, *lines[stop:]]) + "\n")
    assert load_config(path, environ={"CLUSTERCTL_HASH_KEY": "0" * 32}).config.privacy.hash == ("email",)


def test_a_table_without_personal_data_has_no_such_lines(folder: Path) -> None:
    groups().drop(columns="customer_id").to_csv(folder / "t.csv", index=False)
    init("t.csv", output="t.yaml")
    assert "privacy" not in (folder / "t.yaml").read_text()
