"""Keyword in context (上下文关键词): every place of a term, with what stands left and right of it."""

import pandas as pd

COLUMNS = ["unit_id", "doc_id", "county", "year", "start", "left", "keyword", "right"]


def in_context(units: pd.DataFrame, keyword: str, width: int = 20, most: int = 500) -> pd.DataFrame:
    """Return the places of `keyword` in the text of the units (a string, not a pattern), in order of document and position.

    `units` has unit_id, doc_id, county, year, text. `width` characters on either side; at most `most` places are listed,
    the number of all
    is in `.attrs["n_all"]`. Raises ValueError for an empty keyword.
    """
    if not keyword.strip():
        raise ValueError("keyword is empty: set the parameter `keyword` to a term, such as 融资")
    found = units[units["text"].str.contains(keyword, regex=False)]
    rows, n = [], 0
    for unit in found.itertuples():
        at = unit.text.find(keyword)
        while at >= 0:
            n += 1
            if len(rows) < most:
                end = at + len(keyword)
                left, right = unit.text[max(0, at - width) : at], unit.text[end : end + width]
                rows.append((unit.unit_id, unit.doc_id, unit.county, unit.year, at, left, keyword, right))
            at = unit.text.find(keyword, at + len(keyword))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame.attrs["n_all"] = n
    return frame
