"""Numbers, shares and names as a person would write them. Names are data: shown, never interpreted."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

LONGEST_NAME = 60
# Characters that change the direction of the text around them.
BIDIRECTIONAL = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def number(value: float) -> str:
    """Return three significant digits: `89.2`, `0.00312`, `1,230`, `2.5e+09`; whole numbers below a million in full."""
    if not math.isfinite(value):
        return "unknown"
    if value == 0:
        return "0"
    size = abs(value)
    if size < 1e-4 or size >= 1e9:
        return f"{value:.3g}"
    if size >= 999.5:
        return f"{value:,.0f}"
    decimals = max(0, 2 - math.floor(math.log10(size)))
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def pair(first: float, second: float) -> tuple[str, str]:
    """Return two numbers with as many digits as it takes to tell them apart, up to nine significant ones."""
    a, b = number(first), number(second)
    digits = 4
    while a == b and first != second and digits < 10:
        a, b = f"{first:.{digits}g}", f"{second:.{digits}g}"
        digits += 1
    return a, b


def percent(share: float) -> str:
    """Return a share in percent: `92 %`, `0.4 %`; never 0 % or 100 % of what is not none or all."""
    if share in (0, 1):
        return f"{share * 100:.0f} %"
    if share < 0.001:
        return "under 0.1 %"
    if share > 0.999:
        return "over 99.9 %"
    return f"{share * 100:.0f} %" if 0.01 <= share <= 0.99 else f"{share * 100:.1f} %"


def joined(names: Sequence[str], most: int = 10) -> str:
    """Return `a`, `a and b`, `a, b and c`; of more than `most` the first, and how many more."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most:,} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def plain(name: str) -> str:
    """Return a name or category on one line: control and direction characters escaped, cut at 60 characters, `''` when empty."""
    if not name.strip():
        return repr(name)
    shown = printable(name)
    return shown if len(shown) <= LONGEST_NAME else shown[: LONGEST_NAME - 1] + "…"


def printable(text: str, kept: str = "") -> str:
    """Return text with control and direction characters escaped, but for those in `kept`; nothing is cut."""
    return "".join(character if character in kept else _visible(character) for character in text)


def _visible(character: str) -> str:
    if character in BIDIRECTIONAL or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp"):
        return character.encode("unicode_escape").decode("ascii")
    return character
