"""A figure drawn as PNG and as SVG at the least cost: laid out once, drawn once for each, every text measured once a run.

`Figure.savefig` draws twice for each format, and matplotlib measures each label anew whenever it draws; with eighty
figures that was a third of a whole run.
"""

import zlib
from functools import cache, lru_cache
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from PIL import Image

DPI = 300
_POINTS = 72  # an inch: the unit of SVG
_LEAD = 0.2  # between lines, of the size of the letters: the font asks for none, and two lines of a label touched


class _Measured:
    """A renderer that remembers across figures how large a text is and how high its font."""

    def get_text_width_height_descent(self, s, prop, ismath):
        measure = super().get_text_width_height_descent
        return _remembered(type(self).__name__, self.scale, s, prop, ismath, _Unhashed(measure))

    def _get_font_height_metrics(self, prop):
        """Asked by matplotlib's texts before they read the tables of the font themselves."""
        size = prop.get_size_in_points() * self.scale / _POINTS
        return tuple(size * part for part in _heights(tuple(prop.get_family())))


class _Unhashed:
    """What fills the memory and is no part of what is remembered."""

    def __init__(self, measure):
        self.measure = measure

    def __eq__(self, other):
        return isinstance(other, _Unhashed)

    def __hash__(self):
        return 0


@lru_cache(20_000)
def _remembered(kind: str, scale: float, s: str, prop: FontProperties, ismath, how: _Unhashed) -> tuple:
    return how.measure(s, prop, ismath)


@cache
def _heights(family: tuple[str, ...]) -> tuple[float, float, float]:
    """Return ascent, descent and gap between lines of the font, as parts of its size."""
    font = get_font(findfont(FontProperties(family=list(family))))
    about, unit = font.get_sfnt_table("OS/2"), font.get_sfnt_table("head")["unitsPerEm"]
    gap = max(about["sTypoLineGap"] / unit, _LEAD)
    return about["sTypoAscender"] / unit, -about["sTypoDescender"] / unit, gap


class _Raster(_Measured, RendererAgg):
    scale = DPI


class _Vector(_Measured, RendererSVG):
    scale = _POINTS


class _Canvas(FigureCanvasAgg):
    """The canvas that the layout asks for sizes and that the PNG is drawn on."""

    def get_renderer(self):
        if not isinstance(getattr(self, "renderer", None), _Raster):
            width, height = self.get_width_height(physical=True)
            self.renderer = _Raster(width, height, self.figure.dpi)
        return self.renderer


def write_png(figure: Figure, path: Path) -> None:
    """Lay the figure out and write it as PNG for print; nothing in the file tells the time or the program."""
    figure.dpi = DPI
    canvas = _Canvas(figure)
    canvas.draw()
    picture = Image.frombytes("RGB", canvas.get_width_height(physical=True), canvas.buffer_rgba(), "raw", "RGBX", 0, 1)
    picture.save(path, "PNG", dpi=(DPI, DPI), compress_level=1, compress_type=zlib.Z_RLE)


def write_svg(figure: Figure, path: Path) -> None:
    """Write a figure that is laid out as SVG, with text as text."""
    figure.set_layout_engine("none")
    figure.dpi = _POINTS
    width, height = (side * _POINTS for side in figure.get_size_inches())
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        renderer = _Vector(width, height, file, image_dpi=DPI, metadata={"Date": None, "Creator": None})
        figure.draw(renderer)
        renderer.finalize()
