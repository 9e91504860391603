"""The report as one page of HTML: no script, nothing fetched, text from the data never read as markup."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from clusterctl.analysis.words import percent, plain
from clusterctl.plots.registry import PLOTS
from clusterctl.report.answer import answer, headline, question
from clusterctl.report.cards import cards, outside, smaller
from clusterctl.report.careful import careful
from clusterctl.report.how_many import how_many
from clusterctl.report.makeup import makeup
from clusterctl.report.making import config_text, left_out, made, scores
from clusterctl.report.sheet import style_sheet
from clusterctl.report.support import checks, verdict
from clusterctl.report.views import Picture, Report

if TYPE_CHECKING:
    from jinja2 import Template

    from clusterctl.report.material import Material
    from clusterctl.results.models import ResultsDocument

_NO_PICTURES = "No pictures were drawn in this run."


def report_page(material: Material) -> str:
    """Return report.html: UTF-8, everything in it; a policy forbids every script and every connection.

    The style sheet is allowed by its SHA-256 and pictures as data alone. The same material gives the same page.
    """
    from markupsafe import Markup

    sizes = {center.cluster_id: center.cluster_size for center in material.document.clustering_results.clusters.cluster_centers}
    style = style_sheet(sizes)
    return _template().render(report=report(material), style=Markup(style), policy=_policy(style))


@cache  # to compile it takes as long as all else in a run of a small table
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    text = files("clusterctl.report").joinpath("report.html.j2").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(text)


def report(material: Material) -> Report:
    """Return what the page shows."""
    document = material.document
    judged = verdict(document)
    rest, not_shown = smaller(material)
    return Report(
        title=headline(document),
        question=question(document),
        answer=answer(document, judged),
        verdict=judged,
        checks=checks(material),
        scores=scores(document),
        how_many=how_many(document),
        cards=cards(material),
        smaller=rest,
        not_shown=not_shown,
        outside=outside(material),
        importance=_importance(document),
        makeup=makeup(document),
        pictures=tuple(_picture(name, material.pictures[name]) for name in PLOTS if name in material.pictures),
        no_pictures="" if material.pictures else _NO_PICTURES,
        careful=careful(material),
        made=made(document),
        left_out=left_out(document),
        config=config_text(document),
        version=document.metadata.version,
    )


def _importance(document: ResultsDocument, most: int = 12) -> tuple[tuple[str, str, float], ...]:
    """Return the features that tell most, each with its share in words and in per cent."""
    every = document.clustering_results.cluster_analysis.feature_importance
    known = [(plain(entry.feature), percent(entry.importance), round(100 * entry.importance, 1)) for entry in every if entry.importance]
    return tuple(known[:most])


def _picture(name: str, png: bytes) -> Picture:
    spec = PLOTS[name]
    width, height = (int.from_bytes(png[start : start + 4], "big") for start in (16, 20))  # the header of every PNG
    return Picture(name, spec.title, spec.about, f"data:image/png;base64,{b64encode(png).decode()}", width, height)


def _policy(style: str) -> str:
    allowed = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{allowed}'; img-src data:; base-uri 'none'; form-action 'none'"
