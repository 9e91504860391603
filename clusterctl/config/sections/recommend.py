"""The config section `recommend_configuration`; `run` checks it and does not use it."""

from __future__ import annotations

from clusterctl.strict import StrictModel


class RecommendConfiguration(StrictModel):
    """How recommendations are made; it has no keys in this version."""
