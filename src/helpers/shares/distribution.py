"""What the codes add up to: the distribution of tools, and tools by stage of the value chain."""

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.codebook import Codebook
from helpers.distinct import distinct
from helpers.intervals import crossing
from helpers.language import LANGUAGES
from helpers.shares.correction import places, unit_index
from helpers.structure import sections

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
    """Cross tools with stages: tool, tool_type, stage, n_units, share (of the tool's units), lift, lift_low, lift_high.

    units: those to count (unit_id, doc_id, heading_path). A unit with two stages counts in both cells, so shares of a tool can
    add up to more than 1; units that address no stage count as `none`. lift: the share divided by the stage's share among all
    units with a tool, with its 95 % interval (`intervals.lifts`).
    """
    index = unit_index(units["unit_id"])
    names = [*chain.tools, NO_STAGE]
    tools = _codes(unit_tools["unit_id"], unit_tools["tool"], index, codebook.tools)
    stages = _codes(unit_stages["unit_id"], unit_stages["stage"], index, names)
    kept = np.flatnonzero(np.diff(tools.indptr))
    tools, stages = tools[kept], stages[kept]
    none = np.flatnonzero(np.diff(stages.indptr) == 0)
    stages = stages + sparse.csr_matrix((np.ones(len(none)), (none, np.full(len(none), len(chain.tools)))), shape=stages.shape)
    out = crossing(tools, stages, _sections(units.iloc[kept]), tool=codebook.tools, stage=names)
    out["tool_type"] = out["tool"].map({t: codebook.type_of(t) for t in codebook.tools})
    return out[["tool", "tool_type", "stage", "n_units", "share", "lift", "lift_low", "lift_high"]]


def _codes(unit_ids: pd.Series, codes: pd.Series, index: pd.Index, names: list[str]) -> sparse.csr_matrix:
    """Return which unit of `index` has which code of `names` (units × codes, 0/1)."""
    unit, code = places(index, unit_ids), places(pd.Index(names), codes)
    there = (unit >= 0) & (code >= 0)
    cells = distinct(unit[there] * len(names) + code[there])
    return sparse.csr_matrix((np.ones(len(cells)), np.divmod(cells, len(names))), shape=(len(index), len(names)))


def _sections(units: pd.DataFrame) -> np.ndarray:
    """Return the section of each unit; of categories its number, since the names of millions would fill the memory."""
    columns = [units[name] for name in ("doc_id", "heading_path")]
    if not all(isinstance(column.dtype, pd.CategoricalDtype) for column in columns):
        return sections(units).to_numpy(object)
    document, heading = (column.cat.codes.to_numpy(np.int64) for column in columns)
    return document * (len(columns[1].cat.categories) + 1) + heading + 1
