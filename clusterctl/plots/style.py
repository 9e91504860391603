"""How all pictures look: sizes, text, colours that colour-blind people can tell apart, on light paper, dark screens and in print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clusterctl.values.plotdata import PlotData

MOST_CLUSTERS = 30

# Okabe and Ito's colours (2008) without yellow and black, indigo and wine of Paul Tol's "muted" set, and a brown and a violet that
# stay apart from these (13 and more in CIELAB) to normal, deutan and protan eyes.
_BASE = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#332288", "#882255", "#7A3300", "#7C4DFF")
_PLOTLY_MARKERS = {
    "o": "circle",
    "^": "triangle-up",
    "s": "square",
    "D": "diamond",
    "v": "triangle-down",
    "P": "cross",
    "X": "x",
    "*": "star",
    "<": "triangle-left",
    ">": "triangle-right",
}
_SCREEN_MARKERS = ("o",) * 10 + ("^",) * 10 + ("s",) * 10
_PRINT_MARKERS = ("o", "^", "s", "D", "v", "P", "X", "*", "<", ">")
# The second ten are the first ten lighter, the third ten darker; each ten has its own marker as well.
_TINTS = ((0.0, "#ffffff"), (0.42, "#ffffff"), (0.40, "#000000"))


@dataclass(frozen=True, slots=True)
class Style:
    """The look of a picture; sizes in inches, text in points.

    least_contrast: cluster colours are moved away from the paper until their contrast with it is this (W3C's ratio; 1: as they are).
    markers: by the number of the cluster, from the start again where they end.
    """

    width: float = 8.0
    height: float = 5.6
    title_size: float = 12.5
    subtitle_size: float = 8.5
    label_size: float = 9.0
    tick_size: float = 8.0
    ink: str = "#1f2328"
    soft: str = "#59636e"
    rule: str = "#d1d9e0"
    noise: str = "#b9bec5"
    other: str = "#9aa3b2"
    paper: str = "#ffffff"
    empty: str = "#f3f4f6"
    hatch: str = "#c3c9d1"
    least_contrast: float = 1.0
    markers: tuple[str, ...] = _SCREEN_MARKERS

    @property
    def is_dark(self) -> bool:
        """Whether the paper is darker than what is drawn on it."""
        return _luminance(self.paper) < _luminance(self.ink)


STYLES: Mapping[str, Style] = MappingProxyType(
    {
        "light": Style(),
        "dark": Style(
            ink="#e6edf3",
            soft="#9da7b3",
            rule="#353c45",
            noise="#5b636d",
            other="#79828e",
            paper="#0d1117",
            empty="#1c232c",
            hatch="#4b535d",
            least_contrast=4.0,
        ),
        # A black-and-white copy keeps lightness and shape alone: ten markers, and no colour near that of the paper.
        "print": Style(
            ink="#000000", soft="#3d3d3d", rule="#c4c4c4", noise="#a8a8a8", other="#7d7d7d", least_contrast=3.0, markers=_PRINT_MARKERS
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Look:
    """The colour and the marker of a cluster; `own` is False for those beyond the 30 largest, which share one grey."""

    colour: str
    marker: str
    own: bool = True

    @property
    def plotly_marker(self) -> str:
        """The marker by plotly's name."""
        return _PLOTLY_MARKERS[self.marker]


def cluster_looks(data: PlotData, style: Style) -> Mapping[int, Look]:
    """Return the look of every cluster by its number: the same in all pictures of a run, and for a number from run to run."""
    return looks_of(dict(zip(data.cluster_ids.tolist(), data.cluster_sizes.tolist(), strict=True)), style)


def looks_of(sizes: Mapping[int, int], style: Style) -> Mapping[int, Look]:
    """Return the look of every cluster, given number -> rows: that of its number, beyond 29 of the number less 30 where that is free."""
    largest = sorted(sorted(sizes, key=lambda number: (-sizes[number], number))[:MOST_CLUSTERS])
    taken: dict[int, int] = {}
    for number in largest:
        slot = number % MOST_CLUSTERS
        while slot in taken:
            slot = (slot + 1) % MOST_CLUSTERS
        taken[slot] = number
    looks = {number: _look(slot, style) for slot, number in taken.items()}
    return {number: looks.get(number, Look(style.other, "o", own=False)) for number in sizes}


def series_colour(slot: int, style: Style) -> str:
    """Return the colour of the series of this number, from 0: the same as that of the cluster; beyond nine they begin again."""
    return _apart(_BASE[slot % len(_BASE)], style)


def ink_on(*, dark: bool) -> str:
    """Return what can be read on a dark patch, or on a light one, whatever the paper around it."""
    return "#ffffff" if dark else "#1f2328"


def readable_on(colour: str) -> str:
    """Return white or black, whichever stands out more on this colour: by at least 4.58, so that text of any size can be read."""
    return max(("#ffffff", "#000000"), key=lambda ink: _contrast(ink, colour))


def _look(slot: int, style: Style) -> Look:
    cycle, place = divmod(slot, len(_BASE))
    share, towards = _TINTS[cycle]
    return Look(_apart(_mix(_BASE[place], towards, share), style), style.markers[slot % len(style.markers)])


def _apart(colour: str, style: Style) -> str:
    """Return the colour moved towards white on dark paper, towards black on light, until it stands out as the style demands."""
    towards = "#ffffff" if style.is_dark else "#000000"
    share = 0.0
    while _contrast(moved := _mix(colour, towards, share), style.paper) < style.least_contrast and share < 1:
        share += 0.05
    return moved


def _contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21 (W3C, Web Content Accessibility Guidelines 2.2)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mix(colour: str, towards: str, share: float) -> str:
    pairs = [(int(colour[at : at + 2], 16), int(towards[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(own + (other - own) * share):02X}" for own, other in pairs)
