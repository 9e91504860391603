"""The pictures of a recommendation, drawn from its document alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusterctl.engine.drawing import draw_applying
from clusterctl.plots.recommend.registry import RECOMMEND_PLOTS

if TYPE_CHECKING:
    from clusterctl.plots.settings import VisualizationConfiguration
    from clusterctl.results.recommendation import RecommendationDocument


def draw_recommendation(document: RecommendationDocument, settings: VisualizationConfiguration) -> tuple[dict[str, bytes], dict[str, str]]:
    """Draw every picture that applies, and return PNGs by name, and by name what went wrong with those that failed.

    `plot_types` names the pictures of a run and does not choose among these; nothing is drawn when `generate_plots` is off. A picture
    that fails is no reason to lose the recommendation: the others go on. Deterministic.
    """
    return draw_applying(RECOMMEND_PLOTS.values(), document, settings)
