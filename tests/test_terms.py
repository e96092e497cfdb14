import math

import numpy as np
import pandas as pd
import pytest

from helpers import terms
from helpers.segment import count_words

TOKENS = [["产业", "园区"], ["产业"], ["旅游", "产业"], ["旅游"], []]
DOCUMENTS = ["a", "a", "b", "b", "b"]


def test_frequencies_count_words_units_and_documents():
    table = terms.frequencies(terms.count_by(count_words(TOKENS), DOCUMENTS)).set_index("term")
    assert table.loc["产业", ["n", "n_units", "n_documents"]].tolist() == [3, 3, 2]
    assert table["n"].tolist() == [3, 2, 1]
    assert table.loc["产业", "per_thousand"] == pytest.approx(500)


def test_dispersion_is_even_at_one_end_and_bound_to_one_document_at_the_other():
    even = [["水"], ["水"], ["火"], ["土"]]
    table = terms.frequencies(terms.count_by(count_words(even), ["a", "b", "a", "b"])).set_index("term")
    assert table.loc["水", ["juilland_d", "dp"]].tolist() == pytest.approx([1, 0])
    assert table.loc["火", ["juilland_d", "dp"]].tolist() == pytest.approx([0, 1])


def test_dispersion_of_gries_by_hand():
    # Document a holds 3 of 6 words; 产业: 2 of 3 there. |2/3 - 1/2| and |1/3 - 1/2|, halved, over 1 - 1/2.
    table = terms.frequencies(terms.count_by(count_words(TOKENS), DOCUMENTS)).set_index("term")
    assert table.loc["产业", "dp"] == pytest.approx((1 / 6 + 1 / 6) / 2 / 0.5)


def test_one_document_has_no_dispersion_and_no_keyness():
    counted = terms.count_by(count_words(TOKENS), ["a"] * 5)
    assert terms.frequencies(counted)["dp"].isna().all()
    assert terms.keyness(counted).empty


def test_an_empty_corpus_gives_empty_tables():
    counted = terms.count_by(count_words([]), [])
    assert terms.frequencies(counted).empty
    assert terms.keyness(counted).empty
    assert terms.cooccurrence(count_words([]), ["产业", "企业"], []).empty
    assert terms.centralities(terms.cooccurrence(count_words([]), [], []), {}).empty


def test_log_likelihood_and_log_ratio_by_hand():
    tokens = [["债务"] * 10 + ["水"] * 90, ["债务"] * 5 + ["水"] * 195]
    row = (
        terms.keyness(terms.count_by(count_words(tokens), ["x", "y"]), minimum=1).query("group == 'x' and term == '债务'").iloc[0]
    )
    expected_x, expected_y = 15 * 100 / 300, 15 * 200 / 300
    assert row.log_likelihood == pytest.approx(2 * (10 * math.log(10 / expected_x) + 5 * math.log(5 / expected_y)))
    assert row.log_ratio == pytest.approx(math.log2((10.5 / 100.5) / (5.5 / 200.5)))
    assert row.z > 1.5 and row.log_odds > 0


def test_the_prior_shrinks_a_rare_word_more_than_a_common_one():
    # Both stand in x alone; the rare one twice, the common one forty times.
    tokens = [["罕"] * 2 + ["常"] * 40 + ["水"] * 200, ["水"] * 300]
    table = terms.keyness(terms.count_by(count_words(tokens), ["x", "y"]), minimum=1).set_index(["group", "term"])
    assert table.loc[("x", "常"), "z"] > table.loc[("x", "罕"), "z"]
    assert table.loc[("y", "水"), "n_rest"] == 200


def test_county_years_are_told_apart_by_code_and_what_is_unknown_is_one_of_them():
    rows = [("鼓楼区", "320106", 2017), (None, None, None), ("鼓楼区", "350102", 2017), ("鼓楼区", "320106", 2017)]
    units = pd.DataFrame(rows, columns=["county", "county_code", "year"]).astype({"year": "Int64"})
    assert terms.county_years(units).tolist() == [0, 2, 1, 0]


def test_context_finds_every_place_of_a_string():
    units = pd.DataFrame(
        {"unit_id": ["a:1"], "doc_id": ["a"], "county": [None], "year": [None], "text": ["融资难、融资贵,融资慢"]}
    )
    found = terms.contexts(units, "融资", width=2)
    assert found[["start", "left", "right"]].values.tolist() == [[0, "", "难、"], [4, "难、", "贵,"], [8, "贵,", "慢"]]
    assert list(terms.in_context("融资慢", "融资", 2)) == [(0, "", "融资", "慢")]
    assert terms.contexts(units, "(").empty  # a string, not a pattern
    with pytest.raises(ValueError, match="keyword is empty"):
        terms.contexts(units, "  ")


def test_cooccurrence_keeps_pairs_above_chance_and_centrality_finds_the_middle():
    tokens = 4 * ([["甲", "乙"]] * 5 + [["甲", "丙"]] * 4 + [["丁"]] * 20 + [["甲", "丁"]])
    edges = terms.cooccurrence(count_words(tokens), ["甲", "乙", "丙", "丁"], ["a"] * len(tokens))
    assert set(zip(edges["term_a"], edges["term_b"], strict=True)) == {("甲", "乙"), ("甲", "丙")}
    nodes = terms.centralities(edges, {"甲": 10})
    assert nodes.iloc[0][["term", "n_units", "degree"]].tolist() == ["甲", 10, 2]
    assert nodes["eigenvector"].max() == pytest.approx(1)
    drawn = terms.with_nodes(edges, nodes)
    assert drawn["degree_a"].tolist() == [2, 2]


@pytest.mark.parametrize("seed", range(3))
def test_words_that_meet_by_chance_make_no_pair(seed):
    """Permuted terms kept 90 to 106 pairs of 120: words of one document, and long sentences, were enough."""
    rng, tokens, docs = np.random.default_rng(seed), [], []
    for doc in range(4):
        own = rng.dirichlet(np.full(40, 0.5))  # each document has words of its own
        for _ in range(150):
            tokens.append([f"w{i}" for i in rng.choice(40, rng.integers(2, 40), p=own)])
            docs.append(f"d{doc}")
    assert len(terms.cooccurrence(count_words(tokens), [f"w{i}" for i in range(40)], docs)) <= 3
    together = [line + (["a", "b"] if rng.random() < 0.1 else []) for line in tokens]
    edges = terms.cooccurrence(count_words(together), [*(f"w{i}" for i in range(40)), "a", "b"], docs)
    assert ("a", "b") in set(zip(edges["term_a"], edges["term_b"], strict=True)) and (edges["p_adjusted"] < 0.05).all()


def test_largest_groups_say_of_how_many():
    tokens = [["水"] * 9 + ["火"], ["土"] * 6, ["木"] * 4]
    counted = terms.count_by(count_words(tokens), ["x", "y", "z"])
    kept = terms.largest_groups(terms.keyness(counted), counted, 2)
    assert set(kept["group"]) == {"x", "y"} and set(kept["n_groups"]) == {3}
    assert np.isfinite(kept["z"]).all()


def test_words_counted_in_parts_and_of_some_documents_are_those_counted_at_once():
    rng = np.random.default_rng(5)
    documents = np.repeat([f"d{i:02d}" for i in range(12)], rng.integers(1, 9, 12))
    tokens = [[f"w{i}" for i in rng.integers(0, 30, rng.integers(0, 12))] for _ in documents]
    some = pd.Series(documents).where(pd.Series(documents) > "d03")  # one whole part is left out, and words with it
    cuts = [0, *(int(np.searchsorted(documents, name)) for name in ("d03", "d04", "d09")), len(documents)]
    parts = [count_words(tokens[start:end]) for start, end in zip(cuts, cuts[1:], strict=False)]
    for groups in (pd.Series(documents), some, pd.Series(rng.permutation(documents))):
        kept = groups.notna().to_numpy()
        whole = terms.count_by(count_words([t for t, keep in zip(tokens, kept, strict=True) if keep]), groups[kept].to_numpy())
        found = terms.count_by(parts, groups)
        assert (found.groups, found.words) == (whole.groups, whole.words) and (found.counts != whole.counts).nnz == 0
        assert found.n_units.tolist() == whole.n_units.tolist() and found.lengths.tolist() == whole.lengths.tolist()
        pd.testing.assert_frame_equal(terms.frequencies(found), terms.frequencies(whole))
    for groups in (pd.Series(documents), some):
        at_once = terms.cooccurrence(count_words(tokens), [f"w{i}" for i in range(30)], groups)
        pd.testing.assert_frame_equal(terms.cooccurrence(parts, [f"w{i}" for i in range(30)], groups), at_once)
    larger = terms.count_by(parts, documents).by([name[:2] for name in dict.fromkeys(documents)])
    pd.testing.assert_frame_equal(terms.keyness(larger), terms.keyness(terms.count_by(parts, [d[:2] for d in documents])))
