"""Folders of documents with a known truth, taken the way of a user: files, codebook, `report`, `sample`, gold sheet, `report`.

What the tables then publish is held against the truth. Notebooks run in this process (`cells`); topics and commitments, which
07 reads, stand in as tables of no topic and no promise. The coder is the rules of a codebook whose words are put into the
sentences: where a word stands without its tool, or a tool without its word, the coder errs.
"""

import contextlib
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import cells
import numpy as np
import pandas as pd
import pytest
import yaml
from numpy.random import default_rng
from scipy.special import expit, logit

from helpers import catalogue, store
from helpers.__main__ import main
from helpers.shares import best
from helpers.structure.divisions import register

# True share, recall and precision of each tool's word, and the type that the tool is of.
TOOLS = {
    "jia": (0.008, 0.8, 0.6, "one"), "yi": (0.02, 0.6, 0.8, "one"), "bing": (0.05, 0.9, 0.6, "one"),
    "ding": (0.12, 0.7, 0.9, "one"), "wu": (0.30, 0.9, 0.75, "two"), "ji": (0.10, 0.6, 0.8, "two"),
}  # fmt: skip
WORDS = dict(zip(TOOLS, ("红梅法", "绿竹法", "青松法", "白兰法", "紫藤法", "金菊法"), strict=True))
TOPICS = ("topics", "topic_shares", "unit_topics", "commitments", "actors", "unit_vectors", "document_words")
Z = 1.96
NAMED = {
    "cell": "county-years", "whole": "the whole", "panel": "`panel`: share ± 1.96 standard errors", "difference": "`differences`",
}  # fmt: skip
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Design:
    """counties × years documents of `sentences` (least, most), `gold` sentences in all (0: none).

    spread: by how much truth and coder differ between documents (logits); alike: sentences of a section in tens share half of
    what they are; shock: by how much a year common to all counties moves the true shares (logits); even: the same true number
    of sentences in each document; nothing: the columns that must say that nothing differs or changes.
    """

    counties: int
    years: int
    sentences: tuple[int, int]
    gold: int
    spread: float = 0.5
    alike: bool = True
    shock: float = 0.0
    even: bool = False
    nothing: tuple[str, ...] = ()


DESIGNS = {
    "5 documents, 25 gold sentences": Design(5, 1, (60, 120), 25),
    "6 counties, 2 years, 60 gold sentences": Design(6, 2, (40, 90), 60),
    "24 documents, 60 gold sentences": Design(24, 1, (30, 60), 60),
    "5 counties, 3 years, 80 gold sentences, the same true shares": Design(5, 3, (30, 60), 80, even=True, nothing=("differs",)),
    "8 counties, 5 years, no gold, shocks common to a year": Design(8, 5, (20, 40), 0, 0.3, shock=0.25, nothing=("changes",)),
}


def codebook_file(folder: Path) -> Path:
    """Write the codebook of `TOOLS`: a tool is coded where its word stands."""
    entry = {"note": "invented", "source": "invented"}
    tools = [
        {
            "id": tool,
            "type": row[-1],
            "en": tool,
            "zh": WORDS[tool],
            "patterns": [{"id": f"{tool}.1", "words": [WORDS[tool]], **entry}],
        }
        for tool, row in TOOLS.items()
    ]
    types = [{"id": kind, "en": kind.title(), "zh": name} for kind, name in (("one", "甲类"), ("two", "乙类"))]
    statements = {"measure": [{"id": "measure.w", "words": ["推进"], **entry}]}
    rules = {"max_tools": len(TOOLS), "without_tools": ["background"]}
    book = {"id": "invented_words", "version": "1", "name": {"en": "Words", "zh": "词"}, "types": types, "tools": tools}
    path = folder / "words.yml"
    path.write_text(yaml.safe_dump(book | {"statements": statements, "rules": rules}, allow_unicode=True), encoding="utf-8")
    return path


@cache
def places(n: int) -> list[tuple[str, str]]:
    """Return county and province of `n` counties that kept code and name throughout and share the name with no other."""
    found = [rows[0] for name, rows in sorted(register().by_name.items()) if len(rows) == 1 and name.endswith("县")]
    steady = [(row.county, row.province) for row in found if row.first <= 2010 and row.last >= 2022]
    return steady[:: max(len(steady) // n, 1)][:n]


def truth_and_words(design: Design, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the document of each sentence, which tools it truly has, and which words stand in it."""
    share, recall, precision = np.array([row[:3] for row in TOOLS.values()], float).T
    n_documents = design.counties * design.years
    sizes = rng.integers(design.sentences[0], design.sentences[1] + 1, n_documents)
    year = np.tile(np.arange(design.years), design.counties)
    doc = np.repeat(np.arange(n_documents), sizes)
    section = np.unique(doc * 10_000 + np.concatenate([np.arange(n) // 10 for n in sizes]), return_inverse=True)[1]

    def vary(p, by):
        return expit(logit(p) + by * rng.standard_normal((n_documents, len(share))))

    def chance():
        own, shared = rng.random((len(doc), len(share))), rng.random((section.max() + 1, len(share)))[section]
        return np.where(rng.random(len(doc))[:, None] < 0.5 * design.alike, shared, own)

    common = design.shock * rng.standard_normal((design.years, len(share)))[year]
    true = chance() < expit(logit(vary(share, design.spread * (not design.even))) + common)[doc]
    if design.even:
        true = np.concatenate([rng.permuted(np.arange(n)[:, None] < np.round(n * share), axis=0) for n in sizes])
    false = vary(share * recall * (1 - precision) / precision / (1 - share), design.spread)
    return doc, true, np.where(true, chance() < vary(recall, design.spread)[doc], chance() < false[doc])


def write_documents(folder: Path, design: Design, doc: np.ndarray, words: np.ndarray) -> None:
    """Write the files, each sentence with its number and words, and corpus.csv."""
    folder.mkdir(parents=True)
    for number in range(doc.max() + 1):
        (county, _), year = places(design.counties)[number // design.years], 2017 + number % design.years
        lines = [f"{county}人民政府关于第{number}号工作的意见", f"{county}人民政府", f"{year}年3月1日"]
        for k, row in enumerate(np.flatnonzero(doc == number)):
            if k % 10 == 0:
                lines.append(f"{NUMERALS[k // 10 % 10]}、第{k // 10}组任务")
            has = "，".join(word for word, there in zip(WORDS.values(), words[row], strict=True) if there)
            lines.append(f"推进编号{row}的事项{'，用' if has else ''}{has}。")
        (folder / f"f{number:03d}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def taken(folder: Path, design: Design, seed: int) -> dict[str, pd.DataFrame]:
    """Take one folder the way of a user; return the published tables by name, and `truth`: doc_id, a column a tool."""
    doc, true, words = truth_and_words(design, default_rng(seed))
    write_documents(folder / "raw", design, doc, words)
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()):
        cells.instead_of_kernels(patch)
        where = ["--out", str(folder / "out")]
        told = ["-p", "codebook", str(codebook_file(folder)), "-p", "coder", "rules", "--jobs", "1", "--only", "04_validity"]
        assert main(["report", "--raw", str(folder / "raw"), *where, *told]) == 0
        processed = folder / "out" / "processed"
        units = store.read_table(processed, "units")
        row = units["text"].str.extract(r"编号(\d+)")[0]
        said = np.zeros((len(units), len(TOOLS)), bool)  # titles are units too, and use no tool
        said[row.notna()] = true[row.dropna().astype(int)]
        truth = pd.concat([units[["unit_id", "doc_id"]], pd.DataFrame(said, columns=[*TOOLS])], axis=1)
        if design.gold:
            assert main(["sample", *where, "-n", str(design.gold), "--coders", "A"]) == 0
            write_gold(folder / "out" / "handcoding", truth)
            gold = ["-p", "gold_dir", str(folder / "out" / "handcoding" / "gold"), "-p", "coders_are", "people"]
            assert main(["report", "--raw", str(folder / "raw"), *where, *told, *gold]) == 0
        for name in TOPICS:
            rows = {
                "unit_topics": {"unit_id": units["unit_id"], "stable": False},
                "document_words": units.assign(term="推进", n=1),
            }
            rows = pd.DataFrame(rows.get(name, {})).drop_duplicates("doc_id" if name == "document_words" else None)
            store.write_table(processed, name, rows.reindex(columns=catalogue.table(name).names))
        cells.run(patch, "07_compare", processed, folder / "out" / "figures", codebook=str(folder / "words.yml"))
    names = ("documents", "tool_shares", "differences", "panel", "trends", "validity_agreement", "validity_tools")
    return {name: store.read_table(processed, name) for name in names} | {"truth": truth}


def true_shares(tables: dict[str, pd.DataFrame], by: list[str]) -> pd.DataFrame:
    """Return the true share of each tool and type (code) in each group of documents: the columns `by`, code, true."""
    used = tables["truth"].set_index("doc_id")[[*TOOLS]]
    for kind in ("one", "two"):
        used[kind] = used[[tool for tool, (*_, of) in TOOLS.items() if of == kind]].any(axis=1)
    about = tables["documents"].assign(all="").set_index("doc_id")[by or ["all"]].astype("str").reindex(used.index)
    true = used.groupby([about[name].to_numpy() for name in about]).mean().rename_axis([*about])
    return true.rename_axis(columns="code").stack().rename("true").reset_index()


def against(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Set what is published beside the truth: what (cell, whole, panel, difference), code, value, coded, low, high, true."""
    place = ["county_code", "year"]
    shares = tables["tool_shares"].assign(code=lambda t: t["tool"].fillna(t["tool_type"]), value=best)
    shares = shares.rename(columns={"ci_low": "low", "ci_high": "high", "share": "coded"})
    cells = (
        shares[shares["county"].notna()]
        .astype(dict.fromkeys(place, "str"))
        .merge(true_shares(tables, place), on=[*place, "code"])
    )
    whole = shares[shares["county"].isna()].merge(true_shares(tables, []), on="code")
    panel = cells.assign(low=cells["value"] - Z * cells["standard_error"], high=cells["value"] + Z * cells["standard_error"])
    found = tables["differences"].assign(value=lambda t: t["difference"], coded=lambda t: t["difference_as_coded"])
    found = found.rename(columns={"ci_low": "low", "ci_high": "high"})
    pairs = []
    for level, by in (("county-year", place), ("county", ["county_code"]), ("year", ["year"])):
        rows, true = found[(found["level"] == level) & found[f"{by[0]}_b"].notna()], true_shares(tables, by)
        for side in "ab":
            keys = {name: f"{name}_{side}" for name in by}
            rows = rows.assign(**{key: rows[key].astype("str") for key in keys.values()})
            rows = rows.merge(true.rename(columns=keys | {"true": f"true_{side}"}), on=[*keys.values(), "code"])
        pairs.append(rows.assign(true=rows["true_a"] - rows["true_b"]))
    parts = {"cell": cells, "whole": whole, "panel": panel, "difference": pd.concat(pairs)}
    columns = ["code", "value", "coded", "low", "high", "true"]
    return pd.concat([part[columns].assign(what=name) for name, part in parts.items()], ignore_index=True)


def false_alarms(tables: dict[str, pd.DataFrame]) -> dict[str, bool]:
    """Tell whether a table says that something differs or changes, for designs in which nothing does."""
    found, trends = tables["differences"], tables["trends"]
    return {
        "differs": bool(found["differs"].fillna(False).any()),
        "beyond_differs": bool(found["beyond_differs"].fillna(False).any()),
        "changes": bool(trends["changes"].fillna(False).any()),
    }


def pooled(design: Design, runs: int, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take `runs` folders; return `against` with `run` and `covered`, and `false_alarms`, a row a run."""
    found, alarms = [], []
    for run in range(runs):
        with TemporaryDirectory() as folder:
            tables = taken(Path(folder), design, 1000 * seed + run)
        found.append(against(tables).assign(run=run))
        alarms.append(false_alarms(tables))
    rows = pd.concat(found, ignore_index=True)
    held = rows["true"].between(rows["low"] - 1e-6, rows["high"] + 1e-6).astype(float).where(rows["low"].notna())
    return rows.assign(covered=held), pd.DataFrame(alarms)


def rmse(rows: pd.DataFrame, column: str) -> float:
    return float(np.sqrt(((rows[column] - rows["true"]) ** 2).mean()))


def write_gold(handcoding: Path, truth: pd.DataFrame) -> None:
    """Write gold.csv as `agreement` does: the drawn sentences with their probabilities and the truth."""
    drawn = pd.read_csv(handcoding / "sample.csv", encoding="utf-8-sig", dtype=str, keep_default_na=False)
    of = truth.set_index("unit_id")[[*TOOLS]].loc[drawn["unit"]].to_numpy()
    tools = [";".join(tool for tool, there in zip(TOOLS, row, strict=True) if there) for row in of]
    (handcoding / "gold").mkdir()
    drawn.assign(statement="measure", tools=tools).to_csv(handcoding / "gold" / "gold.csv", index=False, encoding="utf-8-sig")
