"""What can be wrong between sections, and names that are looked up: all that can be said without the data.

The checks read a plain tree in which anything may be missing or of a wrong type (the models tell of that), so that every mistake
of a file is told at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from clusterctl.config import privacy_rules, registries, sweep_rules
from clusterctl.config.clustering import n_clusters_problem
from clusterctl.config.names import Tree, bounded, keys_at, repeats, text_at, texts_at, unknown
from clusterctl.config.problems import Problem, lookup

CLUSTERING, DATA, PREPROCESSING = "clustering_configuration", "clustering_data", "preprocessing_configuration"
EVALUATION, PLOTS, EXECUTION = "evaluation_configuration", "visualization_configuration", "execution"


def check(tree: Tree) -> list[Problem]:
    """Return every problem between the sections of a config, in the order of the sections."""
    return [problem for rule in _RULES for problem in rule(tree)]


def _columns(tree: Tree) -> Iterator[Problem]:
    identifier, target = text_at(tree, DATA, "id_column"), text_at(tree, DATA, "target_variable")
    if identifier is not None and identifier == target:
        yield Problem((DATA, "target_variable"), "it is the same column as id_column; a column has one part")
    for path, name in texts_at(tree, DATA, "features"):
        if name == identifier:
            yield Problem(path, "it is the id_column, which is never clustered on; take it out of features")
        elif name == target:
            yield Problem(path, "it is the target_variable, which is never clustered on; take it out of features")
    yield from repeats(texts_at(tree, DATA, "features"))


def _n_clusters(tree: Tree) -> Iterator[Problem]:
    section = lookup(tree, (CLUSTERING,))
    threshold = lookup(section, ("parameters", "distance_threshold"))
    told = n_clusters_problem(lookup(section, ("algorithm",)), lookup(section, ("n_clusters",)), threshold)
    if told is not None:
        yield Problem((CLUSTERING, "n_clusters"), told)


def _gower(tree: Tree) -> Iterator[Problem]:
    if text_at(tree, PREPROCESSING, "categorical") != "gower":
        return
    path = (PREPROCESSING, "categorical")
    algorithm = text_at(tree, CLUSTERING, "algorithm")
    spec = registries.algorithms().get(algorithm or "")
    if spec is not None and "manhattan" not in spec.metrics:
        able = ", ".join(name for name, other in registries.algorithms().items() if "manhattan" in other.metrics)
        yield Problem(path, f"{algorithm} cannot work on the Gower distance; choose onehot or ordinal, or one of {able}")
    linkage = lookup(tree, (CLUSTERING, "parameters", "linkage")) or "ward"
    if algorithm == "hierarchical" and linkage in ("ward", "centroid", "median"):
        text = f"linkage {linkage} needs euclidean distances, Gower's is none; set linkage to average, complete, single, weighted or genie"
        yield Problem((CLUSTERING, "parameters", "linkage"), text)


def _n_components(tree: Tree) -> Iterator[Problem]:
    section = lookup(tree, (PREPROCESSING,))
    if lookup(section, ("n_components",)) is not None and lookup(section, ("dimensionality_reduction",)) in (None, "none"):
        text = "it needs a dimensionality_reduction (pca, umap or tsne), which is none; set one, or leave n_components out"
        yield Problem((PREPROCESSING, "n_components"), text)


def _metric_names(tree: Tree) -> Iterator[Problem]:
    known = registries.metrics()
    asked = texts_at(tree, EVALUATION, "evaluation_metrics")
    gates = [((EVALUATION, "gates", key), key) for key in keys_at(tree, EVALUATION, "gates")]
    yield from (unknown(path, name, list(known), "metric") for path, name in asked if name not in known)
    yield from repeats(asked)
    yield from bounded(gates)
    if lookup(tree, (DATA, "target_variable")) is None:
        for path, name in (*asked, *gates):
            if name in known and known[name].kind == "external":
                yield Problem(path, "it compares with a known grouping; set clustering_data.target_variable, or leave it out")


def _bounds(tree: Tree) -> Iterator[Problem]:
    places = ((EVALUATION, "gates"), ("sweep_configuration", "constraints"))
    for place in places:
        for key in keys_at(tree, *place):
            for low, high in (("min", "max"), ("warn_min", "warn_max")):
                ends = (lookup(tree, (*place, key, low)), lookup(tree, (*place, key, high)))
                if all(isinstance(end, int | float) for end in ends) and ends[0] > ends[1]:
                    yield Problem((*place, key), f"no value can pass: {low} lies above {high}")


def _unmeasured(tree: Tree) -> Iterator[Problem]:
    if lookup(tree, (EVALUATION, "cross_validation")) is False:
        for key in keys_at(tree, EVALUATION, "gates"):
            if key in ("stability", "prediction_strength"):
                yield Problem(
                    (EVALUATION, "gates", key), "it is not measured without cross_validation; set that to true, or leave the gate out"
                )


def _plot_types(tree: Tree) -> Iterator[Problem]:
    known = list(registries.plots())
    asked = texts_at(tree, PLOTS, "plot_types")
    yield from (unknown(path, name, known, "plot") for path, name in asked if name not in known)
    yield from repeats(asked)


def _not_yet(tree: Tree) -> Iterator[Problem]:
    if lookup(tree, (EXECUTION, "strategy")) == "stream":
        yield Problem((EXECUTION, "strategy"), "it is not available in this version; only exact, sample and auto are")
    if lookup(tree, (EXECUTION, "executor")) == "dask":
        yield Problem((EXECUTION, "executor"), "it is not available in this version; only processes, threads and inline are")
    if lookup(tree, (EXECUTION, "scheduler")) is not None:
        yield Problem((EXECUTION, "scheduler"), "it is not available in this version; leave it out")


_RULES: tuple[Callable[[Tree], Iterator[Problem]], ...] = (
    _columns,
    _n_clusters,
    _gower,
    _n_components,
    _metric_names,
    _bounds,
    _unmeasured,
    _plot_types,
    _not_yet,
    *privacy_rules.RULES,
    *sweep_rules.RULES,
)
