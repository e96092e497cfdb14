"""Tables over a page break: the same cells as in a text file, wherever the break falls and whatever is printed again."""

# ruff: noqa: E501

import io

import pytest
import typst
from office_writers import ofd_of
from writers import FONTS, Paper, Table, as_txt, as_typst

from helpers import repair, structure
from helpers.corpus import kinds, readers


def task(k: int, more: int) -> str:
    measures = f"由县财政安排{k}00万元，统筹整合涉农资金，建立项目库，实行动态管理；" * more
    return f"建设第{k}批标准化厂房，配套道路管网。\n{measures}确保按期建成投用。"


def numbered(more: int) -> Table:
    """Row numbers, a column of areas merged over rows, departments below each other."""
    area = ["产业发展", None, None, "民生保障", "生态环境", None]
    rows = [[str(k), area[k - 1], task(k, 1 + (k * more) % 4), "县教育局\n县财政局", f"2021年{k + 3}月底前"] for k in range(1, 7)]
    return Table([["序号", "领域", "工作任务", "牵头单位", "完成时限"], *rows])


def plain(more: int) -> Table:
    """No row numbers, two columns."""
    return Table([["项目名称", "建设内容"], *([f"里耶镇第{k}期产业路", task(k, 1 + (k + more) % 5)] for k in range(1, 6))])


TABLES = {"numbered": numbered(2), "long": numbered(3), "plain": plain(1)}


def outline(data: bytes, suffix: str) -> tuple[list, list]:
    content = readers.read_here(data, kinds.kind_of_file(data, suffix))
    found = structure.outline(repair.repair(content.text, content.left_out).text)
    return [(u.text, u.heading_path, u.row) for u in found.units], [(c.kind, c.text, c.column) for c in found.cells]


@pytest.mark.parametrize("heading", [False, True])
@pytest.mark.parametrize("height", [80, 110, 150])
@pytest.mark.parametrize("name", TABLES)
def test_a_table_over_pages_is_one_table(name, height, heading):
    body = ["一、总体要求", "为推进工作，制定本方案。", "二、重点任务", TABLES[name], "三、保障措施", "加强组织领导，压实责任。"]
    paper = Paper("平江县任务分解方案", "平政发〔2021〕3号", body, ("平江县人民政府", "2021年3月5日"), "平江县公报")
    wanted = outline(as_txt(paper), ".txt")
    pdf = as_typst(paper, height, heading)
    assert outline(pdf, ".pdf") == wanted
    if height == 110:
        assert outline(ofd_of(pdf), ".ofd") == wanted


def test_a_new_row_at_the_top_of_a_page_is_no_rest_of_the_row_before():
    rows = [[f"第{k}产业园", "建设标准化厂房，配套道路管网。", "县发改局" if k % 2 else "", "2021年底"] for k in range(1, 30)]
    paper = Paper(
        "平江县任务",
        "平政发〔2021〕3号",
        [Table([["名称", "建设内容", "责任单位", "时限"], *rows], spans=False)],
        ("2021年3月5日",),
    )
    units, cells = outline(as_typst(paper, 90), ".pdf")
    assert (units, cells) == outline(as_txt(paper), ".txt")


def test_what_stands_below_a_signature_is_a_line_of_its_own():
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    data = io.BytesIO()
    canvas = Canvas(data, A4, invariant=True)
    canvas.setFont("STSong-Light", 12)
    for k, line in enumerate(
        ["支持企业实施技术改造，推进标准化厂房建设，优先保障重大项目用地需求，提高土地节约集", "约利用水平。"] * 3
    ):
        canvas.drawString(72, 760 - 20 * k, line)
    canvas.drawRightString(72 + 12 * 40, 620, "平江县人民政府")
    canvas.drawRightString(72 + 12 * 40, 600, "2021年3月5日")
    canvas.drawString(72, 580, "（此件主动公开）")
    canvas.drawString(72, 560, "抄送：县委办公室。")
    canvas.save()
    lines = [block.text for block in readers.read_here(data.getvalue(), ".pdf").blocks]
    assert lines[3:] == ["平江县人民政府", "2021年3月5日", "（此件主动公开）", "抄送：县委办公室。"]


COLUMNS = [
    "一、总体要求",
    "到2025年，锂电产业主营业务收入突破500亿元，税收达到20亿元；培育上市企业2家。打造产业基地，成为全省新能源产业的重要一极。",
    *(
        f"（{n}）提升服务。落实县级领导挂点帮扶制度，为企业提供全生命周期服务，及时协调解决企业在项目落地、建设、生产经营中遇到的困难和问题，营造一流营商环境。"
        for n in "一二三四五六七八"
    ),
]


@pytest.mark.parametrize("height", [120, 145, 170])
def test_two_columns_under_a_title_with_heads_and_feet(height):
    title = "奉新县锂电产业三年行动计划（2023—2025年）"
    edges = "header: align(left)[#text(7pt)[2023/4/6 下午3:25]], footer: text(7pt)[公报 #h(1fr) #context counter(page).display()]"
    source = "\n\n".join([
        f"#set page(width: 180mm, height: {height}mm, margin: 20mm, columns: 2, {edges})",
        '#set text(font: "Noto Serif SC", size: 11pt, lang: "zh")\n#set par(justify: true, first-line-indent: (amount: 2em, all: true))',
        f"#place(top + center, scope: \"parent\", float: true)[#text(16pt)[{title}]]",
        *COLUMNS,
    ])  # fmt: skip
    wanted = outline("\n".join([title, *COLUMNS]).encode(), ".txt")
    assert outline(typst.compile(source.encode(), font_paths=[FONTS]), ".pdf") == wanted
