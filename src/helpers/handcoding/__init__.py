"""The hand-coding round trip: a probability sample of units, a sheet and a page a coder, their agreement, the resolved gold file.

A floor of its own (6, beside `report`): it needs validity for the figures and Excel for the sheets.
"""

from helpers.handcoding.agreement import Agreement, agree, disagreements, resolve
from helpers.handcoding.files import Coder, alike, coders, coders_are, passed_over, resolutions, there
from helpers.handcoding.page import write_page
from helpers.handcoding.reading import Read, SheetError, read_codings, read_file, read_sheet, units_of
from helpers.handcoding.resolution import ask, resolution_of, resolution_problems
from helpers.handcoding.sample import SampleError, draw, read_sample
from helpers.handcoding.sheets import extend_sheet, write_sheet

__all__ = [
    "Agreement", "Coder", "Read", "SampleError", "SheetError", "agree", "alike", "ask", "coders", "coders_are", "disagreements",
    "draw", "extend_sheet", "passed_over", "read_codings", "read_file", "read_sample", "read_sheet", "resolution_of",
    "resolution_problems", "resolutions", "resolve", "there", "units_of", "write_page", "write_sheet",
]  # fmt: skip
