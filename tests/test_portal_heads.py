"""Heads of portal pages, whatever format they came in: labels become metadata, and none of them a sentence."""

import random

import pytest
from portal_heads import HEADS

from helpers import repair, structure
from helpers.language.reasons import said
from helpers.repair import labels

NAMES = {"code": "county_code", "number": "doc_number", "form": "doc_form", "date": "issued_date"}


@pytest.mark.parametrize(("text", "wanted"), HEADS, ids=[text[:18].replace("\n", " ") for text, _ in HEADS])
def test_heads(text, wanted):
    repaired = repair.repair(text)
    furniture = "\n".join(r.before for r in repaired.repairs if "furniture" in r.rule)
    found = structure.metadata(repaired.text, wanted.get("file", "page.txt"), furniture)
    units = [unit.text for unit in structure.units(repaired.text)]
    for name, value in wanted.items():
        if name == "flag":
            assert any(value in said(flag, "en") for flag in found["flags"]), found["flags"]
        elif name == "no_flag":
            assert not any(value in said(flag, "en") for flag in found["flags"]), found["flags"]
        elif name == "no_unit":
            assert not [word for word in value if any(word in unit for unit in units)], units
        elif name == "issuer_not":
            assert not [word for word in value if word in found["issuer"]], found["issuer"]
        elif name != "file":
            assert found[NAMES.get(name, name)] == value, (name, found)


FIELDS = {
    "索引号": "4307/2021-00031", "发布机构": "桃源县人民政府办公室", "成文日期": "2021-03-15",
    "标题": "关于印发《桃源县茶业发展办法》的通知",
    "发文字号": "桃政办发〔2021〕12号", "有效性": "有效", "公开方式": "主动公开", "主题分类": "农业、林业",
}  # fmt: skip
LAYOUTS = {
    "colon": "\n".join(f"{name}：{value}" for name, value in FIELDS.items()),
    "tab": "\n".join(f"{name}：\t{value}" for name, value in FIELDS.items()),
    "cells": "\t".join(f"{name}\t{value}" for name, value in FIELDS.items()),
    "two a line": "\n".join(
        f"{a}: {FIELDS[a]}    {b}: {FIELDS[b]}" for a, b in zip(list(FIELDS)[::2], list(FIELDS)[1::2], strict=True)
    ),
    "two lines": "\n".join(f"{name}：\n{value}" for name, value in FIELDS.items()),
    "two lines, bare": "\n\n".join(f"{name}\n{value}" for name, value in FIELDS.items()),
    "glued": "".join(f"{name}:{value}" for name, value in FIELDS.items()),
    "spaced": "\n".join(f"{'　'.join(name)}：{value}" for name, value in FIELDS.items()),
    "blanks": "\n".join(f"{' '.join(name)} : {value}" for name, value in FIELDS.items()),
    "brackets": "\n".join(f"【{name}】{value}" for name, value in FIELDS.items()),
    "header row": "\t".join(FIELDS) + "\n" + "\t".join(FIELDS.values()),
    "bars": " | ".join(f"{name} | {value}" for name, value in FIELDS.items()),
    "no colon": "\n".join(f"{name} {value}" for name, value in FIELDS.items()),
}
TEXT = (
    "\n各乡镇人民政府：\n现将办法印发给你们，请认真贯彻执行。\n第一条 为发展茶业，制定本办法。\n第二条 名称：茶业，索引号不用。"
)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_labels_say_the_same_however_they_are_set(layout):
    repaired = repair.repair(LAYOUTS[layout] + TEXT)
    assert repair.apply(LAYOUTS[layout] + TEXT, repaired.repairs) == repaired.text
    furniture = "\n".join(r.before for r in repaired.repairs if "furniture" in r.rule)
    found = structure.metadata(repaired.text, "page.txt", furniture)
    assert (found["title"], found["doc_number"]) == ("桃源县茶业发展办法", "桃政办发〔2021〕12号")
    assert (found["issuer"], found["issued_date"], found["county"]) == ("桃源县人民政府办公室", "2021-03-15", "桃源县")
    units = [unit.text for unit in structure.units(repaired.text)]
    assert units[0] == "各乡镇人民政府：" and units[-1] == "第二条 名称：茶业，索引号不用。"


def test_any_heap_of_labels_is_read_without_a_loss():
    rng = random.Random(18)
    names, parts = (
        sorted(labels._FIELD),
        ["\n", "\t", " ", "：", ":", "|", "　", "桃源县工业办法", "2021-03-15", "有效", "。", "【", "】", "第一条"],
    )
    for _ in range(400):
        raw = "".join(rng.choice(names) if rng.random() < 0.4 else rng.choice(parts) for _ in range(rng.randint(1, 40)))
        repaired = repair.repair(raw)
        assert repair.apply(raw, repaired.repairs) == repaired.text
        structure.metadata(repaired.text, "", raw)


BUTTONS = [
    "无障碍|登录 2024年3月1日 星期五",
    "【打印本页】【关闭窗口】 浏览次数：1024",
    "今天是2023年11月5日，星期日",
    "English | 繁体版 | 长者模式",
    "地址：云南省曲靖市罗平县罗雄街道文笔路 邮编：655800 电话：0874-8212345",
    "浙江省宁波市宁海县政府网站 | 网站地图 | 浙ICP备05083456号",
    "[打印] [收藏] [分享到] 微信 微博 点击量：33",
    "无障碍浏览 | 关怀版 | 智能问答 | 登录 | 注册",
]
WORDS = ["登录平台提交材料。", "2024年3月1日", "打印机采购项目支持标准为每台补助200元。", "分享经济发展试点，由县发改局负责。"]


@pytest.mark.parametrize("line", BUTTONS)
def test_buttons_and_the_foot_of_a_page_are_no_units(line):
    body = ["罗平县促进民营经济发展若干措施", "一、支持技术改造。由县财政局负责。", *WORDS, "罗平县人民政府"]
    for lines in ([line, *body], [*body, line]):
        texts = [unit.text for unit in structure.outline(repair.repair("\n".join(lines)).text).units]
        assert texts == [body[0], "由县财政局负责。", *WORDS, "罗平县人民政府"]


@pytest.mark.parametrize(
    "title", ["临湘市工业发展规划", "平江县旅游专项规划", "绥宁县林业发展规划", "临湘市工业发展规划（2021—2025年）"]
)
def test_a_title_is_no_channel_of_the_site(title):
    texts = [
        unit.text
        for unit in structure.outline(repair.repair(f"{title}\n临政发〔2020〕12号\n到2025年，产值达到100亿元。").text).units
    ]
    assert texts[0] == title


@pytest.mark.parametrize(
    "channel", ["发展规划", "临湘市人民政府 规划计划", "政务公开", "岳阳市政策文件", "平江县人民政府-专项规划"]
)
def test_a_channel_of_the_site_is_no_unit(channel):
    found = structure.outline(repair.repair(f"{channel}\n临湘市工业发展纲要\n到2025年，产值达到100亿元。").text)
    assert found.units[0].text == "临湘市工业发展纲要"
