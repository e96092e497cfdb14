"""Which files hold which coder's codes, whatever copies messengers and file managers have made of them."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pandas as pd

from helpers import rows as csv_rows
from helpers.codebook import Codebook
from helpers.handcoding.reading import CODES, Read, absences, read_file
from helpers.handcoding.sample import SampleError

KINDS = (".xlsx", ".xlsm", ".xls", ".et", ".ods", ".csv")
_LEFT = (".html", ".bak", ".tmp", ".lnk", ".crdownload")  # the coding page, and what programs leave: no codes of anybody's
_NAME = re.compile(r"coder_(?P<name>\w+)", re.IGNORECASE)
# What is put behind a name when a file is copied or kept; what begins with a blank or a bracket is no part of a name anyway.
_COPY = re.compile(
    r"(?<=\w)[_ ]*(的?副本|拷贝|复件|备份|自动恢复|恢复|终稿|定稿|最终版?|修改版?|copy|kopie"
    r"|(?<=[_ ])(backup|bak|conflict|final|autosave|recovered|v\d))[_ ]*\d*$", re.IGNORECASE
)  # fmt: skip
_ALIKE = 10  # units from which two coders who agree on all of them, tools too, may be one file under two names


@dataclass(frozen=True)
class Coder:
    """One coder: the files that were taken, the codes in them, what is wrong with them and what was said about copies."""

    name: str
    paths: tuple[Path, ...]
    codes: pd.DataFrame
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()


def there(folder: Path) -> list[Path]:
    """Return all coders' files of a folder, copies too."""
    return [path for path in _named(folder) if path.suffix.lower() in KINDS]


def resolutions(folder: Path) -> list[Path]:
    """Return the files in which coders decide together, copies too, the one that the program wrote first."""
    found = (p for p in _shown(folder) if p.suffix.lower() in KINDS and "resolution" in p.name.lower())
    return sorted(found, key=lambda path: (len(path.name), path.name))


def passed_over(folder: Path) -> list[str]:
    """Say which files might be a coder's and are not read: of another kind, or without a coder's name."""
    named = _named(folder)
    told = [f"{p.name}: is not read; save it as .xlsx or .csv" for p in named if p.suffix.lower() not in (*KINDS, *_LEFT)]
    others = {*_shown(folder)} - {*named, *resolutions(folder)}
    nobody = sorted(path.name for path in others if path.suffix.lower() in KINDS[:-1])
    return told + [f"{name}: is not read; if it is a coder's, call it coder_NAME.xlsx" for name in nobody]


def _shown(folder: Path) -> list[Path]:
    """Return the files of a folder but those that an open spreadsheet or a system leaves beside them (~$, .~lock, ._)."""
    return sorted(path for path in (folder.iterdir() if folder.is_dir() else ()) if path.name[0] not in ".~")


def _named(folder: Path) -> list[Path]:
    return [path for path in _shown(folder) if _NAME.search(unicodedata.normalize("NFKC", path.name))]


def name_of(path: Path) -> str:
    """Return whose file it is: `coder_A(1).xlsx` and `coder_A - 副本.xlsx` are coder A's."""
    return _COPY.sub("", _NAME.search(unicodedata.normalize("NFKC", path.stem))["name"])


def alike(coders: list["Coder"]) -> list[str]:
    """Say which two coders have the very same codes throughout: it may be one file under two names."""
    told = []
    for a, b in combinations([coder for coder in coders if len(coder.codes) >= _ALIKE], 2):
        if set(a.codes.itertuples(index=False, name=None)) == set(b.codes.itertuples(index=False, name=None)):
            told.append(
                f"coders {a.name} and {b.name} gave the same codes on all {len(a.codes)} units; if {b.paths[0].name} is a copy, "
                "move it away"
            )
    return told


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
    codes = together(f"coder {name}", told)
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


def together(whose: str, told: dict[Path, Read]) -> pd.DataFrame:
    """Return the codes of all files of one: the coding page's later word replaces its earlier one, else none may differ."""
    said: dict[str, tuple[Path, tuple]] = {}
    for path, read in sorted(told.items(), key=lambda item: (not item[1].saved, item[1].saved)):
        for unit, *codes in read.codes.itertuples(index=False, name=None):
            first, before = said.get(unit, (path, tuple(codes)))
            if before != tuple(codes) and not (read.saved and told[first].saved):
                both = " and ".join(sorted((first.name, path.name)))
                raise SampleError(f"{whose}: there are codes in both {both}, and they differ on unit {unit}; move one away")
            said[unit] = path, tuple(codes)
    return pd.DataFrame([(unit, *codes) for unit, (_, codes) in said.items()], columns=CODES, dtype=object)


def coders_are(folder: Path) -> str:
    """Return who coded, by the coders' files: people, a model (files that `label --sample` wrote), or both (mixed)."""
    by_model = {"model" in csv_rows.read(path).columns for path in there(folder) if path.suffix.lower() == ".csv"}
    by_model |= {False for path in there(folder) if path.suffix.lower() != ".csv"}
    return "mixed" if len(by_model) == 2 else "model" if by_model == {True} else "people"
