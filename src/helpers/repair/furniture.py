"""What the web page or the printed page put around the text: source lines, counters, buttons, page numbers, empty contents.

Whole lines only, each against a pattern that a sentence of the document cannot match; what is taken out stands in the log
(`before`), because dates and sources in it are evidence for the metadata.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from helpers.repair.edits import EXACT, INFERRED, Edit

_LONGEST = 160  # a longer line is text
_KEY = (
    r"(?:信息|文章|稿件|文件|新闻|内容)?来\s?源|发布(?:时间|日期|机构|单位|人|者)|(?:发文|成文|生成|更新|公开|公布|印发|添加|录入|上传)(?:时间|日期)"
    r"|浏览(?:次数|量|数)?|阅读(?:次数|量|数|人数)?|点击(?:次数|量|数|率)?|访问(?:次数|量|数)?|字\s?[号体](?:大小)?|责任编辑|编\s?辑|作\s?者|审\s?核|供稿|撰稿"
    r"|索\s?引\s?号|信息分类|主题分类|体裁分类|组配分类|公开(?:方式|形式|范围|时限|类别|责任部门)|信息名称|有效性|时效性|时\s?效|效力状态|发文机关|发文字号|文\s?号|主题词"
    r"|统一登记号|统一编号|登记号|废止日期|失效日期|生效日期|视力保护色|保护视力色|信息有效性|关键词|内容概述|名\s?称|发布文号|备注/文号"
)
_SOURCE = re.compile(rf"(?:[\[【(（]\s*)?(?:{_KEY})\s*[\]】]?\s*[:：].*")
_SENTENCE = re.compile("[。！；]|[，,].*[，,]")
_BUTTON = (
    r"[\[【(（]?(?:我要|在线)?(?:打印|关闭|收藏|分享|纠错|保存|返回|推荐|转发|下载|复制|打印本[页文稿]|打印此页|关闭窗口|关闭本页|返回顶部|返回首页|加入收藏"
    r"|我要纠错|网页纠错|分享到|设为首页|加为收藏|无障碍(?:阅读|浏览|版|服务)?|长者(?:助手|模式|版)|老年模式|关怀(?:版|模式)|进入关怀版|适老(?:版|化)"
    r"|繁體(?:版|中文)?|繁体(?:版|中文)?|简体(?:版|中文)?|手机版|移动版|English|登录|注册|智能问答|智能搜索|语音播报|开始播放"
    r"|网站(?:地图|声明|首页)|联系我们|关于我们|隐私声明|使用帮助)[\]】)）]?"
)
_COUNTER = r"(?:浏览|阅读|点击|访问)(?:次数|人次|量|数|率)?\s*[:：]?\s*\d*\s*次?"
_TODAY = (
    r"(?:今天是|现在是|当前时间)?\s*[:：]?\s*20\d\d\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日\s*[,，]?\s*(?:星期|周)[一二三四五六日天]"
)
_LINES = re.compile(
    r"(?:"
    r"[\s|｜]*\|[\s|｜]*"  # rests of share buttons
    r"|[【\[(（]?\s*(?:字\s?[号体](?:大小)?)?\s*[:：]?\s*[\[【]?(?:特大|超大|大|默认)\s*[|｜/]?\s*(?:中|大)\s*[|｜/]?\s*小\s*[】\])）]*.{0,12}"
    rf"|{_BUTTON}(?:[\s|｜/:：·,，]*(?:{_BUTTON}|微信|微博|QQ(?:空间)?|新浪微博|腾讯微博|人人网|{_COUNTER}|{_TODAY}))*[\s|｜:：]*"
    rf"|{_TODAY}(?:[\s|｜/·,，]*{_BUTTON})*[\s|｜:：]*"
    r"|分享到?\s*[:：].{0,40}"
    r"|(?:微信|手机|用微信|请用微信|打开微信)?扫[一扫码]{1,2}.{0,30}"
    r"|(?:(?:您|你)?(?:当前|现在|目前)?(?:的|所在)?(?:位置|所在位置))\s*[:：].*"
    r"|(?:网站)?首\s?页\s*(?:[>＞»›→/]|[-—]{1,2}>?).*"
    r"|[上下]一(?:篇|条|页)\s*(?:[:：].*)?|(?:相关(?:链接|文章|新闻|信息|稿件)|链接)\s*[:：]?"
    r"|(?:主办|承办|版权所有|网站标识码|[\u4e00-\u9fff]{1,3}ICP备|[\u4e00-\u9fff]{1,3}公网安备|技术支持|网站地图).{0,100}"
    r"|本页(?:面)?(?:已被)?(?:浏览|访问).{0,20}|Produced By .{0,60}|(?:©|Copyright).{0,100}"
    r"|.{0,60}(?:ICP备\s?\d|公网安备\s?\d|网站标识码\s?[:：]).{0,60}"
    r"|(?:单位|办公|联系|通讯)?地\s?址\s*[:：].{4,60}(?:邮\s?编|邮政编码)\s*[:：]?\s*\d{6}.{0,40}"
    r")",
    re.I,
)
_SITE = r"[\u4e00-\u9fff]{2,12}(?:人民政府|政府网|政府门户网站|门户网站)"
_CHANNEL = re.compile(
    rf"(?:(?:{_SITE}|[\u4e00-\u9fff]{{2,12}})?[\s\-—_>]*)?(?:政府信息公开(?:目录|平台|专栏|网)?|政务公开|信息公开(?:目录)?|法定主动公开内容|政策文件|"
    r"通知公告|公示公告|公告公示|规范性文件|行政规范性文件|政策法规|政策解读|本级文件|县政府文件|政府文件|政府办文件|其他文件|重点领域信息公开|部门文件|正文|文件正文|政务要闻)"
    # 临湘市工业发展规划 is a title
    rf"|(?:(?:{_SITE}|[\u4e00-\u9fff]{{2,12}}[\s\-—_>]+)[\s\-—_>]*)?(?:规划计划|发展规划|规划信息|专项规划)"
)
_PAGE = re.compile(
    r"[-—–－~·]{1,2}\s?\d{1,4}\s?[-—–－~·]{1,2}|第\s?\d{1,4}\s?页(?:\s?[,，/／]?\s?共\s?\d{1,4}\s?页)?|\d{1,3}\s?[/／]\s?\d{1,3}|[Pp]age\s?\d{1,4}(?:\s?of\s?\d{1,4})?"
)
_NUMBER = re.compile(r"\d{1,3}")
_INSIDE = re.compile(r"[-－—–]{1,2}(\s?)\d{1,3}\s?[-－—–]{1,2}|第\s?\d{1,3}\s?页\s?[,，/]?\s?共\s?\d{1,3}\s?页")
_CONTENTS = re.compile(r"目[\s\u3000]*[录錄次]")
_LEADER = re.compile(r".{2,60}?(?:[.．]{3,}|…+|[·‧・]{3,}|[-_—]{4,}|[ \t\u3000]{3,})[\s.·…]*[（(]?\d{1,3}[)）]?")
_FIGURE = re.compile(r"(?:附?图)\s?\d{1,3}(?:[-－—.]\d{1,3})?[\s:：.、　]\s*[^。；!！]{2,60}")
_OPEN_END = re.compile(r"[㐀-鿿，、,“《（(\d]$")
_NEW_ITEM = re.compile(
    r"\s*(?:[一二三四五六七八九十]+[、.]|[（(][一二三四五六七八九十\d]+[)）]|\d+[.、．]|第[一二三四五六七八九十百\d]+[章节条]|[①-⑳]|附件|[-—─]{2})"
)


def lines_of(text: str) -> Iterator[tuple[int, int]]:
    """Start and end (without the line feed) of every line."""
    start = 0
    while True:
        end = text.find("\n", start)
        if end < 0:
            yield start, len(text)
            return
        yield start, end
        start = end + 1


def remove(text: str) -> list[Edit]:
    """Edits that take the furniture out, a line with its line end each."""
    short = [(s, e, text[s:e].strip(" \t\u3000\xa0")) for s, e in lines_of(text) if e - s <= _LONGEST]
    if sum(1 for _, _, line in short if line) < 2 and len(text) < _LONGEST:
        return _inside(text)  # one line alone is the document
    numbers = _running_numbers([(k, line) for k, (_, _, line) in enumerate(short)])
    contents = _contents(text, short)
    edits: list[Edit] = []
    kept = 0  # lines of content so far
    for k, (start, end, line) in enumerate(short):
        if not line:
            continue
        reason = contents.get(k) or _why(line, kept < 3, len(short) - k <= 12)
        if reason is None and kept == 0 and _CHANNEL.fullmatch(line) and any(other for _, _, other in short[k + 1 : k + 9]):
            reason = "channel name of the web site"
        if reason is None and k in numbers:
            reason = "page number"
        if reason is None:
            kept += 1
            continue
        stop = min(end + 1, len(text))
        after = ""
        if start and stop == len(text) and text[start - 1] == "\n":  # the last line takes the line end before it along
            start -= 1
        elif reason == "page number" and start > 1 and _torn_by_page(text, start, stop):
            start -= 1
            while start and text[start - 1] in " \n" and stop < len(text):
                start -= 1
        if edits and edits[-1].end > start:
            start = edits[-1].end
        if start < stop:
            edits.append(Edit(start, stop, after, "furniture", INFERRED if reason.startswith("contents") else EXACT, reason))
    if not edits:
        return _inside(text)
    taken = [(e.start, e.end) for e in edits]
    edits += [e for e in _inside(text) if not any(s < e.end and e.start < t for s, t in taken)]
    return sorted(edits)


def _why(line: str, at_top: bool, at_bottom: bool) -> str | None:
    if _PAGE.fullmatch(line):
        return "page number"
    if _SOURCE.fullmatch(line) and not _SENTENCE.search(line) and (len(line) <= 40 or _dated(line)):
        return "source, date or counter of the web page"
    if _LINES.fullmatch(line) and "。" not in line and (len(line) <= 60 or at_top or at_bottom or "位置" in line[:8]):
        return "button, link or breadcrumb of the web page"
    if _FIGURE.fullmatch(line) and not re.search(r"[，,].*[，,]|(?:如|见)下?图", line):
        return "caption of a figure that is not in the text"
    return None


def _dated(line: str) -> bool:
    return bool(re.search(r"\d{4}\s?[-年/.]\s?\d{1,2}|[:：]\s*\d+\s*(?:次|$)", line)) or len(re.findall("[:：]", line)) > 1


def _running_numbers(lines: list[tuple[int, str]]) -> set[int]:
    """Lines that are nothing but a number, if they count the pages (at least three, each one more than the one before)."""
    found = [(k, int(line)) for k, line in lines if _NUMBER.fullmatch(line)]
    if len(found) < 3 or any(b[1] - a[1] not in (1, 2) or b[0] - a[0] < 4 for a, b in zip(found, found[1:], strict=False)):
        return set()
    return {k for k, _ in found}


def _contents(text: str, short: list[tuple[int, int, str]]) -> dict[int, str]:
    """Tables of contents: the heading, and the entries with page numbers or those that come again as lines of the text."""
    found: dict[int, str] = {}
    dotted = [k for k, (_, _, line) in enumerate(short) if line and line[-1] in "0123456789)）" and _LEADER.fullmatch(line)]
    heads = [k for k, (_, _, line) in enumerate(short) if len(line) <= 6 and _CONTENTS.fullmatch(line)]
    if len(dotted) > 2 or (dotted and heads):
        found |= dict.fromkeys(dotted, "contents entry with its page number")
    if not heads:
        return found
    places: dict[str, int] = {}
    for k, (_, _, line) in enumerate(short):
        places[_bare(line)] = k  # the last place wins
    for head in heads:
        found[head] = "contents heading"
        entries, k = [], head + 1
        while k < len(short) and len(entries) < 200:
            line = short[k][2]
            if line and k not in found:
                if places[_bare(line)] <= k or len(line) > 60:
                    break
                entries.append(k)
            k += 1
        if len(entries) >= 3 and places[_bare(short[entries[0]][2])] > entries[-1]:
            found |= dict.fromkeys(entries, "contents entry that comes again as a heading")
    return found


def _bare(line: str) -> str:
    return re.sub(r"[\s\u3000.…·]+\d*$|\s", "", line)


def _torn_by_page(text: str, start: int, stop: int) -> bool:
    """Does the sentence go on across the page number?"""
    before, after = text[max(0, start - 200) : start].rstrip(), text[stop : stop + 80].lstrip()
    line = before.rpartition("\n")[2]
    return len(line) >= 12 and bool(_OPEN_END.search(before)) and after[:1] > "\u3400" and not _NEW_ITEM.match(after)


def _inside(text: str) -> list[Edit]:
    """Page numbers between the two halves of a sentence: `- 3 -`, `—3—`, `第3页共10页`; `1-3-5` and `COVID-19-…` are none."""
    if not ("页" in text or "-" in text or "—" in text or "–" in text or "－" in text):
        return []
    edits = []
    for m in _INSIDE.finditer(text):
        start, end = m.start(), m.end()
        done = edits[-1].end if edits else 0  # two page numbers in a row share the space between them
        while start > done and text[start - 1] in " \t\u3000":
            start -= 1
        while end < len(text) and text[end] in " \t\u3000":
            end += 1
        ahead = edits[-1].start if edits and start == done else start
        before, after = text[max(0, ahead - 1) : ahead], text[end : end + 1]
        spaced = m[1] or m[0][0] not in "-－"
        if spaced and before and ("㐀" <= before <= "鿿" or before in "，、,") and "㐀" <= after <= "鿿":
            edits.append(Edit(start, end, "", "furniture", INFERRED, "page number inside a sentence"))
    return edits
