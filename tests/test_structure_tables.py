"""Cells by their columns and their words: what is a sentence, what is said round it, what is neither."""

import pytest

from helpers import repair, structure


def read(*lines: str) -> structure.Outline:
    return structure.outline(repair.repair("\n".join(["平江县任务表", *lines, "加快推进落实。"])).text)


def rows(found: structure.Outline) -> dict[str, str]:
    return {unit.text: unit.row for unit in found.units if unit.row}


def test_a_table_whose_headings_stand_in_its_first_column():
    found = read(
        "项目名称\t城区污水处理厂", "建设内容\t新建污水处理厂1座，日处理能力2万吨。", "责任单位\t县住建局", "完成时限\t2021年12月"
    )
    said = "建设内容 | 项目名称：城区污水处理厂 | 责任单位：县住建局 | 完成时限：2021年12月"
    assert rows(found) == {"新建污水处理厂1座，日处理能力2万吨。": said}


def test_headings_on_two_levels():
    found = read("重点任务\t责任分工\t\t时间", "\t牵头单位\t配合单位\t", "推进园区标准化厂房建设\t县工信局\t县财政局\t2022年底")
    assert rows(found) == {
        "推进园区标准化厂房建设": "重点任务 | 责任分工牵头单位：县工信局 | 配合单位：县财政局 | 时间：2022年底"
    }


@pytest.mark.parametrize(
    "row",
    [
        "1\t湖南甲科技有限公司\t张三\t长安街道",
        "2\t县教育局、县财政局\t2021年12月底前\t100亿元",
        "规模工业总产值\t亿元\t860\t1200",
        "（一）\t学前教育\t长期\t各乡镇",
        "第3页\t附件2\t2021-03-05\t县政府办公室",
    ],
)
def test_such_cells_are_no_sentences_and_no_headings(row):
    found = read("序号\t名称\t时间\t单位", row)
    assert [unit.text for unit in found.units] == ["平江县任务表", "加快推进落实。"] and not found.headings
    assert [cell.text for cell in found.cells[4:]] == row.split("\t")


def test_a_table_without_headings():
    found = read("1\t学前教育\t新建幼儿园4所，新增学位1200个\t县教育局")
    assert rows(found) == {"新建幼儿园4所，新增学位1200个": "1 | 学前教育 | 县教育局"}


def test_a_sentence_with_an_amount_is_no_heading_and_one_without_is():
    amounts = [
        "县财政安排3000万元技改资金",
        "引进龙头企业5家",
        "全年收储工业用地500亩",
        "税收增长8%",
        "新建幼儿园4所",
        "硬化道路12.5公里",
    ]
    others = ["加强组织领导", "成立4个产业办公室", "实施“3+2”工程", "抓好第3产业"]
    found = structure.outline("\n".join(f"（二）{said}。由县财政局负责。" for said in amounts + others))
    assert [heading.text for heading in found.headings] == [f"（二）{said}。" for said in others]


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (
            ["步骤\t做法", "受理\t窗口核对材料，5日内办结。", "公布\t在网站公布结果，接受监督。"],
            ["步骤：受理 | 做法", "步骤：公布 | 做法"],
        ),
        (["乡镇\t产业\t举措", "长寿镇\t茶叶\t新建茶园500亩，配套加工厂。"], ["乡镇：长寿镇 | 产业：茶叶 | 举措"]),
        (["种植\t每亩补助500元，限50亩以上。", "加工\t按设备投资的30%补助，最高20万元。"], ["种植", "加工"]),  # no headings
    ],
)
def test_headings_that_no_list_knows(lines, wanted):
    assert list(rows(read(*lines)).values()) == wanted
