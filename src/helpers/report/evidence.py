"""The table of sentences that the page carries with it: every number leads here, and from here to a place in a raw file."""

import json

import pandas as pd

from helpers import codebook as codebooks
from helpers import store
from helpers.coding.learner import entries_of
from helpers.report.cells import blank, county_key
from helpers.report.fonts import visible
from helpers.report.material import Material
from helpers.report.results import type_order
from helpers.report.words import Words

MAX_UNITS, MAX_CHARACTERS = 20_000, 2_500_000  # of the sentences that a page carries: some eight megabytes
_SAMPLE = """
    WITH here AS (
        SELECT file_row_number AS row, row_number() OVER (ORDER BY file_row_number) - 1 AS place
        FROM units SEMI JOIN reported USING (doc_id)
    ), chosen AS (
        SELECT u.unit_id, doc_id, position, heading_path, text, raw_start, raw_end, is_ocr, is_repeat, row
        FROM units u JOIN here ON u.file_row_number = here.row JOIN places USING (place)
    )
    SELECT chosen.* EXCLUDE (row), county, county_code, year, statement, statement_score, coder, topic
    FROM chosen JOIN reported USING (doc_id) LEFT JOIN codes USING (unit_id) LEFT JOIN unit_topics USING (unit_id)
    ORDER BY row"""
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
_TEXTS = (
    "e_found", "e_page", "e_nothing", "e_characters", "e_repeat", "e_ocr", "e_any", "e_none", "unknown", "unknown_year", "e_why",
    "e_why_given", "e_why_score", "e_why_entry", "e_why_heading", "e_why_part", "e_why_quoted", "e_why_near", "e_why_alone",
    "e_why_written",
)  # fmt: skip
_CODERS = ("rules", "linear", "learned", "cross-fitted", "llm")
_WRITTEN = ("invented",)  # sets of sentences that were written for fitting
_LEAST_LETTERS = 8  # a shorter unit, or one without any punctuation, is a title or a fragment: its topic says nothing
_REPEATED, _OCR, _FRAGMENT = 1, 2, 4


def n_carried(material: Material) -> int:
    """Return how many units the page carries: all of them, or as many as a page can."""
    if not (n := material.n_units):
        return 0
    characters = int(material.ask("SELECT sum(length(text)) AS n FROM units SEMI JOIN reported USING (doc_id)").fillna(0)["n"][0])
    return min(n, MAX_UNITS, n * MAX_CHARACTERS // max(characters, 1))


def sample(material: Material) -> pd.DataFrame:
    """Return the units that the page carries, evenly spread over all documents, with statement, county, year and topic."""
    places = pd.DataFrame({"place": store.spread(material.n_units, n_carried(material))})
    return material.ask(_SAMPLE, places=places)


def data(material: Material) -> dict:
    """Return what both editions share, as compact lists: documents, headings, tools, units.

    A unit is [document, position, heading, text, start, end, statement, topic, 1 repeated + 2 by OCR + 4 title or fragment,
    [tool, from, to, score, …], [coder, score of the statement, entry, …], [labelled, likeness, …]]; scores and likeness in per
    cent, `entry` numbers the patterns that hit and speak for its codes, negative (-1 - number) where only its heading did;
    `labelled` numbers the nearest labelled sentences, each [text, statement, whether it was written for fitting, tool, …].
    Offsets of evidence count in UTF-16 code units of the shown text, as browsers do.
    """
    units = sample(material)
    documents = material.documents.reset_index(drop=True)
    number = {doc_id: i for i, doc_id in enumerate(documents["doc_id"])}
    tools = sorted(material.used["tool"].unique())
    known = [t for t in getattr(material.codebook, "tools", ()) or () if t in tools]
    tools = known + [t for t in tools if t not in known]
    types = dict(zip(material.used["tool"], material.used["tool_type"], strict=True))
    headings: dict[str, int] = {}
    rows = []
    marks = _marks(material, units[["unit_id"]], {tool: i for i, tool in enumerate(tools)})
    patterns, spoke = _patterns(material, units, marks, tools)
    labelled, near = _nearest(material, units[["unit_id"]], {tool: i for i, tool in enumerate(tools)})
    for u, entries in zip(units.itertuples(), spoke, strict=True):
        heading = headings.setdefault("" if blank(u.heading_path) else visible(u.heading_path), len(headings))
        statement = -1 if blank(u.statement) else STATEMENTS.index(u.statement)
        topic = -1 if blank(u.topic) else int(u.topic)
        found = marks.get(u.unit_id, ())
        codes = [v for tool, a, b, score in found for v in (tool, *_shown_offsets(u.text, a, b), _per_cent(score))]
        place = [number[u.doc_id], int(u.position), heading, visible(u.text), int(u.raw_start), int(u.raw_end)]
        kind = _REPEATED * bool(u.is_repeat) + _OCR * bool(u.is_ocr) + _FRAGMENT * (not _is_sentence(u.text, u.statement))
        coder = _CODERS.index(u.coder) if u.coder in _CODERS else -1
        why = [coder, _per_cent(u.statement_score), *entries]
        rows.append([*place, statement, topic, kind, codes, why, near.get(u.unit_id, [])])
    return {
        "documents": [_document(d) for d in documents.itertuples()], "headings": list(headings),
        "tools": [[tool, types[tool]] for tool in tools], "units": rows, "all": material.n_units, "patterns": patterns,
        "labelled": labelled,
    }  # fmt: skip


def _nearest(material: Material, wanted: pd.DataFrame, number: dict[str, int]) -> tuple[list[list], dict[str, list[int]]]:
    """Return the labelled sentences nearest to these units, each once, and by unit their numbers with the likeness."""
    query = "SELECT near_labelled.* FROM near_labelled SEMI JOIN wanted USING (unit_id) ORDER BY file_row_number"
    frame = material.ask(query, wanted=wanted)
    places: dict[tuple, int] = {}
    near: dict[str, list[int]] = {}
    for row in frame.itertuples():
        tools = [] if blank(row.tools) else [number[tool] for tool in row.tools.split(";") if tool in number]
        said = (visible(row.labelled_text), STATEMENTS.index(row.statement), int(row.labelled_set in _WRITTEN), *tools)
        near.setdefault(row.unit_id, []).extend((places.setdefault(said, len(places)), _per_cent(row.likeness)))
    return [list(said) for said in places], near


def _per_cent(score) -> int:
    return -1 if blank(score) else round(100 * float(score))


def _is_sentence(text: str, statement) -> bool:
    letters = sum(character.isalnum() for character in text)
    return statement != "other" and letters >= _LEAST_LETTERS and any(mark in text for mark in "。；;！!？?，,：:")


def _patterns(material: Material, units: pd.DataFrame, marks: dict, tools: list[str]) -> tuple[list, list[list[int]]]:
    """Return the patterns that spoke for a code of these units ([id, tool or statement, note]), and their numbers by unit."""
    if material.codebook is None or not len(units):
        return [], [[] for _ in range(len(units))]
    entries = entries_of(material.codebook)
    hits = codebooks.find(entries, units["text"].tolist(), units["heading_path"].fillna("").tolist())
    given = [
        {tools[tool] for tool, *_ in marks.get(unit, ())} | {statement}
        for unit, statement in zip(units["unit_id"], units["statement"], strict=True)
    ]
    number: dict[int, int] = {}
    spoke: list[dict[int, bool]] = [{} for _ in given]
    for unit, entry, start in zip(hits.unit.tolist(), hits.entry.tolist(), hits.start.tolist(), strict=True):
        if entries[entry].owner in given[unit] and entries[entry].weight > 0:
            own = number.setdefault(entry, len(number))
            spoke[unit][own] = spoke[unit].get(own, False) or start >= 0
    told = [[entries[entry].id, entries[entry].owner, entries[entry].note] for entry in number]
    return told, [[n if inside else -1 - n for n, inside in found.items()] for found in spoke]


def _document(d) -> list:
    county = None if blank(d.county) else visible(county_key(d.county, d.county_code))
    year = None if blank(d.year) else int(d.year)
    return [visible(d.doc_id), county, year, visible(d.source_file)]


def _marks(material: Material, wanted: pd.DataFrame, number: dict[str, int]) -> dict[str, list[tuple]]:
    marks: dict[str, list[tuple]] = {}
    query = "SELECT unit_tools.* FROM unit_tools SEMI JOIN wanted USING (unit_id) ORDER BY file_row_number"
    frame = material.ask(query, wanted=wanted)
    columns = [frame[c].astype(object).tolist() for c in ("unit_id", "tool", "evidence_start", "evidence_end", "score")]
    for unit, tool, start, end, score in zip(*columns, strict=True):
        marks.setdefault(unit, []).append((number[tool], start, end, score))
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
        "coders": [words(f"e_coder_{coder.replace('-', '_')}") for coder in _CODERS],
        "notes": words.language == "en",  # the codebook's notes are in English
        "texts": {key: _raw(words, key) for key in _TEXTS},
    }


def _raw(words: Words, key: str) -> str:
    """Return a text with its {places} left open, for the page's own code to fill."""
    names = ("found", "all", "page", "pages", "start", "end", "statement", "score", "coder", "tool", "id", "note", "likeness")
    return words(key, **{name: f"{{{name}}}" for name in names})


def script_json(value) -> str:
    """Return JSON that can stand inside a <script> element: nothing in it can close the element or open a comment."""
    compact = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return compact.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
