"""Characters in another form than the text's: radicals and compatibility ideographs that a PDF's font gives for common
characters, full-width digits, digits set apart by spaces, bullets of a symbol font before an enumeration mark.
"""

from __future__ import annotations

import re
import unicodedata

from helpers.repair.edits import EXACT, INFERRED, Edit

# Simplified and phonetic radicals that have no decomposition (Unicode, EquivalentUnifiedIdeograph.txt).
_RADICALS = dict(
    zip(
        "⺀⺁⺅⺉⺋⺍⺎⺐⺒⺓⺔⺖⺘⺙⺛⺝⺟⺠⺡⺢⺣⺤⺦⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺳⺶⺷⺸⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
        "冫厂亻刂㔾小兀尣巳幺彑忄扌攵旡月母民氵氺灬爫丬犭王疋罒示礻竹糹纟罓罒羊羊芈肀聿肉臼艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶阝钅長镸长门阜阝雨青韦页风飞食饣飠马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
        strict=True,
    )
)
_OTHER = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]")
_WIDE = re.compile("[０-９]+(?:．(?=[０-９])[０-９]+)?")
_UNIT = r"[年月日号％%万亿千百元家个名人户亩吨公里项所座件条倍平米]"
_APART = re.compile(rf"(?<![\d.．图表件栏第例])\d(?:[ \u3000\xa0](?:[.．][ \u3000\xa0]?)?\d)+[ \u3000\xa0]?(?={_UNIT})")
_YEAR_APART = re.compile(r"(?<!\d)(?:1[ ]?9|2[ ]?0)[ ]?\d[ ]?\d(?=[ ]?年)")
_BULLET = re.compile(
    r"^([ \t\u3000]*)[\ue000-\uf8ff]+[ \t\u3000]*(?=\S)|(?<=\s)[\ue000-\uf8ff]+\s?(?=[（(][一二三四五六七八九十]{1,3}[)）])",
    re.MULTILINE,
)


def unify(text: str) -> list[Edit]:
    """Edits that write every character in the form that the rest of the text has."""
    edits = [
        Edit(m.start(), m.end(), plain, "radical", EXACT, "a radical or compatibility form of the same character")
        for m in _OTHER.finditer(text)
        if (plain := _RADICALS.get(m[0]) or unicodedata.normalize("NFKC", m[0])) != m[0]
    ]
    edits += [
        Edit(m.start(), m.end(), unicodedata.normalize("NFKC", m[0]), "digits", EXACT, "full-width digits")
        for m in _WIDE.finditer(text)
    ]
    edits += [
        Edit(m.start() + len(m[1] or ""), m.end(), "", "bullet", EXACT, "bullet of a symbol font") for m in _BULLET.finditer(text)
    ]
    return sorted(edits)


def apart(text: str) -> list[Edit]:
    """Edits that join digits set apart by spaces: `2 0 0 0 万元`, `2 021年`."""
    found = [*_APART.finditer(text), *(m for m in _YEAR_APART.finditer(text) if not m[0].isdigit())]
    edits: list[Edit] = []
    for m in sorted(found, key=lambda m: (m.start(), -m.end())):
        if not edits or m.start() >= edits[-1].end:
            plain = re.sub("[ \u3000\xa0]", "", m[0]).replace("．", ".")
            edits.append(Edit(m.start(), m.end(), plain, "digits", INFERRED, "digits of one number set apart by spaces"))
    return edits
