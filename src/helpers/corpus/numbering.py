"""Numbers that Word writes before paragraphs by itself (一、 (一) 1.), worked out from numbering.xml."""

import re

from docx.oxml.ns import qn

_HAN = "零一二三四五六七八九"
_ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
_ENCLOSED = {"decimalEnclosedCircle": 0x2460, "decimalEnclosedCircleChinese": 0x2460, "decimalEnclosedParen": 0x2474,
             "decimalEnclosedFullstop": 0x2488}  # fmt: skip
_WIDE = {ord("0") + k: 0xFF10 + k for k in range(10)}
_WORD = re.compile(r"[0-9A-Za-z章节条编篇部分款项]$")
_CHINESE = frozenset(
    "chineseCounting chineseCountingThousand chineseLegalSimplified japaneseCounting ideographDigital taiwaneseCounting "  # noqa: SIM905
    "taiwaneseCountingThousand ideographTraditional japaneseDigitalTenThousand taiwaneseDigital koreanDigital2".split()
)


def chinese(number: int) -> str:
    """Write 1 to 99 in Chinese numerals; greater numbers in digits."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    lead = ("" if tens == 1 else _HAN[tens]) + "十" if tens else ""
    return lead + (_HAN[ones] if ones or not tens else "")


def written(number: int, kind: str) -> str:
    """Write a number in a format of Word (`chineseCounting`, `lowerRoman`, …), in digits where that format has no such number.

    >>> written(12, "chineseCounting"), written(4, "upperRoman"), written(3, "decimalEnclosedCircle")
    ('十二', 'IV', '③')
    """
    if kind in _CHINESE:
        return chinese(number)
    if kind.startswith("decimalEnclosed") and 1 <= number <= 20 and (first := _ENCLOSED.get(kind)):
        return chr(first + number - 1)
    if kind in ("lowerLetter", "upperLetter") and 1 <= number <= 26:
        return chr((97 if kind == "lowerLetter" else 65) + number - 1)
    if kind in ("lowerRoman", "upperRoman") and 1 <= number < 50:
        tens, ones = divmod(number, 10)
        roman = ("x" * tens if tens < 4 else "xl") + _ROMAN[ones]
        return roman if kind == "lowerRoman" else roman.upper()
    if kind == "decimalFullWidth":
        return str(number).translate(_WIDE)
    return f"{number:02d}" if kind == "decimalZero" else str(number)


def numbered(mark: str, text: str) -> str:
    """Put a number before its text; a space keeps 第一条 or 1 from what follows, and 1. from a figure: `1. 2021年`."""
    apart = mark and text and (_WORD.search(mark) or mark[-1] in ".．" and text[0].isdigit())
    return f"{mark} {text}" if apart else mark + text


class Numbering:
    """Counts the numbered paragraphs of one document, level by level, as Word does."""

    def __init__(self, document) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._abstract_of: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._restarts: dict[str, dict[int, int]] = {}  # of a list that begins anew, until it is met
        self._styles = {style.get(qn("w:styleId")): style for style in document.styles.element.iter(qn("w:style"))}
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError, AttributeError):
            return
        for abstract in root.iter(qn("w:abstractNum")):
            self._levels[abstract.get(qn("w:abstractNumId"))] = dict(_level(level) for level in abstract.iter(qn("w:lvl")))
        for number in root.iter(qn("w:num")):
            link = number.find(qn("w:abstractNumId"))
            name = number.get(qn("w:numId"))
            self._abstract_of[name] = link.get(qn("w:val")) if link is not None else ""
            for override in number.iter(qn("w:lvlOverride")):
                if (start := override.find(qn("w:startOverride"))) is not None:
                    self._restarts.setdefault(name, {})[_int(override.get(qn("w:ilvl")))] = _int(start.get(qn("w:val")))

    def mark(self, paragraph) -> str:
        """Return the number that Word shows before a w:p element, '' where there is none or only a bullet."""
        number_id, level = self._numbered(paragraph)
        abstract = self._abstract_of.get(number_id, "")
        levels = self._levels.get(abstract, {})
        if level not in levels:
            return ""
        counts = self._counts.setdefault(abstract, {})
        if (start := self._restarts.get(number_id, {}).pop(level, None)) is not None:
            counts[level] = start - 1
        counts[level] = counts.get(level, levels[level][2] - 1) + 1
        for deeper in [known for known in counts if known > level]:
            del counts[deeper]
        kind, pattern, _ = levels[level]
        if kind in ("bullet", "none"):
            return ""

        def fill(found: re.Match) -> str:
            wanted = int(found.group(1)) - 1
            return written(counts.get(wanted, levels.get(wanted, ("", "", 1))[2]), levels.get(wanted, (kind, "", 1))[0])

        return re.sub(r"%([1-9])", fill, pattern)

    def _numbered(self, paragraph) -> tuple[str, int]:
        properties = paragraph.find(qn("w:pPr"))
        seen: set[str] = set()
        level = None
        while properties is not None:
            numbered = properties.find(qn("w:numPr"))
            if numbered is not None:
                at, given = numbered.find(qn("w:ilvl")), numbered.find(qn("w:numId"))
                level = _int(at.get(qn("w:val"))) if level is None and at is not None else level
                if given is not None:
                    return given.get(qn("w:val")), level or 0
            link = properties.find(qn("w:pStyle"))
            link = properties.getparent().find(qn("w:basedOn")) if link is None else link
            style = self._styles.get(link.get(qn("w:val"))) if link is not None else None
            if style is None or style.get(qn("w:styleId")) in seen:
                break
            seen.add(style.get(qn("w:styleId")))
            properties = style.find(qn("w:pPr"))
        return "", 0


def _level(level) -> tuple[int, tuple[str, str, int]]:
    def value(tag: str, default: str) -> str:
        element = level.find(qn(tag))
        return default if element is None else element.get(qn("w:val")) or default

    return _int(level.get(qn("w:ilvl"))), (value("w:numFmt", "decimal"), value("w:lvlText", ""), _int(value("w:start", "1")) or 1)


def _int(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0
