"""A large invented corpus: recombined coded sentences, each perturbed so that the text does not compress away."""

import csv
import random
import re
from pathlib import Path

from helpers import store

_COUNTIES = (
    "宁远县", "泰和县", "桐梓县", "安吉县", "鄄城县", "丰都县", "昌黎县", "富裕县", "通海县", "石泉县", "临泽县", "合浦县",
)  # fmt: skip
_INDUSTRIES = (
    "茶叶", "竹木加工", "电子信息", "装备制造", "中药材", "新材料", "食品加工", "纺织服装", "生物医药", "光伏", "旅游", "畜牧",
)  # fmt: skip
_HEADINGS = ("一、总体要求", "二、发展目标", "三、重点任务", "四、政策支持", "五、保障措施")
_NUMBER = re.compile(r"\d+")
_INDUSTRY = re.compile("|".join(_INDUSTRIES))


def sentences() -> list[str]:
    """Return the coded sentences of real documents; those written for fitting stand word for word in nobody's folder."""
    gold = store.PROJECT_ROOT / "data" / "gold"
    texts = []
    for name in ("gold.csv", "train.csv"):
        with open(gold / name, encoding="utf-8", newline="") as file:
            texts += [row["text"] for row in csv.DictReader(file)]
    return sorted(set(texts))


def document(pool: list[str], number: int, n_bytes: int) -> str:
    """Write one invented document of about `n_bytes` UTF-8 bytes; the same number gives the same document."""
    draw = random.Random(number)
    county, year = draw.choice(_COUNTIES), draw.randint(2017, 2025)
    industry = draw.choice(_INDUSTRIES)
    lines = [f"{county}人民政府关于加快{industry}产业发展的实施意见", f"{county[:1]}政发〔{year}〕{draw.randint(1, 60)}号"]
    size, section = 0, 0
    while size < n_bytes:
        if size >= section * n_bytes / len(_HEADINGS) and section < len(_HEADINGS):
            lines.append(_HEADINGS[section])
            section += 1
        paragraph = "".join(_perturbed(pool, draw, industry) for _ in range(draw.randint(1, 4)))
        lines.append(paragraph)
        size += len(paragraph.encode("utf-8"))
    return "\n".join([*lines, f"{year}年{draw.randint(1, 12)}月{draw.randint(1, 28)}日", ""])


def _perturbed(pool: list[str], draw: random.Random, industry: str) -> str:
    """Return a sentence with other figures, another industry and, in its middle, a clause of another one."""
    changed = _NUMBER.sub(lambda match: str(draw.randint(1, 10 ** min(len(match[0]), 4))), draw.choice(pool))
    clauses = _INDUSTRY.sub(industry, changed).rstrip("。;").split(",")
    lent = _INDUSTRY.sub(industry, draw.choice(pool)).rstrip("。;").split(",")
    clauses.insert(draw.randint(1, len(clauses)), draw.choice(lent))
    return ",".join(clauses) + "。"


def write(folder: Path, n_bytes: int, each: int = 18_000) -> int:
    """Write documents of `each` bytes until `n_bytes` are there; returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    pool, n = sentences(), max(1, round(n_bytes / each))
    for number in range(n):
        (folder / f"invented-{number:06d}.txt").write_text(document(pool, number, each), encoding="utf-8")
    return n
