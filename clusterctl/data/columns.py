"""What each column holds, and which are clustered on when nobody says."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TYPE_CHECKING

from clusterctl.data.precision import beyond_exact
from clusterctl.values.dataset import ColumnKind

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

TEXT_DISTINCT = 50
"""Free text has more distinct values than this …"""
TEXT_WORDS = 3
"""… of at least this many words on average."""
ID_ROWS = 20
"""Whole numbers are taken for ids only from this many rows on: in fewer, being all distinct says little."""
_SAMPLE = 500
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp][Mm])?"
_DAY = "|".join(
    (
        r"\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?",
        r"\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})",
        r"\d{1,2}[ -][A-Za-z]{3,9}\.?,?[ -]\d{2,4}",
        r"[A-Za-z]{3,9}\.? \d{1,2},? \d{4}",
    )
)
_DATE = rf"\s*(?:(?:{_DAY})(?:[T ,]+{_CLOCK}\s*(?:Z|UTC|[+-]\d{{2}}:?\d{{2}})?)?|{_CLOCK})\s*"


def kinds_of(frame: pd.DataFrame) -> dict[str, ColumnKind]:
    """Return what each column holds; `unusable`: no value at all, or values that are no plain ones."""
    return {str(name): _kind(values) for name, values in frame.items()}


def _kind(values: pd.Series) -> ColumnKind:
    code = values.dtype.kind
    if code == "b":
        return "boolean"
    if code in "iu":
        return "numeric"
    if code == "f":
        return "numeric" if _has_number(values.to_numpy()) else "unusable"
    if code in "mM":
        return "date" if code == "M" and values.notna().any() else "unusable"
    return _kind_of_text(values)


def _has_number(numbers: np.ndarray) -> bool:
    import numpy as np

    return not np.isnan(numbers[:_SAMPLE]).all() or not np.isnan(numbers).all()


def _kind_of_text(values: pd.Series) -> ColumnKind:
    known = values.dropna()
    if known.empty:
        return "unusable"
    if values.dtype == object:
        kinds = set(known.map(type))
        if kinds == {bool}:
            return "boolean"
        if kinds != {str}:
            return "unusable"
    return _kind_of_strings(known)


def _kind_of_strings(known: pd.Series) -> ColumnKind:
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pa.array(known, type=pa.large_string())
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    if all(pc.all(pc.match_substring_regex(part, f"^(?:{_DATE})$")).as_py() for part in (texts[:_SAMPLE], texts)):
        return "date"
    if pc.count_distinct(texts).as_py() <= TEXT_DISTINCT:
        return "categorical"
    at_most = 1 + sum(pc.mean(pc.count_substring(texts, blank)).as_py() for blank in " \t\n\f\r")  # cheap, and never too low
    many = at_most >= TEXT_WORDS and pc.mean(pc.count_substring_regex(texts, r"\S+")).as_py() >= TEXT_WORDS
    return "text" if many else "categorical"


def reason_against(values: pd.Series, kind: ColumnKind, use_text: bool) -> str | None:
    """Return why a column cannot be clustered on, None if it can."""
    if kind == "unusable":
        return "has no values" if not values.notna().any() else "holds values that are neither numbers, booleans nor text"
    if kind == "date":
        return "holds dates or times; a number made of them (an age, a month) can be used"
    if kind == "text" and not use_text:
        return "holds free text; preprocessing_configuration.text: tfidf uses it"
    if not _constant(values):
        return None
    if values.dtype.kind in "iu" and beyond_exact(values.to_numpy()) and values.nunique() > 1:
        return "is constant: its whole numbers differ only in digits beyond the 53 bits that distances are computed with"
    return "is constant"


def looks_like_id(values: pd.Series, kind: ColumnKind) -> bool:
    """Tell whether a column names its rows: no value missing, all distinct, and text or (from 20 rows on) whole numbers."""
    if kind == "numeric":
        if values.dtype.kind == "f" or len(values) < ID_ROWS or len(set(values.to_numpy()[:_SAMPLE].tolist())) < min(len(values), _SAMPLE):
            return False
    elif kind != "categorical" or values.head(_SAMPLE).duplicated().any() or values.isna().any():
        return False
    return bool(values.is_unique)


def _constant(values: pd.Series) -> bool:
    """Tell whether all known values are the same."""
    import numpy as np

    if values.dtype.kind not in "iufb":
        known = values.dropna()
        return known.head(_SAMPLE).nunique() <= 1 and known.nunique() <= 1
    numbers = values.to_numpy()
    if beyond_exact(numbers):
        numbers = numbers.astype(np.float64)
    for part in (numbers[:_SAMPLE], numbers):
        present = part[~np.isnan(part)] if numbers.dtype.kind == "f" else part
        if len(present) and (present != present[0]).any():
            return False
    return True


def choose(
    frame: pd.DataFrame, kinds: Mapping[str, ColumnKind], taken: Set[str], suspect: Set[str], use_text: bool
) -> tuple[list[str], dict[str, str]]:
    """Return every usable column but those `taken` (id, target), and the reasons against the others.

    Left out: id-like columns, constants, dates, free text (unless `use_text`), columns without a value. A `suspect` column (misread
    numbers) is never taken for an id: that would hide what is wrong with it.
    """
    chosen: list[str] = []
    against: dict[str, str] = {}
    for label, values in frame.items():
        name = str(label)
        if name in taken:
            continue
        reason = reason_against(values, kinds[name], use_text)
        if reason is None and name not in suspect and looks_like_id(values, kinds[name]):
            reason = "looks like an id: every value is different"
        if reason is None:
            chosen.append(name)
        else:
            against[name] = reason
    return chosen, against
