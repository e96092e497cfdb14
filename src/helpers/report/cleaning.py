"""Documents and repairs: where each field comes from, what was repaired, before and after."""

from dataclasses import replace

import pandas as pd

from helpers import catalogue
from helpers.language import count
from helpers.report.cells import MAX_ROWS, blank, evidence_link
from helpers.report.declared import declared
from helpers.report.fonts import visible
from helpers.report.material import Material
from helpers.report.model import Cell, Column, Table
from helpers.report.words import Words

_REPAIRS = "repairs SEMI JOIN reported USING (doc_id)"
_PLACE = "doc_id, raw_start, raw_end, rule, file_row_number"
# Of each rule and certainty the first repair that is short, else the first.
_EXAMPLES = f"""
    SELECT rule, certainty, before, after FROM (
        SELECT *, row_number() OVER (
            PARTITION BY rule, certainty ORDER BY length(coalesce(before, '')) NOT BETWEEN 1 AND 40, {_PLACE}) AS place
        FROM {_REPAIRS}
    ) WHERE place = 1 ORDER BY rule, certainty"""
_FAIR = f"""
    SELECT * FROM (
        SELECT *, row_number() OVER (PARTITION BY rule ORDER BY {_PLACE}) AS place, count(*) OVER (PARTITION BY rule) AS n
        FROM {_REPAIRS} ORDER BY place, {_PLACE} LIMIT {MAX_ROWS}
    ) ORDER BY n, rule, {_PLACE.replace(" rule,", "")}"""
_LONG = 120
_FIRST = ("county", "year", "title", "doc_form", "issued_date", "n_units")
_FILES = ("source_file", "format", "n_chars", "encoding", "sha256", "origin", "licence")


def document_tables(frame: pd.DataFrame, words: Words) -> list[Table]:
    """Return the corpus table, where a field that is not from the list of documents shows its source, and the table of files."""
    known = catalogue.table("documents").names
    sources = tuple(name for name in known if name.endswith("_source"))
    files = tuple(name for name in _FILES if name in known)
    nothing = tuple(name for name in ("n_tables", "n_ocr_pages") if name in frame and not frame[name].fillna(0).any())
    without = (*sources, *files, *nothing, "doc_id", "city")
    table = declared(frame, "documents", words, without=without, first=_FIRST)
    by_label = {words.column(source.removesuffix("_source")): source for source in sources}
    for row, about in zip(table.rows, frame.itertuples(), strict=False):
        for i, head in enumerate(table.columns):
            source = getattr(about, by_label.get(head.label, ""), None)
            if isinstance(source, str) and source not in ("manifest", "unknown") and row[i].text:
                row[i] = Cell(row[i].text, row[i].sort, aside=f"({words.value(source)})")
    table.caption = words("documents_table")
    rest = tuple(name for name in known if name not in files)
    return [table, replace(declared(frame, "documents", words, without=rest), id="table-files", caption=words("files_table"))]


def counts(material: Material) -> pd.DataFrame:
    """Return how many repairs of each rule and certainty the documents reported on have: rule, certainty, n."""
    return material.ask(f"SELECT rule, certainty, count(*) AS n FROM {_REPAIRS} GROUP BY ALL")


def tables(material: Material, words: Words) -> list[Table]:
    """Return repairs by rule with one example before and after, by document, and the list of repairs."""
    if not len(counts(material)):
        return []
    return [_by_rule(material, words), _by_document(material, words), _listed(material, words)]


def _by_rule(material: Material, words: Words) -> Table:
    sums = counts(material)
    sums = sums.sort_values(["n", "rule", "certainty"], ascending=[False, True, True], kind="stable")
    examples = material.ask(_EXAMPLES).set_index(["rule", "certainty"])
    rows = []
    for row in sums.head(MAX_ROWS).itertuples():
        example = examples.loc[(row.rule, row.certainty)]
        cells = [Cell(words.rule(row.rule)), Cell(words.value(row.certainty)), Cell(count(row.n), float(row.n))]
        rows.append([*cells, change(example["before"], example["after"])])
    heads = [Column(words.column("rule")), Column(words.column("certainty")), Column(words("n_repairs"), "number")]
    return Table("table-repair-rules", words("repairs_table"), [*heads, Column(words("example"))], rows, total=len(sums))


def _by_document(material: Material, words: Words) -> Table:
    sums = material.ask(f"SELECT doc_id, certainty, count(*) AS n FROM {_REPAIRS} GROUP BY ALL")
    sums = sums.set_index(["doc_id", "certainty"])["n"].unstack(fill_value=0)
    kinds = [kind for kind in ("exact", "inferred", "flagged") if kind in sums.columns]
    rows = [
        [Cell(str(doc), href=evidence_link(doc=doc)), *(Cell(count(n), float(n)) for n in values)]
        for doc, *values in sums[kinds].head(MAX_ROWS).itertuples()
    ]
    heads = [Column(words.column("doc_id")), *(Column(words.value(kind), "number") for kind in kinds)]
    return Table("table-repair-documents", words("repairs_documents"), heads, rows, total=len(sums))


def _listed(material: Material, words: Words) -> Table:
    """Return single repairs, a fair number of each rule and the rarest first: the frequent ones are soon understood."""
    rows = []
    for row in material.ask(_FAIR).itertuples():
        place = Cell(f"{row.raw_start:,}–{row.raw_end:,}", float(row.raw_start))
        known = Cell(words.rule(row.rule)), Cell(words.value(row.certainty)), change(row.before, row.after)
        rows.append([Cell(row.doc_id, href=evidence_link(doc=row.doc_id)), place, *known])
    heads = [Column(words.column("doc_id")), Column(words("e_source"), "number"), Column(words.column("rule"))]
    heads += [Column(words.column("certainty")), Column(words("before_after"))]
    total = int(counts(material)["n"].sum())
    return Table("table-repairs", words("repairs_list"), heads, rows, source="repairs", total=total)


def change(before, after) -> Cell:
    """Return a cell that shows a repair: what stood there struck out, what stands there now beside it."""
    before, after = ("" if blank(v) else _spaces(str(v)) for v in (before, after))
    if before == after:
        return Cell(visible(before[:_LONG]))
    return Cell(visible(after[:_LONG]) or "∅", struck=visible(before[:_LONG]) or "∅")


def _spaces(value: str) -> str:
    """Make white space visible: a repair of it could not be seen otherwise."""
    if value.isspace():
        return "".join("⏎" if c == "\n" else "␣" for c in value)
    return "".join("⏎" if c == "\n" else "␣" if c.isspace() and c != " " else c for c in value)
