"""Breadth of a document's design: diversity of its tools, and the index of theme, objective and tool breadth."""

import numpy as np
import pandas as pd

from helpers.compare.similarity import distribution

THEME_SHARE = 0.05  # a topic counts as a theme of the document from this share of its units


def diversity(unit_tools: pd.DataFrame, units: pd.DataFrame, n_tools: int) -> pd.DataFrame:
    """Measure how evenly a document uses the codebook's tools.

    Takes `unit_tools`, `units` and the number of tools in the codebook. Returns doc_id, tools_used (count), shannon
    (entropy over tools divided by log n_tools, 0-1; Shannon 1948) and simpson (1 - sum of squared shares; Simpson 1949).
    A document without any tool has 0 throughout.

    >>> units = pd.DataFrame({"unit_id": ["a", "b"], "doc_id": "d"})
    >>> unit_tools = pd.DataFrame({"unit_id": ["a", "b"], "tool": ["funding", "tax"]})
    >>> diversity(unit_tools, units, n_tools=4).round(2).values.tolist()
    [['d', 2, 0.5, 0.5]]
    """
    shares = distribution(unit_tools, units, "tool")
    p = shares.to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -np.where(p > 0, p * np.log(p), 0).sum(axis=1)
    used = (p > 0).sum(axis=1)
    simpson = np.where(used > 0, 1 - (p**2).sum(axis=1), 0.0)
    scale = np.log(n_tools) if n_tools > 1 else 1.0
    return pd.DataFrame({"doc_id": shares.index, "tools_used": used, "shannon": entropy / scale, "simpson": simpson})


def breadth(units: pd.DataFrame, unit_topics: pd.DataFrame, commitments: pd.DataFrame, unit_tools: pd.DataFrame) -> pd.DataFrame:
    """Score theme, objective and tool breadth (TOT index) by percentile within the corpus.

    Themes: topics with at least 5 % of the document's units. Objectives: distinct target indicators promised. Tools:
    distinct tools. Each count becomes its percentile (mean rank / number of documents); the index is their mean, 0-1.
    Two weaknesses are known: percentiles move when a document is added, and breadth rewards length.
    Returns doc_id, themes, objectives, tools (counts), their percentiles (theme_, objective_, tool_percentile) and tot.
    """
    names = sorted(units["doc_id"].unique())
    themes = (distribution(unit_topics, units, "topic") >= THEME_SHARE).sum(axis=1).reindex(names, fill_value=0)
    targets = commitments[commitments["kind"] == "target"].merge(units[["unit_id", "doc_id"]], on="unit_id")
    objectives = targets.groupby("doc_id")["indicator"].nunique().reindex(names, fill_value=0)
    tools = (distribution(unit_tools, units, "tool") > 0).sum(axis=1).reindex(names, fill_value=0)
    counts = pd.DataFrame({"themes": themes, "objectives": objectives, "tools": tools}, index=names)
    percentiles = counts.rank(method="average") / max(len(counts), 1)
    percentiles.columns = ["theme_percentile", "objective_percentile", "tool_percentile"]
    out = counts.join(percentiles).assign(tot=percentiles.mean(axis=1))
    return out.rename_axis("doc_id").reset_index()
