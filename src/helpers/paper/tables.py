"""The tables that count, as journals print them: labels in one language, shares with their interval, few columns."""

import re

import pandas as pd

from helpers.language import NOTHING, count, number, percent, points
from helpers.paper.model import Table
from helpers.report import changes, results
from helpers.report.cells import blank, interval_text, side
from helpers.report.fonts import visible
from helpers.report.material import Material
from helpers.report.words import Words
from helpers.shares import best
from helpers.structure import lineages
from helpers.thresholds import STABLE

_PAIRS = 15  # differences between county-years in one table
_CODED = 3000  # sentences of the coding table that are printed
_MEASURES = (
    "statement_percent", "statement_kappa", "statement_alpha", "tools_percent", "tools_micro_f1", "tools_macro_f1",
    "tools_alpha_masi",
)  # fmt: skip
_LEFT_OUT = {"statement_kappa": "kappa", "tools_micro_f1": "micro_f1", "tools_macro_f1": "macro_f1"}


def interval(value, low, high, words: Words, shares: bool = True) -> str:
    """Write a value and, on the line under it, its interval in brackets."""
    if blank(value):
        return NOTHING
    written = percent(value) if shares else number(value, ".2f")
    if blank(low) or blank(high):
        return written
    bounds = interval_text(low, high) if shares else (number(low, ".2f"), number(high, ".2f"))
    return f"{written}\n{words('in_interval', low=bounds[0], high=bounds[1])}"


def _share(row, words: Words) -> str:
    return interval(best(row), row.ci_low, row.ci_high, words)


def _heads(words: Words, *keys: str) -> list[str]:
    return [words(f"paper.{key}") for key in keys]


def documents_text(material: Material, words: Words) -> str:
    """Say how many documents of which counties and years were read."""
    frame = material.documents
    sizes = {"units": material.n_units, "chars": int(frame["n_chars"].sum()), "counties": lineages(frame).nunique()}
    return words("paper.documents_text", n=len(frame), years=results.span(frame, words), **sizes)


def documents(material: Material, words: Words) -> Table:
    """The documents, numbered as the coding table numbers them."""
    numbers = {doc: i for i, doc in enumerate(sorted(material.tables["documents"]["doc_id"]), start=1)}
    rows = []
    for row in material.documents.sort_values("doc_id", kind="stable").itertuples():
        group = words.group(*results.group_key(row))
        cells = (row.title, row.doc_form, row.doc_number)
        known = [NOTHING if blank(cell) else visible(str(cell)) for cell in cells]
        rows.append(
            [str(numbers[row.doc_id]), group, *known, *(NOTHING if blank(n) else count(n) for n in (row.n_chars, row.n_units))]
        )
    heads = [
        *_heads(words, "number", "county_year"),
        *(words.sentence_case(words.column(name)) for name in ("title", "doc_form", "doc_number", "n_chars")),
    ]
    note = words("paper.t_documents_note")
    return Table(
        "documents",
        words("paper.t_documents"),
        [*heads, *_heads(words, "sentences")],
        rows,
        [1, 3, 5.6, 1.6, 2.8, 2, 1.9],
        frozenset({5, 6}),
        note,
    )


def agreement(material: Material, words: Words) -> Table | None:
    """Agreement with the gold sentences, as drawn, weighted, and on counties that the coder has not seen."""
    frame = material["validity_agreement"]
    frame = frame[frame["value"].notna()]
    if not len(frame):
        return None
    there = {(row.measure, row.weighting): row for row in frame.itertuples()}
    unseen = material["validity_groups"]
    unseen = next(unseen[unseen["kind"] == "all_left_out"].itertuples(), None)
    rows = []
    for measure in (name for name in _MEASURES if (name, "sample") in there):
        found = [there.get((measure, weighting)) for weighting in ("sample", "population")]
        cells = [NOTHING if r is None else interval(r.value, r.ci_low, r.ci_high, words, False) for r in found]
        if unseen is not None:
            name = _LEFT_OUT.get(measure)
            parts = (getattr(unseen, f"{name}{end}") for end in ("", "_low", "_high")) if name else (None,) * 3
            cells.append(interval(*parts, words, False))
        rows.append([words.sentence_case(words.value(measure)), *cells])
    heads = _heads(words, "measure", "sample", "population", *(["unseen"] if unseen is not None else []))
    told = {"n": int(frame["n_units"].max()), "unseen": unseen is not None, "caveat": words("gold.caveat").rstrip()}
    columns = frozenset(range(1, len(heads)))
    return Table(
        "agreement",
        words("paper.t_agreement"),
        heads,
        rows,
        [4, *([2.4] * len(columns))],
        columns,
        words("paper.t_agreement_note", **told),
    )


def _whole(material: Material) -> pd.DataFrame:
    shares = material["tool_shares"]
    return shares[shares["county"].isna() & shares["county_code"].isna() & shares["year"].isna()]


def tools(material: Material, words: Words) -> Table | None:
    """The tools over all documents, type by type: sentences, share as coded, share corrected with its interval."""
    frame = _whole(material)
    if not len(frame):
        return None
    corrected, rows = bool(frame["corrected_share"].notna().any()), []
    order = {name: i for i, name in enumerate(results.order_of(material, frame, "tool"))}
    for kind in results.order_of(material, frame, "tool_type"):
        own = frame[frame["tool_type"] == kind]
        single = sorted(own[own["tool"].notna()].itertuples(), key=lambda row: order[row.tool])
        for i, row in enumerate([*single, *own[own["tool"].isna()].itertuples()]):
            name = words("paper.whole_type") if blank(row.tool) else words.tool(row.tool)
            numbers = [count(row.n_units), *([percent(row.share)] if corrected else []), _share(row, words).replace("\n", " ")]
            rows.append([words.tool(kind) if i == 0 else "", name, *numbers])
    extra = ["as_coded", "corrected"] if corrected else ["with_interval"]
    heads = _heads(words, "tool_type", "tool", "sentences", *extra)
    note = words("paper.t_shares_note", n=material.n_units, shares=words("gold.shares"))
    widths = [2, 4.2, 1.4, *([1.8, 3.6] if corrected else [3.6])]
    return Table("tools", words("paper.t_tools"), heads, rows, widths, frozenset(range(2, len(heads))), note)


def types(material: Material, words: Words) -> Table | None:
    """The types of tools, a row a county-year, by division code and year."""
    shares = material["tool_shares"]
    frame = shares[shares["tool"].isna() & shares["tool_type"].notna()]
    kinds = results.order_of(material, frame, "tool_type")
    cells = {(row.tool_type, results.group_key(row)): row for row in frame.itertuples()}
    there = [group for group in results.groups(frame) if group != results.WHOLE]
    if not there:
        return None
    sizes: dict[tuple, int] = {results.WHOLE: material.n_units}
    for row in material.documents.itertuples():
        group = results.group_key(row)
        sizes[group] = sizes.get(group, 0) + (0 if blank(row.n_units) else int(row.n_units))
    rows = []
    for group in [*there, *([results.WHOLE] if len(there) > 1 else [])]:
        found = [cells.get((kind, group)) for kind in kinds]
        rows.append(
            [words.group(*group), count(sizes.get(group, 0)), *(NOTHING if r is None else _share(r, words) for r in found)]
        )
    heads = [*_heads(words, "county_year", "sentences"), *(words.tool(kind) for kind in kinds)]
    note = f"{words('paper.t_types_note')}{words('space')}{words('gold.shares')}"
    columns = frozenset(range(1, len(heads)))
    return Table("types", words("paper.t_types"), heads, rows, [3.2, 1.6, *([2.4] * len(kinds))], columns, note, len(rows) > 25)


def topics(material: Material, words: Words) -> Table | None:
    """The topics by size with their words and stability."""
    frame = material["topics"].sort_values("topic", kind="stable")
    if not len(frame):
        return None
    total, rows = max(int(frame["n_units"].sum()), 1), []
    for row in frame.itertuples():
        mark = "" if getattr(row, "stable", row.stability >= STABLE) else "*"
        label = re.sub(r"^.*?\((.*)\)$", r"\1", words.topic(row.label)) if words.language == "en" else words.topic(row.label)
        shown = [count(row.n_units), percent(row.n_units / total), number(row.stability, ".2f")]
        rows.append([f"{visible(words.sentence_case(label))}{mark}", visible(row.top_words).replace(" ", "、"), *shown])
    heads = _heads(words, "topic", "words", "sentences", "share", "stability")
    note = words("paper.t_topics_note", threshold=STABLE)
    return Table(
        "topics", words("paper.t_topics"), heads, rows, [3, 5.8, 1.6, 1.3, 1.5], frozenset({2, 3, 4}), note, len(rows) > 25
    )


def differences(material: Material, words: Words) -> Table | None:
    """What changed between a county's first and last year; where no county has two, the largest differences of county-years."""
    found = changes.changes(material)
    pairs = not len(found)
    if pairs:
        frame = pd.concat([rows[_of_two(rows)] for rows in material.parts("differences")])
        found = frame.assign(before=frame["share_b"], after=frame["share_a"], differs=frame["differs"].fillna(False).astype(bool))
        found = found.assign(size=found["difference"].abs()).sort_values(["differs", "size"], ascending=False, kind="stable")
    if not len(found):
        return None
    several, rows = pairs or found[["county", "county_code"]].drop_duplicates().shape[0] > 1, []
    for row in found.head(_PAIRS if several else len(found)).itertuples():
        who = _compared(row, pairs, words)
        bounds = "" if blank(row.ci_low) else " " + words("in_interval", low=points(row.ci_low), high=points(row.ci_high))
        mark = words("paper.clear_mark") if row.differs else ""
        numbers = [percent(row.before), percent(row.after), f"{points(row.difference)}{bounds}{mark}"]
        rows.append([*([who] if several else []), words.tool(row.code), *numbers])
    caption, heads = (
        words("paper.t_pairs" if pairs else "paper.t_changes"),
        _heads(words, "tool", "before", "after", "difference"),
    )
    if several:
        heads = [*_heads(words, "groups"), *heads]
    else:
        first = next(found.itertuples())
        heads[1:3] = [words.group(first.county, int(year)) for year in (first.first_year, first.last_year)]
    note = words("paper.t_changes_note", cut=len(found) > len(rows), shown=len(rows), all=len(found))
    n = len(heads)
    return Table(
        "changes", caption, heads, rows, [*([3.4] if several else []), 3.4, 1.7, 1.7, 3.4], frozenset(range(n - 3, n)), note
    )


def _of_two(rows: pd.DataFrame) -> pd.Series:
    return (rows["level"] == "county-year") & (rows["dimension"] == "tool") & rows["county_b"].notna()


def _compared(row, pairs: bool, words: Words) -> str:
    if not pairs:
        return words("paper.years_of", county=words.county(row.county), first=row.first_year, last=row.last_year)
    sides = [side(row, end, words) for end in "ba"]
    return words("paper.versus", a=sides[0], b=sides[1])


def coding(material: Material, words: Words) -> Table | None:
    """Every sentence with its number (document-section-sentence), what it does and its tools."""
    frame = material["coding_table"]
    frame = frame[frame["doc_id"].isin(material.documents["doc_id"])]
    if not len(frame):
        return None
    rows = []
    for row in frame.head(_CODED).itertuples():
        place = "-".join(str(int(part)) for part in re.findall(r"\d+", row.number))
        tools = words("labels.semicolon").join(words.tool(part) for part in str(row.tools or "").split(";") if part)
        statement = NOTHING if blank(row.statement) else words.value(row.statement)
        rows.append([place, visible(row.text), statement, tools or NOTHING])
    note = words("paper.t_coding_note", cut=len(frame) > len(rows), shown=len(rows), all=len(frame))
    return Table(
        "coding",
        words("paper.t_coding"),
        _heads(words, "code_number", "unit", "statement", "tools"),
        rows,
        [1.7, 8.0, 2.2, 3.7],
        note=note,
        long=True,
    )


MADE = {"tools": tools, "types": types, "topics": topics, "changes": differences, "agreement": agreement}
