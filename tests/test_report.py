"""The report from invented tables: complete in both languages, nothing live, same bytes, every gap said."""

import base64
import importlib
import json
import re
import zlib

import pandas as pd
import pytest
import report_fixture
import yaml

from helpers import catalogue, corpus, language, report, store
from helpers.language import reasons
from helpers.plots import charts
from helpers.report import (
    changes,
    cleaning,
    drawing,
    evidence,
    findings,
    fonts,
    material,
    promises,
    results,
    sections,
    typeset,
    views,
)
from helpers.report import page as page_of
from helpers.report.declared import crossed, declared
from helpers.report.model import Cell, Column, Table
from helpers.report.words import Words
from helpers.shares import best


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return report_fixture.write(tmp_path_factory.mktemp("invented"))


@pytest.fixture(scope="module")
def pages(folders, tmp_path_factory):
    files = report.build(*folders, tmp_path_factory.mktemp("report"), report_fixture.RUN)
    return {file.name: file.read_text(encoding="utf-8") for file in files}


@pytest.fixture(scope="module")
def page(pages):
    return pages["index.html"]


def embedded(page: str, name: str):
    return json.loads(re.search(rf'(?s)<script type="application/json" id="{name}">(.*?)</script>', page)[1])


def visible(page: str) -> str:
    """What a reader sees: the body without data, code, styles and the code of the figures."""
    body = page[page.index("<body>") :]
    return re.sub(r"(?s)<(script|style|pre)\b.*?</\1>", " ", body)


def test_two_editions_with_a_switch(pages):
    assert set(pages) == {"index.html", "index.zh.html"}
    assert 'href="index.zh.html"' in pages["index.html"] and 'href="index.html"' in pages["index.zh.html"]
    assert '<html lang="en">' in pages["index.html"] and '<html lang="zh-Hans">' in pages["index.zh.html"]


@pytest.fixture
def no_fonts(monkeypatch):
    """Subsetting takes seconds and has its own tests."""
    monkeypatch.setattr(fonts, "faces", lambda sans, serif: {"sans": "", "serif": ""})


def test_chinese_may_be_the_first_edition(folders, tmp_path, no_fonts):
    files = report.build(*folders, tmp_path, report_fixture.RUN, "zh")
    assert [file.name for file in files] == ["index.html", "index.en.html"]
    assert '<html lang="zh-Hans">' in files[0].read_text(encoding="utf-8")


def test_same_tables_same_bytes(folders, pages, tmp_path):
    fonts.woff2.cache_clear()
    again = report.build(*folders, tmp_path / "elsewhere", report_fixture.RUN)
    assert {file.name: file.read_text(encoding="utf-8") for file in again} == pages
    assert not [page for page in pages.values() if str(folders[0].parent) in page]


def test_a_copy_for_looking_says_so_and_is_lighter(folders, pages, tmp_path, no_fonts, monkeypatch):
    monkeypatch.setattr(report, "_LOOKED_AT", 20)
    copy = report.build(*folders, tmp_path, report_fixture.RUN, carry_tables=False)[0].read_text(encoding="utf-8")
    assert embedded(pages["index.html"], "data-tables") and len(embedded(copy, "data-tables")) < 40
    assert (
        "This copy is for looking only" in copy and re.search(r"First 20 of \d+ rows", copy) and "data-save=" not in visible(copy)
    )


def test_nothing_is_loaded_from_elsewhere(pages):
    for page in pages.values():
        addresses = re.findall(r'(?:src|href|action|data)="([^"]*)"', page) + re.findall(r"url\(([^)]*)\)", page)
        allowed = ("#", "data:", "index.html", "index.zh.html")
        assert not [address for address in addresses if not address.startswith(allowed)]
        assert "default-src 'none'" in page and "unsafe-inline" not in page


def test_nothing_from_documents_is_live(page):
    body = visible(page)
    assert "<script>alert" not in page and "<img src=x" not in page and "<b>粗" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body
    assert "onerror=alert" not in re.sub(r"&lt;.*?&gt;", "", body)
    data = re.search(r'(?s)id="data-units">(.*?)</script>', page)[1]
    assert "<" not in data and "\\u003cscript>" in data


def test_numbers_lead_to_their_sentences(page):
    links = re.findall(r'href="(#evidence\?[^"]*)"', page)
    assert any("tool=funding" in link and "year=2017" in link for link in links)
    assert any("county=-" in link for link in links)  # a document of unknown county keeps its sentences


def test_every_anchor_exists(pages):
    for page in pages.values():
        ids = set(re.findall(r'\bid="([^"]+)"', page))
        wanted = set(re.findall(r'href="#([^"?]+)"', page))
        assert wanted <= ids


def test_headings_are_in_order_and_figures_have_alt_text(page):
    levels = [int(level) for level in re.findall(r"<h(\d)[ >]", page)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
    assert 'alt="Bars &lt;b&gt;"' in page


def test_figures_carry_their_code_and_data(page):
    assert "gallery.show(&#34;bars&#34;" in page and "1 &lt; 2" in page
    tables = json.loads(zlib.decompress(base64.b64decode(embedded(page, "data-tables"))))
    assert tables["figure:bars"].startswith("tool,share") and tables["tool_shares"].startswith("county,")


def test_five_findings_with_numbers_that_stand_in_tables(page):
    findings = re.search(r'(?s)<ol class="findings">(.*?)</ol></section>', page)[1]
    assert findings.count("<h3>") == 5
    tables = " ".join(re.findall(r'(?s)<figure class="table".*?</figure>', page))
    number = r"(?<![\w.,])[+-]?\d+(?:,\d{3})*(?:\.\d+)?%?(?!\w)"
    said, there = (set(re.findall(number, re.sub(r"<[^>]*>", " ", text))) for text in (findings, tables))
    assert len(said) > 20
    small = {str(n) for n in range(30)}  # so many rows of a table, counted by the sentence
    assert sorted(said - there - small - {"95%"}) == []  # the level of the intervals


@pytest.mark.parametrize("missing", ["tool_shares", "topics", "commitments", "repairs", "documents", "units", "codes"])
def test_a_missing_table_is_said_with_its_notebook(missing, tmp_path):
    folders = report_fixture.write(tmp_path, without=(missing,))
    content = material.load(*folders, report_fixture.RUN)
    blocks = [block for section in sections.edition(content, Words("en")).sections for block in section.blocks]
    said = " ".join(block.text for block in blocks if getattr(block, "kind", "") == "notice")
    assert missing in said and "notebooks/0" in said


def test_an_empty_folder_still_gives_a_report(tmp_path, no_fonts):
    files = report.build(tmp_path / "a", tmp_path / "b", tmp_path / "c", tmp_path / "d", {})
    text = files[0].read_text(encoding="utf-8")
    assert "make report" in text and "05_topics" in text


def test_filters_choose_what_is_reported(folders):
    run = {"parameters": {"county_filter": ["甲山县"], "year_min": 2018, "year_max": 2025}}
    content = material.load(*folders, run)
    assert content.documents["doc_id"].tolist() == ["doc-1"]  # 2017 is out of the range
    assert set(evidence.sample(content)["doc_id"]) == {"doc-1"} and content.n_units == 40


def test_the_report_reports_what_the_notebooks_report(folders):
    """Whatever `corpus.select` reads as a filter: names, codes, unknown, as a list or as papermill hands it over."""
    documents = material.load(*folders, {}).tables["documents"]
    code = documents["county_code"].dropna().iloc[0]
    for county_filter in ([code], f"['{code}']", code, documents["county"].dropna().iloc[-1], []):
        content = material.load(*folders, {"parameters": {"county_filter": county_filter, "year_min": 2000, "year_max": 2030}})
        expected = corpus.select(documents, county_filter, 2000, 2030)["doc_id"].tolist()
        assert content.documents["doc_id"].tolist() == expected and expected


def test_only_what_is_shown_is_read(folders, monkeypatch):
    read = []
    original = store.read_table
    monkeypatch.setattr(store, "read_table", lambda folder, name, *rest: read.append(name) or original(folder, name, *rest))
    content = material.load(*folders, report_fixture.RUN)
    assert content.has("units") and content.n_rows("units") == 200 and "units" not in read
    sections.edition(content, Words("en"))
    unseen = {name for name, about in catalogue.tables().items() if about.place == "download"}
    assert unseen and not unseen & set(read) and len(read) == len(set(read))


def test_tables_with_names_on_are_made_where_they_are_shown(folders):
    assert set(views.QUERIES) < set(catalogue.views())
    made = report.views_of(folders[0], report_fixture.RUN)
    assert set(made) == set(catalogue.views())
    for name, frame in made.items():
        pd.testing.assert_frame_equal(catalogue.check(frame, name), frame)
        assert not (folders[0] / f"{name}.parquet").exists()
    assert len(made["duties"]) == len(store.read_table(folders[0], "actors")) and len(made["target_table"])


def test_units_beyond_the_limit_are_a_stated_sample(folders, monkeypatch):
    monkeypatch.setattr(evidence, "MAX_UNITS", 60)
    data = evidence.data(material.load(*folders, report_fixture.RUN))
    assert len(data["units"]) == 60 and data["all"] == 200
    assert {unit[0] for unit in data["units"]} == set(range(len(data["documents"])))  # from every document
    near = data["units"][0][11]  # numbers of labelled sentences, each with its likeness
    assert near[1::2] == [90, 80, 70] and [data["labelled"][i][2] for i in near[::2]] == [0, 0, 1]
    assert [len(data["labelled"][i][3:]) for i in near[::2]] == [1, 2, 3]
    monkeypatch.setattr(evidence, "MAX_CHARACTERS", 0)
    assert len(evidence.sample(material.load(*folders, report_fixture.RUN))) == 0


def test_evidence_offsets_follow_what_is_shown():
    assert evidence._shown_offsets("甲\ue5e5乙丙", 2, 4) == (9, 11)  # a private-use character is shown as [U+E5E5]
    assert evidence._shown_offsets("𠀀甲乙", 1, 2) == (2, 3)  # browsers count a rare character twice
    assert evidence._shown_offsets("甲乙", None, None) == (-1, -1)


def of_years(first, last, **other) -> dict:
    """A row of `differences`: two years of one county, as the table writes them, the earlier first."""
    groups = {"level": "county-year", "dimension": "tool", "code": "tax"}
    county = {"county_a": "甲县", "county_b": "甲县", "year_a": first, "year_b": last}
    numbers = {"share_a": 0.1, "share_b": 0.3, "difference": -0.2, "ci_low": -0.25, "ci_high": -0.1, "p_adjusted": 0.02}
    return {**groups, **county, **numbers, "difference_as_coded": -0.15, "differs": True, **other}


def test_change_is_the_last_year_against_the_first_later_minus_earlier():
    other = of_years(2017, 2025, county_b="乙县", difference=-0.9)  # another county is no change
    rows = [of_years(2017, 2021), of_years(2017, 2025), of_years(2021, 2025), other]
    tables = {name: catalogue.empty(name) for name in catalogue.tables()}
    assert changes.changes(material.Material(tables, set(), [], {})).empty
    frame = pd.DataFrame(rows).reindex(columns=catalogue.table("differences").names)
    content = material.Material(tables | {"differences": catalogue.check(frame, "differences")}, set(), [], {})
    found = changes.changes(content)
    assert found[["county", "first_year", "last_year", "differs"]].values.tolist() == [["甲县", 2017, 2025, True]]
    columns = ["before", "after", "difference", "ci_low", "ci_high", "difference_as_coded"]
    assert found[columns].iloc[0].tolist() == pytest.approx([0.1, 0.3, 0.2, 0.1, 0.25, 0.15])


@pytest.mark.parametrize(("edition", "said"), [("en", "is not judged"), ("zh", "不判断")])
def test_a_difference_without_an_interval_is_not_judged(folders, edition, said):
    content = material.load(*folders, report_fixture.RUN)
    unknown = dict.fromkeys(("ci_low", "ci_high", "p_value", "p_adjusted"), float("nan"))
    content.tables["differences"] = content["differences"].assign(**unknown, differs=False, basis="as coded")
    found, table = findings.change(content, Words(edition)), changes.table(content, Words(edition))
    assert said in found.text and language.NOTHING not in found.headline + found.text
    assert not any(cell.aside for row in table.rows for cell in row) and {row[-1].text for row in table.rows} == {""}
    assert table.note == Words(edition)("changes_unjudged")
    drawn = content.compared.changes.assign(label_en="Finance", label_zh="金融")
    importlib.import_module("helpers.plots.compare")
    assert language.NOTHING not in charts.CHARTS["change"].caption(drawn, edition)


def test_texts_are_all_used():
    from importlib.resources import files

    root = files("helpers.report")
    sources = [p for p in root.iterdir() if p.name.endswith(".py")] + list(root.joinpath("templates").iterdir())
    used = "".join(path.read_text(encoding="utf-8") for path in sources).replace("'", '"')
    prefixes = ("fact_", "s_", "lead_", "e_", "short_", "sure", "unsure", "f_")
    keys = [key for key in language.keys("report") if not key.startswith(prefixes) and not key.endswith(("_table", "_shares"))]
    assert [key for key in keys if f'"{key}"' not in used and f'"report.{key}.' not in used] == []


def test_no_han_label_in_the_english_tables_beyond_names(folders):
    content = material.load(*folders, report_fixture.RUN)
    table = declared(content["codes"], "codes", Words("en"))
    assert not re.search(r"[\u4e00-\u9fff]", " ".join(c.label for c in table.columns))
    assert [c.label for c in declared(content["codes"], "codes", Words("zh")).columns][1] == "陈述类型"


def said(page: str) -> str:
    """What the page says itself: without quotations (repairs, texts of documents), checksums, parameters, works cited."""
    lists = r'<figure class="table" id="table-(?:versions|parameters|inputs|outputs)".*?</figure>'
    quoted = rf'(?s)<(del|ins)>.*?</\1>|<p class="reference">.*?</p>|{lists}'
    plain = re.sub(r"<[^>]*>", " \n ", re.sub(quoted, " ", visible(page)))
    return plain + "\n".join(re.findall(r'(?:alt|aria-label|placeholder)="([^"]*)"', page))


def test_no_label_of_the_chinese_edition_is_english(pages):
    known = {"English edition", "Ruiz Estrada", "Angelopoulos et al", "Egami et al", "Blei et al", "Monroe et al", "Eshima et al"}
    known |= {"helpers export", "helpers paper", "make pdf", "img src"}  # commands; what a hostile document of the fixture says
    words = re.findall(
        r"[A-Za-z][A-Za-z’]{2,}(?: [A-Za-z][A-Za-z’]+)+|\b[a-z]{2,}(?:_[a-z]+)+(?![.\w])", said(pages["index.zh.html"])
    )
    assert sorted(set(words) - known) == []


def test_reasons_and_doubts_are_said_in_the_language_of_the_edition():
    codes = reasons.kept([reasons.coded("of_province"), reasons.coded("not_document", what="@csv")])
    frame = pd.DataFrame({"source_file": ["a.txt"], "reason": [reasons.all_said(codes, "en")], "codes": [codes]})
    shown = {x: declared(catalogue.check(frame, "quarantine"), "quarantine", Words(x)).rows[0][1].text for x in ("en", "zh")}
    assert shown["en"].startswith("document of a province; the content is a table, not a document")
    assert shown["zh"] == "省级文件；内容不是可读取的文档（这是表格）"


@pytest.mark.parametrize(
    ("name", "en", "zh"),
    [
        ("湘阴县", "Xiangyin County", "湘阴县"), ("unknown", "county unknown", "县名未知"), (None, "county unknown", "县名未知"),
        ("Springfield", "Springfield", "Springfield"),
    ],
)  # fmt: skip
def test_counties_are_said_in_the_language_of_the_edition(name, en, zh):
    assert (Words("en").county(name), Words("zh").county(name)) == (en, zh)


def test_groups_written_as_one_text_are_said_too():
    assert Words("en").side("湘阴县", "430624", 2017) == "Xiangyin County 2017"
    assert Words("zh").side("湘阴县", "430624", 2017) == "湘阴县2017年"
    assert Words("zh").side("湘阴县", "430624", None) == "湘阴县" and Words("zh").side(None, None, 2017) == "2017年"
    assert Words("en").side(None, None, None) == "all others"


def test_the_page_carries_every_character_it_shows(page):
    from base64 import b64decode
    from io import BytesIO

    from fontTools.ttLib import TTFont

    fonts_in = re.findall(r"font/woff2;base64,([^)]*)\)", page)
    have = set().union(*(TTFont(BytesIO(b64decode(font))).getBestCmap() for font in fonts_in))
    shown = {ord(c) for c in visible(page) + json.dumps(embedded(page, "data-units"), ensure_ascii=False)} - {10, 9, 13}
    assert not {chr(c) for c in shown - have}


def test_control_and_private_characters_are_named():
    assert fonts.visible("甲\ue5e5\x07乙") == "甲[U+E5E5][U+0007]乙"
    assert fonts.visible("plain") == "plain"


SVG = """<svg xmlns="http://www.w3.org/2000/svg"
 xmlns:xlink="http://www.w3.org/1999/xlink" width="10" viewBox="0 0 1 1" onload="x()">
<style>*{fill:red}</style><script>alert(1)</script><foreignObject/><a xlink:href="http://x"><text>link</text></a>
<defs><path id="m" d="M0 0"/></defs><use xlink:href="#m" style="fill: #111; background: url(http://x)"/>
<g clip-path="url(#c)" id="g"><text style="font-size: 9px">县 &lt;b&gt;</text></g>
<image xlink:href="http://x/y.png"/><image xlink:href="data:image/png;base64,AA=="/></svg>"""


def test_only_drawing_is_let_in(tmp_path):
    path = tmp_path / "f.svg"
    path.write_text(SVG, encoding="utf-8")
    text = drawing.inline(path, "fig", "a <label>")
    for bad in ("http://x", "script", "onload", "style", "foreignObject", "background", "link"):
        assert bad not in text
    for good in (
        'href="#fig-m"',
        'id="fig-m"',
        "url(#fig-c)",
        'fill="#111"',
        "县 &lt;b&gt;",
        "data:image/png;base64,AA==",
        "a &lt;label",
    ):
        assert good in text


def test_unknown_language_is_refused():
    with pytest.raises(ValueError, match="en or zh"):
        Words("fr")


def test_codebook_of_another_name_is_used(folders, tmp_path):
    book = {"id": "x"}
    (tmp_path / "mine.yml").write_text(yaml.safe_dump(book), encoding="utf-8")
    with pytest.raises(ValueError, match=r"mine\.yml"):  # it is read, and found wanting in one line
        material.load(*folders, {"parameters": {"codebook": str(tmp_path / "mine.yml")}})


def test_pdf_is_the_same_twice(folders, tmp_path):
    first = report.pdf(*folders, tmp_path / "a.pdf", report_fixture.RUN).read_bytes()
    assert first.startswith(b"%PDF")
    assert report.pdf(*folders, tmp_path / "b" / "b.pdf", report_fixture.RUN).read_bytes() == first
    assert [p.name for p in (tmp_path / "b").iterdir()] == ["b.pdf"]


def test_pdf_sets_chinese_with_the_wheels_fonts(folders, tmp_path):
    import pypdfium2

    path = report.pdf(*folders, tmp_path / "zh.pdf", report_fixture.RUN, "zh")
    with pypdfium2.PdfDocument(str(path)) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    assert "五项发现" in text and "甲山县" in text and "<script>" in text  # set as it stands
    assert b"NotoSerifSC" in path.read_bytes() or b"NotoSansSC" in path.read_bytes()


def test_every_figure_stands_in_a_section_of_the_report():
    """A chart's part is a notebook's name without its number; the notebook's section, which the catalogue names, has a place."""
    parts = {name.partition("_")[2]: notebook.section for name, notebook in catalogue.notebooks().items()}
    for part in parts:
        importlib.import_module(f"helpers.plots.{part}")
    assert {chart.section for chart in charts.CHARTS.values()} <= set(parts) and set(parts.values()) <= set(sections._ORDER)


def test_tables_have_the_one_order_of_county_years():
    """Division code, then year, as in the figures; what a table groups by first keeps its order, the whole corpus comes first."""
    rows = [("甲县", "430002", 2020, "b"), (None, None, None, "b"), ("乙县", "430001", 2021, "a"), ("乙县", "430001", 2019, "b")]
    frame = pd.DataFrame(rows, columns=["county", "county_code", "year", "target"]).assign(n_units=1, share=0.5)
    frame["year"] = frame["year"].astype("Int64")
    shown = declared(frame.assign(target_en=frame["target"], target_group="money"), "crosswalk_shares", Words("en"))
    assert [row[0].text for row in shown.rows] == ["whole corpus", "Yixian", "Yixian", "Jiaxian"]
    assert [row[1].text for row in shown.rows] == ["", "2019", "2021", "2020"]


def test_each_row_is_numbered_with_its_own_county_year():
    years = pd.array([None, 2019, 2017, None, 2017, 2019, 2017], "Int64")
    counties, codes = [None, "乙县", "甲县", "甲县", None, "乙县", "甲县"], [None, "2", "1", "1", None, "2", "3"]
    frame = pd.DataFrame({"county": counties, "county_code": codes, "document_year": years})
    found, own = results.numbered(frame, "document_year")
    assert [found[at] for at in own] == [
        results.group_key(row) for row in frame.rename(columns={"document_year": "year"}).itertuples()
    ]
    assert found == sorted(set(found), key=results.group_order) and len(results.numbered(frame.head(0), "document_year")[1]) == 0


def test_tables_that_name_documents_have_the_same_order():
    documents = pd.DataFrame(
        {"doc_id": ["a", "b", "c"], "county": ["甲县", "乙县", "甲县"], "county_code": ["430002", "430001", "430002"]}
    )
    documents["year"] = [2020, 2021, 2019]
    rows = pd.DataFrame({"name": ["a", "b", "c", "甲县", "乙县", "all"], "n": range(6)})
    assert list(sections.in_place(rows, "name", documents)["name"]) == ["b", "c", "a", "乙县", "甲县", "all"]
    values = pd.DataFrame({"doc_id": ["a", "a", "b", "b"], "variable": ["x", "y", "x", "y"]})
    assert list(sections.in_place(values, "doc_id", documents)["variable"]) == ["x", "y", "x", "y"]


def test_an_empty_tool_is_any_tool_of_its_type(folders):
    content = material.load(*folders, report_fixture.RUN)
    shown = declared(content["tool_shares"], "tool_shares", Words("en", content.codebook))
    tool = [column.label for column in shown.columns].index("tool")
    assert "any tool of the type" in {row[tool].text for row in shown.rows} and "" not in {row[tool].text for row in shown.rows}


def test_the_answer_and_what_to_beware_of_stand_first(folders):
    content = material.load(*folders, report_fixture.RUN)
    known = content.tables["tool_shares"]
    one = known[known["county"].notna()].drop_duplicates(["tool", "tool_type"])
    content.tables["tool_shares"] = pd.concat([known, one.assign(county=None, county_code=None, year=pd.NA)], ignore_index=True)
    for edition, wanted in (("en", "Read with care: "), ("zh", "阅读须知：")):
        words = Words(edition, content.codebook, content.names)
        answer, beware = sections.edition(content, words).brief
        assert all(language.percent(row.best) in answer for row in one[one["tool"].isna()].assign(best=best).itertuples())
        assert beware.startswith(wanted)


def test_columns_are_written_alike(folders):
    """Whole numbers or two decimals within a row of a two-way table; shares in per cent, lists with room behind each."""
    frame = pd.DataFrame({"doc_id": ["a", "b"] * 2, "variable": ["x", "x", "y", "y"], "value": [1.0, 0.5, 2.0, 3.0]})
    rows = crossed(frame, "indices", "variable", "doc_id", "value", Words("en")).rows
    assert [[cell.text for cell in row[1:]] for row in rows] == [["1.00", "0.50"], ["2", "3"]]
    frame = pd.DataFrame({"tool": ["funding"] * 2, "scenario": ["as_coded", "rules_only"], "share": [1.0, 0.125]})
    assert [c.text for c in crossed(frame, "sensitivity", "tool", "scenario", "share", Words("en")).rows[0][1:]] == [
        "100.0%",
        "12.5%",
    ]


def test_no_page_carries_the_key_of_a_test(folders, monkeypatch):
    """What people are to be tested with, sheets and keys, is made by `intrusion` and stands in no report."""
    content = material.load(*folders, report_fixture.RUN)
    monkeypatch.setattr(type(content), "has", lambda self, name: True)
    monkeypatch.setattr(type(content), "n_rows", lambda self, name: material.MOST + 1)
    _, left_out = page_of.downloads(content)
    assert "topics.csv" in left_out and not [name for name in left_out if "intrusion" in name]


ONE_COUNTY = {"county_filter": ["甲山县"], "year_min": 2000, "year_max": 2030}


@pytest.mark.parametrize("asked", [{}, ONE_COUNTY], ids=["all", "one county"])
def test_long_tables_are_read_as_far_as_they_are_shown(folders, monkeypatch, asked):
    """What the page shows of a table, and how many rows it says it has, does not hang on whether the table was read whole."""

    def tables(content) -> dict[str, tuple]:
        blocks = [block for section in sections.edition(content, Words("en")).sections for block in section.blocks]
        every = [table for block in blocks for table in getattr(block, "tables", [block])]
        return {t.id: (t.columns, t.rows, t.total or len(t.rows)) for t in every if hasattr(t, "rows")}

    run = {**report_fixture.RUN, "parameters": {**report_fixture.RUN["parameters"], **asked}}
    whole = tables(material.load(*folders, run))
    monkeypatch.setattr(sections, "MOST", 2)
    part = tables(material.load(*folders, run))
    two_way = "table-indices"  # side by side while it is short
    assert {name: value for name, value in part.items() if name != two_way} == {k: v for k, v in whole.items() if k != two_way}


def test_a_table_that_is_cut_says_so_and_keeps_its_total(folders, tmp_path, no_fonts, monkeypatch):
    for module in (changes, cleaning, promises, results):
        monkeypatch.setattr(module, "MAX_ROWS", 2)
    monkeypatch.setattr(results, "MAX_GROUPS", 1)
    page = report.build(*folders, tmp_path, report_fixture.RUN)[0].read_text(encoding="utf-8")
    for name in ("changes", "repair-documents", "repair-rules", "commitment-counts", "tool-shares"):
        table = re.search(rf'(?s)<figure class="table" id="table-{name}">.*?</figure>', page)[0]
        rows = re.findall(r"(?s)<tr.*?</tr>", table)[1:]
        assert len(rows) == 2 + (name == "commitment-counts"), name
        assert re.search(r"[Ff]irst 2\b[^<]* of \d+ ", table), name
    whole = promises.tables(material.load(*folders, report_fixture.RUN), Words("en"))[0]
    monkeypatch.undo()
    every = promises.tables(material.load(*folders, report_fixture.RUN), Words("en"))[0]
    assert whole.rows == [*every.rows[:2], every.rows[-1]] and every.rows[-1][0].text == Words("en")("total") and not every.note
    n = [[cell.sort for cell in row[1:]] for row in every.rows]
    assert [sum(column) for column in zip(*n[:-1], strict=True)] == n[-1]


@pytest.mark.parametrize(("total", "elsewhere"), [(None, True), (900, False)])
def test_paper_sends_nobody_to_a_page_that_has_not_all_rows_either(total, elsewhere):
    table = Table("table-changes", "", [Column("")], [[Cell(str(n))] for n in range(300)], total=total)
    (note,) = typeset._table(table, Words("en"))["notes"]
    assert f"of {total or 300} rows" in note and ("web edition" in note) == elsewhere
