"""The pictures of a recommendation by name: one file a picture, one line here. Knowing them imports neither numpy nor matplotlib."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from clusterctl.plots.style import Style
    from clusterctl.results.recommendation import RecommendationDocument


class RecommendPlotModule(Protocol):
    """What the file of a picture offers."""

    def applies(self, data: RecommendationDocument) -> str | None:
        """Return None, or the reason why this cannot be drawn."""
        ...

    def draw(self, figure: Figure, data: RecommendationDocument, style: Style) -> None:
        """Draw on an empty figure, whose size it may set."""
        ...


@dataclass(frozen=True, slots=True)
class RecommendPlotSpec:
    """A picture of a recommendation and the facts about it.

    title: a short noun. about: what it shows, a sentence. module: the file that draws it, imported on first use.
    """

    name: str
    title: str
    about: str
    module: str

    def applies(self, data: RecommendationDocument) -> str | None:
        """Return None, or the reason why this cannot be drawn from this document, as a plain sentence part."""
        return self._load().applies(data)

    def draw(self, figure: Figure, data: RecommendationDocument, style: Style) -> None:
        """Draw on an empty matplotlib figure; `render.render_png` does that and saves."""
        self._load().draw(figure, data, style)

    def _load(self) -> RecommendPlotModule:
        return cast(RecommendPlotModule, import_module(self.module))


_ALL = (
    RecommendPlotSpec(
        name="evidence_by_k",
        title="Evidence by number of clusters",
        about="The best score of each family of algorithms and the belief against the number of clusters, the recommended number marked.",
        module="clusterctl.plots.recommend.evidence_by_k",
    ),
    RecommendPlotSpec(
        name="null_by_k",
        title="Separation beside data without clusters",
        about="The silhouette at each number of clusters against what data without clusters give there.",
        module="clusterctl.plots.recommend.null_by_k",
    ),
    RecommendPlotSpec(
        name="candidates",
        title="Agreement of the candidates",
        about="The sizes of the candidates' clusters, and the adjusted Rand index between their labels.",
        module="clusterctl.plots.recommend.candidates",
    ),
)

RECOMMEND_PLOTS: Mapping[str, RecommendPlotSpec] = MappingProxyType({spec.name: spec for spec in _ALL})
