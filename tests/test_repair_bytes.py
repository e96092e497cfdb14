"""Bytes of another encoding in a UTF-8 file: settled and logged, or flagged; texts that were encoded twice."""

import pytest

from helpers.repair import decode, repair

LINES = [
    "湘阴县人民政府关于促进工业发展的若干意见",
    "为加快全县工业发展，完善基础设施，现提出如下意见。",
    "一、支持企业技术改造，对技改项目给予补助。",
    "二、鼓励企业上市，奖励金额不超过100万元。",
]
TEXT = "\n".join(LINES)


def as_read(data: bytes):
    done = repair(decode(data).text)
    return done.text, [(r.rule, r.certainty) for r in done.repairs if r.rule in ("foreign bytes", "undecodable", "encoded twice")]


@pytest.mark.parametrize(
    ("before", "byte", "after"),
    [
        ("建设“一港两园”示范", {"“": b"\x93", "”": b"\x94"}, "建设“一港两园”示范"),
        ("建设“一港两园”示范", {"“": b"\xa1\xb0", "”": b"\xa1\xb1"}, "建设“一港两园”示范"),
        ("增长5—8个百分点", {"—": b"\x97"}, "增长5—8个百分点"),
        ("厂房3万m²以上", {"²": b"\xb2"}, "厂房3万m²以上"),
        ("阿布都·买买提", {"·": b"\xb7"}, "阿布都·买买提"),
        ("控制在25°C以内", {"°": b"\xb0"}, "控制在25°C以内"),
        ("推进园区，完善配套", {"，": b"\xa3\xac"}, "推进园区，完善配套"),
        ("发展新材料产业", {"新材": "新材".encode("gb18030")}, "发展新材料产业"),
    ],
)
def test_settled_bytes_are_repaired_and_logged(before, byte, after):
    data = f"{TEXT}\n{before}的意见。\n{LINES[1]}".encode()
    for character, other in byte.items():
        data = (
            data.replace(character.encode(), other)
            if character in before and character not in TEXT
            else (
                data[: data.rindex(before.encode())] + data[data.rindex(before.encode()) :].replace(character.encode(), other, 1)
            )
        )
    text, log = as_read(data)
    assert f"{after}的意见。" in text and ("foreign bytes", "inferred") in log


@pytest.mark.parametrize(
    "pasted",
    ["三、县财政每年安排专项资金500万元，乣支持企业发展。", "健全制度，强化监督。", "联通移动，共建共享。", "二、加强管理"],
)
def test_a_pasted_line_of_another_encoding(pasted):
    data = (TEXT + "\n").encode() + pasted.encode("gb18030") + ("\n" + TEXT).encode()
    text, log = as_read(data)
    assert pasted in text and ("foreign bytes", "inferred") in log


@pytest.mark.parametrize("n", [1, 5, 40])
def test_bytes_that_nothing_settles_are_flagged_not_refused(n):
    data = "\n".join([TEXT] * 12).encode()
    step = len(data) // (n + 1)
    for k in range(n, 0, -1):
        at = k * step
        while data[at] & 0xC0 != 0xC0:
            at += 1
        data = data[:at] + data[at + 2 :]  # two bytes of a character are lost
    text, log = as_read(data)
    assert log.count(("undecodable", "flagged")) == n and "若干意见" in text


@pytest.mark.parametrize("wrong", ["latin-1", "cp1252"])
def test_encoded_twice(wrong):
    twice = "".join(bytes([b]).decode(wrong, "ignore") or chr(b) for b in TEXT.encode()).encode()
    assert decode(twice).text == TEXT
    part = f"{TEXT}\n".encode() + "".join(bytes([b]).decode(wrong, "ignore") or chr(b) for b in LINES[1].encode()).encode()
    text, log = as_read(part)
    assert text.count(LINES[1]) == 2 and ("encoded twice", "inferred") in log


def test_encoded_twice_through_gb18030():
    lines = [line for line in LINES * 3 if _round_trips(line)]
    once = "\n".join(lines)
    assert lines and decode(once.encode().decode("gb18030").encode()).text == once


def _round_trips(line: str) -> bool:
    try:
        return line.encode().decode("gb18030").encode("gb18030") == line.encode()
    except UnicodeDecodeError:
        return False


def test_texts_that_only_look_so_stay():
    for text in (TEXT, f"{TEXT}\nCafé naïve, Zürich, Größe, 25 °C, ×2, ±5", "这是一段没有问题的文字，数字是12345。"):
        assert decode(text.encode()).text == text and repair(text).text == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("tail", [b"", b"\x0a"])
def test_utf16_without_mark(encoding, tail):
    text = TEXT * 3 + "\r\n2020年1月5日"
    assert decode(text.encode(encoding) + tail).text.rstrip("\ufffd") == text
