"""Bad sweeps: nothing to sweep, too much, what cannot be swept, ranked or limited, and folders that hold something else."""

from __future__ import annotations

from bad_case import KMEANS, Bad, config

DATA = "{data_source: t.csv}"
K = "clustering_configuration.n_clusters"


def swept(body: str, *sections: str, data: str = DATA, clustering: str = KMEANS) -> str:
    """Return a config whose line 3 is this sweep."""
    return config(data, clustering, f"sweep_configuration: {{{body}}}", *sections)


def bad(name: str, code: int, said: tuple[str, ...], body: str, *arguments: str, sections: tuple[str, ...] = ()) -> Bad:
    """Return a sweep into a new folder with these options."""
    return Bad(name, code, said, config=swept(body, *sections), command=("sweep", "c.yaml", "-o", "new", *arguments))


GRID = f"grid: {{{K}: [2, 3]}}"
CASES = (
    Bad("nothing_to_sweep", 3, ("sweep_configuration", "grid"), config=config(), command=("sweep", "c.yaml", "-o", "new")),
    bad(
        "ten_thousand_and_one_trials",
        2,
        ("10,000", "--yes"),
        f"grid: {{{K}: [2, 3], clustering_configuration.random_state: {list(range(5001))}}}",
    ),
    bad(
        "combination_that_is_no_config",
        3,
        ("clustering_configuration.parameters.eps", "grid", "kmeans"),
        "grid: {clustering_configuration.algorithm: [kmeans, dbscan], clustering_configuration.parameters.eps: [0.5]}",
    ),
    bad("misspelt_path", 3, ("n_cluster", "did you mean"), "grid: {clustering_configuration.n_cluster: [2, 3]}"),
    bad("value_out_of_range", 3, (K, "got 0"), f"grid: {{{K}: [0, 2]}}"),
    bad("swept_output", 3, ("output.directory",), "grid: {output.directory: [a, b]}"),
    bad("swept_table", 3, ("clustering_data.data_source", "one table"), "grid: {clustering_data.data_source: [t.csv, u.csv]}"),
    bad(
        "swept_metrics",
        3,
        ("evaluation_configuration.evaluation_metrics",),
        "grid: {evaluation_configuration.evaluation_metrics: [[inertia], [dbcv]]}",
    ),
    bad("swept_feature_that_is_not_there", 3, ("nope",), "grid: {clustering_data.features: [[x, y], [x, nope]]}"),
    bad("ranked_by_what_is_not_computed", 3, ("rank_by", "adjusted_rand_score"), f"{GRID}, rank_by: [adjusted_rand_score]"),
    bad("ranked_by_stability_without_checks", 3, ("stability", "validate"), f"{GRID}, rank_by: [stability]"),
    bad("constraint_of_an_unknown_name", 3, ("noise_fracton", "did you mean"), f"{GRID}, constraints: {{noise_fracton: {{max: 0.1}}}}"),
    bad("trial_timeout_in_threads", 3, ("--trial-timeout", "processes"), GRID, "--trial-timeout", "5", "--executor", "threads"),
    bad("negative_trial_timeout", 3, ("--trial-timeout",), GRID, "--trial-timeout=-1"),
    bad("trial_timeout_in_words", 2, ("--trial-timeout", "soon"), GRID, "--trial-timeout", "soon"),
    bad("endless_trial_timeout", 2, ("--trial-timeout", "inf"), GRID, "--trial-timeout", "inf"),
    bad("unknown_executor", 2, ("--executor", "dask"), GRID, "--executor", "dask"),
    bad("gate_of_an_unknown_name", 3, ("--fail-under", "nope"), GRID, "--fail-under", "nope=1"),
    Bad("sweep_into_a_run_s_folder", 8, ("out", "not empty", "--force"), config=swept(GRID), command=("sweep", "c.yaml", "-o", "out")),
    Bad(
        "resume_in_a_run_s_folder",
        8,
        ("out", "holds a run, not a sweep"),
        config=swept(GRID),
        command=("sweep", "c.yaml", "-o", "out", "--resume"),
    ),
    Bad(
        "resume_in_a_stranger_s_folder",
        8,
        ("letters",),
        config=swept(GRID),
        files={"letters/love.txt": "dear"},
        command=("sweep", "c.yaml", "-o", "letters", "--resume"),
    ),
    Bad(
        "resume_and_force",
        2,
        ("--resume", "--force"),
        config=swept(GRID),
        command=("sweep", "c.yaml", "-o", "new", "--resume", "--force"),
    ),
    Bad("schema_of_a_sweep_s_input", 2, ("--sweep",), command=("schema", "input", "--sweep")),
    Bad("validate_for_a_sweep_without_one", 3, ("sweep_configuration",), config=config(), command=("validate", "c.yaml", "--for", "sweep")),
)
