"""The language room: texts complete in every language, filled by one function; one label of a county-year."""

import itertools
import re
import string

import pandas as pd
import pytest

from helpers import language, store
from helpers.language import places, texts
from helpers.structure.divisions import register

HALF_WIDTH = re.compile(r"[\u4e00-\u9fff”）][,:;!?](?!\d)|[,:;!?(][\u4e00-\u9fff“（]|[\u4e00-\u9fff]\(|\)[\u4e00-\u9fff]")
NUMBER_FREE = re.compile(r"\{[^{}]*\}")


def test_every_text_is_in_every_language_and_fills_the_same_fields():
    bad = [key for key, pair in language.entries() if set(pair) != set(language.LANGUAGES)]
    bad += [key for key, pair in language.entries() if len({frozenset(language.fields(text)) for text in pair.values()}) > 1]
    bad += [key for key, pair in language.entries() if not all(pair.values()) and key not in ("report.space",)]
    assert bad == []


def test_chinese_texts_have_chinese_punctuation():
    assert [(key, pair["zh"]) for key, pair in language.entries() if HALF_WIDTH.search(_plain(pair["zh"]))] == []


def _plain(text: str) -> str:
    """Return a text without its fields: a colon within braces is no punctuation."""
    while (shorter := NUMBER_FREE.sub("N", text)) != text:
        text = shorter
    return text


NOUN = "(?:document|unit|sentence|row|tool|topic|county-year|passage|repair|target|promise|pair|commitment|sum|word|trend|cell)"
BETWEEN = "(?:gold |coded |other |labelled |reported |comparable |county policy )?"
AMISS = {
    "en": [
        rf"(?<![\d.,])\b(?:1|[Oo]ne) {BETWEEN}{NOUN}s\b", rf"(?<![\d.,])\b[02] {BETWEEN}{NOUN}\b(?![- ])",
        rf"(?<!of )(?<!in )\b(?:1|[Oo]ne) {BETWEEN}{NOUN} (?:are|were|have)\b",
        r"\b(?:1|[Oo]ne) of 2 [^.;,:()]*? (?:are|were|have|remain|lie)\b",
        r"\b[Aa] [aeio]|\b[Aa]n [bcdfgjklmnpqrstvwyz]", r"  |\s[,;]|,,|\.\.|;\.|\(\)|“”",
    ],
    "zh": ["；。|，。|，，|。。|：。|（）|“”|、。|、、| [，。；：]"],
}  # fmt: skip


def _counts(node) -> dict[str, bool]:
    """Return the fields of a text, or of all its variants: True for those that take a number."""
    found, texts_of = {}, [t for variant in (node if isinstance(node, list) else [node]) for t in (variant["en"], variant["zh"])]
    for text in texts_of:
        for _, field, spec, _ in string.Formatter().parse(text):
            if field is not None:
                number = bool(re.match(r"[?#,.%+0-9]|pp", spec or "")) or bool(
                    re.fullmatch(r"n|all|shown|total|found|n_\w+", field)
                )
                found[field] = found.get(field, False) or number
                found |= {name: found.get(name, False) or kind for name, kind in _counts({"en": spec or "", "zh": ""}).items()}
    return found


def _nodes(key: str, node):
    if isinstance(node, list) or set(node) & set(language.LANGUAGES):
        yield key, node
    else:
        for name, child in node.items():
            yield from _nodes(f"{key}.{name}", child)


def test_every_text_is_right_for_none_one_and_two():
    bad = set()
    for path in sorted(texts.files("helpers.language").joinpath("texts").iterdir(), key=lambda path: path.name):
        stem = path.name.removesuffix(".yml")
        for key, node in _nodes(stem, _FILE(stem)):
            if key == "report.e_found":
                continue  # filled by the page itself, over and over
            fields = _counts(node)
            asked = {name for variant in node if isinstance(node, list) for name in variant.get("when", {})}
            numbers = [name for name in dict.fromkeys([*fields, *sorted(asked)]) if fields.get(name, name in ("n", "n_codings"))]
            for values in itertools.product((0, 1, 2), repeat=min(4, len(numbers))):
                told = {name: 2 if number else "X" for name, number in fields.items()} | dict(zip(numbers, values, strict=False))
                for tongue in language.LANGUAGES:
                    try:
                        said = language.say(key, tongue, **told)
                    except texts.TextError:
                        continue  # no variant for these values
                    found = next((m for rule in AMISS[tongue] if (m := re.search(rule, said))), None)
                    if found and not re.search(r"\.(?:txt|docx|html|zip)|\.\[ocr\]", said):
                        bad.add((key, said[max(0, found.start() - 20) : found.end() + 20]))
    assert sorted(bad) == []


@pytest.fixture
def written(monkeypatch):
    """Lets a test write its own text file `t`."""

    def use(**entries):
        monkeypatch.setattr(texts, "_file", lambda stem: entries if stem == "t" else _FILE(stem))

    return use


_FILE = texts._file


@pytest.mark.parametrize(
    ("text", "values", "said"),
    [
        ("{n:,} units", {"n": 12345}, "12,345 units"),
        ("{x:%} {x:%0} {x:pp}", {"x": -0.0512}, "−5.1% −5% −5.1"),
        ("{x:+.2f} {n}", {"x": -1.5, "n": -3}, "−1.50 −3"),
        ("{n:?lies|lie}", {"n": 1}, "lies"), ("{n:?lies|lie}", {"n": 0}, "lie"), ("{ok:?yes|no}", {"ok": True}, "yes"),
        ("{n:?none|one|{n:,} of {all:,}}", {"n": 2000, "all": 3000}, "2,000 of 3,000"),
        ("{n:#unit}, {m:#body|bodies}", {"n": 1, "m": 2500}, "1 unit, 2,500 bodies"), ("{n:#row}", {"n": "1,200"}, "1,200 rows"),
        ("{n:?none|one|{n} x}", {"n": 0}, "none"), ("{names}", {"names": ["a", "b", "c"]}, "a, b and c"),
        ("{some:?: {some}|}", {"some": []}, ""), ("{name:Aa}", {"name": "supply"}, "Supply"),
        ("{x:.2f} {y} {z:%}", {"x": float("nan"), "y": None, "z": pd.NA}, "– – –"),
        ("{ok:?{name}|no}", {"ok": True, "name": "a|b {c}"}, "a|b {c}"),
    ],
)  # fmt: skip
def test_fields_are_filled(written, text, values, said):
    written(key={"en": text, "zh": text})
    assert language.say("t.key", "en", **values) == said


def test_the_first_variant_that_holds_is_said(written):
    variants = [{"when": {"coder": ["a", "b"]}, "en": "machine", "zh": "机器"}, {"when": {"n": 1}, "en": "one", "zh": "一"}]
    written(key=[*variants, {"en": "many", "zh": "多"}])
    said = [language.say("t.key", "en", **facts) for facts in ({"coder": "b"}, {"coder": "c", "n": 1}, {})]
    assert said == ["machine", "one", "many"]


def test_what_is_missing_is_named(written):
    written(key={"en": "{a} {b:?{c}|}", "zh": "甲"}, only=[{"when": {"n": 1}, "en": "x", "zh": "x"}])
    with pytest.raises(texts.TextError, match=r"t\.key.*'c'"):
        language.say("t.key", "en", a=1, b=2)
    with pytest.raises(texts.TextError, match=r"no text t\.none"):
        language.say("t.none", "en")
    with pytest.raises(texts.TextError, match=r"t\.only"):
        language.say("t.only", "en", n=2)
    with pytest.raises(ValueError, match="en or zh"):
        language.say("t.key", "fr")


@pytest.mark.parametrize(
    ("county", "code", "year", "en", "zh"),
    [
        ("湘阴县", "430624", 2017, "Xiangyin County 2017", "湘阴县2017年"),
        ("鼓楼区", "350102", 2017, "Gulou District (Fuzhou City) 2017", "鼓楼区（福州市）2017年"),
        ("鼓楼区", "410204", 2017, "Gulou District (Kaifeng City) 2017", "鼓楼区（开封市）2017年"),
        ("河东区", "120102", 2020, "Hedong District (Tianjin City) 2020", "河东区（天津市）2020年"),
        ("鼓楼区", None, 2017, "Gulou District 2017", "鼓楼区2017年"),
        (None, None, pd.NA, "county unknown, year unknown", "县名未知，年份未知"),
        ("Springfield", None, 2017, "Springfield 2017", "Springfield2017年"),
    ],
)  # fmt: skip
def test_a_county_year_has_one_label(county, code, year, en, zh):
    assert (language.county_year(county, year, "en", code), language.county_year(county, year, "zh", code)) == (en, zh)


def test_homonyms_of_a_frame_are_told_apart():
    frame = pd.DataFrame({"county": "鼓楼区", "county_code": ["350102", "410204"], "year": 2020}, index=[4, 2])
    assert language.county_years(frame, "zh").to_dict() == {4: "鼓楼区（福州市）2020年", 2: "鼓楼区（开封市）2020年"}


def test_homonyms_are_those_of_the_register():
    found = {}
    for name, known in register().by_name.items():
        if len({division.lineage for division in known}) > 1:
            found |= {(name, d.code): d.city or d.province for d in sorted(known, key=lambda d: d.last)}
    assert places.homonyms() == found


def test_counties_that_sound_alike_are_told_apart_in_english():
    """武义县 and 武邑县 were both Wuyi County, one row of a figure."""
    by_sound = {}
    for name in register().by_name:
        by_sound.setdefault(places.place(name, "en"), set()).add(name)
    found = {
        (name, d.code): d.city or d.province
        for names in by_sound.values() if len(names) > 1
        for name in names for d in sorted(register().by_name[name], key=lambda d: d.last)
    }  # fmt: skip
    assert places.homophones() == {key: found[key] for key in found.keys() - places.homonyms().keys()}
    assert len({language.place(name, "en", code) for name, code in (("武义县", "330723"), ("武邑县", "131122"))}) == 2
    assert language.place("武义县", "zh", "330723") == "武义县"


def test_no_two_provinces_have_one_english_name():
    provinces = {d.province for known in register().by_name.values() for d in known}
    assert len({language.place(name, "en") for name in provinces}) == len(provinces) > 30
    assert (language.place("陕西省", "en"), language.place("山西省", "en")) == ("Shaanxi Province", "Shanxi Province")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("石柱土家族自治县", "Shizhu Tujia Autonomous County"),
        ("元江哈尼族彝族傣族自治县", "Yuanjiang Hani, Yi and Dai Autonomous County"),
        ("酉阳土家族苗族自治县", "Youyang Tujia and Miao Autonomous County"),
        ("前郭尔罗斯蒙古族自治县", "Qianguo'erluosi Mongol Autonomous County"),
        ("巴里坤哈萨克自治县", "Balikun Kazakh Autonomous County"),
        ("大厂回族自治县", "Dachang Hui Autonomous County"),
        ("三都水族自治县", "Sandu Sui Autonomous County"),
        ("莫力达瓦达斡尔族自治旗", "Molidawa Daur Autonomous Banner"),
        ("湘西土家族苗族自治州", "Xiangxi Tujia and Miao Autonomous Prefecture"),
        ("淳安县", "Chun'an County"),
        ("湘阴县", "Xiangyin County"),
    ],
)
def test_names_of_autonomous_counties_are_read_by_their_parts(name, wanted):
    assert places.place(name, "en") == wanted
    assert places.place(name, "zh") == name


def test_every_reason_in_the_code_has_its_sentence_and_every_sentence_its_use():
    sources = [path.read_text(encoding="utf-8") for path in (store.PROJECT_ROOT / "src" / "helpers").rglob("*.py")]
    used = {code for source in sources for code in re.findall(r'(?:coded|Unreadable|Stopped)\(\s*"(\w+)"', source)}
    listed = set(language.keys("reasons")) - {"words"}
    assert used <= listed
    assert [code for code in sorted(listed - used) if not any(f'"{code}"' in source for source in sources)] == []


def test_a_reason_is_a_code_with_arguments_that_each_language_says():
    reason = language.reasons.coded("county_ambiguous", names="平江县 / 湘阴县")
    assert reason == 'county_ambiguous{"names": "平江县 / 湘阴县"}'
    kept = language.reasons.kept([reason, reason, "blank"])
    assert language.reasons.all_said(kept, "zh") == "县名有歧义：平江县 / 湘阴县；文件空白：请重新获取"
    with pytest.raises(texts.TextError, match="no reason unheard_of"):
        language.reasons.coded("unheard_of")


def test_where_there_is_no_number_a_dash_is_written():
    nothing = float("nan")
    written = [language.percent(nothing), language.points(nothing), language.number(nothing, "+.1f")]
    assert written == [language.NOTHING] * 3 and language.spanned(nothing, 0, 1) == language.NOTHING


def test_large_counts_have_their_thousands_apart_and_years_do_not():
    assert texts._Filler("en").vformat("{n} {few} {year}", (), {"n": 25_614, "few": 999, "year": 2025}) == "25,614 999 2025"
