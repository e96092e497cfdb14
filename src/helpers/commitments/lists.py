"""Lists that share their numbers out: 国家级、省级企业分别奖励50万元、30万元; 甲和乙分别增长5%、8%."""

import re

from helpers.commitments import indicators
from helpers.commitments.money import eligible
from helpers.commitments.place import Place

_MARKS = ("、", "[、和及与]|以及", "[、和及与或]|以及")
_RANK = (
    r"(?:(?:世界|国家|[省市县区镇村州厅部])级|国际|国家|行业|地方|团体|[一二三四五特]等奖?|[一二三四五1-5](?:星|[Aa])级?"
    r"|[首次]年|第[一二三四五六][年名]|[冠亚季]军|[甲乙丙]类|\d[\d.]*\s?[十百千万亿]*[元人户亩家吨个件美%]{1,2})"
)
_NOUN = re.compile(r"(?:工作站|企业|项目|单位|中心|基地|平台|园区|工坊|产品|主体|景区|示范区|合作社|农场|机构|人才)的?$")
_RANK_AFTER, _RANK_BEFORE = re.compile(f"{_RANK}(?:以上)?$"), re.compile(_RANK)


def parts(words: str, n: int) -> list[str]:
    """Return the `n` things that a list names, each with the words that they share; [] where it does not name so many.

    >>> parts("认定为国家级、省级龙头企业的", 2)
    ['认定为国家级龙头企业的', '认定为省级龙头企业的']
    """
    if n == 2 and "城乡" in words:
        return [words.replace("城乡", "城镇", 1), words.replace("城乡", "农村", 1)]
    for mark in _MARKS:
        found = [part.strip() for part in re.split(mark, words)]
        if len(found) >= n and all(len(part) > 1 for part in found):
            break
    else:
        return []
    ranked = _ranked(["、".join(found[: len(found) - n + 1]), *found[len(found) - n + 1 :]])
    if ranked or len(found) > n:
        return ranked
    noun = _NOUN.search(found[-1])  # 院士、博士后工作站: the noun at the end is shared too
    return found if not noun else [part if _NOUN.search(part) else part + noun[0] for part in found]


def _ranked(found: list[str]) -> list[str]:
    """Give each rank what stands before the first and after the last one: 认定为国家级, 省级企业的."""
    first, last = _RANK_AFTER.search(found[0]), _RANK_BEFORE.match(found[-1])
    if not first or not last:
        return []
    return [found[0][: first.start()] + rank + found[-1][last.end() :] for rank in (first[0], *found[1:-1], last[0])]


def shared_out(place: Place, run: list[dict], before: list[dict]) -> list[dict] | None:
    """Return the rows of a run of joined numbers, each with its own name and condition; None where the run shares nothing out.

    `place` is that of the first number, `before` are the rows before the run, which 分别 may speak of.
    """
    if len(run) < 2 or not re.search("分别|依次|各自", place.own):
        return None
    left = re.split("分别|依次|各自", place.shown[place.begin : place.number.start])[0]
    clauses = list(re.split("[,:;]", left))[-3:]
    money = run[0]["kind"] == "money"
    if not money and not clauses[-1].strip():
        earlier = [row for row in before if row["kind"] == "target"][-len(run) :]
        return (
            [row | {"indicator": named["indicator"]} for row, named in zip(run, earlier, strict=True)]
            if len(earlier) == len(run)
            else run
        )
    for clause in reversed(clauses):
        named = parts(clause if money else indicators.cut(clause), len(run))
        if named and money:
            whom = [eligible(words) for words in named]
            return [
                row | {"indicator": indicators.cut(words) or words, "condition": words}
                for row, words in zip(run, whom, strict=True)
            ]
        if named:
            return [row | {"indicator": words} for row, words in zip(run, named, strict=True)]
    return run


def like_the_first(run: list[dict]) -> list[dict]:
    """Let 最高 and 增长 before the first number of a run speak for all: 最高20万元、10万元; 增长7%、10%以上."""
    first = run[0]["comparator"]
    speaks = {"<=": ("=",), "growth": ("=", ">="), "decrease": ("=", ">=")}.get(first, ())
    return [row | {"comparator": first} if row["comparator"] in speaks and row["unit"] == run[0]["unit"] else row for row in run]
