"""Projects in the shape that clients write: marks, line ends and counting of their own, PDF texts, new identifiers, users."""

import io
import re
import zipfile

import pandas as pd
import pytest
from test_qda import SCHEME, frame, project

from helpers.codebook import CodebookError, parse
from helpers.export import qda, qda_read
from helpers.export.qda_places import Countings, Selection

TEXT = "\n".join([
    "湘阴县办法", "一、总则", "支持企业技改😀。对落户企业给予奖励;办好园区。", "", "优化环境𠮷。支持企业。支持企业。", "二、保障",
    *(f"第{i}条支持企业技改{i}项。" for i in range(30)), "",
])  # fmt: skip


def qualcoder(
    texts, spans, rows, *, line_end="\n", mark=True, counts_mark=False, utf16=False, pdf=(), users=None, codes="name", names=40
):
    """Write a project as QualCoder does: identifiers of its own, one selection a coding, each named by its text.

    rows: (unit, user's guid, code, start, end). A file named .pdf becomes a PDFSource with its text in a Representation.
    """
    labels = {t.id: f"{t.names['en']} {t.names['zh']}" for t in SCHEME.tool_list} | qda.STATEMENT_NAMES
    guid_of = {code: f"{i:08d}-0000-4000-8000-000000000000" for i, code in enumerate(labels)}
    place = {row.unit_id: row for row in spans.itertuples(index=False)}
    users = users or {"u1": "Li Wei"}

    def code_xml(code: str) -> str:
        told = f"id: {qda.statement_id(code) if code in qda.STATEMENT_NAMES else code}\nrenamed by the team"
        name = labels[code] if codes == "name" else f"Anders {guid_of[code][:8]}"
        return f'<Code guid="{guid_of[code]}" name="{name}" isCodable="true"><Description>{told}</Description></Code>'

    def at(text: str, position: int) -> int:
        before = text[:position]
        counted = position + before.count("\n") * (len(line_end) - 1)
        return counted + (sum(c > "\uffff" for c in before) if utf16 else 0) + (1 if mark and counts_mark else 0)

    sources, members = "", {}
    for number, (doc, text) in enumerate(texts.items()):
        chosen = ""
        for n, (unit, user, code, start, end) in enumerate(rows):
            if place[unit].doc_id != doc:
                continue
            first, last = place[unit].start + start, place[unit].start + end
            name = f' name="{text[first:last][:names]}"' if names else ""
            chosen += (
                f'<PlainTextSelection guid="s{doc}{n}" startPosition="{at(text, first)}" endPosition="{at(text, last)}"{name} '
                f'creatingUser="{user}"><Coding guid="c{doc}{n}" creatingUser="{user}"><CodeRef targetGUID="{guid_of[code]}"/>'
                "</Coding></PlainTextSelection>"
            )
        file = f"11111111-0000-4000-8000-{number:012d}.txt"
        members[f"sources/{file}"] = ("\ufeff" if mark else "").encode() + text.replace("\n", line_end).encode()
        inside = f'plainTextPath="internal://{file}"'
        if doc in pdf:
            inner = f'<Representation guid="r{doc}" {inside} name="{doc}">{chosen}</Representation>'
            sources += f'<PDFSource guid="p{doc}" name="{doc}.txt" path="internal://x.pdf">{inner}</PDFSource>'
        else:
            sources += f'<TextSource guid="t{doc}" name="{doc}.txt" {inside}>{chosen}</TextSource>'
    people = "".join(f'<User guid="{guid}" name="{name}"/>' for guid, name in users.items())
    book = "".join(map(code_xml, labels))
    xml = (
        f'<?xml version="1.0" encoding="utf-8"?><Project xmlns="{qda.NAMESPACE}" name="x"><Users>{people}</Users>'
        f"<CodeBook><Codes>{book}</Codes></CodeBook><Sources>{sources}</Sources></Project>"
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("project.qde", xml)
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


@pytest.fixture
def corpus(tmp_path):
    texts = {"a": TEXT, "b": "另一县办法\n一、总则\n鼓励人才落户。\n"}
    documents, units, spans = project(texts)
    rows = [(unit, "u1", "measure", 0, len(text)) for unit, text in zip(units["unit_id"], units["text"], strict=True)]
    rows += [(unit, "u1", "funding", 0, 2) for unit in units["unit_id"]]
    return texts, documents, spans, rows, tmp_path / "client.qdpx"


def imported(corpus, **shape):
    texts, documents, spans, rows, path = corpus
    path.write_bytes(qualcoder(texts, spans, rows, **shape))
    return qda_read.read_qdpx(path, documents, texts, spans, SCHEME)


SHAPES = {
    "plain": {}, "no mark": {"mark": False}, "mark counted": {"counts_mark": True}, "windows": {"line_end": "\r\n"},
    "its line-ending option on windows": {"line_end": "\r\r\n"}, "utf-16": {"utf16": True},
    "windows, utf-16, mark counted": {"line_end": "\r\n", "utf16": True, "counts_mark": True},
    "a pdf's text": {"pdf": ("a",)}, "renamed codes": {"codes": "renamed"},
    "names cut short": {"names": 4, "line_end": "\r\n", "counts_mark": True}, "names cut shorter": {"names": 3},
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_every_coding_comes_back_to_its_place(corpus, shape):
    if shape.get("line_end") == "\r\r\n":
        shape = {**shape, "line_end": "\r\n"} | {"mark": True}  # counted as two, written as three
    found = imported(corpus, **shape)
    expected = frame([(unit, "Li Wei", code, start, end) for unit, _, code, start, end in corpus[3]])
    pd.testing.assert_frame_equal(found.codings, expected)
    assert found.problems == []


def test_counted_as_two_but_written_as_three(corpus):
    texts, documents, spans, rows, path = corpus
    data = qualcoder(texts, spans, rows, line_end="\r\n")
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(path, "w") as out:
        for name in archive.namelist():
            content = archive.read(name)
            out.writestr(name, content.replace(b"\r\n", b"\r\r\n") if name.startswith("sources/") else content)
    found = qda_read.read_qdpx(path, documents, texts, spans, SCHEME)
    assert len(found.codings) == len(rows) and found.problems == []


def test_an_edited_text_loses_only_what_was_edited(corpus):
    texts, documents, spans, rows, path = corpus
    edited = {**texts, "a": texts["a"].replace("第7条支持企业技改7项。", "第7条另有规定。").replace("湘阴县办法", "湘阴县新办法")}
    moved = project(edited)[2].assign(unit_id=spans["unit_id"].to_numpy())
    path.write_bytes(qualcoder(edited, moved, rows, line_end="\r\n"))
    found = qda_read.read_qdpx(path, documents, texts, spans, SCHEME)
    here = spans[spans["doc_id"] == "a"]
    lost = {row.unit_id for row in here.itertuples() if TEXT[row.start : row.end].startswith(("第7条", "湘阴县办法"))}
    assert set(found.codings["unit_id"]) == set(spans["unit_id"]) - lost
    assert any("its text was changed" in problem and all(unit in problem for unit in lost) for problem in found.problems)


def test_where_no_name_decides_the_source_is_refused_and_said(corpus):
    found = imported(corpus, names=0)
    assert set(found.codings["unit_id"].str[0]) == set()
    assert sum("how its positions are counted cannot be told" in problem for problem in found.problems) == 2


def test_a_place_that_is_said_twice_is_decided_by_the_majority():
    text = "甲\n支持企业。支持企业。支持企业。\n乙丙丁"
    countings = Countings(text)
    chosen = [Selection("支持企业。", 3 + 5, 8 + 5), Selection("乙丙丁", 2 + 2 + 15, 5 + 2 + 15)]  # line breaks as two
    assert [text[a:b] for a, b in countings.placed(chosen)] == ["支持企业。", "乙丙丁"]
    assert countings.placed(chosen)[0] == (7, 12)


def test_users_of_one_name_are_told_apart_and_unknown_codes_are_counted(corpus):
    texts, documents, spans, rows, path = corpus
    both = [*rows, *((unit, "u2", "goal", start, end) for unit, _, code, start, end in rows if code == "measure")]
    data = qualcoder(texts, spans, both, users={"u1": "Admin", "u2": "Admin"})
    path.write_bytes(data)
    found = qda_read.read_qdpx(path, documents, texts, spans, SCHEME)
    assert found.codings.groupby("coder")["code"].agg(lambda c: sorted(set(c))).to_dict() == {
        "Admin": ["funding", "measure"], "Admin 2": ["goal"],
    }  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(path, "w") as out:
        for name in archive.namelist():
            content = re.sub(rb'name="Fiscal funding [^"]*"', b'name="Money"', archive.read(name))
            out.writestr(name, content.replace(b"id: funding\n", b""))
    found = qda_read.read_qdpx(path, documents, texts, spans, SCHEME)
    n = len(spans)
    assert found.problems == [
        f"{path.name}: 'Money' is not a code of the codebook, {n} codings were left out; use the codes of the exported code book"
    ]
    assert set(found.codings["code"]) == {"measure", "goal"}


def test_a_name_that_is_cut_fits_no_other_place_by_chance():
    """Where a line break counts twice, a line's end is all that is left of the name: but this program cuts names."""
    lines = ["甲", "乙", "丙", "支持", "支持企业。", *(f"{chr(0x4E00 + 7 * i)}人才落户。" for i in range(20))]
    text, first = "\n".join(lines), [9, *(15 + 7 * i for i in range(20))]
    ends = [13, *(at + 6 for at in first[1:])]
    chosen = [Selection(text[at : at + 2], at, end) for at, end in zip(first, ends, strict=True)]
    assert [text[a:b] for a, b in Countings(text).placed(chosen)] == ["支持企业", *lines[5:]]


def test_selections_without_text_are_counted(corpus):
    texts, documents, spans, rows, path = corpus
    data = qualcoder(texts, spans, rows[:2])
    nothing = b'<PlainTextSelection guid="e1" startPosition="5" endPosition="5"/>'
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(path, "w") as out:
        for name in archive.namelist():
            out.writestr(name, archive.read(name).replace(b"<PlainTextSelection", nothing + b"<PlainTextSelection"))
    found = qda_read.read_qdpx(path, documents, texts, spans, SCHEME)
    assert len(found.codings) == 2 and found.problems == [f"{path.name}: a.txt: 2 selections without any text were passed over"]


def test_a_tool_may_be_called_as_a_statement_is(tmp_path):
    tools = [{"id": "other", "type": "t", "zh": "其他工具"}, {"id": "goal", "type": "t", "zh": "设定目标"}]
    book = parse({"id": "x", "name": "x", "types": [{"id": "t", "en": "t", "zh": "类"}], "tools": tools})
    texts = {"a": TEXT}
    documents, units, spans = project(texts)
    codes = pd.DataFrame({"unit_id": units["unit_id"], "statement": "measure", "coder": "Li Wei"})
    used = pd.DataFrame({"unit_id": units["unit_id"], "tool": "other", "evidence_start": -1, "evidence_end": -1})
    used = pd.concat([used, used.head(3).assign(tool="goal")])
    path = qda.write_qdpx(tmp_path / "x.qdpx", documents, texts, spans, qda.machine_codings(units, codes, used), book)
    found = qda_read.read_qdpx(path, documents, texts, spans, book)
    coders, problems = qda_read.as_coders(found.codings, book)
    assert problems == found.problems == [] and set(coders["Li Wei"]["statement"]) == {"measure"}
    assert coders["Li Wei"]["tools"].tolist() == ["other;goal"] * 3 + ["other"] * (len(units) - 3)


def test_notes_come_along(corpus):
    texts, documents, spans, rows, path = corpus
    data = qualcoder(texts, spans, rows[:1])
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(path, "w") as out:
        for name in archive.namelist():
            content = archive.read(name)
            out.writestr(name, content.replace(b'"><Coding ', '"><Description>疑问：对象不明</Description><Coding '.encode()))
    found = qda_read.read_qdpx(path, documents, texts, spans, SCHEME)
    assert found.notes.values.tolist() == [["a:00001", "Li Wei", "疑问：对象不明"]]


def test_equal_labels_are_refused():
    tool = {"type": "t", "en": "Money", "zh": "资金"}
    book = {"id": "x", "name": {"en": "x", "zh": "x"}, "types": [{"id": "t", "en": "t", "zh": "t"}]}
    with pytest.raises(CodebookError, match="has the label 'Money' of tool a"):
        parse({**book, "tools": [{**tool, "id": "a"}, {**tool, "id": "b", "zh": "其他"}]})


def test_no_file_of_a_coder_is_written_over(tmp_path):
    from argparse import Namespace

    from helpers.commands.qda import _paths

    asked = Namespace(coder=None, file=tmp_path / "x.qdpx")
    paths = _paths(tmp_path, ["Li Wei", "LiWei"], asked)
    assert [path.name for path in paths.values()] == ["coder_LiWei.csv", "coder_LiWei_2.csv"]
    (tmp_path / "coder_LiWei.csv").write_text("")
    with pytest.raises(qda.QdaError, match="--coder NAME"):
        _paths(tmp_path, ["Li Wei"], asked)
    assert _paths(tmp_path, ["Admin"], Namespace(coder="B", file=tmp_path))["Admin"].name == "coder_B.csv"
