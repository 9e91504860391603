"""The config section `execution`: how the work is done, never what."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from clusterctl.config.sizes import SIZE, parse_size
from clusterctl.errors import ConfigError
from clusterctl.strict import StrictModel


def _is_size(size: str) -> str:
    try:
        parse_size(size)
    except ConfigError as error:
        raise ValueError(f"it is no size of memory. {error.hint}") from None
    return size


def _is_count(n_jobs: int) -> int:
    if n_jobs == 0:
        raise ValueError("no work is done by 0 jobs; write -1 for all processors, or a number from 1")
    return n_jobs


Size = Annotated[str, AfterValidator(_is_size), Field(json_schema_extra={"pattern": SIZE, "examples": ["512M", "4G"]})]


class ExecutionConfiguration(StrictModel):
    """How the work is done; no key here but `strategy` changes a result."""

    strategy: Literal["exact", "sample", "stream", "auto"] = "exact"
    """`exact`: fitted on all rows; `sample`: on a sample, the other rows assigned by the rule for new rows; `auto`: exact if that fits,
    else sample; `stream` is not available in this version."""
    executor: Literal["processes", "threads", "inline", "dask"] = "processes"
    """Where fits that stand side by side are computed; `dask` is not available in this version."""
    n_jobs: Annotated[int, AfterValidator(_is_count)] = Field(default=-1, ge=-1024, le=1024)
    """How many at once: a number from 1; -1 all processors, -2 all but one, …"""
    max_memory: Size | Annotated[int, Field(gt=0)] | None = None
    """The most memory to use: bytes, or a number with K, M, G or T (4G); default: what is free."""
    timeout: float | None = Field(default=None, gt=0)
    """Seconds after which the work is given up; default: never."""
    scheduler: str | None = Field(default=None, min_length=1)
    """Address of a Dask scheduler; not available in this version."""
