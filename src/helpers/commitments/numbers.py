"""Numbers as Chinese policy texts write them: digits of any width, Chinese numerals, ranges, fractions, and their units."""

import re
from dataclasses import dataclass

# One character for one character, so that offsets in the folded text are offsets in the unit.
_FOLD = str.maketrans(
    "，；：（）％﹪．／＋－—–─―−～〜∼！？＜＞＆\u3000\xa0",
    ",;:()%%./+------~~~!?<>&  ",
)
_FOLD |= (
    {0xFF10 + d: str(d) for d in range(10)}
    | {0xFF21 + i: chr(65 + i) for i in range(26)}
    | {0xFF41 + i: chr(97 + i) for i in range(26)}
)

_DIGIT = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_POWER = {"十": 10, "百": 100, "千": 1000}
SCALE = {
    "": 1,
    "万": 1e4,
    "亿": 1e8,
    "百万": 1e6,
    "千万": 1e7,
    "十亿": 1e9,
    "百亿": 1e10,
    "千亿": 1e11,
    "万亿": 1e12,
    "十万": 1e5,
}

_CURRENCY = "元|块钱|美元|欧元|港元|日元"
# Classifiers first by length: what a number of things, people, area, weight or time may carry.
_COUNT = (
    "个工作日|个百分点|个基点|基点|户次|人次|台套|台\\(套\\)|件\\(套\\)|标准箱|标箱|工作日|百分点|批次|车次|班次|航次|架次"
    "|平方公里|微克|毫克|千克|克|吨标准煤|吨标煤|平方千米|立方米|平方米|公顷|公里|千米"
    "|千瓦时|千瓦|兆瓦时|兆瓦|吉瓦|公斤|小时|分钟"
    "|P(?![A-Za-z])|TEU|MWh|GWh|MW|GW|[EPT](?:FLOPS|Flops)|[ZEPT]B"
    "|家|个(?!月)|项|名|人|件|台|套|辆|条|座|处|所|艘|架|份|次|场|期|户|村|镇|亩|米|吨|斤|头|只|羽|株|棵|床|张|间|部|种|类|门|支|届|篇|倍|成|天|日"
    "|位|对|组|块|幢|栋|片|班|课时|学时|番|度|枚|尾|口|盏|枝|根|岁|分(?![钟之别局行公批级会管支院散析])|(?<=\\d)年(?![\u4e00-\u9fff])|款|例|起|宗|笔|册"
)
_PER = (
    r"(?:[/每](?:万人|人|月|年|亩|户|吨|辆|台|件|项|家|平方米|公里|天|次|床|度|千瓦时|立方米|升"
    r"|万元)(?:[/·・.](?:人"
    r"|月"
    r"|年"
    r"|亩"
    r"|户"
    r"|天))*)?"
)
_SCALES = "百万|千万|十万|万亿|百亿|千亿|十亿|万|亿"
_MEASURE = (
    rf"(?:(?:{_SCALES})?\s?(?:{_CURRENCY}|{_COUNT})(?:人民币)?{_PER}|%|‰|(?:万亿|千亿|百亿|万|亿)(?![元名家个亩吨人美欧港级]))"
)
_ARABIC = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_HAN = "[一二两三四五六七八九十百千零〇]+"
_JOIN = r"\s?(?:-{1,2}|~|至|到)\s?"


def opened(letters: str, pattern: str) -> re.Pattern:
    """Compile a pattern of which each match begins with a digit or one of `letters` (written as in [ ]): these are looked for
    first, since most places of a sentence begin no match, and to try all alternatives at each is what reading costs."""
    return re.compile(rf"(?=[0-9{letters}]|\d)(?:{pattern})")


_QUANTITY = opened(
    "一二两三四五六七八九十百千零〇万亿翻",
    rf"(?P<fraction>[一二三四五六七八九十]+分之[一二三四五六七八九十]+)"
    rf"|(?<=[破过超])(?P<bare>[万亿](?:元|人次|人|亩|吨|户|件))(?=[,;。]|大关|台阶|$)"
    rf"|(?<=[到至于在为达])(?P<index>\d+\.\d+)(?=\s?(?:以[内下上]|左右|[,;。]|$))"
    rf"|(?P<percent>百分之(?P<pct>{_HAN}|\d+(?:\.\d+)?))"
    rf"|(?P<double>(?:翻(?:一|两|二|三|\d)?番|翻倍))"
    rf"|(?P<digits>两位数|二位数)"
    rf"|(?P<ratio>\d+(?:\.\d+)?:\d+(?:\.\d+)?)"
    rf"|(?<![A-Za-z\d.])(?:(?P<low>{_ARABIC})\s?(?P<low_unit>{_MEASURE})?{_JOIN})?(?P<high>{_ARABIC})\s?(?P<more>[余多])?\s?(?P<unit>{_MEASURE})"
    rf"|(?:(?P<han_low>{_HAN})(?:至|到|-))?(?P<han>{_HAN})(?P<han_more>[余多])?(?P<han_unit>{_MEASURE})",
)  # fmt: skip


@dataclass(frozen=True)
class Quantity:
    """A number with its unit at `start:end` of the folded text; `value` is written as the table writes it."""

    start: int
    end: int
    value: str
    low: float
    high: float
    unit: str
    more: bool = False
    han: bool = False

    @property
    def is_range(self) -> bool:
        return self.high != self.low

    @property
    def is_ratio(self) -> bool:
        """Tell a rate of matching funds (1:1配套); ratios that name anything else are blanked out before numbers are read."""
        return ":" in self.value

    @property
    def is_money(self) -> bool:
        return "元" in self.unit.split("/")[0] or self.unit in ("万块钱", "块钱")


def fold(text: str) -> str:
    """Fold full-width digits, letters and marks to their plain form; the length stays the same."""
    return text.translate(_FOLD)


def from_han(numeral: str) -> int:
    """Read a Chinese numeral below ten thousand: 十三 is 13, 两百 is 200, 一百零五 is 105, 二〇二五 is 2025."""
    if not any(character in _POWER for character in numeral):
        return int("".join(str(_DIGIT[character]) for character in numeral))
    total = digit = 0
    for character in numeral:
        if character in _POWER:
            total += (digit or 1) * _POWER[character]
            digit = 0
        else:
            digit = _DIGIT[character]
    return total + digit


def quantities(text: str) -> list[Quantity]:
    """Return the numbers with units of a folded text, in order."""
    return [_quantity(match) for match in _QUANTITY.finditer(text)]


def _quantity(match: re.Match) -> Quantity:
    start, end = match.span()
    if match["fraction"]:
        below, above = (from_han(part) for part in match["fraction"].split("分之"))
        return Quantity(start, end, f"{above}/{below}", above / below, above / below, "", han=True)
    if match["bare"]:
        return _made(start, end, 1, 1, match["bare"], False, False)
    if match["index"]:
        return _made(start, end, float(match["index"]), float(match["index"]), "", False, False)
    if match["percent"]:
        number = match["pct"]
        value = float(number) if number[0].isdigit() else from_han(number)
        return Quantity(start, end, plain(value), value, value, "%")
    if match["double"]:
        times = match["double"].strip("翻番倍")
        value = from_han(times) if times and not times.isdigit() else int(times or 1)
        return Quantity(start, end, str(value), value, value, "番", han=True)
    if match["ratio"]:
        above, below = (float(part) for part in match["ratio"].split(":"))
        share = above / below if below else 0.0
        return Quantity(start, end, match["ratio"], share, share, "")
    if match["digits"]:
        return Quantity(start, end, "10", 10, 10, "%", more=True)
    if match["han"]:
        high = from_han(match["han"])
        low = from_han(match["han_low"]) if match["han_low"] else high
        return _made(start, end, low, high, match["han_unit"], bool(match["han_more"]), True)
    high = float(match["high"].replace(",", ""))
    low = float(match["low"].replace(",", "")) if match["low"] else high
    return _made(start, end, *_mended(low, high, match), match["unit"], bool(match["more"]), False)


def _made(start, end, first, last, unit, more, han) -> Quantity:
    low, high = min(first, last), max(first, last)  # 800-500万元: the same ends, written backwards
    unit = unit.replace(" ", "").removesuffix("人民币")
    value = plain(low) if low == high else f"{plain(low)}-{plain(high)}"
    return Quantity(start, end, value, low, high, unit, more, han)


def _mended(low: float, high: float, match: re.Match) -> tuple[float, float]:
    """Bring both ends of a range to the unit of the last one (5000万元至1亿元), and split a range that lost its dash.

    200500万美元 and 5001000万美元 read as no sum does: six digits or more before 万, both halves round and rising.
    """
    if (
        match.string[: match.start()].endswith("配备")
        and re.fullmatch("12|23|34|45|56", match["high"])
        and match.string.startswith("专职", match.end())
    ):
        return float(match["high"][0]), float(match["high"][1])
    if low != high:
        first, last = _scale(match["low_unit"] or match["unit"]), _scale(match["unit"])
        return (low * first / last, high) if first != last else (low, high)
    digits = match["high"]
    if len(digits) >= 6 and digits.isdigit() and digits.endswith("00") and match["unit"].strip() in ("万美元", "万元", "万欧元"):
        for cut in range(len(digits) // 2, 0, -1):
            first, second = int(digits[:cut]), digits[cut:]
            if second[0] != "0" and first % 100 == 0 and first < int(second) <= 10 * first:
                return first, int(second)
    return low, high


def mend(words: str) -> str:
    """Put back the lost dash of a joined range in words that are only shown: 200500万美元 becomes 200-500万美元."""
    for number in quantities(words):
        if number.is_range and "-" not in words[number.start : number.end]:
            return words[: number.start] + f"{number.value}{number.unit}" + words[number.end :]
    return words


def _scale(unit: str) -> float:
    letters = re.match(rf"(?:{_SCALES})?", unit.strip())[0]
    return SCALE[letters]


def plain(value: float) -> str:
    """Write a number without needless zeros: 54, 8.5."""
    return str(int(value)) if float(value).is_integer() else f"{value:.6f}".rstrip("0").rstrip(".")


def base_value(value: float, unit: str) -> float:
    """Return `value` in base units: yuan (only 人民币; other currencies stay in theirs), rates as 0-1, counts as numbers."""
    rate = {"%": 0.01, "个百分点": 0.01, "百分点": 0.01, "‰": 0.001, "成": 0.1, "倍": 1.0, "": 1.0}
    if unit in rate:
        return value * rate[unit]
    return 2.0**value - 1 if unit == "番" else value * _scale(unit)
