"""The sheet in which coders decide together: what is open is added, what is decided is kept."""

from pathlib import Path

import pandas as pd

from helpers.codebook import Codebook
from helpers.handcoding.agreement import Agreement, coded_as
from helpers.handcoding.reading import CODES, Read, read_file
from helpers.handcoding.sheets import extend_sheet, write_sheet

NAME = "resolution"


def resolution_of(folder: Path, codebook: Codebook, sample: pd.DataFrame) -> Read:
    """Read the decisions taken so far; none where there is no such sheet."""
    path = _path(folder)
    return read_file(path, codebook, sample) if path.exists() else Read(pd.DataFrame(columns=CODES, dtype=object), [], [])


def _path(folder: Path) -> Path:
    found = sorted(p for p in folder.glob(f"{NAME}.*") if p.suffix.lower() in (".xlsx", ".xls"))
    return found[0] if found else folder / f"{NAME}.xlsx"


def ask(folder: Path, sample: pd.DataFrame, codebook: Codebook, found: Agreement, still_open: list[str]) -> Path:
    """Let the sheet ask for every open unit, with what each coder said; rows that it has already stay as they are."""
    path = _path(folder)
    there = read_file(path, codebook, sample).asked if path.exists() else []
    new = sample[sample["unit"].isin(set(still_open) - set(there))]
    codings = pd.DataFrame({"unit": sample["unit"], **{f"coder {name}": said for name, said in coded_as(found).items()}})
    if not path.exists():
        return write_sheet(new, codebook, NAME, path, codings)
    if not len(new):
        return path
    if path.suffix.lower() == ".xlsx":
        return extend_sheet(path, new, codebook, codings)
    return write_sheet(new, codebook, NAME, path.with_name(f"{NAME}_2.xlsx"), codings)


def resolution_problems(resolution: Read, found: Agreement, sample: pd.DataFrame, still_open: list[str]) -> list[str]:
    """Say which cells of open units cannot be read, and which decisions stand although the coders agree by now."""
    told = [sentence for unit, sentence in resolution.told if unit in still_open]
    codes = pd.DataFrame(coded_as(found), index=sample["unit"])
    for row in resolution.codes.itertuples(index=False):
        said, decided = set(codes.loc[row.unit]), f"{row.statement}|{';'.join(sorted(filter(None, row.tools.split(';'))))}"
        if len(said) == 1 and "" not in said and decided not in said:
            told.append(f"{NAME}: unit {row.unit} stands as decided ({decided}), although the coders now agree on {said.pop()}")
    return told
