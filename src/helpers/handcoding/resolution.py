"""The sheet in which coders decide together: what is open is added, what is decided is kept."""

from pathlib import Path

import pandas as pd

from helpers.codebook import Codebook
from helpers.handcoding.agreement import Agreement, coded_as
from helpers.handcoding.files import resolutions, together
from helpers.handcoding.reading import Read, read_file
from helpers.handcoding.sheets import extend_sheet, write_sheet

NAME = "resolution"


def resolution_of(folder: Path, codebook: Codebook, sample: pd.DataFrame) -> Read:
    """Read the decisions taken so far, of all files that hold some; SampleError where two of them contradict."""
    reads = {path: read_file(path, codebook, sample) for path in resolutions(folder)}
    asked = dict.fromkeys(unit for read in reads.values() for unit in read.asked)
    return Read(together(NAME, reads), [told for read in reads.values() for told in read.told], list(asked))


def ask(folder: Path, sample: pd.DataFrame, codebook: Codebook, found: Agreement, still_open: list[str]) -> Path:
    """Let the sheet ask for every open unit, with what each coder said; rows that are there already stay as they are."""
    path = next((p for p in resolutions(folder) if p.suffix.lower() == ".xlsx"), folder / f"{NAME}.xlsx")
    new = sample[sample["unit"].isin(set(still_open) - set(resolution_of(folder, codebook, sample).asked))]
    codings = pd.DataFrame({"unit": sample["unit"], **{f"coder {name}": said for name, said in coded_as(found).items()}})
    if not path.exists():
        return write_sheet(new, codebook, NAME, path, codings) if len(new) else resolutions(folder)[0]
    return extend_sheet(path, new, codebook, codings) if len(new) else path


def resolution_problems(resolution: Read, found: Agreement, sample: pd.DataFrame, still_open: list[str]) -> list[str]:
    """Say which cells of open units cannot be read, and which decisions stand although the coders agree by now."""
    told = [sentence for unit, sentence in resolution.told if unit in still_open]
    codes = pd.DataFrame(coded_as(found), index=sample["unit"])
    for row in resolution.codes.itertuples(index=False):
        said, decided = set(codes.loc[row.unit]), f"{row.statement}|{';'.join(sorted(filter(None, row.tools.split(';'))))}"
        if len(said) == 1 and "" not in said and decided not in said:
            told.append(f"{NAME}: unit {row.unit} stands as decided ({decided}), although the coders now agree on {said.pop()}")
    return told
