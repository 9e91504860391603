"""Bad configs: what the YAML, the keys, the values, the environment and the command line can get wrong."""

from __future__ import annotations

from bad_case import KMEANS, Bad, config, preprocessing

BOMB = "a: &a [x, x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(12))
DATA = "{data_source: t.csv}"


def algorithm(name: str, parameters: str, n_clusters: str = "") -> str:
    return config(DATA, f"{{algorithm: {name}, {n_clusters}parameters: {{{parameters}}}}}")


YAML = (
    Bad("no_such_config", 3, ("c.yaml", "no such file"), config=None),
    Bad("config_is_a_folder", 3, ("folder.yaml", "folder"), files={"folder.yaml/t.csv": "x\n"}, command=("run", "folder.yaml")),
    Bad("empty_config", 3, ("c.yaml", "empty", "clustering_data")),
    Bad("binary_config", 3, ("c.yaml", "binary"), config=b"\x7fELF\x02\x01\x00\x00\xff\xfe\x00\x01"),
    Bad("config_in_latin_1", 3, ("c.yaml", "UTF-8"), config="# caf\xe9\n".encode("latin-1") + config().encode()),
    Bad("list_at_the_top", 3, ("c.yaml", "clustering_data"), config="- clustering_data\n- clustering_configuration\n"),
    Bad("tab_indent", 3, ("c.yaml", "line 2", "tab", "spaces"), config="clustering_data:\n\tdata_source: t.csv\n"),
    Bad("open_bracket", 3, ("c.yaml", "line"), config="clustering_data: {data_source: t.csv\nclustering_configuration: x\n"),
    Bad(
        "duplicate_key",
        3,
        ("line 3", "n_clusters", "twice", "line 2"),
        config=config(DATA, "{algorithm: kmeans, n_clusters: 2,\n  n_clusters: 3}"),
    ),
    Bad("duplicate_section", 3, ("line 5", "clustering_data"), config=config() + f"clustering_data: {DATA}\n"),
    Bad("alias_bomb", 3, ("c.yaml", "aliases"), config=BOMB),
    Bad("deep_nesting", 3, ("c.yaml", "deeper"), config="a: " + "[" * 3000 + "]" * 3000 + "\n"),
    Bad("second_document", 3, ("line 5", "document"), config=config() + "---\na: 1\n"),
    Bad("python_tag", 3, ("line 1", "tag", "plain values"), config=config("{data_source: !!python/object/apply:os.system [id]}")),
    Bad("huge_config", 3, ("c.yaml", "MiB"), config="# " + "x" * 2_000_000 + "\n"),
)
KEYS = (
    Bad(
        "unknown_section",
        3,
        ("line 3", "preprocesing_configuration", "did you mean preprocessing_configuration?"),
        config=config(DATA, KMEANS, "preprocesing_configuration: {}"),
    ),
    Bad("unknown_data_key", 3, ("line 1", "clustering_data.data_sorce", "did you mean data_source?"), config=config("{data_sorce: t.csv}")),
    Bad(
        "unknown_read_option",
        3,
        ("line 1", "clustering_data.read_options.sep", "did you mean separator?"),
        config=config("{data_source: t.csv, read_options: {sep: ','}}"),
    ),
    Bad(
        "unknown_preprocessing_key",
        3,
        ("line 3", "preprocessing_configuration.scaler", "did you mean scaling?"),
        config=preprocessing("{scaler: standard}"),
    ),
    Bad(
        "unknown_plot_key",
        3,
        ("line 3", "visualization_configuration.plots", "did you mean"),
        config=config(DATA, KMEANS, "visualization_configuration: {plots: []}"),
    ),
    Bad("section_is_a_list", 3, ("line 3", "preprocessing_configuration", "mapping"), config=preprocessing("[standard]")),
    Bad("section_missing", 3, ("clustering_configuration", "required"), config=f"clustering_data: {DATA}\n"),
    Bad("data_source_missing", 3, ("line 1", "clustering_data.data_source", "required"), config=config("{target_variable: x}")),
    Bad("algorithm_missing", 3, ("line 2", "clustering_configuration.algorithm", "kmeans"), config=config(DATA, "{n_clusters: 2}")),
    Bad(
        "three_mistakes_at_once",
        3,
        ("3 problems", "line 1", "line 2", "line 3", "clustering_data.id", "n_clusters", "scaling"),
        config=config("{data_source: t.csv, id: x}", "{algorithm: kmeans, n_clusters: two}", "preprocessing_configuration: {scaling: big}"),
    ),
)
VALUES = (
    Bad("number_as_text", 3, ("line 2", "n_clusters", 'got "3"', "integer"), config=config(DATA, '{algorithm: kmeans, n_clusters: "3"}')),
    Bad("yes_for_a_number", 3, ("line 2", "n_clusters", '"yes"'), config=config(DATA, "{algorithm: kmeans, n_clusters: yes}")),
    Bad("yes_for_a_boolean", 3, ("line 3", "outlier_detection", "true and false"), config=preprocessing("{outlier_detection: yes}")),
    Bad(
        "fraction_of_a_cluster", 3, ("line 2", "n_clusters", "2.5", "integer"), config=config(DATA, "{algorithm: kmeans, n_clusters: 2.5}")
    ),
    Bad(
        "endless_number",
        3,
        ("line 3", "outlier_fraction", "finite"),
        config=preprocessing("{outlier_detection: true, outlier_fraction: 1e999}"),
    ),
    Bad("not_a_number", 3, ("line 3", "execution.timeout", "got"), config=config(DATA, KMEANS, "execution: {timeout: .nan}")),
    Bad("leading_zero", 3, ("line 2", "random_state", "leading zero"), config=config(DATA, "{algorithm: kmeans, random_state: 007}")),
    Bad(
        "fraction_too_large",
        3,
        ("line 3", "outlier_fraction", "got 0.7", "0.5"),
        config=preprocessing("{outlier_detection: true, outlier_fraction: 0.7}"),
    ),
    Bad("features_as_text", 3, ("line 1", "features", "list"), config=config("{data_source: t.csv, features: x}")),
    Bad("feature_twice", 3, ("line 1", "clustering_data.features[1]", "x"), config=config("{data_source: t.csv, features: [x, x]}")),
    Bad(
        "feature_is_the_target",
        3,
        ("features[0]", "target_variable", "take it out"),
        config=config("{data_source: t.csv, features: [x, y], target_variable: x}"),
    ),
    Bad("malformed_checksum", 3, ("line 1", "checksum", "sha256:"), config=config("{data_source: t.csv, checksum: abc}")),
    Bad("two_character_separator", 3, ("line 1", "separator"), config=config("{data_source: t.csv, read_options: {separator: '::'}}")),
    Bad(
        "thousands_is_decimal",
        3,
        ("thousands", "decimal"),
        config=config("{data_source: t.csv, read_options: {decimal: ',', thousands: ','}}"),
    ),
    Bad(
        "unknown_encoding", 3, ("read_options.encoding", "utf-8"), config=config("{data_source: t.csv, read_options: {encoding: klingon}}")
    ),
    Bad("unknown_format", 3, ("line 1", "data_format", "csv"), config=config("{data_source: t.csv, data_format: excel}")),
    Bad("unknown_scheme", 3, ("data_source", "ftp://", "http"), config=config("{data_source: 'ftp://host/t.csv'}")),
    Bad("password_in_a_web_address", 3, ("data_source", "password"), config=config("{data_source: 'http://me:hush@localhost/t.csv'}")),
    Bad(
        "unknown_metric",
        3,
        ("line 3", "evaluation_metrics[0]", "did you mean silhouette_score?"),
        config=config(DATA, KMEANS, "evaluation_configuration: {evaluation_metrics: [silhouete]}"),
    ),
    Bad(
        "unknown_plot",
        3,
        ("line 3", "plot_types[0]", "did you mean scatter?"),
        config=config(DATA, KMEANS, "visualization_configuration: {plot_types: [scater]}"),
    ),
    Bad(
        "unknown_gate",
        3,
        ("line 3", "gates", "silhouette", "did you mean silhouette_score?"),
        config=config(DATA, KMEANS, "evaluation_configuration: {gates: {silhouette: {min: 0}}}"),
    ),
    Bad(
        "gate_without_bound",
        3,
        ("line 3", "gates.n_clusters", "min"),
        config=config(DATA, KMEANS, "evaluation_configuration: {gates: {n_clusters: {}}}"),
    ),
    Bad("strategy_of_later", 3, ("line 3", "execution.strategy", "exact"), config=config(DATA, KMEANS, "execution: {strategy: stream}")),
    Bad("private_column_not_there", 3, ("privacy.drop", "'y_'", "did you mean"), config=config(DATA, KMEANS, "privacy: {drop: [y_]}")),
    Bad(
        "gower_with_a_reduction",
        3,
        ("line 3", "gower", "dimensionality_reduction"),
        config=preprocessing(
            "{categorical: gower, dimensionality_reduction: pca}", clustering="{algorithm: dbscan, parameters: {eps: 0.1}}"
        ),
    ),
    Bad("gower_with_kmeans", 3, ("line 3", "gower", "kmeans"), config=preprocessing("{categorical: gower}")),
)
ALGORITHMS = (
    Bad(
        "unknown_algorithm",
        3,
        ("line 2", "clustering_configuration.algorithm", "did you mean kmeans?"),
        config=config(DATA, "{algorithm: k-means}"),
    ),
    Bad("kmeans_no_starts", 3, ("line 2", "parameters.n_init", "got 0"), config=algorithm("kmeans", "n_init: 0")),
    Bad("kmeans_takes_no_eps", 3, ("line 2", "parameters.eps", "n_init"), config=algorithm("kmeans", "eps: 0.5")),
    Bad("dbscan_negative_eps", 3, ("line 2", "parameters.eps", "-1"), config=algorithm("dbscan", "eps: -1")),
    Bad(
        "dbscan_takes_no_k", 3, ("line 2", "n_clusters", "dbscan", "leave it out"), config=algorithm("dbscan", "eps: 1", "n_clusters: 3, ")
    ),
    Bad(
        "hierarchical_ward_by_manhattan",
        3,
        ("line 2", "ward", "euclidean"),
        config=algorithm("hierarchical", "linkage: ward, metric: manhattan"),
    ),
    Bad(
        "hierarchical_k_and_height",
        3,
        ("line 2", "n_clusters", "distance_threshold"),
        config=algorithm("hierarchical", "distance_threshold: 1.5", "n_clusters: 2, "),
    ),
    Bad(
        "spectral_unknown_affinity",
        3,
        ("line 2", "parameters.affinity", "did you mean nearest_neighbors?"),
        config=algorithm("spectral", "affinity: nearest_neighbours"),
    ),
    Bad(
        "mixture_unknown_covariance",
        3,
        ("line 2", "parameters.covariance_type", "did you mean diag?"),
        config=algorithm("gaussian_mixture", "covariance_type: diagonal"),
    ),
    Bad(
        "hdbscan_cluster_of_one", 3, ("line 2", "parameters.min_cluster_size", "got 1"), config=algorithm("hdbscan", "min_cluster_size: 1")
    ),
    Bad("optics_steepness_above_one", 3, ("line 2", "parameters.xi", "got 2"), config=algorithm("optics", "xi: 2")),
    Bad("optics_takes_no_k", 3, ("line 2", "n_clusters", "optics"), config=algorithm("optics", "", "n_clusters: 3, ")),
)
ENVIRONMENT = (
    Bad("unset_variable", 3, ("line 1", "data_source", "${TABLE}", "environment"), config=config('{data_source: "${TABLE}"}')),
    Bad("malformed_variable", 3, ("line 1", "data_source", "${"), config=config('{data_source: "${a-b}.csv"}')),
    Bad(
        "variable_of_a_wrong_type",
        3,
        ("line 2", "n_clusters", "${K}"),
        config=config(DATA, '{algorithm: kmeans, n_clusters: "${K}"}'),
        env={"K": "many"},
    ),
    Bad("broken_env_file", 3, (".env", "line 2", "NAME=VALUE"), config=config(), files={".env": "A=1\n'''\n"}),
)
COMMAND_LINE = (
    Bad("no_config_named", 2, ("CONFIG",), command=("run",)),
    Bad("unknown_option", 2, ("--outptu", "--output"), config=config(), arguments=("--outptu", "x")),
    Bad("unknown_command", 2, ("rum",), command=("rum", "c.yaml")),
    Bad("jobs_as_text", 2, ("--n-jobs", "many"), config=config(), arguments=("--n-jobs", "many")),
    Bad(
        "set_without_value", 2, ("--set", "dotted.path=VALUE"), config=config(), arguments=("--set", "clustering_configuration.n_clusters")
    ),
    Bad(
        "set_unknown_key",
        3,
        ("--set", "clustering_configuration.n_cluster", "did you mean n_clusters?"),
        config=config(),
        arguments=("--set", "clustering_configuration.n_cluster=3"),
    ),
    Bad(
        "set_wrong_type",
        3,
        ("--set", "clustering_configuration.n_clusters", "three"),
        config=config(),
        arguments=("--set", "clustering_configuration.n_clusters=three"),
    ),
    Bad("set_broken_yaml", 3, ("--set", "clustering_data.features"), config=config(), arguments=("--set", "clustering_data.features=[x")),
    Bad("fail_under_without_value", 2, ("--fail-under", "METRIC=VALUE"), config=config(), arguments=("--fail-under", "silhouette_score")),
    Bad("no_jobs", 3, ("--n-jobs", "-1"), config=config(), arguments=("--n-jobs", "0")),
    Bad(
        "fail_under_unknown", 3, ("--fail-under", "quality", "silhouette_score"), config=config(), arguments=("--fail-under", "quality=0.5")
    ),
    Bad("fail_over_not_a_number", 2, ("--fail-over", "METRIC=VALUE"), config=config(), arguments=("--fail-over", "noise_fraction=little")),
    Bad("max_memory_as_text", 3, ("--max-memory", "lots", "4G"), config=config(), arguments=("--max-memory", "lots")),
    Bad("data_option_unset_variable", 3, ("--data", "${NOWHERE}"), config=config(), arguments=("--data", "${NOWHERE}")),
)
CASES = (*YAML, *KEYS, *VALUES, *ALGORITHMS, *ENVIRONMENT, *COMMAND_LINE)
