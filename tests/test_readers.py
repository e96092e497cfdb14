"""What each format hides, nests or repeats is read once, and what is no part of the document is in the log."""

import io
import re
import zipfile

import docx
import growing
import pytest
import typst
from docx.opc.constants import RELATIONSHIP_TYPE as KIND
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from writers import FONTS

from helpers import corpus, repair, structure
from helpers.corpus import installed, readers

W = nsdecls("w")


def clean(content: corpus.Content) -> str:
    return repair.repair(content.text, content.left_out).text.strip()


def logged(content: corpus.Content) -> dict[str, str]:
    return {r.before.strip(): r.rule for r in repair.repair(content.text, content.left_out).repairs if not r.after}


def word(*elements: str, styles: tuple[str, ...] = ()) -> corpus.Content:
    document, data = docx.Document(), io.BytesIO()
    for style in styles:
        document.styles.element.append(parse_xml(style))
    for element in elements:
        document.element.body.insert(len(document.element.body) - 1, parse_xml(element))
    document.save(data)
    return readers.read_here(data.getvalue(), ".docx")


def p(text: str, properties: str = "") -> str:
    return f"<w:p {W}>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def table(*rows: list[str]) -> str:
    cells = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl {W}>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


class TestWord:
    @pytest.mark.parametrize("depth", [1, 3, 30])
    def test_nested_tables_are_read_once(self, depth):
        inner = table([p("支持企业技术改造。"), p("县工信局")])
        for _ in range(depth):
            inner = table([inner + p("安排资金20万元。"), p("县财政局")])
        text = word(inner).text
        assert text.count("支持企业技术改造。") == 1 and text.count("安排资金20万元。") == depth == text.count("县财政局")

    def test_a_table_of_one_cell_is_a_frame(self):
        text = clean(word(table([p("平江县工作方案") + p("一、总则") + p("支持企业技术改造。给予奖励。")])))
        assert text.split("\n") == ["平江县工作方案", "一、总则", "支持企业技术改造。给予奖励。"]

    def test_content_controls_however_deep(self):
        inner = p("支持企业技术改造。")
        for _ in range(40):
            inner = f"<w:sdt {W}><w:sdtContent>{inner}</w:sdtContent></w:sdt>"
        assert word(inner).text == "支持企业技术改造。"

    def test_text_boxes_once(self):
        box = f"<w:txbxContent>{p('文本框里的措施。')}</w:txbxContent>"
        compatible = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        shape = (
            f"<w:p {W} {compatible}><w:r><w:t>正文。</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires='wps'>"
            f"<w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
        )
        content = word(shape)
        assert content.text == "正文。\n文本框里的措施。" and content.blocks[1].region == "text box"

    @pytest.mark.parametrize(
        "wrapped",
        [
            "<w:p><w:r><mc:AlternateContent><mc:Fallback><w:pict><w:txbxContent>{}</w:txbxContent></w:pict></mc:Fallback>"
            "</mc:AlternateContent></w:r></w:p>",
            "<w:p><w:r><mc:AlternateContent><mc:Choice Requires='wpx'><w:drawing/></mc:Choice><mc:Fallback><w:pict>"
            "<w:txbxContent>{}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>",
            "<mc:AlternateContent><mc:Choice Requires='wps'>{0}</mc:Choice><mc:Fallback>{0}</mc:Fallback></mc:AlternateContent>",
            "<w:unheard><w:of>{}</w:of></w:unheard>",
            "<w:tbl><w:unheard><w:tr><w:of><w:tc>{}</w:tc></w:of></w:tr></w:unheard></w:tbl>",
            "<w:p><m:oMath><m:r><m:t>支持企业技术改造。</m:t></m:r></m:oMath></w:p>",
            "<m:oMathPara><m:oMath><m:r><m:t>支持企业技术改造。</m:t></m:r></m:oMath></m:oMathPara>",
            "<w:p><w:r><w:drawing><a:txBody><a:p><a:r><a:t>支持企业技术改造。</a:t></a:r></a:p></a:txBody></w:drawing></w:r></w:p>",
        ],
    )
    def test_whatever_wraps_a_text_it_is_read_once(self, wrapped):
        spaces = f'{nsdecls("w", "m", "a")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        inside = wrapped.format(p("支持企业技术改造。"))
        element = re.sub(r"^<([\w:]+)", rf"<\1 {spaces}", inside)
        assert word(element).text.count("支持企业技术改造。") == 1

    @pytest.mark.parametrize("kind, said", [("diagramData", "drawn"), ("aFChunk", "named"), ("package", "named")])
    def test_parts_beside_the_text_are_read_or_named(self, kind, said):
        document, data = docx.Document(), io.BytesIO()
        document.add_paragraph("支持企业。")
        drawing = f"<x {nsdecls('a')}><a:p><a:r><a:t>图中任务。</a:t></a:r></a:p></x>"
        part = Part(PackURI("/word/beside.xml"), "application/xml", drawing.encode(), document.part.package)
        document.part.relate_to(part, f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}")
        document.save(data)
        content = readers.read_here(data.getvalue(), ".docx")
        assert ("图中任务。" in content.text) == (said == "drawn")
        assert [flag.split("{")[0] for flag in content.flags] == ["embedded_unread"] * (said == "named")

    def test_nested_deeper_than_a_parser_goes(self):
        inner = p("支持企业。")
        document, data = docx.Document(), io.BytesIO()
        document.save(data)
        with zipfile.ZipFile(data) as plain, zipfile.ZipFile(made := io.BytesIO(), "w") as archive:
            for name in plain.namelist():
                deep = f"<w:document {W}><w:body>{'<w:sdt>' * 300}{inner}{'</w:sdt>' * 300}</w:body></w:document>"
                archive.writestr(name, deep if name == "word/document.xml" else plain.read(name))
        with pytest.raises(corpus.Unreadable, match="nested"):
            readers.read_here(made.getvalue(), ".docx")

    def test_deleted_hidden_and_ruby_text_is_logged(self):
        content = word(
            f"<w:p {W}><w:r><w:t>支持</w:t></w:r><w:del><w:r><w:delText>淘汰</w:delText></w:r></w:del>"
            "<w:ins><w:r><w:t>先进</w:t></w:r></w:ins>"
            "<w:r><w:rPr><w:vanish/></w:rPr><w:t>草稿备注</w:t></w:r>"
            "<w:r><w:ruby><w:rt><w:r><w:t>yan</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>龑</w:t></w:r></w:rubyBase></w:ruby></w:r>"
            "<w:r><w:t>企业。</w:t></w:r></w:p>"
        )
        assert clean(content) == "支持先进龑企业。"
        assert logged(content) == {"淘汰": "markup", "草稿备注": "hidden", "yan": "markup"}

    def test_contents_go_by_their_style(self):
        style = f'<w:style {W} w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>'
        entry = '<w:pPr><w:pStyle w:val="TOC1"/></w:pPr>'
        content = word(p("一、总则1", entry), p("一、总则"), p("支持企业。"), styles=(style,))
        assert clean(content) == "一、总则\n支持企业。" and logged(content) == {"一、总则1": "contents"}

    def test_lists_begin_anew_where_word_says_so(self):
        document, data = docx.Document(), io.BytesIO()
        numbering = document.part.numbering_part.element
        numbering.append(parse_xml(
            f'<w:abstractNum {W} w:abstractNumId="70"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
            '<w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
        ))  # fmt: skip
        for number, start in ((70, ""), (71, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>')):
            numbering.append(parse_xml(f'<w:num {W} w:numId="{number}"><w:abstractNumId w:val="70"/>{start}</w:num>'))
        for text, number in (("甲", 70), ("乙", 70), ("丙", 71), ("丁", 71)):
            properties = document.add_paragraph(text)._p.get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_ilvl().val, properties.get_or_add_numId().val = 0, number
        document.save(data)
        assert readers.read_here(data.getvalue(), ".docx").text.split("\n") == ["1.甲", "2.乙", "1.丙", "2.丁"]

    def test_heads_and_feet_of_pages_are_logged(self):
        document, data = docx.Document(), io.BytesIO()
        document.sections[0].header.paragraphs[0].text = "平江县人民政府公报"
        document.add_paragraph("支持企业。")
        document.save(data)
        content = readers.read_here(data.getvalue(), ".docx")
        assert clean(content) == "支持企业。" and logged(content) == {"平江县人民政府公报": "furniture"}

    def test_footnotes_stand_at_the_end(self):
        document, data = docx.Document(), io.BytesIO()
        document.add_paragraph("支持企业。")
        notes = "".join(
            f"<w:footnote w:{kind}>{p(said)}</w:footnote>"
            for kind, said in (('type="separator"', "-"), ('id="1"', "指规上企业。"))
        )
        notes = f"<w:footnotes {W}>{notes}</w:footnotes>"
        part = Part(PackURI("/word/footnotes.xml"), "application/xml", notes.encode(), document.part.package)
        document.part.relate_to(part, KIND.FOOTNOTES)
        document.save(data)
        content = readers.read_here(data.getvalue(), ".docx")
        assert content.text == "支持企业。\n指规上企业。" and content.blocks[-1].region == "footnote"


SENTENCES = [f"支持第{k}类企业开展技术改造，给予资金奖励，完善服务体系，提升发展水平。" for k in range(12)]
PAGE = """<html><head><title>平江县关于加快工业发展的意见_平江县人民政府</title></head><body>
<div class="top"><ul><li><a href="/">首页栏目</a></li>
<li><a href="/a">政务公开</a></li><li><a href="/b">办事服务</a></li></ul></div>
<div class="main"><div class="path">热门搜索词</div><h1>平江县关于加快工业发展的意见</h1>
<div class="con"><div class="editor">{}<p>平江县人民政府</p><p>2021年3月5日</p></div></div></div>
<div class="side"><p>便民服务热线电话</p><ul><li><a href="/1">关于甲的通知</a></li>
<li><a href="/2">关于乙的通知</a></li>
<li><a href="/3">关于丙的通知</a></li></ul></div>
<div style="display:none">隐藏的文字</div></body></html>"""


GROWING = ["<", "&amp;", "支<br>", "<div>支", "<td>支", "<ul><li>支", "<table><tr><td>支", "<b>", "<a href=a>支</a>", "<!--"]


class TestPages:
    @pytest.mark.parametrize("fragment", GROWING)
    def test_a_page_of_double_length_takes_double_time(self, fragment):
        def step(text: str) -> None:
            readers.read_here(f"<meta charset=utf-8><p>支持企业。</p><table>{text}".encode(), ".html")

        taken, ratio = growing.growth(step, fragment, 4_000 * len(fragment))
        if taken > 0.1 and ratio > 2.5:
            taken, ratio = growing.growth(step, fragment, 12_000 * len(fragment))
        assert taken < 0.1 or ratio < 2.5

    def test_cells_that_reach_down_without_end_are_refused(self):
        page = "<meta charset=utf-8><p>支持企业。<table><tr>" + "<td colspan=60 rowspan=5000>支" * 20 + "<tr>" * 5000
        with pytest.raises(corpus.Unreadable, match="merged"):
            readers.read_here(page.encode(), ".html")

    def test_navigation_goes_into_the_log(self):
        content = corpus.read(PAGE.format("".join(f"<p>{s}</p>" for s in SENTENCES)).encode(), ".html")
        assert clean(content).split("\n") == ["平江县关于加快工业发展的意见", *SENTENCES, "平江县人民政府", "2021年3月5日"]
        left = logged(content)
        assert {left[text] for text in ("首页栏目", "热门搜索词", "便民服务热线电话", "关于乙的通知")} == {"navigation"}
        assert left["隐藏的文字"] == "hidden"

    def test_a_page_that_is_a_list_of_attachments_keeps_them(self):
        links = "".join(f"<li><a href='/{k}.docx'>附件{k}：申报表</a></li>" for k in (1, 2, 3))
        content = corpus.read(PAGE.format("".join(f"<p>{s}</p>" for s in SENTENCES) + f"<ul>{links}</ul>").encode(), ".html")
        assert "附件2：申报表" in clean(content)

    def test_every_row_of_a_long_table_is_there(self):
        rows = "".join(f"<tr><td>{k}</td><td>建设第{k}号道路，完善设施。</td></tr>" for k in range(30_000))
        content = readers.read_here(f"<table>{rows}</table>".encode(), ".html")
        assert len(content.blocks) == 30_000 and content.blocks[-1].cells == ("29999", "建设第29999号道路，完善设施。")


def pdf(source: str) -> corpus.Content:
    head = '#set text(font: "Noto Serif SC", size: 11pt, lang: "zh")\n'
    return readers.read_here(typst.compile((head + source).encode(), font_paths=[FONTS]), ".pdf")


class TestPdf:
    def test_columns_are_read_one_after_the_other(self):
        text = "".join(SENTENCES)
        content = pdf(f"#set page(width: 180mm, height: 250mm, margin: 15mm, columns: 2)\n#set par(justify: true)\n{text}{text}")
        assert [u.text for u in structure.outline(clean(content)).units] == SENTENCES * 2

    def test_a_table_without_borders(self):
        rows = [
            ("序号", "任务", "牵头单位"),
            ("1", "新建幼儿园4所", "县教育局"),
            ("2", "改造农村公路30公里", "县交通局"),
            ("3", "建设标准厂房", "县工信局"),
        ]
        cells = ", ".join(f"[{cell}]" for row in rows for cell in row)
        content = pdf(
            f"#set page(width: 180mm, height: 100mm)\n平江县任务表\n\n#table(stroke: none, columns: (3cm, 7cm, 4cm), {cells})"
        )
        assert [b.cells for b in content.blocks if b.kind == "row"] == rows

    def test_pages_without_text_are_named(self):
        content = pdf("支持企业技术改造。\n#pagebreak()\n#rect(width: 5cm, height: 5cm, fill: red)\n#pagebreak()\n给予奖励。")
        assert installed.recognition() or any('"2"' in flag for flag in content.flags)
        assert [b.page for b in content.blocks] == [1, 3]

    def test_a_landscape_page_and_a_watermark(self):
        mark = "#place(center + horizon, rotate(45deg, text(size: 40pt, fill: gray)[内部资料]))"
        content = pdf(f"#set page(width: 200mm, height: 120mm)\n{mark}\n支持企业技术改造，给予奖励。")
        assert clean(content) == "支持企业技术改造，给予奖励。" and logged(content) == {"内部资料": "furniture"}
