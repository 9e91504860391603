"""A plotly figure as one page that opens with no network, and from which nothing is sent."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clusterctl.plots.style import Style

# plotly's own toolbar offers to upload the chart, and with it the data, to a server; the policy below cannot forbid that.
_CONFIG = {
    "displaylogo": False,
    "responsive": True,
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "showTips": False,
    "modeBarButtonsToRemove": ["select2d", "lasso2d"],
}
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>
html, body {{ height: 100%; margin: 0; }}
body {{ display: flex; flex-direction: column; font: 0.85rem/1.4 sans-serif; color: {ink}; background: {paper}; }}
header {{ padding: 0.8rem 1rem 0; overflow-wrap: anywhere; }}
h1 {{ font-size: 1.15rem; line-height: 1.3; margin: 0; }}
p {{ margin: 0.2rem 0 0; color: {soft}; }}
#plot-{name} {{ flex: 1; min-height: {least_height}px; }}
</style>
</head>
<body>
<header>
<h1>{heading}</h1>
<p>{notes}</p>
<noscript><p>This picture is drawn by the page's own script, and scripts are switched off here.</p></noscript>
</header>
<div id="plot-{name}"></div>
<script>{plotly}</script>
<script>{script}</script>
</body>
</html>
"""
# Without WebGL (no graphics card, or switched off) points are drawn as SVG: slower, but there.
_SCRIPT = """
"use strict";
const plot = document.getElementById("plot-{name}");
const data = {data};
const layout = {layout};
const wide = {wide};
const narrow = {narrow};
const small = window.matchMedia("(max-width: 640px)");
const fit = () => {{ const look = small.matches ? narrow : wide; return Plotly.update(plot, look.data, look.layout); }};
if (data.some(trace => trace.type === "scattergl") && !document.createElement("canvas").getContext("webgl"))
  for (const trace of data) if (trace.type === "scattergl") trace.type = "scatter";
Plotly.newPlot(plot, data, layout, {config}).then(() => small.matches && fit()).then(() => {{ plot.dataset.drawn = "yes"; }});
small.addEventListener("change", fit);
"""


@dataclass(frozen=True, slots=True)
class Picture:
    """A plotly figure and the plain text above it.

    title, notes: text, not markup. least_height: pixels below which the page scrolls.
    narrow, wide: what differs between a phone (640 pixels or less) and a screen, each `{"data": …, "layout": …}` for `Plotly.update`;
    `wide` undoes what `narrow` does, and the figure itself is wide.
    """

    figure: Any
    title: str
    notes: Sequence[str]
    least_height: int = 340
    narrow: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    wide: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def write_page(picture: Picture, style: Style, title: str, name: str) -> str:
    """Return the page: plotly's own script inside it, no random ids, and a policy that forbids every connection and every other script.

    Scripts are allowed by their SHA-256 alone, so text from the data could not run even if it got out of its place. `unsafe-eval` is there
    only for WebGL points, for which plotly compiles its drawing code.
    """
    from plotly.io.json import to_json_plotly
    from plotly.offline import get_plotlyjs

    parts = picture.figure.to_plotly_json()
    script = _SCRIPT.format(
        name=name,
        data=to_json_plotly(parts["data"]),
        layout=to_json_plotly(parts["layout"]),
        wide=to_json_plotly(_look(picture.wide)),
        narrow=to_json_plotly(_look(picture.narrow)),
        config=to_json_plotly({**_CONFIG, "toImageButtonOptions": {"filename": name, "scale": 2}}),
    )
    plotly = get_plotlyjs()
    webgl = any(trace["type"] == "scattergl" for trace in parts["data"])
    return _PAGE.format(
        policy=_policy([plotly, script], webgl),
        title=escape(title),
        heading=escape(picture.title),
        notes=" · ".join(escape(note) for note in picture.notes if note),
        ink=style.ink,
        soft=style.soft,
        paper=style.paper,
        name=name,
        least_height=picture.least_height,
        plotly=plotly,
        script=script,
    )


def _look(changes: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {"data": {}, "layout": {}, **changes}


def _policy(scripts: Sequence[str], webgl: bool) -> str:
    hashes = [f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts]
    allowed = " ".join([*hashes, *(["'unsafe-eval'"] if webgl else [])])
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
