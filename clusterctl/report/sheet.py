"""The style sheet: the page's own, and the colour of each cluster on light and on dark paper, as in the pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files

from clusterctl.plots.style import STYLES, Look, Style, looks_of, readable_on

LEAST_CONTRAST = 3.0
"""W3C's least for parts of a picture that one must see (Web Content Accessibility Guidelines 2.2, 1.4.11)."""


def style_sheet(sizes: Mapping[int, int]) -> str:
    """Return the CSS for a page of these clusters (number → rows). It holds nothing that comes from the data but cluster numbers."""
    own = files("clusterctl.report").joinpath("report.css").read_text(encoding="utf-8")
    light, dark = replace(STYLES["light"], least_contrast=LEAST_CONTRAST), STYLES["dark"]
    return f"{own}{_colours(sizes, light)}@media screen and (prefers-color-scheme: dark) {{\n{_colours(sizes, dark)}}}\n"


def _colours(sizes: Mapping[int, int], style: Style) -> str:
    return "".join(_rules(number, look) for number, look in sorted(looks_of(sizes, style).items()) if look.own)


def _rules(number: int, look: Look) -> str:
    return f".c{number} {{ --own: {look.colour}; --on-own: {readable_on(look.colour)}; }}\n"
