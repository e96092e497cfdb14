"""Pages that are no document: errors, captchas, log-ins, lists of links, pages whose text was never loaded."""

import re

from helpers.language.reasons import coded

_ERROR = re.compile(
    r"404|页面?(?:不存在|找不到|没有找到|已(?:被)?删除|走丢)|Not Found"
    r"|50[0234]\s*(?:Bad|Service|Gateway|Internal|错误)|Bad Gateway"
    r"|您?(?:访问|请求|查看|浏览)的(?:页面|内容|网页|文件|信息)[^。]{0,12}(?:不存在|找不到|已|不可用|无法)"
    r"|Service Unavailable|服务器(?:内部)?错误|系统(?:繁忙|错误|维护)|网站(?:正在)?维护",
    re.IGNORECASE,
)
_BLOCKED = re.compile(
    r"验证码|安全验证|人机验证|滑动(?:验证|滑块|完成)|拖动滑块|访问(?:过于)?频繁|请求过于频繁|访问被(?:拒绝|拦截|阻断)|403|Forbidden"
    r"|Access Denied|captcha|防火墙|拦截|恶意(?:访问|攻击)|检测到.{0,12}异常|请?(?:开启|启用|打开)\s*Java\s?Script"
    r"|浏览器(?:版本过低|不支持)|Just a moment",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"请(?:先)?登录|用户名|密码|账号登录|忘记密码|立即注册")
_LOADING = re.compile(r"(?:正在|努力)?加载中|正在加载|Loading|内容(?:正在)?(?:更新|建设)中|暂无(?:内容|数据|信息)", re.IGNORECASE)
_ATTACHED = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|zip|rar|ofd)\b|附件(?:下载)?\s*[:：]?|点击(?:下载|查看)", re.IGNORECASE)
_DAY = r"[\[【(（]?\s*(?:20\d\d[-/.年])?\d{1,2}[-/.月]\d{1,2}日?\s*[\])】）]?"
_DATED = re.compile(rf"^{_DAY}(?=\s|[\u4e00-\u9fff])|{_DAY}$")
_HEADLINE = re.compile(r"关于.{4,60}(?:通知|公告|公示|通告|意见|决定|批复|通报|办法|方案|规划|函|名单)$")
_SENTENCE = re.compile("[。；！？;]")
_SHORT = 600  # letters; a document that quotes such words is longer


def no_document(lines: list[str], n_units: int) -> str:
    """Return why a page is no document (coded), or ''; `lines` are those of its text, `n_units` how many units they give."""
    lines = [line.strip() for line in lines if re.search(r"\w", line)]
    text = "\n".join(lines)
    letters = _letters(text)
    prose = [line for line in lines if _SENTENCE.search(line) and len(line) > 15]
    if letters <= _SHORT and len(prose) <= 4:
        for pattern, what in (
            (_ERROR, "error_page"),
            (_BLOCKED, "blocked_page"),
            (_LOGIN, "login_page"),
        ):
            if len(found := pattern.findall(text)) > (what == "login_page") and not _is_document(lines):
                return coded(what, found=found[0].strip()[:20])
    if prose:
        return ""
    headlines = sum(1 for line in lines if (_DATED.search(line) or _HEADLINE.search(line)) and len(line) > 8)
    if len(lines) >= 8 and headlines >= 0.5 * len(lines):
        return coded("list_of_links", n=headlines)
    if (not n_units or letters <= _SHORT and not _is_document(lines)) and len(lines) <= 12:
        if _LOADING.search(text):
            return coded("not_loaded")
        if _ATTACHED.search(text) and letters <= 200:
            return coded("attachment_page")
        if lines and (not n_units or letters <= 120 and len(lines) <= 4 and not _SENTENCE.search(text)):
            return coded("labels_only")
    return ""


def _letters(text: str) -> int:
    """Count letters and digits; of a text with more than _SHORT of them in its beginning, only those there."""
    begun = sum(map(str.isalnum, text[: 8 * _SHORT]))
    return begun if begun > _SHORT else sum(map(str.isalnum, text))


def _is_document(lines: list[str]) -> bool:
    """Marks that only a document has: a number, an addressee, numbered headings."""
    body = "\n".join(lines)
    return bool(re.search(r"[〔\[]20\d\d[〕\]]\s?\d+号|^[（(]?[一二三四]+[)）、]|^第[一二三四五]+[条章]", body, re.MULTILINE))
