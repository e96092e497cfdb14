"""Frame in, Figure out: every figure of the collection in one style, with its caption, in English and in Chinese."""

from helpers.plots.charts import CHARTS, Chart, Gallery, chart, save
from helpers.plots.style import colour_of_type, font_path, use_style
from helpers.plots.titled import titled, with_title

__all__ = ["CHARTS", "Chart", "Gallery", "chart", "colour_of_type", "font_path", "save", "titled", "use_style", "with_title"]
