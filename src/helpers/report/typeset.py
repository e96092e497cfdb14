"""The same report on paper: typst sets it, with the wheel's own fonts, without a browser or a TeX installation."""

import json
import re
import tempfile
from importlib.resources import files
from pathlib import Path

import typst

from helpers import colours, store
from helpers.report import fonts, material
from helpers.report.declared import places
from helpers.report.model import Cell, Figure, Finding, Prose, Report, Section, Table
from helpers.report.words import Words

_ROWS = 40  # of one table on paper; the page and the workbook have them all
_TIMESTAMP = 1735689600  # 1 January 2025: the document must not know when it was set
_NOT_ON_PAPER = {"evidence", "downloads"}
_CHECKSUMS = {"table-inputs", "table-outputs"}


def write(report: Report, words: Words, path: Path) -> Path:
    """Set the report and write it whole to `path`; the same report gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".pdf-", dir=path.parent) as name:
        folder = Path(name)
        content = _content(report, words, folder)
        (folder / "data.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        template = files("helpers.report").joinpath("templates", "report.typ").read_text(encoding="utf-8")
        (folder / "report.typ").write_text(template, encoding="utf-8")
        data = typst.compile(
            str(folder / "report.typ"),
            root=str(folder),
            font_paths=[fonts.font_folder()],
            ignore_system_fonts=True,
            timestamp=_TIMESTAMP,
        )
    return store.write_atomic(path, lambda partial: partial.write_bytes(data))


def _content(report: Report, words: Words, folder: Path) -> dict:
    return {
        "language": report.language, "title": report.title, "subtitle": report.subtitle, "facts": report.facts,
        "kinds": colours.ON_PAGE, "brief": report.brief,
        "findings_title": words("findings", n=len(report.findings)), "findings": [_finding(f) for f in report.findings],
        "sections": [_section(s, words, folder) for s in report.sections if s.id not in _NOT_ON_PAPER],
    }  # fmt: skip


def _finding(finding: Finding) -> dict:
    rows = [
        {
            "who": who,
            "items": [
                {"tool": tool, "share": c.text, "interval": c.aside, "strip": c.interval, "colour": colour}
                for tool, c, colour in items
            ],
        }
        for who, items in finding.rows
    ]
    links = [text for text, address in finding.links if "?" not in address]
    return {"headline": finding.headline, "text": finding.text, "links": links, "rows": rows}


def _section(section: Section, words: Words, folder: Path) -> dict:
    blocks = []
    for block in section.blocks:
        if isinstance(block, Table) and block.id not in _CHECKSUMS:
            blocks.append(_table(block, words))
        elif isinstance(block, Figure):
            blocks.append(_figure(block, words, folder))
        elif isinstance(block, Prose) and block.kind == "reference":
            blocks.append({"type": "reference", "parts": _italics(block.text)})
        elif isinstance(block, Prose):
            blocks.append({"type": block.kind, "text": block.text.replace("`", ""), "title": block.title})
    return {"title": section.title, "blocks": blocks}


def _table(table: Table, words: Words) -> dict:
    notes = [table.note] if table.note else []
    total = max(table.total or 0, len(table.rows))
    if total > _ROWS:
        notes.append(words("cut_here" if table.n_cut else "cut_paper", shown=_ROWS, total=total))
    shown = table.rows[:_ROWS]
    return {
        "type": "table", "label": words("table", n=table.number), "caption": table.caption, "notes": notes,
        "heads": [c.label for c in table.columns], "kinds": [c.kind for c in table.columns], "widths": _widths(table, shown),
        "rows": [[_cell(c) for c in row] for row in shown],
    }  # fmt: skip


def _cell(cell: Cell) -> dict:
    return {"text": _breakable(cell.text), "aside": cell.aside, "struck": _breakable(cell.struck)}


def _breakable(text: str) -> str:
    """Let long runs of letters (file names, checksums) break."""
    return re.sub(r"([A-Za-z0-9]{8})(?=[A-Za-z0-9])|([-_/.])(?=\w{3})", lambda m: f"{m[0]}\u200b", text)


def _widths(table: Table, rows: list[list[Cell]]) -> list[float]:
    """Share the line by the root of each column's longest cell, within bounds."""
    out = []
    for i, column in enumerate(table.columns):
        longest = max([places(column.label), *(places(row[i].text) + places(row[i].struck) for row in rows)])
        longest = max([longest, *(len(row[i].aside) for row in rows)])
        out.append(round(min(max(longest, 4), 90) ** 0.7, 3))
    return out


def _figure(figure: Figure, words: Words, folder: Path) -> dict:
    data, (width, height) = material.raster(figure.path)
    suffix = ".svg" if material.is_drawing(figure.path) else ".png"
    file = f"{figure.id}{suffix}"
    (folder / file).write_bytes(figure.path.with_suffix(".svg").read_bytes() if suffix == ".svg" else data)
    label = words("figure", n=figure.number)
    return {"type": "figure", "label": label, "caption": figure.caption, "file": file, "tall": height > 0.85 * width}


def _italics(text: str) -> list[tuple[str, bool]]:
    return [(part, i % 2 == 1) for i, part in enumerate(text.split("*")) if part]
