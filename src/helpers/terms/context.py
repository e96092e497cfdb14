"""Keyword in context (上下文关键词): every place of a term, with what stands left and right of it."""

from collections.abc import Iterator

import pandas as pd

COLUMNS = ["unit_id", "doc_id", "county", "year", "start", "left", "keyword", "right"]


def in_context(text: str, keyword: str, width: int = 20) -> Iterator[tuple[int, str, str, str]]:
    """Yield (start, left, keyword, right) of every place of `keyword` in a text (a string, not a pattern), in order.

    `width` characters on either side. Raises ValueError for an empty keyword.

    >>> list(in_context("缓解融资难、融资贵", "融资", width=2))
    [(2, '缓解', '融资', '难、'), (6, '难、', '融资', '贵')]
    """
    _check(keyword)
    at = text.find(keyword)
    while at >= 0:
        end = at + len(keyword)
        yield at, text[max(0, at - width) : at], keyword, text[end : end + width]
        at = text.find(keyword, end)


def contexts(units: pd.DataFrame, keyword: str, width: int = 20) -> pd.DataFrame:
    """Return every place of `keyword` in the units: the table `keyword_context`, in order of document and position.

    `units` has unit_id, doc_id, county, year, text. Raises ValueError for an empty keyword.
    """
    _check(keyword)
    found = units[units["text"].str.contains(keyword, regex=False)]
    rows = [
        (unit.unit_id, unit.doc_id, unit.county, unit.year, *place)
        for unit in found.itertuples()
        for place in in_context(unit.text, keyword, width)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _check(keyword: str) -> None:
    if not keyword.strip():
        raise ValueError("keyword is empty: set the parameter `keyword` to a term, such as 融资")
