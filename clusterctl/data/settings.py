"""The config section `clustering_data`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from clusterctl.strict import StrictModel

DataFormat = Literal["csv", "json", "parquet", "hdf5"]


class ReadOptions(StrictModel):
    """How the source is to be read; nothing is passed on to a library unseen."""

    separator: str | None = Field(default=None, min_length=1, max_length=1)
    """CSV: the character between fields; default: comma, or tab where the name ends in .tsv or .tab."""
    decimal: Literal[".", ","] = "."
    """CSV: the decimal mark."""
    thousands: Literal[",", ".", " ", "'", "_"] | None = None
    """CSV: the mark between groups of three digits."""
    encoding: str = "utf-8"
    """CSV and JSON: the text encoding; a byte order mark is honoured."""
    na_values: tuple[str, ...] | None = Field(default=None, strict=False)
    """Texts that mean missing, in every column; default: the empty field, and in numeric columns also NA, NaN, null, N/A and the like."""
    hdf_key: str | None = None
    """HDF5: the dataset or group to read."""
    json_lines: bool | None = None
    """JSON: one object a line; default: told from the content."""
    query: str | None = None
    """SQL: the one SELECT statement whose rows are the table."""


class ClusteringData(StrictModel):
    """Where the table is and what its columns mean."""

    data_source: str = Field(min_length=1)
    """Path, http(s):// URL, SQLAlchemy URL, or `-` for stdin."""
    data_format: DataFormat | None = None
    """Default: told from name and content; gz, bz2, zst and xz are unpacked."""
    features: tuple[str, ...] | None = Field(default=None, strict=False, min_length=1)
    """Columns to cluster on; default: every usable column but id and target."""
    target_variable: str | None = None
    """A known grouping: never clustered on, used for the external metrics."""
    metadata: dict[str, Any] = Field(default_factory=dict)
    """Copied to the result."""
    id_column: str | None = None
    """The column whose values name the rows; default: the row number from 0."""
    checksum: str | None = Field(default=None, pattern=r"^sha256:[0-9a-fA-F]{64}$")
    """`sha256:` and 64 hex digits, of the bytes as fetched, before decompression."""
    read_options: ReadOptions = ReadOptions()
    """How the source is to be read."""
