"""Shares corrected for coding error: by hand, in odd corpora, and in a simulation of their coverage."""

import time

import numpy as np
import pandas as pd
import pytest

from helpers import catalogue, codebook
from helpers.intervals import wilson
from helpers.shares import corrected_shares, raw_shares, statement_shares

SCHEME = codebook.parse({
    "id": "small", "name": {"en": "Small", "zh": "小"},
    "types": [{"id": "give", "en": "Give", "zh": "给"}, {"id": "rule", "en": "Rule", "zh": "管"}],
    "tools": [
        {"id": "money", "type": "give", "en": "Money", "zh": "钱"}, {"id": "help", "type": "give", "en": "Help", "zh": "助"},
        {"id": "ban", "type": "rule", "en": "Ban", "zh": "禁"},
    ],
    "statements": {},
})  # fmt: skip


def documents(*rows) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["doc_id", "county", "year"]).astype({"county": "str", "year": "Int64"})
    return frame.assign(county_code=frame["county"].map({"甲县": "430001", "乙县": "430002"}))


def units(**sizes: int) -> pd.DataFrame:
    ids = [(f"{doc}:{i:05d}", doc) for doc, n in sizes.items() for i in range(n)]
    return pd.DataFrame(ids, columns=["unit_id", "doc_id"]).assign(text="句", heading_path="")


def all_coded(frame: pd.DataFrame, statement: str = "measure") -> pd.DataFrame:
    return pd.DataFrame({"unit_id": frame["unit_id"], "statement": statement})


def tools(tool: str, ids) -> pd.DataFrame:
    return pd.DataFrame({"unit_id": list(ids), "tool": tool})


def gold(ids: list[str], used: list[str], probability: float = 0.1) -> pd.DataFrame:
    frame = pd.DataFrame({"unit_id": ids, "tools": used, "inclusion_probability": probability, "statement": "measure"})
    return frame.assign(doc_id=[unit.partition(":")[0] for unit in ids])


def row(table: pd.DataFrame, county, tool, tool_type) -> pd.Series:
    same = table["county"].isna() if county is None else table["county"] == county
    same &= table["tool"].isna() if tool is None else table["tool"] == tool
    return table[same & (table["tool_type"] == tool_type)].iloc[0]


def one_document():
    """100 units, 30 coded `money`; of 10 gold units 3 are coded so, gold keeps 2 of them and has 1 more that was missed."""
    all_units = units(a=100)
    ids = all_units["unit_id"].tolist()
    coded = tools("money", [*ids[:3], *ids[10:37]])
    sample = gold(ids[:10], ["money", "money", "", "money", "help", "", "", "", "", ""])
    return all_coded(all_units), coded, documents(("a", "甲县", 2017)), all_units, sample


def test_difference_estimator_by_hand():
    table = corrected_shares(*one_document(), SCHEME)
    money = row(table, "甲县", "money", "give")
    assert money["n_units"] == 30 and money["share"] == pytest.approx(0.3)
    # gold mean .3, coded mean in the sample .3 as in the whole: the difference is none, whatever λ
    assert money["corrected_share"] == pytest.approx(0.3)
    assert money["ci_low"] < 0.3 < money["ci_high"]
    helped = row(table, "甲县", "help", "give")  # never coded, one of ten gold units
    assert helped["share"] == 0 and helped["corrected_share"] == pytest.approx(0.1) and helped["ci_low"] >= 0.01


def test_types_count_a_unit_once():
    all_units = units(a=20)
    ids = all_units["unit_id"].tolist()
    coded = pd.concat([tools("money", ids[:4]), tools("help", ids[:6])])
    table = corrected_shares(all_coded(all_units), coded, documents(("a", "甲县", 2017)), all_units, None, SCHEME)
    assert row(table, None, None, "give")["n_units"] == 6 and row(table, None, None, "rule")["n_units"] == 0


def test_rows_are_whole_then_county_years_and_fit_the_schema():
    table = corrected_shares(*one_document(), SCHEME)
    assert len(catalogue.check(table, "tool_shares")) == 2 * (2 + 3)
    assert table["county"].isna().sum() == 5 and table["tool"].isna().sum() == 4


def test_without_gold_there_is_no_corrected_share_and_the_interval_is_wilsons():
    codes, coded, docs, all_units, _ = one_document()
    for nothing in (None, gold([], []), gold(["z:00001"], ["money"])):
        money = row(corrected_shares(codes, coded, docs, all_units, nothing, SCHEME), "甲县", "money", "give")
        assert np.isnan(money["corrected_share"])
        assert money["ci_low"] == pytest.approx(0.2189, abs=1e-3) and money["ci_high"] == pytest.approx(0.3958, abs=1e-3)


def test_gold_of_another_codebook_corrects_nothing():
    codes, coded, docs, all_units, sample = one_document()
    other = sample.assign(tools="mandates")
    assert corrected_shares(codes, coded, docs, all_units, other, SCHEME)["corrected_share"].isna().all()


def test_a_group_with_a_document_without_gold_stays_raw_and_the_other_is_corrected():
    codes, coded, _, all_units, sample = one_document()
    more = pd.concat([all_units, units(b=50)], ignore_index=True)
    docs = documents(("a", "甲县", 2017), ("b", "乙县", 2020))
    table = corrected_shares(all_coded(more), coded, docs, more, sample, SCHEME)
    assert row(table, "甲县", "money", "give")["corrected_share"] == pytest.approx(0.3)
    assert np.isnan(row(table, "乙县", "money", "give")["corrected_share"])
    assert np.isnan(row(table, None, "money", "give")["corrected_share"])


def test_a_county_has_the_same_numbers_alone_and_among_others():
    codes, coded, docs, all_units, sample = one_document()
    more = pd.concat([all_units, units(b=50)], ignore_index=True)
    both = documents(("a", "甲县", 2017), ("b", "乙县", 2020))
    among = corrected_shares(all_coded(more), coded, both, more, pd.concat([sample, gold(["b:00001"], ["ban"])]), SCHEME)
    alone = corrected_shares(all_coded(more), coded, docs, more, sample, SCHEME)
    columns = ["share", "corrected_share", "ci_low", "ci_high"]
    mine = [t[t["county"] == "甲县"][columns].to_numpy() for t in (among, alone)]
    np.testing.assert_array_equal(*mine)


def test_documents_without_county_or_year_keep_their_rows():
    all_units = units(a=4, b=4, c=4)
    docs = documents(("a", None, None), ("b", "甲县", None), ("c", None, 2020))
    table = corrected_shares(all_coded(all_units), tools("ban", ["a:00000", "b:00000"]), docs, all_units, None, SCHEME)
    catalogue.check(table, "tool_shares")
    assert row(table, None, "ban", "rule")["n_units"] == 2 and row(table, None, "ban", "rule")["share"] == pytest.approx(2 / 12)
    assert sorted(table.loc[table["tool"] == "ban", "county"].fillna("").tolist()) == ["", "unknown", "unknown", "甲县"]


def test_no_documents_or_units_give_an_empty_table_and_a_document_without_units_no_row():
    codes, coded, docs, all_units, sample = one_document()
    assert corrected_shares(codes, coded, docs.head(0), all_units, sample, SCHEME).empty
    assert corrected_shares(codes.head(0), coded.head(0), docs, all_units.head(0), sample, SCHEME).empty
    more = pd.concat([docs, documents(("e", "乙县", 2018))], ignore_index=True)
    assert "乙县" not in set(corrected_shares(codes, coded, more, all_units, sample, SCHEME)["county"])


def test_one_gold_unit_a_full_census_and_uneven_probabilities():
    all_units = units(a=4)
    ids, docs = all_units["unit_id"].tolist(), documents(("a", "甲县", 2017))
    one = corrected_shares(all_coded(all_units), tools("ban", ids[:1]), docs, all_units, gold(ids[:1], ["help"]), SCHEME)
    assert one["corrected_share"].between(one["ci_low"], one["ci_high"]).all()
    census = corrected_shares(
        all_coded(all_units), tools("ban", ids), docs, all_units, gold(ids, ["ban", "ban", "", ""], 1.0), SCHEME
    )
    found = row(census, "甲县", "ban", "rule")
    assert found["corrected_share"] == found["ci_low"] == found["ci_high"] == 0.5  # all units seen: nothing is left to chance
    uneven = gold(ids[:2], ["ban", "money"]).assign(inclusion_probability=[0.25, 0.75])
    table = corrected_shares(all_coded(all_units), tools("ban", []), docs, all_units, uneven, SCHEME)
    assert row(table, "甲县", "ban", "rule")["corrected_share"] == pytest.approx(0.75)  # 4 : 4/3


def test_statements_are_corrected_in_the_same_way():
    codes, _, docs, all_units, sample = one_document()
    sample = sample.assign(statement=["goal"] * 5 + ["measure"] * 5)
    table = catalogue.check(statement_shares(codes, docs, all_units, sample, SCHEME), "statement_shares")
    whole = table[table["county"].isna()].set_index("statement")
    assert whole.loc["measure", "share"] == 1 and whole.loc["goal", "share"] == 0
    assert whole.loc["goal", "corrected_share"] == pytest.approx(0.5)
    assert whole["corrected_share"].sum() == pytest.approx(1)


def test_raw_shares_of_any_property():
    all_units = units(a=10)
    long = pd.DataFrame({"unit_id": ["a:00000", "a:00001"], "column": ["x", "y"]})
    table = raw_shares(long, ["x", "y", "z"], documents(("a", "甲县", 2017)), all_units)
    assert table["share"].tolist() == pytest.approx([0.1, 0.1, 0.0] * 2)


# ---------------------------------------------------------------------------------------------------------------- simulation
# Ten tools as a coder finds them: true share, recall, precision. Errors are made for good, as a machine makes them.
TOOLS = [
    (0.005, 0.8, 0.6), (0.01, 0.6, 0.5), (0.02, 0.7, 0.8), (0.03, 0.9, 0.6), (0.05, 0.7, 0.9),
    (0.08, 0.9, 0.7), (0.10, 0.6, 0.8), (0.13, 0.9, 0.7), (0.16, 0.75, 0.95), (0.30, 0.9, 0.7),
]  # fmt: skip
MANY = codebook.parse({
    "id": "many", "name": {"en": "Many", "zh": "多"}, "types": [{"id": "t", "en": "T", "zh": "类"}],
    "tools": [{"id": f"t{i}", "type": "t", "en": f"T{i}", "zh": f"工具{i}"} for i in range(len(TOOLS))], "statements": {},
})  # fmt: skip
SIZES = {
    "a": (196, 40),
    "b": (101, 32),
    "c": (640, 60),
    "z": (196, 40),
}  # units and gold units a document, as in the shipped corpus


@pytest.fixture(scope="module")
def simulated() -> pd.DataFrame:
    """Draw 200 corpora at once, each a county: all three documents in 2017 (three strata), one more like the first in 2018."""
    rng, n_runs = np.random.default_rng(20250101), 200
    sizes = {f"{run}{doc}": size for run in range(n_runs) for doc, size in SIZES.items()}
    docs = documents(*[(doc, f"县{doc[:-1]}", 2018 if doc[-1] == "z" else 2017) for doc in sizes])
    all_units = units(**{doc: n for doc, (n, _) in sizes.items()})
    share, recall, precision = np.array(TOOLS).T
    truth = rng.random((len(all_units), len(TOOLS))) < share
    false = share * recall * (1 - precision) / precision / (1 - share)
    machine = np.where(truth, rng.random(truth.shape) < recall, rng.random(truth.shape) < false)
    ids, names = all_units["unit_id"].to_numpy(object), np.array(MANY.tools, dtype=object)
    unit, tool = np.nonzero(machine)
    first = np.cumsum([0, *[n for n, _ in sizes.values()]])
    sampled = np.concatenate(
        [start + rng.choice(n, k, replace=False) for start, (n, k) in zip(first, sizes.values(), strict=False)]
    )
    said = gold(ids[sampled].tolist(), [";".join(names[truth[i]]) for i in sampled])
    coded = pd.DataFrame({"unit_id": ids[unit], "tool": names[tool]})
    table = corrected_shares(all_coded(all_units), coded, docs, all_units, said, MANY)
    about = all_units[["doc_id"]].merge(docs, on="doc_id", how="left")
    true = pd.DataFrame(truth, columns=names).groupby([about["county"], about["year"]]).mean().stack().rename("true")
    true = true.rename_axis(["county", "year", "tool"]).reset_index()
    return table[table["tool"].notna()].merge(true, on=["county", "year", "tool"])


def test_intervals_of_corrected_shares_cover_at_about_the_nominal_rate(simulated):
    covered = (simulated["true"] >= simulated["ci_low"] - 1e-9) & (simulated["true"] <= simulated["ci_high"] + 1e-9)
    assert len(covered) == 200 * 2 * len(TOOLS) and 0.93 <= covered.mean() <= 0.985
    assert covered.groupby(simulated["year"]).mean().between(0.92, 0.99).all()  # several strata, one stratum
    assert covered.groupby(simulated["tool"]).mean().min() > 0.90


def test_raw_shares_do_not_cover_where_the_coder_errs_one_way(simulated):
    """A raw share with an interval for chance alone (Wilson's): precise, and beside the truth."""
    whole = simulated[simulated["year"] == 2017]
    low, high = wilson(whole["n_units"], (whole["n_units"] / whole["share"].replace(0, np.nan)).fillna(1))
    covered = whole["true"].between(pd.Series(low, whole.index), pd.Series(high, whole.index)).groupby(whole["tool"]).mean()
    assert covered["t6"] < 0.5 and covered["t9"] < 0.1  # recall .6 at precision .8; recall .9 at precision .7


def test_corrected_shares_are_nearly_unbiased_where_raw_ones_are_not(simulated):
    mean = simulated[simulated["year"] == 2017].groupby("tool")[["share", "corrected_share", "true"]].mean()
    assert (mean["corrected_share"] - mean["true"]).abs().max() < 0.01
    assert (mean["share"] - mean["true"]).abs().max() > 0.05


def test_fast_for_many_documents():
    n_docs, n_units = 2000, 100_000
    rng = np.random.default_rng(0)
    all_units = units(**{f"d{i:04d}": n_units // n_docs for i in range(n_docs)})
    docs = documents(*[(f"d{i:04d}", f"县{i % 500:03d}", 2017 + i % 9) for i in range(n_docs)])
    coded = pd.DataFrame({"unit_id": all_units["unit_id"], "tool": rng.choice(["money", "help", "ban"], n_units)})
    codes, sample = all_coded(all_units), gold(["d0000:00000"], ["ban"])
    start = time.process_time()
    table = corrected_shares(codes, coded, docs, all_units, sample, SCHEME)
    assert len(table) == 5 * 2001 and time.process_time() - start < 5  # a tenth of that on a free machine
