"""A coder's file back, whatever it was saved as: workbook (.xlsx, .xls) or table (.csv), row by row with its problems."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers import rows as csv_rows
from helpers.codebook import Codebook
from helpers.handcoding import workbook
from helpers.handcoding.labels import Labels, NotACode
from helpers.handcoding.workbook import SheetError

UNITS = "编码 Units"
CODES = ["unit", "statement", "tools"]
_COLUMNS = 40  # looked at: those of a sheet, what each coder said, and some that people add
_LACKS = "its first row has no headings unit, statement, tool_1; use the file that `sample` wrote"
_CSV_LACKS = f"has no columns {', '.join(CODES)}; use the file that `import-qda` or the page wrote"
_FEW = 3  # rows of one kind of trouble that are listed one by one


@dataclass(frozen=True)
class Read:
    """`codes`: unit, statement, tools (a;b) of the rows that could be read; `told`: (unit, sentence with file and place).

    `told` has no unit where the sentence is about several, or about a row that is empty. `asked`: the units that the file
    has a row for; `saved`: when the coding page saved it last, "" for other files; `missing`: which units have no row.
    """

    codes: pd.DataFrame
    told: list[tuple[str, str]]
    asked: list[str]
    saved: str = ""
    missing: tuple[str, ...] = ()

    @property
    def problems(self) -> list[str]:
        """One sentence a problem, with file and place; last which units of the sample have no row."""
        return [*(sentence for _, sentence in self.told), *self.missing]


@dataclass(frozen=True)
class _Row:
    unit: str
    statement: object
    tools: list
    places: list[str]  # of unit, statement, and each tool

    @property
    def empty(self) -> bool:
        return not any(str(cell or "").strip() for cell in (self.statement, *self.tools))


def read_file(path: str | Path, codebook: Codebook, sample: pd.DataFrame) -> Read:
    """Read a coder's file of any format.

    A unit with a cell that cannot be read, or with too many tools, is not coded by this coder, and that is said with its place.
    Raises SheetError when the file is no such file.
    """
    path = Path(path)
    if path.suffix.lower() == ".csv":
        frame = _csv(path)
        if not set(CODES) <= set(frame.columns):  # a sheet that a spreadsheet has saved as a table
            grid = [tuple(frame.columns), *frame.itertuples(index=False, name=None)]
            return _coded(path.name, list(_grid_rows(path, grid, "line ", _CSV_LACKS)), codebook, sample, sheet=True)
        saved = max(frame.get("saved", pd.Series(dtype=str)), default="")
        return _coded(path.name, list(_csv_rows(frame)), codebook, sample, sheet=False, saved=saved)
    return _coded(path.name, list(_sheet_rows(path)), codebook, sample, sheet=True)


def read_sheet(path: str | Path, codebook: Codebook, sample: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Read a workbook; return codes and problems as `read_file` does."""
    found = _coded(Path(path).name, list(_sheet_rows(Path(path))), codebook, sample, sheet=True)
    return found.codes, found.problems


def read_codings(path: str | Path, codebook: Codebook, sample: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Read a table of codes; return codes and problems. Other programs code whole documents: other units are passed over."""
    found = read_file(path, codebook, sample)
    return found.codes, found.problems


def units_of(path: str | Path) -> list[str]:
    """Return the units that a workbook asks for."""
    return [row.unit for row in _sheet_rows(Path(path)) if row.unit]


def _sheet_rows(path: Path) -> Iterator[_Row]:
    return _grid_rows(path, workbook.rows(path, UNITS, _COLUMNS, first=1), "cell ", _LACKS)


def _grid_rows(path: Path, grid: list[tuple], place: str, lacks: str) -> Iterator[_Row]:
    """Yield the rows of a sheet with where their cells are; SheetError, ending with `lacks`, where its headings are none."""
    heads = [str(cell or "").split(" ")[0].strip().lower() for cell in grid[0]] if grid else []
    known = {name: heads.index(name) for name in ("unit", "statement") if name in heads}
    tools = [i for i, name in enumerate(heads) if name.startswith("tool_")]
    if len(known) < 2 or not tools:
        raise SheetError(f"{path.name}: {lacks}")
    columns = (known["unit"], known["statement"], *tools)
    for number, cells in enumerate(grid[1:], start=2):
        row = ["" if i >= len(cells) or cells[i] is None else str(cells[i]).strip() for i in columns]
        if any(row):
            where = [f"{path.name}, {place}{_letter(i) if place == 'cell ' else ''}{number}" for i in columns]
            yield _Row(row[0], row[1], row[2:], where)


def _letter(column: int) -> str:
    return (chr(64 + column // 26) if column >= 26 else "") + chr(65 + column % 26)


def _csv(path: Path) -> pd.DataFrame:
    try:
        frame = csv_rows.read(path)
    except csv_rows.RowsError:
        raise SheetError(f"{path.name}: cannot be read as a table of codes; import or save it again") from None
    return frame.rename_axis(path.name)


def _csv_rows(frame: pd.DataFrame) -> Iterator[_Row]:
    for number, row in enumerate(frame.fillna("").itertuples(index=False), start=2):
        where = f"{frame.index.name}, line {number}"
        yield _Row(str(row.unit).strip(), row.statement, [row.tools], [where] * 3)


def _coded(file: str, rows: list[_Row], codebook: Codebook, sample: pd.DataFrame, sheet: bool, saved: str = "") -> Read:
    labels, known = Labels(codebook, *(() if sheet else (("code", "code"),))), set(sample["unit"])
    found, asked, told, empty = [], {}, [], []
    for row in rows:
        if row.unit not in known:
            if sheet:
                told.append(("", f"{row.places[0]}: unit {row.unit!r} is not in the sample; restore the row from sample.csv"))
        elif row.unit in asked:
            told.append((row.unit, f"{row.places[0]}: unit {row.unit} stands there twice; keep one row"))
        else:
            asked[row.unit] = True
            if row.empty:
                empty.append(row)
                continue
            codes, problems = _codes_of(row, labels, codebook)
            told += [(row.unit, problem) for problem in problems]
            if codes:
                found.append((row.unit, *codes))
    there = asked if sheet else {unit for unit, *_ in found}
    told += [("", sentence) for sentence in _empties(file, empty, len(asked))]
    absent = absences(file, [unit for unit in sample["unit"] if unit not in there], sheet)
    return Read(pd.DataFrame(found, columns=CODES, dtype=object), told, list(asked), saved, tuple(absent))


def _codes_of(row: _Row, labels: Labels, codebook: Codebook) -> tuple[tuple[str, str] | None, list[str]]:
    """Return statement and tools of a row, None where any cell of it cannot be read, and what is wrong with each cell.

    A statement that has no tools settles that there are none (the codebook's rule); it is said all the same.
    """
    doubts, slips, chosen, statement = [], [], [], None
    try:
        statement = labels.statement(row.statement)
    except NotACode as error:
        doubts.append(f"{row.places[1]}: {error}")
    if statement == "":
        doubts.append(f"{row.places[1]}: no statement is chosen; choose one of the list")
    for cell, place in zip(row.tools, row.places[2:], strict=True):
        try:
            named = labels.tools(cell)
        except NotACode as error:
            doubts.append(f"{place}: {error}")
            continue
        for tool in named:
            if tool in chosen:
                slips.append(f"{place}: {tool} is chosen twice; clear one")
            else:
                chosen.append(tool)
    if chosen and statement in codebook.without_tools:
        slips.append(f"{row.places[2]}: a {statement} sentence has no tools; clear them or change the statement")
        chosen = []
    if len(chosen) > codebook.max_tools:
        doubts.append(f"{row.places[2]}: {len(chosen)} tools are chosen; the codebook allows {codebook.max_tools}")
    codes = None if doubts else (statement, ";".join(sorted(chosen, key=codebook.tools.index)))
    return codes, doubts + slips


def _empties(file: str, rows: list[_Row], n: int) -> list[str]:
    if len(rows) <= _FEW and len(rows) < n:
        return [f"{row.places[1]}: no statement is chosen; choose one of the list" for row in rows]
    return [f"{file}: {len(rows)} of {n} rows are empty"] if rows else []


def absences(file: str, units: list[str], sheet: bool) -> list[str]:
    """Say which units of the sample a coder has no row for."""
    said = "is missing; restore its row from sample.csv" if sheet else "of the sample is not coded"
    if len(units) <= _FEW:
        return [f"{file}: unit {unit} {said}" for unit in units]
    return [f"{file}: {len(units)} units of the sample have no row: {', '.join(units[:_FEW])} …"]
