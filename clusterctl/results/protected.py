"""The shape of `cluster_analysis.protected`: how the clusters' make-up in a protected column differs from the whole.

The whole is every row that was not dropped; groups are the clusters and, as number -1, the noise and excluded rows together. Effects
are Cohen's (1988): h = 2 asin sqrt(p) - 2 asin sqrt(q) of two shares, and the difference of two means over the standard deviation.
"""

from __future__ import annotations

from typing import Literal

from clusterctl.results.base import Document


class ProtectedShare(Document):
    """How common a category is in a group."""

    category: str
    """`(missing)`: rows without a value. `(other)`: categories beyond the 20 most common, or of too few rows to be told of."""
    count: int
    share: float
    """Of the rows of the group, those without a value among them."""
    overall_share: float
    difference: float
    """`share - overall_share`."""
    cohens_h: float
    ratio: float
    """`share / overall_share`."""


class ProtectedGroup(Document):
    """The make-up of a cluster."""

    cluster_id: int
    """-1: noise and excluded rows."""
    size: int
    is_strong: bool
    """At least a medium effect (0.5) that is more than three times its standard error: `metadata.warnings` tells of it."""
    strongest: str | None
    """The category with the largest absolute h, of numbers `mean` (or `(missing)`); null where nothing is told of the group."""
    strongest_effect: float | None


class ProtectedCategoricalGroup(ProtectedGroup):
    """The make-up of a cluster in categories."""

    categories: list[ProtectedShare] | None
    """In the order of how common they are in all rows. Null for a group of fewer rows than `privacy.min_group`."""
    largest_ratio: float | None
    """Of the category that is most over-represented, `largest_ratio_category`."""
    largest_ratio_category: str | None


class ProtectedNumericGroup(ProtectedGroup):
    """The make-up of a cluster in a number; null where too few rows have a value."""

    n_used: int
    mean: float | None
    median: float | None
    standardized_mean_difference: float | None
    """(mean - mean of all rows) / standard deviation of all rows."""
    ks_distance: float | None
    """The largest distance of the distribution functions of the group and of all rows (Kolmogorov-Smirnov)."""
    missing_share: float | None
    overall_missing_share: float


class ProtectedAssociation(Document):
    """How strongly groups and column go together, as one number from 0 to 1; with many rows any difference is significant."""

    measure: Literal["cramers_v", "epsilon_squared"]
    """Cramér's V corrected for bias (Bergsma 2013); epsilon squared of Kruskal and Wallis' test (Tomczak and Tomczak 2014)."""
    value: float | None
    p_value: float | None
    test: Literal["chi_square", "permutation", "kruskal_wallis"] | None
    """`permutation`: where a chi-square test would rest on expected counts below 5; 999 tables with the same margins."""
    n_used: int


class ProtectedProxy(Document):
    """A feature clustered on that goes with the column: through it clusters can follow the column, which they were not made by."""

    feature: str
    information: float
    """Share of the column's information that the feature has, 0 to 1: mutual information over the column's entropy, both in tenths or
    categories, less what chance gives (Miller 1955)."""


class ProtectedColumn(Document):
    """A protected column: make-up of the groups, association, and what stands for it among the features."""

    column: str
    n_missing: int
    association: ProtectedAssociation
    proxies: list[ProtectedProxy]
    """At most five, the closest first; none where no feature tells more of the column than chance."""


class ProtectedCategories(ProtectedColumn):
    """A protected column of categories, true or false, or texts taken as categories."""

    kind: Literal["categorical"] = "categorical"
    n_categories: int
    groups: list[ProtectedCategoricalGroup]


class ProtectedNumbers(ProtectedColumn):
    """A protected column of numbers."""

    kind: Literal["numeric"] = "numeric"
    overall_mean: float | None
    overall_median: float | None
    overall_sd: float | None
    groups: list[ProtectedNumericGroup]
