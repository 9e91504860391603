"""The config section `privacy`: its keys are known, but nothing here is available in this version."""

from __future__ import annotations

from pydantic import Field

from clusterctl.strict import StrictModel


class PrivacyConfiguration(StrictModel):
    """What of the data may appear in the results; a section that is not empty is refused in this version."""

    drop: tuple[str, ...] | None = Field(default=None, strict=False)
    """Columns that appear nowhere."""
    hash: tuple[str, ...] | None = Field(default=None, strict=False)
    """Columns whose values appear hashed."""
    min_group: int | None = Field(default=None, ge=1)
    """Groups of fewer rows are not described."""
    include_samples: bool | None = None
    """Whether representative rows are named."""
    protected: tuple[str, ...] | None = Field(default=None, strict=False)
    """Columns by which clusters are compared for fairness."""
