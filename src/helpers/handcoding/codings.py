"""A coder's codes as a table (`import-qda` writes it): the same rows and the same checks as a sheet, line by line."""

import csv
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from helpers.codebook import STATEMENTS, Codebook
from helpers.handcoding.sheets import SheetError

COLUMNS = ["unit", "statement", "tools"]


def read_codings(path: str | Path, codebook: Codebook, sample: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Read unit, statement, tools (a;b) of the sample's units, and one sentence a problem with file and line.

    Units outside of the sample are passed over: qualitative software codes whole documents. Raises SheetError when the file
    is no such table.
    """
    path = Path(path)
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise SheetError(f"{path.name}: cannot be read as a table of codes ({type(error).__name__}); import it again") from None
    if not set(COLUMNS) <= set(reader.fieldnames or ()):
        raise SheetError(f"{path.name}: has no columns {', '.join(COLUMNS)}; use the file that `import-qda` wrote")
    wanted, found, problems = set(sample["unit"]), {}, []
    for line, row in rows:
        unit, statement = row["unit"], (row["statement"] or "").strip()
        if unit not in wanted:
            continue
        where = f"{path.name}, line {line}"
        tools = [tool for tool in (row["tools"] or "").split(";") if tool]
        strange = [(c, names) for c, names in ((statement, STATEMENTS), *((t, codebook.tools) for t in tools)) if c not in names]
        for code, names in strange:
            near = get_close_matches(code, names, 1, 0.5)
            problems.append(f"{where}: {code!r} is no code of the codebook{f'; did you mean {near[0]}?' if near else ''}")
        if unit in found:
            problems.append(f"{where}: unit {unit} stands there twice; keep one row")
        elif not strange:
            found[unit] = (unit, statement, ";".join(sorted(set(tools), key=codebook.tools.index)))
    missing = [unit for unit in sample["unit"] if unit not in found]
    problems += [f"{path.name}: unit {unit} of the sample is not coded" for unit in missing]
    return pd.DataFrame(found.values(), columns=COLUMNS), problems
