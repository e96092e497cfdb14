"""The hand-coding round trip: a probability sample of units, a sheet a coder, their agreement, the resolved gold file.

A floor of its own (6, beside `report`): it needs validity for the figures and Excel for the sheets.
"""

from helpers.handcoding.agreement import Agreement, agree, disagreements, resolve
from helpers.handcoding.codings import read_codings
from helpers.handcoding.sample import SampleError, draw
from helpers.handcoding.sheets import SheetError, read_sheet, units_of, write_sheet

__all__ = [
    "Agreement",
    "SampleError",
    "SheetError",
    "agree",
    "disagreements",
    "draw",
    "read_codings",
    "read_sheet",
    "resolve",
    "units_of",
    "write_sheet",
]
