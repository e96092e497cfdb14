"""Public money that documents promise, by purpose and form; what may be added up, and what may not."""

from collections import defaultdict

import numpy as np
import pandas as pd

from helpers import catalogue
from helpers.commitments.comparable import load, matches
from helpers.language import LANGUAGES

PLACE = ["county", "county_code", "year"]
_EACH = r"每(?:人|户|生|月|亩|吨|件|台|辆|张|床|公里|平方米|立方米|度|千瓦时|年级|\d)"
_SET_ASIDE = r"设立|安排|统筹|出资|基金|列支|预算|单列|拨付|整合|专项(?:资金|经费)|工作经费"
_PER_CASE = r"给予|予以|奖|补[助贴]|资助|津贴|安家费|贴息|配套|给付|付给|兑付|报销"


def money_by_purpose(frame: pd.DataFrame) -> pd.DataFrame:
    """Count promised money by purpose and form of payment: one row a county-year, purpose and form.

    `form` is fund (an amount in yuan set aside once), yearly (an amount a year), award (paid per case), part (of a sum that is
    named too, or cumulative), cap (最高, 不超过), standard (元/人, 元/月), rate (a share of costs) or foreign (another currency).
    Only funds are added up (total_yuan, lower bounds): what awards and yearly sums cost is not in the text. A fund that its
    document names twice counts once.
    """
    money = _money(frame)
    if money.empty:
        return catalogue.empty("money_by_purpose")
    money = money.assign(yuan=money["value_base"].where(money["form"] == "fund"))
    out = money.groupby([*PLACE, "purpose", "form"], dropna=False, sort=True).agg(
        n_sums=("value", "size"), total_yuan=("yuan", "sum")
    )
    out = out.reset_index()
    out["total_yuan"] = out["total_yuan"].where(out["form"] == "fund")
    labels = {entry["id"]: entry for entry in load()["purposes"]}
    for language in LANGUAGES:
        out[f"label_{language}"] = out["purpose"].map({key: entry[language] for key, entry in labels.items()})
    return out


def with_form_and_purpose(frame: pd.DataFrame) -> pd.DataFrame:
    """Add `form` and `purpose` to commitments with their words (`text`, `evidence`); both empty where no money is promised."""
    money = frame[frame["kind"] == "money"]
    told = pd.DataFrame({"form": _forms(money), "purpose": _purposes(money)}, index=money.index)
    return frame.assign(**{name: told[name].reindex(frame.index, fill_value="").astype("str") for name in told})


def sums_in_yuan(frame: pd.DataFrame) -> pd.Series:
    """Return the amounts in yuan that `money_by_purpose` adds up, row by row."""
    money = _money(frame)
    return money["value_base"][money["form"] == "fund"]


def forms(frame: pd.DataFrame) -> pd.Series:
    """Return how many sums there are of each form, a fund that is named twice counted once."""
    return _money(frame)["form"].value_counts()


def _money(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of money with their form, without the later namings of one fund."""
    money = frame[frame["kind"] == "money"]
    money = money if "form" in money else money.assign(form=_forms(money))
    return money.drop(index=_named_again(money))


def _named_again(money: pd.DataFrame) -> list:
    """Return the index of funds that their document names a second time: the same sum, one name within the other.

    Of two namings the one that says 每年 stays: it says more.
    """
    funds = money[money["form"].isin(["fund", "yearly"]) & money["value_base"].notna()]
    funds = funds[funds.duplicated(["doc_id", "value_base"], keep=False)].sort_values("form", ascending=False, kind="stable")
    again, kept = [], defaultdict(list)
    for at, name, *sum_of in zip(funds.index, funds["indicator"].fillna(""), funds["doc_id"], funds["value_base"], strict=True):
        names = kept[tuple(sum_of)]
        if any(_one_name(name, other) for other in names):
            again.append(at)
        else:
            names.append(name)
    return again


def _one_name(first: str, second: str) -> bool:
    """Tell whether one name is the other with words left out: 工业创新基金 and 工业创新发展基金资金."""
    shorter, longer = sorted((first, second), key=len)
    rest = iter(longer)
    return len(shorter) >= 4 and all(letter in rest for letter in shorter)


def _purposes(money: pd.DataFrame) -> pd.Series:
    """Read the purpose off the indicator and condition first, off the whole sentence where they are silent."""
    purpose = pd.Series("", index=money.index)
    near = money["indicator"].fillna("") + " " + money["condition"].fillna("")
    for words in (near, money["text"]):
        for entry in load()["purposes"]:
            if entry["pattern"]:
                purpose[(purpose == "") & matches(words, entry["pattern"])] = entry["id"]
    return purpose.replace("", "other")


def _forms(money: pd.DataFrame) -> pd.Series:
    unit, words = money["unit"].fillna(""), money["indicator"].fillna("") + " " + money["evidence"]
    choices = {
        "standard": unit.str.contains("/|每") | matches(money["evidence"], _EACH),
        "rate": ~unit.str.contains("元"),
        "foreign": unit.str.contains("美元|欧元|港元|日元"),
        "cap": money["comparator"] == "<=",
        "part": money["relation"].fillna("").isin(["part", "cumulative"]),
        "yearly": money["due"].fillna("") == "yearly",
        "award": matches(words, _PER_CASE) & ~matches(words, _SET_ASIDE),
    }
    return pd.Series(np.select(list(choices.values()), list(choices), "fund"), money.index)
