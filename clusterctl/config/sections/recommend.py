"""The config section `recommend_configuration`; `run` and `sweep` check it and do not use it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from clusterctl.strict import StrictModel


class RecommendConfiguration(StrictModel):
    """How recommendations are made."""

    budget: Literal["fast", "normal", "thorough"] | Annotated[float, Field(gt=0)] = "normal"
    """How much work goes into it: by name a fixed amount, with the same answer every time; or so many seconds, with which it may differ."""
