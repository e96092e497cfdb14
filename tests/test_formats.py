"""Files of other office programs, files under a wrong name, archives of documents: each read as what it is, or refused in words.

The files in `fixtures/formats` were written by LibreOffice 7.4: `tasks` and `figures` are the papers of `test_roundtrip`, `rich`
holds what can stand in a text: lists, notes, a text box, a comment, a tracked deletion, hidden text, merged and nested tables.
"""

# ruff: noqa: E501

import zipfile
from collections import Counter
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import growing
import pytest
from office_writers import as_odt, as_rtf, ofd_of, packed, web_archive, with_macros
from test_roundtrip import PAPERS
from writers import as_docx, as_html, as_txt, as_typst

from helpers import corpus, repair, structure
from helpers.corpus import blocks, kinds, readers
from helpers.corpus.clean_texts import clean_texts

FORMATS = Path(__file__).parent / "fixtures" / "formats"
OLD = [".doc", ".odt", ".rtf"]
PAPER = PAPERS["tasks"]


def outline(content: corpus.Content) -> structure.Outline:
    return structure.outline(repair.repair(content.text, content.left_out).text)


@pytest.mark.parametrize("suffix", OLD)
@pytest.mark.parametrize("name", sorted(PAPERS))
def test_files_of_libreoffice_give_the_same_sentences_and_cells(name, suffix):
    plain = outline(readers.read_here(as_txt(PAPERS[name]), ".txt"))
    found = outline(readers.read((FORMATS / f"{name}{suffix}").read_bytes(), suffix))
    assert [(u.text, u.heading_path, u.row) for u in found.units] == [(u.text, u.heading_path, u.row) for u in plain.units]
    assert [(c.kind, c.text, c.column) for c in found.cells] == [(c.kind, c.text, c.column) for c in plain.cells]


@pytest.mark.parametrize("suffix", OLD)
def test_what_can_stand_in_a_text(suffix):
    found = readers.read((FORMATS / f"rich{suffix}").read_bytes(), suffix)
    said = {(b.text.strip() or b.cells): b for b in found.blocks}
    for text in ("一、编号标题甲", "1.支持企业技改，奖励20万元。", "2.支持人才引进，补助5万元。", "二、编号标题乙"):
        assert text in said
    assert "正文带脚注继续行文，尾注在后。" in said and "文本框前文本框后。" in said
    regions = {"脚注内容甲。": "footnote", "尾注内容乙。": "endnote", "文本框内文字丙。": "text box"}
    assert {text: said[text].region for text in regions} == regions
    left_out = {
        "页眉平江县公报": "furniture",
        "第1页": "furniture",
        "已删去文字": "markup",
        "批注内容丁": "markup",
        "隐藏文字戊": "hidden",
    }
    assert {text: said[text].left_out.rule for text in left_out} == left_out
    rows = [b.cells for b in found.blocks if b.kind == "row"]
    assert rows[:3] == [
        ("序号", "任务", "单位"),
        ("1", "新建幼儿园4所。\n改造公办园。", "县教育局"),
        ("〃", "合并两列，完成投资300万元。", ""),
    ]
    assert rows[-1] == ("内甲", "内乙建设标准厂房。")
    assert "竖线 “引号”—破折" in found.text and "{大括号} 反斜\\杠 |" in found.text


def test_old_word_file_that_cannot_be_converted_is_read_as_bare_text(monkeypatch):
    from helpers.corpus import word97

    def fail(data):
        raise ValueError

    monkeypatch.setattr(word97, "_as_docx", fail)
    found = word97.read_word97((FORMATS / "tasks.doc").read_bytes())
    assert "改造乡镇公办园" in found.text and found.flags == ("bare_word",)


WORD_RTF = {
    r"{\rtf1\ansi\ansicpg936{\fonttbl{\f0\fcharset134 \'cb\'ce;}}\f0 \'81@\'c6\'f3\'d2\'b5\par}": "丂企业",  # a trail byte that is a letter
    r"{\rtf1\ansi\ansicpg1252\uc1 {\upr{?}{\*\ud{\u20225?\u19994?}}}\u-10179?\u-8703? GDP\~5%\par}": "企业\U0001f601 GDP\xa05%",
    r"{\rtf1\ansi\ansicpg936\uc2 \u20225\'c6\'f3\u19994\'d2\'b5\par}": "企业",
    r"{\rtf1\ansi{\pntext\f0 (1)\tab}{\*\pn\pnlvlbody{\pntxtb (}}\u25903?\u25345?\par}": "(1)支持",
    r"{\rtf1\ansi\u25903?\u25345?{\field{\*\fldinst HYPERLINK x}{\fldrslt \u20225?}}{\*\unknown abc}{\pict\bin5 }}}}}}\u19994?\par}": "支持企业",
    r"{\rtf1\ansi\ansicpg936 \'d6\'a7\'b3\'d6\line \'c6\'f3\'d2\'b5": "支持\n企业",  # cut off
}


@pytest.mark.parametrize("source", WORD_RTF)
def test_rtf_as_other_programs_write_it(source):
    assert readers.read_here(source.encode("latin-1"), ".rtf").text == WORD_RTF[source]


# name of the file → its bytes; each is the same document, whatever its name says
MISNAMED = {
    "word.doc": as_docx(PAPER),
    "page.doc": as_html(PAPER),
    "old.docx": (FORMATS / "tasks.doc").read_bytes(),
    "kingsoft.wps": (FORMATS / "tasks.doc").read_bytes(),
    "pdf.txt": as_typst(PAPER),
    "rich.doc": as_rtf(PAPER),
    "text.docx": as_txt(PAPER),
    "open.docx": as_odt(PAPER),
    "layout.pdf": ofd_of(as_typst(PAPER)),
    "web.doc": web_archive(as_html(PAPER)),
    "web.html": web_archive(as_html(PAPER), "utf-8"),
    "word.zip": as_docx(PAPER),
    "word.pdf": as_docx(PAPER),
    "macro.docx": with_macros(as_docx(PAPER)),
}


@pytest.mark.parametrize("name", MISNAMED)
def test_the_content_decides_and_not_the_name(tmp_path, name):
    (tmp_path / name).write_bytes(MISNAMED[name])
    made = corpus.build(tmp_path, n_jobs=1)
    assert made.quarantine.empty, made.quarantine["reason"].tolist()
    [document] = made.documents.to_dict("records")
    assert (document["title"], document["doc_number"], document["n_tables"]) == (PAPER.title, PAPER.number, 1)
    assert document["source_file"] == name


def archive(members: dict[str, bytes]) -> bytes:
    return packed(members)


def test_an_archive_is_its_documents(tmp_path):
    members = {
        "任务/tasks.doc": (FORMATS / "tasks.doc").read_bytes(), "figures.rtf": as_rtf(PAPERS["figures"]), "__MACOSX/._a.txt": b"x",
        "../../out.txt": as_txt(PAPER), "/etc/abs.txt": as_txt(PAPER), "table.xlsx": b"PK\x03\x04", "empty.txt": b"",
        "inner.zip": archive({"a.txt": as_txt(PAPERS["figures"])}), "note.txt": "仅供参考".encode(), "old.rar": b"Rar!\x1a\x07" + b"\0" * 90,
    }  # fmt: skip
    raw, out = tmp_path / "raw", tmp_path / "processed"
    raw.mkdir()
    (raw / "文件.zip").write_bytes(archive(members))
    (raw / "corpus.csv").write_text("path,county,year,source\n文件.zip/figures.rtf,临湘市,2019,档案馆\n", encoding="utf-8")
    made = corpus.build(raw, n_jobs=1)
    documents = made.documents.set_index("source_file")
    assert set(documents.index) == {"文件.zip/任务/tasks.doc", "文件.zip/figures.rtf"}
    assert documents.loc["文件.zip/figures.rtf", ["year", "year_source", "origin"]].tolist() == [2019, "manifest", "档案馆"]
    said = dict(made.quarantine[["source_file", "reason"]].itertuples(index=False, name=None))
    words = {
        "../../out.txt": "leads out", "etc/abs.txt": "leads out", "table.xlsx": "spreadsheet", "empty.txt": "empty",
        "inner.zip/a.txt": "same document", "note.txt": "no document", "old.rar": "archive",
    }  # fmt: skip
    assert set(said) == {f"文件.zip/{name}" for name in words}
    assert not [name for name, word in words.items() if word not in said[f"文件.zip/{name}"]], said
    corpus.write(raw, out, n_jobs=1)
    assert corpus.write(raw, out, n_jobs=1).n_made == 0  # remembered by member
    texts = clean_texts(raw, made.documents, made.repairs)
    assert "规模工业总产值" in texts[documents.loc["文件.zip/figures.rtf", "doc_id"]]
    assert sorted(p.name for p in tmp_path.rglob("*.txt")) == []  # nothing was unpacked


def nested(depth: int) -> bytes:
    data = as_txt(PAPER)
    for k in range(depth):
        data = archive({f"内层{k}.zip" if k else "方案.txt": data})
    return data


@pytest.mark.parametrize("suffix", [".zip", ".docx", ".rar", ".7z", ".wps", ".pdf", ".odt"])
def test_an_archive_under_any_name_is_its_documents(tmp_path, suffix):
    inner = archive({"二/指标.html": as_html(PAPERS["figures"])})
    (tmp_path / f"附件{suffix}").write_bytes(archive({"一/任务.docx": as_docx(PAPER), f"内{suffix}": inner}))
    made = corpus.build(tmp_path, n_jobs=1)
    documents = made.documents.set_index("source_file")["title"].to_dict()
    name = f"附件{suffix}"
    assert documents == {f"{name}/一/任务.docx": PAPER.title, f"{name}/内{suffix}/二/指标.html": PAPERS["figures"].title}
    assert made.quarantine.empty
    texts = clean_texts(tmp_path, made.documents, made.repairs)
    assert sorted(text.split("\n")[0] for text in texts.values()) == sorted(documents.values())


@pytest.mark.parametrize(("depth", "opened"), [(1, True), (3, True), (4, False), (30, False)])
def test_archives_in_archives_are_opened_three_deep(tmp_path, depth, opened):
    (tmp_path / "a.zip").write_bytes(nested(depth))
    made = corpus.build(tmp_path, n_jobs=1)
    assert len(made.documents) == opened
    assert opened or "archive in an archive" in made.quarantine["reason"][0]


def test_an_archive_of_bombs_is_looked_into_no_further_than_an_archive_may_hold(tmp_path, monkeypatch):
    from helpers.corpus import archives

    monkeypatch.setattr(archives, "_INSIDE", 3000)
    inner = archive({"a.txt": as_txt(PAPER)})
    (tmp_path / "a.zip").write_bytes(archive({f"{k}.zip": inner for k in range(20)}))
    made = corpus.build(tmp_path, n_jobs=1)
    reasons = made.quarantine["reason"]
    assert len(made.documents) == 1 and reasons.str.contains("archive in an archive").sum() >= 20 - 3000 // len(inner) - 1


@pytest.mark.parametrize("suffix", [".zip", ".rar", ".7z"])
def test_a_document_that_is_called_an_archive_is_read_and_a_real_one_is_not(tmp_path, suffix):
    for k, data in enumerate((as_docx(PAPER), as_typst(PAPERS["figures"]), b"Rar!\x1a\x07" + b"\0" * 90)):
        (tmp_path / f"{k}{suffix}").write_bytes(data)
    made = corpus.build(tmp_path, n_jobs=1)
    wanted = [f"0{suffix}", f"1{suffix}"][: 2 if suffix == ".zip" else 1]
    assert made.documents["source_file"].tolist() == wanted
    assert dict(made.quarantine[["source_file", "reason"]].to_numpy())[f"2{suffix}"].count("archive") == 1


def test_names_of_members_in_gbk(tmp_path):
    data = archive({"AAAA.txt": as_txt(PAPER)}).replace(b"AAAA", "方案".encode("gbk"))
    (tmp_path / "a.zip").write_bytes(data)
    assert corpus.build(tmp_path, n_jobs=1).documents["source_file"].tolist() == ["a.zip/方案.txt"]


def refused(tmp_path, name: str, data: bytes) -> str:
    (tmp_path / name).write_bytes(data)
    made = corpus.build(tmp_path, n_jobs=1)
    assert made.documents.empty
    [reason] = made.quarantine["reason"]
    assert "\n" not in reason and "please report" not in reason
    return reason


def bomb(name: str) -> bytes:
    return archive({name: b"0" * (40 * 2**20)})


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + stream.encode("utf-16-le") + b"\0" * 900


ENTITY = (
    "<!DOCTYPE x [<!ENTITY a '{}'>]><office:document-content xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' "
    "xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0'><office:body><office:text><text:p>支持企业技改&a;。</text:p>"
    "</office:text></office:body></office:document-content>"
)
DEEP = "<text:section>" * 3000 + "<text:p>支持企业。</text:p>" + "</text:section>" * 3000
BAD = {
    "bomb.zip": (bomb("a.txt"), "bomb"),
    "bomb.odt": (bomb("content.xml"), "bomb"),
    "bomb.ofd": (archive({"OFD.xml": b"0" * (40 * 2**20)}), "bomb"),
    "cut.ofd": (ofd_of(as_typst(PAPER))[:-900], "broken"),
    "empty.ofd": (archive({"OFD.xml": b"<a/>"}), "broken"),
    "entity.ofd": (archive({"OFD.xml": b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><OFD>&a;</OFD>"}), "broken"),
    "cut.zip": (archive({"a.txt": as_txt(PAPER)})[:-30], "broken"),
    "cut.odt": (as_odt(PAPER)[:700], "broken"),
    "cut.doc": ((FORMATS / "tasks.doc").read_bytes()[:9000], "broken"),
    "cut.docm": (with_macros(as_docx(PAPER))[:3000], "broken"),
    "none.zip": (archive({}), "no documents"),
    "sheet.doc": (ole("Workbook"), "spreadsheet"),
    "locked.docx": (ole("EncryptedPackage"), "password"),
    "mail.doc": (ole("__properties_version1.0"), "Outlook"),
    "sheet.docx": (archive({"xl/workbook.xml": b"<a/>"}), "spreadsheet"),
    "slides.odt": (archive({"mimetype": b"application/vnd.oasis.opendocument.presentation"}), "slides"),
    "deep.rtf": (b"{\\rtf1" + b"{" * 90_000 + b"}" * 90_000, "nested"),
    "deep.odt": (
        archive({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": ENTITY.format("").replace(
            "<text:p>", DEEP + "<text:p>").encode()}), "Open",
    ),
    "empty.mht": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=a\r\n\r\n--a--\r\n", "no page"),
    "laughs.odt": (
        archive({"content.xml": ENTITY.replace("'{}'", "'" + "哈" * 99 + "'>" + "".join(
            f"<!ENTITY b{k} '{f'&b{k - 1};' * 99 if k else '&a;' * 99}'" + ">" for k in range(9))[:-1]).replace("&a;。", "&b8;。").encode()}),
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_has_one_sentence(tmp_path, name):
    data, word = BAD[name]
    assert word in refused(tmp_path, name, data)


def test_no_entity_leads_out(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("平江县绝密规划", encoding="utf-8")
    text = ENTITY.replace("'{}'", f"SYSTEM 'file://{secret}'")
    found = readers.read_here(archive({"content.xml": text.encode()}), ".odt")
    assert "支持企业技改" in found.text and "绝密" not in found.text


def test_a_member_is_limited_when_it_is_read(tmp_path):
    """The size that an archive states is no promise."""
    data = archive({"a.txt": b"0" * 3_000_000})
    with zipfile.ZipFile(BytesIO(data)) as made:
        size = made.infolist()[0].file_size.to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(data.replace(size, (99).to_bytes(4, "little")))
    made = corpus.build(tmp_path, n_jobs=1)
    assert made.documents.empty and len(made.quarantine) == 1


@pytest.mark.parametrize("suffix", OLD)
def test_letters_in_are_letters_out_and_letters_logged(suffix):
    for name in ("tasks", "figures", "rich"):
        found = readers.read((FORMATS / f"{name}{suffix}").read_bytes(), suffix)
        repaired = repair.repair(found.text, found.left_out)
        cut = structure.outline(repaired.text)
        inside = "".join(part.text for part in [*cut.units, *cut.headings, *cut.cells] if part.start < part.end)
        logged = sum((letters(r.before) - letters(r.after) for r in repaired.repairs), Counter())
        assert letters(found.text) == letters(repaired.text) + logged and letters(repaired.text) == letters(inside)


def letters(text: str) -> Counter:
    return Counter(structure.text_key(text))


def test_kinds_are_told_by_bytes():
    assert kinds.kind_of_file("平江县".encode("utf-16"), ".txt") == ".txt"
    assert kinds.kind_of_file("BM公司：\nContent-Type: 支持。".encode(), ".txt") == ".txt"
    with pytest.raises(blocks.Unreadable, match="program"):
        kinds.kind_of_file(b"\x7fELF...", ".docx")


@pytest.mark.parametrize("wrapper", ["text:section", "draw:a", "text:numbered-paragraph", "office:unheard"])
def test_whatever_wraps_paragraphs_of_an_opendocument_text(wrapper):
    spaces = " ".join(
        f"xmlns:{name}='urn:oasis:names:tc:opendocument:xmlns:{path}:1.0'"
        for name, path in {"office": "office", "text": "text", "draw": "drawing"}.items()
    )
    body = f"<{wrapper}><text:p>支持企业技术改造。</text:p></{wrapper}>"
    flat = f"<office:document {spaces}><office:body><office:text>{body}</office:text></office:body></office:document>"
    assert readers.read_here(flat.encode(), ".odt").text == "支持企业技术改造。"


@pytest.mark.parametrize("fragment", [b"\\\\", b"\\'b9", b"{\\b a}", b"a\\cell "])
def test_an_rtf_file_of_double_length_takes_double_time(fragment):
    def step(text: str) -> None:
        with suppress(corpus.Unreadable):
            readers.read_here(b"{\\rtf1\\ansicpg936 \\u25903?" + text.encode() + b"}", ".rtf")

    tries = (growing.growth(step, fragment.decode(), 60_000 * len(fragment)) for _ in range(3))  # a busy machine is no fault
    assert any(taken < 0.3 or ratio < 3 for taken, ratio in tries)
