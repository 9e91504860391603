"""A card a cluster: its size, what sets it apart, rows that stand for it, and how far to trust it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusterctl.analysis.words import number, percent, plain
from clusterctl.metrics.cautions import UNSTABLE
from clusterctl.report.named import MOST_CARDS, largest, unusual_ids
from clusterctl.report.strips import numeric_strip, shares
from clusterctl.report.support import STABLE
from clusterctl.report.views import Badge, Card, FeatureLine, Mark, Outside, Table
from clusterctl.results.characteristics import CategoricalCharacteristic, NumericCharacteristic, NumericStatistics, TextCharacteristic

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clusterctl.report.material import Material
    from clusterctl.results.characteristics import TellingFeature
    from clusterctl.results.models import ClusterProfile

MOST_SMALLER = 200
MOST_COLUMNS = 6


def cards(material: Material) -> tuple[Card, ...]:
    """Return the cards of the largest clusters, in the order of their numbers."""
    shown = set(largest(material.document)[:MOST_CARDS])
    profiles = material.document.clustering_results.cluster_analysis.cluster_profiles
    return tuple(_card(material, place, profile) for place, profile in enumerate(profiles) if profile.cluster_id in shown)


def smaller(material: Material) -> tuple[Table | None, int]:
    """Return the next largest clusters, a line each, and how many are left out even there; None: every cluster has a card."""
    rest = largest(material.document)[MOST_CARDS:]
    if not rest:
        return None, 0
    listed = set(rest[:MOST_SMALLER])
    profiles = material.document.clustering_results.cluster_analysis.cluster_profiles
    rows = tuple(
        (str(profile.cluster_id), f"{profile.characteristics.size:,}", profile.characteristics.description)
        for profile in profiles
        if profile.cluster_id in listed
    )
    return Table(("cluster", "rows", "what sets it apart"), rows, (True, True, False)), len(rest) - len(listed)


def outside(material: Material) -> Outside | None:
    """Return the rows in no cluster, noise and excluded ones; None: there are none."""
    counts = material.document.metadata.data_statistics
    n_outside, n_rows = counts.n_noise + counts.n_excluded, counts.n_rows - counts.n_dropped
    if not n_outside:
        return None
    parts = [f"{counts.n_noise:,} noise: too far from everything to belong anywhere"] * bool(counts.n_noise)
    parts += [f"{counts.n_excluded:,} excluded as outliers before clustering"] * bool(counts.n_excluded)
    return Outside(f"{n_outside:,}", percent(n_outside / n_rows), 100 * n_outside / n_rows, "; ".join(parts), _unusual(material))


def _unusual(material: Material) -> Table | None:
    importance = material.document.clustering_results.cluster_analysis.feature_importance
    return _rows_table(material, unusual_ids(material.document), [entry.feature for entry in importance])


def _card(material: Material, place: int, profile: ClusterProfile) -> Card:
    document = material.document
    counts = document.metadata.data_statistics
    characteristics = profile.characteristics
    share = characteristics.size / (counts.n_rows - counts.n_dropped)
    return Card(
        number=profile.cluster_id,
        colour=f"c{profile.cluster_id}",
        size=f"{characteristics.size:,} {'row' if characteristics.size == 1 else 'rows'}",
        share=percent(share),
        bar=round(100 * share, 1),
        description=characteristics.description,
        badges=tuple(badge for badge in (_stability(material, place), _silhouette(material, place)) if badge is not None),
        features=tuple(_feature(material, profile, telling) for telling in characteristics.telling_features),
        representatives=_rows_table(material, profile.representative_samples, _columns(material, profile)),
    )


def _stability(material: Material, place: int) -> Badge | None:
    results = material.document.clustering_results
    stability = results.validation.stability
    value = None if stability is None or results.model_info.n_clusters < 2 else stability.per_cluster[place]
    if value is None:
        return None
    mark: Mark = "good" if value >= STABLE else "fair" if value >= UNSTABLE else "bad"
    return Badge("found again", f"{value:.2f}", {"good": "stable", "fair": "doubtful", "bad": "do not trust"}[mark], mark)


def _silhouette(material: Material, place: int) -> Badge | None:
    by_cluster = material.document.clustering_results.validation.silhouette_per_cluster
    value = None if by_cluster is None else by_cluster[place]
    if value is None:
        return None
    mark: Mark = "good" if value > 0.5 else "fair" if value > 0.25 else "bad"
    return Badge("silhouette", f"{value:.2f}", {"good": "compact", "fair": "touches others", "bad": "overlaps others"}[mark], mark)


def _feature(material: Material, profile: ClusterProfile, telling: TellingFeature) -> FeatureLine:
    own = profile.characteristics.features.get(telling.feature)
    whole = material.document.metadata.data_statistics.feature_statistics.get(telling.feature)
    if isinstance(own, NumericCharacteristic) and isinstance(whole, NumericStatistics):
        return FeatureLine(telling.words, _figures(own, whole), strip=numeric_strip(own, whole))
    entries = own.categories if isinstance(own, CategoricalCharacteristic) else own.words if isinstance(own, TextCharacteristic) else []
    entry = next((entry for entry in entries if entry.category == telling.category), None)
    if entry is None:
        return FeatureLine(telling.words, "")
    return FeatureLine(telling.words, "", shares=shares(entry.share, entry.overall_share))


def _figures(own: NumericCharacteristic, whole: NumericStatistics) -> str:
    mine = _half(own.median, own.lower_quartile, own.upper_quartile)
    return f"{mine}; all rows {_half(whole.median, whole.lower_quartile, whole.upper_quartile)}"


def _half(median: float | None, low: float | None, high: float | None) -> str:
    if median is None or low is None or high is None:
        return "unknown"
    return f"{number(median)} ({number(low)} to {number(high)})"


def _columns(material: Material, profile: ClusterProfile) -> list[str]:
    """Return the features to show rows by: first what sets the cluster apart, then what tells all clusters apart."""
    telling = [entry.feature for entry in profile.characteristics.telling_features]
    importance = [entry.feature for entry in material.document.clustering_results.cluster_analysis.feature_importance]
    return list(dict.fromkeys([*telling, *importance]))


def _rows_table(material: Material, ids: Sequence[str], columns: Sequence[str]) -> Table | None:
    """Return these rows by these features, at most six; None where there is no row to show."""
    known = [(sample_id, material.rows[sample_id]) for sample_id in ids if sample_id in material.rows]
    shown = columns[:MOST_COLUMNS]
    if not known or not shown:
        return None
    numeric = set(material.document.clustering_results.model_info.numeric_features)
    return Table(
        heads=(_id_name(material.document.metadata.config), *(plain(name) for name in shown)),
        rows=tuple((plain(sample_id), *(row.get(name, "") for name in shown)) for sample_id, row in known),
        numeric=(False, *(name in numeric for name in shown)),
    )


def _id_name(config: Mapping[str, Mapping[str, object]]) -> str:
    name = config["clustering_data"]["id_column"]
    return "row" if name is None else plain(str(name))
