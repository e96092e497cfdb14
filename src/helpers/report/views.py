"""Tables that are only other tables with names on: made where they are shown, from what was written."""

from typing import TYPE_CHECKING

import pandas as pd

from helpers import catalogue
from helpers.shares import tool_distribution

if TYPE_CHECKING:
    from helpers.report.material import Material

REPORTED_UNITS = "(SELECT unit_id FROM units SEMI JOIN reported USING (doc_id))"
# In the order in which readers look through them; of their rows, those of the documents reported on.
QUERIES = {
    "target_table": """
        SELECT r.county, r.county_code, r.year, c.unit_id, kind, indicator, comparator, value, unit, c.year AS due, condition,
            relation, text, evidence_start, evidence_end
        FROM commitments c JOIN units u USING (unit_id) JOIN reported r USING (doc_id)
        ORDER BY r.county NULLS LAST, r.county_code NULLS LAST, r.year NULLS LAST, doc_id, position, evidence_start, evidence_end,
            indicator NULLS LAST, c.file_row_number""",
    "duties": """
        SELECT a.unit_id, department, role, coalesce(tools, '') AS tools, topic
        FROM actors a JOIN units USING (unit_id) JOIN reported USING (doc_id) LEFT JOIN (
            SELECT unit_id, string_agg(tool, ';' ORDER BY tool) AS tools FROM unit_tools GROUP BY unit_id
        ) USING (unit_id) LEFT JOIN unit_topics USING (unit_id)
        ORDER BY a.file_row_number""",
}  # fmt: skip
_ROWS = {"target_table": "commitments", "duties": "actors"}  # one row each


def make(name: str, material: "Material", n: int | None = None) -> pd.DataFrame:
    """Return one view, or its first `n` rows, in its declared shape, rounded as written tables are."""
    if name in QUERIES:
        frame = material.ask(QUERIES[name] + (f" LIMIT {n}" if n else ""))
    elif material.codebook is None or not material.has("tool_shares"):
        frame = catalogue.empty(name)
    else:
        frame = tool_distribution(material["tool_shares"], material.codebook)
    return catalogue.check(catalogue.declared(frame, name), name).round(6)


def n_rows(name: str, material: "Material") -> int:
    """Return how many rows a view has."""
    if name not in _ROWS:
        return len(material[name])
    query = f"SELECT count(*) AS n FROM {_ROWS[name]} SEMI JOIN {REPORTED_UNITS} USING (unit_id)"
    return int(material.ask(query)["n"][0])
