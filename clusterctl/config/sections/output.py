"""The config section `output`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from clusterctl.strict import StrictModel


class OutputConfiguration(StrictModel):
    """Where results go and in which form."""

    directory: str | None = Field(default=None, min_length=1)
    """Folder of the results, relative to the current folder; default: runs/<config or data name>."""
    assignments: Literal["inline", "sidecar", "auto"] = "auto"
    """Whether results.json holds the assignments too; `auto`: up to 200,000 rows. assignments.parquet always does."""
    table: Literal["none", "csv", "parquet"] = "none"
    """Also the input's own columns with cluster_id and confidence added."""
    embed_plots: bool = True
    """Whether results.json holds the plots as base64 PNG."""
    align_to: str = Field(default="none", min_length=1)
    """An earlier run's folder, relative to the config's: clusters that carry on one of its clusters keep its number; `none`: by size."""
