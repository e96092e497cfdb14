"""Shares corrected for coding error: by hand, in odd corpora, and in a simulation of their coverage."""

import sys
import time

import numpy as np
import pandas as pd
import pytest
from small_codebook import SCHEME

from helpers import catalogue, codebook, handcoding
from helpers.shares import corrected_shares, raw_shares, shrinkage, statement_shares


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
    """100 units, 30 coded `money`; of 30 gold units 9 are coded so: gold keeps 6 of them, and has 3 more that were missed."""
    all_units = units(a=100)
    ids = all_units["unit_id"].tolist()
    coded = tools("money", [*ids[:9], *ids[40:61]])
    sample = gold(ids[:30], [*["money"] * 6, *[""] * 3, *["money"] * 3, "help", *[""] * 17], 0.3)
    return all_coded(all_units), coded, documents(("a", "甲县", 2017)), all_units, sample


def test_two_rates_by_hand():
    table = corrected_shares(*one_document(), SCHEME)
    money = row(table, "甲县", "money", "give")
    assert money["n_units"] == 30 and money["share"] == pytest.approx(0.3)
    assert money["corrected_share"] == pytest.approx(0.3 * 6 / 9 + 0.7 * 3 / 21)
    assert money["ci_low"] < 0.3 < money["ci_high"]
    assert money["n_gold"] == 30 and money["basis"] == "own gold" and 0.03 < money["standard_error"] < 0.1
    helped = row(table, "甲县", "help", "give")  # never coded, one of thirty gold units
    assert helped["share"] == 0 and 0.01 <= helped["corrected_share"] < 1 / 30 < helped["ci_high"] and helped["ci_low"] == 0.01


def test_a_correction_is_taken_by_what_it_is_beside_its_error():
    """A correction of the size of its error was taken whole: beside a good coder two hundred gold units made shares worse."""
    sure, small = (shrinkage.taken(np.array(by), np.full(3, 25e-4)) for by in ([0.3, 0, 0.05], [0.05] * 3))
    assert max(small) < 0.5 and 1 > sure[0] > sure[2] > sure[1] > 0.8  # what all err by tells of each
    precise = shrinkage.taken(np.array([0.01] * 3), np.full(3, 1e-4))
    assert min(precise) > 0.9  # of the size of its error too, but that is one point: no more can be lost
    assert shrinkage.taken(np.array([0.1, 0.0]), np.array([0.0, 0.0])).tolist() == pytest.approx([1, 1])  # a census
    alike = shrinkage.taken(np.array([0.06, -0.02, -0.04]), np.full(3, 4e-4), alike=True)
    assert len(set(alike)) == 1


def test_a_type_lies_between_its_greatest_tool_and_all_its_tools():
    shares = corrected_shares(*one_document(), SCHEME)
    one = shares[shares["county"].notna() & (shares["tool_type"] == "give")].set_index("tool")["corrected_share"]
    assert one[["money", "help"]].max() <= one.iloc[0] <= one[["money", "help"]].sum() + 1e-12


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


def test_without_gold_and_sections_there_is_no_corrected_share_and_the_interval_is_wilsons():
    codes, coded, docs, all_units, _ = one_document()
    for nothing in (None, gold([], []), gold(["z:00001"], ["money"])):
        money = row(corrected_shares(codes, coded, docs, all_units, nothing, SCHEME), "甲县", "money", "give")
        assert np.isnan(money["corrected_share"])
        assert money["ci_low"] == pytest.approx(0.2189, abs=1e-3) and money["ci_high"] == pytest.approx(0.3958, abs=1e-3)


def test_gold_of_another_codebook_corrects_nothing():
    codes, coded, docs, all_units, sample = one_document()
    other = sample.assign(tools="mandates")
    assert corrected_shares(codes, coded, docs, all_units, other, SCHEME)["corrected_share"].isna().all()


def test_a_document_without_gold_takes_the_rates_of_all_and_leaves_the_whole_corrected():
    codes, coded, _, all_units, sample = one_document()
    more = pd.concat([all_units, units(b=50)], ignore_index=True)
    docs = documents(("a", "甲县", 2017), ("b", "乙县", 2020))
    table = corrected_shares(all_coded(more), coded, docs, more, sample, SCHEME)
    assert row(table, "甲县", "money", "give")["corrected_share"] == pytest.approx(0.3)
    other, whole = row(table, "乙县", "money", "give"), row(table, None, "money", "give")
    taken = other["corrected_share"] / (3 / 21)  # of a correction that is small beside its error
    assert 0 < taken < 1 and other["ci_high"] > 3 / 21 and other["basis"] == "pooled gold" and other["n_gold"] == 0
    assert other["ci_low"] < other["corrected_share"] < other["ci_high"]
    assert whole["corrected_share"] == pytest.approx(0.2 + taken * ((0.3 * 100 + 50 * 3 / 21) / 150 - 0.2), abs=0.01)


def test_fewer_than_twenty_gold_units_correct_nothing():
    codes, coded, docs, all_units, sample = one_document()
    table = corrected_shares(codes, coded, docs, all_units, sample.head(19), SCHEME)
    assert table["corrected_share"].isna().all() and set(table["basis"]) == {"as coded"}
    assert corrected_shares(codes, coded, docs, all_units, sample.head(20), SCHEME)["corrected_share"].notna().all()


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


def test_a_full_census_and_uneven_probabilities():
    all_units = units(a=4)
    ids, docs = all_units["unit_id"].tolist(), documents(("a", "甲县", 2017))
    census = corrected_shares(
        all_coded(all_units), tools("ban", ids), docs, all_units, gold(ids, ["ban", "ban", "", ""], 1.0), SCHEME
    )
    found = row(census, "甲县", "ban", "rule")
    assert found["corrected_share"] == found["ci_low"] == found["ci_high"] == 0.5  # all units seen: nothing is left to chance
    all_units = units(a=200)
    ids = all_units["unit_id"].tolist()
    uneven = gold(ids[:40], ["ban"] * 20 + ["money"] * 20).assign(inclusion_probability=[0.125] * 20 + [0.5] * 20)
    table = corrected_shares(all_coded(all_units), tools("ban", []), docs, all_units, uneven, SCHEME)
    # 20 × 8 of 20 × 8 + 20 × 2; what the gold units themselves say is certain, so that a little less is left to the weights
    assert row(table, None, "ban", "rule")["corrected_share"] == pytest.approx(0.8, abs=1e-5)


def test_statements_are_corrected_in_the_same_way():
    codes, _, docs, all_units, sample = one_document()
    sample = sample.assign(statement=["goal"] * 15 + ["measure"] * 15)
    table = catalogue.check(statement_shares(codes, docs, all_units, sample, SCHEME), "statement_shares")
    whole = table[table["county"].isna()].set_index("statement")
    assert whole.loc["measure", "share"] == 1 and whole.loc["goal", "share"] == 0
    assert whole.loc["goal", "corrected_share"] == pytest.approx(0.5, abs=1e-4)
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


def corpora(
    sizes: dict[str, tuple[int, int]], n_runs: int, spread: float, seed: int = 20250101, sampled: int = 0, alike: int = 1,
    even: bool = False, active: int = 0,
) -> pd.DataFrame:  # fmt: skip
    """Draw corpora of documents, each the only one of its county; truth, recall and false alarms differ between them by `spread`.

    sizes: units and gold units a document; sampled: so many gold units by `handcoding.draw` instead, with its probabilities, and
    then `active` more, chosen by a guess at where the machine errs and by what the first of them showed.
    alike: neighbouring sentences of which half share their tools and how they are read (sections); even: each document truly has
    the same share of each tool. Returns the rows of tools with their true share, and `run`.
    """
    rng, found = np.random.default_rng(seed), []
    share, recall, precision = np.array(TOOLS).T
    docs = documents(*[(doc, f"县{doc}", 2017) for doc in sizes]).assign(county_code=[f"43{i:04d}" for i in range(len(sizes))])
    all_units = units(**{doc: n for doc, (n, _) in sizes.items()})
    at = pd.Index(docs["doc_id"]).get_indexer(all_units["doc_id"])
    ids, names = all_units["unit_id"].to_numpy(object), np.array(MANY.tools, dtype=object)

    def vary(p, by):
        return 1 / (1 + (1 - p) / p * np.exp(-by * rng.standard_normal((len(docs), len(p)))))

    def chance(n):
        own, shared = rng.random((len(at), len(share))), rng.random((-(-len(at) // n), len(share))).repeat(n, axis=0)[: len(at)]
        return np.where(rng.random(len(at))[:, None] < 0.5 * (n > 1), shared, own)

    for run in range(n_runs):
        false = vary(share * recall * (1 - precision) / precision / (1 - share), spread)
        truth = chance(alike) < vary(share, 0.5 * (spread > 0) * (not even))[at]
        if even:
            truth = np.concatenate([rng.permuted(np.arange(n)[:, None] < np.round(n * share), axis=0) for n, _ in sizes.values()])
        machine = np.where(truth, chance(alike) < vary(recall, spread)[at], chance(alike) < false[at])
        if sampled:
            files = docs.assign(source_file=docs["doc_id"])
            drawn = handcoding.draw(all_units, files, sampled, run)
            rows = pd.Index(ids).get_indexer(drawn["unit"])
            if active:
                often = machine[rows[(truth != machine)[rows].any(1)]].sum(0)  # what it had said where it erred
                worth = (truth != machine).sum(1) + machine @ often / max(often.max(), 1) + rng.random(len(ids))
                drawn = handcoding.draw(all_units, files, active, run, drawn, pd.Series(worth, index=ids))
                rows = pd.Index(ids).get_indexer(drawn["unit"])
        else:
            rows = np.concatenate(
                [rng.choice(np.flatnonzero(at == i), k, replace=False) for i, (_, k) in enumerate(sizes.values())]
            )
        said = gold(ids[rows].tolist(), [";".join(names[truth[i]]) for i in rows], np.nan)
        if sampled:
            said = said.assign(**{name: drawn[name].to_numpy() for name in ("inclusion_probability", "document_probability")})
        unit, tool = np.nonzero(machine)
        coded = pd.DataFrame({"unit_id": ids[unit], "tool": names[tool]})
        table = corrected_shares(all_coded(all_units), coded, docs, all_units, said, MANY)
        by_document = pd.DataFrame(truth, columns=names).groupby("县" + all_units["doc_id"]).mean().stack()
        of_all = pd.Series(truth.mean(0), pd.MultiIndex.from_product([[""], names]))
        true = pd.concat([by_document, of_all]).rename("true").rename_axis(["place", "tool"]).reset_index()
        table = table[table["tool"].notna()].assign(place=table["county"].astype(object).where(table["county"].notna(), ""))
        found.append(table.merge(true, on=["place", "tool"]).assign(run=run))
    out = pd.concat(found, ignore_index=True)
    return out.assign(covered=out["true"].between(out["ci_low"] - 1e-9, out["ci_high"] + 1e-9))


SHIPPED = {"a": (196, 40), "b": (101, 32), "c": (640, 60), "d": (197, 40), "e": (151, 37)}  # as in the shipped corpus


@pytest.fixture(scope="module")
def simulated() -> pd.DataFrame:
    return corpora(SHIPPED, 60, spread=0.0)


def test_intervals_of_corrected_shares_cover_in_the_shipped_design(simulated):
    cells, whole = simulated[simulated["county"].notna()], simulated[simulated["county"].isna()]
    assert 0.94 <= cells["covered"].mean() <= 0.995 and 0.93 <= whole["covered"].mean() <= 0.995
    assert cells.groupby("tool")["covered"].mean().min() > 0.90


def test_corrected_shares_are_unbiased_where_raw_ones_are_not(simulated):
    mean = simulated[simulated["county"].isna()].groupby("tool")[["share", "corrected_share", "true"]].mean()
    assert (mean["corrected_share"] - mean["true"]).abs().max() < 0.006
    assert (mean["share"] - mean["true"]).abs().max() > 0.05


def rmse(frame: pd.DataFrame, column: str) -> float:
    return float(np.sqrt(((frame[column] - frame["true"]) ** 2).mean()))


@pytest.mark.parametrize(("n_documents", "n_gold"), [(60, (1, 4)), (60, (1, 1)), (30, (1, 60)), (8, (20, 20))])
def test_cells_of_few_gold_units_cover_and_are_no_worse_than_the_codes(n_documents, n_gold):
    """A cell's own one to four gold units were printed as its share: RMSE .115 against .030 as coded, errors of 30 points."""
    rng = np.random.default_rng(3)
    sizes = {f"d{i:02d}": (int(rng.integers(70, 300)), int(rng.integers(n_gold[0], n_gold[1] + 1))) for i in range(n_documents)}
    cells = corpora(sizes, 4 if n_documents > 20 else 16, spread=0.5)
    cells = cells[cells["county"].notna()]
    assert cells["covered"].mean() >= 0.93
    assert rmse(cells, "corrected_share") < min(rmse(cells, "share"), 0.045)
    assert max(rmse(rows, "corrected_share") - rmse(rows, "share") for _, rows in cells.groupby("tool")) < 0.015
    assert ((cells["corrected_share"] - cells["true"]).abs() > 0.3).mean() < 0.001


GOOD = [(share, 0.93, 0.95) for share, _, _ in TOOLS]
BIASED = [(share, *((0.95, 0.45) if i % 2 else (0.45, 0.95))) for i, (share, _, _) in enumerate(TOOLS)]
RARE = [(p, r, q) for p, (_, r, q) in zip([0.005, 0.006, 0.008, 0.01, 0.012, 0.015, 0.02, 0.03, 0.04, 0.05], TOOLS, strict=True)]
THIN = {
    "5 of 5": {f"d{i}": (150, 5) for i in range(5)}, "10 of 2 or 3": {f"d{i}": (120 + 9 * i, 2 + i % 2) for i in range(10)},
    "22 of 1": {f"d{i:02d}": (150, 1) for i in range(22)},
}  # fmt: skip


@pytest.mark.parametrize("coder", [TOOLS, GOOD, BIASED, RARE], ids=["usual", "good", "biased", "rare"])
@pytest.mark.parametrize("design", THIN)
def test_few_gold_units_in_all_make_no_share_worse_than_the_codes(design, coder, monkeypatch):
    """With twenty to thirty gold units, corrected shares of single tools erred by .012 to .036 more than the codes."""
    monkeypatch.setattr(sys.modules[__name__], "TOOLS", coder)
    rows = corpora(THIN[design], 20, spread=0.5)
    assert rows["covered"].mean() >= 0.93
    for part in (rows[rows["county"].notna()], rows[rows["county"].isna()]):
        assert rmse(part, "corrected_share") <= rmse(part, "share") + 0.002
        assert max(rmse(one, "corrected_share") - rmse(one, "share") for _, one in part.groupby("tool")) <= 0.01


def test_a_cluster_of_gold_units_tells_no_more_than_one_unit():
    """Neighbouring sentences that were picked together were taken for independent ones."""
    *tables, sample = one_document()
    alone, single = (corrected_shares(*tables, part, SCHEME) for part in (sample, sample.assign(cluster="")))
    pd.testing.assert_frame_equal(alone, single)
    pages = sample.assign(cluster=[f"page {i // 4}" for i in range(len(sample))])
    together = corrected_shares(*tables, pages, SCHEME)
    assert (together["standard_error"] > 1.3 * alone["standard_error"]).all()
    assert together["corrected_share"].tolist() == pytest.approx(alone["corrected_share"].tolist(), abs=0.01)


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


def test_statements_corrected_alike_are_no_worse_than_the_codes():
    """One factor for all four by the largest correction: a statement without bias of its own erred by .015 more."""
    covers = pytest.importorskip("covers")  # which draws units by this module
    cells = covers.statements({f"d{i:02d}": (60 + 3 * i, 1 + i % 4) for i in range(24)}, 12).query("county.notna()")
    assert cells["covered"].mean() >= 0.93
    assert max(rmse(rows, "corrected_share") - rmse(rows, "share") for _, rows in cells.groupby("statement")) <= 0.01


def test_a_document_whose_sections_agree_has_nearly_the_interval_of_independent_sentences():
    sections = np.repeat(np.arange(40), 5)
    alike = units(a=200).assign(heading_path=[f"第{s}节" for s in sections])
    has = pd.DataFrame({"unit_id": alike["unit_id"][::5], "tool": "money"})  # one in each section
    known = row(
        corrected_shares(all_coded(alike), has, documents(("a", "甲县", 2017)), alike, None, SCHEME), "甲县", "money", "give"
    )
    plain = row(
        corrected_shares(all_coded(alike), has, documents(("a", "甲县", 2017)), alike.drop(columns="heading_path"), None, SCHEME),
        "甲县", "money", "give",
    )  # fmt: skip
    assert known["share"] == 0.2 and plain["ci_low"] - 0.01 < known["ci_low"] < 0.2 < known["ci_high"] < plain["ci_high"] + 0.01
