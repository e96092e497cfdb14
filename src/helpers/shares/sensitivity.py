"""How far shares hang on choices: the same codes counted otherwise."""

import numpy as np
import pandas as pd

from helpers.codebook import Codebook

SCENARIOS = ("as_coded", "length_weighted", "single_label", "rules_only", "without_longest")


def sensitivity(
    unit_tools: pd.DataFrame, units: pd.DataFrame, codebook: Codebook, rules_only: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Recompute shares under other choices: scenario, tool (empty for a type), tool_type, share, difference.

    units: those reported, with doc_id, text. `rules_only` are unit_tools of the rule coder alone (absent: that row is left out).
    `without_longest` leaves out the document with most units, if there are others. difference: from `as_coded`.
    """
    # Units and tools by their numbers: names of hundreds of thousands would be copied for every scenario.
    index = pd.Index(units["unit_id"].to_numpy(object))
    coded = _numbered(unit_tools, index, codebook)
    order = np.lexsort((coded["tool"], -unit_tools["score"].to_numpy(float)[coded.index], coded["unit"]))
    surest = coded.iloc[order].drop_duplicates("unit")
    sizes = units["doc_id"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    ones = np.ones(len(units))
    runs = {"as_coded": (coded, ones), "length_weighted": (coded, units["text"].fillna("").str.len().to_numpy(float))}
    runs["single_label"] = (surest, ones)
    if rules_only is not None:
        runs["rules_only"] = (_numbered(rules_only, index, codebook), ones)
    if len(sizes) > 1:
        runs["without_longest"] = (coded, (units["doc_id"] != sizes.index[0]).to_numpy(float))
    parts = [_weighted(tools, weight, codebook).assign(scenario=name) for name, (tools, weight) in runs.items()]
    out = pd.concat(parts, ignore_index=True)
    out["difference"] = out["share"] - np.tile(parts[0]["share"].to_numpy(), len(parts))
    return out[["scenario", "tool", "tool_type", "share", "difference"]]


def _numbered(unit_tools: pd.DataFrame, index: pd.Index, codebook: Codebook) -> pd.DataFrame:
    """Return numbers of unit and tool, by place in `unit_tools`, of rows about a unit of `index` and a tool of the codebook."""
    unit = index.get_indexer(unit_tools["unit_id"].to_numpy(object))
    tool = pd.Index(codebook.tools).get_indexer(unit_tools["tool"].to_numpy(object))
    there = np.flatnonzero((unit >= 0) & (tool >= 0))
    return pd.DataFrame({"unit": unit[there], "tool": tool[there]}, index=there)


def _weighted(numbered: pd.DataFrame, weight: np.ndarray, codebook: Codebook) -> pd.DataFrame:
    """Return the weighted share of each type and tool over the units with a weight."""
    type_of = np.array([codebook.types.index(codebook.type_of(tool)) for tool in codebook.tools], dtype=np.int64)
    n_types = len(codebook.types)
    unit, tool = numbered["unit"].to_numpy(), numbered["tool"].to_numpy()
    once = np.unique(unit * n_types + type_of[tool])  # a unit counts once in a type
    by_type = np.bincount(once % n_types, weights=weight[once // n_types], minlength=n_types)
    by_tool = np.bincount(tool, weights=weight[unit], minlength=len(codebook.tools))
    rows = [(None, kind, total) for kind, total in zip(codebook.types, by_type, strict=True)]
    rows += [(tool, codebook.type_of(tool), total) for tool, total in zip(codebook.tools, by_tool, strict=True)]
    out = pd.DataFrame(rows, columns=["tool", "tool_type", "share"]).astype({"tool": "str"})
    return out.assign(share=out["share"] / max(weight.sum(), 1e-12))
