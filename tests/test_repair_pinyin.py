"""The pinyin artefact: what the sites do forwards (garbling.py), the module must undo."""

import csv
import time
from functools import cache
from pathlib import Path

import garbling
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers.repair import apply, repair
from helpers.repair.readings import LETTERS, reads, toneless

GOLD = Path(__file__).parents[1] / "data" / "gold"
RAW = Path(__file__).parents[1] / "data" / "raw"


@cache
def sentences() -> tuple[str, ...]:
    """Gold sentences that the cleaner leaves as they are: what comes back can then be compared letter by letter."""
    with (GOLD / "gold.csv").open(encoding="utf-8", newline="") as rows:
        texts = sorted({row["text"] for row in csv.DictReader(rows)})
    return tuple(t for t in texts if repair(t).text == t and all(map(garbling.in_gbk, t)))


@pytest.mark.parametrize(
    ("seen", "clean"),
    [
        ("80天以?xún)?nèi)。深入推進(jìn)", "80天以内。深入推进"),  # both halves of the torn pair carry a reading
        ("或?qū)崿F(xiàn)相關(guān)產(chǎn)業(yè)", "或实现相关产业"),  # out of step until the F
        ("并通報(bào)表?yè)P(yáng)", "并通报表扬"),
        ("加快政府?dāng)?shù)字化轉(zhuǎn)型", "加快政府数字化转型"),
        ("建設(shè)的快速?zèng)Q策機(jī)制。", "建设的快速决策机制。"),
        ("因?yàn)椴块T", "因为部门"),  # two characters out of step
        ("組成部分??h域經(jīng)濟(jì)", "组成部分。县域经济"),  # a comma before a full-width mark, found byte-wise
        ("方式有其特殊性?,F(xiàn)結(jié)合實(shí)際", "方式有其特殊性。现结合实际"),
        ("落實“六保”任務", "落实“六保”任务"),  # traditional, nothing inserted
        ("落實(shí)“六?！比蝿?wù)", "落实“六保”任务"),
        ("總額10萬元(yuan)(yuan)(yuan)以下", "总额10万元以下"),  # repeated and without tones
        ("發（fā）展工業（yè）", "发展工业"),  # full-width brackets
        ("(2019-2021年)計(jì)劃", "(2019-2021年)计划"),
        ("企業(yè)R&D經(jīng)費(fèi)支出", "企业R&D经费支出"),
        ("着力構(gòu)建,著力推進(jìn),成效顯著,著名企業(yè)", "着力构建,着力推进,成效显著,著名企业"),
        ("創新(xīn)發展,數字産業", "创新发展,数字产业"),  # tables with common characters; a Japanese variant
        ("不徵(zhēng)增值稅(shuì)", "不征增值税"),  # 徵 and 後 are also in GB 2312, with another meaning
        ("綠(lü)色食品加工。", "绿色食品加工。"),  # one toneless reading in the whole text
        ("產業發(fā)展,產能產值", "产业发展,产能产值"),  # a table without 產
    ],
)
def test_known_damage_is_undone(seen, clean):
    assert repair(seen).text == clean


@pytest.mark.parametrize(
    "line",
    [
        "实施期限(2019-2021年)为三年。",
        "发展人工智能(AI)产业,支持中小企业(SME)。",
        "企业R&D经费支出占比达到2.5%。",
        "举办“愛(ai)在缙云”活动,吸引游客10万人次。",
        "可以申报吗?",
        "可以申报吗?!这里说明。",
        "什么是“四上”企业??",
        "甪(lù)直古镇与藠(jiào)头产业",  # glosses of rare characters
        "各街道<乡>、《关于印发<湖南省优化经济发展环境十条禁止性规定>的通知》",
        "显著提升著名商标数量",
        "加强与台灣中華商會的联系,推动产业合作发展。",  # a few traditional characters in a simplified text
        "项目(a)和项目(e)由企业(in)实施",
    ],
)
def test_honest_lines_stay(line):
    assert repair(line).text == line


def test_the_2019_document_comes_back():
    raw = (RAW / "jinyun-2019-ecological-industry-action-plan.txt").read_bytes().decode("utf-8")
    done = repair(raw)
    assert len(raw) == 14672
    assert 6600 < len(done.text) < 6700
    assert "?" not in done.text
    assert not __import__("re").search(rf"[㐀-鿿]\([{LETTERS}]+\)", done.text)
    letters = "".join(filter(str.isalnum, done.text))
    with (GOLD / "gold.csv").open(encoding="utf-8", newline="") as rows:
        own = [row["text"] for row in csv.DictReader(rows) if row["source_file"].startswith("003")]
    assert len(own) > 30
    missing = [text for text in own if "".join(filter(str.isalnum, text)) not in letters]
    assert missing == []


@pytest.mark.parametrize("options", [{"size": 120}, {"size": 300, "tones": False}], ids=str)
def test_sentences_come_back_exactly(options):
    texts = sentences()
    entries = garbling.table(list(texts), **options)
    garbled = {t: g for t in texts if (g := garbling.garble(t, entries)) != garbling.traditional(t)}
    wrong = [t for t, g in garbled.items() if repair(g).text != t]
    assert len(garbled) > 100
    assert len(wrong) <= 0.02 * len(garbled), wrong


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_inverse_of_the_forward_model(data):
    """Whatever the table, its order and its size: with no character torn, the page comes back exactly."""
    texts = sentences()
    text = data.draw(st.sampled_from(texts))
    size, seed = data.draw(st.integers(40, 900)), data.draw(st.integers(0, 50))
    tones, repeats = data.draw(st.booleans()), data.draw(st.integers(1, 3))
    garbled = garbling.garble(text, garbling.table(list(texts), size, tones, seed), repeats)
    done = repair(garbled)
    assert apply(garbled, done.repairs) == done.text
    if "?" not in garbled and "€" not in garbled and garbled.count("(") - text.count("(") >= 2:
        assert done.text == text


@given(st.text(alphabet="發展業?？()（）,，!！fāxúnè縣h12年a\n"))
@example("?xún)")
@example("以?xún)")
@example("?？！,h縣")
@settings(max_examples=60, deadline=None)
def test_debris_never_crashes(text):
    done = repair(text)
    assert apply(text, done.repairs) == done.text


@pytest.mark.parametrize(
    ("seen", "certainty"),
    [
        ("或?qū)崿F(xiàn)相關(guān)產(chǎn)業(yè)", "exact"),  # nothing else fits the bytes and the readings
        ("落實(shí)“六?！比蝿?wù)", "inferred"),  # of the byte behind 六 nothing is known: vocabulary decides
    ],
)
def test_only_the_sole_solution_is_exact(seen, certainty):
    assert {r.certainty for r in repair(seen).repairs if "torn" in r.rule} == {certainty}


@pytest.mark.parametrize(
    "text", ["字?！字" * 500, "以?xún)" * 200, "以?xún)?！發(fā)?,F(xiàn)?" * 60], ids=["marks", "tears", "both"]
)
def test_hostile_tears_are_given_up_and_flagged(text):
    start = time.process_time()
    done = repair(text)
    assert time.process_time() - start < 30
    assert apply(text, done.repairs) == done.text
    assert "xún" not in text or any(r.certainty == "flagged" for r in done.repairs)


def test_readings_know_polyphones_and_toneless_forms():
    assert reads("長", "zhǎng") and reads("長", "cháng") and reads("綠", "lv")
    assert not reads("長", "fā")
    assert toneless("lǜ") == "lü"
