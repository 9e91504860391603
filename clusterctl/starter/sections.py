"""The sections of a first config, each with what is worth showing beside what is set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.config.environment import escape
from clusterctl.starter.choices import Choice, counted, named, number, short
from clusterctl.starter.text import Entry, Listed, Section

if TYPE_CHECKING:
    from clusterctl.data.facts import ColumnFacts
    from clusterctl.data.personal import PersonalColumn
    from clusterctl.data.settings import ClusteringData
    from clusterctl.starter.algorithm import Chosen
    from clusterctl.starter.roles import Roles
    from clusterctl.starter.uses import Use

A_LINE_EACH = 25
"""Features are listed with a line each up to this many, …"""
IN_ROWS = 100
"""… side by side up to this many, and of more only where `run` would choose others."""
N_LEFT_OUT = 8


@dataclass(frozen=True, slots=True)
class Source:
    """Where the table is, as it is written for a config in its folder. given: keys of `clustering_data` that the user named."""

    text: str
    why: str
    given: Mapping[str, Any]


def data_section(source: Source, settings: ClusteringData, roles: Roles, facts: Mapping[str, ColumnFacts]) -> Section:
    """Return `clustering_data`: the source, the features with what they hold, id and target, and what is left out."""
    entries = [Entry("data_source", source.text, source.why)]
    own = {"features", "id_column", "target_variable"}
    entries += [Entry(key, value) for key, value in source.given.items() if key not in own]
    entries += _id_entries(settings, roles)
    entries += _target_entries(settings, roles, facts)
    entries += _feature_entries(roles, facts)
    entries += _left_out_entries(roles.left_out)
    return Section("clustering_data", tuple(entries))


def _id_entries(settings: ClusteringData, roles: Roles) -> list[Entry]:
    if roles.id_name is not None:
        why = "as you said" if settings.id_column is not None else "every value is different, and the name says id: names the rows"
        return [Entry("id_column", escape(roles.id_name), why)]
    if roles.maybe_ids:
        why = f"every value is different in {named(roles.maybe_ids)}: as id_column it would name the rows in the results"
        return [Entry("id_column", escape(roles.maybe_ids[0]), why, off=True)]
    return [Entry("", why="no column names the rows: sample_id will be the row number, from 0")]


def _target_entries(settings: ClusteringData, roles: Roles, facts: Mapping[str, ColumnFacts]) -> list[Entry]:
    entries = []
    if roles.target_name is not None and settings.target_variable is not None:
        entries.append(Entry("target_variable", escape(roles.target_name), "as you said: never clustered on"))
    elif roles.target_name is not None:
        why = (
            f"by its name a known grouping ({_held(facts[roles.target_name])}): not clustered on, only compared with; "
            "to cluster on it, take this line out and list it under features"
        )
        entries.append(Entry("target_variable", escape(roles.target_name), why))
    for name in roles.maybe_targets:
        why = f"{short(name)} is clustered on, though its name says that it is what is known: if so, set this and take it out of features"
        entries.append(Entry("target_variable", escape(name), why, off=True))
    return entries[:1]


def _feature_entries(roles: Roles, facts: Mapping[str, ColumnFacts]) -> list[Entry]:
    n_features = len(roles.features)
    if n_features > IN_ROWS and roles.implied:
        why = f"features: all {counted(n_features, 'usable column')} but id and target are clustered on; list names to choose"
        return [Entry("", why=why)]
    names = [escape(name) for name in roles.features]
    if n_features > A_LINE_EACH:
        return [Entry("features", names, f"{n_features:,} columns; take out what should not count")]
    items = tuple((name, _held(facts[feature])) for name, feature in zip(names, roles.features, strict=True))
    return [Entry("features", Listed(items), "take out what should not count")]


def _held(fact: ColumnFacts) -> str:
    """Say what a column holds."""
    if fact.kind == "numeric":
        told = f"{number(fact.low)} to {number(fact.high)}" if fact.low is not None and fact.high is not None else "numbers"
    elif fact.levels:
        told = ", ".join(short(level, 24) for level in fact.levels)
    elif fact.kind == "text":
        told = f"free text, {fact.n_distinct or 0:,} different"
    else:
        told = f"{fact.n_distinct or 0:,} values"
    return told + (f"; {fact.n_missing:,} missing" if fact.n_missing else "")


def _left_out_entries(left_out: Mapping[str, str]) -> list[Entry]:
    """Return a comment a reason, with the columns that it is about."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in left_out.items():
        by_reason.setdefault(reason, []).append(name)
    lines = [f"left out: {named(names)} ({short(reason, 300)})" for reason, names in by_reason.items()]
    more = [f"and {len(lines) - N_LEFT_OUT} more columns are left out: clusterctl init --json lists all"] if lines[N_LEFT_OUT:] else []
    return [Entry("", why=line) for line in [*lines[:N_LEFT_OUT], *more]]


def clustering_section(chosen: Chosen, n_rows: int) -> Section:
    """Return `clustering_configuration`: the algorithm and its settings."""
    candidate = chosen.candidate
    spec = ALGORITHMS[candidate.algorithm]
    why = candidate.why + (f" ({chosen.passed_over})" if chosen.passed_over else "")
    entries = [Entry("algorithm", candidate.algorithm, why)]
    parameters = dict(candidate.parameters(n_rows))
    if parameters:
        entries.append(Entry("parameters", parameters, candidate.parameters_why))
    if candidate.n_clusters is not None:
        entries.append(Entry("n_clusters", candidate.n_clusters, candidate.n_clusters_why))
    if spec.uses_random_state:
        entries.append(Entry("random_state", 0, "seed: the same seed gives the same clusters"))
    others = ", ".join(name for name in ALGORITHMS if name != candidate.algorithm)
    entries.append(Entry("", why=f"others: {others}"))
    return Section("clustering_configuration", tuple(entries))


def preparation_section(choices: Mapping[str, Choice]) -> Section:
    """Return `preprocessing_configuration`."""
    entries = [Entry(key, choice.value, choice.why) for key, choice in choices.items()]
    if choices["dimensionality_reduction"].value == "pca":
        entries.append(Entry("n_components", 2, "a number in place of 95 % of the variance", off=True))
    return Section("preprocessing_configuration", tuple(entries))


def evaluation_section(n_rows: int) -> Section:
    """Return `evaluation_configuration`, commented out: what a result must keep is for the user to say."""
    gates = {"silhouette_score": {"min": 0.25}, "smallest_cluster": {"min": max(2, n_rows // 100)}}
    entries = (
        Entry("gates", gates, "bounds that make `run` exit 10, for pipelines"),
        Entry("cross_validation", True, "false: skips looking whether clusters are found again on resamples"),
    )
    return Section("evaluation_configuration", entries, off=True)


def visualization_section() -> Section:
    """Return `visualization_configuration`, commented out."""
    plots = Entry("plot_types", ["scatter", "heatmap", "pairs", "boxes"], "default: scatter, silhouette, dendrogram, heatmap")
    return Section("visualization_configuration", (plots,), off=True)


def output_section(use: Use, name: str, columns: Sequence[str]) -> Section:
    """Return `output`; the input's own columns are written with their clusters where the use asks for it and no name is taken."""
    directory = Entry("directory", f"runs/{name}", "the default, under the current folder", off=True)
    table = "also the input's own columns, with cluster_id and confidence"
    wanted = use.table and not {"cluster_id", "confidence"} & set(columns)
    if wanted:
        return Section("output", (Entry("table", "csv", table), directory))
    return Section("output", (directory, Entry("table", "csv", table)), off=True)


def privacy_section(personal: Sequence[PersonalColumn], roles: Roles) -> Section | None:
    """Return `privacy` for the columns that look like personal data, as lines to take in; None: none could be hashed or dropped."""
    entries = []
    has_part = {roles.id_name, roles.target_name, *roles.features}
    others = [column for column in personal if column.name not in has_part]
    if others:
        told = "; ".join(f"{short(column.name)} looks like {column.looks_like}" for column in others[:5])
        entries.append(Entry("drop", [column.name for column in others], f"{told}: taken out before anything looks at them"))
    if roles.id_name in {column.name for column in personal}:
        entries.append(Entry("hash", [roles.id_name], "ids as keyed hashes; the key is read from CLUSTERCTL_HASH_KEY"))
    return Section("privacy", tuple(entries), "what may be told of people", off=True) if entries else None


def sweep_section(chosen: Chosen, n_rows: int) -> Section:
    """Return `sweep_configuration`, commented out: what could be tried around the settings chosen."""
    candidate = chosen.candidate
    if candidate.n_clusters is not None:
        grid: dict[str, list[Any]] = {"clustering_configuration.n_clusters": [2, 3, 4, 5, 6, 8]}
    else:
        sizes = {key: sorted({max(2, value // 2), value, 2 * value}) for key, value in candidate.parameters(n_rows).items()}
        grid = {f"clustering_configuration.parameters.{key}": values for key, values in sizes.items()}
    return Section("sweep_configuration", (Entry("grid", grid),), "what `clusterctl sweep` tries", off=True)
