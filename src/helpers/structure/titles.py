"""Title, document number, issuer and form of a document, read from its first lines and its signature."""

import re
from dataclasses import dataclass

from helpers.structure.dates import is_signature_date
from helpers.structure.marks import FIRST, annex_at, mark_at
from helpers.structure.sentences import text_key

FORMS = tuple(
    "规划 纲要 计划 意见 办法 方案 措施 通知 细则 规定 决定 决议 通告 公告 公示 报告 批复 函 政策 条例 要点 制度 清单 预案 规则 "  # noqa: SIM905
    "章程 指南 目录 标准 总结 安排 通报 命令 举措 准则 十条 条款 建议".split()
)
_FORM = "|".join(sorted(FORMS, key=len, reverse=True))
_TAIL = r"(?:\s?[(（【\[][^()（）]{1,24}[)）】\]]){0,3}"
_ENDS_IN_FORM = re.compile(rf"(?:{_FORM}|[一二三四五六七八九十\d]+条(?:政策|措施|意见|举措)?)[》>]?{_TAIL}\s*$")
_PERIOD_LINE = re.compile(
    r"^[(（【]\s*(?:(?:19|20)\d\d(?!\s?年\s?\d{1,2}\s?月).{0,14}|试行|暂行|修订(?:版|稿)?|征求意见稿|草案|讨论稿|送审稿|公开征求意见稿|\d{4}年?版)\s*[)）】]$"
)
_IN_BRACKETS = re.compile(r"^[(（【][^()（）]*[)）】]$")
_ORGAN_END = (
    "人民政府",
    "委员会",
    "办公室",
    "局",
    "管委会",
    "政府",
    "领导小组",
    "指挥部",
    "人大常委会",
    "人民代表大会",
    "委办",
    "政府办",
    "县委",
    "区委",
    "市委",
    "中心",
    "集团",
    "公司",
    "银行",
    "部",
)
_SPEAKING = re.compile(
    r"(?:中共)?[\u4e00-\u9fff \u3000]{2,40}?(?:人民政府办公[室厅]|人民政府|委员会办公[室厅]|委员会|办公[室厅]|局|[县区市旗]委)"
    r"(?=\s*(?:关于|印发|转发))"
)
_ORGANS = re.compile(r"[ \u3000]+|(?<=[县区市旗州]委)(?=[\u4e00-\u9fff]{2,8}人民政府)")  # 中共桃江县委桃江县人民政府
_FIRM = re.compile(r"(?:公司|集团|银行|合作社|厂)\b|有限(?:责任)?公司")
_FORWARD = re.compile(
    r"(?:(?:印发|转发|下发|发布|公布|批转|颁布|颁发|公开(?!征[求集]|招|选|遴选)|实施|下达)(?:了)?)\s*[《<〈]?(?P<inner>.{3,120}?)[》>〉]?\s*(?:\s?[(（][^()（）]{1,20}[)）])?的(?:紧急)?(?:通知|公告|通告|函|意见)"
)
_BOOK = re.compile(r"《((?:[^《》]|《[^《》]*》){3,120})》")
# 现将《…》印发给你们 gives the act itself; 现将《政府工作报告》重点任务分解如下 gives something made from it.
_GIVEN = re.compile(
    r"(?:现将|^\s*)《((?:[^《》]|《[^《》]*》){3,120})》(?:\s?[(（][^()（）]{1,40}[)）])?"
    r"(?![^。,，]{0,20}(?:任务|分解|分工|精神|要求|有关|部分|中的))[^。]{0,60}?(?:印发|转发|下发|发布|公布|下达)"
)
_CRUMB = re.compile(
    r"首页|当前位置|您(?:现在)?(?:所在)?的?位置|[>＞»].*[>＞»]|门户网|政务公开$|信息公开$|政府网$|^\s*(?:打印|分享|关闭)"
)
_SITE = re.compile(r"\s*[_|｜\-—–]+\s*[^_|｜\-—–]{0,24}(?:网站?|政府|门户|公开|平台|频道|栏目)\s*$")
_PREAMBLE = re.compile(
    r"现将|已经.{0,40}(?:同意|通过|审定|研究)|印发给你们|请.{0,8}(?:遵照|贯彻|结合|认真)|予以(?:印发|公布|发布)|特此通知"
)
_NUMBER = re.compile(
    r"(?P<who>[\u4e00-\u9fff]{1,14}?)\s?[〔【\[［(（﹝]\s?(?P<year>(?:19|20)\d\d)\s?[〕】\]］)）﹞]\s?第?\s?(?P<no>\d{1,4})\s?号"
)
_LOST_BRACKET = re.compile(r"^\s*([\u4e00-\u9fff]{2,12})[〔\[【(（]((?:19|20)\d\d)(\d{1,3})号?\s*$")  # 应政办发〔202321
_ORDER = re.compile(r"(?:第\s?\d{1,4}\s?号)?(?:令|人民政府令)\s?第\s?\d{1,4}\s?号")
_ADDRESSEE = re.compile(r"[:：]\s*$")
_LABELS = re.compile(r"来源|发布(?:时间|日期)|浏览|点击|访问|作者|字体|索引号|责任编辑|更新时间|^\d{4}-\d\d-\d\d")
_NEWS = re.compile(r"[县旗]|[\u4e00-\u9fff]{2}[市区](?!域|场)|关于|讲话|说明|解读|报告|会议|召开|印发|出台|\d{4}年")
_STOP = re.compile(r"[。；;！!？?]")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the first sentence of the body: all lines, and those among them that may be titles."""

    lines: tuple[str, ...]
    titles: tuple[str, ...]
    notice: str


def read_head(lines: list[str]) -> Head:
    """Take the lines before the first body sentence or numbered heading; titles broken over lines are joined."""
    head: list[str] = []
    for line in (re.sub(r"\s*\|\s*", " ", line).strip() for line in lines[:60]):
        if not line:
            continue
        mark = mark_at(line)
        if mark and mark.level <= FIRST or annex_at(line):
            break
        if _STOP.search(line) and not _PREAMBLE.search(line) and len(line) > 20 and not _NUMBER.search(line[:40]):
            break
        head.append(line)
    usable = [line for line in head if not _CRUMB.search(line) and "\t" not in line]  # the row of a table is no title
    joined = _joined(usable)
    notice = next((t for t in joined if len(t) <= 220 and _FORWARD.search(t) and not _ADDRESSEE.search(t) and "。" not in t), "")
    return Head(tuple(head), tuple(t for t in joined if _is_title(t)), notice)


def _joined(lines: list[str]) -> list[str]:
    out, index = [], 0
    while index < len(lines):
        count = next((n for n in (4, 3, 2) if index + n <= len(lines) and _breaks_off(lines[index : index + n])), 1)
        title = "".join(lines[index : index + count])
        index += count
        if index < len(lines) and _PERIOD_LINE.match(lines[index]) and _is_title(title):
            title += lines[index]
        out.append(title)
    return out


def _breaks_off(group: list[str]) -> bool:
    """A title broken over lines: no line but the last could end one, each is short, and together they read as one."""
    whole = "".join(group)
    if len(whole) > 120 or any(len(g) > 60 or _STOP.search(g) or _ADDRESSEE.search(g) or is_signature_date(g) for g in group):
        return False
    if any(g.endswith("文件") or _NUMBER.fullmatch(g.strip()) or _IN_BRACKETS.match(g) or mark_at(g) for g in group[:-1]):
        return False
    opened = [
        sum("".join(group[: i + 1]).count(c) for c in "《(（") > sum("".join(group[: i + 1]).count(c) for c in "》)）")
        for i in range(len(group) - 1)
    ]
    whole_already = "关于" in group[-1] and len(group[-1]) >= 12 and not opened[-1]
    if whole_already and not group[-2].endswith((*_ORGAN_END, "关于", "印发", "转发")):  # 长者助手 above a title is none of it
        return False
    for index, line in enumerate(group[:-1]):
        ends = _ENDS_IN_FORM.search(line) and not opened[index]
        organ = line.endswith(_ORGAN_END) and not opened[index] and not group[index + 1].startswith(("关于", "印发", "转发"))
        if ends or organ:
            return False
    return bool(_ENDS_IN_FORM.search(whole)) and not _PERIOD_LINE.match(group[-1])


def _is_title(line: str) -> bool:
    line = line.strip()
    if not 5 <= len(line) <= 120 or _STOP.search(line) or mark_at(line) or annex_at(line) or _CRUMB.search(line):
        return line == "政府工作报告"
    if _ADDRESSEE.search(line) or re.search(r"[:：].*[:：]", line) or _PREAMBLE.search(line) or line[0] in "图表》)）、,，":
        return False
    bare = _NUMBER.sub("", line).rstrip("()（） ")
    if not (_ENDS_IN_FORM.search(line) or _ENDS_IN_FORM.search(bare)):
        return False
    if line.count("《") != line.count("》"):
        return False
    return len(line) >= 9 or bool(re.search(r"[县区市旗州]|关于|\d{4}|十[三四五]五|五年|三年", line)) or line == "政府工作报告"


def title_of(head: Head, lines: list[str], labels: list[str] | tuple = (), labelled: str = "") -> str:
    """Return the title of the document itself: the one inside a forwarding notice where there is one, else its own, else ''.

    `labels` are lines of the page around the text, `labelled` is what stands behind 标题： or 名称：.
    """
    inner = _inner(head.notice) or _inner(labelled)
    inner = inner or next((_clean(found.group(1)) for line in lines[:40] if (found := _GIVEN.search(line))), "")
    own = [_clean(t) for t in head.titles]
    if inner:
        return next((t for t in own if text_key(t).startswith(text_key(inner)) and not t.endswith("的通知")), inner)
    plain = [t for t in own if t and not t.endswith("的通知")] if not head.notice else own
    candidates = plain or own
    if candidates:
        return max(candidates[:3], key=lambda t: (_same(candidates[0], t), len(t)))
    page = next((clean for line in labels if _is_title(clean := _clean(line)) and not _LABELS.search(clean)), "")
    return _clean(labelled) or _inner(page) or page


def headline_of(head: Head, furniture: str = "") -> str:
    """Return the first line of a page as its headline where no line has the form of a title, '' where it may be a heading."""
    first = next(
        (line for line in head.lines if len(text_key(line)) >= 6 and not _CRUMB.search(line) and not _LABELS.search(line)), ""
    )
    if not 8 <= len(first) <= 70 or _STOP.search(first) or _ADDRESSEE.search(first) or first[-1] in ",，、" or mark_at(first):
        return ""
    if (
        is_signature_date(first)
        or _NUMBER.search(first)
        or annex_at(first)
        or first[0] in "图表》)）、,，(（"
        or _is_organ(first)
    ):
        return ""
    following = head.lines[head.lines.index(first) + 1 :][:1]
    on_page = bool(_LABELS.search(furniture)) or any(_LABELS.search(line) for line in following)
    return _clean(first) if on_page or _NEWS.search(first) else ""


def _same(longer: str, shorter: str) -> bool:
    a, b = text_key(longer), text_key(shorter)
    return a.startswith(b) or b in a and len(a) - len(b) <= 16


def _inner(notice: str) -> str:
    found = _FORWARD.search(notice)
    if not found:
        return ""
    book = _BOOK.search(notice, found.start())
    whole = book is not None and not found.group("inner")[book.end() - found.start("inner") :].strip("》>〉 ")
    inner = book.group(1) if book and whole else found.group("inner")
    inner = f"《{inner}" if inner.count("》") > inner.count("《") else inner
    again = _FORWARD.search(inner)
    inner = _inner(inner) if again else inner
    return _clean(inner) if _ENDS_IN_FORM.search(inner) or book else ""


def _clean(title: str) -> str:
    title = _SITE.sub("", title.strip())
    title = re.sub(rf"\s?[(（]?{_NUMBER.pattern}[)）]?\s*$", "", title)
    return re.sub(r"(?<=[\u4e00-\u9fff》）)])\s+(?=[\u4e00-\u9fff《（(])", "", title).strip(" \t\u3000\xa0")


def number_of(head: Head) -> str:
    """Return the document's own number with 〔〕 (岳楼发〔2017〕2号); numbers of documents cited in sentences are not its own."""
    for line in head.lines:
        text = re.sub(r"\s*签发人\s*[:：].*$", "", line).strip(" \t\u3000\xa0(（")
        if len(text) <= 40 and (found := _NUMBER.match(text)):
            return _written(found)
    for line in head.lines:
        found = re.search(rf"[(（]\s?{_NUMBER.pattern}\s?[)）]\s*$", line)
        if found and _ENDS_IN_FORM.search(line[: found.start()]):
            return _written(found)
    for line in head.lines:
        if found := _LOST_BRACKET.match(line):
            return f"{found.group(1)}〔{found.group(2)}〕{found.group(3)}号"
    for line in head.lines:
        if len(line) <= 40 and (found := _ORDER.search(line)):
            return re.sub(r"\s", "", line[: found.end()])
    return ""


def _written(found: re.Match) -> str:
    return f"{found['who']}〔{found['year']}〕{found['no']}号"


def issuer_of(head: Head, lines: list[str], labelled: str = "") -> str:
    """Return the issuing bodies joined by ';': from the lines above the date, the label 发布机构：, or the start of the title."""
    near = list(range(min(len(lines), 60))) + list(range(max(60, len(lines) - 25), len(lines)))
    for index in near:
        if len(lines[index]) <= 60 and is_signature_date(lines[index]):
            signed = _signatures(lines, index)
            if signed:
                return ";".join(signed)
    if re.fullmatch(r"[\u4e00-\u9fff、;； ]{3,40}", labelled) and not _FIRM.search(labelled):
        return ";".join(part for part in re.split("[、;； ]+", labelled) if part)
    for text in (head.notice, *head.titles):
        found = _SPEAKING.match(text)
        if found:
            return ";".join(part for part in _ORGANS.split(found.group()) if part)
    return next((_bare(line) for line in head.lines[:6] if _is_organ(line)), "")


def _signatures(lines: list[str], index: int) -> list[str]:
    own = re.split(r"(?:19|20)\d\d\s?年|二[〇○零]", lines[index])[0].strip(" \t\u3000\xa0(（")
    found = [own] if _is_organ(own) else []
    for line in reversed(lines[max(0, index - 5) : index]):
        parts = [p for p in re.split(r"[\s\u3000\xa0]+", line.strip()) if p]
        if not parts or not all(_is_organ(p) for p in parts):
            break
        found = parts + found
    return list(dict.fromkeys(_bare(f) for f in found))


def _is_organ(text: str) -> bool:
    """Tell an organ from a firm and from a row of a table (1 标准厂房 县住建局)."""
    text = text.strip()
    if not 4 <= len(text) <= 30 or not text.endswith(_ORGAN_END) or re.search(r"[,，。:：;；、|\t\d]|关于|印发", text):
        return False
    return not _FIRM.search(text) and all(part.endswith((*_ORGAN_END, "中共")) for part in text.split())


def _bare(text: str) -> str:
    return text.strip(" \t\u3000\xa0")


def form_of(title: str, body: str) -> str:
    """Return the form (文种) of the inner document: the word its title ends in, else what 制定本… says."""
    bare = re.sub(rf"{_TAIL}[》>]?\s*$", "", title)
    if bare.endswith("纲要") and "规划" in bare:
        return "规划"
    if found := re.search(rf"(?:{_FORM})$", bare):
        return {"举措": "措施", "十条": "政策"}.get(found.group(), found.group())
    if not title and (
        found := re.search(r"(?:制定|制订|编制|出台)(?:了)?(?:本|如下)(规划|计划|意见|办法|方案|措施|细则|规定)", body[:20000])
    ):
        return found.group(1)
    return ""
