"""What the codes add up to: the distribution of tools, tools by stage, another list of tools, and how far choices matter."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import store
from helpers.codebook import Codebook
from helpers.validity.correction import raw_shares

NO_STAGE = "none"
SCENARIOS = {
    "as_coded": ("As coded", "照编码"),
    "length_weighted": ("Units weighted by length", "按字数加权"),
    "single_label": ("One tool a unit", "每单元一种工具"),
    "rules_only": ("Without the learned coder", "不用学习编码器"),
    "without_longest": ("Without the longest document", "去掉最长文件"),
}
_CROSSWALK = ["tool", "target", "target_en", "target_zh", "target_group", "when", "relation", "note", "source"]


class CrosswalkError(ValueError):
    """A crosswalk file cannot be used; one line: file, row, reason."""


def tool_distribution(shares: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Return the distribution of tools over the whole, a row a type (tool empty) and a row a tool, in codebook order.

    shares: as `corrected_shares`. n_units: units that use it; share: of all units, raw, with corrected_share and interval;
    n_mentions: codes given (a unit with two tools of a type counts twice in the type); mention_share: of all codes, the
    "share" of most tables in this field; within_type_share: of the codes of its type.
    """
    out = shares[shares["county"].isna() & shares["year"].isna()].drop(columns=["county", "county_code", "year"])
    out = out.reset_index(drop=True)
    is_tool = out["tool"].notna()
    of_type = out["n_units"].where(is_tool, 0).groupby(out["tool_type"]).transform("sum")
    out["n_mentions"] = out["n_units"].where(is_tool, of_type)
    total = max(int(out.loc[is_tool, "n_mentions"].sum()), 1)
    out["mention_share"] = out["n_mentions"] / total
    out["within_type_share"] = (out["n_mentions"] / of_type.where(of_type > 0)).astype(float)
    return labelled(out, codebook)


def labelled(frame: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Add readable names: label_en, label_zh (of the tool, or of the type where tool is empty), type_en, type_zh."""
    key = frame["tool"].where(frame["tool"].notna(), frame["tool_type"]) if len(frame) else frame["tool"]
    names = {i: (codebook.label(i, "en"), codebook.label(i, "zh")) for i in (*codebook.types, *codebook.tools)}
    out = frame.copy()
    for at, language in enumerate(("en", "zh")):
        out[f"label_{language}"] = key.map(lambda i, n=at: names[i][n] if i in names else i).astype("str")
        out[f"type_{language}"] = frame["tool_type"].map(lambda i, n=at: names[i][n] if i in names else i).astype("str")
    return out


def tool_stages(
    unit_tools: pd.DataFrame, unit_stages: pd.DataFrame, units: pd.DataFrame, codebook: Codebook, chain: Codebook
) -> pd.DataFrame:
    """Cross tools with stages of the value chain: tool, tool_type, stage, n_units, share (of the tool's units), lift.

    units: the units to count. A unit with two stages counts in both cells, so shares of a tool can add up to more than 1;
    units that address no stage count as `none`. lift: the share divided by the stage's share among all units with a tool.
    """
    tools, stages = unit_tools[["unit_id", "tool"]], unit_stages[["unit_id", "stage"]]
    # Units by their place: joining on whole numbers is many times faster than on names.
    index = pd.Index(units["unit_id"].to_numpy(object))
    tools, stages = (f.assign(unit_id=index.get_indexer(f["unit_id"].to_numpy(object))) for f in (tools, stages))
    tools, stages = tools[tools["unit_id"] >= 0], stages[stages["unit_id"] >= 0]
    both = tools.merge(stages, on="unit_id", how="left").fillna({"stage": NO_STAGE})
    grid = pd.crosstab(both["tool"], both["stage"]).reindex(index=codebook.tools, columns=[*chain.tools, NO_STAGE], fill_value=0)
    n_tool = tools["tool"].value_counts().reindex(codebook.tools, fill_value=0)
    with_tool = tools[["unit_id"]].drop_duplicates().merge(stages, on="unit_id", how="left").fillna({"stage": NO_STAGE})
    base = with_tool["stage"].value_counts().reindex(grid.columns, fill_value=0) / max(with_tool["unit_id"].nunique(), 1)
    out = grid.rename_axis("tool").rename_axis("stage", axis=1).stack().rename("n_units").reset_index()
    out["tool_type"] = out["tool"].map({t: codebook.type_of(t) for t in codebook.tools})
    out["share"] = (out["n_units"] / out["tool"].map(n_tool).replace(0, np.nan)).fillna(0.0).astype(float)
    out["lift"] = (out["share"] / out["stage"].map(base).replace(0, np.nan)).astype(float)
    return out[["tool", "tool_type", "stage", "n_units", "share", "lift"]]


def read_crosswalk(path: str | Path, codebook: Codebook) -> pd.DataFrame:
    """Read a crosswalk file (the columns of `crosswalk_fang_li_lu.csv`); empty when it is about another codebook's tools.

    Raises CrosswalkError when a column is missing or a tool has two rows without `when`.
    """
    file = store.resolve(path)
    if not file.is_file():
        raise CrosswalkError(f"{file.name}: no such crosswalk file: give the path of a CSV file, or '' for none")
    table = pd.read_csv(file, dtype="str", keep_default_na=False)
    missing = [c for c in _CROSSWALK if c not in table]
    if missing:
        raise CrosswalkError(f"{file.name}: column {missing[0]!r} is missing; needed: {', '.join(_CROSSWALK)}")
    default = table[table["when"] == ""]
    twice = default.loc[default["tool"].duplicated(), "tool"].tolist()
    if twice:
        raise CrosswalkError(f"{file.name}: tool {twice[0]!r} has two rows without `when`: only one can be the rest")
    return table[table["tool"].isin(codebook.tools)].reset_index(drop=True)


def crosswalk(unit_tools: pd.DataFrame, units: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Translate units' tools into another list: unit_id, target, each pair once.

    A row of `table` with words in `when` (`|` between) takes the units whose text has one of them;
    the row without takes the rest.
    """
    if not len(table):
        return pd.DataFrame({"unit_id": pd.Series(dtype="str"), "target": pd.Series(dtype="str")})
    text, index = units["text"].to_numpy(object), pd.Index(units["unit_id"].to_numpy(object))
    place = index.get_indexer(unit_tools["unit_id"].to_numpy(object))
    parts = []
    for tool, rows in table.groupby("tool", sort=False):
        mine = place[(unit_tools["tool"] == tool).to_numpy(bool) & (place >= 0)]
        taken = np.zeros(len(mine), dtype=bool)
        for row in rows.sort_values("when", ascending=False, kind="stable").itertuples():  # the row without words last
            words = re.compile("|".join(map(re.escape, row.when.split("|"))))
            hit = np.fromiter((words.search(text[i]) is not None for i in mine), bool, len(mine)) if row.when else ~taken
            taken |= hit
            parts.append(pd.DataFrame({"unit_id": index.to_numpy()[mine[hit]], "target": row.target}))
    return pd.concat(parts, ignore_index=True).drop_duplicates(ignore_index=True)


def crosswalk_shares(translated: pd.DataFrame, units: pd.DataFrame, documents: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return, for the whole and each county-year, the share of units in each target of the other list, with its names."""
    targets = table.drop_duplicates("target")[["target", "target_en", "target_zh", "target_group"]]
    shares = raw_shares(translated.rename(columns={"target": "column"}), targets["target"].tolist(), documents, units)
    return shares.rename(columns={"column": "target"}).merge(targets, on="target", how="left")


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
