"""What a language model's errors do, over a real server: the learner bears them, and gold takes them out of shares."""

from zlib import crc32

import numpy as np
import pandas as pd
from model_server import Endpoint, serving

from helpers import codebook, coding, handcoding, shares, store, validity
from helpers.coding import llm

# How a coder of the second typology would read a tool of the first; what is not here has no counterpart.
READ_AS = {
    "mandates": ["regulation"], "inducements": ["funding", "tax", "finance"],
    "capacity_building": ["talent", "technology", "infrastructure", "factors", "services", "demonstration"],
    "system_changing": ["organisation", "business_env", "outsourcing"],
}  # fmt: skip


def other(cell: str) -> list[str]:
    return [own for own, theirs in READ_AS.items() if set(theirs) & set(str(cell).split(";"))]


def by_chance(text: str, salt: str) -> float:
    return crc32(f"{salt}{text}".encode()) / 2**32


def test_a_thousand_answers_teach_what_rules_do_not_know(tmp_path):
    """Answers with one error in ten about 1,000 sentences of the second codebook; the learner is tried on 600 others."""
    scheme = codebook.load("data/codebook/mcdonnell_elmore.yml")
    rows = coding.read_labelled("data/gold").query("set in ('train', 'invented')").drop_duplicates("text")
    rows = rows.sample(1600, random_state=5)
    truth = {row.text: (row.statement, other(row.tools)) for row in rows.itertuples()}

    def code(unit: dict) -> dict:
        statement, tools = truth[unit["text"]]
        if by_chance(unit["text"], "wrong") < 0.1:
            statement, tools = "measure", ["inducements"]
        return {"statement": statement, "tools": tools, "evidence": unit["text"][:4] if tools else ""}

    taught, tried = rows.head(1000), rows.tail(600)
    with serving(Endpoint(code)) as server:
        settings = llm.Settings(url=server.url, model="m", batch=50)
        asking = llm.Asking(settings, llm.make(scheme, settings.prompt), scheme, tmp_path / "answers")
        items = [{"id": row.unit, "text": row.text, "heading": row.heading} for row in taught.itertuples()]
        said = llm.complete(asking, items)
    taught = taught.assign(statement=[a.statement for a in said], tools=[";".join(a.tools) for a in said], set="model")
    units = tried.rename(columns={"unit": "unit_id", "heading": "heading_path"})[["unit_id", "text", "heading_path"]]
    gold = tried.assign(unit_id=tried["unit"], tools=[";".join(truth[text][1]) for text in tried["text"]], doc_id="d")
    f1 = {}
    for method in ("linear", "rules"):
        paired = coding.pair(gold, *coding.code_units(units, scheme, taught, seed=1, method=method), scheme)
        hit = (paired.gold_tools & paired.machine_tools).sum()
        f1[method] = 2 * hit / (paired.gold_tools.sum() + paired.machine_tools.sum())
        f1[f"kappa {method}"] = float(np.ravel(validity.cohen_kappa(paired.gold, paired.machine, np.ones(len(gold))))[0])
    print({name: round(float(value), 3) for name, value in f1.items()})
    assert f1["linear"] > f1["rules"] + 0.1 and f1["kappa linear"] > f1["kappa rules"] + 0.1


def test_corrected_shares_cover_though_the_model_is_biased(tmp_path):
    """A model that gives one tool far too often: of 200 gold samples, some 95 % have the truth in their interval."""
    scheme, chain = (codebook.load(f"data/codebook/{name}.yml") for name in ("policy_tools", "value_chain"))
    documents = [{"doc_id": f"d{i}", "county": "甲县", "county_code": "430001", "year": 2019, "n_units": 120} for i in range(4)]
    documents = [{**row, "source_file": f"{row['doc_id']}.txt", "sha256": "0" * 64} for row in documents]
    units = [
        {"unit_id": f"{d['doc_id']}:{k:05d}", "doc_id": d["doc_id"], "position": k, "heading_path": None, "raw_start": 9 * k,
         "text": f"支持企业第{k}项，{d['doc_id']}。", "raw_end": 9 * k + 8, "paragraph": k, "is_ocr": False, "is_repeat": False}
        for d in documents for k in range(1, 121)
    ]  # fmt: skip
    for name, rows in (("documents", documents), ("units", units)):
        store.write_table(tmp_path / "processed", name, pd.DataFrame(rows).reindex(columns=store.catalogue.table(name).names))
    true = {unit["text"]: by_chance(unit["text"], "true") < 0.25 for unit in units}

    def code(unit: dict) -> dict:
        said = true[unit["text"]] if by_chance(unit["text"], "right") < 0.7 else by_chance(unit["text"], "says") < 0.8
        return {"statement": "measure", "tools": ["funding"] if said else [], "evidence": unit["text"][:4] if said else ""}

    with serving(Endpoint(code)) as server:
        settings = llm.Settings(url=server.url, model="m", batch=60)
        coding.write(tmp_path / "processed", scheme, chain, None, 1, "llm", 1, model=settings)
    tables = {name: store.read_table(tmp_path / "processed", name) for name in ("documents", "units", "codes", "unit_tools")}
    truth, covered, raw = sum(true.values()) / len(true), 0, 0.0
    for seed in range(200):
        drawn = handcoding.draw(tables["units"], tables["documents"], 80, seed)
        gold = drawn.assign(statement="measure", tools=["funding" if true[text] else "" for text in drawn["text"]], set="gold")
        gold = gold.assign(unit_id=gold["unit"], doc_id=gold["unit"].str.partition(":")[0])
        found = shares.corrected_shares(tables["codes"], tables["unit_tools"], tables["documents"], tables["units"], gold, scheme)
        row = found[(found["tool"] == "funding") & found["county"].isna()].iloc[0]
        covered, raw = covered + (row["ci_low"] <= truth <= row["ci_high"]), row["share"]
    print(f"true share {truth:.3f}, as the model codes {raw:.3f}, covered {covered} of 200")
    assert raw > truth + 0.1 and covered >= 180
