"""The table of sentences that the page carries with it: every number leads here, and from here to a place in a raw file."""

import json

import numpy as np
import pandas as pd

from helpers.report.cells import blank, county_key
from helpers.report.fonts import visible
from helpers.report.material import Material
from helpers.report.results import type_order
from helpers.report.words import Words

MAX_UNITS, MAX_CHARACTERS = 20_000, 2_500_000  # of the sentences that a page carries: some eight megabytes
STATEMENTS = ("measure", "goal", "background", "other")
# Columns of the sentences saved from the page, and the texts that the page's own code fills.
_SAVED = (
    "unit_id",
    "county",
    "year",
    "statement",
    "tool",
    "topic",
    "heading_path",
    "text",
    "source_file",
    "raw_start",
    "raw_end",
)
_TEXTS = ("e_found", "e_page", "e_nothing", "e_characters", "e_repeat", "e_ocr", "e_any", "e_none", "unknown", "unknown_year")


def sample(units: pd.DataFrame) -> pd.DataFrame:
    """Return the units to embed: all of them, or as many as a page can carry, evenly spread over all documents."""
    characters = int(units["text"].str.len().sum())
    n = min(len(units), MAX_UNITS, len(units) * MAX_CHARACTERS // max(characters, 1))
    return units.iloc[np.arange(n) * len(units) // max(n, 1)]


def data(material: Material) -> dict:
    """Return what both editions share, as compact lists: documents, headings, tools, units.

    A unit is [document, position, heading, text, start, end, statement, topic, 1 repeated + 2 by OCR, [tool, from, to, …], id];
    offsets of evidence count in UTF-16 code units of the shown text, as browsers do.
    """
    units = sample(material.units)
    documents = material.documents.reset_index(drop=True)
    number = {doc_id: i for i, doc_id in enumerate(documents["doc_id"])}
    tools = sorted(material["unit_tools"]["tool"].unique())
    known = [t for t in getattr(material.codebook, "tools", ()) or () if t in tools]
    tools = known + [t for t in tools if t not in known]
    types = dict(zip(material["unit_tools"]["tool"], material["unit_tools"]["tool_type"], strict=True))
    headings: dict[str, int] = {}
    rows = []
    marks = _marks(material, set(units["unit_id"]), {tool: i for i, tool in enumerate(tools)})
    for u in units.itertuples():
        heading = headings.setdefault("" if blank(u.heading_path) else visible(u.heading_path), len(headings))
        statement = -1 if blank(u.statement) else STATEMENTS.index(u.statement)
        topic = -1 if blank(u.topic) else int(u.topic)
        codes = [v for tool, a, b in marks.get(u.unit_id, ()) for v in (tool, *_shown_offsets(u.text, a, b))]
        place = [number[u.doc_id], int(u.position), heading, visible(u.text), int(u.raw_start), int(u.raw_end)]
        rows.append([*place, statement, topic, int(u.is_repeat) + 2 * int(u.is_ocr), codes])
    return {
        "documents": [_document(d) for d in documents.itertuples()], "headings": list(headings),
        "tools": [[tool, types[tool]] for tool in tools], "units": rows, "all": len(material.units),
    }  # fmt: skip


def _document(d) -> list:
    county = None if blank(d.county) else visible(county_key(d.county, d.county_code))
    year = None if blank(d.year) else int(d.year)
    return [visible(d.doc_id), county, year, visible(d.source_file)]


def _marks(material: Material, wanted: set[str], number: dict[str, int]) -> dict[str, list[tuple]]:
    marks: dict[str, list[tuple]] = {}
    frame = material["unit_tools"]
    frame = frame[frame["unit_id"].isin(wanted)]
    columns = [frame[c].astype(object).tolist() for c in ("unit_id", "tool", "evidence_start", "evidence_end")]
    for unit, tool, start, end in zip(*columns, strict=True):
        marks.setdefault(unit, []).append((number[tool], start, end))
    return marks


def _shown_offsets(text: str, start, end) -> tuple[int, int]:
    """Turn code points of the clean text into UTF-16 units of the text as shown."""
    if blank(start) or blank(end):
        return -1, -1
    return _utf16(visible(text[: int(start)])), _utf16(visible(text[: int(end)]))


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def labels(material: Material, words: Words, tools: list[list[str]]) -> dict:
    """Return what the table of sentences says in one language."""
    order = type_order(material)
    types = [kind for kind in order if kind in {kind for _tool, kind in tools}]
    topics = material["topics"].sort_values("topic", kind="stable")
    known = material.documents.dropna(subset=["county"])
    counties = sorted({*zip(known["county"], known["county_code"].fillna(""), strict=True)})
    return {
        "tools": {tool: words.tool(tool) for tool, _kind in tools},
        "types": {kind: words.tool(kind) for kind in types},
        "colours": {kind: order.index(kind) for kind in types},
        "statements": [[kind, words.value(kind)] for kind in STATEMENTS],
        "topics": [[int(t.topic), visible(words.topic(t.label))] for t in topics.itertuples()],
        "counties": {county_key(*at): words.county(at[0], both=True, code=at[1]) for at in counties},
        "columns": [words.column(name) for name in _SAVED],
        "texts": {key: _raw(words, key) for key in _TEXTS},
    }


def _raw(words: Words, key: str) -> str:
    """Return a text with its {places} left open, for the page's own code to fill."""
    names = ("found", "all", "page", "pages", "start", "end", "n")
    return words(key, **{name: f"{{{name}}}" for name in names})


def script_json(value) -> str:
    """Return JSON that can stand inside a <script> element: nothing in it can close the element or open a comment."""
    compact = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return compact.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
