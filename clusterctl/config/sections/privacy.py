"""The config section `privacy`: what of the data may appear in the results."""

from __future__ import annotations

from pydantic import Field

from clusterctl.strict import StrictModel


class PrivacyConfiguration(StrictModel):
    """What of the data may appear in the results."""

    drop: tuple[str, ...] = Field(default=(), strict=False)
    """Columns taken out as soon as the table is read: in no feature, statistic, picture, model or file."""
    hash: tuple[str, ...] = Field(default=(), strict=False)
    """Columns whose values appear as keyed hashes alone (HMAC-SHA256; the key is CLUSTERCTL_HASH_KEY of the environment)."""
    min_group: int = Field(default=1, ge=1)
    """Statistics of fewer rows than this are withheld: of clusters, of noise, of categories."""
    include_samples: bool = True
    """Whether single rows are told of in results.json and in pictures; assignments.parquet has every row in any case."""
    protected: tuple[str, ...] = Field(default=(), strict=False)
    """Columns never clustered on; how each cluster's make-up in them differs from the whole is told."""
