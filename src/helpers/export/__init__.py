"""Tables to take away: one Excel workbook, LaTeX with booktabs (CSV lies beside the tables already)."""

from helpers.export.excel import excel
from helpers.export.latex import latex

__all__ = ["excel", "latex"]
