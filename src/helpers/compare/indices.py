"""Breadth of a document's design: diversity of its tools, and breadth of theme, objective and tool at equal length."""

import numpy as np
import pandas as pd

from helpers.compare.lengths import common_length, still_there
from helpers.compare.similarity import distribution

THEME_SHARE = 0.05  # a topic counts as a theme of the document from this share of its units


def diversity(counts: pd.DataFrame, sizes: pd.Series, n_tools: int) -> pd.DataFrame:
    """Measure how evenly a document uses the codebook's tools.

    Takes counts of units (doc_id, dimension, code, n, as `counts.BY_DOCUMENT` answers), the units of each document by doc_id,
    sorted, and the number of tools in the codebook. Returns doc_id, tools_used (count), shannon
    (entropy over tools divided by log n_tools, 0-1; Shannon 1948), simpson (1 - sum of squared shares; Simpson 1949) and
    tools_at_length (tools expected in as many units as the shortest document has, `lengths`: a longer document names more
    tools by its length alone; empty where a document is shorter). A document without any tool has 0 throughout.

    >>> counts = pd.DataFrame({"doc_id": "d", "dimension": "tool", "code": ["funding", "tax"], "n": 1})
    >>> diversity(counts, pd.Series({"d": 2}), n_tools=4).round(2).values.tolist()
    [['d', 2, 0.5, 0.5, 2.0]]
    """
    shares = distribution(counts, "tool", sizes.index)
    p = shares.to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -np.where(p > 0, p * np.log(p), 0).sum(axis=1)
    used = (p > 0).sum(axis=1)
    simpson = np.where(used > 0, 1 - (p**2).sum(axis=1), 0.0)
    scale = np.log(n_tools) if n_tools > 1 else 1.0
    expected = _at_length(counts[counts["dimension"] == "tool"], sizes).to_numpy()
    values = {"tools_used": used, "shannon": entropy / scale, "simpson": simpson, "tools_at_length": expected}
    return pd.DataFrame({"doc_id": shares.index, **values})


def _at_length(hits: pd.DataFrame, sizes: pd.Series) -> pd.Series:
    """Return for each document how many codes (doc_id, code, n) are expected in as many units as all have (`lengths`)."""
    length = common_length(sizes)
    there = pd.Series(still_there(hits["n"], sizes.reindex(hits["doc_id"]), length))
    expected = there.groupby(hits["doc_id"].to_numpy(object)).sum(min_count=1).reindex(sizes.index, fill_value=0.0)
    return expected.where(sizes >= length)


def breadth(counts: pd.DataFrame, targets: pd.DataFrame, sizes: pd.Series) -> pd.DataFrame:
    """Rank documents by breadth of theme, objective and tool at equal length, within the corpus.

    Takes counts and sizes as `diversity` does, and targets (doc_id, code: the indicator, n: units, as `counts.TARGETS` answers).
    Themes: topics with at least 5 % of the document's units. Objectives: distinct target indicators promised. Tools:
    distinct tools. Objectives and tools are those expected in as many units as the shortest document has (`lengths`), since
    counts measure length. Each becomes its percentile (mean rank / number of documents); breadth is their mean, 0-1. It is no
    TOT index, which adds up scores of 23 indicators; and percentiles move when a document is added.
    Returns doc_id, themes, objectives, tools (counts), objectives_at_length, tools_at_length, their percentiles
    (theme_, objective_, tool_percentile) and breadth; the last are empty for a document shorter than the common length.
    """
    names = sizes.index
    themes = (distribution(counts, "topic", names) >= THEME_SHARE).sum(axis=1)
    tools = (distribution(counts, "tool", names) > 0).sum(axis=1)
    objectives = targets.groupby("doc_id").size().reindex(names, fill_value=0)
    counted = pd.DataFrame({"themes": themes, "objectives": objectives, "tools": tools}, index=names)
    equal = pd.DataFrame({
        "objectives_at_length": _at_length(targets, sizes),
        "tools_at_length": _at_length(counts[counts["dimension"] == "tool"], sizes),
    })  # fmt: skip
    ranked = pd.concat([counted["themes"].where(equal["tools_at_length"].notna()), equal], axis=1).round(9)
    percentiles = ranked.rank(method="average") / ranked.notna().sum().clip(lower=1)
    percentiles.columns = ["theme_percentile", "objective_percentile", "tool_percentile"]
    out = counted.join(equal).join(percentiles).assign(breadth=percentiles.mean(axis=1, skipna=False))
    return out.rename_axis("doc_id").reset_index()
