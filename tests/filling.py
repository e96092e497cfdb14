"""Coders as people are: they fill a sheet, each with slips of their own, from codes that are given."""

import random
from pathlib import Path

import openpyxl
import pandas as pd

from helpers.handcoding import reading


def imperfect(rows: pd.DataFrame, tools: list[str], seed: int, slips: float = 0.1) -> dict[str, tuple[str, list[str]]]:
    """Return {unit: (statement, tools)} of a coder who reads each sentence mostly as `rows` (unit, statement, tools) do."""
    chance, said = random.Random(seed), {}
    for row in rows.sort_values("unit").itertuples(index=False):
        statement, chosen = row.statement, [tool for tool in row.tools.split(";") if tool]
        if chance.random() < slips:
            statement, chosen = "measure", [chance.choice(tools)]
        said[row.unit] = statement, chosen
    return said


def machine_codes(processed: Path) -> pd.DataFrame:
    """Return the machine's codes of every unit as unit, statement, tools (a;b)."""
    codes, unit_tools = (pd.read_parquet(processed / f"{name}.parquet") for name in ("codes", "unit_tools"))
    tools = unit_tools.groupby("unit_id")["tool"].agg(";".join)
    used = codes["unit_id"].map(tools).fillna("")
    return pd.DataFrame({"unit": codes["unit_id"], "statement": codes["statement"], "tools": used})


def fill(path: Path, said: dict[str, tuple[str, list[str]]], label=str) -> Path:
    """Fill a sheet as it was written by `sample` (or `resolution.xlsx`); `label` says how the coder writes a tool."""
    book = openpyxl.load_workbook(path)
    sheet = book[reading.UNITS]
    for row in range(2, sheet.max_row + 1):
        if (unit := sheet.cell(row, 1).value) in said and not sheet.cell(row, 5).value:
            statement, tools = said[unit]
            sheet.cell(row, 5, statement)
            for column, tool in enumerate(tools[:3], start=6):
                sheet.cell(row, column, label(tool))
    book.save(path)
    return path
