"""The shapes behind two open keys of the schema: `cluster_profiles[].characteristics` and `feature_statistics`.

Everything is in the data's original units. Effects compare a cluster with all other rows that were not dropped (other clusters,
noise and excluded rows): for numbers the difference of the means over the standard deviation of both together, for shares Cohen's h
= 2 asin sqrt(p) - 2 asin sqrt(q) (Cohen 1988). Both are read by Cohen's marks: 0.2 small, 0.5 medium, 0.8 large.
"""

from __future__ import annotations

from typing import Literal

from clusterctl.results.base import Document


class CategoryShare(Document):
    """How common a category (or a word) is in a cluster."""

    category: str
    share: float
    """Of the cluster's rows that have a value."""
    overall_share: float
    """Of all rows that have a value."""
    lift: float
    """`share / overall_share`."""


class NumericCharacteristic(Document):
    """A numeric feature within one cluster; null where no row of the cluster has a value."""

    kind: Literal["numeric"] = "numeric"
    n_used: int
    """Rows of the cluster that have a value; all of them are used."""
    n_missing: int
    mean: float | None
    sd: float | None
    """Divided by n - 1; null for fewer than two values."""
    median: float | None
    lower_quartile: float | None
    upper_quartile: float | None
    iqr: float | None
    overall_mean: float | None
    overall_sd: float | None
    effect: float | None
    """(mean - mean of the other rows) / `overall_sd`; null where one of them does not exist."""


class CategoricalCharacteristic(Document):
    """A categorical or boolean feature (categories `true` and `false`) within one cluster."""

    kind: Literal["categorical", "boolean"]
    n_used: int
    n_missing: int
    n_categories: int
    """Different categories within the cluster."""
    categories: list[CategoryShare]
    """The five most common in the cluster, and the most telling one, by falling share."""
    telling_category: str | None
    effect: float | None
    """Cohen's h of the telling category, the one with the largest absolute h; negative: rarer than elsewhere."""


class TextCharacteristic(Document):
    """A column of free text within one cluster."""

    kind: Literal["text"] = "text"
    n_used: int
    """Texts read: all of them, or of a large table a sample."""
    n_missing: int
    words: list[CategoryShare]
    """The words that set the cluster's texts apart, by falling effect; `share` is of the texts that hold the word."""
    telling_word: str | None
    effect: float | None
    """Cohen's h of the most telling word."""


class TellingFeature(Document):
    """A feature that sets a cluster apart."""

    feature: str
    effect: float
    direction: Literal["high", "low", "often", "rarely"]
    category: str | None
    """The category or word that is often or rarely there; null for numbers."""
    words: str
    """`high monthly_charges (89.2, overall 64.8)`."""


class Characteristics(Document):
    """What is in a cluster, feature by feature and in words."""

    size: int
    share: float
    """Of the clustered rows."""
    description: str
    telling_features: list[TellingFeature]
    """At most five, the strongest first: effect at least medium, and more than twice its standard error."""
    features: dict[str, NumericCharacteristic | CategoricalCharacteristic | TextCharacteristic]
    representative_method: Literal["medoid", "nearest_to_center"] | None
    """How the first representative was found: `medoid` has the smallest sum of distances to the cluster's rows. Null: none is named."""


class NumericStatistics(Document):
    """A numeric feature over all rows; null where no row has a value."""

    kind: Literal["numeric"] = "numeric"
    missing: int
    mean: float | None
    sd: float | None
    min: float | None
    lower_quartile: float | None
    median: float | None
    upper_quartile: float | None
    max: float | None


class CategoryCount(Document):
    """How common a category is over all rows."""

    category: str
    count: int
    share: float
    """Of the rows that have a value."""


class CategoricalStatistics(Document):
    """A categorical, boolean, text or date feature over all rows."""

    kind: Literal["categorical", "boolean", "text", "date", "unusable"]
    missing: int
    n_categories: int
    categories: list[CategoryCount]
    """The 20 most common; of free text none."""
