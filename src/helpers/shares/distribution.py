"""What the codes add up to: the distribution of tools, and tools by stage of the value chain."""

import numpy as np
import pandas as pd

from helpers.codebook import Codebook
from helpers.language import LANGUAGES

NO_STAGE = "none"


def tool_distribution(shares: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Return the distribution of tools over the whole, a row a type (tool empty) and a row a tool, in codebook order.

    shares: as `corrected_shares`. n_units: units that use it; share: of all units, raw, with corrected_share and interval;
    n_mentions: codes given (a unit with two tools of a type counts twice in the type); mention_share: of all codes, the
    "share" of most tables in this field; within_type_share: of the codes of its type.
    """
    out = shares[shares["county"].isna() & shares["year"].isna()].drop(
        columns=["county", "county_code", "year", "standard_error", "n_gold", "basis"]
    )
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
    out = frame.copy()
    for language in LANGUAGES:
        names = {i: codebook.label(i, language) for i in (*codebook.types, *codebook.tools)}
        out[f"label_{language}"] = key.map(lambda i, known=names: known.get(i, i)).astype("str")
        out[f"type_{language}"] = frame["tool_type"].map(lambda i, known=names: known.get(i, i)).astype("str")
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
