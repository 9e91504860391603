"""How all pictures look: sizes, text, colours that colour-blind people can tell apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clusterctl.values.plotdata import PlotData

MOST_CLUSTERS = 30

# Okabe and Ito's colours (2008) without yellow and black, indigo and wine of Paul Tol's "muted" set, and a brown and a violet that
# stay apart from these (13 and more in CIELAB) to normal, deutan and protan eyes.
_BASE = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#332288", "#882255", "#7A3300", "#7C4DFF")
_MARKERS = ("o", "^", "s")
_PLOTLY_MARKERS = {"o": "circle", "^": "triangle-up", "s": "square"}
# The second ten are the first ten lighter, the third ten darker; each ten has its own marker as well.
_TINTS = ((0.0, "#ffffff"), (0.42, "#ffffff"), (0.40, "#000000"))


@dataclass(frozen=True, slots=True)
class Style:
    """The look of a picture; sizes in inches, text in points."""

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
    by_size = sorted(zip(data.cluster_sizes.tolist(), data.cluster_ids.tolist(), strict=True), key=lambda item: (-item[0], item[1]))
    largest = sorted(number for _, number in by_size[:MOST_CLUSTERS])
    free = [slot for slot in range(MOST_CLUSTERS) if slot not in set(largest)]
    slots = {number: number if number < MOST_CLUSTERS else free.pop(0) for number in largest}
    looks = {number: _look(slot) for number, slot in slots.items()}
    return {number: looks.get(number, Look(style.other, "o", own=False)) for number in data.cluster_ids.tolist()}


def series_colour(slot: int) -> str:
    """Return the colour of the series of this number, from 0: the same as that of the cluster; beyond nine they begin again."""
    return _BASE[slot % len(_BASE)]


def _look(slot: int) -> Look:
    cycle, place = divmod(slot, len(_BASE))
    share, towards = _TINTS[cycle]
    return Look(_mix(_BASE[place], towards, share), _MARKERS[cycle])


def _mix(colour: str, towards: str, share: float) -> str:
    pairs = [(int(colour[at : at + 2], 16), int(towards[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(own + (other - own) * share):02X}" for own, other in pairs)
