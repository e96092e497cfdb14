"""Encodings, the list of misprints and the table of known defects, tested as data."""

import codecs
from pathlib import Path

import opencc
import pandas as pd
import pytest

from helpers.repair import DecodeError, apply, decode, defect_table, repair
from helpers.repair.misprints import load

RAW = Path(__file__).parents[1] / "data" / "raw"
DEFECTS = Path(__file__).parents[1] / "data" / "codebook" / "defects.csv"
TEXT = "为加快推进新型工业化,促进我县工业转型升级,特制定本计划。\n一、总体要求"
OLD = opencc.OpenCC("s2t").convert(TEXT).replace("爲", "為")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (TEXT.encode(), TEXT),
        (codecs.BOM_UTF8 + TEXT.encode(), TEXT),
        (TEXT.encode("gb18030"), TEXT),
        (OLD.encode("gbk"), OLD),
        (OLD.encode("big5"), OLD),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), TEXT),
        (TEXT.encode("utf-16-le"), TEXT),
        (TEXT.encode("utf-16-be"), TEXT),
        (b"", ""),
        (b"plain\r\ntext", "plain\r\ntext"),
    ],
)
def test_encodings_are_told_apart(data, text):
    assert decode(data).text == text


def test_a_wrong_declaration_does_not_spoil_the_text():
    assert decode(TEXT.encode(), "gb2312").text == TEXT
    assert decode(TEXT.encode("gb18030"), "big5").text == TEXT


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (TEXT.encode()[:-1], TEXT[:-1] + "\ufffd"),  # the last character cut in two
        (TEXT.encode()[1:], "\ufffd\ufffd" + TEXT[1:]),  # the first
        (TEXT.encode()[:30] + b"\xff" + TEXT.encode()[30:], TEXT[:10] + "\ufffd" + TEXT[10:]),
        (TEXT.encode("gb18030")[:-1], TEXT[:-1] + "\ufffd"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le")[:-1], TEXT[:-1] + "\ufffd"),
    ],
)
def test_a_character_cut_in_two_does_not_cost_the_file(data, text):
    assert decode(data).text == text
    done = repair(text)
    assert apply(text, done.repairs) == done.text
    lost = [r for r in done.repairs if r.rule == "undecodable"]
    assert sum(len(r.before) for r in lost) == text.count("\ufffd")
    assert {r.certainty for r in lost} == {"flagged"}


def test_many_bytes_that_do_not_fit_are_no_text():
    data = bytearray(TEXT.encode() * 3)
    data[2::7] = b"\xff" * len(data[2::7])
    with pytest.raises(DecodeError):
        decode(bytes(data))


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\x00", b"%PDF-1.7", bytes(range(256)) * 8, b"abc\x00def\x00\x01"])
def test_what_is_no_text_is_refused_in_one_sentence(data):
    with pytest.raises(DecodeError) as error:
        decode(data)
    assert "\n" not in str(error.value)


def log() -> pd.DataFrame:
    rows = [(p.name, *r) for p in sorted(RAW.glob("*.txt")) for r in repair(p.read_bytes().decode()).repairs]
    return pd.DataFrame(rows, columns=["source_file", "rule", "raw_start", "raw_end", "before", "after", "certainty", "reason"])


def test_every_known_defect_ends_as_expected_and_every_misprint_occurs():
    defects = pd.read_csv(DEFECTS, keep_default_na=False)
    table = defect_table(defects, log())
    assert table[~table["as_expected"]].empty
    assert set(table["outcome"]) == {"repaired", "flagged", "kept"}
    everything = "\n".join(repair(p.read_bytes().decode()).text for p in RAW.glob("*.txt"))
    raw = "\n".join(p.read_bytes().decode() for p in RAW.glob("*.txt"))
    unseen = [m.note for m in load() if not m.pattern.search(raw + everything)]
    assert unseen == ["two units of one rate without a mark between them"]  # the other way round: for other corpora


def test_defects_without_any_repair_are_kept():
    defects = pd.read_csv(DEFECTS, keep_default_na=False)
    assert set(defect_table(defects, log().iloc[:0])["outcome"]) == {"kept"}
