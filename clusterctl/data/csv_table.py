"""CSV: pandas' C engine on the file itself, with everything caught that it would misread in silence."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clusterctl.data.csv_head import Head, read_head, wrong_length
from clusterctl.data.digest import Digest, scan_text
from clusterctl.data.missing import numeric_na, text_na
from clusterctl.data.settings import ReadOptions
from clusterctl.data.table import Fetched, Parsed
from clusterctl.data.text_encoding import nul_byte, wrong_encoding
from clusterctl.data.text_numbers import leading_zeros, looks_numeric, number_faults
from clusterctl.errors import DataLoadError
from clusterctl.kernels.threads import parallel
from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    import pandas as pd

_WHOLE = re.compile(r"\s*[+-]?[0-9]+\s*")
_BOOLEAN = frozenset({"True", "TRUE", "true", "False", "FALSE", "false"})


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the head says of the columns: those read as text, those whose values must stay as written, those that may hold whole numbers."""

    text: frozenset[str]
    verbatim: frozenset[str]
    whole: frozenset[str]


def read_csv(fetched: Fetched, options: ReadOptions, verbatim: frozenset[str]) -> tuple[Parsed, str]:
    """Read a CSV file; returns the table and the SHA-256 of the file.

    `verbatim` columns (ids) are kept as they are written. Columns with leading zeros too, with a caution.
    Raises DataLoadError as `read_head` does, and for rows longer or shorter than the header, NUL bytes, a quote that is never closed.
    """
    head = read_head(fetched, options)
    plan = _plan(head, options, verbatim)
    jobs = (lambda: scan_text(fetched.path, head.separator, bool(plan.whole)), lambda: _read(fetched, options, head, plan))
    scanned, read = parallel(lambda job: job(), jobs, n_jobs=2)
    assert isinstance(scanned, Digest)
    if scanned.nul_offset is not None and not head.encoding.startswith(("utf-16", "utf-32")):
        raise nul_byte(fetched, scanned.nul_offset)
    frame, changed = read
    if len(head.names) > 1 and len(frame) and frame.iloc[:, -1].isna().any():
        _check_short_rows(fetched, head)
    padded = set(plan.verbatim - verbatim)
    if scanned.leading_zeros:
        padded |= _restore_leading_zeros(frame, plan, fetched, options, head)
    _restore_text(frame, [name for name in changed if name not in padded], fetched, options, head)
    faults = number_faults(frame, fetched.shown, options.decimal, skip=padded | verbatim)
    return Parsed(frame, faults=faults, cautions=_padded_caution(head, padded)), scanned.sha256


def _plan(head: Head, options: ReadOptions, verbatim: frozenset[str]) -> _Plan:
    missing = numeric_na(options.na_values)
    text, whole, kept = set(), set(), set(verbatim & set(head.names))
    for position, name in enumerate(head.names):
        if name in kept:
            continue
        values = {value for value in head.texts(position) if value.strip() not in missing}
        if all(_WHOLE.fullmatch(value) for value in values):
            (kept if leading_zeros(values) else whole).add(name)
        elif not all(looks_numeric(value, options.decimal, options.thousands) for value in values) and not values <= _BOOLEAN:
            text.add(name)
    return _Plan(frozenset(text), frozenset(kept), frozenset(whole))


def _read(fetched: Fetched, options: ReadOptions, head: Head, plan: _Plan) -> tuple[pd.DataFrame, list[str]]:
    """Return the frame and the columns that turned out to be text only after the head."""
    settings: dict[str, Any] = {"na_values": sorted(numeric_na(options.na_values))}
    as_text = plan.text | plan.verbatim
    if as_text:
        both = {True: sorted(text_na(options.na_values)), False: settings["na_values"]}
        settings["na_values"] = {name: both[name in as_text] for name in head.names}
    if plan.verbatim:
        settings["dtype"] = dict.fromkeys(plan.verbatim, "str")
    frame = _call_pandas(fetched, options, head, settings)
    late = [name for name, dtype in zip(head.names, frame.dtypes, strict=True) if name not in as_text and dtype.kind == "O"]
    return frame, late


def _call_pandas(fetched: Fetched, options: ReadOptions, head: Head, settings: dict[str, Any]) -> pd.DataFrame:
    import pandas as pd

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pd.errors.DtypeWarning)  # such columns are read again as text
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame: pd.DataFrame = pd.read_csv(
                str(fetched.path.absolute()),
                sep=head.separator,
                decimal=options.decimal,
                thousands=options.thousands,
                encoding=head.encoding,
                compression=None,
                index_col=False,
                keep_default_na=False,
                **settings,
            )
    except pd.errors.ParserWarning:
        raise wrong_length(fetched, 1, len(head.names) + 1, len(head.names)) from None
    except pd.errors.EmptyDataError:
        raise DataLoadError(f"{fetched.shown}: the file is empty", hint="a table needs a header line and at least two rows") from None
    except pd.errors.ParserError as error:
        raise _parser_error(fetched, str(error)) from None
    except UnicodeDecodeError as error:
        raise wrong_encoding(fetched, head.encoding, error) from None
    return frame


def _parser_error(fetched: Fetched, text: str) -> DataLoadError:
    if found := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", text):
        expected, line, seen = (int(group) for group in found.groups())
        return DataLoadError(
            f"{fetched.shown}: line {line} has {seen} fields, but there are {expected} column names",
            hint="quote fields that hold the separator, or set read_options.separator and decimal",
        )
    if found := re.search(r"EOF inside string starting at row (\d+)", text):
        return DataLoadError(
            f'{fetched.shown}: a quote (") opened in row {int(found[1])} is never closed',
            hint="close it, or double it where it is meant as a character",
        )
    return DataLoadError(f"{fetched.shown}: not readable as CSV: {text.strip()}", hint="is it a text table?")


def _check_short_rows(fetched: Fetched, head: Head) -> None:
    """Raise for rows with fewer fields than the header: pandas fills them up with missing values and says nothing."""
    import pyarrow as pa
    from pyarrow import csv

    found: list[tuple[int, int]] = []

    def note(row: Any) -> str:
        found.append((row.number or 0, row.actual_columns))
        return "skip"

    try:
        reader = csv.open_csv(
            str(fetched.path),
            read_options=csv.ReadOptions(use_threads=False, encoding=head.encoding.removesuffix("-sig")),
            parse_options=csv.ParseOptions(delimiter=head.separator, newlines_in_values=True, invalid_row_handler=note),
            convert_options=csv.ConvertOptions(include_columns=[], check_utf8=False),
        )
        for _ in reader:
            pass
    except pa.ArrowInvalid as error:
        raise DataLoadError(f"{fetched.shown}: not readable as CSV: {error}", hint="is it a text table?") from None
    if found:
        number, n_fields = found[0]
        error = wrong_length(fetched, max(number - 1, 1), n_fields, len(head.names))
        more = f" ({len(found)} such rows in all)" if len(found) > 1 else ""
        raise DataLoadError(error.message + more, hint=error.hint)


def _restore_text(frame: pd.DataFrame, names: list[str], fetched: Fetched, options: ReadOptions, head: Head) -> None:
    """Read columns again as text that pandas gave as objects or with `NA` as missing (booleans with gaps stay as they are)."""
    again = []
    for name in names:
        known = frame[name].dropna()
        if known.map(type).eq(bool).all() and len(known):
            frame[name] = frame[name].where(frame[name].notna(), None)
        else:
            again.append(name)
    if again:
        texts = _read_texts(fetched, options, head, again)
        for name in again:
            frame[name] = texts[name]


def _read_texts(fetched: Fetched, options: ReadOptions, head: Head, names: list[str]) -> pd.DataFrame:
    settings = {"usecols": names, "dtype": "str", "na_values": sorted(text_na(options.na_values))}
    return _call_pandas(fetched, options, head, settings)


def _restore_leading_zeros(frame: pd.DataFrame, plan: _Plan, fetched: Fetched, options: ReadOptions, head: Head) -> set[str]:
    """Read whole-number columns again as text; keep as text those in which some value begins with a zero. Returns their names."""
    names = [name for name in head.names if name in plan.whole and frame[name].dtype.kind in "iuf"]
    if not names:
        return set()
    texts = _read_texts(fetched, options, head, names)
    padded = {name for name in names if bool(texts[name].str.fullmatch(r"\s*[+-]?0[0-9]+\s*").fillna(False).any())}
    for name in padded:
        frame[name] = texts[name]
    return padded


def _padded_caution(head: Head, padded: set[str]) -> tuple[Caution, ...]:
    names = [repr(name) for name in head.names if name in padded]
    if not names:
        return ()
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return (
        Caution("leading_zeros", f"{shown}: values such as 007 were kept as text, not read as numbers, because of their leading zeros."),
    )
