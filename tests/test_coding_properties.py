"""What must hold for any text at all."""

import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers import codebook, coding

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
