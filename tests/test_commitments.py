"""Commitments: numbers as texts write them, what is promised and what is not, and agreement with the coded sentences."""

import re
import sys
from pathlib import Path

import cells
import invented_rows
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import catalogue, commitments, store
from helpers.commitments import agreement, extraction, numbers, periods, wording
from helpers.commitments.numbers import base_value, fold, from_han, mend, quantities
from helpers.commitments.periods import dates
from helpers.commitments.wording import clauses, mask

GOLD = store.PROJECT_ROOT / "data" / "gold"
INVENTED = Path(__file__).parent / "fixtures" / "commitments_invented.csv"
# Two samples of invented units of other counties, each coded twice before the rules were mended.
SAMPLES = {name: INVENTED.with_name(f"commitments_{name}.csv") for name in ("elsewhere", "fresh")}


def rows(text: str, **context) -> list[tuple]:
    return [(r["kind"], r["comparator"], r["value"], r["unit"], r["year"]) for r in commitments.read(text, **context)[0]]


def units(*texts: str, **columns) -> pd.DataFrame:
    ids = [f"d:{i:05d}" for i in range(1, len(texts) + 1)]
    return pd.DataFrame({"unit_id": ids, "doc_id": "d", "text": list(texts), **columns})


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("１２．５％", "12.5", "%"),  # full-width digits and sign
        ("1,200 亩", "1200", "亩"),  # thousands mark and a space before the unit
        ("100万平方米", "100", "万平方米"),
        ("200-500万美元", "200-500", "万美元"),
        ("200500万美元", "200-500", "万美元"),  # the dash was lost in the source
        ("5001000万美元", "500-1000", "万美元"),
        ("150000万元", "150000", "万元"),  # long, but no joined range
        ("8000万元至1亿元", "0.8-1", "亿元"),  # both ends in the unit of the last
        ("3至5家", "3-5", "家"),
        ("十三个", "13", "个"),
        ("两百家", "200", "家"),
        ("三分之一", "1/3", ""),
        ("百分之八十", "80", "%"),
        ("6000余个", "6000", "个"),
        ("1200元/月", "1200", "元/月"),
        ("100元/月/人", "100", "元/月/人"),
        ("12500-800万元", "800-12500", "万元"),  # backwards
    ],
)
def test_numbers_are_read_as_written(text, value, unit):
    number = quantities(fold(text))[0]
    assert (number.value, number.unit) == (value, unit)


@pytest.mark.parametrize(
    "name",
    [
        "5G网络",
        "G240改线",
        "IPV6",
        "4A级景区",
        "500强",
        "135工程",
        "“1+1+X”",
        "第3章",
        "〔2017〕2号",
        "《三年计划(2019-2021年)》",
    ],
)
def test_names_hold_no_number(name):
    assert quantities(mask(fold(name))) == []


def test_a_name_does_not_swallow_what_follows():
    assert rows("完成G240改线18公里。") == [("target", "=", "18", "公里", "")]


@pytest.mark.parametrize(
    ("numeral", "number"),
    [("十", 10), ("十三", 13), ("二十", 20), ("两百", 200), ("一百零五", 105), ("三千二百", 3200), ("二〇二五", 2025)],
)
def test_chinese_numerals(numeral, number):
    assert from_han(numeral) == number


@pytest.mark.parametrize(
    ("value", "unit", "base"),
    [
        (2, "亿元", 2e8),
        (300, "万元", 3e6),
        (8.5, "%", 0.085),
        (1, "个百分点", 0.01),
        (1, "番", 1.0),
        (2, "番", 3.0),
        (3, "成", 0.3),
        (5, "万亩", 5e4),
        (7, "家", 7),
    ],
)
def test_base_values(value, unit, base):
    assert base_value(value, unit) == pytest.approx(base)


def test_lost_dash_is_put_back_for_show():
    assert mend("投资200500万美元的") == "投资200-500万美元的"
    assert mend("投资300万元的") == "投资300万元的"


def test_dates_know_their_role():
    found = dates(fold("从2017年起,到2021年底,2025年5月底前,7月份前,“十四五”期间,较2020年"))
    assert [(date.year, date.role) for date in found] == [
        ("2017", "from"),
        ("2021", "by"),
        ("2025", "by"),
        ("2025", "by"),
        ("2025", "range"),
        ("2020", "past"),
    ]


def test_thousands_comma_ends_no_clause():
    assert len(clauses("投资1,200万元,新建5家")) == 2


# ---- what counts and what does not -----------------------------------------------------------------------------------
def test_a_list_gives_one_row_an_item_and_parts_know_their_whole():
    found, _ = commitments.read("2025年引进产业项目54个以上,其中装备制造产业链27个及以上、港航物流产业链4个及以上。")
    assert [(r["value"], r["relation"], r["year"]) for r in found] == [
        ("54", "", "2025"),
        ("27", "part", "2025"),
        ("4", "part", "2025"),
    ]
    assert found[1]["part_of"] == found[0]["indicator"] == "产业项目"


def test_metrics_that_share_a_rate_are_split_and_things_that_share_a_count_are_not():
    assert [r["indicator"] for r in commitments.read("力争接待游客数量和旅游收入增长15%以上。")[0]] == [
        "接待游客数量",
        "旅游收入",
    ]
    assert len(commitments.read("建成省级工程技术中心或企业技术中心5个。")[0]) == 1


def test_cumulative_sums_are_marked():
    assert commitments.read("力争3年累计完成实际到位资金30亿元。")[0][0]["relation"] == "cumulative"


@pytest.mark.parametrize(
    "text",
    [
        "高新技术产业增加值完成28亿元,是“十二五”的4倍。",  # the past, said after the number
        "五年来,新增高新技术企业20家。",
        "年纳税过1000万元的企业优先供地。",  # threshold
        "抓实“六个一”工作,紧盯“三类”500强。",
        "围绕3条重点产业链,引进一批项目。",
        "开展13种致畸基因免费筛查。",
        "每2个月进行一次督查。",
        "PM2.5平均浓度达到省定目标。",
        "本办法自2021年1月1日起施行,有效期5年。",
        "处5000元以上5万元以下罚款。",
        "",
    ],
)
def test_no_commitment(text):
    assert rows(text) == []


def test_the_year_of_the_document_tells_past_from_promise():
    text = "2020年,园区技工贸总收入达81亿元。"
    assert rows(text, reference=2021) == []
    assert rows(text, reference=2019) == [("target", "=", "81", "亿元", "2020")]


@pytest.mark.parametrize("text", ["规模工业增加值增长8.5%。", "先后引进项目35个。", "全年新增就业3000人。", "全县辖16个乡镇。"])
def test_background_promises_nothing_without_a_word_of_the_future(text):
    assert rows(text, statement="background") == []


def test_background_that_speaks_of_the_future_or_closes_with_at_least_still_promises():
    assert rows("力争增长8.5%。", statement="background") == [("target", "growth", "8.5", "%", "")]
    assert rows("实现产值50亿元以上。", statement="background") == [("target", ">=", "50", "亿元", "")]


def test_a_report_goes_on_in_its_paragraph():
    report = units("五年来,引进项目35个。", "到位资金120亿元。", paragraph=1)
    assert commitments.extract(report).empty
    assert len(commitments.extract(report.assign(paragraph=[1, 2]))) == 1


def test_thresholds_steps_and_caps_of_awards():
    text = "对纳税300万元、500万元以上的企业分别奖励5万元、10万元,单个企业年度最高不超过20万元。"
    assert rows(text) == [
        ("money", "=", "5", "万元", ""),
        ("money", "=", "10", "万元", ""),
        ("money", "<=", "20", "万元", "yearly"),
    ]


def test_repeated_sentences_count_once_and_evidence_points_into_the_text():
    frame = units("引进项目10个以上。", "引进项目10个以上。", is_repeat=[False, True])
    out = commitments.extract(frame)
    assert out["unit_id"].tolist() == ["d:00001"]
    assert frame["text"][0][out["evidence_start"][0] : out["evidence_end"][0]] == "引进项目10个以上"


def test_units_and_codes_may_be_bare_or_empty():
    assert commitments.extract(units("到2025年,新建学校3所。"), None, None)["year"].tolist() == ["2025"]
    assert commitments.extract(units(), catalogue.empty("codes")).empty
    documents = pd.DataFrame({"doc_id": ["d"], "year": pd.array([None], dtype="Int64")})  # a document without a year
    assert len(commitments.extract(units("新建学校3所。"), None, documents)) == 1


# ---- agreement -------------------------------------------------------------------------------------------------------
def test_the_coded_sentences_are_read_as_coded():
    gold = agreement.read_gold(GOLD)
    scores = agreement.scores(agreement.matches(commitments.extract(agreement.units_of(gold)), gold)).set_index("kind")
    assert scores.loc["all", "f1_share"] >= 0.97
    assert scores.loc["all", ["unit_right_share", "year_right_share"]].min() >= 0.97


def test_invented_sentences_of_other_counties_are_read_as_expected():
    expected = pd.read_csv(INVENTED, dtype=str, keep_default_na=False).assign(indicator="", comparator="", condition="")
    assert expected["key"].nunique() >= 200
    scores = agreement.scores(agreement.matches(commitments.extract(agreement.units_of(expected)), expected)).set_index("kind")
    assert scores.loc["all", "f1_share"] >= 0.97
    assert scores.loc["all", ["unit_right_share", "year_right_share"]].min() >= 0.97


def test_disagreement_is_counted():
    columns = {"text": "t", "indicator": "", "comparator": "=", "unit": "家", "year": "", "condition": ""}
    gold = pd.DataFrame({"key": ["a", "a"], "kind": ["target", "money"], "value": ["1", "2"]}).assign(**columns)
    found = gold.rename(columns={"key": "unit_id"}).assign(value=["1", "3"], unit="个")
    paired = agreement.matches(found, gold)
    assert sorted(paired["outcome"]) == ["extra", "found", "missed"]
    assert agreement.scores(paired).loc[0, "unit_right_share"] == 0
    assert set(agreement.errors(paired, gold)["outcome"]) == {"extra", "missed", "other unit or year"}


# ---- properties ------------------------------------------------------------------------------------------------------
WORDS = ["奖励", "力争", "增长", "其中", "2025年", "累计", "牵头", "每年", "给予"]
PIECES = st.sampled_from([*"0123456789一二三十百万亿元家个项%,;。、()（）“”《》-至到年月前底以上内的", *WORDS])


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_any_text_is_read_without_error_and_evidence_lies_inside(text):
    assert len(fold(text)) == len(text) == len(mask(fold(text)))
    out = commitments.extract(units(text))
    assert (
        (out["evidence_start"] >= 0) & (out["evidence_start"] <= out["evidence_end"]) & (out["evidence_end"] <= len(text))
    ).all()
    assert (out.loc[out["kind"] == "deadline", "value"] == "").all()
    numbers = out[out["kind"] != "deadline"]
    assert (numbers["value_low"] <= numbers["value_high"]).mean() in (1.0,) or numbers.empty or "-" in "".join(numbers["value"])


@given(st.integers(1, 9999), st.sampled_from(["家", "亿元", "%", "万亩"]), st.integers(2018, 2035))
def test_a_plain_target_is_always_found(number, unit, year):
    assert rows(f"力争到{year}年,示范园区总量达到{number}{unit}以上。") == [("target", ">=", str(number), unit, str(year))]


def test_reading_in_many_workers_changes_nothing(monkeypatch):
    said = (
        "到2025年，实现产值达到1{}亿元。",
        "安排专项资金5{}万元。",
        "增长8.{}%。",
        "建设园区1{}个（牵头单位：县发改局；责任单位：县工信局）",
    )
    rows = [(f"d{d}:{i:05d}", f"d{d}", said[(d + i) % 4].format(d), i // 2, False) for d in range(20) for i in range(4)]
    units = pd.DataFrame(rows, columns=["unit_id", "doc_id", "text", "paragraph", "is_repeat"])
    alone = commitments.extract(units), commitments.actors(units)
    monkeypatch.setattr(sys.modules["helpers.commitments.extraction"], "_BATCH", 1)
    monkeypatch.setattr(sys.modules["helpers.commitments.actors"], "_BATCH", 1)
    monkeypatch.setenv("HELPERS_WORKERS", "2")
    pd.testing.assert_frame_equal(commitments.extract(units), alone[0])
    pd.testing.assert_frame_equal(commitments.actors(units), alone[1])
    assert len(alone[0]) >= 40 and len(alone[1]) >= 40


@pytest.mark.parametrize("row", ["任务 | 完成时限：2022年6月", "1 | 医疗 | 县卫健局 | 2022年6月底前", "2022年底"])
def test_the_deadline_of_a_row_is_that_of_its_cell(row):
    text = "建成县人民医院新院区，新增床位300张"
    units = pd.DataFrame({"unit_id": ["d:1"], "doc_id": ["d"], "text": [text], "table_row": [row]})
    found = commitments.extract(units)
    assert set(found["year"]) == {"2022"} and found.loc[found["kind"] == "target", "value"].tolist() == ["300"]
    assert all(0 <= start < end <= len(text) for start, end in zip(found["evidence_start"], found["evidence_end"], strict=True))


# ---- kinds of sentences elsewhere ------------------------------------------------------------------------------------
def elsewhere(sample: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the coded rows, units, codes and documents of a sample of invented units of other counties."""
    coded = pd.read_csv(SAMPLES[sample], dtype=str, keep_default_na=False)
    coded = coded.rename(columns={"unit": "key", "unit_of_value": "unit"})
    first = coded.drop_duplicates("key").reset_index(drop=True)
    read = first.rename(columns={"key": "unit_id", "heading": "heading_path"})
    read = read.assign(doc_id=read["unit_id"])[["unit_id", "doc_id", "text", "heading_path", "table_row", "statement"]]
    documents = pd.DataFrame({"doc_id": read["doc_id"], "year": first["document_year"].astype(int)})
    return coded, read, read[["unit_id", "statement"]], documents


@pytest.mark.parametrize("sample", ["elsewhere", "fresh"])
@pytest.mark.parametrize(("coded_by_hand", "least"), [(True, 0.95), (False, 0.85)])
def test_invented_units_of_other_counties_are_read_as_coded(coded_by_hand, least, sample):
    coded, read, codes, documents = elsewhere(sample)
    paired = agreement.matches(commitments.extract(read, codes if coded_by_hand else None, documents), coded)
    assert agreement.scores(paired).set_index("kind").loc["all", "f1_share"] >= least


@pytest.mark.parametrize(
    "text",
    [
        "对月销售额10万元以下的纳税人免征增值税。",
        "研发费用按100%加计扣除。",
        "工程款价格扣除比例用足20%。",
        "出让底价可按最低价标准的70%执行。",
        "整治完成率低于八成的取消评优资格。",
        "货运企业超限率高于5%的责令停业整顿。",
        "以16个乡镇文化站为支撑,构建服务网络。",
        "涉及居民楼210栋、建筑面积58万平方米。",
        "湖岸200米范围内禁止新建餐饮船舶。",
        "其余15个村逐步铺开。",
        "单笔使用不超过15天。",
        "于审核通过后30个工作日内支付。",
        "考核90分以上为优秀。",
        "对年营业收入首次突破10亿元、50亿元的企业,分别授予称号。",
        "增强供水能力,满足年新增用水3000万吨的需求。",
        "粮食产量同比增长1.3%。",
        "税收完成9.8亿元,比增6.4%。",
        "完成投资42亿元,占年度计划的51.3%。",
        "预计完成零售额56亿元。",
        "应当自受理之日起20个工作日内作出决定。",
        "申请材料齐全的，五个工作日内办结。",
        "涉及两个以上部门的,由一个部门牵头。",
        "产量变化如图12所示。",
        "聚焦5个三百亿级产业集群开展招商。",
        "面积300平方米以下且从业人员不足5人的小餐饮,可免于办理许可。",
    ],
)
def test_results_procedure_and_thresholds_are_no_promises(text):
    assert rows(text, statement="measure") == []


@pytest.mark.parametrize(
    ("text", "rows_of_it"),
    [
        ("单个项目补助最高不超过投资额的20%,总额不超过200万元。", [("money", "<=", "20"), ("money", "<=", "200")]),
        (
            "每亩补助1500元,其中省级资金1000元、县级配套500元。",
            [("money", "=", "1500"), ("money", "=", "1000"), ("money", "=", "500")],
        ),
        ("设立10亿元的母基金,首期到位3亿元。", [("money", "=", "10"), ("money", "=", "3")]),
        ("按贡献额前三年100%、后两年50%给予奖励。", [("money", "=", "100"), ("money", "=", "50")]),
        ("培育百亿级企业两家、独角兽企业三家。", [("target", "=", "2"), ("target", "=", "3")]),
        ("办好已有的3个众创空间,再建1家孵化基地。", [("target", "=", "1")]),
        ("形成2个产值超500亿元的制造业集群。", [("target", "=", "2")]),
        ("带动2.5万名林农户均增收6000元以上。", [("target", "=", "2.5"), ("target", ">=", "6000")]),
        ("分别净增20家、8家。", [("target", "=", "20"), ("target", "=", "8")]),
        ("风险补偿资金池由2000万元扩到5000万元。", [("money", "=", "5000")]),
    ],
)
def test_parts_caps_and_lists_in_one_sentence(text, rows_of_it):
    assert [row[:3] for row in rows(text, statement="measure")] == rows_of_it


def test_success_is_a_report_in_a_report_and_an_aim_in_a_plan():
    text = "绿色发展取得新成效,能耗下降18%。"
    assert len(rows(text, statement="goal")) == 1
    assert rows(text) == rows(text, statement="background") == []


def test_winning_money_is_no_word_of_the_future_and_conditions_under_their_heading_promise_nothing():
    assert rows("争取上级资金7.2亿元,增长15%。", statement="background") == []
    frame = units("固定资产投资不低于2000万元。", heading_path="二、申报条件")
    measure = pd.DataFrame({"unit_id": ["d:00001"], "statement": ["measure"]})
    assert commitments.extract(frame, measure).empty
    assert len(commitments.extract(frame.assign(heading_path="二、重点任务"), measure)) == 1


def test_a_base_year_is_no_report_and_recognition_in_a_condition_is_no_past():
    assert rows("城镇化率较2020年提高6个百分点。", statement="goal", reference=2021) == [
        ("target", "growth", "6", "个百分点", "")
    ]
    assert rows("被认定为省级田园综合体的,一次性奖励60万元。", statement="measure") == [("money", "=", "60", "万元", "")]


def test_a_heading_that_reports_outweighs_the_code_and_one_that_also_plans_does_not():
    frame = units("新建农村公路86公里。", heading_path="一、2023年工作回顾 > (一)交通")
    goal = pd.DataFrame({"unit_id": ["d:00001"], "statement": ["goal"]})
    assert commitments.extract(frame, goal).empty
    assert len(commitments.extract(frame.assign(heading_path="2023年工作回顾和2024年工作安排"), goal)) == 1


def test_what_a_list_shares_out_has_each_its_own_name_condition_and_comparator():
    found, _ = commitments.read("对获评国家级、省级工坊的,分别给予最高20万元、10万元资助。", "measure")
    assert [(r["value"], r["comparator"], r["condition"]) for r in found] == [
        ("20", "<=", "获评国家级工坊"),
        ("10", "<=", "获评省级工坊"),
    ]
    found, _ = commitments.read("粮食产量和生猪出栏分别增长5%、8%以上。", "goal")
    assert [(r["indicator"], r["value"], r["comparator"]) for r in found] == [
        ("粮食产量", "5", "growth"),
        ("生猪出栏", "8", "growth"),
    ]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("最高补贴20万元。", ("money", "<=", "20", "万元", "")),
        ("产业规模突破千亿元大关。", ("target", ">=", "1000", "亿元", "")),
        ("年接待游客突破千万人次。", ("target", ">=", "1000", "万人次", "")),
        ("果农人均收入过万元。", ("target", ">=", "1", "万元", "")),
        ("总算力达到500P。", ("target", "=", "500", "P", "")),
        ("错时开放时间不低于总时长的三分之一。", ("target", ">=", "1/3", "", "")),
        ("民间投资占比不低于五成。", ("target", ">=", "5", "成", "")),
        ("森林覆盖率提高两个百分点。", ("target", "growth", "2", "个百分点", "")),
        ("城乡居民收入比缩小到1.9以内。", ("target", "<=", "1.9", "", "")),
        ("人均预期寿命达到79岁。", ("target", "=", "79", "岁", "")),
        ("劳动年龄人口平均受教育年限达到11.3年。", ("target", "=", "11.3", "年", "")),
        ("群众满意度保持在95分以上。", ("target", ">=", "95", "分", "")),
        ("县级领导每月外出招商不少于1次。", ("target", ">=", "1", "次", "")),
        ("净增规上企业12家。", ("target", "=", "12", "家", "")),
        ("一般性支出较上年再压减5%。", ("target", "decrease", "5", "%", "")),
        ("县财政首期注资1.5亿元设立基金。", ("money", "=", "1.5", "亿元", "")),
        ("县财政预留2000万元稳岗资金。", ("money", "=", "2000", "万元", "")),
        ("每年从土地出让收益中提取5%注入发展资金。", ("money", "=", "5", "%", "yearly")),
        ("同一项目补助总额以100万元封顶。", ("money", "<=", "100", "万元", "")),
        ("财政给予1个百分点贴息。", ("money", "=", "1", "个百分点", "")),
        ("新取得有机证书的,由县财政按每张2万元一次性支付。", ("money", "=", "2", "万元", "")),
        ("上年度首次纳统的企业,由财政所一次性拨付5万元。", ("money", "=", "5", "万元", "")),
        ("返还其上年度实际缴纳失业保险费的50%。", ("money", "=", "50", "%", "")),
        ("一般公共预算收入安排8.1亿元。", ("target", "=", "8.1", "亿元", "")),
        ("制定管理细则,于2020年9月底前印发。", ("deadline", "", "", "", "2020")),
        ("城市书房2024年国庆节前对外开放。", ("deadline", "", "", "", "2024")),
        ("县财政按1:1配套。", ("money", "=", "1:1", "", "")),
        ("展位费由县财政报销七成。", ("money", "=", "7", "成", "")),
        ("安排“非遗保护专项资金”150万元。", ("money", "=", "150", "万元", "")),
        ("引进1名博士,给予用人单位3万元补贴。", ("money", "=", "3", "万元", "")),
        ("可享受最高15万元贷款贴息。", ("money", "<=", "15", "万元", "")),
        ("发放文化惠民券50万元。", ("money", "=", "50", "万元", "")),
        ("年产值5000万元以上的12家。", ("target", "=", "12", "家", "")),
        ("2024年10月底前完成摸底工作。", ("deadline", "", "", "", "2024")),
        ("算力规模达到12EFLOPS。", ("target", "=", "12", "EFLOPS", "")),
        ("存储总量达到8EB。", ("target", "=", "8", "EB", "")),
        ("产业规模突破2千亿。", ("target", ">=", "2", "千亿", "")),
    ],
)
def test_caps_rates_funds_in_quotes_and_large_units(text, row):
    assert rows(text, statement="measure") == [row]


def test_what_people_said_of_a_sentence_goes_before_the_code_of_a_machine(tmp_path, monkeypatch):
    texts = ["新建农村公路86公里。", "全年新增就业3000人。", "改造危桥7座。"]
    ids = [f"d:{i:05d}" for i in range(1, 4)]
    tables = {
        "documents": invented_rows.rows("documents", doc_id=["d"], county=["甲县"], county_code=["430001"], year=[2024]),
        "units": invented_rows.rows("units", unit_id=ids, doc_id=["d"] * 3, text=texts, position=[1, 2, 3], heading_path=[""] * 3,
                                    table_row=[""] * 3, is_repeat=[False] * 3),
        "codes": invented_rows.rows("codes", unit_id=ids, statement=["measure", "background", "measure"]),
        "unit_tools": catalogue.empty("unit_tools"),
    }  # fmt: skip
    for name, frame in tables.items():
        store.write_table(tmp_path / "processed", name, frame)
    said = pd.DataFrame({"unit": ["g1", "g2"], "source_file": "d", "heading": "", "text": texts[:2], "tools": "",
                         "statement": ["background", "goal"], "inclusion_probability": "1"})  # fmt: skip
    (tmp_path / "gold").mkdir()
    said.to_csv(tmp_path / "gold" / "gold.csv", index=False)
    found = {}
    for gold in ("", str(tmp_path / "gold")):
        cells.run(monkeypatch, "06_commitments", tmp_path / "processed", tmp_path / "figures", gold_dir=gold)
        found[bool(gold)] = store.read_table(tmp_path / "processed", "commitments")["unit_id"].tolist()
    assert found == {False: [ids[0], ids[2]], True: ids[1:]}


OPENED = [numbers._QUANTITY, periods._DATE, wording._NAMES, extraction._SHOWS]


@pytest.mark.parametrize("opened", OPENED, ids=["quantities", "dates", "names", "hints"])
@settings(max_examples=400, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(data=st.data())
def test_what_a_pattern_may_begin_with_leaves_out_none_of_its_matches(opened, data):
    """A fast look at one letter goes before each slow pattern: it must let through all that the pattern finds without it."""
    bare = re.compile(re.fullmatch(r"\(\?=\[(?:\\.|[^\]])*\]\|\\d\)\(\?:(.*)\)", opened.pattern, re.DOTALL)[1])
    text = data.draw(st.from_regex(bare))
    assert [match.span() for match in opened.finditer(text)] == [match.span() for match in bare.finditer(text)]
