"""What must hold for any text at all."""

import numpy as np
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers import codebook, coding, commitments, segment

BOOK = codebook.load("data/codebook/policy_tools.yml")
_ROWS = [
    ("县财政给予企业奖励50万元。", "measure", "funding"),
    ("新建道路、管网和厂房。", "measure", "infrastructure"),
    ("到2025年产值达到100亿元。", "goal", "planning"),
    ("去年引进项目68个。", "background", ""),
    ("各乡镇人民政府:", "other", ""),
]
_GOLD = pd.DataFrame(_ROWS, columns=["text", "statement", "tools"]).assign(unit=list("abcde"), set="train", heading="")
CODERS = [coding.Coder(BOOK, _GOLD, method=method) for method in coding.METHODS]
_WORDS = st.sampled_from(
    ["财政", "奖励", "建设", "人才", "去年", "到2025年,", "不得", "项目", "企业", "\n", "。", ",", "5%", "(", "😀"]
)
_TEXTS = st.one_of(st.text(max_size=40), st.lists(_WORDS, max_size=30).map("".join))


@given(st.lists(st.tuples(_TEXTS, st.sampled_from(["", "一、发展目标", "回顾 > (一)成效"])), max_size=6))
@example([("0", ""), ("", "")])  # nothing in the second text, and little in the first
@settings(max_examples=40, deadline=None)
def test_any_text_is_coded_in_keeping_with_the_codebook(rows):
    frame = pd.DataFrame(rows, columns=["text", "heading_path"]).assign(unit_id=[str(i) for i in range(len(rows))])
    for coder in CODERS:
        codes, tools = coder.code(frame)
        assert list(codes["unit_id"]) == list(frame["unit_id"])
        assert codes["statement"].isin(codebook.STATEMENTS).all()
        assert codes["statement_score"].between(0, 1).all() and tools["score"].between(0, 1).all()
        assert not tools.duplicated(["unit_id", "tool"]).any()
        assert (tools["unit_id"].value_counts() <= 3).all()
        silent = codes.loc[codes["statement"].isin(["background", "other"]), "unit_id"]
        assert not tools["unit_id"].isin(silent).any()
        goals = set(codes.loc[codes["statement"] == "goal", "unit_id"])
        assert goals == set(tools.loc[(tools["tool"] == "planning") & tools["unit_id"].isin(goals), "unit_id"])
        text = dict(zip(frame["unit_id"], frame["text"], strict=True))
        for row in tools.itertuples():
            assert text[row.unit_id][row.evidence_start : row.evidence_end] == row.evidence


def _between_words(text: str, at: int) -> bool:
    """Tell whether an offset lies inside no word of the segmenter and no number."""
    place = 0
    for word in segment.tokenise([text])[0]:
        place = text.index(word, place)
        if place < at < place + len(word):
            return False
        place += len(word)
    return not (0 < at < len(text) and text[at - 1].isdigit() and text[at].isdigit())


_CLAUSES = st.sampled_from([
    "新增股份制改造企业15家", "新产品认定100项", "产值10亿元以上企业10家(含20亿元以上企业2家)", "推动大产业集群基本形成",
    "研发投入占比达2.8%", "安排专项资金1,500万元", "2023-2025年给予贷款贴息", "每万人发明专利拥有量达7.5件", "建设5G基站300个",
    "引进高层次人才", "完善营商环境", "对规模以上工业企业一次性奖励二十万元", "鼓励企业上市", "“一站式”服务",
])  # fmt: skip


@given(st.lists(st.tuples(_CLAUSES, st.sampled_from(",;。、 ")), min_size=1, max_size=5))
@settings(max_examples=30, deadline=None)
def test_what_is_marked_begins_and_ends_between_words_and_numbers(parts):
    text = "".join(clause + mark for clause, mark in parts)
    units = pd.DataFrame({"unit_id": ["u"], "doc_id": ["d"], "text": [text], "heading_path": ["一、发展目标"]})
    chain = codebook.load("data/codebook/value_chain.yml")
    spans = []
    for coder in CODERS:
        codes, tools = coder.code(units)
        spans += [tools, coding.unit_stages(units, codes, chain)]
    for frame in (*spans, commitments.extract(units)):
        for start, end in frame[["evidence_start", "evidence_end"]].dropna().itertuples(index=False):
            assert _between_words(text, start) and _between_words(text, end), text[start:end]
            assert text[start].isalnum() or text[start] in "(“", text[start:end]
            assert text[end - 1].isalnum() or text[end - 1] in "%)”", text[start:end]


@given(st.text(max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_any_span_of_any_text_stays_in_the_text(text, start, length):
    first, last = segment.snapped(text, min(start, len(text)), min(start + length, len(text)))
    assert 0 <= first <= last <= len(text)
    assert not text.strip() or not any(c.isalnum() for c in text) or _between_words(text, first) and _between_words(text, last)


_SIGNS = st.sampled_from(["中国制造2025", "互联网+", "５Ｇ", "3.5%", "1-2年", " ", "\0"])
_SPANS = st.tuples(
    st.lists(_CLAUSES | _WORDS | _SIGNS | st.text(max_size=9), max_size=9), st.integers(-1, 30), st.integers(-1, 9)
)


@given(st.lists(_SPANS, max_size=6))
@settings(max_examples=60, deadline=None)
def test_many_spans_at_once_are_what_each_is_alone(spans):
    texts, start = ["".join(parts) for parts, _, _ in spans], np.array([start for _, start, _ in spans], dtype=int)
    end, number = start + np.array([length for _, _, length in spans], dtype=int), np.arange(len(spans))
    found = zip(*segment.snapped_all(texts, number, start, end), strict=True)
    assert [*map(tuple, found)] == [segment.snapped(*row) for row in zip(texts, start.tolist(), end.tolist(), strict=True)]


def test_the_rules_give_the_same_tools_with_evidence_and_without():
    units = pd.DataFrame({"unit_id": list("abcde"), "text": [row[0] for row in _ROWS], "heading_path": "一、发展目标"})
    with_evidence = coding.code_units(units, BOOK, method="rules")[1][["unit_id", "tool", "tool_type"]]
    assert coding.tools_by_rules(units, BOOK).values.tolist() == with_evidence.values.tolist()
