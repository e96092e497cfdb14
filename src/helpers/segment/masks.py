"""What is cut out of a text before it is segmented: brackets of responsibility, document numbers, marks, department names."""

import re
from collections.abc import Iterable
from functools import cache, partial

from helpers.segment.lexicon import Lexicon, default_lexicon

_WHO = r"牵头|责任单位|责任领导|负责|配合单位|职责分工"
_INSIDE = r"(?:[^()（）]|[(（][^()（）]{0,40}[)）])"
_RESPONSIBLE = re.compile(
    rf"[(（](?={_INSIDE}{{0,600}}?(?:{_WHO})){_INSIDE}{{1,600}}[)）]"
    r"|[(（]?(?:牵头|责任|配合)(?:单位|部门|领导|人)\s*[:：][^\n。]{0,600}"
)
_DOCUMENT_NUMBER = re.compile(r"[\u4e00-\u9fff]{0,8}[〔\[【(（]?(?:19|20)\d{2}[〕\]】)）]?\s*第?\s*\d{1,4}\s*号")
_ENUMERATION = re.compile(
    r"[\u2460-\u249b\u3220-\u3229\u2776-\u2793]|[(（][一二三四五六七八九十\d]{1,3}[)）]|第[一二三四五六七八九十百\d]{1,4}"
    r"|(?:^|(?<=[。;；,，:：]))\s*[一二三四五六七八九十]{1,2}(?:是|、)|^\s*\d{1,2}\s*[.、．](?!\d)"
)
_LEVEL = "国省市县区州乡镇"
_OFFICE = (
    r"(?:分局|支局|总局|局|委员会|管委会|党工委|工委|指挥部|办公室|专班|中心(?!城)|总队|支队|大队|厅|署"
    r"|委(?![托员派])|办(?![法理学事公好税证案结展会件厂电])|部(?![门分署件位])|站(?!位)|处(?![理置罚于分在])"
    r"|所(?![有需得在以属])|科(?![技学研创目普]))"
)
# An office that no list knows: from the start of a clause, a level of government, a few characters, an ending.
_ANY_OFFICE = re.compile(
    rf"(?<![\u4e00-\u9fff])[{_LEVEL}]{{1,2}}[\u4e00-\u9fff]{{1,10}}?(?<![布格结开破])(?:局|委|办|办公室|中心|管委会|指挥部|公司|大队|支队|院|会)"
    r"(?=$|[^\u4e00-\u9fff]|牵头|负责|等|和|要|会同)"
)


def mask_names(texts: Iterable[str], places: Iterable[str] = (), lexicon: Lexicon | None = None) -> list[str]:
    """Put a space in place of what makes no topic: who is responsible, document numbers, marks, departments, own places.

    The order matters: brackets first, since they hold names whose removal would hide what the bracket is.
    """
    lexicon = lexicon or default_lexicon()
    departments = _departments(lexicon)
    own = _any_of(tuple(places))
    office = partial(_office, lexicon.keep)
    out = []
    for text in texts:
        text = _RESPONSIBLE.sub(" ", text)
        text = _ENUMERATION.sub(" ", _DOCUMENT_NUMBER.sub(" ", text) if "号" in text else text)
        text = departments.sub(office, _ANY_OFFICE.sub(office, text))
        out.append(own.sub(" ", text) if own else text)
    return out


def _office(keep: frozenset[str], match: re.Match) -> str:
    """Put a space in place of an office; 建设数据中心 is none, 县大数据中心 is."""
    text = match[0]
    if text in keep or (text[0] not in _LEVEL and any(text.endswith(w) for w in (text[-6:], text[-5:], text[-4:]) if w in keep)):
        return text
    return " "


@cache
def _departments(lexicon: Lexicon) -> re.Pattern:
    """Names of departments: a level of government if it is there, one to four stems of the lexicon, an office."""
    stems = "|".join(map(re.escape, lexicon.stems))
    # Few places begin so: without a look ahead every stem is tried at every place.
    first = "".join(sorted({*_LEVEL, *(stem[0] for stem in lexicon.stems)}))
    return re.compile(rf"(?=[{first}])[{_LEVEL}]{{0,2}}(?:{stems}){{1,4}}{_OFFICE}")


@cache
def _any_of(names: tuple[str, ...]) -> re.Pattern | None:
    """Names, those before others first, gathered by their first character: of a nation's counties there are thousands."""
    by_first: dict[str, list[str]] = {}
    for name in filter(None, names):
        by_first.setdefault(name[0], []).append(re.escape(name[1:]))
    gathered = "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in by_first.items())
    return re.compile(f"(?=[{re.escape(''.join(by_first))}])(?:{gathered})") if by_first else None
