# ruff: noqa: E501 (alphabets: Chinese characters count double)
"""Thousands of random inputs for everything that reads what strangers write; what was ever found is tried again first."""

import json
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FORMATS = Path(__file__).parent / "fixtures" / "formats"
FUZZ = Path(__file__).parent / "fuzz"
sys.path.insert(0, str(FUZZ))
import targets  # noqa: E402

MANY = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
FEWER = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

# fmt: off
PIECES = [
    "一、", "(一)", "1.", "第三条 ", "附件1\n", "\n", "。", ";", "，", "“", "”", "(", "）", "《", "》", "〔2017〕3号", " ", "\u3000", "\t",
    "湘阴县", "人民政府", "关于印发", "的通知", "2017年3月1日", "到2025年", "底前", "力争", "增长", "不低于", "10%", "3.5亿元", "500-800万元", "翻一番",
    "１２", "两成", "每年安排", "奖励", "补贴", "支持企业技改", "人才引进", "责任单位:", "县发改局", "牵头", "县工信局、", "分别", "达到", "以上", "的",
    "發(fā)展", "?xún)", "\ufffd", "\u200b", "\xa0", "😀", "𠮷", "\r\n", "─", "来源:", "浏览次数:12", "目 录", "第3页 共10页", "<script>", "=1+1",
    "九千九百九十九万亿", "0", "-", "%", "1000000000000000000000", "二〇二五", "十", "百", "/", "…", "、",
]
# fmt: on
TEXT = st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=60)
MARKUP = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<table><tr><td>", "<div style='display:none'>", "<script>", "</script>", "<!--", "-->", "&#x4e2d;", "&#0;", "&",
         "<", "支持企业。", "<meta charset=gbk>", "<title>", "<![CDATA[", "]]>", "<br/>", "<svg", "\0", "<td colspan=99999>", "\xff"]
    ), max_size=30,
).map(lambda parts: "".join(parts).encode("utf-8"))  # fmt: skip
CELLS = st.lists(
    st.sampled_from(["path", "sha256", "year", ",", "\n", '"', "a.txt", "../x", "/etc/passwd", "C:\\x", "\\\\host\\x", "..", "a/../../b", "\0", "\ufeff", "年", "."]),
    max_size=25,
).map(lambda parts: "".join(parts).encode("utf-8"))  # fmt: skip
YAML = st.lists(
    st.sampled_from(["id: x\n", "types:\n", "- {id: a, en: A, zh: 甲}\n", "tools: []\n", "? ", "!!python/object:os.system ", "&a ", "*a", "[", "]",
                     "{", "}", ": ", "\n", "  ", "'", '"', "|", ">", "%", "@", "\t", "regex: '(a+)+$'\n", "1e999", "0x", "~", "<<: *a\n", "---\n",
                     "!!int ", "!!binary ", "!!timestamp ", "!!float ", "!!set ", "2019-99-99", "1:99:99", "12_3"]),
    max_size=25,
).map(lambda parts: "".join(parts).encode("utf-8"))  # fmt: skip
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["id", "name", "types", "tools", "type", "en", "zh", "patterns", "words", "regex", "weight", "rules", "near"]
            )
            | st.integers(),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@MANY
@given(TEXT)
def test_repair(text):
    targets.repair_text(text)


@MANY
@given(
    st.binary(max_size=80)
    | TEXT.flatmap(lambda t: st.sampled_from(["utf-8", "gb18030", "utf-16", "big5"]).map(lambda e: t.encode(e, "ignore")))
)
def test_decoding(data):
    targets.decode_bytes(data)


@MANY
@given(TEXT)
def test_structure(text):
    targets.cut_text(text)


@settings(FEWER, max_examples=60)
@given(st.lists(TEXT, min_size=10, max_size=40))  # a batch, as in a run: 60 batches are some 1,500 units
def test_coding(texts):
    targets.code_texts(texts)


@settings(FEWER, max_examples=60)
@given(st.lists(TEXT, min_size=10, max_size=40))
def test_commitments(texts):
    targets.read_commitments(texts)


@MANY
@given(VALUE)
def test_codebook_values(content):
    targets.parse_codebook(content)


def valid() -> dict:
    """A codebook in which nothing is wrong."""
    entry = {
        "id": "a.x",
        "regex": "支持.{0,3}企业",
        "near": ["奖励"],
        "note": "n",
        "source": "s",
        "weight": 1,
        "scope": "unit",
        "in": "text",
    }
    tool = {"id": "b", "type": "a", "en": "B", "zh": "乙", "counts": "c", "patterns": [entry]}
    kind = {"id": "a", "en": "A", "zh": "甲", "colour": "#123456"}
    rules = {"max_tools": 3, "without_tools": ["other"], "threshold": 1, "goal_tool": "b"}
    return {
        "id": "x",
        "version": "1",
        "name": {"en": "X", "zh": "丙"},
        "types": [kind],
        "tools": [tool],
        "statements": {"goal": []},
        "rules": rules,
    }


def places(value, path=()):
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*path, key))


ODD_VALUE = VALUE | st.sampled_from(
    ["(" * 3000, "a{99999999999}", "[", "(?i)x", "\\", "x" * 9000, 10**400, float("nan"), "\n", [[]], {}]
)


@MANY
@given(st.sampled_from([path for path in places(valid()) if path]), ODD_VALUE, st.booleans())
def test_codebook_with_one_thing_wrong(path, value, drop):
    content = inner = valid()
    for key in path[:-1]:
        inner = inner[key]
    if drop:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    targets.parse_codebook(content)


@FEWER
@given(YAML | st.binary(max_size=60))
def test_codebook_files(data):
    targets.load_codebook(data)


@FEWER
@given(MARKUP | TEXT.map(str.encode) | st.binary(max_size=200), st.sampled_from(targets.SUFFIXES))
def test_documents(data, suffix):
    targets.read_document(data, suffix)


SEEDS = [FORMATS / name for name in ("rich.doc", "tasks.doc", "rich.rtf", "rich.fodt")]


@FEWER
@given(
    st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 30_000), st.binary(max_size=6)), max_size=8), st.integers(0, 30_000)
)
def test_formats_with_some_bytes_wrong(seed, wrong, kept):
    data = bytearray(seed.read_bytes())
    for position, piece in wrong:
        data[position % len(data) : position % len(data) + len(piece)] = piece
    targets.read_format(bytes(data[: len(data) - kept] if kept < len(data) // 2 else data), seed.suffix.replace("fodt", "odt"))


@FEWER
@given(CELLS | st.binary(max_size=60))
def test_manifests(data):
    targets.read_manifest(data)


XML = st.lists(
    st.sampled_from(
        ["<sheetData>", "</sheetData>", "<row r='2'>", "<row>", "</row>", "<c r='A2' t='inlineStr'>", "<is><t>x</t></is></c>", "<c t='s'>",
         "<v>9</v></c>", "<row r='99999999999'>", "<Sources>", "<TextSource name='a' plainTextPath='internal://../../x'>", "</TextSource>",
         "<PlainTextSelection startPosition='-1' endPosition='9999999999999999999999'>", "<Coding>", "<CodeRef targetGUID='{x}'/>",
         "<!DOCTYPE a [<!ENTITY b 'c'>]>", "&b;", "</Project>", "</Coding>", "</PlainTextSelection>", "<Users><User guid='x'/>", "<", "\0"]
    ), max_size=25,
).map(lambda parts: "".join(parts).encode("utf-8"))  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "x", "../x", "/etc/passwd", "processed/a.csv", "0" * 64, "C:\\x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["steps", "outputs", "fingerprint", "versions", "parameters", "inputs", "run", "raw", "given", "01_clean", "report",
                         "../x", "figures/../../x", "reason", "document", "units"]), inner, max_size=6),
    max_leaves=20,
).map(lambda value: json.dumps(value).encode("ascii"))  # fmt: skip


@FEWER
@given(XML | st.binary(max_size=60))
def test_sheets(data):
    targets.read_sheet(data)


@FEWER
@given(XML | st.binary(max_size=60))
def test_projects(data):
    targets.read_project(data)


@MANY
@given(JSON | st.binary(max_size=60))
def test_records(data):
    targets.read_record(data)


@FEWER
@given(JSON.map(lambda data: data + b"\n") | st.binary(max_size=60))
def test_parts(data):
    targets.read_part(data)


FOUND = sorted((FUZZ / "found").glob("*"))


@pytest.mark.parametrize("path", FOUND, ids=[path.name for path in FOUND])
def test_what_was_once_found(path):
    """A file found/<target>--<what> is an input that once failed."""
    target, data = path.name.split("--")[0], path.read_bytes()
    if target in ("read_document", "read_format"):
        return getattr(targets, target)(data, path.suffix)
    if target in ("repair_text", "cut_text"):
        return getattr(targets, target)(data.decode("utf-8", "surrogatepass"))
    if target in ("code_texts", "read_commitments"):
        return getattr(targets, target)(data.decode("utf-8").split("\n"))
    return getattr(targets, target)(data)
