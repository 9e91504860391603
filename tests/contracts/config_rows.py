"""One row a key of the config: what giving it another value than its default does, or why it is refused."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Given = Mapping[str, Any]
RESULTS, STATISTICS = "clustering_results", "metadata.data_statistics"
METRICS, VALIDATION, PICTURES = f"{RESULTS}.evaluation_metrics", f"{RESULTS}.validation", f"{RESULTS}.visualizations"


@dataclass(frozen=True)
class Shows:
    """The value changes what stands `at` a path of results.json from `before` to `after` (a value, or what it must satisfy).

    given: other keys, set both times. default: what is set the first time; by default nothing.
    """

    value: Any
    at: str
    before: Any
    after: Any
    given: Given = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """The value is refused with exit code `code` and a message that says `said`; `allowed` in its place is not."""

    value: Any
    said: str
    code: int = 3
    given: Given = field(default_factory=dict)
    allowed: Any = None


@dataclass(frozen=True)
class Needed:
    """Without the value the run is refused with `said`; with it, `after` stands `at` a path of results.json."""

    value: Any
    said: str
    code: int
    at: str
    after: Any
    given: Given = field(default_factory=dict)


@dataclass(frozen=True)
class Writes:
    """The value changes which files are written: `more` of them, and `fewer`."""

    value: Any
    more: frozenset[str] = frozenset()
    fewer: frozenset[str] = frozenset()
    given: Given = field(default_factory=dict)


@dataclass(frozen=True)
class Kept:
    """`run` checks it and does not use it: results are the same but for the config they carry; `wrong` is refused with `said`."""

    value: Any
    wrong: Any
    said: str
    given: Given = field(default_factory=dict)


Row = Shows | Refused | Needed | Writes | Kept
Check = Callable[[Any], bool]


def is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) > 0


def is_there(value: Any) -> bool:
    return value is not None


def above(bound: float) -> Check:
    return lambda value: value > bound


def below(bound: float) -> Check:
    return lambda value: value < bound


def has(item: Any) -> Check:
    return lambda value: item in value


def lacks(item: Any) -> Check:
    return lambda value: item not in value


def gate(**bounds: float) -> dict[str, Any]:
    return {"n_clusters": bounds}


def gated(level: str, bound: str, passed: bool) -> list[dict[str, Any]]:
    return [{"metric": "n_clusters", "value": 3.0, "bound": bound, "level": level, "passed": passed}]


def source(name: str, **read_options: Any) -> Given:
    return {"clustering_data.data_source": name, **{f"clustering_data.read_options.{key}": value for key, value in read_options.items()}}


DETECTED: Given = {"preprocessing_configuration.outlier_detection": True}
DRAWN: Given = {"visualization_configuration.generate_plots": True, "visualization_configuration.plot_types": ["heatmap"]}
PROFILES = f"{RESULTS}.cluster_analysis.cluster_profiles"
KEY = "a key for tests, of 32 bytes……"
"""What hashes are made with."""
NOT_YET = "not available in this version"
SPACE = {"clustering_configuration.n_clusters": {"integer": [2, 6]}}
SEARCH = "sweep_configuration.random"


def drawn_from(**one: Any) -> dict[str, Any]:
    return {"clustering_configuration.n_clusters": one}


def search(key: str, value: Any, wrong: Any, said: str) -> Kept:
    other = {"n_trials": 2, "seed": 1, "space": SPACE}
    return Kept({**other, key: value}, {**other, key: wrong}, said)


ROWS: dict[str, Row] = {
    # clustering_data
    "clustering_data.data_source": Shows("other.csv", f"{STATISTICS}.n_rows", 60, 45),
    "clustering_data.data_format": Needed("csv", "misnamed.json", 4, f"{STATISTICS}.n_rows", 60, source("misnamed.json")),
    "clustering_data.features": Shows(["y"], f"{RESULTS}.model_info.features", ["x", "y", "shop", "truth"], ["y"]),
    "clustering_data.target_variable": Shows("truth", f"{METRICS}.adjusted_rand_score", None, 1.0),
    "clustering_data.metadata": Shows({"domain": "shops"}, "metadata.user_metadata", {}, {"domain": "shops"}),
    "clustering_data.id_column": Shows("id", f"{RESULTS}.clusters.cluster_assignments.7.sample_id", "7", "c007"),
    "clustering_data.checksum": Refused("sha256:" + "0" * 64, "checksum", 4),
    "clustering_data.read_options.separator": Needed(
        ";", "separator", 4, f"{RESULTS}.model_info.features", ["x", "y", "shop", "truth"], source("semicolons.csv")
    ),
    "clustering_data.read_options.decimal": Needed(
        ",", "decimal", 4, f"{RESULTS}.model_info.numeric_features", ["x", "y"], source("commas.csv", separator=";")
    ),
    "clustering_data.read_options.thousands": Needed(
        ",",
        "thousands",
        4,
        f"{STATISTICS}.feature_statistics.x.mean",
        above(30_000),
        {**source("thousands.csv"), "clustering_data.features": ["x", "y"]},
    ),
    "clustering_data.read_options.encoding": Needed(
        "latin-1",
        "encoding",
        4,
        f"{STATISTICS}.feature_statistics.shop.categories",
        lambda shares: "Zürich" in str(shares),
        source("latin.csv"),
    ),
    "clustering_data.read_options.na_values": Needed(
        ["unknown"],
        "unknown",
        4,
        f"{STATISTICS}.n_dropped",
        1,
        {**source("unknown.csv"), "preprocessing_configuration.missing_values": "drop"},
    ),
    "clustering_data.read_options.hdf_key": Needed("second", "/first, /second", 4, f"{STATISTICS}.n_rows", 30, source("two.h5")),
    "clustering_data.read_options.json_lines": Refused(False, "JSON", 4, source("lines.json"), allowed=True),
    "clustering_data.read_options.query": Needed(
        "SELECT x, y FROM visits WHERE y > 3", "query", 3, f"{RESULTS}.model_info.features", ["x", "y"], source("sqlite:///shops.sqlite")
    ),
    # clustering_configuration
    "clustering_configuration.algorithm": Shows("hierarchical", f"{RESULTS}.model_info.algorithm", "kmeans", "hierarchical"),
    "clustering_configuration.parameters": Shows({"n_init": 2}, f"{RESULTS}.model_info.fit.n_init", 10, 2),
    "clustering_configuration.n_clusters": Shows(4, f"{RESULTS}.model_info.n_clusters", 3, 4),
    "clustering_configuration.random_state": Shows(7, "metadata.random_state", 0, 7),
    # preprocessing_configuration
    "preprocessing_configuration.missing_values": Needed("drop", "missing", 5, f"{STATISTICS}.n_dropped", 2, source("holes.csv")),
    "preprocessing_configuration.categorical": Shows("ordinal", f"{STATISTICS}.n_dimensions", 8, 4),
    "preprocessing_configuration.text": Shows(
        "tfidf", f"{RESULTS}.model_info.features", lacks("remark"), has("remark"), source("text.csv")
    ),
    "preprocessing_configuration.transform": Shows("log1p", f"{STATISTICS}.preprocessing.steps", lacks("transform"), has("transform")),
    "preprocessing_configuration.scaling": Shows("none", f"{METRICS}.inertia", below(8), above(50)),
    "preprocessing_configuration.outlier_detection": Shows(True, f"{STATISTICS}.preprocessing.outlier_method", None, is_text),
    "preprocessing_configuration.outlier_action": Shows(
        "flag", f"{STATISTICS}.n_excluded", 6, 0, {**DETECTED, "preprocessing_configuration.outlier_fraction": 0.1}
    ),
    "preprocessing_configuration.outlier_fraction": Shows(0.1, f"{STATISTICS}.n_excluded", below(6), 6, DETECTED),
    "preprocessing_configuration.feature_selection": Shows(
        True, f"{STATISTICS}.features_left_out", lambda left: "twin" not in str(left), lambda left: "twin" in str(left), source("twin.csv")
    ),
    "preprocessing_configuration.dimensionality_reduction": Shows("pca", f"{STATISTICS}.preprocessing.embedding", "none", "pca"),
    "preprocessing_configuration.n_components": Shows(
        1, f"{STATISTICS}.n_dimensions", above(1), 1, {"preprocessing_configuration.dimensionality_reduction": "pca"}
    ),
    # evaluation_configuration
    "evaluation_configuration.evaluation_metrics": Shows(["inertia"], f"{METRICS}.silhouette_score", above(0.5), None),
    "evaluation_configuration.cross_validation": Shows(True, f"{VALIDATION}.stability", None, is_there),
    "evaluation_configuration.silhouette_analysis": Shows(
        False, f"{VALIDATION}.silhouette_per_cluster", lambda found: len(found) == 3, None
    ),
    "evaluation_configuration.cluster_validation": Shows(True, f"{VALIDATION}.null", None, is_there),
    "evaluation_configuration.gates.*.min": Shows(gate(min=4), f"{VALIDATION}.gates", [], gated("error", "min 4", passed=False)),
    "evaluation_configuration.gates.*.max": Shows(gate(max=3), f"{VALIDATION}.gates", [], gated("error", "max 3", passed=True)),
    "evaluation_configuration.gates.*.warn_min": Shows(gate(warn_min=3), f"{VALIDATION}.gates", [], gated("warn", "min 3", passed=True)),
    "evaluation_configuration.gates.*.warn_max": Shows(gate(warn_max=2), f"{VALIDATION}.gates", [], gated("warn", "max 2", passed=False)),
    # visualization_configuration
    "visualization_configuration.generate_plots": Shows(
        True, f"{PICTURES}.cluster_heatmap", None, is_text, {"visualization_configuration.plot_types": ["heatmap"]}
    ),
    "visualization_configuration.plot_types": Writes(
        ["heatmap"],
        fewer=frozenset({"plots/scatter.png", "plots/silhouette.png"}),
        given={"visualization_configuration.generate_plots": True},
    ),
    "visualization_configuration.interactive_plots": Writes(True, more=frozenset({"plots/heatmap.html"}), given=DRAWN),
    "visualization_configuration.save_plots": Writes(False, fewer=frozenset({"plots", "plots/heatmap.png"}), given=DRAWN),
    # output
    "output.directory": Writes("elsewhere", more=frozenset({"../elsewhere/results.json"})),
    "output.assignments": Shows("sidecar", f"{RESULTS}.clusters.cluster_assignments", lambda found: len(found) == 60, None),
    "output.table": Writes("csv", more=frozenset({"table.csv"})),
    "output.embed_plots": Shows(False, f"{PICTURES}.cluster_heatmap", is_text, None, DRAWN),
    "output.align_to": Refused("earlier", "earlier is no run", 4, allowed="none"),
    # execution
    "execution.strategy": Shows(
        "sample", "metadata.config", lacks("execution"), lambda config: config["execution"]["strategy"] == "sample"
    ),
    "execution.executor": Refused("dask", NOT_YET, allowed="threads"),
    "execution.n_jobs": Shows(2, "metadata.execution.n_jobs", above(0), 2),
    "execution.max_memory": Refused("1K", "would take about", 9, allowed="64G"),
    "execution.timeout": Refused(1e-6, "timeout", 6, allowed=600.0),
    "execution.scheduler": Refused("tcp://host:8786", NOT_YET),
    # privacy
    "privacy.drop": Shows(["y"], f"{RESULTS}.model_info.features", ["x", "y", "shop", "truth"], ["x", "shop", "truth"]),
    "privacy.hash": Shows(
        ["id"],
        f"{RESULTS}.clusters.cluster_assignments.7.sample_id",
        "c007",
        hmac.new(KEY.encode(), b"c007", "sha256").hexdigest()[:32],
        {"clustering_data.id_column": "id"},
    ),
    "privacy.min_group": Shows(61, f"{PROFILES}.0.characteristics.features", is_there, {}),
    "privacy.include_samples": Shows(False, f"{RESULTS}.clusters.cluster_assignments", lambda found: len(found) == 60, None),
    "privacy.protected": Shows(
        ["shop"], f"{RESULTS}.cluster_analysis.protected", [], lambda found: [entry["column"] for entry in found] == ["shop"]
    ),
    # sweep_configuration: checked by every command, used by none of this version
    "sweep_configuration.grid": Kept({"clustering_configuration.n_clusters": [2, 3]}, {"clustering_configuration.n_clusters": 2}, "list"),
    "sweep_configuration.list": Kept([{"clustering_configuration.n_clusters": 2}], [2], "mapping"),
    f"{SEARCH}.n_trials": search("n_trials", 5, 0, "n_trials"),
    f"{SEARCH}.seed": search("seed", 5, -1, "seed"),
    f"{SEARCH}.space.*.uniform": search("space", drawn_from(uniform=[0.0, 1.0]), drawn_from(uniform=[1.0, 0.0]), "first end"),
    f"{SEARCH}.space.*.loguniform": search("space", drawn_from(loguniform=[1.0, 2.0]), drawn_from(loguniform=[0.0, 1.0]), "above 0"),
    f"{SEARCH}.space.*.integer": search("space", drawn_from(integer=[1, 2]), drawn_from(integer=[1.5, 2]), "integer"),
    f"{SEARCH}.space.*.choice": search("space", drawn_from(choice=["a", 1]), drawn_from(choice=[]), "choice"),
    "sweep_configuration.rank_by": Kept(["silhouette_score"], ["silhouete_score"], "did you mean silhouette_score"),
    "sweep_configuration.constraints.*.min": Kept(gate(min=2), gate(min="2"), "number"),
    "sweep_configuration.constraints.*.max": Kept(gate(max=2), gate(min=3, max=2), "lies above"),
    "sweep_configuration.rank_space": Kept({"scaling": "robust"}, {"scaling": "rubust"}, "robust"),
    "sweep_configuration.validate": Kept(True, "yes", "true or false"),
    "recommend_configuration.budget": Kept("fast", "huge", "thorough"),
}


def set_at(key: str) -> str:
    """Return the path at which a row's value is put: the mapping itself for keys under a name of the user's choice."""
    if key.startswith(SEARCH):
        return SEARCH
    return key.partition(".*")[0]


def looked_up(document: Any, path: str) -> Any:
    for part in path.split("."):
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document


def written(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}
