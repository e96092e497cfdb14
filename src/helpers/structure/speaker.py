"""Who speaks in a document: an authority above the county (国务院关于…县的批复), or the committee of a zone or new area."""

import re

from helpers.structure.divisions import register
from helpers.structure.mentions import Mention, mentions

_MINISTRY = (
    "民政|财政|自然资源|国土资源|生态环境|环境保护|农业农村|农业|工业和信息化|商务|教育|科学技术|科技|交通运输|水利|公安|司法|"
    "住房和城乡建设|人力资源(?:和)?社会保障|文化和旅游|文化|应急管理|国家安全|外交|退役军人事务"
)
_CENTRAL = re.compile(
    rf"(?:中华人民共和国)?(?:国务院|中共中央|全国人大|国家[\u4e00-\u9fff]{{2,16}}?(?:总局|局|委员会|委|部|署|办公室)|(?:{_MINISTRY})部"
    r"|中国(?:人民银行|证监会|银保监会)|[\u4e00-\u9fff]{2,6}总局)(?!(?!关于|办公厅关于).{0,6}(?:批准|同意))"
)
_CENTRAL_NUMBER = re.compile(r"(?:国函|国发|国办|国令|民函|民发|发改|财[建农税行预]|工信部|自然资)")
_ORGAN = re.compile(
    r"(?:人民)?政府|委(?!托)|人大|人民代表大会|发展和?改革|[\u4e00-\u9fff]{2,14}?(?:局|厅|委员会|委|办公室|办公厅)(?=关于|印发|转发|批转|$|[;；\s])"
)
_KIND = (
    r"高新技术产业(?:开发区|园区|示范区)|高新技术(?:开发区|园区)|高新(?:区|园区)|经济技术开发区|经济开发区|经开区|产业开发区|开发区|"
    r"工业(?:集中|集聚)区|工业园区?|产业(?:集聚区|园区?)|综合保税区|保税(?:港)?区|(?:旅游)?度假区|风景(?:名胜)?区|管理区|合作区|试验区|"
    r"示范区|新区|新城|园区"
)
_ZONE = rf"(?:中共)?(?P<who>[\u4e00-\u9fff]{{2,16}}?)(?:国家级?|省级)?(?P<kind>{_KIND})"
_BOARD = re.compile(
    rf"{_ZONE}(?:管理委员会|管委会|党工委|工作委员会)"
    r"(?=关于|印发|转发|[\u4e00-\u9fff]{2,8}局|办公室|文件|$|[;；\s])"
)
_ALONE = re.compile(
    rf"{_ZONE}(?=关于|印发|20\d\d|[“\"]?十[三四五]五|第十|促进|支持|加快|推进|$|[;；\s]"
    r"|[\u4e00-\u9fff]{2,20}(?:办法|方案|意见|措施|政策|规划|计划|细则))"
)


def authority_above(speaker: str, issuer: str, doc_number: str) -> Mention | str | None:
    """Return the city or province whose organ speaks, "central" for the State Council and its ministries, None for others.

    `speaker` is the notice or title. An issuer that names a county, and a title that begins with one, is the county's.
    """
    issued = mentions(issuer)
    if any(m.kind == "county" for m in issued) or "分局" in issuer:
        return None
    if _CENTRAL.match(issuer) or not issued and (_CENTRAL.match(speaker) or _CENTRAL_NUMBER.match(doc_number)):
        return "central"
    named = mentions(speaker[:60])
    if named and named[0].kind == "county" and named[0].start <= 2 and "批复" not in speaker:
        return None
    for text, found in ((issuer, issued), (speaker, named)):
        if not found or found[0].start > 2:
            continue
        last = found[0]  # 湖南省益阳市人民政府 is the city's, 南京市鼓楼区 the county's
        for following in found[1:]:
            last = following if following.start == last.end else last
        if last.kind != "county" and _ORGAN.match(text, last.end):
            return last
    return None


def zone_in(speaker: str, issuer: str) -> str | None:
    """Return the words before 高新区, 开发区, 新区 and the like where a zone speaks (湘阴, 娄底), else None."""
    places = register()
    for text, pattern in ((issuer, _BOARD), (speaker, _BOARD), (issuer, _ALONE), (speaker, _ALONE)):
        found = pattern.match(text)
        if not found or found["who"] + found["kind"] in places.by_name or re.search("关于|政府", found["who"]):
            continue
        if pattern is _BOARD or found["who"] in places.by_short or f"{found['who']}市" in places.cities:
            return found["who"]
    return None
