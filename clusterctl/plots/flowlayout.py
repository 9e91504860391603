"""Where the bars and ribbons of a flow picture go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusterctl.plots.style import MOST_CLUSTERS, Style, looks_of
from clusterctl.plots.words import plain

if TYPE_CHECKING:
    from clusterctl.results.comparison import ClusterFate, Comparison

Key = int | str
OUTSIDE, REST = -1, "…"
LEAST = 0.2
"""Height of a bar in inches, at the least: that of its label."""
GAP = 0.1


@dataclass(frozen=True, slots=True)
class Bar:
    """A cluster of one side.

    top, height: in inches, from the top of the picture's body. told: what became of it, if that is worth a word.
    """

    key: Key
    n_rows: int
    top: float
    height: float
    colour: str
    told: str


@dataclass(frozen=True, slots=True)
class Ribbon:
    """Rows that went from one bar to another: where it leaves and arrives (inches from the top) and how thick it is there."""

    left: tuple[float, float]
    right: tuple[float, float]
    colour: str
    clear: bool
    n_rows: int


def lay_out(data: Comparison, style: Style) -> tuple[list[Bar], list[Bar], list[Ribbon], float]:
    """Return the bars of both sides, the ribbons between them, and the height of it all in inches."""
    sizes_a, sizes_b = _sizes(data, "a"), _sizes(data, "b")
    fold_a, fold_b = _folded(sizes_a), _folded(sizes_b)
    flows: dict[tuple[Key, Key], int] = {}
    for flow in data.flows:
        ends = (fold_a[flow.cluster_a], fold_b[flow.cluster_b])
        flows[ends] = flows.get(ends, 0) + flow.n_rows
    shown_a, shown_b = _summed(sizes_a, fold_a), _summed(sizes_b, fold_b)
    order_a = _last(list(shown_a))
    order_b = _last(sorted(shown_b, key=lambda key: (_middle(key, flows, order_a), list(shown_b).index(key))))
    colours_a, colours_b = _colours(data, shown_a, shown_b, style)
    height = max(3.2, max(len(shown_a), len(shown_b)) * (LEAST + GAP) * 1.7)
    most = max(sum(shown_a.values()), sum(shown_b.values()))
    told_a, told_b = _told(data.fates)
    left = _bars(order_a, shown_a, colours_a, told_a, height, most)
    right = _bars(order_b, shown_b, colours_b, told_b, height, most)
    going_on = {(fold_a[pair.cluster_a], fold_b[pair.cluster_b]) for pair in data.matches}
    return left, right, _ribbons(left, right, flows, going_on), height


def _sizes(data: Comparison, side: str) -> dict[Key, int]:
    """Return rows a cluster, by rising number, and rows in no cluster where there are any that flow."""
    sizes: dict[Key, int] = {}
    for fate in data.fates:
        clusters = fate.clusters_a if side == "a" else fate.clusters_b
        if len(clusters) == 1:
            sizes[clusters[0]] = fate.n_rows_a if side == "a" else fate.n_rows_b
    for flow in data.flows:
        key, whole = (flow.cluster_a, flow.share_of_a) if side == "a" else (flow.cluster_b, flow.share_of_b)
        sizes[key] = max(sizes.get(key, 0), round(flow.n_rows / whole))
    for fate in data.fates:
        for key in fate.clusters_a if side == "a" else fate.clusters_b:
            sizes.setdefault(key, 1)
    return dict(sorted(sizes.items(), key=lambda item: (isinstance(item[0], str), item[0])))


def _folded(sizes: Mapping[Key, int]) -> dict[Key, Key]:
    """Return which bar stands for a cluster: its own, or beyond 30 clusters that of all smaller ones."""
    clusters = [key for key in sizes if key != OUTSIDE]
    largest = set(sorted(clusters, key=lambda key: -sizes[key])[: MOST_CLUSTERS if len(clusters) <= MOST_CLUSTERS else MOST_CLUSTERS - 1])
    return {key: key if key in largest or key == OUTSIDE else REST for key in sizes}


def _summed(sizes: Mapping[Key, int], fold: Mapping[Key, Key]) -> dict[Key, int]:
    summed: dict[Key, int] = {}
    for key, n_rows in sizes.items():
        summed[fold[key]] = summed.get(fold[key], 0) + n_rows
    return summed


def _last(order: list[Key]) -> list[Key]:
    """Put the smaller ones and the rows in no cluster at the end."""
    return sorted(order, key=lambda key: (key == OUTSIDE, key == REST))


def _middle(key: Key, flows: Mapping[tuple[Key, Key], int], order_a: Sequence[Key]) -> float:
    """Return where the rows of a cluster of B come from, so that few ribbons cross; new ones come last."""
    own = [(order_a.index(a), n) for (a, b), n in flows.items() if b == key]
    total = sum(n for _, n in own)
    return sum(place * n for place, n in own) / total if total else float(len(order_a))


def _colours(data: Comparison, a: Mapping[Key, int], b: Mapping[Key, int], style: Style) -> tuple[dict[Key, str], dict[Key, str]]:
    """Return the colour of every bar: of a cluster of A that of its number; B's have that of the one they carry on, new ones their own."""
    places = {key: key if isinstance(key, int) else place for place, key in enumerate(a) if key not in (OUTSIDE, REST)}
    carried = {pair.cluster_b: places[pair.cluster_a] for pair in data.matches if pair.cluster_a in places}
    used = set(places.values())
    new: dict[Key, int] = {}
    for key in b:
        if key in carried or key in (OUTSIDE, REST):
            continue
        wanted = key if isinstance(key, int) and key not in used else max(used, default=-1) + 1
        new[key] = wanted
        used.add(wanted)
    looks = looks_of(dict.fromkeys(sorted(used), 1), style)
    grey = {OUTSIDE: style.noise, REST: style.other}
    of_a = {key: grey.get(key) or looks[places[key]].colour for key in a}
    of_b = {key: grey.get(key) or (looks[carried.get(key, new.get(key, 0))].colour) for key in b}
    return of_a, of_b


def _told(fates: Sequence[ClusterFate]) -> tuple[dict[Key, str], dict[Key, str]]:
    """Return a word on each cluster of A (gone, split, merged) and of B (from which, born, grown, shrunk)."""
    of_a: dict[Key, str] = {}
    of_b: dict[Key, str] = {}
    for fate in fates:
        a, b = _listed(fate.clusters_a), _listed(fate.clusters_b)
        if fate.fate == "split_into":
            of_a.update(dict.fromkeys(fate.clusters_a, f"split into {b}"))
            of_b.update(dict.fromkeys(fate.clusters_b, f"split from {a}"))
        elif fate.fate == "merged_from":
            of_a.update(dict.fromkeys(fate.clusters_a, f"merged into {b}"))
            of_b.update(dict.fromkeys(fate.clusters_b, f"merged from {a}"))
        elif fate.fate == "gone":
            of_a[fate.clusters_a[0]] = "gone"
        elif fate.fate == "born":
            of_b[fate.clusters_b[0]] = "born"
        elif fate.clusters_a != fate.clusters_b:
            of_b[fate.clusters_b[0]] = f"{a} before" if fate.fate == "kept" else f"{fate.fate}, {a} before"
        elif fate.fate != "kept":
            of_b[fate.clusters_b[0]] = fate.fate
    return of_a, of_b


def _listed(clusters: Sequence[Key]) -> str:
    named = [plain(str(key), 12) for key in clusters[:3]]
    return ", ".join(named) + (" …" if len(clusters) > 3 else "")


def _bars(
    order: Sequence[Key], sizes: Mapping[Key, int], colours: Mapping[Key, str], told: Mapping[Key, str], height: float, most: int
) -> list[Bar]:
    """Stack the bars from the top, each as high as its share of `most` rows and no lower than its label."""
    room = height - GAP * (len(order) - 1)
    heights = {key: max(LEAST, sizes[key] / most * room) for key in order}
    over = sum(heights.values()) - room
    if over > 0:  # the high ones make room for labels
        spare = sum(value - LEAST for value in heights.values())
        heights = {key: value - (value - LEAST) * min(1.0, over / spare) if spare else value for key, value in heights.items()}
    bars, top = [], 0.0
    for key in order:
        bars.append(Bar(key, sizes[key], top, heights[key], colours[key], told.get(key, "")))
        top += heights[key] + GAP
    return bars


def _ribbons(
    left: Sequence[Bar], right: Sequence[Bar], flows: Mapping[tuple[Key, Key], int], going_on: set[tuple[Key, Key]]
) -> list[Ribbon]:
    """Lay the rows that go from bar to bar side by side along both, in the order of the bars at the other end."""
    used_a, used_b = {bar.key: bar.top for bar in left}, {bar.key: bar.top for bar in right}
    places: dict[tuple[Key, Key], tuple[float, float]] = {}
    for bar in left:
        for other in right:
            if (bar.key, other.key) in flows:
                thick = flows[bar.key, other.key] / bar.n_rows * bar.height
                places[bar.key, other.key] = (used_a[bar.key], thick)
                used_a[bar.key] += thick
    ribbons = []
    for bar in right:
        for other in left:
            ends = (other.key, bar.key)
            if ends not in flows:
                continue
            thick = flows[ends] / bar.n_rows * bar.height
            clear = ends in going_on or flows[ends] > 0.5 * min(bar.n_rows, other.n_rows)
            ribbons.append(Ribbon(places[ends], (used_b[bar.key], thick), other.colour, clear, flows[ends]))
            used_b[bar.key] += thick
    return ribbons
