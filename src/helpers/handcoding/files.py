"""Which files hold which coder's codes, whatever copies messengers and file managers have made of them."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers import rows as csv_rows
from helpers.codebook import Codebook
from helpers.handcoding.reading import CODES, Read, absences, read_file
from helpers.handcoding.sample import SampleError

KINDS = (".xlsx", ".xls", ".csv")
_NAME = re.compile(r"coder_(?P<name>\w+)", re.IGNORECASE)
# What is put behind a name when a file is copied; what begins with a blank or a bracket is no part of a name anyway.
_COPY = re.compile(r"[_ ]*(的?副本|拷贝|复件|copy|kopie)[_ ]*\d*$", re.IGNORECASE)


@dataclass(frozen=True)
class Coder:
    """One coder: the files that were taken, the codes in them, what is wrong with them and what was said about copies."""

    name: str
    paths: tuple[Path, ...]
    codes: pd.DataFrame
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()


def there(folder: Path) -> list[Path]:
    """Return all coders' files of a folder, copies too; what an open spreadsheet leaves beside them is passed over."""
    files = folder.iterdir() if folder.is_dir() else ()
    return sorted(p for p in files if p.suffix.lower() in KINDS and p.name[0] not in ".~" and _NAME.search(p.name))


def name_of(path: Path) -> str:
    """Return whose file it is: `coder_A(1).xlsx` and `coder_A - 副本.xlsx` are coder A's."""
    return _COPY.sub("", _NAME.search(unicodedata.normalize("NFKC", path.stem))["name"])


def coders(folder: Path, codebook: Codebook, sample: pd.DataFrame) -> list[Coder]:
    """Read one coder after the other, whatever files there are of each.

    Empty files are passed over, the others are put together, which is right for copies and for a second wave's sheet alike;
    of what the coding page saved, the last word on a unit counts. Raises SampleError where files of one coder contradict.
    """
    files: dict[str, list[Path]] = {}
    for path in there(folder):
        files.setdefault(name_of(path).casefold(), []).append(path)
    return [_one(sorted(own, key=lambda p: (len(p.name), p.name)), codebook, sample) for _, own in sorted(files.items())]


def _one(paths: list[Path], codebook: Codebook, sample: pd.DataFrame) -> Coder:
    name = name_of(paths[0])
    reads = {path: read_file(path, codebook, sample) for path in paths}
    told = {path: read for path, read in reads.items() if len(read.codes)} or {paths[0]: reads[paths[0]]}
    codes = _together(name, told)
    asked = {unit for read in told.values() for unit in (read.asked if len(told) > 1 else ())}
    problems = [sentence for read in told.values() for _, sentence in read.told]
    if len(told) == 1:
        problems += next(iter(told.values())).missing
    else:
        shown = " and ".join(path.name for path in told)
        problems += absences(shown, [unit for unit in sample["unit"] if unit not in asked], sheet=True)
    notes = [f"{path.name}: empty, while coder {name} has codes in another file" for path in paths if path not in told]
    if len(told) > 1:
        notes.append(f"coder {name}: {', '.join(path.name for path in told)} were put together")
    return Coder(name, tuple(told), codes, tuple(problems), tuple(notes))


def _together(name: str, told: dict[Path, Read]) -> pd.DataFrame:
    """Return the codes of all files of a coder; the coding page's later word replaces its earlier one, else none may differ."""
    said: dict[str, tuple[Path, tuple]] = {}
    for path, read in sorted(told.items(), key=lambda item: (not item[1].saved, item[1].saved)):
        for unit, *codes in read.codes.itertuples(index=False, name=None):
            first, before = said.get(unit, (path, tuple(codes)))
            if before != tuple(codes) and not (read.saved and told[first].saved):
                both = " and ".join(sorted((first.name, path.name)))
                raise SampleError(f"coder {name}: there are codes in both {both}, and they differ on unit {unit}; move one away")
            said[unit] = path, tuple(codes)
    return pd.DataFrame([(unit, *codes) for unit, (_, codes) in said.items()], columns=CODES, dtype=object)


def coders_are(folder: Path) -> str:
    """Return who coded, by the coders' files: people, a model (files that `label --sample` wrote), or both (mixed)."""
    by_model = {"model" in csv_rows.read(path).columns for path in there(folder) if path.suffix.lower() == ".csv"}
    by_model |= {False for path in there(folder) if path.suffix.lower() != ".csv"}
    return "mixed" if len(by_model) == 2 else "model" if by_model == {True} else "people"
