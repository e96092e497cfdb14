"""Differences, panel trends, similarity and indices: recomputed by hand, and on a panel with a planted truth."""

import math

import numpy as np
import pandas as pd
import pytest

from helpers import catalogue, codebook, compare, store
from helpers.intervals import holm
from helpers.language import document_labels


def documents(*rows) -> pd.DataFrame:
    """(doc_id, county, year, n_units) rows as a documents frame."""
    frame = pd.DataFrame(rows, columns=["doc_id", "county", "year", "n_units"]).astype({"year": "Int64"})
    return frame.assign(county_code=frame["county"], province="甲省", doc_form="计划")


def shares(*rows) -> pd.DataFrame:
    """(county, year, code, estimate, low, high) rows as stacked tool shares."""
    frame = pd.DataFrame(rows, columns=["county", "year", "code", "estimate", "low", "high"]).astype({"year": "Int64"})
    return frame.assign(county_code=frame["county"], dimension="tool", basis="corrected")


TWO = documents(("a", "甲县", 2017, 100), ("b", "甲县", 2025, 300))


def test_a_difference_has_the_square_and_add_interval():
    found = compare.pairwise(
        shares(("甲县", 2017, "tax", 0.2, 0.1, 0.4), ("甲县", 2025, "tax", 0.5, 0.4, 0.55)), TWO, ["county-year"]
    ).iloc[0]
    assert (found["county_a"], found["year_a"], found["county_b"], found["year_b"]) == ("甲县", 2017, "甲县", 2025)
    assert found["difference"] == pytest.approx(-0.3)
    assert found["ci_low"] == pytest.approx(-0.3 - math.hypot(0.1, 0.05))
    assert found["ci_high"] == pytest.approx(-0.3 + math.hypot(0.2, 0.1))
    assert found["differs"] == (found["ci_high"] < 0)  # one comparison: adjustment changes nothing


def test_equal_shares_without_spread_do_not_differ():
    found = compare.pairwise(shares(("甲县", 2017, "tax", 0.0, 0.0, 0.0), ("甲县", 2025, "tax", 0.0, 0.0, 0.0)), TWO).iloc[0]
    assert found["p_value"] == 1 and not found["differs"]


def test_years_pool_their_counties_by_units():
    docs = documents(("a", "甲县", 2017, 100), ("b", "乙县", 2017, 300), ("c", "乙县", 2018, 50))
    found = compare.pairwise(
        shares(("甲县", 2017, "tax", 0.2, 0.2, 0.2), ("乙县", 2017, "tax", 0.6, 0.6, 0.6), ("乙县", 2018, "tax", 0.1, 0.1, 0.1)),
        docs, ["year"],
    )  # fmt: skip
    assert found["share_a"].item() == pytest.approx((100 * 0.2 + 300 * 0.6) / 400)


def test_more_than_twelve_groups_are_each_set_against_the_rest():
    docs = documents(*[(f"d{i}", f"县{i}", 2020, 10) for i in range(14)])
    found = compare.pairwise(shares(*[(f"县{i}", 2020, "tax", 0.1, 0.05, 0.2) for i in range(14)]), docs, ["county"])
    assert found["county_b"].isna().all() and found["year_b"].isna().all() and len(found) == 14


def test_a_contrast_of_two_county_years_stands_once():
    docs = documents(("a", "甲县", 2017, 100), ("b", "乙县", 2019, 100), ("c", "丙县", 2019, 100))
    rows = [(f"{c}县", y, "tax", 0.2, 0.1, 0.3) for c, y in zip("甲乙丙", (2017, 2019, 2019), strict=True)]
    found = compare.pairwise(shares(*rows), docs)
    assert found["level"].tolist() == ["county-year"] * 3 + ["year"]  # 2017 against the two counties of 2019 is another contrast


def test_shares_as_coded_are_described_and_not_called_different():
    rows = shares(("甲县", 2017, "tax", 0.1, 0.08, 0.12), ("甲县", 2025, "tax", 0.6, 0.55, 0.65)).assign(basis="as coded")
    found = compare.pairwise(rows, TWO).iloc[0]
    assert found["difference"] == pytest.approx(-0.5)
    assert found[["ci_low", "p_value", "differs"]].isna().all()


def null_corpus(rng, n_counties: int, per_county: int, n_units: int = 150, spread: float = 0.4, years: int = 1):
    """Documents of one process: each has its own rates (logit-normal), no county or year differs."""
    pairs = [(c, d) for c in range(n_counties) for d in range(per_county)]
    rows = [(f"c{c:02d}d{d}", f"县{c:02d}", 2017 + (c + d % years) % 3, n_units) for c, d in pairs]
    docs, codes = documents(*rows), [f"t{i}" for i in range(8)]
    rate = 1 / (1 + np.exp(-(np.log(rng.uniform(0.03, 0.3, 8) / 0.8) + spread * rng.standard_normal((len(docs), 8)))))
    counts = pd.DataFrame(rng.binomial(n_units, rate), index=docs["doc_id"], columns=codes)
    by_document = counts.stack().rename("n").rename_axis(["doc_id", "code"]).reset_index().assign(dimension="tool")
    cell = by_document.merge(docs, on="doc_id").groupby([*compare.GROUP, "code"])[["n", "n_units"]].sum().reset_index()
    cell = cell.assign(estimate=cell["n"] / cell["n_units"], dimension="tool", basis="as coded")
    return docs, by_document, cell.assign(low=cell["estimate"], high=cell["estimate"]).drop(columns=["n", "n_units"])


@pytest.mark.parametrize("n_counties, per_county", [(4, 3), (6, 6), (12, 4), (20, 5)])
def test_where_nothing_differs_few_tables_show_a_difference(n_counties, per_county):
    """Sentences taken as independent, adjusted within one pair only: 54 to 99 % of pairs showed a clear difference."""
    rng, shown = np.random.default_rng(5), []
    for _ in range(12):
        docs, by_document, cells = null_corpus(rng, n_counties, per_county)
        found = compare.pairwise(cells, docs, by_document=by_document)
        assert found["differs"].isna().all()
        shown.append(bool(found["beyond_differs"].fillna(False).any()))
    assert sum(shown) <= 2  # the adjustment holds one in twenty


def test_a_real_difference_between_groups_of_documents_is_found():
    rng = np.random.default_rng(5)
    docs, by_document, cells = null_corpus(rng, 4, 12)
    more = by_document["doc_id"].str.startswith("c00") & (by_document["code"] == "t0")
    by_document.loc[more, "n"] += 45
    found = compare.pairwise(cells, docs, by_document=by_document)
    clear = found[found["beyond_differs"].fillna(False) & (found["level"] == "county-year")]
    assert len(clear) == 3 and set(clear["code"]) == {"t0"} and (clear["county_a"] == "县00").all()
    assert clear["beyond_low"].min() < 0.3 < clear["beyond_high"].min()  # 45 of 150, and what the counties differ by chance


@pytest.mark.parametrize("n_counties, per_county", [(4, 3), (15, 6)])
def test_pairs_are_the_same_however_many_are_reckoned_at_once(monkeypatch, n_counties, per_county):
    """Three thousand counties by nine years are five million pairs: held at once they filled 8 GB."""
    docs, by_document, cells = null_corpus(np.random.default_rng(9), n_counties, per_county, years=3)
    cells = cells.assign(basis="corrected", as_coded=cells["estimate"], low=cells["low"] - 0.02, high=cells["high"] + 0.02)
    whole = compare.pairwise(cells, docs, by_document=by_document)
    assert whole["differs"].any() and whole["level"].nunique() == 3 and whole["beyond_p"].notna().any()
    monkeypatch.setattr("helpers.compare.differences._AT_ONCE", 37)
    parts = list(compare.pairs_in_parts(cells, docs, by_document=by_document))
    assert max(map(len, parts)) <= 37 < len(whole)
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), whole)
    first, again = compare.outcome([whole]), compare.outcome(parts)
    assert (again.n, again.n_clear, again.reached) == (len(whole), int(whole["differs"].sum()), first.reached)
    changed = compare.changes(whole)
    for found in (first, again):
        pd.testing.assert_frame_equal(found.changes.reset_index(drop=True), compare.widest(changed), check_dtype=False)
        clear = whole[whole["differs"].fillna(False)]
        assert found.tools.sum() == (clear["level"] == "county-year").sum()
        pd.testing.assert_frame_equal(found.clear.reset_index(drop=True), clear.head(100).reset_index(drop=True))


def test_one_document_has_nothing_to_be_compared_with():
    assert compare.pairwise(shares(("甲县", 2017, "tax", 0.2, 0.1, 0.4)), TWO.head(1)).empty


def test_holm_by_hand():
    adjusted = holm(pd.Series([0.01, 0.04, 0.03]))
    assert adjusted.tolist() == pytest.approx([0.03, 0.06, 0.06])


def test_unknown_county_or_year_is_no_group_but_no_crash():
    docs = documents(("a", None, pd.NA, 10), ("b", "甲县", 2017, 10))
    assert compare.groups(docs, "county-year")["group"].tolist() == ["甲县 2017"]
    assert document_labels(docs)["label_zh"].tolist() == ["甲县2017年", "县名未知，年份未知"]


def test_documents_of_one_county_year_are_told_apart():
    both = document_labels(documents(("x", "甲县", 2017, 1), ("y", "甲县", 2017, 1)))
    assert both["label_zh"].tolist() == ["甲县2017年 #1", "甲县2017年 #2"]


@pytest.fixture(scope="module")
def invented_panel():
    """30 counties x 9 years; `funding` rises by 2 points a year, `tax` and eighteen others do not; county levels differ."""
    rng = np.random.default_rng(7)
    counties = [f"县{i:02d}" for i in range(30)]
    docs = documents(*[(f"{c}-{y}", c, y, 120) for c in counties for y in range(2017, 2026)])
    rows = []
    for code in ["funding", "tax", *[f"tool{i}" for i in range(18)]]:
        level = rng.uniform(0.1, 0.3, len(counties))
        for i, county in enumerate(counties):
            for year in range(2017, 2026):
                true = level[i] + (0.02 * (year - 2017) if code == "funding" else 0)
                seen = rng.binomial(120, true) / 120
                rows.append((county, year, code, seen, seen, seen))
    return docs, shares(*rows)


def test_the_planted_trend_is_found_and_the_planted_null_is_not(invented_panel):
    docs, seen = invented_panel
    found = compare.trends(seen, docs)
    pooled = found[found["scope"] == "all"].set_index("code")
    assert pooled["changes"].sum() == 1 and pooled.loc["funding", "changes"]
    assert pooled.loc["funding", "ci_low"] < 0.02 < pooled.loc["funding", "ci_high"]
    assert pooled.loc["funding", "n_counties"] == 30 and pooled.loc["funding", "n_cells"] == 270


def test_clustered_error_by_hand():
    # two counties, three years each: within slopes 1 and 0, so the pooled slope is 1/2, and 0 or 1 without one of them
    docs = documents(*[(f"{c}{y}", c, y, 1) for c in "甲乙" for y in (2017, 2018, 2019)])
    seen = shares(*[("甲", 2017 + t, "x", t, 0, 0) for t in range(3)], *[("乙", 2017 + t, "x", 0, 0, 0) for t in range(3)])
    found = compare.trends(seen, docs)
    row = found[found["scope"] == "all"].iloc[0]
    assert row["slope"] == pytest.approx(0.5)
    error = math.sqrt(1 / 2 * (0.5**2 + 0.5**2))  # leaving out a year leaves the slope as it is
    assert row["ci_high"] - row["slope"] == pytest.approx(12.706 * error, rel=1e-3)  # t with one degree of freedom


def test_a_county_whose_forms_change_with_its_years_has_no_trend_of_its_own():
    docs = documents(*[(f"{y}", "甲", y, 1) for y in (2017, 2018, 2019)]).assign(doc_form=["规划", "计划", "意见"])
    assert compare.trends(shares(*[("甲", 2017 + t, "x", t / 9, 0, 0) for t in range(3)]), docs)["slope"].isna().all()


def test_a_step_from_coded_to_corrected_shares_is_no_trend():
    docs = documents(*[(f"{c}{y}", c, y, 100) for c in "甲乙丙丁" for y in range(2017, 2023)])
    rows = [(c, y, "x", 0.2 if y < 2020 else 0.17, 0, 1) for c in "甲乙丙丁" for y in range(2017, 2023)]
    mixed = shares(*rows).assign(as_coded=0.2)
    mixed["basis"] = np.where(mixed["year"] < 2020, "as coded", "corrected")
    assert (compare.trends(mixed, docs)["slope"].abs() < 1e-12).all()


def campaign(rng, years: int, counties: int, shock: float) -> pd.DataFrame:
    """Trends of five codes without any, but for a shock that is common to all counties in a year."""
    docs = documents(*[(f"{c}-{y}", f"县{c:02d}", y, 120) for c in range(counties) for y in range(2017, 2017 + years)])
    codes = []
    for code in range(5):
        true = rng.uniform(0.1, 0.3, (counties, 1)) + shock * rng.standard_normal((1, years))
        seen = rng.binomial(120, true.clip(0.01, 0.9)) / 120
        cells = [(f"县{c:02d}", 2017 + y, f"t{code}", seen[c, y], 0, 1) for c in range(counties) for y in range(years)]
        codes.append(shares(*cells))
    return compare.trends(pd.concat(codes, ignore_index=True), docs)


@pytest.mark.parametrize("years, counties, shock", [(9, 30, 0.03), (9, 8, 0.03), (5, 12, 0.02), (9, 30, 0.0), (4, 6, 0.02)])
def test_a_campaign_of_one_year_is_no_trend(years, counties, shock):
    """Errors clustered by county alone called 22 to 46 % of trends real where a year's shock is common to all counties."""
    rng, false = np.random.default_rng(11), []
    for _ in range(8):
        found = campaign(rng, years, counties, shock)
        false += (found.loc[found["scope"] == "all", "p_value"] < 0.05).tolist()
    assert np.mean(false) <= 0.125  # five of forty


def test_two_years_are_no_trend():
    assert compare.trends(shares(("甲县", 2017, "tax", 0.1, 0, 1), ("甲县", 2025, "tax", 0.9, 0, 1)), TWO).empty


def test_the_grid_shows_missing_cells():
    cells = compare.grid(TWO)  # 2017 and 2025
    assert len(cells) == 9 and cells["n_documents"].tolist() == [1, 0, 0, 0, 0, 0, 0, 0, 1]


UNITS = pd.DataFrame({
    "unit_id": ["a:1", "a:2", "a:3", "b:1", "b:2"], "doc_id": ["a", "a", "a", "b", "b"],
    "text": ["对新认定的企业奖励10万元。", "2016年完成产值5亿元。", "必须落实责任。", "严禁违规。", "到2025年产值翻番。"],
})  # fmt: skip
TOOLS = pd.DataFrame({
    "unit_id": ["a:1", "a:3", "b:1", "b:2"], "tool": ["funding", "organisation", "regulation", "planning"],
    "tool_type": ["supply", "environment", "environment", "environment"],
})  # fmt: skip
CODES = pd.DataFrame({"unit_id": UNITS["unit_id"], "statement": ["measure", "background", "measure", "measure", "goal"]})
PROMISES = pd.DataFrame({
    "unit_id": ["a:1", "b:2"], "kind": ["money", "target"], "indicator": ["奖励", "产值"], "year": [None, "2025"],
})  # fmt: skip
ACTORS = pd.DataFrame({"unit_id": ["b:1"], "department": ["县市监局"], "role": ["lead"]})
DOCS = documents(("a", "甲县", 2017, 3), ("b", "乙县", 2021, 2)).assign(doc_form=["办法", "通知"])


def test_jensen_shannon_by_hand():
    same = compare.jensen_shannon(np.array([[1.0, 0], [1, 0], [0, 0]]), np.array([[1.0, 0], [0, 1], [1, 0]]))
    assert same[:2].tolist() == [1, 0] and np.isnan(same[2])  # an empty document resembles nothing, and differs from nothing
    half = compare.jensen_shannon(np.array([[0.5, 0.5]]), np.array([[1.0, 0.0]]))[0]
    divergence = 0.5 * (0.5 * math.log2(0.5 / 0.75) + 0.5 * math.log2(0.5 / 0.25)) + 0.5 * math.log2(1 / 0.75)
    assert half == pytest.approx(1 - divergence)


def test_wording_and_shared_passages_find_the_copy():
    text = "支持企业开展智能化改造对新购设备投资超过一百万元的给予补助并优先推荐申报"
    units = pd.DataFrame(
        {"unit_id": ["a:1", "b:1", "c:1"], "doc_id": list("abc"), "text": ["前言" + text, text + "后记", "别的话" * 9]}
    )
    found = compare.shared_passages(units, lambda t: t)
    assert found[["doc_a", "doc_b", "passage"]].values.tolist() == [["a", "b", text]]
    empty = pd.DataFrame(index=list("abc"))
    letters = pd.DataFrame({"doc_id": units["doc_id"], "term": units["text"].map(list)}).explode("term")
    alike = compare.pairs(empty, empty, [letters.value_counts().rename("n").reset_index()])
    assert alike.loc[alike["wording"].idxmax(), ["doc_a", "doc_b"]].tolist() == ["a", "b"]


def test_a_formula_in_many_documents_is_no_copy():
    text = "现印发给你们请结合实际认真组织实施并及时报告进展情况"
    units = pd.DataFrame(
        {"unit_id": [f"{i}:1" for i in range(30)], "doc_id": [f"{i:02d}" for i in range(30)], "text": [text] * 30}
    )
    assert compare.shared_passages(units, lambda t: t).empty


def counted(units: pd.DataFrame, unit_tools: pd.DataFrame, unit_topics: pd.DataFrame | None = None) -> tuple:
    """What 07 asks of the tables: units by document and code, and by document."""
    if unit_topics is None:
        unit_topics = pd.DataFrame({"unit_id": ["zz"], "topic": [1]})  # of no document
    about = {"units": units, "unit_tools": unit_tools.assign(tool_type="t"), "unit_topics": unit_topics}
    sizes = store.sql(compare.counts.SIZES, **about).set_index("doc_id")["n"]
    return store.sql(compare.counts.BY_DOCUMENT, **about), sizes


def test_units_are_counted_once_a_code_whatever_the_order_of_the_tables():
    tools = pd.DataFrame({"unit_id": ["b:1", "a:2", "a:2", "zz"], "tool": ["tax", "tax", "funding", "tax"], "tool_type": "t"})
    topics = pd.DataFrame({"unit_id": ["b:1", "a:2", "a:1"], "topic": pd.array([1, pd.NA, 12], dtype="Int64")})
    found = store.sql(compare.counts.BY_DOCUMENT, units=UNITS, unit_tools=tools, unit_topics=topics)
    assert found.values.tolist() == [
        ["a", "tool", "funding", 1], ["a", "tool", "tax", 1], ["a", "topic", "12", 1], ["a", "type", "t", 1],
        ["b", "tool", "tax", 1], ["b", "topic", "1", 1], ["b", "type", "t", 1],
    ]  # fmt: skip


def test_diversity_by_hand():
    found = compare.diversity(*counted(UNITS, TOOLS), 20).set_index("doc_id")
    assert found.loc["a", "shannon"] == pytest.approx(math.log(2) / math.log(20))  # two tools, one sentence each
    assert found.loc["a", "simpson"] == pytest.approx(0.5)
    assert found["tools_used"].tolist() == [2, 2]


def test_breadth_by_hand():
    topics = pd.DataFrame({"unit_id": ["a:1", "a:2", "b:1"], "topic": [1, 2, 1]})
    counts, sizes = counted(UNITS, TOOLS, topics)
    targets = store.sql(compare.counts.TARGETS, units=UNITS, commitments=PROMISES)
    found = compare.breadth(counts, targets, sizes).set_index("doc_id")
    assert found[["themes", "objectives", "tools"]].values.tolist() == [[2, 0, 2], [1, 1, 2]]
    assert (found["tools_at_length"] <= found["tools"]).all()
    ranks = found[["themes", "objectives_at_length", "tools_at_length"]].rank() / 2
    assert found["breadth"].tolist() == pytest.approx(ranks.mean(axis=1).tolist())


def lengthened(times: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A document of 40 units with its tools, beside the same sentences `times` over: nothing but longer."""
    parts = []
    for doc, n in (("a", 1), ("b", times)):
        parts += [(f"{doc}:{i}:{copy}", doc, f"t{i % 20}" if i % 2 else None) for i in range(40) for copy in range(n)]
    frame = pd.DataFrame(parts, columns=["unit_id", "doc_id", "tool"])
    return frame[["unit_id", "doc_id"]], frame[["unit_id", "tool"]].dropna()


@pytest.mark.parametrize("times", [2, 15])
def test_length_alone_makes_no_document_broader_nor_its_design_more_complete(times):
    """The same text had a PMC index of 5.9 at 15 sentences and of 9.3 at 648."""
    units, tools = lengthened(times)
    counts, sizes = counted(units, tools)
    found = compare.diversity(counts, sizes, 20).set_index("doc_id")
    assert found["tools_used"].nunique() == 1 and (found["tools_at_length"] <= found["tools_used"] + 1e-9).all()
    book = compare.rubrics.Rubrics("x", [], [{"id": "X1", "items": [
        {"id": f"X1.{i}", "when": {"tools": [f"t{2 * i + 1}"], "min_units": 2}} for i in range(10)
    ]}])  # fmt: skip
    codes = units[["unit_id"]].assign(statement="measure")
    docs = DOCS.head(2).assign(doc_id=["a", "b"])
    seen = compare.evidence(units.assign(text="句"), docs, codes, tools.assign(tool_type="t"), PROMISES.head(0), ACTORS.head(0))
    items = compare.rubrics.pmc(book, compare.rubrics.tally(book, seen), docs, sizes)
    plain = compare.rubrics.pmc_scores(items[items["doc_id"] == "b"], "at_length")["score"].iloc[-1]
    assert compare.rubrics.pmc_scores(items[items["doc_id"] == "a"], "at_length")["score"].iloc[-1] == pytest.approx(1.0)
    drawn = np.random.default_rng(1)
    hits = [(np.array([2 * times, 40 * times - 2 * times]), drawn.permutation(40 * times)[:40]) for _ in range(400)]
    assert plain == pytest.approx(np.mean([(rows < 2 * times).sum() >= 2 for _, rows in hits]), abs=0.06)  # as units are drawn


def test_an_item_is_as_sure_as_the_codes_that_it_rests_on():
    book = compare.rubrics.Rubrics("x", [], [{"id": "X1", "items": [
        {"id": "i", "when": {"tools": ["tax"], "statement": ["goal"]}}, {"id": "j", "when": {"actor": True}},
    ]}])  # fmt: skip
    tools = pd.DataFrame({"tool": ["tax", "tax2"], "tool_type": "t", "n_coded": [10, 5], "n_hit": [6, 5]})
    statements = pd.DataFrame({"statement": ["goal", "measure"], "coded_as": "goal", "n_units": [9, 1]})
    found = compare.rubrics.precision(book, pd.DataFrame({"item": ["i", "j"]}), tools, statements)["precision"]
    assert found[0] == pytest.approx(0.6) and math.isnan(found[1])


@pytest.fixture(scope="module")
def rubric():
    from helpers import store

    return compare.rubrics.load(store.resolve("data/codebook/rubrics.yml"))


@pytest.fixture(scope="module")
def evidence():
    return compare.evidence(UNITS, DOCS, CODES, TOOLS, PROMISES, ACTORS)


def test_policy_strength_by_hand(rubric, evidence):
    tally = compare.rubrics.tally(rubric, evidence)
    scores = compare.rubrics.strength(rubric, tally, DOCS).pivot(index="doc_id", columns="variable", values="score")
    # a: 2 measures; one binding (必须) and one with a sum: 50 in 100 each, above every threshold; form 办法
    assert scores.loc["a"].to_dict() == {"form": 5, "binding": 5, "sums": 5, "deadlines": 0, "responsible": 0}
    # b: 1 measure, binding (严禁), with a department; form 通知
    assert scores.loc["b"].to_dict() == {"form": 1, "binding": 5, "sums": 0, "deadlines": 0, "responsible": 5}


def test_pmc_by_hand_with_its_sentences(rubric, evidence):
    items = compare.rubrics.pmc(rubric, compare.rubrics.tally(rubric, evidence), DOCS, UNITS.groupby("doc_id").size())
    held = items[items["value"] == 1].groupby("doc_id")["item"].agg(list)
    assert held["a"] == ["X1.4", "X4.5", "X5.1", "X5.2", "X7.1", "X7.2", "X9.1", "X10.1"]
    assert held["b"] == ["X1.1", "X1.2", "X1.5", "X2.2", "X3.1", "X5.2", "X10.1"]
    shown = items[(items["doc_id"] == "a") & (items["item"] == "X7.2")].iloc[0]
    assert UNITS.set_index("unit_id").loc[shown["unit_id"], "text"] == "对新认定的企业奖励10万元。"
    scores = compare.rubrics.pmc_scores(items)
    total = scores[scores["variable"] == "total"].set_index("doc_id")["score"]
    assert total["a"] == pytest.approx(1 / 5 + 1 / 5 + 2 / 3 + 2 / 6 + 1 / 5 + 1)
    assert total["b"] == pytest.approx(3 / 5 + 1 / 3 + 1 / 4 + 1 / 3 + 1)


def test_a_background_sentence_never_scores_by_its_words(rubric):
    units = UNITS.head(2).assign(text="严禁违规,必须给予企业奖励。")
    codes = CODES.head(2).assign(statement="background")
    nothing = [frame.head(0) for frame in (TOOLS, PROMISES, ACTORS)]
    found = compare.evidence(units, DOCS.head(1), codes, *nothing)
    items = compare.rubrics.pmc(rubric, compare.rubrics.tally(rubric, found), DOCS.head(1), pd.Series({"a": 2}))
    assert items[items["value"] == 1]["item"].tolist() == ["X1.4", "X10.1"]


PMC = "id: x\nstrength: []\npmc: [{id: X1, en: a, zh: b, source: c, items: [{id: i, en: a, zh: b, when: %s}]}]"
STRENGTH = "id: x\npmc: []\nstrength: [{id: s, en: a, zh: b, source: c, when: {}, per_100: measures, thresholds: %s}]"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("id: x\nstrength: []\n", "must have the entries"),
        (PMC % "{pattern: '(', statement: [measure]}", "not a regular"),
        (PMC % "{pattern: a}", "bare keyword"),
        (PMC % "{mood: good}", "unknown conditions mood"),
        (STRENGTH % "[3, 2]", "five rising"),
        ("!!python/object/apply:os.system [ls]", "not readable"),
    ],
)  # fmt: skip
def test_a_broken_rubric_file_is_one_line(tmp_path, change, message):
    (tmp_path / "r.yml").write_text(change, encoding="utf-8")
    with pytest.raises(compare.rubrics.RubricError, match=message) as error:
        compare.rubrics.load(tmp_path / "r.yml")
    assert "\n" not in str(error.value) and "r.yml" in str(error.value)


def test_the_change_of_a_pair_is_later_minus_earlier():
    seen = compare.pairwise(shares(("甲县", 2017, "tax", 0.2, 0.1, 0.4), ("甲县", 2025, "tax", 0.5, 0.4, 0.55)), TWO)
    names = pd.DataFrame({"dimension": ["tool"], "code": ["tax"], "label_en": ["tax relief"], "label_zh": ["税费优惠"]})
    row = compare.example_of_change(compare.outcome([seen]).changes, TWO, names).iloc[0]
    assert row["difference"] == pytest.approx(0.3) and row["ci_low"] < 0.3 < row["ci_high"]
    assert row[["county", "first_year", "last_year", "before", "after"]].tolist() == ["甲县", 2017, 2025, 0.2, 0.5]


def _detectable_table():
    rows = pd.DataFrame({"p_value": [0.001, 0.02, 0.5, None], "p_adjusted": [0.003, 0.03, 0.5, None]})
    return rows.reindex(columns=catalogue.table("differences").names).assign(level="county", dimension="topic")


def test_the_smallest_difference_that_a_design_shows_is_shown_four_times_in_five():
    table, half = _detectable_table(), 0.1
    least = compare.detectable(compare.outcome([table]).reached, 0.2 - half, 0.2 + half)
    error = half / 1.959964
    drawn = np.random.default_rng(1).normal(least, error, 20_000) / error
    p = 2 * (1 - np.vectorize(lambda z: 0.5 * (1 + math.erf(z / math.sqrt(2))))(np.abs(drawn)))
    assert (p <= 0.02).mean() == pytest.approx(0.8, abs=0.01)
    assert compare.detectable(compare.outcome([table.assign(p_adjusted=1.0)]).reached, 0, 0.2) > least
    assert math.isnan(compare.detectable(0.01, math.nan, math.nan))


@pytest.mark.parametrize("corrected, as_coded, clear", [
    ((0.1, 0.5), (0.1, 0.4), True), ((0.1, 0.5), (0.3, 0.31), False),
    ((0.1, 0.5), (0.4, 0.1), False), ((0.1, 0.12), (0.1, 0.4), False),
])  # fmt: skip
def test_a_difference_is_clear_by_one_rule(corrected, as_coded, clear):
    """In the table, the figure and the headline: adjusted, and carried by the shares before correction."""
    rows = [("甲县", year, "tax", share, share - 0.02, share + 0.02) for year, share in zip((2017, 2025), corrected, strict=True)]
    found = compare.pairwise(shares(*rows).assign(as_coded=as_coded), TWO, ["county-year"])
    assert found["differs"].tolist() == compare.changes(found)["differs"].tolist() == [clear]


def test_a_countys_own_years_are_compared_however_many_groups_there_are():
    """Thirty counties, one of them with three years, and two that bear one name."""
    docs = documents(*[(f"d{i}", f"县{i:02d}", 2020, 10) for i in range(30)], ("x", "县00", 2023, 10), ("y", "县00", 2018, 10))
    docs.loc[docs["doc_id"].isin(["d1", "d2"]), "county"] = "鼓楼区"
    docs.loc[docs["doc_id"] == "d2", "year"] = 2024  # another county of that name in another year: no change of anybody
    rows = docs[["county", "county_code", "year"]].assign(
        code="tax", estimate=0.1, low=0.05, high=0.2, dimension="tool", basis="corrected"
    )
    own = compare.changes(compare.pairwise(rows, docs))
    assert sorted(zip(own["county"], own["first_year"], own["last_year"], strict=True)) == [
        ("县00", 2018, 2020), ("县00", 2018, 2023), ("县00", 2020, 2023)
    ]  # fmt: skip
    assert compare.widest(own)[["first_year", "last_year"]].values.tolist() == [[2018, 2023]]
    assert set(compare.groups(docs, "county")["group"]) >= {"鼓楼区 (县01)", "鼓楼区 (县02)", "县00"}


def test_shared_passages_are_the_same_however_many_pairs_are_compared_at_a_time(monkeypatch):
    stock = [f"第{n}项任务是建设产业园区并引进龙头企业带动就业增长若干条" for n in range(9)]
    rows = [(f"d{d}:{i:05d}", f"d{d}", stock[(d + i * (d % 3 + 1)) % 9]) for d in range(6) for i in range(5)]
    units = pd.DataFrame(rows, columns=["unit_id", "doc_id", "text"])
    whole = compare.shared_passages(units, lambda text: text)
    monkeypatch.setattr("helpers.compare.passages._PAIRS", 7)
    pd.testing.assert_frame_equal(compare.shared_passages(units, lambda text: text), whole)
    some = (part for _, part in units.groupby("doc_id", sort=False))
    pd.testing.assert_frame_equal(compare.shared_passages(some, lambda text: text), whole)
    assert len(whole) > 10 and whole["n_chars"].is_monotonic_decreasing
    for row in whole.itertuples():  # a passage stands in the documents that it is said to stand in
        assert all(row.passage in "".join(units.loc[units["doc_id"] == doc, "text"]) for doc in (row.doc_a, row.doc_b))


def _worded(n: int, themes: int = 6, vocabulary: int = 3000, seed: int = 1) -> tuple[pd.DataFrame, list[str]]:
    """Invent the words of documents, common ones and those of a theme; each tenth has a copy with a word in ten replaced."""
    rng, chance = np.random.default_rng(seed), 1 / np.arange(1, vocabulary + 1)
    chance /= chance.sum()
    own, texts = [rng.permutation(vocabulary) for _ in range(themes)], []
    for i in range(n):
        texts.append(np.append(rng.choice(vocabulary, 300, p=chance), own[i % themes][rng.choice(vocabulary, 200, p=chance)]))
    for i in range(n // 10):
        texts[n - 1 - i] = np.where(rng.random(500) < 0.1, rng.choice(vocabulary, 500, p=chance), texts[i])
    names = [f"d{i:05d}" for i in range(n)]
    counted = [np.unique(text, return_counts=True) for text in texts]
    parts = [pd.DataFrame({"doc_id": name, "term": word.astype(str), "n": k}) for name, (word, k) in zip(names, counted)]  # noqa: B905
    return pd.concat(parts, ignore_index=True), names


def test_nearest_documents_by_rare_words_are_those_found_among_all(monkeypatch):
    words, names = _worded(400)
    nothing = pd.DataFrame(0.0, index=names, columns=["x"])
    whole = compare.pairs(nothing, nothing, [words])
    monkeypatch.setattr("helpers.compare.similarity.EXACT_LIMIT", 10)
    quick = compare.pairs(nothing, nothing, [words])
    pairs, again = ({*zip(frame["doc_a"], frame["doc_b"], strict=True)} for frame in (whole, quick))
    assert len(pairs & again) >= 0.98 * len(pairs) and {(names[i], names[399 - i]) for i in range(40)} <= again
    both = whole.merge(quick, on=["doc_a", "doc_b"])
    np.testing.assert_array_equal(both["wording_x"], both["wording_y"])
    pd.testing.assert_frame_equal(quick, compare.pairs(nothing, nothing, [words.iloc[:5000], words.iloc[5000:]]))


def test_topics_are_named_in_the_language_of_the_reader():
    topics = pd.DataFrame({"topic": [1], "label_en": ["工业 (industry)"], "label_zh": ["工业"], "stable": [False]})
    named = compare.code_labels(codebook.load("data/codebook/policy_tools.yml"), topics).set_index("code").loc["1"]
    assert (named["label_en"], named["label_zh"]) == ("T1 industry", "T1 工业")
