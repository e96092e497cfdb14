"""Rows of tables keep their borders through the repair, and characters in another form become those of the text."""

import pytest

from helpers import repair


@pytest.mark.parametrize(
    ("raw", "clean", "rule"),
    [
        ("⼈⼤代表⽇常⼯作，⻅附件⻚码，⻓期⻢上⺠⽣。", "人大代表日常工作，见附件页码，长期马上民生。", "radical"),
        ("全县⾦融機構、車輛和樂園。", "全县金融机构、车辆和乐园。", "radical"),
        ("安排资金2 0 0 0 万元，占1 2 . 5 %。", "安排资金2000万元，占12.5%。", "digits"),
        ("２０２１年３月５日前完成。", "2021年3月5日前完成。", "digits"),
        ("2 0 2 1年底前完成改造。", "2021年底前完成改造。", "digits"),
        ("\uf06c（一）加大投入力度。", "（一）加大投入力度。", "bullet"),
        ("\uf0d8 支持企业上云。", "支持企业上云。", "bullet"),
    ],
)
def test_characters_in_another_form_are_written_as_the_rest(raw, clean, rule):
    done = repair.repair(raw)
    assert done.text == clean and rule in {part for r in done.repairs for part in r.rule.split("+")}


@pytest.mark.parametrize("text", ["见表1 5家企业入选。", "附件1 2021年计划表。", "1 2 3", "第1 2项。"])
def test_numbers_beside_each_other_stay_apart(text):
    assert repair.repair(text).text == text


@pytest.mark.parametrize(
    "row",
    [
        "1\t学前教育\t新建幼儿园4所，新增学位1200个\t县教育局",
        "序号\t任务\t牵头单位\n1\t新建学校，\t县教育局\n2\t，改造\t县住建局",
        "甲公司\t长安街道\n乙公司\t聂市镇",
        "种植\t每亩补助500元，限50亩以上。\n加工\t按设备投资的30%补助，最高20万元。",
    ],
)
def test_borders_of_cells_stay(row):
    assert repair.repair(f"平江县任务表\n{row}\n完成任务。").text.split("\n")[1:-1] == row.split("\n")


@pytest.mark.parametrize("text", ["一、\t总则", "1.\t加大投入。", "来源：\t县政府网", "支持企业\t技术改造，给予奖励。"])
def test_a_tab_that_is_no_border_goes(text):
    assert "\t" not in repair.repair(f"平江县方案\n{text}\n加快发展。").text


def test_drawn_borders_are_borders():
    raw = "平江县任务表\n┌──┬────┐\n│序号│ 任务 │\n├──┼────┤\n│ 1 │ 新建学校 │\n└──┴────┘\n| 甲 | 乙 |\n|---|---|\n| 3 | 4 |"
    assert repair.repair(raw).text == "平江县任务表\n序号\t任务\n1\t新建学校\n甲\t乙\n3\t4"


def test_a_list_of_firms_is_not_joined():
    firms = [f"湖南省平江县{name}科技股份有限公司" for name in ("甲乙", "丙丁", "戊己", "庚辛", "壬癸")]
    assert repair.repair("\n".join(["获评企业名单", *firms])).text.split("\n")[1:] == firms
