"""Fragments that a rule may stumble over when they are repeated, and how the time of a step grows with their number."""

import time
from collections.abc import Callable

FRAGMENTS = (
    "5%", "1", "一", "十", "1,234,", "1.", "1-", "1:", "1+", "5G", "A1", "2025", "2025年", "到2025年", "2025-", "10亿元",
    "500-800万元", "翻一番", "百分之", "三分之一", "不低于", "力争", "截至", "已", "给予", "给予奖励", "奖励5万元", "补贴",
    "每年", "年均", "的", "以上", "家", "5家", "五家", "其中", "(", ")", "（", "）", "()", "(一)", "(责任单位", "(责任单位:",
    "牵头单位:县工信局", "县工信局、", "县工信局牵头", "由县水利局负责", "负责", "牵头", "配合", "“", "”", "“5%", "\"", "《",
    "》", "《甲", "《《", "》》", "〔2017〕", "[2017]", "、", "，", ",", ";", "；", "。", ".", ":", "：", "!", " ", "　", "\t",
    "\n", "\n\n", "\r", "\r\n", "\n一、", "\n（一）", "\n1.", "\n第一条", "\n附件1", "一、", "第一条", "第", "附件", "目录",
    "来源:", "浏览次数:", "- 1 -", "\n- 1 -\n", "第1页", "\n第1页 共10页\n", "湘阴县", "县", "省", "人民政府", "关于", "通知",
    "印发", "发改局", "支持企业", "支持", "引进人才", "企业", "资金", "财政资金", "中", "x", "X", "=", "/", "<", ">", "<p>",
    "&", "&amp;", "\\", "%", "％", "１", "發", "發(fā)", "?xún)", "(yùn)", "\ufffd", "\u200b", "\xa0", "😀", "𠮷", "─", "…",
    "□", "·", "○", "●", "①", "-", "—", "－", "~", "至", "和", "或", "及", "与", "等", "对", "按", "按照", "占", "增长", "下降",
    "控制在", "建成", "建成5", "完成1", "项", "年", "月", "日", "1月", "1月1日", "十四五", "“十四五”期间", "年底前",
    "12345678901234567890",
)  # fmt: skip


def seconds(step: Callable[[str], object], text: str) -> float:
    """Return the processor time that a step takes."""
    begin = time.process_time()
    step(text)
    return time.process_time() - begin


def growth(step: Callable[[str], object], fragment: str, length: int) -> tuple[float, float]:
    """Return the seconds of a step on a text of `length` characters of one fragment, and its ratio to half of it."""
    once, twice = (fragment * (n // len(fragment)) for n in (length // 2, length))
    short, long = seconds(step, once), seconds(step, twice)
    if long > 2.5 * short:  # a breath of the machine: the better of two looks
        short, long = max(short, seconds(step, once)), min(long, seconds(step, twice))
    return long, long / max(short, 1e-9)
