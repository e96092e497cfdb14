"""One Excel sheet a coder: instructions, the units with drop-down lists, the codebook in both languages."""

from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import xlsxwriter
from openpyxl.worksheet.datavalidation import DataValidation

from helpers import store
from helpers.codebook import STATEMENTS, Codebook
from helpers.handcoding.labels import STATEMENT_NAMES
from helpers.handcoding.reading import UNITS

GUIDE, CODES = "说明 Instructions", "编码表 Codebook"
_BEFORE = {"unit": 24, "document 文件": 24, "heading 标题": 36, "text 单元文本": 80, "statement 陈述类型": 22}
_TOOL, _NOTE = 28, ("note 备注", 30)
_INSTRUCTIONS = """\
For coders · 编码说明
1. Code each row of the sheet “编码 Units” on its own, without sight of the other coders. 逐行独立编码，不与其他编码员商量。
2. statement: choose what the sentence does (measure 措施, goal 目标, background 背景, other 其他). 先判断陈述类型。
3. tools: choose none to {n}; a {without} sentence has none. 再选政策工具，可不选，至多{n}个；{without_zh}句不选工具。
4. The heading is context: it may settle the tool of a fragment, it never adds one to a full sentence. 标题只作语境。
5. What counts and what does not stands in the sheet “编码表 Codebook”. 判断标准见“编码表”。
6. Do not delete, add or sort rows; a doubt goes into the note. 不要增删或重排行；有疑问写入备注。
7. Save the file under its own name. 以原文件名保存。
"""
_CREATED = datetime(2025, 1, 1)


def write_sheet(
    sample: pd.DataFrame, codebook: Codebook, coder: str, path: str | Path, codings: pd.DataFrame | None = None
) -> Path:
    """Write the sheet of one coder for `sample` (as from `sample.draw`): text is text, never a formula; lists in every row.

    `codings` (unit and a column a coder) stand behind the note, for those who decide together.
    """
    return store.write_atomic(path, lambda partial: _write(sample, codebook, coder, partial, codings))


def _write(sample: pd.DataFrame, codebook: Codebook, coder: str, path: Path, codings: pd.DataFrame | None) -> None:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"title": f"Hand coding: {coder}", "created": _CREATED})
    bold, wrap = book.add_format({"bold": True, "bg_color": "#e5e7eb"}), book.add_format({"text_wrap": True, "valign": "top"})
    guide, units, codes = (book.add_worksheet(name) for name in (GUIDE, UNITS, CODES))
    guide.set_column(0, 0, 120)
    for row, line in enumerate([f"coder 编码员: {coder}", "", *_instructions(codebook)]):
        guide.write_string(row, 0, line, wrap)
    others = [] if codings is None else [name for name in codings.columns if name != "unit"]
    n_tools = _n_tools(codebook)
    tool_columns = {f"tool_{i} 工具": _TOOL for i in range(1, n_tools + 1)}
    columns = {**_BEFORE, **tool_columns, _NOTE[0]: _NOTE[1], **dict.fromkeys(others, 30)}
    for column, (heading, width) in enumerate(columns.items()):
        units.write_string(0, column, heading, bold)
        units.set_column(column, column, width, wrap)
    for row, values in enumerate(_rows(sample, n_tools, codings), start=1):
        for column, value in enumerate(values):
            if value is not None:
                units.write_string(row, column, value)
    units.freeze_panes(1, 1)
    statements, tools = choices(codebook)
    last = max(len(sample), 1)
    units.data_validation(1, 4, last, 4, {"validate": "list", "source": statements})
    units.data_validation(1, 5, last, 4 + n_tools, {"validate": "list", "source": _tool_list(codebook)})
    _write_codes(codes, codebook, tools, bold, wrap)
    units.activate()
    book.close()


def _instructions(codebook: Codebook) -> list[str]:
    without, zh = " or ".join(codebook.without_tools), "、".join(STATEMENT_NAMES[s] for s in codebook.without_tools)
    return _INSTRUCTIONS.format(n=codebook.max_tools, without=without, without_zh=zh).splitlines()


def _n_tools(codebook: Codebook) -> int:
    return max(3, codebook.max_tools)


def _tool_list(codebook: Codebook) -> str:
    return f"='{CODES}'!$A$2:$A${len(codebook.tools) + 1}"


def _rows(sample: pd.DataFrame, n_tools: int, codings: pd.DataFrame | None):
    """Yield the cells of each row: what is asked, empty cells for the answers, what each coder said."""
    said = {} if codings is None else {row[0]: row[1:] for row in codings.itertuples(index=False, name=None)}
    for unit in sample.itertuples(index=False):
        asked = [value if isinstance(value, str) else "" for value in (unit.unit, unit.source_file, unit.heading, unit.text)]
        yield [*asked, *[None] * (2 + n_tools), *said.get(unit.unit, ())]


def choices(codebook: Codebook) -> tuple[list[str], list[str]]:
    """Return what the lists of a sheet offer: statements and tools, each with its Chinese name."""
    statements = [f"{name} {STATEMENT_NAMES[name]}" for name in STATEMENTS]
    return statements, [f"{tool} {codebook.label(tool, 'zh')}" for tool in codebook.tools]


def _write_codes(sheet, codebook: Codebook, tools: list[str], bold, wrap) -> None:
    heads = {"tool 工具": 30, "type 类型": 16, "counts 计入": 60, "does not count 不计入": 45, "计入": 60, "不计入": 45}
    for column, (heading, width) in enumerate(heads.items()):
        sheet.write_string(0, column, heading, bold)
        sheet.set_column(column, column, width, wrap)
    for row, (tool, choice) in enumerate(zip(codebook.tool_list, tools, strict=True), start=1):
        values = (tool.counts, tool.does_not_count, tool.counts_zh, tool.does_not_count_zh)
        for column, value in enumerate((choice, codebook.label(tool.type, "zh"), *values)):
            sheet.write_string(row, column, value or "")


def extend_sheet(path: Path, sample: pd.DataFrame, codebook: Codebook, codings: pd.DataFrame) -> Path:
    """Add rows for the units of `sample` to a workbook that people have filled; nothing that stands in it is touched."""
    book = openpyxl.load_workbook(path)
    sheet, first = book[UNITS], book[UNITS].max_row + 1
    for number, values in enumerate(_rows(sample, _n_tools(codebook), codings), start=first):
        for column, value in enumerate(values, start=1):
            if value is not None:
                sheet.cell(number, column, value).data_type = "s"
    last = first + len(sample) - 1
    lists = ('"' + ",".join(choices(codebook)[0]) + '"', "E", "E"), (_tool_list(codebook)[1:], "F", chr(69 + _n_tools(codebook)))
    for source, left, right in lists:
        rule = DataValidation(type="list", formula1=source, allow_blank=True)
        rule.add(f"{left}{first}:{right}{last}")
        sheet.add_data_validation(rule)
    return store.write_atomic(path, book.save)
