"""Copy protection: one token that a portal puts behind every paragraph (…发展。kX9f), taken out with a log."""

from __future__ import annotations

import re
from collections import Counter

from helpers.repair.edits import INFERRED, Edit
from helpers.repair.furniture import lines_of

_TAIL = re.compile(r"(?<=[。；;！？!?：:”）)])[ \t\u3000\xa0]*([^\s，,。；;、：:！？!?（）()《》“”]{2,24})[ \t\u3000\xa0]*$")
_ENDED = re.compile(r"[。；;！？!?：:”）)][ \t\u3000\xa0]*$")
_CODE = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9_#@$%&*-]{3,24}|\d{5,24}")
_DUTY = re.compile(r"负责|牵头|落实|局|委|办|单位|部门|完成|责任|政府|另发|略")
_LEAST, _SHARE = 4, 0.8


def remove(text: str) -> list[Edit]:
    """Edits that take the token out: the same at every paragraph, or a code of letters and digits, another each time."""
    lines = [(start, end) for start, end in lines_of(text) if end - start > 8]
    if len(lines) < _LEAST:
        return []
    found = {start: m for start, end in lines if (m := _TAIL.search(text[start:end]))}
    ended = sum(1 for start, end in lines if start not in found and _ENDED.search(text[start:end]))
    if len(found) < _LEAST or len(found) < _SHARE * (len(found) + ended):
        return []
    tokens = Counter(m[1] for m in found.values())
    token, count = tokens.most_common(1)[0]
    if count >= _SHARE * len(found) and not _DUTY.search(token):
        tail = re.compile(rf"[ \t\u3000\xa0]*{re.escape(token)}[ \t\u3000\xa0]*$")
    elif sum(1 for m in found.values() if _CODE.fullmatch(m[1])) >= _SHARE * len(found):
        lengths = {len(m[1]) for m in found.values()}
        tail = re.compile(
            rf"(?<=[。；;！？!?：:”）)\u4e00-\u9fff])[ \t\u3000\xa0]*(?:{_CODE.pattern})(?<![^A-Za-z0-9]\d{{4}})[ \t\u3000\xa0]*$"
        )
        spans = [(start, m) for start, end in lines if (m := tail.search(text[start:end])) and len(m[0].strip()) in lengths]
        return [_edit(start, m) for start, m in spans]
    else:
        return []
    return [_edit(start, m) for start, end in lines if (m := tail.search(text[start:end])) and m.start() > 2]


def _edit(start: int, m: re.Match) -> Edit:
    return Edit(start + m.start(), start + m.end(), "", "copy protection", INFERRED, "token behind every paragraph of the page")
