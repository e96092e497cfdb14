"""From commitments to what readers compare: targets, indicators side by side, money by purpose, deadlines, conflicts."""

import re

import numpy as np
import pandas as pd

from helpers import catalogue
from helpers.commitments.comparable import indicator_ids, load
from helpers.commitments.spending import money_by_purpose, sums_in_yuan, with_form_and_purpose
from helpers.language import LANGUAGES

__all__ = [
    "conflicts", "dated_targets", "deadlines", "evidence", "indicator_comparison", "lean", "load", "money_by_purpose",
    "placed", "sums_in_yuan", "target_table",
]  # fmt: skip
PLACE = ["county", "county_code", "year"]
_ORDER = ["doc_id", "position", "evidence_start", "evidence_end", "indicator"]
_NEW = re.compile(r"新增|引进|培育|认定|招引|新引|引入|入库|引育|创建|争创|建成|建设|打造")

_METRIC = re.compile(r"(?:率|值|额|量|收入|占比|比重|投资|税收|利润|水平|浓度|强度|费用|面积|人次)$")


def placed(commitments: pd.DataFrame, units: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Join commitments to sentence and place; `due` is the year by which, `year` that of the document.

    Only units of `documents` stay. Adds doc_id, heading_path, text, county, county_code, year; the commitment's own year
    becomes `due`, `measure` tells level, growth and new (新增, 引进), `indicator_id` the comparable indicator, or ""; `form` and
    `purpose` what money is for.
    """
    sentences = units.loc[units["doc_id"].isin(documents["doc_id"]), ["unit_id", "doc_id", "position", "heading_path", "text"]]
    frame = commitments.rename(columns={"year": "due"}).merge(sentences, on="unit_id", how="inner")
    frame = frame.merge(documents[["doc_id", *PLACE]], on="doc_id", how="left")
    frame["evidence"] = evidence(frame)
    new = frame["evidence"].str.contains(_NEW.pattern, regex=True) & ~frame["unit"].isin(["%", "个百分点"])
    growth = frame["comparator"].isin(["growth", "decrease"])
    frame["measure"] = np.select([growth, new], ["growth", "new"], "level")
    frame = in_order(frame)
    frame["measure"] = _carried(frame)
    frame["indicator_id"] = indicator_ids(frame)
    return with_form_and_purpose(frame)


def in_order(placed: pd.DataFrame) -> pd.DataFrame:
    """Sort commitments by document and place, as `placed` gives them."""
    return placed.sort_values(_ORDER, kind="stable", ignore_index=True)


def lean(placed: pd.DataFrame) -> pd.DataFrame:
    """Leave out of commitments with their place what no summary asks for: sentences, and the words of all but deadlines."""
    frame = placed.drop(columns=["text", "heading_path", "value_low", "value_high", "part_of"])
    return frame.assign(evidence=frame["evidence"].where(frame["kind"] == "deadline", ""))


def dated_targets(placed: pd.DataFrame) -> pd.DataFrame:
    """Return the targets whose sentence names a year and whose document has one, both as numbers, and n_targets: all targets."""
    targets = placed[placed["kind"] == "target"]
    rows = targets[targets["due"].fillna("").str.fullmatch(r"20\d\d") & targets["year"].notna()]
    rows = rows[["unit_id", *PLACE, "due", "indicator", "comparator", "value", "unit", "measure", "indicator_id"]]
    return rows.assign(due=rows["due"].astype(int), year=rows["year"].astype(int), n_targets=len(targets))


def evidence(frame: pd.DataFrame) -> pd.Series:
    """Return the words on which each commitment rests; `frame` needs text, evidence_start and evidence_end."""
    spans = zip(frame["text"], frame["evidence_start"], frame["evidence_end"], strict=True)
    return pd.Series([text[start:end] for text, start, end in spans], index=frame.index, dtype="str")


def _carried(frame: pd.DataFrame) -> list[str]:
    """Let 新增 speak for its whole list: 新增高新技术企业10家、专精特新企业6家 are both new."""
    measures, before, end = [], "", 0
    columns = ["unit_id", "measure", "text", "evidence_start", "evidence_end"]
    for unit_id, measure, text, start, stop in frame[columns].itertuples(index=False, name=None):
        in_list = before == unit_id and measures[-1] == "new" and text[end:start].strip() == "、"
        measures.append("new" if in_list and measure == "level" else measure)
        before, end = unit_id, stop
    return measures


def target_table(frame: pd.DataFrame) -> pd.DataFrame:
    """List every target, sum and deadline by county and year with its sentence: the table to sort and export."""
    columns = [*PLACE, "unit_id", "kind", "indicator", "comparator", "value", "unit", "due", "condition", "relation", "text"]
    order = [*PLACE, "doc_id", "position", "evidence_start"]
    ordered = frame[order].reset_index(drop=True).sort_values(order, kind="stable", na_position="last").index
    there = [name for name in (*columns, "evidence_start", "evidence_end") if name in frame]  # of `lean` rows, without sentence
    return frame[there].take(ordered).reset_index(drop=True)


def indicator_comparison(frame: pd.DataFrame) -> pd.DataFrame:
    """Put comparable indicators side by side: one row a place and year, indicator, measure, due year, unit and value.

    Plans only: a target due before the year of its document reports the past. A place is a county by its code; documents
    without a county stand each for itself (`doc_id`) and are not pooled.
    """
    due = pd.to_numeric(frame["due"], errors="coerce")
    reports = (due < frame["year"].astype("Float64")).fillna(False).astype(bool)
    columns = [
        *PLACE, "doc_id", "unit_id", "indicator", "indicator_id", "measure", "due", "unit", "comparator", "value", "value_base",
    ]  # fmt: skip
    rows = frame.loc[(frame["indicator_id"] != "") & (frame["relation"] != "part") & ~reports, columns]
    if rows.empty:
        return catalogue.empty("indicator_comparison")
    known = rows["county_code"].notna() | rows["county"].notna()
    rows = rows.assign(
        doc_id=rows["doc_id"].where(~known), place=rows["county_code"].fillna(rows["county"]).fillna(rows["doc_id"])
    )
    keys = ["place", "year", "indicator_id", "measure", "due", "unit", "comparator", "value"]
    first = ["county", "county_code", "doc_id", "value_base", "unit_id", "indicator"]
    out = rows.groupby(keys, dropna=False, sort=False).agg(
        n_units=("unit_id", "nunique"), **{column: (column, "first") for column in first}
    )
    names = {entry["id"]: entry for entry in load()["indicators"]}
    out = out.reset_index()
    for language in LANGUAGES:
        out[f"label_{language}"] = out["indicator_id"].map({key: entry[language] for key, entry in names.items()})
    rank = out["indicator_id"].map({key: place for place, key in enumerate(names)})
    out = out.assign(rank=rank).sort_values(["rank", "county", "place", "year", "measure", "due", "value"], kind="stable")
    return out.drop(columns=["rank", "place"]).reset_index(drop=True)


def deadlines(frame: pd.DataFrame) -> pd.DataFrame:
    """Count what falls due in which year: one row a county-year, due year and kind; `yearly` and no year are kept apart."""
    if frame.empty:
        return catalogue.empty("deadlines")
    due = frame["due"].fillna("").replace("", "none")
    out = frame[[*PLACE, "kind"]].assign(due=due).groupby([*PLACE, "due", "kind"], dropna=False, sort=True).size()
    return out.rename("n_commitments").reset_index()


def conflicts(frame: pd.DataFrame) -> pd.DataFrame:
    """List indicators for which one document names different values for the same measure, unit and year.

    A target without a year counts for the document's own year; parts of a whole, cumulative sums and two values of one
    sentence are no conflict; only metrics (…率, …值, …额, comparable indicators) can conflict, not counts of 企业 or 项目.
    """
    columns = ["unit_id", "doc_id", "year", "indicator", "indicator_id", "measure", "unit", "due", "value"]
    rows = frame.loc[(frame["kind"] == "target") & (frame["relation"] == ""), columns]
    rows["name"] = (
        rows["indicator"]
        .fillna("")
        .str.replace(r"^(?:全[县区市]|我[县区市]|年度?|实现)+|(?:数量|总量|总数|数)$|[“”]", "", regex=True)
    )
    metric = (rows["indicator_id"] != "") | rows["name"].str.contains(_METRIC.pattern, regex=True)
    rows = rows[(rows["name"].str.len() >= 4) & metric & (rows["measure"] != "new")]
    rows["when"] = rows["due"].fillna("").where(rows["due"].fillna("") != "", rows["year"].astype("string").fillna(""))
    keys, found = ["doc_id", "name", "measure", "unit", "when"], []
    same = rows.groupby(keys, dropna=False)
    rows = rows[(same["value"].transform("nunique") > 1) & (same["unit_id"].transform("nunique") > 1)]
    for key, group in rows.groupby(keys, dropna=False, sort=True):
        first = group.drop_duplicates(["value", "unit_id"])
        row = dict(zip(("doc_id", "indicator", "measure", "unit", "due"), key, strict=True))
        row |= {
            "values": ";".join(first["value"]),
            "n_values": first["value"].nunique(),
            "unit_ids": ";".join(first["unit_id"]),
        }
        found.append(row)
    if not found:
        return catalogue.empty("commitment_conflicts")
    places = frame.drop_duplicates("doc_id").set_index("doc_id")[PLACE]
    return pd.DataFrame(found).join(places, on="doc_id")
