"""Gates: a text without the words that a regex cannot do without is not searched, and nothing is lost by that."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import codebook, coding, store
from helpers.codebook.gates import Gates, anchored, needed
from helpers.codebook.match import Haystack, matcher
from helpers.codebook.model import Entry


def words(pattern: str) -> list[set[str]]:
    return [set(found) for found in needed(pattern)]


def test_words_that_every_match_holds():
    assert words("建设.{0,9}园区") == [{"园区"}, {"建设"}]
    assert words("(?:奖励|补贴)[0-9]{1,4}万元") == [{"万元"}, {"奖励", "补贴"}]
    assert words("新?建成") == [{"建成"}]  # what may be missing is no gate
    assert words("园(?:区|地)建") == [{"区建", "地建"}]  # the last two characters of each string
    assert words("(?:为.{2,9}设立|[一-龥]{2}部门)") == [{"设立", "部门"}]  # one word of each branch
    assert words("(?=园区).{2}厂?") == words("[0-9]{4}年?") == words("(?i)abc") == words("(?i:ppp)") == words("建设|.{4}") == []


def test_anchors():
    assert anchored("^第[一二]条") and anchored("^附件|^附表")
    assert not anchored("第[一二]条") and not anchored("^附件|附表") and not anchored("")


@pytest.fixture(scope="module")
def shipped():
    scheme = codebook.load(store.PROJECT_ROOT / "data/codebook/policy_tools.yml")
    texts = coding.read_labelled()["text"].tolist()[:2000]
    return matcher((*scheme.entries, *scheme.statement_entries)), texts


def test_gates_lose_no_hit_of_the_shipped_codebook(shipped):
    machine, texts = shipped
    hay = Haystack(texts)
    opened, n_skipped, n_hits = machine.gates.open(hay.points, hay.starts), 0, 0
    folded = hay.text.split("\n")[:-1]
    for number, regex in enumerate(machine.regexes):
        if regex is not None:
            hit = {i for i, text in enumerate(folded) if regex.search(text)}
            let_in = set(opened.texts(number).tolist())
            assert hit <= let_in, (machine.entries[number].id, folded[min(hit - let_in)])
            n_hits, n_skipped = n_hits + len(hit), n_skipped + len(texts) - len(let_in)
    assert n_hits > 1000 and n_skipped > len(texts)


def test_a_unit_has_the_same_hits_whoever_stands_beside_it(shipped):
    machine, texts = shipped
    scheme_entries = machine.entries
    together = codebook.find(scheme_entries, texts[:300])
    for number in range(0, 300, 7):
        alone = codebook.find(scheme_entries, [texts[number]])
        here = together.take(np.array([number]))
        assert np.array_equal(alone.entry, here.entry) and np.array_equal(alone.start, here.start)


@pytest.mark.parametrize("regex", [r"\A建设", "(?-m:^建设)", r"(?<!\s)建设", "(?<![国])建设", r"建设.\Z", "建设(?=.$)"])
def test_a_regex_sees_nothing_of_the_unit_before_or_after(regex):
    """Looking behind or for an end stops at the unit's own."""
    entries = (Entry("e", "measure", regex=regex),)
    assert codebook.find(entries, ["国", "建设甲", "建设乙"]).unit.tolist() == [1, 2]
    assert len(codebook.find((Entry("e", "measure", regex="(?<=[^国])建设"),), ["建设甲", "建设乙"])) == 0


_PART = st.sampled_from([
    "甲", "乙丙", "丁", ".", "[甲丁]", "[^乙]", "(?:甲|乙丙|丁.)", "甲?", "(?:乙丙){0,1}", ".{0,3}", "(?!丁)", "(?=甲)", "丙{2}",
    "(?>甲|乙)", "丁++", "(?:甲|)", "(?i:戊)", "(?<=乙)", "[丁-甲]",
])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_PART, min_size=1, max_size=5), st.lists(st.text("甲乙丙丁戊\U0002000b", max_size=9), min_size=1, max_size=6))
def test_gates_never_shut_out_a_match(parts, texts):
    pattern, hay = "".join(parts), Haystack(texts)
    let_in = set(Gates([None, pattern]).open(hay.points, hay.starts).texts(1).tolist())
    assert {i for i, text in enumerate(texts) if re.search(pattern, text)} <= let_in
