"""Invented tables for the report and the export: five county-years, every declared column, and texts that try to be live."""

import json
import random
import zlib

import pandas as pd
from invented_rows import something

from helpers import catalogue, compare, store

GROUPS = (
    ("甲山县", "430001", 2017),
    ("甲山县", "430001", 2025),
    ("乙水区", "430002", 2019),
    ("丙林市", "330003", 2021),
    (None, None, 2020),
)
TOOLS = {"funding": "supply", "talent": "supply", "finance": "environment", "planning": "environment", "market": "demand"}
NASTY = ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</script><b>粗</b>", "=1+1", "@SUM(A1)", "私\ue5e5字")
SENTENCES = (
    "安排专项资金五百万元，支持企业技术改造。",
    "到2025年规模以上工业企业达到120家。",
    "引进高层次人才并给予住房补贴。",
    "2016年全县工业增加值增长8.5%。",
)


def tables(n: int = 40, seed: int = 1) -> dict[str, pd.DataFrame]:
    """Return every declared table; `n` units a document."""
    rng = random.Random(seed)
    docs = [f"doc-{i}" for i in range(len(GROUPS))]
    made = {name: pd.DataFrame() for name in catalogue.tables()}
    made["documents"] = pd.DataFrame([
        {"doc_id": doc, "county": county, "county_code": code, "province": "某省", "year": year, "title": NASTY[i % len(NASTY)],
         "source_file": f"{doc}.txt", "sha256": f"{i}" * 64, "encoding": "utf-8", "n_chars": 20 * n, "n_units": n,
         "county_source": "text", "year_source": "manifest", "doc_form": "规划"}
        for i, (doc, (county, code, year)) in enumerate(zip(docs, GROUPS, strict=True))
    ])  # fmt: skip
    units = [
        {"unit_id": f"{doc}:{k:05d}", "doc_id": doc, "position": k, "heading_path": "一、目标 > (一)总体 <b>",
         "paragraph": k, "annex": None,
         "text": (NASTY + SENTENCES)[k % 10] + f"第{k}句", "raw_start": 20 * k, "raw_end": 20 * k + 19,
         "is_ocr": k % 19 == 0, "is_repeat": k % 17 == 0}
        for doc in docs for k in range(1, n + 1)
    ]  # fmt: skip
    made["units"] = pd.DataFrame(units)
    ids = [unit["unit_id"] for unit in units]
    kinds = ("measure", "goal", "background", "other")
    made["codes"] = pd.DataFrame({
        "unit_id": ids, "statement": [kinds[i % 4] for i in range(len(ids))], "statement_score": 0.9, "coder": "rules",
    })  # fmt: skip
    names = list(TOOLS)
    made["unit_tools"] = pd.DataFrame([
        {"unit_id": unit, "tool": names[i % 5], "tool_type": TOOLS[names[i % 5]], "score": 0.8, "evidence": units[i]["text"][1:4],
         "evidence_start": 1, "evidence_end": 4} for i, unit in enumerate(ids) if i % 3
    ])  # fmt: skip
    made["near_labelled"] = pd.DataFrame([
        {"unit_id": unit, "rank": rank, "labelled_text": units[(i + rank) % len(units)]["text"], "statement": "measure",
         "tools": ";".join(names[:rank]), "labelled_set": ("train", "gold", "invented")[rank - 1], "likeness": 1 - rank / 10}
        for i, unit in enumerate(ids) for rank in (1, 2, 3)
    ])  # fmt: skip
    made["tool_shares"] = _tool_shares(rng)
    made["topics"] = pd.DataFrame([
        {"topic": t, "label": f"主题{t}", "label_en": f"主题{t} (topic {t})", "label_zh": f"主题{t}",
         "top_words": " ".join(f"词{t}{w}" for w in range(10)), "n_units": 60 - 9 * t,
         "stability": 1 - t / 8, "stable": t < 4, "largest": float(t == 1),
         "k_low": 0.1, "k_high": 0.2, "k_largest": float(t == 1)}
        for t in range(1, 5)
    ])  # fmt: skip
    made["topic_shares"] = pd.DataFrame([
        {"county": c, "county_code": k, "year": y, "topic": t, "share": 0.25, "ci_low": 0.2, "ci_high": 0.3}
        for c, k, y in GROUPS for t in range(1, 5)
    ])  # fmt: skip
    made["unit_topics"] = pd.DataFrame({"unit_id": ids, "topic": [i % 4 + 1 for i in range(len(ids))], "weight": 0.5})
    rules = (("pinyin", "業(yè)", "业", "exact"), ("space", "\u00a0", "", "exact"), ("digits", "34名", "34名", "flagged"))
    made["repairs"] = pd.DataFrame([
        {"doc_id": doc, "rule": rule, "raw_start": 30 * k, "raw_end": 30 * k + 5, "before": before, "after": after,
         "certainty": sure, "reason": "why"}
        for doc in docs for k, (rule, before, after, sure) in enumerate(rules)
    ])  # fmt: skip
    made["commitments"] = pd.DataFrame([
        {"unit_id": unit, "kind": ("target", "money", "deadline")[i % 3], "indicator": "规上企业数", "comparator": ">=",
         "value": "120", "unit": "家",
         "year": "2025", "value_low": 120.0, "value_high": 120.0, "value_base": 120.0, "evidence_start": 0, "evidence_end": 4}
        for i, unit in enumerate(ids[::4])
    ])  # fmt: skip
    made["actors"] = pd.DataFrame([{"unit_id": unit, "department": "县发展和改革局", "role": "lead"} for unit in ids[::9]])
    made["quarantine"] = pd.DataFrame([{"source_file": "bad <file>.txt", "reason": "empty"}])
    whole = {name: complete(name, frame) for name, frame in made.items()}
    shares = compare.shares_long(whole["tool_shares"], whole["topic_shares"])
    return whole | {"differences": catalogue.check(compare.pairwise(shares, whole["documents"]), "differences")}


def _tool_shares(rng: random.Random) -> pd.DataFrame:
    codes = [*TOOLS.items(), *((None, kind) for kind in dict.fromkeys(TOOLS.values()))]
    rows = []
    for county, code, year in GROUPS:
        for tool, kind in codes:
            share = rng.uniform(0.02, 0.4)
            bounds = {"corrected_share": share * 0.9, "ci_low": share * 0.6, "ci_high": share * 1.2, "n_gold": 40,
                      "standard_error": share * 0.15, "basis": "own gold"}  # fmt: skip
            group = {"county": county, "county_code": code, "year": year, "tool": tool, "tool_type": kind}
            rows.append({**group, "n_units": int(100 * share), "share": share, **bounds})
    return pd.DataFrame(rows)


def complete(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Add what is declared and not given: empty where it may be, else something of the type."""
    if not len(frame):
        return catalogue.empty(name)
    needed = {field.name: something(field) for field in catalogue.table(name).fields if field.required}
    given = frame.assign(**{column: value for column, value in needed.items() if column not in frame})
    return catalogue.check(given.reindex(columns=catalogue.table(name).names), name)


def write(folder, n: int = 40, without: tuple[str, ...] = ()):
    """Write the invented tables and one figure under `folder`; return (processed, figures, executed)."""
    processed, figures, executed = folder / "processed", folder / "figures", folder / "executed"
    for name, frame in tables(n).items():
        if name not in without:
            store.write_table(processed, name, frame)
    figures.mkdir(parents=True, exist_ok=True)
    for language in ("en", "zh"):
        (figures / f"bars.{language}.png").write_bytes(png(320, 200))
    (figures / "bars.csv").write_text("tool,share\nfunding,0.2\n", encoding="utf-8")
    about = {"name": "bars", "section": "tools", "table": "tool_shares", "notebook": "03_tools"}
    about["caption"] = {"en": "Bars <b>", "zh": "条形图 <b>"}
    (figures / "bars.json").write_text(json.dumps(about), encoding="utf-8")
    executed.mkdir(exist_ok=True)
    cell = {"cell_type": "code", "source": ['gallery.show("bars", frame)  # 1 < 2'], "metadata": {}, "outputs": []}
    (executed / "03_tools.ipynb").write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    return processed, figures, executed


def png(width: int, height: int) -> bytes:
    """Return a grey PNG."""
    rows = b"".join(b"\x00" + b"\xc0" * width for _ in range(height))
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    body = b"".join(len(d).to_bytes(4, "big") + k + d + zlib.crc32(k + d).to_bytes(4, "big") for k, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + body


_PARAMETERS = {"codebook": "policy_tools.yml", "county_filter": [], "year_min": 2017, "year_max": 2025, "segmenter": "jieba"}
RUN = {
    "versions": {"python": "3.12.0", "county-policy-notebooks": "1.0.0"},
    "parameters": {**_PARAMETERS, "seed": 1},
    "inputs": {"raw": {"a.txt": "ab" * 32}},
    "outputs": {"processed/units.parquet": "cd" * 32},
}
