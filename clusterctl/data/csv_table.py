"""CSV: pandas' C engine on the file itself, with everything caught that it would misread in silence."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clusterctl.data.csv_checks import check_no_short_rows
from clusterctl.data.csv_head import Head, read_head
from clusterctl.data.csv_parse import parse_csv, parse_texts
from clusterctl.data.digest import Digest, scan_text
from clusterctl.data.digit_groups import are_dates, grouping_faults
from clusterctl.data.missing import numeric_na, text_na
from clusterctl.data.settings import ReadOptions
from clusterctl.data.table import Fetched, Parsed
from clusterctl.data.text_encoding import nul_byte
from clusterctl.data.text_numbers import leading_zeros, looks_numeric, number_faults
from clusterctl.kernels.threads import parallel
from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    import pandas as pd

_WHOLE = re.compile(r"\s*[+-]?[0-9]+\s*")
_BOOLEAN = frozenset({"True", "TRUE", "true", "False", "FALSE", "false"})


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the head says of the columns: those read as text, those whose values must stay as written, those that may hold whole numbers.

    dates: those of the verbatim columns that are dates, from which the thousands mark must not be taken out.
    """

    text: frozenset[str]
    verbatim: frozenset[str]
    dates: frozenset[str]
    whole: frozenset[str]


def read_csv(fetched: Fetched, options: ReadOptions, verbatim: frozenset[str]) -> tuple[Parsed, str]:
    """Read a CSV file; returns the table and the SHA-256 of the file.

    Numbers are parsed once, in place; the bytes are hashed and scanned beside that and never held. Only columns that turn out to be
    text after the first 64 KiB, or whole numbers in a file where some field begins with a zero, are read a second time.
    `verbatim` columns (ids) are kept as they are written. Columns with leading zeros too, with a caution.
    Raises DataLoadError as `read_head` does, and for rows longer or shorter than the header, NUL bytes, a quote that is never closed.
    """
    head = read_head(fetched, options)
    plan = _plan(head, options, verbatim)
    digest, frame = _scan_and_parse(fetched, options, head, plan)
    wide = head.encoding.startswith(("utf-16", "utf-32"))  # the scan of bytes says nothing there
    if digest.nul_offset is not None and not wide:
        raise nul_byte(fetched, digest.nul_offset)
    if len(head.names) > 1 and len(frame) and frame.iloc[:, -1].isna().any():
        check_no_short_rows(fetched, head)
    padded = set(plan.verbatim - verbatim - plan.dates)
    if digest.leading_zeros or wide:
        padded |= _restore_leading_zeros(frame, plan, fetched, options, head)
    late_dates = _restore_late_dates(frame, fetched, options, head)
    _restore_texts(frame, plan, fetched, options, head)
    faults = number_faults(frame, fetched.shown, options.decimal, skip=padded | verbatim | plan.dates | late_dates)
    parsed = [str(name) for name, dtype in frame.dtypes.items() if dtype.kind in "iuf"]
    faults = grouping_faults(head, parsed, options, fetched.shown) | faults
    return Parsed(frame, faults=faults, cautions=_padded_caution(head, padded)), digest.sha256


def _plan(head: Head, options: ReadOptions, verbatim: frozenset[str]) -> _Plan:
    missing = numeric_na(options.na_values)
    kept = set(verbatim & set(head.names))
    text: set[str] = set()
    dates: set[str] = set()
    whole: set[str] = set()
    for position, name in enumerate(head.names):
        if name in kept:
            continue
        values = {value for value in head.texts(position) if value.strip() not in missing}
        if options.thousands and are_dates(values):
            dates.add(name)
        elif all(_WHOLE.fullmatch(value) for value in values):
            (kept if leading_zeros(values) else whole).add(name)
        elif not values <= _BOOLEAN and not all(looks_numeric(value, options.decimal, options.thousands) for value in values):
            text.add(name)
    return _Plan(frozenset(text), frozenset(kept | dates), frozenset(dates), frozenset(whole))


def _scan_and_parse(fetched: Fetched, options: ReadOptions, head: Head, plan: _Plan) -> tuple[Digest, pd.DataFrame]:
    """Hash and parse side by side: both read the file once, and neither holds the interpreter for long."""

    def scan() -> Digest:
        return scan_text(fetched.path, head.separator, bool(plan.whole))

    def parse() -> pd.DataFrame:
        return parse_csv(fetched, options, head, _parser_settings(options, head, plan))

    jobs: tuple[Callable[[], Any], ...] = (scan, parse)
    digest, frame = parallel(lambda job: job(), jobs, n_jobs=2)
    return digest, frame


def _parser_settings(options: ReadOptions, head: Head, plan: _Plan) -> dict[str, Any]:
    numeric = sorted(numeric_na(options.na_values))
    as_text = plan.text | plan.verbatim
    if not as_text:
        return {"na_values": numeric}
    text = sorted(text_na(options.na_values))
    return {"na_values": {name: text if name in as_text else numeric for name in head.names}, "dtype": dict.fromkeys(plan.verbatim, "str")}


def _restore_texts(frame: pd.DataFrame, plan: _Plan, fetched: Fetched, options: ReadOptions, head: Head) -> None:
    """Read columns again that are text only after the head, so that `NA` was taken for missing, or that pandas gave as mixed objects.

    Types are inferred piece by piece: in a piece of text that looks like numbers, 1.50 and 007 have lost their spelling.
    """
    import pandas as pd

    again = []
    for name, dtype in zip(head.names, frame.dtypes, strict=True):
        if dtype.kind != "O" or name in plan.verbatim or (name in plan.text and isinstance(dtype, pd.StringDtype)):
            continue
        known = frame[name].dropna()
        if len(known) and set(known.map(type)) == {bool}:
            frame[name] = frame[name].where(frame[name].notna(), None)
        else:
            again.append(name)
    if again:
        texts = parse_texts(fetched, options, head, again)
        for name in again:
            frame[name] = texts[name]


def _restore_late_dates(frame: pd.DataFrame, fetched: Fetched, options: ReadOptions, head: Head) -> set[str]:
    """Read numeric columns without a value in the head again; keep as text those that are dates. Returns their names."""
    missing = numeric_na(options.na_values)
    names = [
        name
        for position, name in enumerate(head.names)
        if options.thousands and frame[name].dtype.kind in "iuf" and all(value.strip() in missing for value in head.texts(position))
    ]
    if not names:
        return set()
    texts = parse_texts(fetched, options, head, names)
    dates = {name for name in names if are_dates([value for value in texts[name].dropna() if value.strip() not in missing])}
    for name in dates:
        frame[name] = texts[name]
    return dates


def _restore_leading_zeros(frame: pd.DataFrame, plan: _Plan, fetched: Fetched, options: ReadOptions, head: Head) -> set[str]:
    """Read whole-number columns again as text; keep as text those in which some value begins with a zero. Returns their names."""
    names = [name for name in head.names if name in plan.whole and frame[name].dtype.kind in "iuf"]
    if not names:
        return set()
    texts = parse_texts(fetched, options, head, names)
    padded = {name for name in names if _has_leading_zeros(texts[name])}
    for name in padded:
        frame[name] = texts[name]
    return padded


def _has_leading_zeros(texts: pd.Series) -> bool:
    """Tell whether all known values are whole numbers and some begin with a zero."""
    import pyarrow as pa
    import pyarrow.compute as pc

    values = pa.array(texts, type=pa.large_string(), from_pandas=True)
    padded = pc.match_substring_regex(values, r"^\s*[+-]?0[0-9]+\s*$")
    if not pc.any(padded).as_py():
        return False
    whole = pc.or_(
        pc.match_substring_regex(values, r"^\s*[+-]?[0-9]+\s*$"), pc.is_in(values, pa.array(sorted(numeric_na(None)), pa.large_string()))
    )
    return bool(pc.all(whole).as_py())


def _padded_caution(head: Head, padded: set[str]) -> tuple[Caution, ...]:
    names = [repr(name) for name in head.names if name in padded]
    if not names:
        return ()
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return (
        Caution("leading_zeros", f"{shown}: values such as 007 were kept as text, not read as numbers, because of their leading zeros."),
    )
