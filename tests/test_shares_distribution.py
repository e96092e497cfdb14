"""What the codes add up to: distribution, stages, crosswalk, sensitivity, the coding table; and the files behind them."""

import covers
import pandas as pd
import pytest
import yaml
from small_codebook import SCHEME

from helpers import catalogue, codebook, store
from helpers.coding import coding_table, filtered, numbered, tools_by_rules, unit_stages
from helpers.shares import (
    CrosswalkError,
    corrected_shares,
    crosswalk,
    crosswalk_shares,
    read_crosswalk,
    robustness,
    second_codebook,
    sensitivity,
    sentences,
    statement_shares,
    tool_distribution,
    tool_stages,
)

FOLDER = store.PROJECT_ROOT / "data/codebook"
CHAIN = codebook.parse({
    "id": "chain", "name": {"en": "Chain", "zh": "链"}, "types": [{"id": "c", "en": "Chain", "zh": "链"}],
    "tools": [
        {"id": "rd", "type": "c", "en": "R&D", "zh": "研发", "patterns": [
            {"id": "rd.a", "words": ["研发", "实验室"], "note": "n", "source": "s"},
            {"id": "rd.not", "words": ["不含研发"], "weight": -2, "note": "n", "source": "s"}]},
        {"id": "market", "type": "c", "en": "Market", "zh": "市场", "patterns": [
            {"id": "market.a", "words": ["展会"], "note": "n", "source": "s"},
            {"id": "market.b", "words": ["市场篇"], "in": "heading", "note": "n", "source": "s"}]},
        {"id": "sites", "type": "c", "en": "Sites", "zh": "建设", "patterns": [
            {"id": "sites.a", "words": ["厂房"], "note": "n", "source": "s"}]},
    ],
    "rules": {"max_tools": 2}, "statements": {},
})  # fmt: skip

UNITS = pd.DataFrame(
    [
        ("a:1", "a", 1, "一、总则", "奖励研发,建设实验室和厂房,办好展会。"), ("a:2", "a", 2, "一、总则", "给予帮扶。"),
        ("a:3", "a", 3, "二、市场篇", "支持企业。"), ("a:4", "a", 4, "一、总则", "去年研发增长。"),
        ("b:1", "b", 1, None, "严禁,不含研发。"),
    ],
    columns=["unit_id", "doc_id", "position", "heading_path", "text"],
)  # fmt: skip
CODES = pd.DataFrame({"unit_id": UNITS["unit_id"], "statement": ["measure", "measure", "goal", "background", "measure"]})
TOOLS = pd.DataFrame({
    "unit_id": ["a:1", "a:1", "a:2", "b:1"], "tool": ["help", "money", "help", "ban"],
    "tool_type": ["give", "give", "give", "rule"],
    "score": [0.6, 0.9, 0.8, 0.7], "evidence": ["办好", "奖励", None, "严禁"],
})  # fmt: skip
DOCUMENTS = pd.DataFrame({
    "doc_id": ["a", "b"], "county": ["甲县", None], "county_code": ["430001", None],
    "year": pd.array([2020, None], dtype="Int64"),
})  # fmt: skip


def stages() -> pd.DataFrame:
    return unit_stages(UNITS, CODES, CHAIN)


def test_distribution_counts_units_and_codes():
    shares = corrected_shares(CODES, TOOLS, DOCUMENTS, UNITS, None, SCHEME)
    table = catalogue.check(tool_distribution(shares, SCHEME), "tool_distribution")
    rows = table.set_index(table["tool"].fillna(table["tool_type"]))
    assert rows.loc["give", ["n_units", "n_mentions"]].tolist() == [2, 3]  # one unit has two tools of the type
    assert rows.loc["help", "mention_share"] == 0.5 and rows.loc["help", "within_type_share"] == pytest.approx(2 / 3)
    assert rows.loc["help", "share"] == pytest.approx(2 / 5) and rows.loc["rule", "within_type_share"] == 1
    assert rows.loc["give", "label_zh"] == "给" and rows.loc["help", "type_en"] == "Give"


def test_stages_have_evidence_of_their_own_and_none_for_reports():
    table = catalogue.check(stages(), "unit_stages").set_index(["unit_id", "stage"])
    assert set(table.index) == {
        ("a:1", "rd"),
        ("a:1", "market"),
        ("a:3", "market"),
    }  # at most two; a:4 reports; b:1 is spoken against
    first = table.loc[("a:1", "rd")]
    assert first["evidence"] == "研发" == UNITS.loc[0, "text"][int(first["evidence_start"]) : int(first["evidence_end"])]
    assert first["score"] == 0.5  # one pattern, though two of its words stand there
    assert pd.isna(table.loc[("a:3", "market"), "evidence"])  # the heading decided


def test_stages_of_nothing():
    assert catalogue.check(unit_stages(UNITS.head(0), CODES.head(0), CHAIN), "unit_stages").empty
    assert unit_stages(UNITS, CODES.assign(statement="other"), CHAIN).empty


def test_tools_by_stages():
    table = catalogue.check(tool_stages(TOOLS, stages(), UNITS, SCHEME, CHAIN), "tool_stages")
    cell = table.set_index(["tool", "stage"])
    assert len(table) == 3 * 4
    assert cell.loc[("help", "rd"), "n_units"] == 1 and cell.loc[("help", "rd"), "share"] == 0.5
    assert cell.loc[("help", "none"), "n_units"] == 1 and cell.loc[("ban", "none"), "share"] == 1
    assert cell.loc[("money", "rd"), "lift"] == pytest.approx(3)  # all of its units, of all with a tool a third
    assert cell.loc[("money", "rd"), "lift_low"] < 3 < cell.loc[("money", "rd"), "lift_high"]
    assert len(tool_stages(TOOLS.head(0), stages(), UNITS, SCHEME, CHAIN)) == 12


def test_coding_table_numbers_document_section_unit():
    table = catalogue.check(coding_table(UNITS, CODES, TOOLS, stages(), numbered(DOCUMENTS), SCHEME), "coding_table")
    assert table["number"].tolist() == ["D01-S01-U001", "D01-S01-U002", "D01-S02-U001", "D01-S03-U001", "D02-S01-U001"]
    first = table.iloc[0]
    assert (first["tools"], first["evidence"], first["tool_types"], first["stages"]) == (
        "money;help",
        "奖励;办好",
        "give",
        "rd;market",
    )
    assert table.loc[1, "evidence"] == "…" and pd.isna(table.loc[4, "county"])
    assert filtered(table, "研发", tools=["money", "ban"])["unit_id"].tolist() == ["a:1", "b:1"]
    assert filtered(table, statement=["goal"])["unit_id"].tolist() == ["a:3"]
    assert len(filtered(table)) == 5 and filtered(table, tools=["mon"]).empty  # whole names only


def test_sensitivity_by_hand():
    table = catalogue.check(sensitivity(TOOLS, UNITS, SCHEME, TOOLS.head(1).assign(coder="rules")), "sensitivity")
    share = table.set_index(["scenario", table["tool"].fillna(table["tool_type"])])["share"]
    assert share["as_coded", "give"] == pytest.approx(2 / 5) and share["as_coded", "help"] == pytest.approx(2 / 5)
    assert share["single_label", "help"] == pytest.approx(1 / 5)  # a:1 keeps its surest tool, money
    assert share["without_longest", "ban"] == 1 and share["without_longest", "give"] == 0
    assert share["rules_only", "money"] == 0
    length = UNITS["text"].str.len()
    assert share["length_weighted", "help"] == pytest.approx(length[:2].sum() / length.sum())


def test_wider_units_have_a_tool_that_one_of_their_sentences_has():
    units = UNITS.assign(paragraph=[1, 1, 2, 2, 1], annex=["", "", "附件1", "", None])
    table = sensitivity(TOOLS, units, SCHEME)
    share = table.set_index(["scenario", table["tool"].fillna(table["tool_type"])])["share"]
    assert share["by_paragraph", "help"] == pytest.approx(1 / 3)  # a:1 and a:2 are one paragraph of three
    assert share["by_section", "money"] == pytest.approx(1 / 3) and share["by_document", "ban"] == 1 / 2
    assert share["without_annexes", "help"] == pytest.approx(2 / 4)
    read = units.assign(is_ocr=[True, False, False, False, True])
    ocr = sensitivity(TOOLS, read, SCHEME).set_index(["scenario", "tool"])["share"]
    assert ocr["without_ocr", "help"] == pytest.approx(1 / 3) and ocr["without_ocr", "ban"] == 0 and len(ocr) > len(share) / 2
    for read in (True, False):
        assert "without_ocr" not in set(sensitivity(TOOLS, units.assign(is_ocr=read), SCHEME)["scenario"])
    assert share["without_commonest", "give"] == 0 and share["without_commonest", "ban"] == share["as_coded", "ban"]


def test_which_type_leads_in_how_many_county_years():
    table = catalogue.check(robustness(TOOLS, UNITS, DOCUMENTS, SCHEME), "robustness").set_index(["scenario", "tool_type"])
    assert table.loc[("as_coded", "give"), ["n_first", "n_cells"]].tolist() == [1, 2]
    assert table.loc[("as_coded", "rule"), "n_first"] == 1
    assert table.loc[("without_commonest", "give"), ["n_first", "n_cells"]].tolist() == [0, 1]
    assert table.loc[("without_longest", "rule"), "n_cells"] == 1
    assert table.loc[("without_commonest", "give"), "difference"] == -table.loc[("as_coded", "give"), "share"]
    nothing = robustness(TOOLS.head(0), UNITS.head(0), DOCUMENTS.head(0), SCHEME)
    assert (nothing["n_cells"] == 0).all()
    catalogue.check(nothing, "robustness")


def test_sensitivity_of_one_document_has_no_longest_to_leave_out():
    table = sensitivity(TOOLS, UNITS[UNITS["doc_id"] == "a"], SCHEME)
    assert set(table["scenario"]) == {"as_coded", "by_section", "length_weighted", "single_label", "without_commonest"}
    catalogue.check(sensitivity(TOOLS.head(0), UNITS.head(0), SCHEME), "sensitivity")
    strange = pd.concat([TOOLS, TOOLS.head(1).assign(tool="no such tool")])
    pd.testing.assert_frame_equal(sensitivity(strange, UNITS, SCHEME), sensitivity(TOOLS, UNITS, SCHEME))


def test_the_second_codebook_stands_in_the_table_of_robustness_with_types_of_its_own():
    book = second_codebook(SCHEME)
    second = tools_by_rules(UNITS, book), book
    table = catalogue.check(robustness(TOOLS, UNITS, DOCUMENTS, SCHEME, None, second), "robustness")
    own = table[table["scenario"] == "second_codebook"].set_index("tool_type")
    assert list(own.index) == ["command", "money", "change"] == second[1].types and own["difference"].isna().all()
    types = second[0].drop_duplicates(["unit_id", "tool_type"])["tool_type"].value_counts()
    assert own["share"].to_dict() == {kind: pytest.approx(types.get(kind, 0) / len(UNITS)) for kind in second[1].types}
    assert own["n_first"].sum() <= own["n_cells"].iloc[0] <= 2
    shown = sentences.robustness(table, SCHEME, "en", second[1])
    assert len(shown) == table["scenario"].nunique() and shown.iloc[-1, 0] == "by the rules of a second codebook"
    assert shown.iloc[-1, 1].startswith("Rules: ") and "Money: " in shown.iloc[-1, 2] and "Institutions: " in shown.iloc[-1, 2]


def test_the_codebook_of_the_run_is_set_beside_another_one():
    shipped = codebook.load("data/codebook/policy_tools.yml")
    other = codebook.load("data/codebook/mcdonnell_elmore.yml")
    assert second_codebook(other).id == shipped.id and second_codebook(shipped).id == second_codebook(SCHEME).id == other.id


def crosswalk_table() -> pd.DataFrame:
    rows = [("money", "fund", "基金|研发"), ("money", "subsidy", ""), ("help", "none", "")]
    frame = pd.DataFrame(rows, columns=["tool", "target", "when"])
    return frame.assign(
        target_en=frame["target"], target_zh=frame["target"], target_group="g", relation="exact", note="", source=""
    )


def test_crosswalk_lets_words_decide_and_the_rest_fall_to_the_default():
    more = pd.concat([TOOLS, pd.DataFrame({"unit_id": ["a:2"], "tool": ["money"]})])
    table = crosswalk(more, UNITS, crosswalk_table())
    assert sorted(map(tuple, table.to_numpy())) == [("a:1", "fund"), ("a:1", "none"), ("a:2", "none"), ("a:2", "subsidy")]
    shares = catalogue.check(crosswalk_shares(table, UNITS, DOCUMENTS, crosswalk_table()), "crosswalk_shares")
    whole = shares[shares["county"].isna()].set_index("target")
    assert whole.loc["none", "n_units"] == 2 and whole.loc["fund", "share"] == pytest.approx(1 / 5)
    assert crosswalk(more, UNITS, crosswalk_table().head(0)).empty


def test_a_broken_crosswalk_is_told_in_one_line(tmp_path):
    file = tmp_path / "crosswalk.csv"
    with pytest.raises(CrosswalkError, match="no such crosswalk file"):
        read_crosswalk(file, SCHEME)
    crosswalk_table().drop(columns="when").to_csv(file, index=False)
    with pytest.raises(CrosswalkError, match="crosswalk.csv: column 'when' is missing"):
        read_crosswalk(file, SCHEME)
    crosswalk_table().assign(when="").to_csv(file, index=False)
    with pytest.raises(CrosswalkError, match="tool 'money' has two rows without `when`"):
        read_crosswalk(file, SCHEME)


def test_the_shipped_crosswalk_reaches_all_twenty_tools_from_all_twenty():
    scheme = codebook.load(FOLDER / "policy_tools.yml")
    table = read_crosswalk(FOLDER / "crosswalk_fang_li_lu.csv", scheme)
    assert set(table["tool"]) == set(scheme.tools) and len(set(table["target"]) - {"none"}) == 20
    assert (table["when"] == "").groupby(table["tool"]).sum().eq(1).all()  # every unit of a tool goes somewhere
    assert (table["note"] != "").all() and (table["source"] != "").all()
    assert read_crosswalk(FOLDER / "crosswalk_fang_li_lu.csv", SCHEME).empty  # about other tools: nothing to translate


@pytest.mark.parametrize("name", ["value_chain", "mcdonnell_elmore"])
def test_every_entry_of_a_shipped_codebook_finds_something(name):
    scheme = codebook.load(FOLDER / f"{name}.yml")
    files = [store.PROJECT_ROOT / "data/gold" / f for f in ("gold.csv", "train.csv", "invented.csv")]
    texts = pd.concat([pd.read_csv(f, usecols=["text"]) for f in files])["text"].tolist()
    own = {e.id for e in scheme.entries}
    idle = [r["entry"] for r in codebook.unmatched(scheme, texts, [""] * len(texts)) if r["pattern"] == "" and r["entry"] in own]
    hits = codebook.find(scheme.entries, texts)
    assert set(hits.entry.tolist()) == set(range(len(scheme.entries))) and not idle


def test_the_second_dimension_has_the_five_stages():
    raw = yaml.safe_load((FOLDER / "value_chain.yml").read_text(encoding="utf-8"))
    assert [t["zh"] for t in raw["tools"]] == ["研发", "投资建设", "生产经营", "市场", "配套服务"]


def test_units_by_number_and_texts_by_category_give_the_same_shares():
    number = UNITS["unit_id"].reset_index(drop=True).reset_index().set_index("unit_id")["index"]

    def small(frame):  # as 03_tools reads tables of millions of units
        named = {column: "category" for column in ("doc_id", "heading_path", "tool", "stage", "statement") if column in frame}
        return frame.assign(unit_id=frame["unit_id"].map(number).astype("int64")).astype(named)

    named, by_number = (CODES, TOOLS, UNITS, stages()), (small(CODES), small(TOOLS), small(UNITS), small(stages()))
    made = []
    for codes, tools, units, of_stages in (named, by_number):
        made.append([
            corrected_shares(codes, tools, DOCUMENTS, units, None, SCHEME),
            statement_shares(codes, DOCUMENTS, units, None, SCHEME),
            tool_stages(tools, of_stages, units, SCHEME, CHAIN), sensitivity(tools, units, SCHEME),
            robustness(tools, units, DOCUMENTS, SCHEME),
        ])  # fmt: skip
    for one, other in zip(*made, strict=True):
        pd.testing.assert_frame_equal(one, other)
    table = crosswalk_table()
    of_texts = UNITS.assign(unit_id=small(UNITS)["unit_id"])
    both = [(TOOLS, UNITS, UNITS), (small(TOOLS), of_texts, small(UNITS))]
    pd.testing.assert_frame_equal(*(crosswalk_shares(crosswalk(t, texts, table), u, DOCUMENTS, table) for t, texts, u in both))


@pytest.mark.parametrize(("n_documents", "sections", "runs"), [(1, 12, 60), (5, 12, 50), (12, 6, 40), (60, 4, 15)])
def test_intervals_as_coded_cover_where_sentences_of_a_section_and_document_are_alike(n_documents, sections, runs):
    """Wilson's intervals for independent sentences held .64 to .87 of the true shares."""
    held = covers.as_coded_covered(n_documents, sections, runs).mean()
    assert held["covered"] >= 0.93 > 0.9 > held["plain"]
