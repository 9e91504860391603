"""Which texts mean missing."""

from __future__ import annotations

NUMERIC_NA = frozenset(
    {
        "",
        "#N/A",
        "#N/A N/A",
        "#NA",
        "-1.#IND",
        "-1.#QNAN",
        "-NaN",
        "-nan",
        "1.#IND",
        "1.#QNAN",
        "<NA>",
        "N/A",
        "NA",
        "NULL",
        "NaN",
        "None",
        "n/a",
        "nan",
        "null",
    }
)
"""In numeric columns; pandas' own list. In text columns only the empty field is missing: `NA` may be Namibia."""


def text_na(na_values: tuple[str, ...] | None) -> frozenset[str]:
    """Return what is missing in a text column."""
    return frozenset({"", *(na_values or ())})


def numeric_na(na_values: tuple[str, ...] | None) -> frozenset[str]:
    """Return what is missing in a numeric column."""
    return NUMERIC_NA | frozenset(na_values or ())
