"""What a thousands mark must not touch: dates such as 01.01.2024, and numbers it does not group by threes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from clusterctl.data.csv_head import Head
from clusterctl.data.settings import ReadOptions
from clusterctl.errors import DataLoadError

_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?"
_DATE = re.compile(rf"\s*(?:\d{{1,2}}\.\d{{1,2}}\.(?:\d{{4}}|\d{{2}})|\d{{4}}\.\d{{1,2}}\.\d{{1,2}})(?:[T ,]+{_CLOCK})?\s*")


def are_dates(values: Collection[str]) -> bool:
    """Tell whether all values are dates with points; pandas would take the thousands mark out of them and read 01.01.2024 as 1012024."""
    return bool(values) and all(_DATE.fullmatch(value) for value in values)


def grouping_faults(head: Head, names: Iterable[str], options: ReadOptions, shown: str) -> dict[str, DataLoadError]:
    """Return, by column, the error for numbers whose mark does not group three digits: with the mark taken out, 1,5 would be 15."""
    if options.thousands is None:
        return {}
    mark = re.escape(options.thousands)
    number, grouped = re.compile(rf"[+-]?\d+(?:{mark}\d+)+"), re.compile(rf"[+-]?\d{{1,3}}(?:{mark}\d{{3}})+")
    faults = {}
    for name in names:
        for row, value in enumerate(head.texts(head.names.index(name)), start=1):
            whole_part = value.strip().split(options.decimal)[0]
            if number.fullmatch(whole_part) and not grouped.fullmatch(whole_part):
                faults[name] = DataLoadError(
                    f"{shown}: column {name!r}, row {row}: {value[:40]!r} does not group its digits by three",
                    hint="correct clustering_data.read_options.thousands and decimal, or leave the column out of features",
                )
                break
    return faults
