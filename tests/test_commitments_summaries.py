"""Summaries of commitments: sums equal the sums of their rows, nothing is lost without county or year, conflicts are listed."""

import re

import pandas as pd
import pytest

from helpers import catalogue, commitments
from helpers.commitments import agreement, facts, summaries
from helpers.language import say
from helpers.plots import CHARTS
from helpers.plots import commitments as charts

TEXTS = [
    ("a", "高新技术产业增加值增长8%。"),
    ("a", "2025年,高新技术产业增加值增长6%。"),  # the same metric, another value
    ("a", "到2025年,规模工业企业达到100家,其中年产值过亿元企业20家。"),
    ("a", "对新认定的高新技术企业奖励10万元,单个企业最高不超过20万元。"),
    ("a", "每年安排招商引资工作专项经费300万元。"),
    ("a", "城市低保标准提高到每人每月700元。"),
    ("b", "到2026年,规上工业企业数达到80家以上。"),
    ("b", "2024年底前建成县人民医院新院。"),
]
UNITS = pd.DataFrame(
    {
        "unit_id": [f"{doc}:{i:05d}" for i, (doc, _) in enumerate(TEXTS)],
        "doc_id": [doc for doc, _ in TEXTS],
        "position": range(len(TEXTS)),
        "heading_path": "",
        "text": [text for _, text in TEXTS],
        "is_repeat": False,
    }
)
DOCUMENTS = pd.DataFrame({"doc_id": ["a", "b"], "county": ["湘阴县", None], "county_code": ["430624", None]})
DOCUMENTS["year"] = pd.array([2025, None], dtype="Int64")


@pytest.fixture(scope="module")
def placed() -> pd.DataFrame:
    return summaries.placed(commitments.extract(UNITS, None, DOCUMENTS), UNITS, DOCUMENTS)


def test_every_summary_keeps_every_row_and_adds_up(placed):
    table, due, money = summaries.target_table(placed), summaries.deadlines(placed), summaries.money_by_purpose(placed)
    assert len(table) == len(placed) == due["n_commitments"].sum()
    assert money["n_sums"].sum() == (placed["kind"] == "money").sum()
    assert money["total_yuan"].sum() == summaries.sums_in_yuan(placed).sum() == 0  # an award a case and a sum a year: no total
    assert set(money["form"]) == {"award", "cap", "yearly", "standard"}
    for name, frame in (("target_table", table), ("deadlines", due), ("money_by_purpose", money)):
        catalogue.check(frame, name)


def read(*texts: str, **documents) -> pd.DataFrame:
    units = pd.DataFrame({"unit_id": [f"a:{i}" for i in range(len(texts))], "doc_id": "a", "text": texts})
    units = units.assign(position=range(len(texts)), heading_path="", is_repeat=False)
    place = {"county": ["湘阴县"], "county_code": ["430624"], "year": [2025]} | documents
    return summaries.placed(commitments.extract(units), units, pd.DataFrame({"doc_id": ["a"], **place}))


def test_only_what_is_set_aside_once_is_added_up(placed):
    money = summaries.money_by_purpose(placed).set_index("form")
    assert money["total_yuan"].isna().all()
    money = summaries.money_by_purpose(read("设立招商基金500万元。", "对新认定企业奖励10万元。", "每年安排专项经费300万元。"))
    assert money["total_yuan"].sum() == 5_000_000 and set(money["form"]) == {"fund", "award", "yearly"}


def test_a_fund_that_is_named_twice_counts_once_and_parts_are_not_added_to_their_whole():
    found = read(
        "设立工业创新基金3000万元。",
        "完善工业创新发展基金3000万元的设立办法,安排工业创新发展基金3000万元。",
        "设立农业基金3000万元。",
    )
    assert summaries.sums_in_yuan(found).sum() == 60_000_000
    found = read("设立专项资金800万元,其中500万元用于产业路建设,300万元用于人居环境整治。")
    assert summaries.sums_in_yuan(found).sum() == 8_000_000


def test_the_comparison_holds_plans_joins_by_indicator_and_pools_no_unknown_county():
    found = read("2026年,地区生产总值达到100亿元。", "一般公共预算收入占地区生产总值比重达到8%。", "研发投入占比达到2%。")
    assert summaries.indicator_comparison(found)["indicator_id"].tolist() == ["gdp"]
    late = found.assign(due="2019")  # due before the year of its document: a report
    assert summaries.indicator_comparison(late).empty
    nowhere = pd.concat([found, found.assign(doc_id="b", unit_id="b:0")]).assign(county=None, county_code=None)
    assert summaries.indicator_comparison(nowhere)["doc_id"].tolist() == ["a", "b"]
    renamed = pd.concat([found, found.assign(county="湘阴", unit_id="b:0")])
    assert summaries.indicator_comparison(renamed)["n_units"].tolist() == [2]  # one code, one county


def test_indicators_stand_side_by_side_and_parts_stay_out(placed):
    compared = catalogue.check(summaries.indicator_comparison(placed), "indicator_comparison")
    firms = compared[compared["indicator_id"] == "above_scale_firms"]
    assert firms["value"].tolist() == ["100", "80"] or firms["value"].tolist() == ["80", "100"]
    assert firms["county"].isna().sum() == 1  # the document without a county is there too


def test_conflicting_values_are_listed_once(placed):
    found = catalogue.check(summaries.conflicts(placed), "commitment_conflicts")
    assert found[["indicator", "measure", "values"]].values.tolist() == [["高新技术产业增加值", "growth", "8;6"]]
    assert found["unit_ids"].iloc[0].count(";") == 1


def test_newly_added_and_reached_numbers_are_not_mixed():
    units = UNITS.head(2).assign(text=["力争高新技术企业达到100家。", "新增高新技术企业10家、专精特新企业6家以上。"])
    placed = summaries.placed(commitments.extract(units), units, DOCUMENTS)
    assert placed["measure"].tolist() == ["level", "new", "new"]
    assert summaries.conflicts(placed).empty


def test_nothing_to_summarise(placed):
    none = summaries.placed(catalogue.empty("commitments"), UNITS, DOCUMENTS)
    makers = {"target_table": summaries.target_table, "indicator_comparison": summaries.indicator_comparison,
              "money_by_purpose": summaries.money_by_purpose, "deadlines": summaries.deadlines,
              "commitment_conflicts": summaries.conflicts}  # fmt: skip
    for name, make in makers.items():
        assert catalogue.check(make(none), name).empty
    assert "No commitment" in say("commitments.commitments", "en", **facts.commitments(none, len(UNITS)))


@pytest.mark.parametrize("part", ["indicators", "purposes"])
def test_patterns_of_the_codebook_compile_and_have_note_and_source(part):
    raw = summaries.load()
    assert len({entry["id"] for entry in raw[part]}) == len(raw[part])
    for entry in raw[part]:
        re.compile(entry["pattern"])
        assert entry["source"] in raw["sources"]


def test_prose_is_written_from_the_data(placed):
    gold = agreement.read_gold("data/gold")
    paired = agreement.matches(commitments.extract(agreement.units_of(gold)), gold)
    assert "training material" in say("commitments.agreement", "en", **facts.agreement(paired, gold))
    said = facts.conflicts(summaries.conflicts(placed), "zh")
    assert "高新技术产业增加值 8 / 6 %" in say("commitments.conflicts", "zh", **said)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_charts_draw_small_frames_without_county_or_year(placed, language):
    frames = {
        "commitment_timeline": summaries.deadlines(placed),
        "indicators_side_by_side": summaries.indicator_comparison(placed),
        "money_by_purpose": summaries.money_by_purpose(placed),
    }
    for name, frame in frames.items():
        assert CHARTS[name].draw(frame, language).axes
        assert CHARTS[name].caption(frame, language)
        only = frame[frame["county"].isna()]
        if len(only):
            assert CHARTS[name].draw(only, language).axes
    assert charts.MOST_GROUPS > 1
