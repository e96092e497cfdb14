"""Every sentence about method, coders, gold and codebook is made from the facts of the run: all combinations, both languages."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
import report_fixture

from helpers import catalogue, codebook, references
from helpers.report import brief, findings, material, sections
from helpers.report.declared import crossed
from helpers.report.words import Words

BOOKS = {"own": "data/codebook/mcdonnell_elmore.yml", "default": "data/codebook/policy_tools.yml"}
GOLD = [("none", 1), ("model", 1), ("model", 3), ("people", 1), ("people", 2), ("people", 3)]


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    base = tmp_path_factory.mktemp("facts")
    return material.load(*report_fixture.write(base), report_fixture.RUN)


def ran(content, gold: str, n_codings: int, coder: str, corrected: bool, book: str):
    """Return the material of a run with these facts: tables and record changed, nothing else."""
    tables = {name: content[name] for name in catalogue.tables()}
    pairs = [(f"coder_{a}", f"coder_{b}") for a in range(1, n_codings + 1) for b in range(a + 1, n_codings + 1)]
    tables["validity_coders"] = pd.DataFrame(pairs if gold != "none" else [], columns=["coder_a", "coder_b"])
    measure = {"measure": "statement_kappa", "weighting": "sample", "value": 0.8, "ci_low": 0.7, "ci_high": 0.9, "n_units": 90}
    kept = [measure, {**measure, "measure": "tools_micro_f1"}] if gold != "none" else []
    tables["validity_agreement"] = pd.DataFrame(kept, columns=catalogue.table("validity_agreement").names)
    tables["codes"] = tables["codes"].assign(coder=coder)
    shares = tables["tool_shares"]
    tables["tool_shares"] = shares.assign(corrected_share=shares["share"] if corrected else float("nan"))
    if not corrected:
        tables["differences"] = tables["differences"].assign(basis="as coded", differs=False)
    scheme = codebook.load(BOOKS[book])
    given = {} if gold in ("none", "model") else {"coders_are": gold}
    run = {**content.run, "parameters": {**content.run["parameters"], **given, "codebook": Path(BOOKS[book]).name}}
    return replace(content, tables=tables, run=run, codebook=scheme, present=set(tables) - {"validity_coders"})


def said(content, language: str) -> str:
    """Return all that an edition says in its own words: leads, method, findings, limits, references."""
    report = sections.edition(content, Words(language, content.codebook, content.names))
    prose = [text for s in report.sections for b in s.blocks for text in (getattr(b, "text", ""), getattr(b, "title", "") or "")]
    return "\n".join([report.title, *(f"{f.headline} {f.text}" for f in report.findings), *map(str, prose)])


COMBINATIONS = [
    (*gold, coder, corrected, book)
    for gold, coder, corrected, book in product(GOLD, ("rules", "cross-fitted"), (False, True), BOOKS)
    if not (corrected and gold[0] == "none") and not (coder != "rules" and book == "own")
]
COMBINATIONS += [("mixed", 2, "rules", True, "own"), ("unknown", 3, "cross-fitted", True, "default")]


@pytest.mark.parametrize("facts", COMBINATIONS, ids=lambda facts: "-".join(map(str, facts)))
def test_the_report_says_what_ran_and_nothing_else(content, facts):
    gold, n_codings, coder, corrected, book = facts
    there = ran(content, *facts)
    en, zh = said(there, "en"), said(there, "zh")
    assert not [line for line in (en + "\n" + zh).splitlines() if "{" in line or "  " in line.strip() or " nan" in line]
    titles = [work.title for work in references.works().values()]
    own = en.translate(str.maketrans("", "", "*"))
    for title in titles:  # a work may speak of what this run did not use
        own = own.replace(title, "")
    assert ("language model" in own) == (gold in ("model", "mixed")) and ("大语言模型编码" in zh) == (gold == "model")
    assert ("not by people" in en) == (gold == "model") and ("并非人工" in zh) == (gold == "model")
    assert ("made by people" in en) == (gold in ("people", "mixed"))
    assert ("people and a large language model" in en) == ("人工与大语言模型" in zh) == (gold == "mixed")
    assert ("is not recorded" in en) == ("没有记录" in zh) == (gold == "unknown")
    assert ("Cohen’s κ" in en) == ("Cohen κ" in zh) == (gold != "none")
    assert ("linear classifier" in en) == ("线性分类器" in zh) == (coder != "rules")
    assert ("sentence encoder" in en) == ("句子编码器" in zh) == (coder != "rules")
    for text in (en, zh):  # “et al.” ends no sentence: what is named so is listed as well
        assert "eshima2024" in {work.key for work in references.cited(text)}
        assert [text.count(work.title) for work in references.cited(text)] == [1] * len(references.cited(text))
    assert ("Angelopoulos" in en) == ("Angelopoulos" in zh) == corrected
    assert ("Rothwell" in en) == ("Rothwell" in zh) == (book == "default")
    assert ("McDonnell" in en) == (book == "own")
    assert ("author who knew the gold file" in en) == (gold == "model" and coder != "rules")
    assert ("three codings" in en or "3 codings" in en) == (gold in ("model", "unknown") and n_codings == 3)
    assert ("2 coders read" in en) == (gold == "people" and n_codings == 2)
    if gold == "none":
        assert "gold sentence speaks" in en and "没有" in zh
    if not corrected:
        assert "direction is surer" not in en and "corrected shares allow" not in en and "as coded" in en
    assert "in 0 of" not in en and "其中 0 个" not in zh


def less(content, **rows):
    """Return the material with other rows of some tables: frames, or numbers of rows that stay."""
    kept = {name: content.tables[name].head(own) if isinstance(own, int) else own for name, own in rows.items()}
    return replace(content, tables={**content.tables, **kept})


def test_a_run_of_little_is_told_in_its_own_numbers(content):
    """None and one are said as such, and nothing is claimed of what there is not."""
    there = ran(content, "none", 1, "rules", False, "own")
    documents, repairs, promised = (there.tables[name] for name in ("documents", "repairs", "commitments"))
    flagged, deadline = repairs[repairs["certainty"] == "flagged"].head(1), promised[promised["kind"] == "deadline"].head(1)
    few = less(there, documents=1, repairs=flagged, commitments=deadline, topics=0, topic_shares=0, keyness=0, differences=0)
    few = less(few, repairs=flagged[flagged["doc_id"].isin(documents["doc_id"].head(1))], indices=0)
    en, zh = said(few, "en"), said(few, "zh")
    assert "One document was decoded and checked by rules; no repair was needed" in en and "经解码后按规则检查，无须修复" in zh
    assert "There is one county-year, so that nothing is compared." in en and "只有一个县—年份，不作比较。" in zh
    assert "No topics were fitted" in en and "未拟合主题" in zh and "keyATM" not in en + zh and "Dunning" not in en + zh
    assert "Zou" not in en + zh and "Ruiz" not in en + zh
    odd = ("Most often: .", "最常见的规则：。", "by form: ;", "形式分：；", "1 deadlines", "one document were")
    assert not [text for text in odd if text in en + zh] and "0 targets" not in en
    assert "Inferred repairs may be wrong" not in en and "推断性的修复" not in zh


@pytest.mark.parametrize(("coders", "against"), [("model", "by a language model"), ("people", "people’s"), ("unknown", "given")])
def test_a_coder_measured_on_other_documents_is_said_to_be(content, coders, against):
    there = ran(content, "none", 3, "linear", False, "default")
    figures = {column: [0.8] for _, column in findings._UNSEEN}
    groups = pd.DataFrame({"kind": ["all_left_out"], "name": ["all"], **figures})
    run = {**there.run, "parameters": {**there.run["parameters"], "coders_are": coders}}
    pairs = pd.DataFrame({"coder_a": ["a"], "coder_b": ["b"]})
    there = replace(less(there, validity_groups=groups, validity_coders=pairs), run=run)
    words = Words("en", there.codebook, there.names)
    sections.inform(there, words)
    beware = brief._beware(there, words)
    assert against in beware and "measured on other documents than these" in beware


def test_limits_are_those_of_the_documents_and_gold_sentences_of_this_run(content):
    there = ran(content, "people", 2, "rules", True, "own")
    documents = there.tables["documents"]
    again = pd.concat([documents, documents.head(1).assign(doc_id="another")], ignore_index=True)
    tools = pd.DataFrame({"tool": ["a", "b", "c"], "support": [2, 4, 50]})
    plain, more = said(there, "en"), said(less(there, documents=again, validity_tools=tools), "en")
    assert "is a single text" in plain and "rest on few gold" not in plain
    assert "are single texts" in more and "no more than 4 of them" in more
    many = less(there, validity_tools=tools.assign(support=40))
    assert "rest on few gold sentences" not in said(many, "en") and "金标准句很少" not in said(many, "zh")


def test_title_and_author_are_those_asked_for(content):
    run = {**content.run, "parameters": {**content.run["parameters"], "title": "Oranges and tourism", "author": "李伟"}}
    report = sections.edition(replace(content, run=run), Words("en", content.codebook, content.names))
    assert report.title == "Oranges and tourism" and report.subtitle.startswith("李伟. ")


def test_an_identifier_means_in_each_scheme_what_that_scheme_says(content):
    """The stage `market` of the value chain is not the tool `market` of the codebook."""
    words = Words("en", codebook.load(BOOKS["default"]), content.names)
    assert words.tool("market") == "Markets and consumption" and words.named("market", "stage") == "Market"
    frame = pd.DataFrame({"tool": ["market", "tax"], "stage": ["market", "market"], "n_units": [1, 2]})
    table = crossed(frame, "tool_stages", "tool", "stage", "n_units", words)
    assert [column.label for column in table.columns][1] == "Market" and table.rows[0][0].text == "Markets and consumption"
