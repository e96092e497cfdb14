"""The same document from several writers: the same sentences, cells, title, number and date, and no letter lost."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from writers import WRITERS, Paper, Table

from helpers import corpus, repair, structure
from helpers.corpus import kinds, readers

TASKS = Table(
    [
        ["序号", "领域", "工作任务", "牵头单位", "完成时限"],
        [
            "1",
            "学前教育",
            "新建幼儿园4所，新增学位1200个，改善办园条件，确保公办园在园幼儿占比达到50%以上。",
            "县教育局",
            "2021年12月底前",
        ],
        ["2", None, "改造乡镇公办园。由县财政安排2000万元，重点支持薄弱园。", "县教育局\n县财政局", "长期"],
        ["二、医疗卫生领域", "", "", "", ""],
        ["3", "医疗", "推进县人民医院新院区建设", "县卫健局", "2022年6月"],
    ]
)
FIGURES = Table(
    [["指标名称", "单位", "2020年", "2025年"], ["规模工业总产值", "亿元", "860", "1200"], ["高新技术企业", "家", "35", "80"]]
)
PAPERS = {
    "tasks": Paper(
        "平江县2021年重点任务分解方案",
        "平政发〔2021〕3号",
        [
            "各乡镇人民政府，县直各单位：",
            "一、总体要求",
            "为深入贯彻落实省委、省政府关于加快推进工业高质量发展的决策部署，全面推进我县“产业强县”战略，培育壮大规模以上工业企业，结合我县实际，"
            "制定本方案。支持企业技术改造，对新认定的高新技术企业给予一次性奖励20万元。",
            "二、重点任务",
            TASKS,
            "三、保障措施",
            "（一）县财政安排3000万元技改资金。由县财政局负责。",
            "（二）加强组织领导，压实工作责任，强化督促检查，确保各项任务落到实处，任务完成情况纳入年度绩效考核，考核结果作为评先评优的重要依据。",
        ],
        ("平江县人民政府", "2021年3月5日"),
        "平江县人民政府公报2021年第6期",
    ),
    "figures": Paper(
        "临湘市工业发展规划",
        "临政发〔2020〕12号",
        [
            "一、发展目标",
            "到2025年，工业经济实力明显增强，主要指标见下表。",
            FIGURES,
            "二、主要措施",
            "对成长性好的企业给予贷款贴息，年贴息额不超过50万元。建立企业服务专员制度，帮助企业解决用地、用工和融资等方面的困难。",
            "加强要素保障，统筹安排工业用地指标，优先保障重大工业项目用地需求，推进标准厂房建设，盘活闲置低效用地，提高土地节约集约利用水平。"
            * 6,
            Table([["企业名称", "所属乡镇"], ["湖南某某科技股份有限公司", "长安街道"], ["临湘市某某农业发展有限公司", "聂市镇"]]),
        ],
        ("临湘市人民政府", "2020年8月19日"),
        "临湘市人民政府文件选编",
    ),
}


def read(paper: Paper, writer: str) -> tuple[corpus.Content, repair.Repaired, structure.Outline]:
    write, suffix = WRITERS[writer]
    data = write(paper)
    content = readers.read_here(data, kinds.kind_of_file(data, suffix))
    repaired = repair.repair(content.text, content.left_out)
    return content, repaired, structure.outline(repaired.text)


@pytest.mark.parametrize("writer", sorted(WRITERS))
@pytest.mark.parametrize("name", sorted(PAPERS))
def test_every_format_gives_the_same_sentences(name, writer):
    _, _, plain = read(PAPERS[name], "txt")
    content, repaired, found = read(PAPERS[name], writer)
    assert [(u.text, u.heading_path, u.row) for u in found.units] == [(u.text, u.heading_path, u.row) for u in plain.units]
    assert [(c.kind, c.text, c.column) for c in found.cells] == [(c.kind, c.text, c.column) for c in plain.cells]
    for unit in found.units:
        start, end = repaired.to_raw(unit.start, unit.end)
        raw, said = structure.text_key(content.text[start:end]), structure.text_key(unit.text)
        assert (raw[0], raw[-1]) == (said[0], said[-1]) and letters(said) <= letters(raw)  # a page's head may stand inside


@pytest.mark.parametrize("writer", sorted(WRITERS))
def test_cells_are_no_sentences_and_their_row_is_known(writer):
    _, _, found = read(PAPERS["tasks"], writer)
    texts = [unit.text for unit in found.units]
    assert not {"1", "县教育局", "县财政局", "县卫健局", "长期", "2022年6月", "学前教育", "序号", "二、医疗卫生领域"} & set(texts)
    rows = {unit.text: unit.row for unit in found.units if unit.row}
    assert rows["改造乡镇公办园。"] == "序号：2 | 领域：学前教育 | 工作任务 | 牵头单位：县教育局、县财政局 | 完成时限：长期"
    assert rows["推进县人民医院新院区建设"].startswith("二、医疗卫生领域 | 序号：3")
    assert not any(heading.text.startswith(("二、医疗", "（一）县财政")) for heading in found.headings)
    assert "由县财政局负责。" in texts and any("3000万元" in text for text in texts)


@pytest.mark.parametrize("writer", sorted(WRITERS))
def test_metadata_are_the_same(tmp_path, writer):
    write, suffix = WRITERS[writer]
    for name, paper in PAPERS.items():
        (tmp_path / f"{name}{suffix}").write_bytes(write(paper))
    documents = corpus.build(tmp_path).documents.set_index("doc_id")
    assert documents["title"].to_dict() == {name: paper.title for name, paper in PAPERS.items()}
    assert documents["doc_number"].to_dict() == {name: paper.number for name, paper in PAPERS.items()}
    assert documents["issued_date"].to_dict() == {"tasks": "2021-03-05", "figures": "2020-08-19"}
    assert documents["issuer"].to_dict() == {name: paper.signature[0] for name, paper in PAPERS.items()}
    assert documents["n_tables"].to_dict() == {"tasks": 1, "figures": 2} and set(documents["format"]) == {
        suffix[1:].replace("docm", "docx")
    }


def letters(text: str) -> Counter:
    return Counter(structure.text_key(text))


SENTENCE = st.lists(
    st.sampled_from(["支持技术改造，", "新建幼儿园4所，", "奖励20万元。", "到2025年底，", "由县工信局负责；", "GDP增长6.5%。"]),
    min_size=1,
    max_size=9,
).map("".join)
CELL = st.sampled_from(
    ["1", "县教育局", "学前教育", "2021年12月", "", "建设标准化厂房10万平方米，完善配套。", "第一段。\n第二段内容。", "860"]
)


@st.composite
def papers(draw) -> Paper:
    body: list[str | Table] = draw(st.lists(SENTENCE, min_size=1, max_size=6))
    for _ in range(draw(st.integers(0, 2))):
        n = draw(st.integers(2, 5))
        rows = draw(st.lists(st.lists(CELL, min_size=n, max_size=n), min_size=1, max_size=5))
        body.insert(draw(st.integers(0, len(body))), Table(rows, spans=False))
    return Paper("平江县工作方案", "平政发〔2021〕3号", body, ("平江县人民政府", "2021年3月5日"), "平江县公报")


@pytest.mark.parametrize("writer", sorted(WRITERS))
def test_letters_in_are_letters_out_and_letters_logged(writer):
    @settings(max_examples=12, deadline=None)
    @given(papers())
    def check(paper: Paper) -> None:
        content, repaired, found = read(paper, writer)
        wanted = "".join(p if isinstance(p, str) else "".join(c or "" for row in p.rows for c in row) for p in paper.parts)
        inside = "".join(part.text for part in [*found.units, *found.headings, *found.cells] if part.start < part.end)
        logged = sum((letters(r.before) - letters(r.after) for r in repaired.repairs), Counter())
        assert letters(wanted) <= letters(content.text)
        assert letters(content.text) == letters(repaired.text) + logged
        assert letters(repaired.text) == letters(inside)

    check()
