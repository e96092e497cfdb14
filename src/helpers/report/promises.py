"""Commitments and the departments behind them, counted by county-year and listed with their sentences."""

import numpy as np
import pandas as pd

from helpers.commitments import summaries
from helpers.language import count
from helpers.report import views
from helpers.report.cells import MAX_ROWS, evidence_link
from helpers.report.declared import declared
from helpers.report.fonts import visible
from helpers.report.material import MOST, Material
from helpers.report.model import Cell, Column, Table
from helpers.report.results import WHOLE, numbered
from helpers.report.words import Words

_LISTED = 400
_PROMISED = """
    SELECT c.* EXCLUDE (file_row_number), doc_id, county, county_code, r.year AS document_year, c.year AS due,
        substring(text, CAST(evidence_start + 1 AS BIGINT), CAST(evidence_end - evidence_start AS BIGINT)) AS evidence
    FROM commitments c JOIN units USING (unit_id) JOIN reported r USING (doc_id)
    {} ORDER BY c.file_row_number {}"""
_COUNTED = """
    SELECT county, county_code, r.year AS document_year, kind, count(*) AS n,
        count(*) FILTER (kind = 'target' AND indicator <> '' AND value <> '' AND c.year <> '') AS checkable
    FROM commitments c JOIN units USING (unit_id) JOIN reported r USING (doc_id)
    GROUP BY ALL ORDER BY county_code, county, document_year, kind"""
_NAMED = f"""
    SELECT department, role, count(DISTINCT unit_id) AS n
    FROM actors SEMI JOIN {views.REPORTED_UNITS} USING (unit_id) GROUP BY ALL"""
_FIRST = ("indicator", "comparator", "value", "unit", "year", "kind", "unit_id", "condition")
KINDS = ("target", "money", "deadline")
_HIDDEN = ("value_low", "value_high", "value_base", "evidence_start", "evidence_end", "doc_id", "text", "due", "part_of")


def counted(material: Material) -> pd.DataFrame:
    """Return by county-year of the documents and kind how many commitments there are (n), and how many targets can be checked
    as they stand: with indicator, value and a year (checkable).
    """
    return material.ask(_COUNTED)


def money(material: Material) -> pd.DataFrame:
    """Return the sums that the documents reported on promise, with county and year of the document (`document_year`)."""
    return material.ask(_PROMISED.format("WHERE kind = 'money'", ""))


def group_label(group: tuple, words: Words) -> str:
    """Return the label of a county-year of documents, where nothing known does not mean the whole corpus."""
    return f"{words('unknown')}, {words('unknown_year')}" if group == WHOLE else words.group(*group)


def tables(material: Material, words: Words) -> list[Table]:
    """Return the counts by county-year and kind with the money promised, and the list of commitments."""
    found = counted(material)
    if not len(found):
        return []
    every, (there, own) = money(material), numbered(found, "document_year")
    payers, of = numbered(every, "document_year")
    yuan = summaries.sums_in_yuan(every).reindex(every.index).fillna(0)
    paid, rows = dict(zip(payers, np.bincount(of, yuan), strict=True)), []
    n = pd.DataFrame({kind: np.bincount(own, found["n"].where(found["kind"] == kind, 0)) for kind in KINDS})
    n["total"] = np.bincount(own, found["n"])
    for group in (*there[:MAX_ROWS], None):
        label = words("total") if group is None else group_label(group, words)
        numbers = n.sum() if group is None else n.loc[there.index(group)]
        sum_of = float(yuan.sum() if group is None else paid.get(group, 0))
        rows.append([Cell(label), *(Cell(count(one), float(one)) for one in numbers), Cell(f"{sum_of:,.0f}", sum_of)])
    heads = [Column(words.column("county")), *(Column(words.value(kind), "number") for kind in KINDS)]
    heads += [Column(words("total"), "number"), Column(words("money_sum"), "number")]
    note = words("first_groups", n=MAX_ROWS, all=len(there)) if len(there) > MAX_ROWS else ""
    counts = Table("table-commitment-counts", words("commitments_counts"), heads, rows, note)
    frame = material.ask(_PROMISED.format("", f"LIMIT {MOST}"))
    full = declared(frame, "commitments", words, without=_HIDDEN, limit=_LISTED, first=_FIRST)
    full.total = int(found["n"].sum())
    full.columns.insert(1, Column(words.column("evidence"), "long"))
    for row, said in zip(full.rows, frame["evidence"], strict=False):
        row.insert(1, Cell(visible(str(said))))
    full.caption = words("commitments_table")
    return [counts, full]


def actor_table(material: Material, words: Words) -> Table | None:
    """Return departments by the number of sentences that they lead or share."""
    sums = material.ask(_NAMED)
    if not len(sums):
        return None
    sums = sums.set_index(["department", "role"])["n"].unstack(fill_value=0)
    sums = sums.reindex(columns=["lead", "responsible"], fill_value=0)
    sums["total"] = sums["lead"] + sums["responsible"]
    sums = sums.reset_index().sort_values(["total", "department"], ascending=[False, True], kind="stable")
    rows = []
    for row in sums.head(MAX_ROWS).itertuples():
        numbers = (Cell(count(n), float(n)) for n in (row.lead, row.responsible, row.total))
        rows.append([Cell(visible(row.department), href=evidence_link(q=row.department)), *numbers])
    heads = [Column(words.column("department")), *(Column(words.value(role), "number") for role in ("lead", "responsible"))]
    heads.append(Column(words("total"), "number"))
    return Table("table-actors", words("actors_table"), heads, rows, source="actors", total=len(sums))
