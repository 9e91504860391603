"""What can be wrong in `sweep_configuration` by itself: paths that cannot be swept, metrics that cannot rank or bound."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from clusterctl.config import registries
from clusterctl.config.names import Tree, bounded, did_you_mean, keys_at, repeats, text_at, texts_at, unknown
from clusterctl.config.problems import KeyPath, Problem, lookup

SECTION = "sweep_configuration"
SWEPT_SECTIONS = ("clustering_configuration", "preprocessing_configuration")
FEATURES = "clustering_data.features"
MEASURED_ON_DEMAND = ("stability", "prediction_strength")
_REASONS = {
    "clustering_data": f"a sweep is over one table; of clustering_data only {FEATURES} can be swept",
    "evaluation_configuration": "all trials are scored alike, so that they can be compared; set it outside the sweep",
    "privacy": "all trials are of one table, seen in one way; set it outside the sweep",
    **dict.fromkeys(
        (
            "output",
            "execution",
            "visualization_configuration",
            "recommend_configuration",
            SECTION,
        ),
        "it changes neither the labels nor the scores of a trial; set it outside the sweep",
    ),
}


def swept_paths(tree: Tree) -> list[tuple[KeyPath, str]]:
    """Return every dotted path that the sweep sets, with where in the config it does."""
    grid = lookup(tree, (SECTION, "grid"))
    places: list[KeyPath] = [(SECTION, "grid")] if isinstance(grid, dict) else []
    if isinstance(grid, list | tuple):
        places += [(SECTION, "grid", position) for position in range(len(grid))]
    entries = lookup(tree, (SECTION, "list"))
    places += [(SECTION, "list", position) for position in range(len(entries))] if isinstance(entries, list | tuple) else []
    places.append((SECTION, "random", "space"))
    return [((*place, key), key) for place in places for key in _keys(lookup(tree, place))]


def _keys(value: Tree) -> list[str]:
    return [key for key in value if isinstance(key, str)] if isinstance(value, dict) else []


def _paths(tree: Tree) -> Iterator[Problem]:
    for place, path in swept_paths(tree):
        told = _path_problem(path)
        if told is not None:
            yield Problem(place, told)


def _path_problem(path: str) -> str | None:
    """Tell why a path cannot be swept; None: it can, as far as its section goes."""
    first, *rest = path.split(".")
    if not all((first, *rest)):
        return "it is no dotted path; for example clustering_configuration.n_clusters"
    if path == FEATURES or first in SWEPT_SECTIONS:
        return None
    if first in _REASONS:
        return f"it cannot be swept: {_REASONS[first]}"
    known = (*SWEPT_SECTIONS, "clustering_data")
    words = f"it is no setting that can be swept; allowed are paths in {', '.join(SWEPT_SECTIONS)}, and {FEATURES}"
    meant = did_you_mean(first, known) or _owner(first)
    return words + meant


def _owner(name: str) -> str:
    """Return the whole path of a setting that was given by its own name alone."""
    from clusterctl.config.clustering import ClusteringConfiguration
    from clusterctl.preprocessing.settings import PreprocessingConfiguration

    if name in ClusteringConfiguration.model_fields:
        return f"; did you mean clustering_configuration.{name}?"
    if name in PreprocessingConfiguration.model_fields:
        return f"; did you mean preprocessing_configuration.{name}?"
    if any(name in spec.parameters.model_fields for spec in registries.algorithms().values()):
        return f"; did you mean clustering_configuration.parameters.{name}?"
    return f"; did you mean {FEATURES}?" if name == "features" else ""


def _rank_by(tree: Tree) -> Iterator[Problem]:
    ranked = texts_at(tree, SECTION, "rank_by")
    known = registries.rankable()
    for path, name in ranked:
        if name == "n_clusters":
            yield Problem(path, "neither more clusters nor fewer are better; bound it with sweep_configuration.constraints")
        elif name not in known:
            yield unknown(path, name, known, "value to rank by")
    yield from repeats(ranked)


def _constraints(tree: Tree) -> Iterator[Problem]:
    yield from bounded([((SECTION, "constraints", name), name) for name in keys_at(tree, SECTION, "constraints")])


def _used(tree: Tree) -> list[tuple[KeyPath, str]]:
    """Return the values that rank or bound, with their places."""
    bounded = [((SECTION, "constraints", name), name) for name in keys_at(tree, SECTION, "constraints")]
    return [*texts_at(tree, SECTION, "rank_by"), *bounded]


def _measured(tree: Tree) -> Iterator[Problem]:
    """Hold what ranks or bounds against what is computed for each trial."""
    metrics = registries.metrics()
    computed = lookup(tree, ("evaluation_configuration", "evaluation_metrics"))
    is_chosen = isinstance(computed, list | tuple)
    has_target = lookup(tree, ("clustering_data", "target_variable")) is not None
    for path, name in _used(tree):
        if name in MEASURED_ON_DEMAND:
            yield from _validated(tree, path)
        elif name not in metrics:
            continue
        elif metrics[name].kind == "external" and not has_target:
            yield Problem(path, "it compares with a known grouping; set clustering_data.target_variable, or leave it out")
        elif is_chosen and name not in computed:
            listed = ", ".join(str(item) for item in computed) or "nothing"
            yield Problem(path, f"it is not computed: evaluation_configuration.evaluation_metrics holds {listed}; add it there")


def _validated(tree: Tree, path: KeyPath) -> Iterator[Problem]:
    if lookup(tree, (SECTION, "validate")) is not True:
        yield Problem(path, "it is measured for every trial only with sweep_configuration.validate: true; set that, or leave it out")
    elif lookup(tree, ("evaluation_configuration", "cross_validation")) is False:
        yield Problem(path, "it is not measured without evaluation_configuration.cross_validation; set that to true, or leave it out")


def _distance(tree: Tree) -> Iterator[Problem]:
    """Refuse metrics that the distance has not, where it is the same in every trial: bounds are the trial's own, ranks rank_space's."""
    own = (_own_distance(tree), "preprocessing_configuration.categorical")
    has_reference = isinstance(lookup(tree, (SECTION, "rank_space")), dict)
    ranked = (text_at(tree, SECTION, "rank_space", "categorical"), "rank_space.categorical") if has_reference else own
    metrics = registries.metrics()
    able = ", ".join(name for name, spec in metrics.items() if spec.kind == "internal" and "euclidean" not in spec.needs)
    for path, name in _used(tree):
        categorical, where = ranked if path[1] == "rank_by" else own
        if categorical == "gower" and name in metrics and "euclidean" in metrics[name].needs:
            yield Problem(path, f"it needs euclidean distances, and {where} is gower; of the internal metrics take {able}")


def _own_distance(tree: Tree) -> str | None:
    """Return how categories are dealt with in all trials; None: it is not given, or differs."""
    if any(path.split(".")[0] == "preprocessing_configuration" for _, path in swept_paths(tree)):
        return None
    return text_at(tree, "preprocessing_configuration", "categorical")


def _rank_space(tree: Tree) -> Iterator[Problem]:
    section = lookup(tree, (SECTION, "rank_space"))
    if lookup(section, ("n_components",)) is not None and lookup(section, ("dimensionality_reduction",)) in (None, "none"):
        text = "it needs a dimensionality_reduction (pca, umap or tsne), which is none; set one, or leave n_components out"
        yield Problem((SECTION, "rank_space", "n_components"), text)


def is_sweep(tree: Tree) -> bool:
    """Tell whether there is anything to sweep over: a grid, a list or random draws."""
    return any(lookup(tree, (SECTION, name)) for name in ("grid", "list", "random"))


RULES: tuple[Callable[[Tree], Iterator[Problem]], ...] = (_paths, _rank_by, _constraints, _measured, _distance, _rank_space)
