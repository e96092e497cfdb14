"""Counties of one name, and counties that changed name and code: all numbers are those of the same panel under plain names."""

import json
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from helpers import commitments, compare, language, pipeline, store, structure, terms, topics
from helpers.commitments import network, summaries
from helpers.plots import departments, topic_change
from helpers.plots.compare import panel_grid
from helpers.report.cells import county_key
from helpers.report.results import groups, link
from helpers.segment import add_up
from helpers.structure.divisions import register
from helpers.structure.lineages import of_codes
from helpers.topics import tables
from helpers.topics.models import Fit

YEARS, CHANGED = (2016, 2018, 2021), 2020
KEY = ["county", "county_code", "year"]


def renamed() -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """Return ((name, code) before, (name, code) after) of counties that changed their code between 2017 and 2020."""
    found = []
    for lineage in sorted(register().by_lineage):
        old, new = register().at(lineage, YEARS[0]), register().at(lineage, YEARS[-1])
        if old.last >= YEARS[0] and CHANGED - 3 <= new.first <= CHANGED and old.code != new.code:
            found.append(((old.county, old.code), (new.county, new.code)))
    return found


def homonymous() -> list[list[tuple[str, str]]]:
    """Return the (name, code) of counties that bear one name in all the years, a list a name."""
    found = []
    for name, known in sorted(register().by_name.items()):
        here = sorted({(name, d.code) for d in known if d.first <= YEARS[0] and d.last >= YEARS[-1]})
        found += [here] if len(here) > 1 else []
    return found


def panel() -> tuple[list[list[tuple[str, str]]], int]:
    """Return for each county its (name, code) in each year: homonyms first, then renamed ones, one without a code, plain ones."""
    same = [[county] * len(YEARS) for names in homonymous()[:6] for county in names]
    moved = [[before if year < CHANGED else after for year in YEARS] for before, after in renamed()[:4]]
    return [*same, *moved, [(same[0][0][0], None)] * len(YEARS), [("某县", "990001")] * len(YEARS)], len(same)


COUNTIES, _ = panel()
PLAIN = [[(f"县{i:02d}", f"98{i:04d}")] * len(YEARS) for i in range(len(COUNTIES))]


def documents(counties) -> pd.DataFrame:
    rows = [
        (f"d{i:02d}-{year}", *counties[i][y], f"城{i % 3}", f"省{i % 4}", year, 20 + 3 * i + y, "计划")
        for i in range(len(counties)) for y, year in enumerate(YEARS)
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["doc_id", "county", "county_code", "city", "province", "year", "n_units", "doc_form"])
    return frame.astype({"year": "Int64", "county": "str", "county_code": "str"})


def units(docs: pd.DataFrame) -> pd.DataFrame:
    """Return eight units a document with their passage and section."""
    out = docs.loc[docs.index.repeat(8), ["doc_id", *KEY]].reset_index(drop=True)
    at = np.arange(len(out))
    return out.assign(
        unit_id=[f"{doc}:{i % 8:05d}" for i, doc in enumerate(out["doc_id"])], position=at % 8, passage=at // 4, section=at // 2,
        text="由发展改革局牵头，财政局、科技局配合。", heading_path="", is_repeat=False, table_row="", paragraph=at % 8,
    )  # fmt: skip


def estimates(docs: pd.DataFrame) -> pd.DataFrame:
    share = np.random.default_rng(3).uniform(0.05, 0.6, len(docs))
    return docs[KEY].assign(
        dimension="tool", code="tax", estimate=share, as_coded=share, low=share - 0.04, high=share + 0.05, basis="corrected"
    )


def fitted():
    rng = np.random.default_rng(5)
    n = 8 * len(YEARS) * len(COUNTIES)
    mixed, counts = rng.dirichlet(np.ones(3), n), sparse.csr_matrix(rng.poisson(0.8, (n, 12)).astype(np.float32))
    return mixed, counts, Fit(rng.random((3, 12)).astype(np.float32), np.ones(12, np.float32), "nmf")


def _topic_shares(level):
    return lambda docs: topics.group_shares(topics.Reading.of(fitted()[0], units(docs)), level)


def _flow(docs):
    _, counts, fit = fitted()
    reading = topics.Reading.of(fitted()[0], units(docs))
    passages = add_up(counts, reading.passage, len(reading.n))
    held = SimpleNamespace(unit_counts=counts, passage=reading.passage, passages=passages)
    return topics.flows(held, reading, fit, 0.0)


def _trends(docs):
    return compare.trends(estimates(docs), docs)


def _centrality(docs):
    rows = units(docs)
    return network.centrality(commitments.actors(rows, docs), rows, docs)


def _links(docs):
    rows = units(docs)
    return network.links(commitments.actors(rows, docs), rows, docs)


def _quality(docs):
    """Which county a topic leans on: the most of three counties that have it alone."""
    mixed, _, fit = fitted()
    rows = units(docs)
    at = rows["doc_id"].str[1:3].astype(int).to_numpy()
    mixed = np.where((at[:, None] % 3 == np.arange(3)) & (at[:, None] < 3), 0.9, mixed / 10)
    stability = pd.DataFrame({"topic": [1, 2, 3]})
    found = tables.quality(fit, np.ones((4, 12), np.float32), stability, topics.Reading.of(mixed, rows))
    named = {"top_county": "county", "top_county_code": "county_code"}
    return found.rename(columns=named)[["county", "county_code", "topic", "top_county_share", "n_documents"]]


def _keyness_groups(docs):
    return docs.assign(group=terms.county_years(docs)).groupby("group").agg(n=("n_units", "sum")).reset_index(drop=True)


def _largest(docs):
    moved = topics.change(topics.Reading.of(fitted()[0], units(docs)))
    return pd.concat([part[["county", "county_code"]].head(1).assign(n=len(part)) for part in topic_change.first_counties(moved)])


MADE = {
    "groups": lambda docs: compare.groups(docs, "county-year").drop(columns="group"),
    "differences": lambda docs: compare.changes(compare.pairwise(estimates(docs), docs)).drop(
        columns=["first_county", "first_county_code", "difference_as_coded", "p_adjusted", "differs"]
    ),
    "county": lambda docs: compare.pairwise(estimates(docs), docs, ["county"]).rename(
        columns={"county_a": "county", "county_code_a": "county_code"}
    )[["county", "county_code", "share_a", "share_b", "difference", "n_documents_a", "n_documents_b"]],
    "widest": lambda docs: compare.widest(compare.changes(compare.pairwise(estimates(docs), docs)))[
        ["county", "county_code", "first_year", "last_year", "before", "after"]
    ],
    "grid": lambda docs: compare.grid(docs),
    "trends": lambda docs: _trends(docs)[lambda rows: rows["scope"] == "county"],
    "trends of all": lambda docs: _trends(docs)[lambda rows: rows["scope"] != "county"],
    "areas": lambda docs: compare.by_area(estimates(docs), docs, "province"),
    **{f"topic shares, {level}": _topic_shares(level) for level in ("county", "county_year", "year")},
    "topic change": lambda docs: topics.change(topics.Reading.of(fitted()[0], units(docs))),
    "topic flow": _flow,
    "topic quality": _quality,
    "counties drawn": _largest,
    "keyness": _keyness_groups,
    "links": _links,
    "centrality": _centrality,
    "department drawn": lambda docs: departments.shown_county(_links(docs))[["lead", "partner", "n_units"]],
}  # fmt: skip


def numbers(found: pd.DataFrame, of_lineage: dict) -> pd.DataFrame:
    """Return the rows with the county as its number, in one order."""
    if "county" in found:
        known = found["county"].notna()
        found = found.assign(who=structure.lineages(found).where(known).map(of_lineage).fillna(-1).astype(int))
        found = found.drop(columns=["county", "county_code"])
    for column in {"lead", "partner", "department"} & set(found):
        found[column] = found[column].str.replace("^[县区市]", "", regex=True)  # 县财政局 is of a county
    return found.sort_values(sorted(found.columns), kind="stable")[sorted(found.columns)].reset_index(drop=True)


@pytest.mark.parametrize("name", MADE)
def test_numbers_do_not_depend_on_what_counties_are_called(name):
    found = []
    for counties in (PLAIN, COUNTIES):
        of_lineage = {}
        for i, own in enumerate(counties):
            county, code = own[-1]
            of_lineage[of_codes().get(code, code) or county] = i
        found.append(numbers(MADE[name](documents(counties)), of_lineage))
    assert len(found[0])
    pd.testing.assert_frame_equal(*found, check_dtype=False)


def test_labels_tell_all_counties_of_a_year_apart():
    docs = documents(COUNTIES)
    for edition in language.LANGUAGES:
        assert not language.county_years(docs, edition).duplicated().any()
    assert len({*zip(docs["county"].map(str), docs["year"], strict=True)}) < len(docs)  # their names alone do not


def test_the_report_keeps_homonyms_and_their_sentences_apart():
    docs = documents(COUNTIES)
    there = groups(docs)
    assert len(there) == len(docs) == len({link(group) for group in there})
    keys = {county_key(row.county, row.county_code) for row in docs.dropna().itertuples()}
    assert len(keys) >= len(COUNTIES) - 1


def test_the_panel_grid_has_a_row_a_county():
    drawn = panel_grid(compare.grid(documents(COUNTIES)), "zh")
    names = [label.get_text() for label in drawn.axes[0].get_yticklabels()]
    assert len(names) == len(set(names)) == min(len(COUNTIES), 40)


def test_targets_of_homonyms_are_no_one_countys():
    frame = pd.DataFrame({
        "county": "鼓楼区", "county_code": ["350102", "410204"], "year": 2020, "kind": "target", "due": "2025",
        "doc_id": ["a", "b"], "unit_id": ["a:0", "b:0"],
    })  # fmt: skip
    assert summaries.deadlines(frame)["n_commitments"].tolist() == [1, 1]


def test_lineages_are_those_of_the_register():
    found = {}
    for lineage, known in register().by_lineage.items():
        found |= {d.code: lineage for d in known if d.code and d.code != lineage}
    assert of_codes() == found and not set(found) & set(found.values())


SENTENCES = (
    "设立专项资金{n}万元支持企业技术改造。", "对高新技术企业落实税收优惠政策。", "由区发展改革局牵头，区财政局配合推进园区建设。",
    "到{year}年引进人才{n}名，培训职工{n}人次。", "支持金融机构对小微企业发放贷款{n}亿元。", "建设产业园区和科技创新平台{n}个。",
)  # fmt: skip


def test_homonyms_of_one_year_go_through_all_notebooks_unpooled(tmp_path):
    """鼓楼区 of 福州 and of 开封 write in one year, and a county writes under its old and under its new name."""
    raw, rows = tmp_path / "raw", ["path,county,province,city,year"]
    raw.mkdir()
    places = [("鼓楼区", "福建省", "福州市", 2020), ("鼓楼区", "河南省", "开封市", 2020), ("宁乡县", "湖南省", "长沙市", 2016),
              ("宁乡市", "湖南省", "长沙市", 2020)]  # fmt: skip
    for n, (county, province, city, year) in enumerate(places):
        kept = [SENTENCES[(i + n) % 6].format(n=10 * n + i, year=year + 5) for i in range(6 + 3 * n)]
        body = "\n".join(f"（{i}）{text}" for i, text in enumerate(kept))
        text = f"{city}{county}人民政府关于印发{year}年工业发展计划的通知\n一、主要任务\n{body}\n"
        (raw / f"{n}.txt").write_text(text, encoding="utf-8")
        rows.append(f"{n}.txt,{county},{province},{city},{year}")
    (raw / "corpus.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    pipeline.Run(pipeline.Folders(raw, tmp_path / "out"), {"coder": "rules", "year_min": 2016, "n_runs": 2}, jobs=2)()
    processed = tmp_path / "out" / "processed"
    documents = store.read_table(processed, "documents")
    codes = dict(zip(documents["source_file"], documents["county_code"], strict=True))
    assert len(set(codes.values())) == 4
    shares = store.read_table(processed, "tool_shares")
    for _, document in documents.iterrows():
        mine = shares[(shares["county_code"] == document["county_code"]) & (shares["tool"] == "funding")]
        assert mine["year"].tolist() == [document["year"]]
    for name in ("topic_shares", "deadlines", "coverage", "panel"):
        table = store.read_table(processed, name)
        assert not len(table) or {codes["0.txt"], codes["1.txt"]} <= set(table["county_code"]), name
    grid = store.read_table(processed, "coverage")
    assert set(grid["county_code"]) == {*codes.values()} - {codes["2.txt"]} and grid["n_documents"].sum() == 4
    page = (tmp_path / "out" / "report" / "index.zh.html").read_text(encoding="utf-8")
    assert "鼓楼区（福州市）" in page and "鼓楼区（开封市）" in page
    data = json.loads(re.search(r'id="data-units"[^>]*>(.*?)</script>', page, re.S)[1])
    assert len({document[1] for document in data["documents"]}) == 4
