"""The time of each step grows with the length of a text, not with its square, whatever is repeated in it."""

import os
import random

import growing
import numpy as np
import pandas as pd
import pytest

from helpers import codebook, coding, commitments, repair, store, structure
from helpers.coding.coder import Coder

LENGTH = int(os.environ.get("HELPERS_GROWTH", "4000"))  # characters; `make fuzz` takes 40,000, and pairs of fragments
MOST = 2.5  # times as long for a text of double length
LEAST = 0.04  # seconds; less cannot be compared
SCHEME = codebook.load(store.PROJECT_ROOT / "data/codebook/policy_tools.yml")
CHAIN = codebook.load(store.PROJECT_ROOT / "data/codebook/value_chain.yml")
MEASURE = pd.DataFrame({"unit_id": ["d:00001"], "statement": ["measure"]})


def unit(text: str) -> pd.DataFrame:
    return pd.DataFrame({"unit_id": ["d:00001"], "doc_id": ["d"], "position": [1], "text": [text], "heading_path": [""]})


def learned() -> Coder:
    """Return a coder that some sentences have taught."""
    texts = ["支持企业技术改造", "对企业给予奖励", "引进人才", "到2025年产值达到10亿元", "建设厂房", "过去五年成绩明显"] * 5
    kinds = ["measure", "measure", "measure", "goal", "measure", "background"] * 5
    tools = ["technology", "funding", "talent", "planning", "infrastructure", ""] * 5
    frame = pd.DataFrame({"text": [f"{text}{n}。" for n, text in enumerate(texts)], "statement": kinds, "tools": tools})
    frame = frame.assign(unit=[f"g{n}" for n in range(len(frame))], set="train", heading="", county=["甲县", "乙县"] * 15)
    return Coder(SCHEME, frame.assign(source_file="", year="", inclusion_probability=np.nan), 0)


STEPS = {
    "repair": repair.repair,
    "structure": structure.outline,
    "metadata": lambda text: structure.metadata(text, "x.txt"),
    "coding": lambda text: coding.code_units(unit(text), SCHEME, None),
    "stages": lambda text: coding.unit_stages(unit(text), MEASURE, CHAIN),
    "commitments": lambda text: commitments.extract(unit(text)),
    "actors": lambda text: commitments.actors(unit(text)),
}


def fragments() -> list[str]:
    """Return the fragments; in the long version, pairs of them too."""
    if LENGTH < 20_000:
        return list(growing.FRAGMENTS)
    generator = random.Random(20250101)
    return [*growing.FRAGMENTS, *("".join(generator.sample(growing.FRAGMENTS, 2)) for _ in range(300))]


def slow(step) -> list[str]:
    step("支持企业5%。")  # what is loaded once is not counted
    found = []
    for fragment in fragments():
        taken, ratio = growing.growth(step, fragment, LENGTH)
        if taken > LEAST and ratio > MOST:  # a breath of the machine, or what grows in a window only, is gone in longer texts
            taken, ratio = growing.growth(step, fragment, 3 * LENGTH)
        if taken > LEAST and ratio > MOST:
            found.append(f"{fragment!r}: {taken:.2f} s, {ratio:.1f} times")
    return found


@pytest.mark.parametrize("name", STEPS)
def test_a_text_of_double_length_takes_double_time(name):
    assert slow(STEPS[name]) == []


def test_so_does_the_evidence_of_the_learned_coder():
    coder = learned()
    assert slow(lambda text: coder.code(unit(text))) == []


def test_a_long_unit_gives_the_promises_of_its_sentences():
    sentence = "到2025年规模工业总产值达到{}亿元;对新引进的企业给予奖励{}万元;"
    texts = [sentence.format(n, n) for n in range(100, 160)]
    apart = [row.value for text in texts for row in commitments.extract(unit(text)).itertuples()]
    together = commitments.extract(unit("".join(texts)))
    assert together["value"].tolist() == apart
    whole = "".join(texts)
    for row in together.itertuples():
        assert row.value in whole[row.evidence_start : row.evidence_end]


@pytest.mark.parametrize("run", ["1" * 40_000, "一" * 40_000, "9" * 400 + "%", "1,000," * 9_000])
def test_a_run_of_digits_is_no_number(run):
    found = commitments.extract(unit(f"到2025年产值增长{run}5%。"))
    assert all(len(value) < 60 for value in found["value"])
