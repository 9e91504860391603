"""A first config for a table, whole: its parts by name, its text, and the same as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clusterctl.data.columns import kinds_of
from clusterctl.data.facts import ColumnFacts, facts_of
from clusterctl.data.load import settle
from clusterctl.data.personal import PersonalColumn, personal_data
from clusterctl.data.roles import check_names
from clusterctl.errors import DataLoadError
from clusterctl.starter.algorithm import Chosen, choose_algorithm
from clusterctl.starter.choices import counted, short
from clusterctl.starter.preparation import preparation, width_of
from clusterctl.starter.roles import Roles, roles_of, use_for
from clusterctl.starter.sections import (
    Source,
    clustering_section,
    data_section,
    evaluation_section,
    output_section,
    preparation_section,
    privacy_section,
    sweep_section,
    visualization_section,
)
from clusterctl.starter.text import Section, text_of, tree_of
from clusterctl.starter.uses import Use
from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    import pandas as pd

    from clusterctl.data.settings import ClusteringData
    from clusterctl.data.table import Table

MOSTLY = 0.5
"""A feature that lacks more than this share of its values is warned of."""
FEW_ROWS = 30
LOOKED_AT = 10_000


@dataclass(frozen=True, slots=True)
class Starter:
    """A first config.

    use, use_why: what it is for, and who said so. facts: of every column that could be read. sections, head: what the text is made of.
    cautions: what the user should know of the table.
    """

    use: Use
    use_why: str
    roles: Roles
    facts: Mapping[str, ColumnFacts]
    chosen: Chosen
    head: tuple[str, ...]
    sections: tuple[Section, ...]
    cautions: tuple[Caution, ...]

    @property
    def text(self) -> str:
        """The config as YAML with a comment beside every choice."""
        return text_of(self.head, self.sections)

    @property
    def tree(self) -> dict[str, Any]:
        """The config as the plain values that the text loads to."""
        return tree_of(self.sections)


def starter_of(table: Table, settings: ClusteringData, source: Source, use: Use | None, config_name: str) -> Starter:
    """Judge the columns of a table and choose for each key of the config. The same table and use give the same text.

    settings: what the user said of the columns. use: None: told from the columns. config_name: the file that the text goes to.
    Raises DataLoadError where the table has fewer than two rows or no column to cluster on, ConfigError where the use does not fit it.
    """
    frame = table.parsed.frame
    if len(frame) < 2:
        raise DataLoadError(
            f"{table.shown}: the table has {'no rows' if frame.empty else 'one row'}", hint="a cluster analysis needs at least two rows"
        )
    facts = facts_of(frame, kinds_of(frame))
    use, use_why = (use, "you named it with --for") if use is not None else use_for(table, facts, settings)
    check_names(settings, table)
    if settings.features is not None:
        settle(table, settings, use_text=use.on == "text")
    roles = roles_of(table, facts, settings, use)
    features = [facts[name] for name in roles.features if name in facts]
    chosen = choose_algorithm(use, len(frame), width_of(features), _n_distinct(frame, features, use))
    choices = preparation(use, chosen.candidate, features, frame, roles.left_out)
    name = config_name.rpartition(".")[0] or config_name
    personal = _personal(frame, roles, copied=use.table)
    private = privacy_section(personal, roles)
    sections = (
        data_section(source, settings, roles, facts),
        clustering_section(chosen, len(frame)),
        preparation_section(choices),
        evaluation_section(len(frame)),
        visualization_section(),
        output_section(use, name, list(facts)),
        *(() if private is None else (private,)),
        sweep_section(chosen, len(frame)),
    )
    cautions = (*_cautions(features, len(frame)), *_personal_cautions(personal, roles))
    head = _head(table, use, use_why, config_name, cautions)
    return Starter(use, use_why, roles, facts, chosen, head, sections, cautions)


def _n_distinct(frame: pd.DataFrame, features: list[ColumnFacts], use: Use) -> int:
    """Return how many of the first rows differ, where the use asks for a fixed number of clusters; else all count."""
    if not any(isinstance(candidate.n_clusters, int) for candidate in use.algorithms):
        return len(frame)
    return len(frame[[fact.name for fact in features]].head(LOOKED_AT).drop_duplicates())


def _personal(frame: pd.DataFrame, roles: Roles, *, copied: bool) -> tuple[PersonalColumn, ...]:
    """Return which columns look like personal data, of those that will reach a result; copied: all do."""
    reached = {*roles.features, roles.id_name, roles.target_name}
    return personal_data(frame, [str(name) for name in frame.columns if copied or name in reached])


def _personal_cautions(personal: Sequence[PersonalColumn], roles: Roles) -> Iterator[Caution]:
    for column in personal:
        told = f"{short(column.name)} looks like {column.looks_like} ({column.why})"
        named = column.name in roles.features or column.name == roles.target_name
        remedy = "take it out" if named else "take the lines under privacy in"
        yield Caution("personal_data", f"{told} and will reach a result: {remedy}, or be sure of it.")


def _cautions(features: list[ColumnFacts], n_rows: int) -> Iterator[Caution]:
    if n_rows < FEW_ROWS:
        yield Caution("few_rows", f"{n_rows} rows are few: what is found in them may be chance.")
    holes = [short(fact.name) for fact in features if fact.n_missing > MOSTLY * n_rows]
    if holes:
        told = ", ".join(holes[:5]) + (f" and {len(holes) - 5} more" if holes[5:] else "")
        yield Caution("mostly_missing", f"More than half of the values are missing in {told}: filling them in makes most rows alike there.")


def _head(table: Table, use: Use, use_why: str, config_name: str, cautions: tuple[Caution, ...]) -> tuple[str, ...]:
    n_columns = len(table.parsed.frame.columns) + len(table.parsed.unread)
    size = f"{counted(len(table.parsed.frame), 'row')}, {counted(n_columns, 'column')}"
    return (
        f"{use.question} A first config for {short(table.shown, 80)} ({size}, all looked at), written by `clusterctl init`.",
        f"Defaults are those of {use.name} ({use_why}). Change what you know better, then: clusterctl run {short(config_name, 80)}",
        *(f"! {caution.message}" for caution in cautions),
    )
