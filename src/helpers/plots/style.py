"""One style for all figures: one checked CJK font from a wheel, colours that a colour-blind reader can tell apart."""

from functools import cache

import matplotlib
import pylopdf_fonts_zh_cn as fonts

matplotlib.use("agg")

import matplotlib.pyplot as plt  # noqa: E402
from matplotlib import font_manager  # noqa: E402

from helpers.colours import INK, NEUTRAL, ON_MARK, PALETTE, SHADES  # noqa: E402

__all__ = ["INK", "NEUTRAL", "ON_MARK", "PALETTE", "SHADES", "colour_of_type", "font_path", "text_on", "use_style"]


def font_path() -> str:
    """Return the path of the font file that every figure uses (Noto Sans SC, OFL)."""
    return str(fonts.sans_path())


@cache
def _register_font() -> str:
    font_manager.fontManager.addfont(font_path())
    return font_manager.FontProperties(fname=font_path()).get_name()


def use_style() -> None:
    """Set matplotlib's defaults for the collection; safe to call again."""
    plt.rcdefaults()
    plt.rcParams.update({
        "font.family": [_register_font()], "axes.unicode_minus": True, "font.size": 9,
        "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "axes.axisbelow": True,
        "grid.color": "#e5e7eb", "grid.linewidth": 0.6, "axes.edgecolor": "#9ca3af",
        "figure.constrained_layout.use": True, "figure.facecolor": "white", "savefig.facecolor": "white",
        "text.hinting": "no_hinting", "figure.dpi": 100, "savefig.dpi": 300, "svg.fonttype": "none", "svg.hashsalt": "county", "legend.frameon": False,
        "axes.prop_cycle": plt.cycler(color=PALETTE),
    })  # fmt: skip


def text_on(colour: str) -> str:
    """Return the colour of text upon a mark of the palette: white on its dark colours."""
    return "white" if colour in (PALETTE[0], PALETTE[2], PALETTE[5]) else ON_MARK


def colour_of_type(types: list[str]) -> dict[str, str]:
    """Give each tool type its colour, in the order of the codebook: one colour a type throughout."""
    return {name: PALETTE[i % len(PALETTE)] for i, name in enumerate(types)}
