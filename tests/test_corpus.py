"""A raw folder becomes tables: every file a document or a row of the quarantine, nothing touched, nothing outside read."""

import hashlib
import io
import os
import sys
import zipfile
from pathlib import Path

import docx
import numpy as np
import pandas as pd
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import corpus, repair, structure
from helpers.corpus.near_duplicates import Fingerprints, fingerprint, near_duplicates
from helpers.corpus.numbering import chinese
from helpers.language import both
from tests.near_copies import altered_pairs, exact

ROOT = Path(__file__).resolve().parents[1]
NOTICE = (
    "{0}县人民政府办公室关于印发《{0}县招商引资办法》的通知\n{0}政办发〔2019〕3号\n各单位:\n一、总则\n"
    "为促进招商引资,制定本办法。对落户企业给予奖励{1}。\n"
)


def notice(county: str = "湘阴", more: str = "") -> str:
    return NOTICE.format(county, more)


@pytest.fixture
def raw(tmp_path):
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / "good.txt").write_text(notice(), encoding="utf-8")
    return folder


def reasons(made) -> dict[str, str]:
    return dict(zip(made.quarantine["source_file"], made.quarantine["reason"], strict=True))


def bomb() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (30 * 2**20))
    return data.getvalue()


def office(*paragraphs: str) -> bytes:
    document, data = docx.Document(), io.BytesIO()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(data)
    return data.getvalue()


def pdf(text: str = "") -> bytes:
    """Write a PDF of one page by hand; its font has no Chinese, so a text layer can only be Latin."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET" if text else ""
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body = "%PDF-1.4\n" + "".join(f"{i} 0 obj{o}endobj\n" for i, o in enumerate(objects, 1))
    return (body + "trailer<</Root 1 0 R>>").encode()


BAD = {
    "empty.txt": (b"", "empty"),
    "blank.txt": (" \n\u3000\n".encode(), "blank"),
    "blank_bom.txt": (b"\xef\xbb\xbf\n\n", "blank"),
    "noise.txt": (bytes(range(1, 256)) * 20, ""),
    "image.txt": (b"\x89PNG\r\n\x1a\n" + b"\x01" * 99, "image"),
    "image.png": (b"\x89PNG\r\n\x1a\n" + b"\x01" * 99, "image"),
    "english.txt": (b"Only English here.\n" * 9, "Chinese"),
    "nearly.txt": (("English words " * 200 + "中").encode(), "Chinese"),
    "nul.txt": (notice("平江").encode() + b"\0\0abc", "NUL"),
    "broken.docx": (b"PK\x03\x04" + b"\x07" * 200, "broken"),
    "bomb.docx": (bomb(), "expand"),
    "broken.pdf": (b"%PDF-1.4\n" + b"\x07" * 200, "broken"),
    "scan.pdf": (pdf(), "no text layer"),
    "latin.pdf": (pdf("Industrial policy"), "Chinese"),
    "old.doc": (b"\xd0\xcf\x11\xe0" + b"\x01" * 99, "docx"),
    "sheet.xlsx": (b"PK\x03\x04" + b"\x01" * 99, "spreadsheet"),
    "strange.xyz": (notice("平江").encode(), "unknown kind"),
    "endless.txt": (("发展工业,支持企业" * 50_000).encode(), "line"),
    "marks.txt": ("。。。！！\n".encode() * 9, ""),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_bad_files_are_set_aside_with_one_sentence(raw, name):
    data, word = BAD[name]
    (raw / name).write_bytes(data)
    made = corpus.build(raw)
    assert made.documents["source_file"].tolist() == ["good.txt"]  # the good one is done
    reason = reasons(made)[name]
    assert word in reason and "\n" not in reason and "Traceback" not in reason
    assert (raw / name).read_bytes() == data  # raw files are never touched


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_links_and_pipes_are_not_followed(raw, tmp_path):
    (tmp_path / "secret.txt").write_text(notice("平江"), encoding="utf-8")
    os.symlink(tmp_path / "secret.txt", raw / "out.txt")
    os.symlink(tmp_path, raw / "folder")
    os.symlink("nowhere", raw / "dangling.txt")
    os.mkfifo(raw / "pipe.txt")
    made = corpus.build(raw)
    assert set(reasons(made)) == {"out.txt", "folder", "dangling.txt", "pipe.txt"}
    assert len(made.documents) == 1 and "平江" not in made.units.to_string()


def test_odd_names_are_fine_and_identifiers_safe(raw):
    names = ["a b.txt", "工业😀.txt", "=1+1.txt", "长" * 60 + ".txt", "..x.txt", "A B.txt", "a-b.html"]
    for number, name in enumerate(names):
        (raw / name).write_text(notice("平江", "万" * number), encoding="utf-8")
    made = corpus.build(raw)
    ids = made.documents["doc_id"]
    # names that begin with a dot are left behind by systems and are passed over
    assert set(made.documents["source_file"]) == {"good.txt", *names} - {"..x.txt"}
    assert ids.str.casefold().is_unique and ids.str.fullmatch(r"[\w-]{1,64}").all()
    assert corpus.document_ids(["b.txt"])["b.txt"] == corpus.document_ids(["a.txt", "b.txt"])["b.txt"]  # stable


def test_the_same_document_twice(raw):
    (raw / "copy.html").write_text("<p>" + notice().replace("\n", "</p><p>") + "</p>", encoding="utf-8")
    (raw / "z.txt").write_text(notice() + "\n\n", encoding="utf-8")
    made = corpus.build(raw)
    assert len(made.documents) == 1
    assert all("copy.html" in reason for reason in reasons(made).values())
    (raw / "corpus.csv").write_text("path\nz.txt\n", encoding="utf-8")  # the one in the manifest is kept
    assert corpus.build(raw).documents["source_file"].tolist() == ["z.txt"]


class TestManifest:
    def write(self, raw, *rows, header="path,sha256,bytes,county,province,year,title,source,licence", encoding="utf-8"):
        (raw / "corpus.csv").write_bytes("\n".join([header, *rows]).encode(encoding))
        return corpus.build(raw)

    def test_manifest_settles_the_fields(self, raw):
        sha = hashlib.sha256((raw / "good.txt").read_bytes()).hexdigest()
        made = self.write(raw, f"good.txt,{sha},,平江县,湖南省,2021,别的标题,县政府网站,公开")
        row = made.documents.iloc[0]
        assert (row["county"], row["county_code"], row["year"], row["title"]) == ("平江县", "430626", 2021, "别的标题")
        assert (row["county_source"], row["origin"], row["licence"]) == ("manifest", "县政府网站", "公开")
        assert "the text says 湘阴县, corpus.csv 平江县" in row["flags"] and "the text says 2019" in row["flags"]
        assert made.quarantine.empty

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
    def test_excel_encodings(self, raw, encoding):
        assert self.write(raw, "good.txt,,,湘阴县,,2019,,,", encoding=encoding).documents["county_source"].tolist() == [
            "manifest"
        ]

    @pytest.mark.parametrize(
        ("row", "name", "word"),
        [
            ("gone.txt,,,,,,,,", "gone.txt", "row 2"),
            ("../good.txt,,,,,,,,", "../good.txt", "out of the folder"),
            ("/etc/passwd,,,,,,,,", "/etc/passwd", "out of the folder"),
            ("C:\\x.txt,,,,,,,,", "C:\\x.txt", "out of the folder"),
            (",,,湘阴县,,,,,", "corpus.csv row 2", "empty"),
        ],
    )
    def test_bad_rows(self, raw, row, name, word):
        made = self.write(raw, row)
        assert word in reasons(made)[name] and len(made.documents) == 1

    def test_wrong_checksum_and_size(self, raw):
        assert "checksum" in reasons(self.write(raw, "good.txt,deadbeef,,,,,,,"))["good.txt"]
        assert "size" in reasons(self.write(raw, "good.txt,,5,,,,,,"))["good.txt"]

    def test_two_rows_for_one_file(self, raw):
        made = self.write(raw, "good.txt,,,湘阴县,,,,,", "./good.txt,,,平江县,,,,,")
        assert made.documents["county"].tolist() == ["湘阴县"] and "row 3" in made.quarantine.to_string()

    def test_no_year_no_county(self, raw):
        row = self.write(raw, "good.txt,,,火星县,,二零,,,").documents.iloc[0]
        assert row["year"] == 2019 and row["county"] == "火星县" and pd.isna(row["county_code"])
        assert "二零" in row["flags"] and "火星县" in row["flags"]

    @pytest.mark.parametrize(
        "data", [b"path\ngood.txt\xff\xfe\x00\x00", b"file,county\ngood.txt,x\n", b"\x00\x01\x02", b'path\n"good.txt']
    )
    def test_broken_manifest_does_not_stop_the_rest(self, raw, data):
        (raw / "corpus.csv").write_bytes(data)
        made = corpus.build(raw)
        assert len(made.documents) == 1 and "corpus.csv" in made.quarantine["source_file"].iloc[0]

    def test_shipped_manifest(self):
        documents = corpus.build(ROOT / "data/raw").documents.set_index("doc_id")
        found = sorted(zip(documents["county"], documents["year"], documents["county_code"], strict=True))
        assert found == [
            ("中方县", 2021, "431221"),
            ("岳阳楼区", 2017, "430602"),
            ("湘阴县", 2017, "430624"),
            ("湘阴县", 2025, "430624"),
            ("缙云县", 2019, "331122"),
        ]
        assert documents["flags"].isna().all()  # the texts say nothing else
        assert documents["title"].isna().sum() == 1  # the document of 2025 has none


def test_text_alone_gives_the_five_their_metadata(tmp_path):
    for path in (ROOT / "data/raw").glob("*.txt"):
        (tmp_path / f"{path.stem[:5]}{len(path.stem)}.txt").write_bytes(path.read_bytes())  # names that tell no year
    documents = corpus.build(tmp_path).documents
    assert sorted(documents["county_code"]) == ["331122", "430602", "430624", "430624", "431221"]
    assert sorted(documents["year"]) == [2017, 2017, 2019, 2021, 2025]
    assert sorted(documents["issued_date"].dropna()) == ["2017-02-23", "2017-08-26", "2019-12-08", "2021-03"]


class TestReaders:
    def test_html(self):
        page = (
            '<html><head><meta charset="gbk"><title>办法_县政府</title><script>alert(1)</script></head>'
            "<body><!-- 注 --><div>安吉县办法</div>"
            '<p>各街道<乡>要<b>落实</b>。<script>evil()</script></p><p onerror="x">支持&lt;script&gt;企业。<br>第二行</p>'
            '<p style="display:none">隐藏</p><table><tr><td>指标</td><td>甲。</td></tr></table></body></html>'
        )
        content = corpus.read(page.encode("gbk"), ".html")
        words = ["安吉县办法", "各街道<乡>要落实。", "支持<script>企业。", "第二行", "隐藏", "指标", "甲。"]
        assert content.text.split() == words
        hidden = [r for r in repair.repair(content.text, content.left_out).repairs if r.rule == "hidden"]
        assert [(r.before.strip(), r.after) for r in hidden] == [("隐藏", "")]  # taken out, and in the log
        assert content.encoding == "gb18030" and content.labels == "办法_县政府"

    def test_html_as_deep_as_it_likes(self):
        assert corpus.read(("<div>" * 20_000 + "深层文字。").encode(), ".html").text == "深层文字。"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "big5"])
    def test_encodings_of_text(self, encoding):
        text = "工業發展的意見。支持企業技術改造,加快產業升級。" if encoding == "big5" else notice()
        assert corpus.read(text.encode(encoding), ".txt").text.strip() == text.strip()

    def test_docx_in_order_with_tables_and_insertions(self):
        document, data = docx.Document(), io.BytesIO()
        document.add_paragraph("桃江县工业规划")
        table = document.add_table(1, 2)
        table.cell(0, 0).text, table.cell(0, 1).text = "产值", "100亿元"
        last = document.add_paragraph("完成")
        insertion, run, text = OxmlElement("w:ins"), OxmlElement("w:r"), OxmlElement("w:t")
        text.text = "任务。"
        run.append(text)
        insertion.append(run)
        last._p.append(insertion)
        document.save(data)
        assert corpus.read(data.getvalue(), ".docx").text == "桃江县工业规划\n产值\t100亿元\n完成任务。"

    def test_docx_numbers_that_word_writes_itself(self):
        document, data = docx.Document(), io.BytesIO()
        levels = [("chineseCounting", "%1、"), ("chineseCounting", "(%2)"), ("decimal", "%3.")]
        abstract, number = OxmlElement("w:abstractNum"), OxmlElement("w:num")
        abstract.set(qn("w:abstractNumId"), "77")
        for level, (kind, pattern) in enumerate(levels):
            element = OxmlElement("w:lvl")
            element.set(qn("w:ilvl"), str(level))
            for tag, value in (("w:start", "1"), ("w:numFmt", kind), ("w:lvlText", pattern)):
                child = OxmlElement(tag)
                child.set(qn("w:val"), value)
                element.append(child)
            abstract.append(element)
        link = OxmlElement("w:abstractNumId")
        link.set(qn("w:val"), "77")
        number.set(qn("w:numId"), "77")
        number.append(link)
        document.part.numbering_part.element.extend([abstract, number])
        for level, text in ((0, "总则"), (1, "目标"), (1, "原则"), (2, "甲"), (0, "任务"), (1, "乙")):
            properties = document.add_paragraph(text)._p.get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_ilvl().val, properties.get_or_add_numId().val = level, 77
        document.save(data)
        text = corpus.read(data.getvalue(), ".docx").text
        assert text.split("\n") == ["一、总则", "(一)目标", "(二)原则", "1.甲", "二、任务", "(一)乙"]

    def test_chinese_numerals(self):
        assert [chinese(n) for n in (1, 10, 11, 20, 23, 99)] == ["一", "十", "十一", "二十", "二十三", "九十九"]

    @settings(max_examples=60, deadline=None)
    @given(st.binary(max_size=300), st.sampled_from([".txt", ".html", ".docx", ".pdf"]))
    def test_no_bytes_crash_a_reader(self, data, suffix):
        try:
            assert corpus.read(data, suffix).text.strip()
        except corpus.Unreadable as reason:
            assert str(reason).count("\n") == 0


def test_places_in_the_raw_text():
    name = next((ROOT / "data/raw").glob("xiangyin-2017*"))
    raw = name.read_text(encoding="utf-8")
    units = corpus.outcome(corpus.Task(name, name.name, "x"), None).tables["units"].to_pydict()
    found = repair.repair(raw)
    assert repair.apply(raw, found.repairs) == found.text
    same = 0
    for text, start, end in zip(units["text"], units["raw_start"], units["raw_end"], strict=True):
        same += raw[start:end] == text
        overlap = set(structure.text_key(raw[start:end])) & set(structure.text_key(text))
        assert overlap, (text, raw[start:end])
    assert same > 0.9 * len(units["text"])  # the rest holds a repair


def test_repeats_are_marked_whoever_is_responsible(raw):
    target = "到2025年建成虞公港二期码头并投入运营"
    again = f"附件1\n一、任务\n1. {target}。(县交通局牵头,县发改局负责)\n表彰先进。\n表彰先进。"
    (raw / "r.txt").write_text(f"湘阴县方案\n一、目标\n{target}。\n{again}", encoding="utf-8")
    units = corpus.build(raw).units
    units = units[units["doc_id"] == "r"]
    assert units.loc[units["is_repeat"], "annex"].tolist() == ["附件1"]  # and short sentences are not


def test_sections_count_the_units_under_them(raw):
    (raw / "s.txt").write_text("湘阴县方案\n一、甲\n一句。二句。\n(一)乙\n三句。\n二、丙\n四句。", encoding="utf-8")
    sections = corpus.build(raw).sections
    assert sections.loc[sections["doc_id"] == "s", "n_units"].tolist() == [2, 1, 1]


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_same_tables_for_any_number_of_workers(raw, n_jobs):
    for number in range(20):
        (raw / f"d{number:02d}.txt").write_text(notice("平江", "元" * number), encoding="utf-8")
    made = corpus.build(raw, n_jobs=n_jobs)
    assert made.documents["doc_id"].is_monotonic_increasing and len(made.documents) == 21
    assert (
        hashlib.sha256(made.units.to_csv(index=False).encode()).hexdigest()
        == hashlib.sha256(corpus.build(raw).units.to_csv(index=False).encode()).hexdigest()
    )


def test_many_one_line_files_and_empty_folder(tmp_path):
    made = corpus.build(tmp_path)
    assert all(len(getattr(made, name)) == 0 for name in ("documents", "units", "repairs", "quarantine", "near_duplicates"))
    for number in range(40):
        (tmp_path / f"{number}.txt").write_text(f"支持企业技改{chinese(number + 1)}项。", encoding="utf-8")
    made = corpus.build(tmp_path)
    assert len(made.documents) == 40 and made.documents["county"].isna().all() and made.near_duplicates.empty


def test_missing_folder():
    with pytest.raises(FileNotFoundError, match="raw_dir"):
        corpus.build("no-such-folder")


def compared(texts, most: int = 4_000_000, **limits) -> pd.DataFrame:
    """Return the near duplicates among texts; documents are called by their number, five digits."""
    held, names = Fingerprints(most), [f"{n:05d}" for n in range(len(texts))]
    for name, text in zip(names, texts, strict=True):
        held.add(name, fingerprint(text))
    return near_duplicates(names, names, held, **limits)


class TestNearDuplicates:
    text = "".join(chr(0x4E00 + (i * i * 7 + i * 13) % 5000) for i in range(6000))

    def test_close_and_contained(self):
        other = "".join(chr(0x4E00 + (i * i * 11 + 5 * i) % 5003) for i in range(6000))
        documents = [self.text, self.text[:3000] + "改" + self.text[3001:], self.text[1000:3000], other]
        pairs = compared(documents)
        found = set(zip(pairs["doc_id"].astype(int), pairs["other_doc_id"].astype(int), strict=True))
        assert found == {(0, 1), (0, 2), (1, 2)}
        assert pairs.loc[0, "jaccard"] > 0.95 and pairs.loc[1, "containment"] > 0.95 and pairs.loc[1, "jaccard"] < 0.5

    @pytest.mark.parametrize("most", [4_000_000, 10])
    def test_estimate_is_near_the_exact_value(self, most):
        half = self.text[:3000] + "".join(chr(0x4E00 + (i * i * 11 + 5 * i) % 5003) for i in range(3000))
        near = self.text[:5000] + half[5000:]
        for other in (half, near)[most < 100 :]:
            pairs = compared([self.text, other], most, least=0.0)
            assert pairs["jaccard"].item() == pytest.approx(exact(self.text, other), abs=0.1)

    def test_short_texts_are_not_compared(self):
        assert compared(["支持企业技改"] * 2).empty
        assert fingerprint("短").sample.dtype == np.uint64 and fingerprint("").signature[-1] == 0

    @pytest.mark.parametrize("most", [4_000_000, 2000])
    def test_as_many_pairs_are_found_in_a_corpus_of_any_size(self, most):
        """Notices of sixty letters too; with `most` hashes held, the samples are thinned out to next to nothing."""
        pairs = altered_pairs(150)
        found = compared([text for pair in pairs for text in pair], most)
        there = set(zip(found["doc_id"].astype(int), found["other_doc_id"].astype(int), strict=True))
        wanted = {(2 * n, 2 * n + 1) for n in range(len(pairs))}
        assert len(wanted & there) >= 0.98 * len(wanted) and len(there - wanted) == 0

    def test_many_copies_of_one_template_are_each_named_and_not_all_with_all(self):
        template = altered_pairs(1, seed=5)[0][0] * 4
        found = compared([f"{template}{n:03d}" for n in range(300)])
        assert {*found["doc_id"], *found["other_doc_id"]} == {f"{n:05d}" for n in range(300)} and len(found) < 3000

    def test_the_order_of_documents_changes_nothing(self):
        texts = [text for pair in altered_pairs(20) for text in pair]
        one, other = compared(texts), compared(texts[::-1])
        sides = zip(other["doc_id"].astype(int), other["other_doc_id"].astype(int), strict=True)
        turned = [{f"{39 - a:05d}", f"{39 - b:05d}"} for a, b in sides]
        assert all({a, b} in turned for a, b in zip(one["doc_id"], one["other_doc_id"], strict=True)) and len(one) == len(other)


class TestSelect:
    documents = pd.DataFrame({
        "doc_id": list("abcd"), "county": ["湘阴县", "平江县", None, "湘阴县"],
        "county_code": ["430624", "430626", None, "430624"],
        "year": pd.array([2017, 2021, 2019, None], dtype="Int64"),
    })  # fmt: skip

    @pytest.mark.parametrize(
        ("filters", "kept"),
        [
            ({}, "abcd"),
            ({"county_filter": ["湘阴县"]}, "ad"),
            ({"county_filter": "['湘阴县']"}, "ad"),  # as papermill hands it over
            ({"county_filter": "湘阴县,平江县"}, "abd"),
            ({"county_filter": ["430626"]}, "b"),
            ({"county_filter": ["未知"]}, "c"),
            ({"year_min": 2018, "year_max": 2025}, "bcd"),  # an unknown year is kept
            ({"county_filter": ["湘阴县"], "year_min": 2018}, "d"),
        ],
    )
    def test_filters(self, filters, kept):
        assert "".join(corpus.select(self.documents, **filters)["doc_id"]) == kept

    def test_unknown_county_lists_those_there_are(self):
        with pytest.raises(corpus.SelectionError, match="平江县, 湘阴县"):
            corpus.select(self.documents, ["火星县"])
        with pytest.raises(corpus.SelectionError, match="year_min"):
            corpus.select(self.documents, [], 2025, 2017)

    def test_empty_frame_and_sentence(self):
        none = self.documents.head(0)
        assert corpus.select(none).empty
        kept = corpus.select(self.documents, [], 2018, 2025)
        said = both("labels.reported", **corpus.reported(self.documents, kept))
        assert "3 of 4" in said["en"] and "筛除 1 份" in said["zh"]
