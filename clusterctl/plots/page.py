"""A plotly figure as one page that opens with no network."""

from __future__ import annotations

from html import escape
from typing import Any

_CONFIG = {"displaylogo": False, "responsive": True, "plotlyServerURL": "", "showTips": False}
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" 
  content="default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:; worker-src blob:">
<title>{title}</title>
<style>body {{ margin: 0; font-family: sans-serif; }} #plot {{ height: 100vh; }}</style>
</head>
<body>
{plot}
</body>
</html>
"""


def write_page(figure: Any, title: str, name: str) -> str:
    """Return the page: plotly's own script inside it, a policy that forbids every connection, and no random ids.

    `unsafe-eval` is for plotly's WebGL points, which compile their drawing code; with no connection allowed nothing can be fetched to run.
    """
    from plotly.io import to_html

    plot: str = to_html(
        figure, config=_CONFIG, include_plotlyjs=True, include_mathjax=False, full_html=False, default_height="100vh", div_id=f"plot-{name}"
    )
    return _PAGE.format(title=escape(title), plot=plot)
