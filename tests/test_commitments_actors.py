"""Departments: who leads, who answers, and one name a body within a county."""

from pathlib import Path

import pandas as pd
import pytest

from helpers import commitments
from helpers.codebook import CodebookError
from helpers.commitments import departments, network
from helpers.commitments.actors import named_in

DOCUMENTS = pd.DataFrame({"doc_id": ["d", "e"], "county": ["湘阴县", "岳阳楼区"], "county_code": ["430624", "430602"]})


def found(*texts: str, doc_id: str = "d", documents: pd.DataFrame | None = DOCUMENTS) -> list[tuple[str, str]]:
    frame = pd.DataFrame({"unit_id": [f"{doc_id}:{i}" for i in range(len(texts))], "doc_id": doc_id, "text": list(texts)})
    return list(commitments.actors(frame, documents)[["department", "role"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("bracket", "lead", "responsible"),
    [
        ("(县发改局牵头,县工信局、县商务粮食局等按职责分工负责)", ["县发改局"], ["县工信局", "县商务粮食局"]),
        (
            "（县高新区、县工信局牵头，县发改局、洋投集团等按职责分工负责）",
            ["县高新区", "县工信局"],
            ["县发改局", "洋投集团"],
        ),  # full-width marks
        ("(牵头单位:县商务粮食局;责任单位:县委编办、县工商联)", ["县商务粮食局"], ["县委编办", "县工商联"]),
        ("(县发改局、县司法局牵头)", ["县发改局", "县司法局"], []),
        ("(县文旅广体局、县科技局负责)", [], ["县文旅广体局", "县科技局"]),
        ("(县发改局牵头,县工信局按职责分工负责)", ["县发改局"], ["县工信局"]),
        (
            "(县应安委办、县人社局分别牵头,各负有监管职责行业部门按职责分工负责)",
            ["县应安委办", "县人社局"],
            ["各负有监管职责行业部门"],
        ),
        (
            "(县商务粮食局牵头,县高新区、各相关县直单位,各相关乡镇街道等按职责分工负责)",
            ["县商务粮食局"],
            ["县高新区", "各相关县直单位", "各相关乡镇街道"],
        ),
        (
            "(牵头单位:区委办公室;责任单位:区政府办公室、各街道<乡>)",
            ["区委办公室"],
            ["区政府办公室", "各街道<乡>"],
        ),  # <乡> stands for (乡)
        ("(责任单位:各乡镇(街道)、县教育局)", [], ["各乡镇(街道)", "县教育局"]),
    ],
)
def test_brackets_are_read_whole(bracket, lead, responsible):
    pairs = named_in(f"推进项目建设。{bracket}")
    assert [name for name, role in pairs if role == "lead"] == lead
    assert [name for name, role in pairs if role == "responsible"] == responsible


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("由县工信局、县科技局牵头,制定实施方案。", [("县工信局", "lead"), ("县科技局", "lead")]),
        ("县水利局负责水电产业发展,培育规上企业2个以上。", [("县水利局", "responsible")]),
        ("牵头单位:县发改局;责任单位:县财政局。", [("县发改局", "lead"), ("县财政局", "responsible")]),
        ("由主管副县长牵头,每月召开一次调度会。", []),  # a person
        ("各单位主要负责人要亲自抓。", []),
        ("本计划由县工信局负责解释。", []),
        ("积极配合省发改委开展试点。", []),
    ],
)
def test_sentences_name_departments_too(text, pairs):
    assert named_in(text) == pairs


def test_one_body_has_one_name_within_a_county():
    names = {name for name, _ in found("(发改局牵头)", "(县发改局牵头)", "(县发展和改革局牵头)", "(湘阴县发改局牵头)")}
    assert names == {"县发改局"}


def test_the_county_gives_the_level_and_its_own_usage_the_name():
    assert {name for name, _ in found("(发改局牵头)", "(区发展和改革局牵头)", "(区发展和改革局牵头)", doc_id="e")} == {
        "区发展和改革局"
    }
    assert found("(发改局牵头)", documents=None) == [("发改局", "lead")]  # no county, no level to be had


def test_state_and_local_tax_stay_two_bodies():
    assert {name for name, _ in found("(责任单位:区国税局、区地税局、区工商分局、区质监分局)", doc_id="e")} == {
        "区国税局",
        "区地税局",
        "区工商分局",
        "区质监分局",
    }


def test_a_misprint_of_the_source_is_read_as_what_it_means():
    assert found("(县科技局牵头,事市场监管局等按职责分工负责)") == [("县科技局", "lead"), ("县市监局", "responsible")]


def test_groups_are_marked_and_leave_the_network():
    units = pd.DataFrame(
        {
            "unit_id": ["d:1"],
            "doc_id": ["d"],
            "text": ["甲。(县发改局牵头,县财政局、相关部门按职责分工负责)"],
            "is_repeat": [False],
        }
    )
    out = commitments.actors(units, DOCUMENTS)
    assert out.loc[out["is_collective"], "department"].tolist() == ["相关部门"]
    links = network.links(out, units, DOCUMENTS)
    assert links[["lead", "partner", "n_units"]].values.tolist() == [["县发改局", "县财政局", 1]]
    central = network.centrality(out, units, DOCUMENTS).set_index("department")
    assert central.loc["县发改局", ["n_lead", "degree"]].tolist() == [1, 1]


def test_empty_tables_and_unknown_counties_do_not_stop_the_network():
    units = pd.DataFrame({"unit_id": ["d:1"], "doc_id": ["d"], "text": ["(发改局牵头,财政局配合)"], "is_repeat": [False]})
    nowhere = pd.DataFrame({"doc_id": ["d"], "county": [None], "county_code": [None]})
    out = commitments.actors(units, nowhere)
    assert len(network.links(out, units, nowhere)) == 1
    assert network.centrality(out, units, nowhere)["degree"].tolist() == [1, 1]
    assert network.centrality(out.head(0), units, nowhere).empty and network.links(out.head(0), units, nowhere).empty
    assert commitments.actors(units.head(0), nowhere).empty


def test_the_register_is_sound():
    register = departments.load()
    assert len(register.labels) > 60
    assert departments.identify("县卫健局", register)[0] == departments.identify("卫生健康局", register)[0] == "health"
    assert departments.identify("市生态环境局湘阴分局", register)[0] == "ecology"


def test_a_bad_register_is_named(tmp_path):
    bad = tmp_path / "departments.yml"
    entry = "- {{id: {}, zh: 甲, en: A, short: {}, variants: [乙局], note: n, source: s}}\n"  # 乙局 stands under both
    bad.write_text("bodies:\n" + entry.format("a", "甲局") + entry.format("b", "丙局"), encoding="utf-8")
    with pytest.raises(CodebookError, match="乙局"):
        departments.load(str(bad))
    with pytest.raises(CodebookError, match="missing.yml"):
        departments.load(str(tmp_path / "missing.yml"))


def test_columns_of_a_table_name_departments():
    row = "序号：2 | 工作任务 | 牵头单位：县教育局、县财政局 | 责任领导：张三 | 配合单位：县住建局 | 完成时限：长期"
    units = pd.DataFrame({"unit_id": ["d:1"], "doc_id": ["d"], "text": ["改造乡镇公办园。"], "table_row": [row]})
    found = commitments.actors(units)
    assert sorted(zip(found["department"], found["role"], strict=True)) == [
        ("县住建局", "responsible"),
        ("县教育局", "lead"),
        ("县财政局", "lead"),
    ]


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ("1 | 学前教育 | 县教育局、县财政局 | 2021年12月底前", ["县教育局", "县财政局"]),
        ("县发展和改革局", ["县发展和改革局"]),
        ("二、产业布局 | 2 | 工作任务 | 总体格局 | 张三、李四", []),
    ],
)
def test_cells_of_a_table_without_headings_name_departments(row, wanted):
    units = pd.DataFrame({"unit_id": ["d:1"], "doc_id": ["d"], "text": ["改造乡镇公办园。"], "table_row": [row]})
    found = commitments.actors(units)
    assert (sorted(found["department"]), set(found["role"])) == (sorted(wanted), {"responsible"} if wanted else set())


@pytest.mark.parametrize("sample", ["elsewhere", "fresh"])
def test_departments_of_invented_units_of_other_counties_are_read_as_coded(sample):
    fixtures = Path(__file__).parent / "fixtures"
    texts = pd.read_csv(fixtures / f"commitments_{sample}.csv", dtype=str, keep_default_na=False).drop_duplicates("unit")
    coded = pd.read_csv(fixtures / f"actors_{sample}.csv", dtype=str, keep_default_na=False)
    county = coded.drop_duplicates("unit").set_index("unit")["county"].replace("", None)
    units = texts.rename(columns={"unit": "unit_id"}).assign(doc_id=texts["unit"])
    out = commitments.actors(units, pd.DataFrame({"doc_id": texts["unit"], "county": texts["unit"].map(county)}))
    keys = ["unit_id", "department", "role"]
    got = set(out.loc[~out["is_collective"], keys].itertuples(index=False, name=None))
    want = set(coded.loc[coded["department"] != "", ["unit", "department", "role"]].itertuples(index=False, name=None))
    assert 2 * len(got & want) / (len(got) + len(want)) >= 0.92


def test_a_name_keeps_its_level():
    names = found("(市工业和信息化局牵头,县发改局、财政局、省发改委配合)")
    assert names == [
        ("市工业和信息化局", "lead"),
        ("县发改局", "responsible"),
        ("县财政局", "responsible"),
        ("省发改委", "responsible"),
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("由市农业农村局会同县财政局、县乡村振兴局制定细则。", ["市农业农村局", "县财政局", "县乡村振兴局"]),
        ("由县政务服务管理局牵头协调。", ["县政务服务管理局"]),
        ("(责任单位:县发改局等有关部门)", ["县发改局"]),
        ("(责任单位:县发改局、各、另有说明的除外)", ["县发改局"]),
        ("各有关单位按职责分工负责。", []),
        ("县林业局为牵头单位,县财政局、县供销社为责任单位。", ["县林业局", "县财政局", "县供销社"]),
        ("县人社局牵头,会同县教育局、县工信局等单位开展服务。", ["县人社局", "县教育局", "县工信局"]),
        ("县农业农村局、县民政局及各乡镇配合,6月底前完成。", ["县农业农村局", "县民政局"]),
        ("县消防救援大队、县气象局、各乡镇(街道)具体落实。", ["县消防救援大队", "县气象局"]),
        ("由县教育局、县财政局联合审核。", ["县教育局", "县财政局"]),
        ("县商务局、县统计局等有关部门按职责做好监测。", ["县商务局", "县统计局"]),
        ("国网永丰县供电公司负责接电。", ["国网永丰县供电公司"]),
        ("县卫健局负责制定方案。", ["县卫健局"]),
        ("县投资促进中心、县商务局等部门单位负责保障。", ["县投资促进中心", "县商务局"]),
        ("责任单位为县林业局、县水利局。", ["县林业局", "县水利局"]),
        ("实行县长负责制。", []),
        ("县农业农村局要加强监测预警。", []),
    ],
)
def test_running_sentences_name_departments_and_fragments_are_none(text, names):
    assert [name for name, _ in named_in(text)] == names
