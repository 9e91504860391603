"""Tell whether a text is one statement that only reads."""

from __future__ import annotations

import re

from clusterctl.errors import ConfigError

_PASSIVE = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/", re.S)
_WRITING = re.compile(
    r"\b(insert|update|delete|merge|drop|alter|create|truncate|grant|revoke|attach|detach|pragma|copy|call|execute|into|vacuum|lock)\b",
    re.I,
)


def check_query(query: str) -> str:
    """Return the statement without a closing semicolon; ConfigError unless it is one SELECT or WITH that writes nothing.

    Quoted texts, quoted names and comments are not looked into. This catches mistakes; what protects a database is an account that may
    only read.
    """
    bare = _PASSIVE.sub(" ", query).strip()
    where = "clustering_data.read_options.query"
    if bare.endswith(";"):
        bare = bare[:-1].rstrip()
        query = query.rstrip()
        query = query[: query.rindex(";")] + query[query.rindex(";") + 1 :]
    if not re.match(r"\(*\s*(select|with|values|table)\b", bare, re.I):
        raise ConfigError(f"{where}: not a SELECT statement", hint="one SELECT (or WITH … SELECT); its rows are the table")
    if ";" in bare:
        raise ConfigError(f"{where}: more than one statement", hint="one SELECT (or WITH … SELECT); its rows are the table")
    if found := _WRITING.search(bare):
        raise ConfigError(
            f"{where}: {found[0].upper()} writes, or may write", hint="only reading is allowed; quote a name that is spelled like this"
        )
    return query


def is_ordered(query: str) -> bool:
    """Tell whether the statement fixes the order of its rows."""
    return re.search(r"\border\s+by\b", _PASSIVE.sub(" ", query), re.I) is not None
