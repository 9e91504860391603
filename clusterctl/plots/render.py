"""The one place where pictures are saved: a figure of its own, matplotlib's own defaults, the same bytes every time."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar, cast

from clusterctl.errors import OutputError, missing_extra
from clusterctl.plots.style import Style

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    from clusterctl.plots.registry import PlotSpec
    from clusterctl.values.plotdata import PlotData

ImageFormat = Literal["png", "svg", "pdf"]
Data = TypeVar("Data")
Data_contra = TypeVar("Data_contra", contravariant=True)


class Drawable(Protocol[Data_contra]):
    """What can be saved as a picture: a plot of a run or of a sweep, each with data of its own."""

    @property
    def name(self) -> str:
        """The plot's name."""
        ...

    def applies(self, data: Data_contra) -> str | None:
        """Return None, or the reason why this cannot be drawn."""
        ...

    def draw(self, figure: Figure, data: Data_contra, style: Style) -> None:
        """Draw on an empty figure, whose size it may set."""
        ...


# matplotlib's settings are global to the process: pictures are drawn one at a time.
_ONE_AT_A_TIME = threading.Lock()
_NO_DATES: dict[str, dict[str, None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Producer": None, "Creator": None},
}
# Tried in this order for characters that the first lacks; those not installed are passed over.
_FONTS = (
    "DejaVu Sans",
    "Noto Sans",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "WenQuanYi Zen Hei",
    "PingFang SC",
    "Hiragino Sans",
    "Arial Unicode MS",
)


def render_png(spec: Drawable[Data], data: Data, *, dpi: int = 150, style: Style | None = None) -> bytes:
    """Return the picture as PNG, 1200 pixels wide by default; see `render_image`."""
    return render_image(spec, data, "png", dpi=dpi, style=style)


def render_image(spec: Drawable[Data], data: Data, image_format: ImageFormat, *, dpi: int = 150, style: Style | None = None) -> bytes:
    """Return the picture's bytes: the same for the same data, versions and installed fonts, whatever the user's matplotlibrc says.

    Raises OutputError when the plot does not apply to these data, with the reason.
    """
    _check(spec, data)
    with _ONE_AT_A_TIME, _own_settings():
        from matplotlib.figure import Figure

        style = style or Style()
        figure = Figure(dpi=dpi, facecolor=style.paper)
        spec.draw(figure, data, style)
        if lacks_glyphs(figure):
            _admit_boxes(figure, style)
        buffer = BytesIO()
        figure.savefig(buffer, format=image_format, dpi=dpi, metadata=_NO_DATES[image_format])
        return buffer.getvalue()


def lacks_glyphs(figure: Figure) -> bool:
    """Return whether the figure has characters that none of the fonts in use can draw: they come out as boxes."""
    from matplotlib import rcParams
    from matplotlib.font_manager import fontManager, get_font
    from matplotlib.text import Text

    found = cast("list[Text]", figure.findobj(Text))
    characters = {ord(character) for text in found for character in text.get_text() if not character.isspace()}
    if not characters or max(characters) < 0x250:  # Latin: every font has it
        return False
    fonts = [get_font(fontManager.findfont(name)) for name in rcParams["font.family"]]
    return any(all(font.get_char_index(character) == 0 for font in fonts) for character in characters)


def _admit_boxes(figure: Figure, style: Style) -> None:
    """Say so above the title, where no plot draws."""
    width, height = figure.get_size_inches()
    text = "boxes: characters that no font on this machine has; a Noto font would"
    figure.text(1 - 0.16 / width, 1 - 0.03 / height, text, size=6, color=style.soft, ha="right", va="top")


def render_html(spec: PlotSpec, data: PlotData, *, style: Style | None = None) -> str:
    """Return a page that holds everything it needs, and opens with no network; the same for the same data and version of plotly.

    Raises ConfigError when plotly is not installed and OutputError when the plot does not apply.
    """
    _check(spec, data)
    try:
        import plotly  # noqa: F401
    except ImportError as error:
        raise missing_extra("plotly", "interactive", "visualization_configuration.interactive_plots") from error
    from clusterctl.plots.page import write_page

    style = style or Style()
    return write_page(spec.draw_interactive(data, style), style, title=spec.title, name=spec.name)


def _check(spec: Drawable[Data], data: Data) -> None:
    reason = spec.applies(data)
    if reason is not None:
        raise OutputError(f"the {spec.name} plot cannot be drawn: {reason}", hint="name no plots, and those that apply are drawn")


@contextmanager
def _own_settings() -> Iterator[None]:
    """Set matplotlib's settings to its defaults and ours, and back afterwards; say nothing about characters that no font has."""
    import matplotlib
    from matplotlib.font_manager import fontManager

    installed = set(fontManager.get_font_names())
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r".*Glyph .*missing from", category=UserWarning)
        warnings.filterwarnings("ignore", message=r".*Matplotlib currently does not support", category=UserWarning)
        matplotlib.rcParams.update({name: value for name, value in matplotlib.rcParamsDefault.items() if not name.startswith("backend")})
        matplotlib.rcParams.update(
            {
                "font.family": [name for name in _FONTS if name in installed] or ["sans-serif"],
                "text.parse_math": False,
                "text.usetex": False,
                "axes.unicode_minus": True,
                "svg.hashsalt": "clusterctl",
                "svg.fonttype": "path",
                "pdf.fonttype": 42,
                "path.simplify": True,
            }
        )
        yield
