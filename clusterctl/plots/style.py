"""How all pictures look: sizes, text, colours that colour-blind people can tell apart."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """The look of a picture; sizes in inches, text in points."""

    width: float = 8.0
    height: float = 5.6
    title_size: float = 12.0
    subtitle_size: float = 8.5
    label_size: float = 9.0
    tick_size: float = 8.0
    ink: str = "#1f2328"
    soft: str = "#59636e"
    rule: str = "#d1d9e0"
    noise: str = "#b9bec5"
    other: str = "#8d96a0"
    paper: str = "#ffffff"
