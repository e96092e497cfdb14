"""The log of repairs, furniture, layout and lost glyphs."""

import time
from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers.repair import apply, repair
from helpers.repair.edits import EXACT, Draft, Edit

PROSE = "推进园区建设,完善基础设施,支持企业技术改造,力争三年内规模以上工业企业达到100家。"
PIECES = [
    PROSE,
    "来源: 县政府办 发布时间: 2017-03-13 08:44 浏览次数: 1",
    "目 录",
    "第3页 共10页",
    "- 3 -",
    "图1 2016-2020年增速",
    "扫一扫,在手机打开当前页",
    "發(fā)展工業(yè)",
    "以?xún)?nèi)",
    "2017223",
    "\xa0\xa0",
    "湘政发〔20168号",
    "200500万元",
    "配备34名专职人员",
    "及个转企”规范",
    "限额以上”四上”企业",
    "《关于印发",
    "(2017-2021",
    "\u200b",
    "\r",
    "──",
    "一、总体要求",
    "愛(ai)",
    "?，F(xiàn)",
    "\ud800",
]
anything = st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=14).flatmap(
    lambda parts: st.sampled_from(["", "\n", "\r\n", "\n\n", " "]).map(lambda gap: gap.join(parts))
)


@settings(max_examples=120, deadline=None)
@given(anything)
@example("")
@example("\n")
@example("来源:x\n来源:y")
@example("目 录 第3页 共10页 第3页 共10页 推进建设。")
def test_log_gives_the_clean_text_and_loses_nothing_unlogged(raw):
    done = repair(raw)
    assert apply(raw, done.repairs) == done.text
    end = 0
    for r in done.repairs:
        assert end <= r.raw_start <= r.raw_end and raw[r.raw_start : r.raw_end] == r.before
        assert (r.after == r.before) == (r.certainty == "flagged")
        assert r.reason and r.rule
        end = r.raw_end
    # characters lost without a row in the log: none
    logged = Counter("".join(r.before for r in done.repairs)) - Counter("".join(r.after for r in done.repairs))
    assert Counter(raw) - Counter(done.text) <= logged


@settings(max_examples=100, deadline=None)
@given(anything, st.data())
def test_places_lead_back_to_the_raw_text(raw, data):
    done = repair(raw)
    if not done.text:
        return
    start = data.draw(st.integers(0, len(done.text) - 1))
    end = data.draw(st.integers(start + 1, len(done.text)))
    low, high = done.to_raw(start, end)
    assert 0 <= low <= high <= len(raw)
    touched = [r for r in done.repairs if r.raw_start < high and low < r.raw_end]
    if not touched:
        assert raw[low:high] == done.text[start:end]


@settings(max_examples=100, deadline=None)
@given(
    st.text(alphabet="abcdefgh", max_size=30),
    st.lists(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 4), st.text("XYZ", max_size=3)))),
)
def test_passes_compose_to_one_list_of_edits(raw, passes):
    draft = Draft(raw)
    for proposed in passes:
        edits, end = [], 0
        for start, length, after in sorted(proposed):
            if end <= start and start + length <= len(draft.text):
                edits.append(Edit(start, start + length, after, "x", EXACT, "test"))
                end = start + length
        draft.revise(edits)
    assert apply(raw, draft.repairs()) == draft.text


def test_apply_refuses_a_log_of_another_text():
    with pytest.raises(ValueError, match="offset"):
        apply("别的文本", repair("來源於產業發展").repairs)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("政府信息公开\n关于印发规划的通知\n正文在此。", "关于印发规划的通知\n正文在此。"),
        (f"标题\n来源: 湘阴县政府 发布时间: 2017-03-13 08:44 浏览次数: 1\n{PROSE}", f"标题\n{PROSE}"),
        (f"标题\n浏览量:1 | | | |\n{PROSE}", f"标题\n{PROSE}"),
        (f"标题\n【字体:大 中 小】\n打印 关闭\n{PROSE}", f"标题\n{PROSE}"),
        (f"当前位置:首页 > 政务公开 > 规划\n标题\n{PROSE}\n上一篇:关于印发", f"标题\n{PROSE}"),
        (f"{PROSE}\n扫一扫,在手机打开当前页", PROSE),
        (
            "推进工业园区的基础设施和配套服务- 3 -建设,完善服务。\n其他。",
            "推进工业园区的基础设施和配套服务建设,完善服务。\n其他。",
        ),
        ("推进工业园区基础设施建设和管\n- 3 -\n理水平提升。\n其他。", "推进工业园区基础设施建设和管理水平提升。\n其他。"),
        (
            f"目 录\n一、总体要求.......1\n二、主要任务.......5\n三、保障措施.......9\n一、总体要求\n{PROSE}",
            f"一、总体要求\n{PROSE}",
        ),
        (f"{PROSE}\n图1 2016-2020年增速\n{PROSE}", f"{PROSE}\n{PROSE}"),
    ],
)
def test_furniture_goes(raw, clean):
    assert repair(raw).text == clean


@pytest.mark.parametrize(
    "line",
    [
        "来源于企业自筹的资金不少于30%。",
        "来源:县财政资金、社会捐赠、银行贷款等,由财政局统筹,专款专用。",
        "打印机产业园建设",
        "图1所示的园区布局由县自然资源局负责。",
        "联系人:张三",
        "推进A2-3-5地块出让",
        "上一年度经费",
        "各街道<乡>和〈…〉",
    ],
)
def test_content_that_looks_like_furniture_stays(line):
    text = f"标题\n{PROSE}\n{line}\n{PROSE}"
    assert repair(text).text == text


def test_dates_of_furniture_stay_readable_in_the_log():
    done = repair(f"标题\n来源: 县政府 发布时间: 2017-03-13 08:44\n{PROSE}")
    assert [r.before for r in done.repairs if r.rule == "furniture"] == ["来源: 县政府 发布时间: 2017-03-13 08:44\n"]


WRAPPED = (
    "为深入贯彻落实省委省政府关于加快推进新型工业化的决策部署,加\n"
    "快建设现代化产业体系,推动全县工业经济高质量发展,结合我县实\n"
    "际情况,现就进一步支持工业企业发展提出如下意见,请各单位认真\n"
    "抓好贯彻落实。\n"
    "一、总体要求\n"
    "坚持以新发展理念为引领,以供给侧结构性改革为主线,突出创新驱\n"
    "动。"
)


def test_hard_wraps_are_joined():
    assert repair(WRAPPED).text.split("\n") == [
        "为深入贯彻落实省委省政府关于加快推进新型工业化的决策部署,加快建设现代化产业体系,推动全县工业经济高质量发展,"
        "结合我县实际情况,现就进一步支持工业企业发展提出如下意见,请各单位认真抓好贯彻落实。",
        "一、总体要求",
        "坚持以新发展理念为引领,以供给侧结构性改革为主线,突出创新驱动。",
    ]


def test_one_sentence_a_line_stays_so():
    text = "\n".join(
        ["加快发展现代农业", PROSE, "支持企业上市融资", "对新认定的高新技术企业奖励20万元", "建设标准厂房30万平方米", PROSE]
    )
    assert repair(text).text == text


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        (
            "缙云县人民政府关于印发\n《缙云县三年行动\n计划(2019-2021年)》的通知\n各乡镇:",
            "缙云县人民政府关于印发《缙云县三年行动计划(2019-2021年)》的通知\n各乡镇:",
        ),
        ("中共湘阴县委\xa0\xa0\xa0 湘阴县人民政府", "中共湘阴县委 湘阴县人民政府"),
        ("开展“建家乡” 行动,能耗超0.57 吨/万元。", "开展“建家乡”行动,能耗超0.57吨/万元。"),
        ("　　推进“欢乐潇湘 幸福岳阳”活动,办好文化节。", "推进“欢乐潇湘 幸福岳阳”活动,办好文化节。"),
        ("天伦城──四化建", "天伦城——四化建"),
        ("第一章 总则\r\n第一条 为了发展。", "第一章 总则\n第一条 为了发展。"),
        ("推进\u200b建设。\ufeff", "推进建设。"),
    ],
)
def test_layout(raw, clean):
    assert repair(raw).text == clean


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("湘阴县人民政府\n2017223\n", "湘阴县人民政府\n2017年2月23日\n"),
        ("(湘阴政发〔20168号)进行奖励。", "(湘阴政发〔2016〕8号)进行奖励。"),
        ("(中方发【2020】38号)文件", "(中方发〔2020〕38号)文件"),
        ("投资200500万美元的,奖励2万元。5001000万美元的,奖励4万元", "投资200-500万美元的,奖励2万元。500-1000万美元的,奖励4万元"),
        ("发展规划(2017-2021\n正文", "发展规划(2017-2021)\n正文"),
        ("“四上企业”及个转企”规范发展", "“四上企业”及“个转企”规范发展"),
        ("限额以上”四上”规模企业", "限额以上“四上”规模企业"),
        ("工业率达到42.6%,出台一系优惠政策", "工业化率达到42.6%,出台一系列优惠政策"),
    ],
)
def test_lost_glyphs_are_inferred(raw, clean):
    done = repair(raw)
    assert done.text == clean
    assert {r.certainty for r in done.repairs} <= {"inferred", "exact"}


@pytest.mark.parametrize(
    "line",
    [
        "2017111",  # 11 January or 1 November: nothing settles it
        "完成投资203500万元。",  # a number, not a range
        "配备34名专职人员。",  # no other dash is lost here
        "投资200500万美元的项目",  # no neighbouring step
        "邮编200500",
    ],
)
def test_what_the_context_does_not_settle_stays(line):
    assert repair(line).text == line


def test_publication_date_settles_a_date():
    done = repair("标题\n来源: 县政府 发布时间: 2017-03-13\n县人民政府\n2017111\n正文如下。")
    assert "2017年1月11日" in done.text


@pytest.mark.parametrize(
    "text", ["字" * 1_700_000, "a(" * 300_000, "？" * 100_000, " " * 300_000, "”" * 50_000, "(fā)" * 50_000], ids=len
)
def test_large_and_hostile_texts_take_seconds_not_hours(text):
    start = time.process_time()
    repair(text)
    assert time.process_time() - start < 30
