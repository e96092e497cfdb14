"""Who must do it: departments named in duty brackets and in sentences, as lead (牵头) or responsible (责任)."""

import re
from functools import partial
from itertools import chain

import numpy as np
import pandas as pd

from helpers import catalogue, engine
from helpers.commitments import departments as names
from helpers.commitments.numbers import fold
from helpers.commitments.windows import windows
from helpers.commitments.wording import BRACKET
from helpers.structure import lineages

_BATCH = 500
# What a department is said to do: it leads, or it answers for something; after 由 any deed of an office will do.
_DEED = (
    "(?:落实|实施|审核|审查|审定|审批|核准|受理|验收|认定|核定|评审|推进|开展|承办|承担|办理|制定|做好|抓好|组织|统筹|监督|管理)"
)
_ROLE = re.compile(
    r"(?:共同|分别|总|联合)?(?P<lead>牵头)(?!人|单位|部门)|为总?(?P<heads>牵头|主办|主管)(?:责任)?(?:单位|部门)"
    r"|为(?:责任|配合|协办|参与|实施|落实)(?:单位|部门)|(?:具体|共同|联合|协同|分头|按(?:照|各自)*(?:职责|职能)(?:分工)?)+(?:组织)?"
    + _DEED
    + r"|按(?:照|各自)*(?:职责|职能)"
    r"|(?:具体|共同|联合|统一)?(?<!主要)(?<!属地)(?<!专人)(?<!不)负责(?!人|同志|制(?!定|订|作)|解释|任|落户)"
    r"|(?:协同|共同|积极|密切)?配合(?=$|[,;。]|做好|抓好)"
)
_BY = re.compile(rf"由(?P<who>[^,;。:()]{{2,60}}?)(?:分别|共同|联合|具体|统一|会商|负责)*{_DEED}")
HINT = re.compile(
    r"牵头|责任单位|责任部门|负责|配合|主办|协办|会同|职责|职能|(?:具体|共同|联合|协同|分头)(?:组织)?"
    + _DEED
    + r"|由[^，,;；。]{0,58}[局委办厅会社队心院]"
)
_LEAD_LABEL = r"(?:牵头(?:责任)?(?:单位|部门)?|主办(?:单位|部门)?|主要责任单位|第一责任单位)"
_DUTY_LABEL = (
    r"(?:责任(?:单位|部门)|配合(?:单位|部门)?|协办(?:单位|部门)?|参与(?:单位|部门)?|参加单位|协同(?:单位"
    r"|部门)"
    r"|实施单位"
    r"|落实单位"
    r"|责任主体)"
)
_LABELLED = re.compile(rf"(?P<lead>{_LEAD_LABEL})\s?:|(?P<duty>{_DUTY_LABEL})\s?:")
_DUTY_COLUMN = re.compile(r"牵头|主办|协办|承办|配合|责任|负责|参与|实施单位|落实单位|^(?:单位|部门)$")
_WITHIN_COLUMN = re.compile(r"领导|责任人|负责人|联系人|科室|股室")  # persons and offices within a department
_LEADING = re.compile(r"(?:共同|分别|总|联合)?牵头(?:负责|组织实施|组织|落实)?")
_END = re.compile(
    r"(?:等(?:各|有关|相关|职能|成员|[省市县区]直)*(?:单位|部门|乡镇|镇街|[和与及、])*)?(?:(?:按照?|依)(?:各自)?(?:职责|职能)(?:分工)?(?:负责|落实|抓好落实|做好|配合)?|按分工负责|分工负责|共同负责|具体负责|分别负责|负责(?:落实|实施)?|"
    r"(?:协同|共同|积极)?配合(?:落实|实施)?|参与|参加|协助|落实)?\s*$"
)
_NO_NAME = re.compile(r"^(?:各|有关|相关|其他|等.*|另[有行].*|.*(?:说明|规定|除外|另行).*|上述.*|以上.*)$")
_AND_OTHERS = re.compile(
    r"(?:等(?:各|有关|相关|职能|成员|[省市县区]直)*(?:部门|单位|[和与及、])*|分别|共同|联合|具体|要|应当?|将|主要|统一|均)+$"
)
_GROUP = re.compile(r"^(?:各|有关|相关|其他|[省市县区]直)")
_LEVEL = "(?:国家|[省市县区州旗镇乡]|自治[州县])"
# A body by its form, where the register does not know it: a level of government, and what offices end in.
_OFFICE = (
    r"(?:管理局|[局厅]|委员会|管委会|办公室|联合会|残联|工商联|妇联|总工会|团委|税务局|供销(?:合作)?社|联社|大队|支队|[\u4e00-\u9fff]{2}医院"
    r"|(?:事务|服务|指导|管理|发展|信息|保障|媒体|交易|促进|推广|监测|检测|文化|救助)中心"
    r"|(?:水务|城投|交投|文旅|国投|城建|农投|供电|供水|燃气|发展|投资|建设)?(?:集团|公司)|[委办](?![员公会外]))"
)
_FORMED = re.compile(rf"{_LEVEL}[\u4e00-\u9fff]{{1,16}}?{_OFFICE}$")
_FORMED_FIRST = re.compile(rf"{_LEVEL}[\u4e00-\u9fff]{{1,16}}?{_OFFICE}")
_NATIONAL = re.compile(r"(?:国网|中国|国家)[\u4e00-\u9fff]{2,16}(?:公司|支行|分局|支局)$")  # keeps its whole name
_UNNAMED = re.compile(rf"{_LEVEL}[\u4e00-\u9fff]{{1,16}}?{_OFFICE}|[\u4e00-\u9fff]{{2,8}}(?:(?<![布格结全大])局|委|管委会)")
_BEFORE = re.compile(r"^.*(?:由|经|请|均)(?=[省市县区州旗])")
_TOGETHER = re.compile(r"(?P<first>[^,;。:()]{0,60}?)会同(?P<others>[^,;。:()]{2,60})")
_NAMED = re.compile(rf"(?:{_LEAD_LABEL}|{_DUTY_LABEL})[为是](?P<names>[^,;。:()]{{2,60}})")
_AND = re.compile(r"、|以及|(?<=[局委办会厅社队院司心联])[和与及]")
_REMARK = re.compile(r"[(](?:街道|办事处|镇|乡|农场|园区|管委会|区|市)[^()]{0,8}[)]")  # 各乡镇(街道)
_OUTER = re.compile(r"[、,;](?![^(<]*[)>])")


def actors(units: pd.DataFrame, documents: pd.DataFrame | None = None, register: str = names.DEFAULT) -> pd.DataFrame:
    """Return the departments that each unit names, with their role, as the catalogue declares them.

    Requires unit_id, doc_id, text of `units`, uses `table_row` (the columns 牵头单位, 责任单位 of a table); doc_id, county of
    `documents` (without them each document stands alone).
    Names are normalised within a county with `data/codebook/departments.yml`; a unit that names a department twice in one
    role gives one row. Persons (分管副县长) and unnamed offices are no departments.
    """
    return normalised(named(units, register), documents, register)


def named(units: pd.DataFrame, register: str = names.DEFAULT) -> pd.DataFrame:
    """Return unit_id, doc_id, written (the name as it stands there) and role; units may come some documents at a time."""
    texts = units.loc[units["text"].str.contains(HINT.pattern, regex=True, na=False), ["unit_id", "doc_id", "text"]]
    distinct = list(dict.fromkeys(texts["text"]))  # documents copy sentences from one another: each is read once
    read = engine.map(partial(_named_in_each, register=register), engine.batches(distinct, _BATCH))
    said = dict(zip(distinct, chain.from_iterable(read), strict=True))
    found = [(u.unit_id, u.doc_id, name, role) for u in texts.itertuples(index=False) for name, role in said[u.text]]
    if "table_row" in units:
        beside = units.loc[units["table_row"].fillna("") != "", ["unit_id", "doc_id", "table_row"]]
        found += [(u.unit_id, u.doc_id, name, role) for u in beside.itertuples(index=False) for name, role in in_row(u.table_row)]
    return pd.DataFrame(found, columns=["unit_id", "doc_id", "written", "role"], dtype="str")


def normalised(frame: pd.DataFrame, documents: pd.DataFrame | None = None, register: str = names.DEFAULT) -> pd.DataFrame:
    """Return the table `actors` of what `named` found in a whole corpus: names alike within a county."""
    if frame.empty:
        return catalogue.empty("actors")
    known = names.load(register)
    known_at = catalogue.empty("documents") if documents is None else documents.dropna(subset=["county"])
    at = dict(zip(known_at["doc_id"], lineages(known_at), strict=True))
    county_of = dict(zip(at.values(), known_at["county"], strict=True))
    department, body = (np.empty(len(frame), dtype=object) for _ in range(2))
    for name, rows in frame.groupby(frame["doc_id"].map(lambda doc_id: at.get(doc_id, doc_id)), sort=False).indices.items():
        written = frame["written"].iloc[rows].tolist()
        shown = names.names_of(county_of.get(name, ""), written, known)
        department[rows], body[rows] = zip(*map(shown.get, written), strict=True)
    said = {"department": pd.Series(department, frame.index, dtype="str"), "body": pd.Series(body, frame.index, dtype="str")}
    out = frame.assign(**said).drop_duplicates(["unit_id", "department", "role"], ignore_index=True)
    out["is_collective"] = out["department"].str.contains(known.collective.pattern, regex=True)
    return catalogue.check(out[catalogue.table("actors").names], "actors")


def _named_in_each(texts: list[str], register: str) -> list[list[tuple[str, str]]]:
    known = names.load(register)
    return [named_in(text, known) for text in texts]


def named_in(text: str, register: names.Register | None = None) -> list[tuple[str, str]]:
    """Return (name as written, role) of each department in a unit, in order: first of its brackets, then of its sentence."""
    register = register or names.load()
    return [pair for _, piece in windows(text) for pair in _named_in_window(piece, register)]


def _named_in_window(text: str, register: names.Register) -> list[tuple[str, str]]:
    folded = fold(text).replace("〈", "<").replace("〉", ">")
    found = [pair for match in BRACKET.finditer(folded) for pair in in_bracket(match[1])]
    rest = _REMARK.sub("", BRACKET.sub("", folded))
    if _LABELLED.search(rest):
        return found + in_bracket(rest[_LABELLED.search(rest).start() :].rstrip("。;"))
    return found + _in_sentence(rest, register)


def in_row(said: str) -> list[tuple[str, str]]:
    """Read the columns of responsible units beside a cell: `任务 | 牵头单位：县教育局 | 配合单位：县财政局、县住建局`; where a
    table names no columns, cells that are nothing but offices (`1 | 县教育局、县财政局`)."""
    found = []
    for cell in said.split(" | "):
        column, _, words = cell.partition("：")
        if not words and (offices := split(fold(cell))) and all(map(_UNNAMED.fullmatch, offices)):
            found += [(name, "responsible") for name in offices]
        if words and _DUTY_COLUMN.search(column) and not _WITHIN_COLUMN.search(column):
            role = "lead" if re.search(r"牵头|主办", column) else "responsible"
            found += [(name, role) for name in split(fold(words)) if len(name) > 2]
    return found


def in_bracket(words: str) -> list[tuple[str, str]]:
    """Read the inside of a duty bracket: `牵头单位:甲;责任单位:乙、丙` or `甲、乙牵头,丙、丁等按职责分工负责`."""
    words = words.strip().rstrip("。")
    marks = list(_LABELLED.finditer(words))
    if marks:
        ends = [mark.start() for mark in marks[1:]] + [len(words)]
        parts = [
            (words[mark.end() : end], "lead" if mark["lead"] else "responsible") for mark, end in zip(marks, ends, strict=True)
        ]
    else:
        lead = _LEADING.search(words)
        parts = [(words[: lead.start()], "lead"), (words[lead.end() :], "responsible")] if lead else [(words, "responsible")]
    return [(name, role) for part, role in parts for name in split(part)]


def split(words: str) -> list[str]:
    """Split a list of departments: by 、 and comma outside brackets, without 等, 由 and the closing verb."""
    names_found = []
    for piece in _OUTER.split(words):
        piece = _END.sub("", piece.strip(" 、,;。:"))
        piece = re.sub(r"^(?:由|会同|和)|(?:等|分别|共同|按)+$", "", piece).strip()
        if 2 <= len(piece) <= 24 and not re.search(r"\d{2,}|[。;]", piece) and not _NO_NAME.match(piece):
            names_found.append(piece)
    return names_found


def _in_sentence(text: str, register: names.Register) -> list[tuple[str, str]]:
    """Read 由县工信局、县科技局牵头, 县水利局负责…, 县商务局会同县文旅局…, 县林业局为牵头单位, 由县财政局审核.

    Read are names of the register, and names with a level that have the form of an office; persons and groups have not.
    """
    found: list[tuple[int, str, str]] = []

    def add(named: list[str], role: str, at: int) -> None:
        found.extend((text.find(name, max(at, 0)), name, role) for name in named)

    for match in _TOGETHER.finditer(text) if "会同" in text else ():
        add(_named_last(match["first"], register), "lead", match.start())
        add(_named_first(match["others"], register), "responsible", match.start("others"))
    for match in _NAMED.finditer(text):
        add(_named_first(match["names"], register), "lead" if re.match("牵头|主办", match[0]) else "responsible", match.start())
    begin = 0
    for match in _ROLE.finditer(text):
        begin = max(begin, *(text.rfind(mark, 0, match.start()) + 1 for mark in ",;。:()"))
        who = text[begin : match.start()]
        lead = match["lead"] or match["heads"] or text.startswith("牵头", match.end())
        if "会同" not in who:
            add(_named_last(who, register), "lead" if lead else "responsible", begin)
        begin = match.end()
    for match in _BY.finditer(text) if "由" in text else ():
        if not re.search("牵头|会同|负责", match[0]):
            add(_named_last(match["who"], register), "responsible", match.start())
    return list(dict.fromkeys((name, role) for _at, name, role in sorted(found, key=lambda one: one[0])))


def _named_last(words: str, register: names.Register) -> list[str]:
    """Return the departments that end `words`, groups among them left out: of 由县工信局、县科技局及各乡镇 the first two."""
    found = []
    for piece in reversed([piece for piece in _AND.split(words) if piece]):
        own = _AND_OTHERS.sub("", piece)
        if _GROUP.match(own) or (found == [] and not own):
            continue
        name = _at_the_end(own, register)
        if not name:
            break
        found.append(name)
    return found[::-1]


def _named_first(words: str, register: names.Register) -> list[str]:
    """Return the departments that begin `words`: of 县财政局、县乡村振兴局制定细则 both."""
    found = []
    for piece in _AND.split(words):
        known = [
            piece[:size]
            for size in range(min(16, len(piece)), 2, -1)
            if piece[:size] in register.stems or (piece[0] in "省市县区州旗" and piece[1:size] in register.stems)
        ]
        formed = _FORMED_FIRST.match(piece)
        if not known and not formed:
            break
        found.append(known[0] if known else formed[0])
    return found


def _at_the_end(words: str, register: names.Register) -> str:
    """Return the longest known department at the end of `words`, with its level: 由县工信局 gives 县工信局."""
    national = _NATIONAL.search(words)
    if national:
        return national[0]
    for size in range(min(16, len(words)), 1, -1):
        name = words[-size:]
        if name in register.local:
            return name
        if name in register.stems:
            level = words[-size - 1 : -size] if len(words) > size else ""
            return f"{level}{name}" if level in tuple("省县区市州旗") else name
    formed = _FORMED.match(_BEFORE.sub("", words[-40:]))
    return formed[0] if formed else ""
