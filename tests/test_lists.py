"""Numbers that a program writes before paragraphs by itself: the same in every format, none where the page shows none."""

# ruff: noqa: E501

import io

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from office_writers import packed

from helpers import repair, structure
from helpers.corpus import readers


def lines(data: bytes | str, suffix: str = ".html") -> list[str]:
    content = readers.read_here(data.encode() if isinstance(data, str) else data, suffix)
    return [block.text or "|".join(block.cells) for block in content.blocks if not block.left_out]


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        ("<ol><li>支持研发。<li><p>支持引才。</p></ol>", ["1.支持研发。", "2.支持引才。"]),
        (
            "<ol start=7><li>支持研发。</li><li value='12'>支持引才。</li><li>末项</li></ol>",
            ["7.支持研发。", "12.支持引才。", "13.末项"],
        ),
        ("<ol reversed><li>甲项</li><li>乙项</li></ol>", ["2.甲项", "1.乙项"]),
        ("<ol reversed start=5><li>甲项</li><li>乙项</li></ol>", ["5.甲项", "4.乙项"]),
        ("<ol type=A><li>甲项<ol type=i><li>乙项</li></ol></li><li>丙项</li></ol>", ["A.甲项", "i.乙项", "B.丙项"]),
        ("<ol style='list-style-type:cjk-ideographic'><li>总则</li><li>附则</li></ol>", ["一、总则", "二、附则"]),
        ("<ol><li>2021年起实施。</li></ol>", ["1. 2021年起实施。"]),
        ("<ol><li>总则<ul><li>并列项</li></ul></li><li>附则</li></ol>", ["1.总则", "并列项", "2.附则"]),
        ("<ol><li></li><li>第二项</li></ol><ul><li>并列项</li></ul>", ["2.第二项", "并列项"]),
        (
            "<ol><li>一、已有编号</li><li>（二）已有编号</li><li>3．已有编号</li></ol>",
            ["一、已有编号", "（二）已有编号", "3．已有编号"],
        ),
        ("<ol style='list-style:none'><li>无编号</li></ol>", ["无编号"]),
        ("<ol><li><a href=a.doc>附件：申报表</a></li><li>另附说明</li></ol>", ["附件：申报表", "2.另附说明"]),
        ("<ol class=breadcrumb><li>栏目</li><li>正文</li></ol>", ["栏目", "正文"]),
        (
            "<table><tr><td>受理</td><td><ol><li>核对材料。</li><li>按月通报。</li></ol></td></tr></table>",
            ["受理|1.核对材料。\n2.按月通报。"],
        ),
    ],
)
def test_numbers_of_a_page(page, wanted):
    assert lines(f"<html><head><meta charset=utf-8></head><body>{page}</body></html>") == wanted


def in_word(*items: tuple[int, str]) -> bytes:
    """Paragraphs numbered by Word on three levels: 一、 （一） 1."""
    document, data = docx.Document(), io.BytesIO()
    formats = [("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")]
    levels = "".join(
        f'<w:lvl w:ilvl="{k}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for k, (kind, text) in enumerate(formats)
    )
    root = document.part.numbering_part.element
    root.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{levels}</w:abstractNum>'))
    root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    for level, text in items:
        properties = document.add_paragraph(text)._p.get_or_add_pPr()
        if level >= 0:
            numbered = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="90"/></w:numPr>'
            properties.append(parse_xml(numbered))
    document.save(data)
    return data.getvalue()


def in_open_document(*items: tuple[int, str]) -> bytes:
    """The same as LibreOffice writes it: each run of items is a list that continues the one before."""
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "text", "style"))
    formats = [("一, 二, 三, ...", "", "、"), ("一, 二, 三, ...", "（", "）"), ("1", "", ".")]
    levels = "".join(
        f'<text:list-level-style-number text:level="{k}" style:num-format="{kind}" style:num-prefix="{a}" style:num-suffix="{b}"/>'
        for k, (kind, a, b) in enumerate(formats, 1)
    )
    body = ""
    for level, text in items:
        inner = f"<text:p>{text}</text:p>"
        for _ in range(level + 1):
            inner = f"<text:list-item>{inner}</text:list-item>"
            inner = f"<text:list>{inner}</text:list>"
        body += (
            inner.replace("<text:list>", '<text:list text:style-name="L" text:continue-numbering="true">', 1)
            if level >= 0
            else inner
        )
    styles = f'<office:automatic-styles><text:list-style style:name="L">{levels}</text:list-style></office:automatic-styles>'
    content = f"<office:document-content {names}>{styles}<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    return packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode()})


ITEMS = [(0, "总体目标"), (-1, "到2024年取得进展。"), (0, "重点任务"), (1, "建设基地"), (2, "新建茶园3万亩；"), (2, "2021年起补助。"),
         (-1, "正文段落。"), (1, "培育主体"), (2, "支持合作社。"), (0, "保障措施"), (1, "加强领导"), (-1, "成立专班。"), (1, "强化资金"),
         (-1, "每年安排。")]  # fmt: skip
WANTED = ["一、总体目标", "到2024年取得进展。", "二、重点任务", "（一）建设基地", "1.新建茶园3万亩；", "2. 2021年起补助。", "正文段落。",
          "（二）培育主体", "1.支持合作社。", "三、保障措施", "（一）加强领导", "成立专班。", "（二）强化资金", "每年安排。"]  # fmt: skip


def test_numbers_go_on_behind_paragraphs_without_one():
    assert lines(in_word(*ITEMS), ".docx") == WANTED
    assert lines(in_open_document(*ITEMS), ".odt") == WANTED


@pytest.mark.parametrize("gap", ["", " ", "  ", "\u3000", "\t"])
@pytest.mark.parametrize("mark", ["1.", "（一）", "一、", "(2)", "3、", "4)"])
def test_the_blank_behind_a_number_makes_no_other_unit(mark, gap):
    said = "支持企业技术改造，按投资额给予补助。"
    [unit] = structure.outline(repair.repair(f"平江县\n{mark}{gap}{said}").text).units[1:]
    assert unit.text == mark + said
