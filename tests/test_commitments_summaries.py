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
    assert money["total_yuan"].sum() == summaries.sums_in_yuan(placed).sum() == 100_000 + 3_000_000
    for name, frame in (("target_table", table), ("deadlines", due), ("money_by_purpose", money)):
        catalogue.check(frame, name)


def test_limits_and_standards_are_counted_and_not_added(placed):
    money = summaries.money_by_purpose(placed).set_index("form")
    assert pd.isna(money.loc["cap", "total_yuan"]) and pd.isna(money.loc["standard", "total_yuan"])


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
    assert "No commitment" in say("commitments.commitments", "en", **facts.commitments(none, UNITS))


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
