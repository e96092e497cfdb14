"""Every number that the report says, counted again from the tables by other code than the library's: plain pandas, no helper.

A caption or finding maps to the values that its text may and must print, each as the reader sees it (percentages as such)."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import yaml
from scipy.stats import norm

CODEBOOKS = Path(__file__).parents[1] / "data" / "codebook"
NUMBER = re.compile(r"(?<![A-Za-z_.0-9])[−+-]?\d[\d,]*(?:\.\d+)?")
WORDS = {0: ("none", "None", "No ", "no ", "没有", "无", "nothing"), 1: ("one", "One", "1")}


class Tables:
    """The tables of a run, read when asked for."""

    def __init__(self, out: Path):
        self.out, self.kept = out, {}

    def __call__(self, name: str) -> pd.DataFrame:
        if name not in self.kept:
            self.kept[name] = pd.read_parquet(self.out / "processed" / f"{name}.parquet")
        return self.kept[name]

    def captions(self) -> dict[str, dict[str, str]]:
        found = sorted((self.out / "figures").glob("*.json"))
        return {path.stem: json.loads(path.read_text(encoding="utf-8"))["caption"] for path in found}

    def placed(self, name: str) -> pd.DataFrame:
        """A table of sentences with the county, code and year of each."""
        units = self("units")[["unit_id", "doc_id", "is_repeat"]]
        known = self("documents")[["doc_id", "county", "county_code", "year"]].rename(columns={"year": "document_year"})
        return self(name).merge(units, on="unit_id").merge(known, on="doc_id")

    def drawn(self, figure: str) -> pd.DataFrame:
        return pd.read_csv(self.out / "figures" / f"{figure}.csv")


def printed(text: str) -> list[tuple[float, int]]:
    """Return the numbers of a text in digits: (value, decimals)."""
    text = re.sub(r"T\d+\b|[\w.-]+\.yml", "", text)
    found = []
    for token in NUMBER.findall(text):
        plain = token.replace("−", "-").replace(",", "").rstrip(".")
        found.append((float(plain), len(plain.partition(".")[2])))
    return found


def same(value: float, number: float, decimals: int) -> bool:
    return abs(abs(value) - abs(number)) <= 0.5 * 10**-decimals + 1e-9


def amiss(text: str, values: list[float], constants: tuple[float, ...] = ()) -> list[str]:
    """Return what does not fit: numbers of the text that nothing explains, values that the text does not print."""
    numbers, bad = printed(text), []
    for number, decimals in numbers:
        if not any(same(value, number, decimals) for value in (*values, *constants)):
            bad.append(f"says {number}, which nothing counted comes to")
    for value in values:
        told = any(same(value, number, decimals) for number, decimals in numbers)
        if not told and not any(word in text for word in WORDS.get(value, ())):
            bad.append(f"does not say {value}")
    return bad


def best(frame: pd.DataFrame) -> pd.Series:
    return frame["corrected_share"].where(frame["corrected_share"].notna(), frame["share"])


def year(row) -> list[float]:
    return [float(row["year"])] if pd.notna(row["year"]) else []


def years(T: Tables, *doc_ids: str) -> list[float]:
    known = T("documents").set_index("doc_id")["year"]
    return [float(known[doc]) for doc in doc_ids]


def cells(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["county"].notna() & frame["year"].notna()]


def breadth(T):
    shannon = T("indices").query("index == 'diversity' and variable == 'shannon'").set_index("doc_id")["value"]
    return [shannon.max(), *years(T, shannon.idxmax())]


def change(T):
    rows = T("differences").query("level == 'county-year' and dimension == 'tool'")
    rows = rows[rows["county_code_a"] == rows["county_code_b"]]
    first, last = int(rows["year_a"].min()), int(rows["year_b"].max())
    rows = rows[(rows["year_a"] == first) & (rows["year_b"] == last)]
    top = rows.loc[rows["difference"].abs().idxmax()]
    return [
        first,
        last,
        100 * top["difference"],
        100 * top["ci_low"],
        100 * top["ci_high"],
        len(rows),
        int(rows["differs"].sum()),
    ]


def coders_and_machine(T):
    pairs, machine = T("validity_coders"), T("validity_agreement").query("weighting == 'sample'").set_index("measure")["value"]
    ends = [getattr(pairs[column], end)() for column in ("kappa", "micro_f1") for end in ("min", "max")]
    return [*ends, machine["statement_kappa"], machine["tools_micro_f1"]]


def commitment_timeline(T):
    rows = T.placed("commitments")[lambda r: ~r["is_repeat"]]
    by_year = rows.loc[rows["year"].str.fullmatch(r"20\d\d"), "year"].value_counts()
    return [int(by_year.sum()), len(rows), float(by_year.index[0]), by_year.iloc[0]]


def crosswalk(T):
    rows = T("crosswalk_shares")[lambda r: r["county"].isna() & r["year"].isna()]
    named = rows[rows["target"] != "none"]
    return [*(100 * named["share"].nlargest(3)), *(100 * rows.loc[rows["target"] == "none", "share"]), len(named)]


def department_matrix(T):
    links = T("department_links")
    county = links.groupby("county_code")["n_units"].sum().idxmax()
    mine = links[links["county_code"] == county]
    leads, partners = (mine.groupby(end)["n_units"].sum() for end in ("lead", "partner"))
    busiest = leads.add(partners, fill_value=0).sort_values(ascending=False).index[:28]
    shown = mine[mine["lead"].isin(busiest) & mine["partner"].isin(busiest)]
    lead = shown.groupby("lead")["n_units"].sum()
    return [len({*shown["lead"], *shown["partner"]}), len(shown), lead.max()]


def document_anatomy(T):
    units = T("units")
    path = units["heading_path"].fillna("")
    depth = path.str.count(" > ") + (path != "")
    tenth = (units["position"] - 1) * 10 // units.groupby("doc_id")["position"].transform("max") + 1
    means = depth.groupby([units["doc_id"], tenth]).mean()
    lost = depth.groupby(units["doc_id"]).max()
    return [means.max(), *years(T, means.idxmax()[0], *lost.index[lost == 0])]


def document_timeline(T):
    return [*T("documents")["doc_form"].value_counts(), len(T("documents"))]


def f1_by_tool(T):
    rows = T("validity_tools").dropna(subset=["f1"])
    known = rows[rows["support"] >= 5]
    return [known["f1"].max(), known["f1"].min(), int((rows["support"] < 5).sum()), len(rows)]


def indicators_side_by_side(T):
    groups = (
        T("indicator_comparison")
        .assign(at=lambda r: r["county_code"] + r["year"].astype(str))
        .groupby(["indicator_id", "measure"])
    )
    return [groups.ngroups, int((groups["at"].nunique() > 1).sum())]


def keyness(T):
    top = T("keyness").loc[lambda r: r["z"].idxmax()]
    return [top["z"], top["n"], top["n_rest"], *year(top)]


def money_by_purpose(T):
    rows = T("money_by_purpose")
    return [rows["n_sums"].sum(), rows.groupby("purpose")["n_sums"].sum().max(), rows["total_yuan"].sum()]


def panel_grid(T):
    grid = T("coverage")
    return [int((grid["n_documents"] > 0).sum()), len(grid), grid["county_code"].nunique(), grid["year"].nunique()]


def _pmc(T):
    return T("indices").query("index == 'pmc_at_length'").pivot(index="doc_id", columns="variable", values="value")


def pmc_radar(T):
    scores = _pmc(T).drop(columns="total")
    return [(scores.max() - scores.min()).max(), 0, 1]


def pmc_surface(T):
    total = _pmc(T)["total"]
    return [total.max(), total.min(), *years(T, total.idxmax(), total.idxmin())]


def policy_strength(T):
    total = T("indices").query("index == 'strength' and variable == 'total'").set_index("doc_id")["value"]
    return [total.max(), *years(T, total.idxmax())]


def repairs_by_rule(T):
    rows = T("repairs")
    flagged = int((rows["certainty"] == "flagged").sum())
    return [len(rows) - flagged, flagged, 100 * rows["rule"].value_counts().iloc[0] / len(rows)]


def similarity(T):
    top = T("document_similarity").loc[lambda r: r["wording"].idxmax()]
    return [top["wording"], *years(T, top["doc_a"], top["doc_b"])]


def statement_mix(T):
    rows = cells(T("statement_shares")).query("statement == 'measure'")
    low, high = rows.loc[best(rows).idxmin()], rows.loc[best(rows).idxmax()]
    return [100 * best(rows).min(), 100 * best(rows).max(), *year(low), *year(high)]


def targets_by_year(T):
    rows = T.placed("commitments")[lambda r: ~r["is_repeat"] & (r["kind"] == "target")]
    dated = rows[rows["year"].str.fullmatch(r"20\d\d")]
    ahead = dated["year"].astype(int) - dated["document_year"]
    return [len(dated), len(rows), ahead.mean(), ahead.max()]


def term_frequencies(T):
    rows = T("term_frequencies").nlargest(30, "n")
    return [len(rows), rows["n"].iloc[0], rows["per_thousand"].iloc[0], rows["dp"].max()]


def tool_confusion(T):
    rows = T("validity_confusion")
    missed = rows[(rows["tool"] != rows["coded_as"]) & (rows["tool"] != "none")]
    mixed = missed[missed["coded_as"] != "none"]
    extra = rows.loc[(rows["tool"] == "none") & (rows["coded_as"] != "none"), "n_units"].sum()
    return [missed["n_units"].sum(), missed.loc[missed["coded_as"] == "none", "n_units"].sum(), extra, mixed["n_units"].max()]


def tool_distribution(T):
    rows = T("tool_shares")[lambda r: r["county"].isna() & r["year"].isna()]
    return [*(100 * best(rows[rows["tool"].notna()]).nlargest(3)), 100 * best(rows[rows["tool"].isna()]).max()]


def tool_sensitivity(T):
    rows = T("sensitivity")[lambda r: r["tool"].isna()]
    top = rows.loc[rows["difference"].abs().idxmax()]
    return [100 * top["difference"], 100 * top["share"]]


def tools_and_stages(T):
    rows = T("tool_stages").query("stage != 'none'")
    used = T("unit_tools")["tool"].unique()
    rows = rows[rows["tool"].isin(used)]
    return [rows["n_units"].max(), int((rows["n_units"] == 0).sum()), len(rows)]


def tools_by_county_year(T):
    rows = cells(T("tool_shares"))[lambda r: r["tool"].notna()]
    return [100 * best(rows).max(), *year(rows.loc[best(rows).idxmax()])]


def tools_by_lead_department(T):
    rows = T("tool_departments")
    return [rows["n_units"].sum(), rows["n_units"].max()]


def tools_by_stage(T):
    rows = T("tool_stages")
    known = rows[(rows["stage"] != "none") & (rows["lift_low"] > 1)]
    top = known.loc[known["lift_low"].idxmax()]
    pairs = T("unit_tools")[["unit_id", "tool"]].drop_duplicates()
    without = ~pairs["unit_id"].isin(T("unit_stages")["unit_id"])
    return [100 * top["share"], top["lift"], top["lift_low"], top["lift_high"], 100 * without.mean()]


def topic_change(T):
    rows = T("topic_change")
    clear = ((rows["ci_low"] > 0) | (rows["ci_high"] < 0)).sum()
    ends = [rows["year_from"].iloc[0], rows["year_to"].iloc[0]]
    return [*ends, int(clear), len(rows), 100 * rows["change"].max(), 100 * rows["change"].min()]


def topic_comparison(T):
    rows, ours = T("topic_comparison"), T("topic_comparison").iloc[0]
    agreed = [ours[f"{which}_agreement"] for which in ("assignment", "shuffled", "learned")]
    return [ours["n_topics"], *rows["stability"], *agreed]


def topic_shares_heat(T):
    top = T("topic_shares").loc[lambda r: r["share"].idxmax()]
    return [100 * top["share"], 100 * top["ci_low"], 100 * top["ci_high"], *year(top)]


def topic_words(T):
    return [len(T("topics"))]


def topic_tools(T):
    rows = T("topic_tools")
    clear = int(((rows["lift_low"] > 1) | (rows["lift_high"] < 1)).sum())
    top = rows.loc[rows["lift_low"].idxmax()]
    return [top["n_units"], top["lift"], top["lift_low"], top["lift_high"], clear, len(rows)]


def type_mix(T):
    rows = cells(T("tool_shares"))[lambda r: r["tool"].isna()].assign(best=best)
    part = rows["best"] / rows.groupby(["county_code", "year"])["best"].transform("sum")
    return [100 * part.max(), *year(rows.loc[part.idxmax()])]


def type_shares_corrected(T):
    rows = cells(T("tool_shares"))[lambda r: r["tool"].isna() & r["corrected_share"].notna()]
    top = rows.loc[(rows["corrected_share"] - rows["share"]).abs().idxmax()]
    outside = ((rows["share"] < rows["ci_low"]) | (rows["share"] > rows["ci_high"])).sum()
    return [100 * top["share"], 100 * top["corrected_share"], int(outside), len(rows), *year(top)]


def unit_lengths(T):
    median = T("units")["text"].str.len().groupby(T("units")["doc_id"]).median()
    return [median.min(), median.max(), *years(T, median.idxmin(), median.idxmax())]


def word_clouds(T):
    top = T("document_keyness").loc[lambda r: r["z"].idxmax()]
    return years(T, top["doc_id"])


def industries(T):
    listed = yaml.safe_load((CODEBOOKS / "industries.yml").read_text(encoding="utf-8"))["tools"]
    named = pd.DataFrame(index=T("units").index)
    for industry in listed:
        text, words = T("units")["text"], industry["patterns"]
        hit = pd.Series(False, index=text.index)
        for pattern in words:
            plain = text
            for other in pattern.get("not_within", []):
                plain = plain.str.replace(other, "〇" * len(other), regex=False)
            hit |= plain.str.contains("|".join(map(re.escape, pattern["words"])))
        named[industry["id"]] = hit
    return [int(named.any(axis=1).sum()), len(named), *named.sum().nlargest(3)]


def topic_stability(T):
    rows = T.drawn("topic_stability")
    return [rows["stability"].mean(), rows["stability"].max(), rows["stability"].min(), int((~rows["stable"]).sum()), len(rows)]


# What the opening says: by finding, from headline and text together.


def leading(T):
    """For each county-year the tools and types by share, and whether the first type's interval lies above the second's."""
    rows = cells(T("tool_shares")).assign(best=best).sort_values(["best"], ascending=False, kind="stable")
    rows = rows.sort_values(["county_code", "year"], kind="stable")
    return rows[rows["tool"].notna()], rows[rows["tool"].isna()]


def finding_tools(T):
    tools, kinds = leading(T)
    first, ahead = kinds.groupby(["county_code", "year"]).nth(0), {}
    for key, rows in kinds.groupby(["county_code", "year"]):
        ahead[key] = len(rows) > 1 and rows["ci_low"].iloc[0] > rows["ci_high"].iloc[1]
    kind = first["tool_type"].value_counts().index[0]
    own = first[first["tool_type"] == kind]
    n_sure = sum(ahead[tuple(key)] for key in own[["county_code", "year"]].itertuples(index=False))
    same = int(tools.groupby(["county_code", "year"]).nth(0)["tool"].value_counts().iloc[0])
    listed = yaml.safe_load((CODEBOOKS / "policy_tools.yml").read_text(encoding="utf-8"))["tools"]
    n = [len(own), len(first), int(n_sure), len(listed), sum(tool["type"] == kind for tool in listed)]
    rests = T("robustness").query("tool_type == @kind").set_index("scenario")["n_first"]
    fewer = rests["without_commonest"] < rests["as_coded"]
    return n + ([same] if same > 1 else []) + ([rests["as_coded"], rests["without_commonest"], len(first)] if fewer else [])


def finding_change(T):
    rows = T("differences").query("level == 'county-year' and dimension == 'tool'")
    rows = rows[(rows["county_code_a"] == rows["county_code_b"]) & (rows["year_a"] < rows["year_b"])]
    rows = rows.assign(size=rows["difference"].abs()).sort_values(["differs", "size"], ascending=False, kind="stable")
    top, tested = rows.iloc[0], T("differences").dropna(subset=["p_value"])
    passed = tested.loc[tested["p_adjusted"] < 0.05, "p_value"]
    level = passed.max() if len(passed) else 0.05 / max(len(tested), 1)
    error = (top["ci_high"] - top["ci_low"]) / 2 / norm.ppf(0.975)
    least = (norm.ppf(1 - level / 2) + norm.ppf(0.8)) * error
    ends = [100 * top[c] for c in ("share_a", "share_b", "difference", "ci_low", "ci_high")]
    out = [top["year_a"], top["year_b"], *ends]
    if top["basis"] != "as coded":
        out += [100 * top["difference_as_coded"], 100 * least]
    mine = T("documents").query("county_code == @top.county_code_a")[["doc_id", "year"]]
    units = T("units").merge(mine, on="doc_id")
    units["uses"] = units["unit_id"].isin(T("unit_tools").query("tool == @top.code")["unit_id"])
    body = units[units["annex"].fillna("") == ""].groupby("year")["uses"].mean()
    if len(body) < len(units) and (units["annex"].fillna("") != "").any():
        out += [100 * (body[top["year_b"]] - body[top["year_a"]])]
    return out


def finding_topics(T):
    rows = T("topics").sort_values(["stable", "n_units"], ascending=False, kind="stable")
    top, n = rows.iloc[0], rows["n_units"].sum()
    shares = T("topic_shares").query("topic == @top.topic")
    low, high = shares.loc[shares["share"].idxmin()], shares.loc[shares["share"].idxmax()]
    ends = [100 * end[c] for end in (low, high) for c in ("share", "ci_low", "ci_high")]
    stable = int(rows["stable"].sum())
    return [100 * top["n_units"] / n, top["n_units"], n, 100 * top["largest"], top["stability"], stable,
            int((rows["stability"] > top["stability"]).sum()) + 1, int(rows["stability"].notna().sum()), 0.7,
            100 * top["k_low"], 100 * top["k_high"], *ends, *year(low), *year(high)]  # fmt: skip


def finding_commitments(T):
    rows = T.placed("commitments")[lambda r: ~r["is_repeat"]]
    kinds = rows["kind"].value_counts()
    told = (rows[["indicator", "value", "year"]].fillna("") != "").all(axis=1) & (rows["kind"] == "target")
    group = rows.groupby(["county_code", "document_year"]).size()
    out = [len(rows), int(told.sum()), *kinds, *T("money_by_purpose").groupby("form")["n_sums"].sum()]
    return [*out, group.max(), float(group.idxmax()[1])]


def finding_reliability(T):
    pairs = T("validity_coders")
    rows = T("validity_agreement").query("weighting == 'sample'").set_index("measure")
    new = T("validity_groups").query("kind == 'all_left_out'")[["kappa", "micro_f1"]]
    said = [
        rows.loc[m, c] for m in ("statement_kappa", "tools_micro_f1", "tools_macro_f1") for c in ("value", "ci_low", "ci_high")
    ]
    codings = [len({*pairs["coder_a"], *pairs["coder_b"]})] if len(pairs) else []
    return [*new.to_numpy().ravel(), rows["n_units"].max(), *said, 100 * rows.loc["tools_percent", "value"], *codings]


def finding_repairs(T):
    rows = T("repairs")
    flagged = int((rows["certainty"] == "flagged").sum())
    return [len(rows) - flagged, flagged, *rows.loc[rows["certainty"] != "flagged", "rule"].value_counts().head(3)]


def limits(T):
    places = T("documents").groupby(["county_code", "year"], dropna=False).size()
    gold, support = T("validity_agreement"), T("validity_tools")["support"].median()
    single = int((places == 1).sum())
    return ([] if single == len(places) else [len(places), single]) + ([support] if len(gold) and support < 30 else [])


# By figure: (values, what the sentence itself fixes: 95 for intervals, ten words, the scale of an index, …).
CAPTIONS: dict[str, tuple[Callable[[Tables], list[float]], tuple[float, ...]]] = {
    "breadth": (breadth, ()), "change": (change, (95,)), "coders_and_machine": (coders_and_machine, (95,)),
    "commitment_timeline": (commitment_timeline, ()), "crosswalk": (crosswalk, (2025,)),
    "department_matrix": (department_matrix, (16,)), "document_anatomy": (document_anatomy, ()),
    "document_timeline": (document_timeline, ()), "f1_by_tool": (f1_by_tool, (95,)),
    "indicators_side_by_side": (indicators_side_by_side, ()), "industries": (industries, ()), "keyness": (keyness, (1.96, 2008)),
    "money_by_purpose": (money_by_purpose, ()), "panel_grid": (panel_grid, ()), "pmc_radar": (pmc_radar, ()),
    "pmc_surface": (pmc_surface, (3, 10)), "policy_strength": (policy_strength, (0, 5, 25)),
    "repairs_by_rule": (repairs_by_rule, ()), "similarity": (similarity, (1,)), "statement_mix": (statement_mix, ()),
    "targets_by_year": (targets_by_year, ()), "term_frequencies": (term_frequencies, ()),
    "tool_confusion": (tool_confusion, ()), "tool_distribution": (tool_distribution, (95, 100)),
    "tool_sensitivity": (tool_sensitivity, ()), "tools_and_stages": (tools_and_stages, ()),
    "tools_by_county_year": (tools_by_county_year, ()), "tools_by_lead_department": (tools_by_lead_department, ()),
    "tools_by_stage": (tools_by_stage, (95,)), "topic_change": (topic_change, (95,)),
    "topic_comparison": (topic_comparison, ()), "topic_shares_heat": (topic_shares_heat, (95,)),
    "topic_stability": (topic_stability, (0, 1)),
    "topic_tools": (topic_tools, (1, 95)), "topic_words": (topic_words, ()), "type_mix": (type_mix, (100,)),
    "type_shares_corrected": (type_shares_corrected, (95,)), "unit_lengths": (unit_lengths, (5, 50, 95)),
    "word_clouds": (word_clouds, ()),
}  # fmt: skip
FINDINGS: dict[str, tuple[Callable[[Tables], list[float]], tuple[float, ...]]] = {
    "finding-tools": (finding_tools, (95,)), "finding-change": (finding_change, (95,)),
    "finding-topics": (finding_topics, (0, 1, 95)), "finding-commitments": (finding_commitments, ()),
    "finding-reliability": (finding_reliability, (1, 95)), "finding-repairs": (finding_repairs, ()),
}  # fmt: skip


def main(out: Path) -> int:
    """Print what the captions of a run say and its tables do not; `python tests/recount.py OUT`."""
    tables, n = Tables(out), 0
    for figure, captions in tables.captions().items():
        if figure in CAPTIONS:
            count, constants = CAPTIONS[figure]
            values = [float(value) for value in count(tables)]
            for language, text in captions.items():
                n += len(found := amiss(text, values, constants))
                print(*(f"{figure}, {language}: {what}" for what in found), sep="\n", end="\n" if found else "")
    return int(n > 0)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
