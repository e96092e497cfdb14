"""The panel of counties and years, the units' pseudo-outcomes, and a regression with both."""

import numpy as np
import pandas as pd
import pytest

from helpers import catalogue, codebook, compare, shares, store
from helpers.compare.regression import YearbookError
from helpers.language import say

BOOK = codebook.load("data/codebook/policy_tools.yml")
KIND, TOOL = BOOK.types[0], BOOK.tools_of(BOOK.types[0])[0]


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch):
    """Paths of parameters are those of the project's root, wherever another test has left this process."""
    monkeypatch.chdir(store.PROJECT_ROOT)


def corpus(n_counties: int, n_units: int, form=("意见", None)) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Documents of invented counties, one a county and year 2020; the units of each."""
    names = [f"d{i:03d}" for i in range(n_counties)]
    documents = pd.DataFrame({
        "doc_id": names, "county": [f"县{i}" for i in range(n_counties)],
        "county_code": [f"43{i:04d}" for i in range(n_counties)],
        "year": pd.array([2020] * n_counties, dtype="Int64"), "n_units": n_units, "n_chars": 10 * n_units,
        "doc_form": [form[i % len(form)] for i in range(n_counties)],
    })  # fmt: skip
    units = pd.DataFrame({"doc_id": np.repeat(names, n_units), "text": "句", "heading_path": ""})
    return documents, units.assign(unit_id=[f"{d}:{i}" for i, d in enumerate(units["doc_id"])])


def coded(units: pd.DataFrame, has: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"unit_id": units["unit_id"].to_numpy()[has], "tool": TOOL, "tool_type": KIND})


def gold_of(units: pd.DataFrame, rows: np.ndarray, has: np.ndarray, probability) -> pd.DataFrame:
    drawn = units.iloc[rows]
    return pd.DataFrame({
        "unit_id": drawn["unit_id"].to_numpy(), "doc_id": drawn["doc_id"].to_numpy(), "set": "gold", "statement": "measure",
        "tools": np.where(has[rows], TOOL, ""), "inclusion_probability": probability,
    })  # fmt: skip


def everything(units: pd.DataFrame, truth: np.ndarray) -> pd.DataFrame:
    """All units as gold, so that the codebook knows the file: more than half of its labels are tools."""
    return gold_of(units, np.arange(len(units)), truth, 1.0)


def test_pseudo_outcomes_by_hand():
    documents, units = corpus(1, 4)
    machine, truth = np.array([True, False, True, False]), np.array([False, True, True, False])
    gold = gold_of(units, np.array([0, 1]), truth, 0.5)
    table = catalogue.check(shares.unit_outcomes(coded(units, machine), units, documents, gold, BOOK), "unit_outcomes")
    mine = table[table["tool"] == TOOL].set_index("unit_id")
    assert mine["pseudo_outcome"].tolist() == [-1.0, 2.0, 1.0]  # 1 + (0 - 1)/.5, 0 + (1 - 0)/.5, and the code alone
    assert mine["gold"].tolist()[:2] == [False, True] and pd.isna(mine["gold"].iloc[2])
    assert (table[table["gold"].notna()].groupby("unit_id").size() == len(BOOK.tools) + len(BOOK.types)).all()
    means = shares.document_outcomes(table, documents, KIND, TOOL)
    assert means[["as_coded", "outcome"]].values.tolist() == [[0.5, 0.5]]


def test_without_gold_or_codes_the_outcome_is_the_code():
    documents, units = corpus(2, 3)
    none = np.zeros(6, bool)
    assert shares.unit_outcomes(coded(units, none), units, documents, None, BOOK).empty
    table = shares.unit_outcomes(coded(units, ~none), units, documents, None, BOOK)
    catalogue.check(table, "unit_outcomes")
    assert (table["pseudo_outcome"] == 1).all() and table["gold"].isna().all()
    assert shares.document_outcomes(table, documents.assign(n_units=[3, 0]), KIND)["doc_id"].tolist() == ["d000"]


def test_gold_without_probabilities_counts_as_a_simple_sample_of_its_document():
    documents, units = corpus(1, 4)
    gold = gold_of(units, np.array([0, 1]), np.ones(4, bool), np.nan)
    table = shares.unit_outcomes(coded(units, np.zeros(4, bool)), units, documents, gold, BOOK)
    assert set(table["inclusion_probability"]) == {0.5}


def test_units_of_documents_that_are_not_reported_have_no_outcome():
    documents, units = corpus(2, 3)
    gold = everything(units, np.ones(6, bool))
    table = shares.unit_outcomes(coded(units, np.ones(6, bool)), units, documents.head(1), gold, BOOK)
    assert set(table["doc_id"]) == {"d000"}


def test_the_panel_has_a_row_a_county_year_and_tool_or_type_and_joins_a_yearbook(tmp_path):
    documents, units = corpus(3, 4)
    documents = pd.concat([documents, documents.head(1).assign(doc_id="e", doc_form="方案", n_units=2, n_chars=7)])
    documents.loc[documents["doc_id"] == "d002", "county"] = None
    units = pd.concat([units, pd.DataFrame({"unit_id": ["e:0"], "doc_id": ["e"], "text": ["句"], "heading_path": [""]})])
    codes = pd.DataFrame({"unit_id": units["unit_id"], "statement": "measure"})
    machine = np.arange(len(units)) % 2 == 0
    table = shares.corrected_shares(codes, coded(units, machine), documents, units, None, BOOK)
    panel = catalogue.check(shares.county_year_panel(table, documents), "panel")
    assert len(panel) == 3 * (len(BOOK.tools) + len(BOOK.types)) and set(panel["county"]) == {"县0", "县1", "unknown"}
    first = panel[panel["county"] == "县0"].iloc[0]
    assert (first["n_documents"], first["n_units"], first["n_chars"], first["doc_forms"]) == (2, 6, 47, "意见;方案")
    assert panel["corrected_share"].isna().all() and set(panel["basis"]) == {"as coded"}
    book = tmp_path / "book.csv"
    book.write_text("county_code,year,gdp,note\n430000,2020,5.5,x\n430001,2020,,y\n", encoding="utf-8")
    joined = panel.merge(compare.read_yearbook(book), on=compare.KEY, how="left")
    assert joined.groupby("county")["gdp"].first().to_dict()["县0"] == 5.5 and len(joined) == len(panel)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code,year\n1,2\n", "column 'county_code' is missing"),
        ("county_code,year\n4300,2020\n", "row 2: '4300', '2020' is not a six-digit code and a year"),
        ("county_code,year\n430000,二〇\n", "is not a six-digit code and a year"),
        ("county_code,year\n430000,2020\n430000,2020\n", "row 3: 430000 stands twice for 2020"),
    ],
)
def test_a_broken_yearbook_is_told_in_one_line(tmp_path, text, message):
    path = tmp_path / "book.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(YearbookError, match=message):
        compare.read_yearbook(path)
    with pytest.raises(YearbookError, match="no such file"):
        compare.read_yearbook(tmp_path / "none.csv")


def test_the_yearbook_that_ships_can_be_read():
    book = compare.read_yearbook("data/yearbook_invented.csv")
    assert book["invented_income"].notna().all()


def test_clustered_regression_by_hand():
    frame = pd.DataFrame({"y": [0.0, 1, 2, 2, 5], "x": [0.0, 1, 2, 3, 4], "c": list("aabbc"), "w": [1, 1, 1, 1, 2]})
    found = compare.regress(frame, "y", ["x"], "c", "w").iloc[0]
    whole = np.polyfit(frame["x"], frame["y"], 1, w=np.sqrt(frame["w"]))[0]
    without = [np.polyfit(f["x"], f["y"], 1, w=np.sqrt(f["w"]))[0] for f in (frame[frame["c"] != c] for c in "abc")]
    assert found["estimate"] == pytest.approx(whole) and found["n_clusters"] == 3 and found["n_rows"] == 5
    assert found["standard_error"] == pytest.approx(np.sqrt(2 / 3 * sum((b - whole) ** 2 for b in without)))
    two = compare.regress(frame.assign(constant=1.0), "y", ["x", "constant"], "c")  # not to be told from the constant
    assert two["estimate"].isna().all()
    few = compare.regress(frame.head(2), "y", ["x"], "c")
    assert few["estimate"].notna().all() and few["ci_low"].isna().all()
    assert compare.regress(frame.assign(x=np.nan), "y", ["x"], "c")["n_rows"].tolist() == [0]


def slopes(n: int, runs: int) -> dict[str, list[bool]]:
    """Tell of each run whether the slope's interval covers, with pseudo-outcomes and with shares as coded.

    n counties of 60 sentences, 10 of them gold; the machine errs more where income is high, so its codes hide the slope.
    """
    size, drawn, slope = 60, 10, 0.1
    documents, units = corpus(n, size)
    rng, found = np.random.default_rng(3), {"outcome": [], "as_coded": []}
    for _ in range(runs):
        income = rng.uniform(-1, 1, n)
        truth = rng.random((n, size)) < (0.4 + slope * income + rng.normal(0, 0.05, n))[:, None]
        hit = np.where(truth, rng.random((n, size)) < (0.75 - 0.2 * income)[:, None], rng.random((n, size)) < 0.1)
        rows = (np.arange(n)[:, None] * size + np.argsort(rng.random((n, size)), axis=1)[:, :drawn]).ravel()
        gold = gold_of(units, rows, truth.ravel(), drawn / size)
        table = shares.unit_outcomes(coded(units, hit.ravel()), units, documents, gold, BOOK)
        frame = shares.document_outcomes(table, documents, KIND).assign(income=income)
        for outcome, into in found.items():
            row = compare.regress(frame, outcome, ["income"], "county_code", "n_units").iloc[0]
            into.append(row["ci_low"] <= slope <= row["ci_high"])
    return found


def test_a_regression_on_pseudo_outcomes_covers_where_one_on_codes_does_not():
    found = slopes(40, 60)
    assert np.mean(found["outcome"]) >= 0.9 and np.mean(found["as_coded"]) < 0.5, found


def test_both_probabilities_of_a_sample_of_two_stages_are_read(tmp_path):
    from helpers import coding

    row = "u,a.txt,对企业给予奖励。,measure,funding,0.1,0.5\n"
    head = "unit,source_file,text,statement,tools,inclusion_probability,document_probability\n"
    (tmp_path / "gold.csv").write_text(head + row, encoding="utf-8")
    read = coding.read_labelled(tmp_path)
    gold = read[read["set"] == "gold"].iloc[0]
    assert (gold["inclusion_probability"], gold["document_probability"]) == (0.1, 0.5)


def test_an_invented_yearbook_is_joined_with_an_invented_panel_only():
    """A team's own county-years stood in one table with invented incomes, and in a regression on them."""
    book = compare.read_yearbook(compare.regression.INVENTED)
    panel, outcomes = compare.regression.invented(book, list(BOOK.types))
    assert set(outcomes) == set(BOOK.types) and panel["county"].str.startswith("invented").all()
    assert compare.regression.is_invented("") and compare.regression.is_invented("data/../data/yearbook_invented.csv")
    assert not compare.regression.is_invented("yearbook_invented_by_others.csv")
    found = compare.regress(outcomes[KIND].merge(book, on=compare.KEY), "outcome", ["invented_income"], "county_code", "n_units")
    said = compare.regression.said(found, panel.merge(book, on=compare.KEY), True)
    assert all(
        "invented" in say("compare.regression", "en", **said) and "虚构" in say("compare.regression", "zh", **said) for _ in "x"
    )
