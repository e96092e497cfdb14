"""One Excel sheet a coder: instructions, the units with drop-down lists, the codebook; and the way back, cell by cell."""

from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

import pandas as pd
import xlsxwriter

from helpers import store
from helpers.codebook import STATEMENTS, Codebook
from helpers.handcoding import workbook
from helpers.handcoding.workbook import SheetError as SheetError

UNITS, GUIDE, CODES = "编码 Units", "说明 Instructions", "编码表 Codebook"
_HEADINGS = [
    "unit",
    "document 文件",
    "heading 标题",
    "text 单元文本",
    "statement 句子性质",
    "tool_1 工具",
    "tool_2 工具",
    "tool_3 工具",
    "note 备注",
]
_WIDTHS = [24, 24, 36, 80, 22, 28, 28, 28, 30]
_STATEMENT_NAMES = {"measure": "措施", "goal": "目标", "background": "背景", "other": "其他"}
_INSTRUCTIONS = """\
For coders · 编码说明
1. Code each row of the sheet “编码 Units” on its own, without sight of the other coders. 逐行独立编码,不要与其他编码员商量。
2. statement: choose what the sentence does (measure 措施, goal 目标, background 背景, other 其他). 先判断句子性质。
3. tools: choose none to three; a background or other sentence has none. 再选政策工具,零至三个;背景句与其他句不选。
4. The heading is context: it may settle the tool of a fragment, it never adds one to a full sentence. 标题只作语境。
5. What counts and what does not stands in the sheet “编码表 Codebook”. 判断标准见“编码表”。
6. Do not delete, add or sort rows; a doubt goes into the note. 不要增删或重排行;有疑问写入备注。
7. Save the file under its own name. 以原文件名保存。
"""
_CREATED = datetime(2025, 1, 1)


def write_sheet(sample: pd.DataFrame, codebook: Codebook, coder: str, path: str | Path) -> Path:
    """Write the sheet of one coder for `sample` (as from `sample.draw`): text is text, never a formula; lists in every row."""
    return store.write_atomic(path, lambda partial: _write(sample, codebook, coder, partial))


def _write(sample: pd.DataFrame, codebook: Codebook, coder: str, path: Path) -> None:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"title": f"Hand coding: {coder}", "created": _CREATED})
    bold, wrap = book.add_format({"bold": True, "bg_color": "#e5e7eb"}), book.add_format({"text_wrap": True, "valign": "top"})
    guide, units, codes = (book.add_worksheet(name) for name in (GUIDE, UNITS, CODES))
    guide.set_column(0, 0, 120)
    for row, line in enumerate([f"coder 编码员: {coder}", "", *_INSTRUCTIONS.splitlines()]):
        guide.write_string(row, 0, line, wrap)
    for column, (heading, width) in enumerate(zip(_HEADINGS, _WIDTHS, strict=True)):
        units.write_string(0, column, heading, bold)
        units.set_column(column, column, width, wrap)
    for row, unit in enumerate(sample.itertuples(index=False), start=1):
        for column, value in enumerate((unit.unit, unit.source_file, unit.heading, unit.text)):
            units.write_string(row, column, value if isinstance(value, str) else "")
    units.freeze_panes(1, 1)
    statements, tools = _choices(codebook)
    last = max(len(sample), 1)
    units.data_validation(1, 4, last, 4, {"validate": "list", "source": statements})
    units.data_validation(1, 5, last, 7, {"validate": "list", "source": f"='{CODES}'!$A$2:$A${len(tools) + 1}"})
    _write_codes(codes, codebook, tools, bold, wrap)
    units.activate()
    book.close()


def _choices(codebook: Codebook) -> tuple[list[str], list[str]]:
    statements = [f"{name} {_STATEMENT_NAMES[name]}" for name in STATEMENTS]
    return statements, [f"{tool} {codebook.label(tool, 'zh')}" for tool in codebook.tools]


def _write_codes(sheet, codebook: Codebook, tools: list[str], bold, wrap) -> None:
    for column, (heading, width) in enumerate(
        (("tool 工具", 30), ("type 类型", 16), ("counts 计入", 70), ("does not count 不计入", 60))
    ):
        sheet.write_string(0, column, heading, bold)
        sheet.set_column(column, column, width, wrap)
    for row, (tool, choice) in enumerate(zip(codebook.tool_list, tools, strict=True), start=1):
        for column, value in enumerate((choice, codebook.label(tool.type, "zh"), tool.counts, tool.does_not_count)):
            sheet.write_string(row, column, value or "")


def read_sheet(path: str | Path, codebook: Codebook, sample: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Read a coder's file back.

    Returns unit, statement, tools (a;b) of the rows that could be read, and one sentence a problem, with file and cell:
    codes that the codebook does not have (with the nearest), rows without a statement, tools on a background sentence,
    the same tool twice, units that are not of the sample, units of the sample that are missing. Raises SheetError when the
    file is no such sheet.
    """
    path = Path(path)
    rows = workbook.rows(path, UNITS, 8)
    known, found, problems = set(sample["unit"]), {}, []
    for number, cells in enumerate(rows, start=2):
        unit, _, _, _, statement, *tools = (cell.strip() if isinstance(cell, str) else cell for cell in (*cells, *[None] * 8)[:8])
        if unit is None and not any((statement, *tools)):
            continue
        if unit not in known:
            problems.append(f"{path.name}, cell A{number}: unit {unit!r} is not in the sample; restore the row from sample.csv")
            continue
        if unit in found:
            problems.append(f"{path.name}, cell A{number}: unit {unit} stands there twice; keep one row")
            continue
        row = _Row(path.name, number, codebook, problems)
        found[unit] = row.statement(statement), row.tools(tools, statement)
    missing = [unit for unit in sample["unit"] if unit not in found]
    problems += [f"{path.name}: unit {unit} is missing; restore its row from sample.csv" for unit in missing]
    coded = [(unit, statement, ";".join(tools)) for unit, (statement, tools) in found.items() if statement]
    return pd.DataFrame(coded, columns=["unit", "statement", "tools"]), problems


def units_of(path: str | Path) -> list[str]:
    """Return the units that a sheet asks for."""
    return [row[0] for row in workbook.rows(path, UNITS, 1) if row[0]]


class _Row:
    """Reads the code cells of one row and says what is wrong with each."""

    def __init__(self, file: str, number: int, codebook: Codebook, problems: list[str]):
        self._file, self._number, self._codebook, self._problems = file, number, codebook, problems

    def _say(self, column: str, problem: str) -> None:
        self._problems.append(f"{self._file}, cell {column}{self._number}: {problem}")

    def statement(self, cell) -> str:
        if not cell:
            self._say("E", "no statement is chosen; choose one of the list")
            return ""
        return self._known("E", str(cell), STATEMENTS, "statement")

    def tools(self, cells: list, statement) -> list[str]:
        chosen = []
        for column, cell in zip("FGH", cells, strict=True):
            if not cell:
                continue
            tool = self._known(column, str(cell), self._codebook.tools, "tool")
            if tool in chosen:
                self._say(column, f"{tool} is chosen twice; clear one")
            elif tool:
                chosen.append(tool)
        if chosen and str(statement or "").split(" ")[0] in ("background", "other"):
            self._say("F", f"a {str(statement).split(' ')[0]} sentence has no tools; clear them or change the statement")
            return []
        return sorted(chosen, key=self._codebook.tools.index)

    def _known(self, column: str, cell: str, names, kind: str) -> str:
        name = cell.split(" ")[0].strip().lower()
        if name in names:
            return name
        near = get_close_matches(name, names, 1, 0.5)
        self._say(column, f"{cell!r} is no {kind} of the codebook{f'; did you mean {near[0]}?' if near else ''}")
        return ""
