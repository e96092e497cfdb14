"""From commitments to what readers compare: targets, indicators side by side, money by purpose, deadlines, conflicts."""

import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from helpers import catalogue, store
from helpers.codebook import CodebookError, bounded

DEFAULT = "data/codebook/indicators.yml"
PLACE = ["county", "county_code", "year"]
_NEW = re.compile(r"新增|引进|培育|认定|招引|新引|引入|入库|引育|创建|争创|建成|建设|打造")

_EACH = r"每(?:人|户|生|月|亩|吨|件|台|辆|张|床|公里|平方米|立方米|度|千瓦时|年级|\d)"
_METRIC = re.compile(r"(?:率|值|额|量|收入|占比|比重|投资|税收|利润|水平|浓度|强度|费用|面积|人次)$")


@cache
def load(path: str = DEFAULT) -> dict:
    """Read the comparable indicators and purposes; raise CodebookError naming file, entry and fault."""
    file = Path(store.resolve(path))
    try:
        raw = bounded.read(file)
    except (OSError, yaml.YAMLError) as error:
        raise CodebookError(
            f"{file.name}: cannot be read ({error.__class__.__name__}); restore data/codebook/indicators.yml"
        ) from error
    for part in ("indicators", "purposes"):
        for entry in raw[part]:
            for field in ("id", "zh", "en", "note", "source"):
                if not entry.get(field):
                    raise CodebookError(f"{file.name}: entry {entry.get('id', entry)} of {part} has no {field}")
            try:
                re.compile(entry["pattern"]), re.compile(entry.get("not", ""))
            except re.error as error:
                raise CodebookError(f"{file.name}: pattern of {entry['id']} is not a regular expression: {error}") from error
    return raw


def placed(commitments: pd.DataFrame, units: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Join commitments to sentence and place; `due` is the year by which, `year` that of the document.

    Only units of `documents` stay. Adds doc_id, heading_path, text, county, county_code, year; the commitment's own year
    becomes `due`, `measure` tells level, growth and new (新增, 引进), `indicator_id` the comparable indicator, or "".
    """
    sentences = units.loc[units["doc_id"].isin(documents["doc_id"]), ["unit_id", "doc_id", "position", "heading_path", "text"]]
    frame = commitments.rename(columns={"year": "due"}).merge(sentences, on="unit_id", how="inner")
    frame = frame.merge(documents[["doc_id", *PLACE]], on="doc_id", how="left")
    frame["evidence"] = evidence(frame)
    new = frame["evidence"].str.contains(_NEW.pattern, regex=True) & ~frame["unit"].isin(["%", "个百分点"])
    growth = frame["comparator"].isin(["growth", "decrease"])
    frame["measure"] = np.select([growth, new], ["growth", "new"], "level")
    order = ["doc_id", "position", "evidence_start", "evidence_end", "indicator"]
    frame = frame.sort_values(order, kind="stable", ignore_index=True)
    frame["measure"] = _carried(frame)
    frame["indicator_id"] = _indicator_ids(frame)
    return frame


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


def _family(unit: pd.Series) -> pd.Series:
    return pd.Series(
        np.select(
            [unit.str.contains("元", na=False), unit.isin(["%", "个百分点", "百分点", "倍", "番", "成", "‰"])],
            ["money", "rate"],
            "count",
        ),
        unit.index,
    )


def _indicator_ids(frame: pd.DataFrame) -> pd.Series:
    ids = pd.Series("", index=frame.index)
    words = frame["indicator"].fillna("").str.replace(r"^(?:全[县区市]|我[县区市]|年度?|[县区市](?=规))|[“”]", "", regex=True)
    family = _family(frame["unit"].fillna(""))
    for entry in load()["indicators"]:
        hit = (ids == "") & (frame["kind"] == "target") & _matches(words, entry["pattern"])
        if entry.get("not"):
            hit &= ~_matches(words, entry["not"])
        hit &= family.isin(entry["unit"].split()) | (frame["measure"] == "growth")
        ids[hit] = entry["id"]
    return ids


def _matches(words: pd.Series, pattern: str) -> pd.Series:
    search = re.compile(pattern).search
    return words.map(lambda text: search(text) is not None).astype(bool)


def target_table(frame: pd.DataFrame) -> pd.DataFrame:
    """List every target, sum and deadline by county and year with its sentence: the table to sort and export."""
    columns = [*PLACE, "unit_id", "kind", "indicator", "comparator", "value", "unit", "due", "condition", "relation", "text"]
    ordered = frame.sort_values(["county", "year", "doc_id", "position", "evidence_start"], kind="stable", na_position="last")
    return ordered[[*columns, "evidence_start", "evidence_end"]].reset_index(drop=True)


def indicator_comparison(frame: pd.DataFrame) -> pd.DataFrame:
    """Put comparable indicators side by side: one row a county-year, indicator, measure, due year, unit and value."""
    rows = frame[(frame["indicator_id"] != "") & (frame["relation"] != "part")]
    if rows.empty:
        return catalogue.empty("indicator_comparison")
    keys = [*PLACE, "indicator_id", "measure", "due", "unit", "comparator", "value"]
    out = rows.groupby(keys, dropna=False, sort=False).agg(
        value_base=("value_base", "first"),
        n_units=("unit_id", "nunique"),
        unit_id=("unit_id", "first"),
        indicator=("indicator", "first"),
    )
    names = {entry["id"]: entry for entry in load()["indicators"]}
    out = out.reset_index()
    out["label_en"], out["label_zh"] = (
        out["indicator_id"].map({key: entry[lang] for key, entry in names.items()}) for lang in ("en", "zh")
    )
    rank = out["indicator_id"].map({key: place for place, key in enumerate(names)})
    out = out.assign(rank=rank).sort_values(["rank", "county", "year", "measure", "due", "value"], kind="stable")
    return out.drop(columns="rank").reset_index(drop=True)


def money_by_purpose(frame: pd.DataFrame) -> pd.DataFrame:
    """Add up promised money by purpose: one row a county-year, purpose and form of payment.

    `form` is sum (an amount in yuan: total_yuan adds up the lower bounds), cap (最高, 不超过: not added), standard (元/人, 元/月:
    not added), rate (a share of costs: not added) or foreign (another currency: not added). Sums named in rules are paid per
    case, so a total is the sum of what is named, not what will be spent.
    """
    money = frame[frame["kind"] == "money"]
    if money.empty:
        return catalogue.empty("money_by_purpose")
    money = money.assign(purpose=_purposes(money), form=_forms(money))
    money["yuan"] = money["value_base"].where(money["form"] == "sum")
    out = money.groupby([*PLACE, "purpose", "form"], dropna=False, sort=True).agg(
        n_sums=("value", "size"), total_yuan=("yuan", "sum")
    )
    out = out.reset_index()
    out["total_yuan"] = out["total_yuan"].where(out["form"] == "sum")
    labels = {entry["id"]: entry for entry in load()["purposes"]}
    out["label_en"], out["label_zh"] = (
        out["purpose"].map({key: entry[lang] for key, entry in labels.items()}) for lang in ("en", "zh")
    )
    return out


def sums_in_yuan(frame: pd.DataFrame) -> pd.Series:
    """Return the amounts in yuan that `money_by_purpose` adds up, row by row."""
    money = frame[frame["kind"] == "money"]
    return money["value_base"][_forms(money) == "sum"]


def _purposes(money: pd.DataFrame) -> pd.Series:
    """Read the purpose off the indicator and condition first, off the whole sentence where they are silent."""
    purpose = pd.Series("", index=money.index)
    near = money["indicator"].fillna("") + " " + money["condition"].fillna("")
    for words in (near, money["text"]):
        for entry in load()["purposes"]:
            if entry["pattern"]:
                purpose[(purpose == "") & _matches(words, entry["pattern"])] = entry["id"]
    return purpose.replace("", "other")


def _forms(money: pd.DataFrame) -> pd.Series:
    unit = money["unit"].fillna("")
    choices = [
        unit.str.contains("/|每") | _matches(money["evidence"], _EACH),
        ~unit.str.contains("元"),
        unit.str.contains("美元|欧元|港元|日元"),
        money["comparator"] == "<=",
    ]
    return pd.Series(np.select(choices, ["standard", "rate", "foreign", "cap"], "sum"), money.index)


def deadlines(frame: pd.DataFrame) -> pd.DataFrame:
    """Count what falls due in which year: one row a county-year, due year and kind; `yearly` and no year are kept apart."""
    if frame.empty:
        return catalogue.empty("deadlines")
    due = frame["due"].fillna("").replace("", "none")
    out = frame.assign(due=due).groupby([*PLACE, "due", "kind"], dropna=False, sort=True).size()
    return out.rename("n_commitments").reset_index()


def conflicts(frame: pd.DataFrame) -> pd.DataFrame:
    """List indicators for which one document names different values for the same measure, unit and year.

    A target without a year counts for the document's own year; parts of a whole, cumulative sums and two values of one
    sentence are no conflict; only metrics (…率, …值, …额, comparable indicators) can conflict, not counts of 企业 or 项目.
    """
    rows = frame[(frame["kind"] == "target") & (frame["relation"] == "")].copy()
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
