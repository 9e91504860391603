"""The words in pictures: counts, titles, and text from the data made safe to draw."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from clusterctl.plots.style import MOST_CLUSTERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clusterctl.values.plotdata import PlotData


def plain(text: str, longest: int = 60) -> str:
    """Return text from the data as one line that can be drawn: no control, direction or surrogate characters, cut with an ellipsis."""
    kept = []
    for character in text[: 4 * longest]:
        category = unicodedata.category(character)
        if character.isspace():
            kept.append(" ")
        elif category in ("Cc", "Cs", "Co"):
            kept.append("\ufffd")
        elif category != "Cf":
            kept.append(character)
    line = " ".join("".join(kept).split())
    if width(line) <= longest:
        return line
    while width(line) > longest - 1:
        line = line[:-1]
    return line.rstrip() + "…"


def width(line: str) -> int:
    """Return the width in columns: Chinese, Japanese and Korean characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


def count(number: int, one: str, many: str | None = None) -> str:
    """Return `1 row`, `7,043 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def share(part: int, whole: int) -> str:
    """Return a share in per cent, never 0 % for something."""
    value = 100 * part / max(whole, 1)
    return "<0.1 %" if 0 < value < 0.1 else f"{value:.0f} %" if value >= 9.95 else f"{value:.1f} %"


def clusters_in_rows(data: PlotData) -> str:
    """Return `5 clusters in 7,043 rows of customers`."""
    found = count(data.n_clusters, "cluster") if data.n_clusters else "No cluster"
    return f"{found} in {count(data.n_points, 'row')} of {plain(data.data_name, 40)}"


def rows_fitted(data: PlotData) -> str:
    """Return `7,043 rows of customers`, of a fit on a sample `20,000 of the 200,000 rows of customers`: what a tree or a curve is of."""
    fitted = "" if data.n_fitted is None else f"{data.n_fitted:,} of the "
    return f"{fitted}{count(data.n_points, 'row')} of {plain(data.data_name, 40)}"


def of_sample(data: PlotData) -> list[str]:
    """Return the note that the picture is of the sample that was fitted on, if so."""
    return [] if data.n_fitted is None else [f"of the {data.n_fitted:,} rows fitted on"]


def how(data: PlotData) -> str:
    """Return the algorithm and its settings."""
    return ", ".join(plain(part, 90) for part in (data.algorithm, data.settings) if part)


def left_out(data: PlotData) -> list[str]:
    """Return what became of the rows that are in no cluster."""
    counts = ((data.n_noise, "of noise"), (data.n_excluded, "excluded as outliers"), (data.n_dropped, "dropped for missing values"))
    return [f"{count(number, 'row')} {fate} ({share(number, data.n_rows)})" for number, fate in counts if number]


def withheld(data: PlotData) -> list[str]:
    """Return the note that some groups are not shown, for they have too few rows, if so."""
    if data.withheld is None or not len(data.withheld.groups):
        return []
    clusters = [str(number) for number in data.withheld_groups if number >= 0]
    named = f"{'cluster' if len(clusters) == 1 else 'clusters'} {', '.join(clusters[:8])}{', …' if len(clusters) > 8 else ''}"
    parts = [*([named] if clusters else []), *(["noise"] if -1 in data.withheld_groups else [])]
    return [f"fewer than {data.withheld.min_group} rows, not shown: {' and '.join(parts)}"]


def only_largest(data: PlotData) -> list[str]:
    """Return the note that not every cluster is shown by itself, if so."""
    return [f"the {MOST_CLUSTERS} largest clusters are labelled"] if data.n_clusters > MOST_CLUSTERS else []


def cluster_counts(numbers: Iterable[int]) -> str:
    """Return `4 clusters`, `3, 4 and 6 clusters`, `2 to 9 clusters`."""
    few = sorted(set(numbers))
    if len(few) == 1:
        return count(few[0], "cluster")
    if len(few) <= 3:
        return f"{', '.join(str(number) for number in few[:-1])} and {few[-1]} clusters"
    return f"{few[0]} to {few[-1]} clusters"


def number(value: float, decimals: int | None = None) -> str:
    """Return a value with the given decimals, or three figures; a true minus sign, thousands apart, powers of ten beyond a million."""
    if abs(value) >= 1e6:
        text = f"{value:.3g}".replace("e+0", "e").replace("e+", "e")
    elif decimals is not None:
        text = f"{value:,.{decimals}f}"
        text = text.lstrip("-") if not float(text.replace(",", "")) else text
    else:
        text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return text.replace("-", "\u2212")


def decimals_for(values: Iterable[float]) -> int:
    """Return how many decimals tell values of this spread apart: 2 for silhouettes between 0.1 and 0.6, 0 for counts."""
    have = list(values)
    if all(value == int(value) for value in have):
        return 0
    spread = max(have) - min(have) or max(abs(value) for value in have)
    return sum(spread < limit for limit in (100, 10, 0.1, 0.01))
