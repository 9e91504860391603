"""Every mistake in a config gives one ConfigError that lists it with line, path, what is allowed and a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from clusterctl.config.load import load_config
from clusterctl.errors import ConfigError

DATA = "clustering_data: {data_source: a.csv}\n"
GOOD = DATA + "clustering_configuration: {algorithm: kmeans}\n"


def clustering(lines: str, algorithm: str = "kmeans") -> str:
    return DATA + f"clustering_configuration:\n  algorithm: {algorithm}\n  {lines}\n"


def data(lines: str) -> str:
    return "clustering_data:\n  data_source: a.csv\n" + "".join(f"  {line}\n" for line in lines.split("\n")) + GOOD.split("\n", 1)[1]


def preprocessing(line: str) -> str:
    return GOOD + f"preprocessing_configuration:\n  {line}\n"


def evaluation(line: str) -> str:
    return GOOD + f"evaluation_configuration:\n  {line}\n"


ALGORITHMS = "kmeans, dbscan, hierarchical, spectral, gaussian_mixture, hdbscan or optics"

# name → (config, (start of a detail line, what else it holds …) for every problem there is)
MISTAKES: dict[str, tuple[str, list[tuple[str, ...]]]] = {
    "no data": (
        "clustering_configuration: {algorithm: kmeans}\n",
        [("line 1: clustering_data: is required",)],
    ),
    "no clustering": (DATA, [("line 1: clustering_configuration: is required", "algorithm")]),
    "no algorithm": (
        DATA + "clustering_configuration: {n_clusters: 3}\n",
        [("line 2: clustering_configuration.algorithm: is required", f"allowed: {ALGORITHMS}")],
    ),
    "unknown algorithm": (
        DATA + "clustering_configuration: {algorithm: kmean}\n",
        [('line 2: clustering_configuration.algorithm: got "kmean"', f"allowed: {ALGORITHMS}", "did you mean kmeans?")],
    ),
    "misspelt section": (
        GOOD + "preprocesing_configuration: {}\n",
        [("line 3: preprocesing_configuration: unknown key", "allowed: clustering_data, ", "did you mean preprocessing_configuration?")],
    ),
    "misspelt section that is required": (
        DATA + "clustering_configuraton: {algorithm: kmeans}\n",
        [("line 2: clustering_configuraton: unknown key", "did you mean clustering_configuration?")],
    ),
    "misspelt key that is required": (
        DATA + "clustering_configuration: {algoritm: kmeans}\n",
        [("line 2: clustering_configuration.algoritm: unknown key", "did you mean algorithm?")],
    ),
    "misspelt key": (
        preprocessing("scalling: none"),
        [("line 4: preprocessing_configuration.scalling: unknown key", "allowed: missing_values", "did you mean scaling?")],
    ),
    "no for none": (
        preprocessing("scaling: no"),
        [
            (
                'line 4: preprocessing_configuration.scaling: got "no"',
                "allowed: standard, minmax, robust or none",
                "written true and false",
                "did you mean none?",
            )
        ],
    ),
    "yes for true": (
        preprocessing("outlier_detection: yes"),
        [('line 4: preprocessing_configuration.outlier_detection: got "yes"', "allowed: true or false", "yes, no, on and off are text")],
    ),
    "1 for true": (
        preprocessing("outlier_detection: 1"),
        [("line 4: preprocessing_configuration.outlier_detection: got 1", "true or false")],
    ),
    "text for a number": (
        clustering('n_clusters: "3"'),
        [('line 4: clustering_configuration.n_clusters: got "3"', "allowed: auto, an integer from 1")],
    ),
    "float for an integer": (
        clustering("n_clusters: 3.5"),
        [("line 4: clustering_configuration.n_clusters: got 3.5", "an integer from 1")],
    ),
    "boolean for a number": (
        clustering("n_clusters: true"),
        [("line 4: clustering_configuration.n_clusters: got true", "an integer from 1")],
    ),
    "no clusters": (clustering("n_clusters: 0"), [("line 4: clustering_configuration.n_clusters: got 0", "an integer from 1")]),
    "negative seed": (clustering("random_state: -1"), [("line 4: clustering_configuration.random_state: got -1", "from 0")]),
    "large seed": (clustering("random_state: 4294967296"), [("line 4: clustering_configuration.random_state: got 4294967296", "below")]),
    "leading zero": (clustering("n_clusters: 010"), [("line 4: clustering_configuration.n_clusters: 010 has a leading zero", "write 10")]),
    "endless digits": (clustering("n_clusters: " + "9" * 5000), [("line 4: clustering_configuration.n_clusters: 9999", "too long")]),
    "NaN": (clustering("parameters: {tol: .nan}"), [("line 4: clustering_configuration.parameters.tol: got nan", "a finite number")]),
    "infinity": (GOOD + "execution: {timeout: .inf}\n", [("line 3: execution.timeout: got inf", "a finite number")]),
    "overflow": (GOOD + "execution: {timeout: 1e999}\n", [("line 3: execution.timeout: got inf", "a finite number")]),
    "NaN in metadata": (data("metadata: {a: [.nan]}"), [("line 3: clustering_data.metadata.a[0]: got nan", "a finite number")]),
    "n_clusters where none is taken": (
        clustering("n_clusters: 3", "dbscan"),
        [
            (
                "line 4: clustering_configuration.n_clusters: got 3; dbscan takes no n_clusters",
                "kmeans, hierarchical, spectral, gaussian_mixture",
            )
        ],
    ),
    "auto where none is taken": (
        clustering("n_clusters: auto", "hdbscan"),
        [('line 4: clustering_configuration.n_clusters: got "auto"; hdbscan takes no n_clusters',)],
    ),
    "n_clusters and distance_threshold": (
        clustering("n_clusters: 3\n  parameters: {distance_threshold: 2}", "hierarchical"),
        [("line 4: clustering_configuration.n_clusters: ", "not both")],
    ),
    "misspelt parameter": (
        clustering("parameters: {n_inti: 3}"),
        [("line 4: clustering_configuration.parameters.n_inti: unknown key", "allowed: init, n_init", "did you mean n_init?")],
    ),
    "parameter of another algorithm": (
        clustering("parameters: {eps: 3}"),
        [("line 4: clustering_configuration.parameters.eps: unknown key", "allowed: init")],
    ),
    "parameter out of range": (
        clustering("parameters: {n_init: 0}"),
        [("line 4: clustering_configuration.parameters.n_init: got 0", "allowed: an integer from 1")],
    ),
    "parameters as a list": (clustering("parameters: [eps]"), [('line 4: clustering_configuration.parameters: got ["eps"]', "a mapping")]),
    "a height for merges that do not go by distance": (
        clustering("parameters: {linkage: genie, distance_threshold: 2.0}", "hierarchical"),
        [("line 4: clustering_configuration.parameters: linkage genie", "give n_clusters, or take another linkage")],
    ),
    "linkage and metric that do not go together": (
        clustering("parameters: {linkage: ward, metric: cosine}", "hierarchical"),
        [("line 4: clustering_configuration.parameters: ", "ward")],
    ),
    "gower for kmeans": (
        preprocessing("categorical: gower"),
        [('line 4: preprocessing_configuration.categorical: got "gower"; kmeans cannot', "one of dbscan")],
    ),
    "gower for ward": (
        clustering("parameters: {linkage: ward}", "hierarchical") + "preprocessing_configuration: {categorical: gower}\n",
        [('line 4: clustering_configuration.parameters.linkage: got "ward"', "average, complete, single, weighted or genie")],
    ),
    "gower for the default linkage": (
        DATA + "clustering_configuration: {algorithm: hierarchical}\npreprocessing_configuration: {categorical: gower}\n",
        [("line 2: clustering_configuration.parameters.linkage: linkage ward", "average")],
    ),
    "gower and pca": (
        DATA + "clustering_configuration: {algorithm: hdbscan}\n"
        "preprocessing_configuration: {categorical: gower, dimensionality_reduction: pca}\n",
        [("line 3: preprocessing_configuration: ", "gower")],
    ),
    "n_components without reduction": (
        preprocessing("n_components: 2"),
        [("line 4: preprocessing_configuration.n_components: got 2; it needs a dimensionality_reduction", "pca, umap or tsne")],
    ),
    "outlier_fraction at its bound": (
        preprocessing("outlier_fraction: 0.5"),
        [("line 4: preprocessing_configuration.outlier_fraction: got 0.5; allowed: auto or a number above 0 and below 0.5",)],
    ),
    "outlier_fraction as text": (
        preprocessing("outlier_fraction: most"),
        [('line 4: preprocessing_configuration.outlier_fraction: got "most"; allowed: auto or a number above 0 and below 0.5',)],
    ),
    "one column in several parts": (
        data("id_column: a\ntarget_variable: a\nfeatures: [a, b, b]"),
        [
            ("line 4: clustering_data.target_variable: ", "id_column"),
            ('line 5: clustering_data.features[0]: got "a"; it is the id_column', "take it out"),
            ('line 5: clustering_data.features[2]: got "b"; it is listed twice',),
        ],
    ),
    "target among features": (
        data("target_variable: t\nfeatures: [a, t]"),
        [('line 4: clustering_data.features[1]: got "t"; it is the target_variable',)],
    ),
    "no features": (data("features: []"), [("line 3: clustering_data.features: got []", "not empty")]),
    "features as text": (data("features: age"), [('line 3: clustering_data.features: got "age"', "a list of text")]),
    "checksum of another kind": (
        data("checksum: md5:1"),
        [('line 3: clustering_data.checksum: got "md5:1"', "allowed: sha256: and 64 hex digits")],
    ),
    "pandas' name for the separator": (
        data("read_options: {sep: ';'}"),
        [("line 3: clustering_data.read_options.sep: unknown key", "did you mean separator?")],
    ),
    "long separator": (
        data("read_options: {separator: ';;'}"),
        [('line 3: clustering_data.read_options.separator: got ";;"', "one character")],
    ),
    "unknown metric": (
        evaluation("evaluation_metrics: [silhouete_score, dbcv, dbcv]"),
        [
            (
                'line 4: evaluation_configuration.evaluation_metrics[0]: got "silhouete_score"; no such metric',
                "allowed: silhouette_score, ",
                "did you mean silhouette_score?",
            ),
            ('line 4: evaluation_configuration.evaluation_metrics[2]: got "dbcv"; it is listed twice',),
        ],
    ),
    "external metric without truth": (
        evaluation("evaluation_metrics: [adjusted_rand_score]"),
        [('line 4: evaluation_configuration.evaluation_metrics[0]: got "adjusted_rand_score"', "set clustering_data.target_variable")],
    ),
    "gate on an external metric without truth": (
        evaluation("gates: {adjusted_rand_score: {min: 0.5}}"),
        [("line 4: evaluation_configuration.gates.adjusted_rand_score: ", "set clustering_data.target_variable")],
    ),
    "gates": (
        evaluation("gates: {silhouette: {min: 0.2}, noise_fraction: {maximum: 3}, dbcv: {}, n_clusters: {min: 5, max: 2}}"),
        [
            ("line 4: evaluation_configuration.gates.silhouette: ", "noise_fraction, smallest_cluster", "did you mean silhouette_score?"),
            ("line 4: evaluation_configuration.gates.noise_fraction.maximum: unknown key", "warn_max", "did you mean max?"),
            ("line 4: evaluation_configuration.gates.dbcv: ", "min, max, warn_min, warn_max"),
            ("line 4: evaluation_configuration.gates.n_clusters: ", "min lies above max"),
        ],
    ),
    "gate on what is not measured": (
        evaluation("cross_validation: false\n  gates: {stability: {min: 0.6}}"),
        [("line 5: evaluation_configuration.gates.stability: ", "cross_validation")],
    ),
    "unknown plot": (
        GOOD + "visualization_configuration: {plot_types: [scater]}\n",
        [('line 3: visualization_configuration.plot_types[0]: got "scater"', "allowed: scatter", "did you mean scatter?")],
    ),
    "not in this version": (
        GOOD + "execution: {strategy: stream, executor: dask, scheduler: 'tcp://h:1'}\n",
        [
            ('line 3: execution.strategy: got "stream"', "only exact, sample and auto are"),
            ('line 3: execution.executor: got "dask"', "processes, threads and inline"),
            ('line 3: execution.scheduler: got "tcp://h:1"', "leave it out"),
        ],
    ),
    "a dropped column has no other part": (
        "clustering_data: {data_source: a.csv, id_column: who, target_variable: t, features: [x, y]}\n"
        "clustering_configuration: {algorithm: kmeans}\nprivacy: {drop: [who, t, y, z, s], hash: [z], protected: [s]}\n",
        [
            ('line 1: clustering_data.id_column: got "who"', "privacy.drop"),
            ('line 1: clustering_data.target_variable: got "t"', "privacy.drop"),
            ('line 1: clustering_data.features[1]: got "y"', "privacy.drop"),
            ('line 3: privacy.hash[0]: got "z"', "privacy.drop"),
            ('line 3: privacy.protected[0]: got "s"', "privacy.drop"),
        ],
    ),
    "a protected column is neither a feature nor an id": (
        "clustering_data: {data_source: a.csv, id_column: who, features: [x, sex]}\n"
        "clustering_configuration: {algorithm: kmeans}\nprivacy: {protected: [sex, who]}\n",
        [
            ('line 1: clustering_data.features[1]: got "sex"', "never clustered on"),
            ('line 1: clustering_data.id_column: got "who"', "differ in every row"),
        ],
    ),
    "a private column named twice": (GOOD + "privacy: {drop: [a, a]}\n", [('line 3: privacy.drop[1]: got "a"', "listed twice")]),
    "no group is smaller than one row": (GOOD + "privacy: {min_group: 0}\n", [("line 3: privacy.min_group: got 0", "from 1")]),
    "assignments inline tell of single rows": (
        GOOD + "output: {assignments: inline}\nprivacy: {include_samples: false}\n",
        [('line 3: output.assignments: got "inline"', "sidecar")],
    ),
    "no jobs": (GOOD + "execution: {n_jobs: 0}\n", [("line 3: execution.n_jobs: got 0", "-1 for all processors")]),
    "memory in words": (GOOD + "execution: {max_memory: lots}\n", [('line 3: execution.max_memory: got "lots"', "4G")]),
    "negative memory": (GOOD + "execution: {max_memory: -5}\n", [("line 3: execution.max_memory: got -5", "an integer above 0")]),
    "text for a section": (GOOD + "output: runs/x\n", [('line 3: output: got "runs/x"', "a mapping")]),
    "sweep grid": (
        GOOD + "sweep_configuration:\n  grid: {preprocessing_configuration.scaling: 3}\n"
        "  rank_by: [silhouette]\n  constraints: {noise: {max: 0.3}}\n",
        [
            ("line 4: sweep_configuration.grid.preprocessing_configuration.scaling: got 3", "a list"),
            ('line 5: sweep_configuration.rank_by[0]: got "silhouette"; no such value to rank by', "did you mean silhouette_score?"),
            ("line 6: sweep_configuration.constraints.noise: ", "did you mean noise_fraction?"),
        ],
    ),
    "sweep grids": (
        GOOD + "sweep_configuration:\n  grid: [{preprocessing_configuration.scaling: []}]\n",
        [("line 4: sweep_configuration.grid[0].preprocessing_configuration.scaling: got []", "not empty")],
    ),
    "sweep draws": (
        GOOD + "sweep_configuration:\n  random: {n_trials: 0, space: {"
        "clustering_configuration.x: {uniform: [1]}, clustering_configuration.y: {uniform: [2, 1]}, clustering_configuration.z: {}}}\n",
        [
            ("line 4: sweep_configuration.random.n_trials: got 0", "from 1"),
            ("line 4: sweep_configuration.random.space.clustering_configuration.x.uniform: got [1]", "a list of 2 values"),
            ("line 4: sweep_configuration.random.space.clustering_configuration.y: ", "above the second"),
            ("line 4: sweep_configuration.random.space.clustering_configuration.z: ", "uniform, loguniform, integer, choice"),
        ],
    ),
    "key of recommend": (GOOD + "recommend_configuration: {k: 3}\n", [("line 3: recommend_configuration.k: unknown key",)]),
    "reference to nothing": (
        GOOD + "output: {directory: '${NOT_SET}'}\n",
        [("line 3: output.directory: ${NOT_SET} is not set", ".env", "${NOT_SET:-default}")],
    ),
    "reference without a name": (GOOD + "output: {directory: '${1x}'}\n", [("line 3: output.directory: ${", "$${")]),
    "duplicate key": (
        GOOD + "output:\n  table: csv\n  embed_plots: true\n  table: none\n",
        [("line 6: output.table: given twice, here and on line 4",)],
    ),
    "duplicate section": (
        GOOD + "clustering_data: {data_source: b.csv}\n",
        [("line 3: clustering_data: given twice, here and on line 1",)],
    ),
    "number for a key": (GOOD + "1: 2\n", [("line 3: the key 1 is no text", 'write "1"')]),
    "list for a key": (GOOD + "? [a]\n: 2\n", [("line 3: a list or mapping stands where a key should",)]),
    "merge key": (
        DATA + "clustering_configuration: &c {algorithm: kmeans}\noutput:\n  <<: *c\n",
        [("line 4: output: merge keys (<<) are not accepted",)],
    ),
    "tag that runs code": (
        GOOD + "output: {directory: !!python/object/apply:os.system [ls]}\n",
        [("line 3: output.directory: the tag !!python/object/apply:os.system is not accepted",)],
    ),
    "tag for bytes": (GOOD + "output: {directory: !!binary aGVsbG8=}\n", [("line 3: output.directory: the tag !!binary",)]),
    "tag that lies": (GOOD + "execution: {n_jobs: !!int x}\n", [("line 3: execution.n_jobs: the tag !!int",)]),
    "terminal codes in a value": (
        preprocessing('scaling: "a\\e[31mb"'),
        [('line 4: preprocessing_configuration.scaling: got "a\\u001b[31mb"',)],
    ),
    "terminal codes in a key": (GOOD + '"a\\e[31mb": 1\n', [("line 3: a\\u001b[31mb: unknown key",)]),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake_is_told_with_line_path_and_remedy(name: str, tmp_path: Path) -> None:
    text, expected = MISTAKES[name]
    path = tmp_path / "c.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path, environ={})
    told = caught.value.details or (caught.value.message.removeprefix(f"{path}: "),)
    if len(expected) > 1:
        assert caught.value.message == f"{path}: {len(expected)} problems", told
    assert len(told) == len(expected)
    assert caught.value.hint
    for start, *parts in expected:
        lines = [line for line in told if line.startswith(start)]
        assert len(lines) == 1, (start, told)
        assert all(part in lines[0] for part in parts), (parts, lines[0])
        assert "\x1b" not in lines[0]


def test_there_are_enough_mistakes() -> None:
    assert len(MISTAKES) >= 40


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "comments alone": (b"# nothing yet\n", "is empty"),
    "list": (b"- a\n", "is a list"),
    "sentence": (b"hello world\n", "is a single value"),
    "tab": (b"clustering_data:\n\tdata_source: a.csv\n", "line 2, column 1: a tab"),
    "open brace": (b"clustering_data: {data_source: a.csv\n", "line 2, column 1: is not YAML"),
    "colon in a value": (b"clustering_data: a: b\n", "line 1, column 19: is not YAML"),
    "two documents": (b"a: 1\n---\nb: 2\n", "line 2: a second document"),
    "binary": (b"PAR1\x00\x00", "is a binary file"),
    "latin-1": (b"a: 1\nb: \xe9\n", "line 2: is not UTF-8"),
    "utf-16": ("a: 1".encode("utf-16"), "is UTF-16"),
    "escape character": (b"a: \x1b[31m", "control character #x1b"),
    "too large": (b"#" * (1024 * 1024 + 1), "larger than 1 MiB"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_config_is_told_in_one_line(name: str, tmp_path: Path) -> None:
    raw, expected = UNREADABLE[name]
    path = tmp_path / "c.yaml"
    path.write_bytes(raw)
    with pytest.raises(ConfigError) as caught:
        load_config(path, environ={})
    assert str(path) in caught.value.message
    assert expected in caught.value.message
    assert caught.value.hint
    assert "\n" not in caught.value.message


def test_missing_file_and_folder_are_told(tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(GOOD)
    with pytest.raises(ConfigError, match="there is no such file"):
        load_config(tmp_path / "none.yaml")
    with pytest.raises(ConfigError, match="is a folder") as caught:
        load_config(tmp_path)
    assert "my.yaml" in str(caught.value.hint)


def test_problems_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("output: {table: xls}\nclustering_data: {data_source: a.csv, id: x}\nclustering_configuration: {algorithm: kmens}\n")
    with pytest.raises(ConfigError) as caught:
        load_config(path, environ={})
    assert [line.split(":")[0] for line in caught.value.details] == ["line 1", "line 2", "line 3"]


def test_mapping_is_told_without_lines() -> None:
    with pytest.raises(ConfigError) as caught:
        load_config({"clustering_data": {"data_source": 3}, "clustering_configuration": {"algorithm": "kmeans"}})
    assert caught.value.message == "config: clustering_data.data_source: got 3; allowed: text that is not empty"


def test_mapping_with_foreign_objects_is_told() -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(
            {"clustering_data": {"data_source": "a.csv", "metadata": {"x": object()}}, "clustering_configuration": {"algorithm": "kmeans"}}
        )
    assert "clustering_data.metadata.x: got an object of type object" in caught.value.message
