from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from helpers import topics
from helpers.language import both, say
from helpers.segment import add_up, count_words
from helpers.topics import corpus_model, passages, rivals, tables
from helpers.topics.factorise import solve_rows
from helpers.topics.models import Fit, with_neighbours

THEMES = [["融资", "贷款", "担保", "银行"], ["旅游", "景区", "民宿", "文化"], ["招商", "签约", "落地", "洽谈"]]


@pytest.fixture(scope="module")
def planted() -> tuple[np.ndarray, list[str]]:
    """Ninety passages, thirty a theme; every passage has two words of noise."""
    rng = np.random.default_rng(4)
    words = sorted(w for theme in THEMES for w in theme) + ["企业", "项目", "政府", "服务"]
    counts = np.zeros((90, len(words)), np.float32)
    for row in range(90):
        for word in [*rng.choice(THEMES[row % 3], 5), *rng.choice(words, 2)]:
            counts[row, words.index(word)] += 1
    return counts, words


@pytest.fixture(scope="module")
def fitted(planted) -> Fit:
    return topics.fit(planted[0], 3, seed=1, members=8)


def test_planted_themes_are_found_and_come_back(planted, fitted):
    counts, words = planted
    found = {frozenset(words[c] for c in row) for row in topics.top_words(fitted.topics, 4)}
    assert found == {frozenset(theme) for theme in THEMES}
    table = topics.per_topic(counts, fitted, seed=1, runs=3, members=8)
    assert table["seed_stability"].min() > 0.95
    assert table["resample_stability"].min() > 0.9
    assert table["stable"].all() and (table["half_stability"] > 0.9).all()


def test_shuffled_words_show_no_topics(planted):
    noise = topics.shuffled(planted[0], 3)
    assert (noise.sum(axis=0) == planted[0].sum(axis=0)).all() and (noise.sum(axis=1) == planted[0].sum(axis=1)).all()
    table = topics.per_topic(noise, topics.fit(noise, 3, 1, members=4), seed=1, runs=3, members=4, shuffles=2)
    assert table["stability"].mean() <= 0.2 and table["stable"].sum() < 2
    assert not topics.bears(topics.sweep(noise, [3], 1, members=4, seeds=1, resamples=2)).any()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(planted, fitted):
    again, other = topics.fit(planted[0], 3, 1, members=8), topics.fit(planted[0], 3, 2, members=8)
    assert again.topics.tobytes() == fitted.topics.tobytes()
    assert other.topics.tobytes() != fitted.topics.tobytes()


def test_the_number_of_workers_changes_nothing(planted, monkeypatch):
    one = topics.sweep(planted[0], [2, 3], seed=1, members=3, seeds=1, resamples=8)
    monkeypatch.setenv("HELPERS_WORKERS", "2")
    pd.testing.assert_frame_equal(
        one, topics.sweep(planted[0], [2, 3], seed=1, members=3, seeds=1, resamples=8), check_exact=True
    )


def test_the_sweep_finds_the_planted_number(planted):
    quality = topics.sweep(planted[0], [2, 3, 6], seed=1, members=6, resamples=2)
    assert quality["n_topics"].iloc[quality["held_out_gain"].argmax()] == 3
    assert quality["n_topics"].iloc[quality["resample_stability"].argmax()] == 3
    chosen = topics.choose(quality)
    assert all(f"K = {chosen}" in said for said in both("topics.choice", **topics.facts.choice(quality, chosen)).values())
    assert "n_topics" in say("topics.choice", "en", **topics.facts.choice(quality, 6, given=True))


def test_where_no_k_is_stable_the_most_stable_are_taken_and_the_reason_says_so():
    quality = pd.DataFrame({
        "n_topics": [4, 6, 8], "held_out_gain": [0.1, 0.2, 0.9], "npmi": [0.1, 0.2, 0.9], "exclusivity": [0.5, 0.6, 0.9],
        "seed_stability": 0.9, "resample_stability": [0.70, 0.69, 0.20], "shuffled_stability": 0.4, "shuffled_gain": 0.0,
        "stability": [0.50, 0.49, 0.0], "overlap": 0.3,
    })  # fmt: skip
    assert topics.choose(quality) == 6  # 8 is best in everything and comes back least
    assert "no K of 3" in say("topics.choice", "en", **topics.facts.choice(quality, 6))
    assert topics.predicts(quality).all() and not topics.bears(quality).any()  # fields carried one by one need no stable mean
    steady = quality.assign(stability=0.9)
    assert topics.choose(steady) == 8
    assert topics.choose(steady.assign(shuffled_gain=[0.0, 0.0, 1.0])) == 6  # noise is predicted better than K = 8 predicts words
    assert not topics.bears(steady.assign(held_out_gain=[-0.1, -0.2, -0.3])).any()  # no gain at all: none is carried


def test_an_unknown_model_is_refused():
    with pytest.raises(ValueError, match="none of seeded, nmf, lda"):
        topics.fit(np.ones((3, 3)), 2, 1, "lsa")


def test_lda_is_a_parameter_away(planted):
    run = topics.fit(planted[0], 3, 1, "lda")
    assert run.topics.shape == (3, 16)
    assert np.linalg.norm(run.topics, axis=1) == pytest.approx(1, abs=1e-5)


def test_matching_undoes_a_permutation(fitted):
    order, cosines = topics.match(fitted.topics, fitted.topics[[2, 0, 1]])
    assert order.tolist() == [1, 2, 0]
    assert cosines == pytest.approx([1, 1, 1], abs=1e-5)


def test_least_squares_recovers_a_known_mixture():
    h = np.array([[1, 0, 1], [0, 1, 0]], np.float32)
    w = np.array([[[2, 3], [0, 1]]], np.float32)
    assert solve_rows(w[0] @ h @ h.T[None], (h @ h.T)[None], 50)[0] == pytest.approx(w[0], abs=1e-3)


def test_neighbours_lend_words_and_strangers_do_not():
    x = np.array([[1, 0, 0], [0.6, 0.8, 0], [0, 0, 1]], np.float32)
    mixed = with_neighbours(x, np.ones(3, np.float32))
    assert mixed[0, 1] > 0.3 and mixed[0, 2] == 0
    assert np.linalg.norm(mixed, axis=1) == pytest.approx(1, abs=1e-6)


def test_mixture_sums_to_one_and_knows_what_it_does_not_know(planted, fitted):
    rows = sparse.csr_matrix(np.vstack([planted[0][:2], np.zeros(16, np.float32)]))
    shares = topics.mixture(rows, fitted)
    assert shares[:2].sum(axis=1) == pytest.approx([1, 1])
    assert np.isnan(shares[2]).all()
    assert topics.strongest(shares)[0][2] == 0


def test_coherence_of_words_that_always_and_never_meet():
    counts = np.array([[1, 1, 0, 0]] * 5 + [[0, 0, 1, 0], [0, 0, 0, 1]] * 3)
    together, apart = np.array([[1, 1, 0, 0.0]]), np.array([[0, 0, 1, 1.0]])
    assert _first_two(together, counts) == pytest.approx(1)
    assert _first_two(apart, counts) == pytest.approx(-1)


def _first_two(topic, counts):
    columns = topic[0] > 0
    return topics.coherence(topic[:, columns], counts[:, columns])[0]


def test_passages_hold_about_five_units_of_one_document():
    units = pd.DataFrame({"doc_id": ["a"] * 12 + ["b"], "heading_path": ["x"] * 10 + ["y", "z"] + ["x"]})
    number = passages.passage_of(units)
    assert np.bincount(number).max() <= 6 and np.bincount(number)[:2].min() >= 5
    assert (np.diff(number) >= 0).all()
    assert number[-1] != number[-2]  # another document
    assert passages.passage_of(units.head(0)).tolist() == []
    assert passages.passage_of(units.assign(heading_path=None)).max() == 2  # one run of twelve, and the other document


def test_a_word_of_one_county_makes_no_topic_where_there_are_two():
    bags = count_words([["辣椒", "产业"], ["辣椒", "产业"], ["产业"], ["产业"]])
    rows = np.arange(4)
    for counties, words in (([0, 0, 1, 1], ("产业",)), ([0, 0, 0, 0], ("产业", "辣椒"))):
        for parts in ([rows], [rows[:1], rows[1:]], [rows[[2]], rows[[0, 3]], rows[[1]]]):  # whatever is counted at a time
            spread = passages.Spread()
            for part in parts:
                spread.add(bags.of(part), [counties[row] for row in part])
            assert spread.vocabulary() == words


def _mixed_units() -> tuple[np.ndarray, pd.DataFrame]:
    # Document r has no known county and year, the fifth unit no known word.
    mixed = np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.1, 0.9], [np.nan, np.nan], [0.5, 0.5]])
    units = pd.DataFrame({
        "unit_id": list("abcdef"), "doc_id": ["p", "p", "q", "q", "q", "r"], "county": ["湘阴县"] * 5 + [None],
        "county_code": ["430624"] * 5 + [None], "year": pd.array([2017, 2017, 2025, 2025, 2025, None], dtype="Int64"),
        "passage": [0, 0, 1, 1, 1, 2], "section": [0, 0, 1, 1, 1, 2],
    })  # fmt: skip
    return mixed, units


def test_group_shares_lose_no_unknown_county_and_have_intervals():
    mixed, units = _mixed_units()
    reading = topics.Reading.of(mixed, units)
    table = topics.group_shares(reading, "county_year")
    assert len(table) == 6
    old = table[(table["year"] == 2017) & (table["topic"] == 1)].iloc[0]
    assert (old.share, old.n_units) == (pytest.approx(0.8), 2)
    assert old.ci_low <= old.share <= old.ci_high
    assert table[table["county"].isna()]["share"].tolist() == [0.5, 0.5]
    assert topics.group_shares(reading, "corpus")["n_units"].tolist() == [5, 5]  # the unit without a word is left out


def test_change_goes_from_the_first_to_the_last_year_and_needs_two():
    mixed, units = _mixed_units()
    table = topics.change(topics.Reading.of(mixed, units))
    assert table["change"].tolist() == pytest.approx([-0.65, 0.65])
    assert (table["year_from"].iloc[0], table["year_to"].iloc[0]) == (2017, 2025)
    assert topics.change(topics.Reading.of(mixed[:2], units.head(2))).empty


def test_documents_of_one_topic_and_of_all():
    mixed, units = _mixed_units()
    plain = topics.Reading.of(np.array([[1, 0]] * 5 + [[0.5, 0.5]], float), units)
    table = topics.document_topics(plain).set_index("doc_id")
    assert table.loc["p", ["entropy", "concentration", "effective_topics"]].tolist() == pytest.approx([0, 1, 1], abs=1e-6)
    assert table.loc["r", ["entropy", "concentration", "effective_topics"]].tolist() == pytest.approx([1, 0.5, 2])
    assert topics.document_topics(topics.Reading.of(mixed, units))["n_units"].tolist() == [2, 2, 1]


def test_tools_are_crossed_with_the_strongest_topic():
    counted = pd.DataFrame({
        "section": [0, 0, 0, 1, 1], "topic": [1, 1, 1, 2, 2], "tool": [None, "funding", "finance", None, "funding"],
        "n": [2, 1, 1, 1, 1],
    })  # fmt: skip
    table = topics.topic_tools(counted, [1, 2]).set_index(["topic", "tool"])
    assert table.loc[(1, "funding"), ["n_units", "share"]].tolist() == [1, 0.5]
    assert table.loc[(2, "funding"), "lift"] == pytest.approx(1 / (2 / 3))
    assert (table["lift_low"] <= table["lift"]).all() and (table["lift"] < table["lift_high"]).all()


def test_flow_links_versions_that_are_alike_and_keeps_the_rest_as_ends():
    mixed, units = _mixed_units()
    counts = np.array([[2, 0, 0], [2, 0, 0], [0, 0, 3], [0, 0, 3], [0, 0, 0], [0, 1, 0]], np.float32)
    plain = Fit(np.eye(2, 3, dtype=np.float32), np.ones(3, np.float32), "nmf")
    reading = topics.Reading.of(mixed, units)
    table = topics.flows(_counted(counts, reading), reading, plain, threshold=0.2)
    assert table[["topic_from", "topic_to"]].values.tolist() == [[1, 1], [2, 2]]  # no word in common: nothing flows
    assert table["flow"].tolist() == [0, 0]
    same = topics.flows(_counted(np.tile([4, 1, 0], (6, 1)), reading), reading, plain, 0.2)
    assert same.groupby("topic_from")["flow"].sum().tolist() == same.groupby("topic_from")["share_from"].first().tolist()


def _counted(counts: np.ndarray, reading: topics.Reading) -> SimpleNamespace:
    """The words of units and passages, as a prepared corpus has them."""
    counts = sparse.csr_matrix(counts.astype(np.float32))
    passages = add_up(counts, reading.passage, len(reading.n))
    return SimpleNamespace(unit_counts=counts, passage=reading.passage, passages=passages)


def test_a_label_comes_from_distinctive_words_and_can_be_overridden(tmp_path, planted, fitted):
    path = tmp_path / "labels.yml"
    path.write_text(
        "labels:\n- {words: [旅游, 景区], label: 文旅, label_en: tourism}\nglosses: {融资: financing}\n", encoding="utf-8"
    )
    names = topics.label(fitted, planted[1], topics.read_labels(path)).set_index("topic")
    assert "文旅 (tourism)" in names["label_en"].tolist()
    assert names["top_words"].str.split(" ").str.len().tolist() == [10, 10, 10]
    own = names[names["label_zh"] != "文旅"]["label_zh"]
    assert all(set(label.split("·")) & {"融资", "贷款", "担保", "银行", "招商", "签约", "落地", "洽谈"} for label in own)
    path.write_text("labels:\n- {label: 文旅}\n", encoding="utf-8")
    with pytest.raises(topics.LabelError, match="entry 1: needs `words`"):
        topics.read_labels(path)


def test_intrusion_sheets_hide_the_key(planted, fitted):
    counts, words = planted
    sheet, key = topics.word_intrusion(fitted, words, seed=1)
    assert sheet["answer"].isna().all() and "topic" not in sheet
    for question, answer in zip(sheet.itertuples(), key.itertuples(), strict=True):
        shown = {getattr(question, f"word_{i}") for i in range(1, 7)}
        heavy = {words[c] for c in topics.top_words(fitted.topics, 4)[answer.topic - 1]}
        assert answer.intruder in shown and answer.intruder not in heavy


def _corpus(n_documents: int, sentences: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = [(f"d{d}", i + 1, text) for d in range(n_documents) for i, text in enumerate(sentences)]
    units = pd.DataFrame(rows, columns=["doc_id", "position", "text"])
    units = units.assign(unit_id=units["doc_id"] + ":" + units["position"].astype(str), heading_path=None, is_repeat=False)
    empty = dict.fromkeys(("county", "county_code", "city", "province"), None)
    documents = pd.DataFrame({"doc_id": pd.Series([f"d{d}" for d in range(n_documents)], dtype="str")})
    return units.astype({"doc_id": "str"}), documents.assign(**empty, year=pd.array([None] * n_documents, dtype="Int64"))


@pytest.mark.parametrize(("n_documents", "sentences"), [(0, []), (1, ["优化营商环境。"]), (400, ["优化营商环境,支持融资担保。"])])
def test_corpora_that_bear_no_topic_run_and_say_what_is_lost(n_documents, sentences):
    units, documents = _corpus(n_documents, sentences)
    prepared = topics.prepare(units, documents, "rjieba")
    ks = topics.range_of(prepared, "6:16:2")
    assert ks == []
    assert "too few" in say("topics.corpus", "en", **topics.facts.corpus(prepared, ks, documents))
    sweep = topics.sweep(prepared.sample, ks, 1)
    fitted = topics.fit(prepared.sample, topics.choose(sweep), 1)
    single = topics.per_topic(prepared.sample, fitted, 1, 2)
    prepared, fitted, reading, stability = topics.settle(prepared, fitted, single)
    assert not topics.refits(prepared, fitted, reading.topic, 1, 2).largest().size
    assert "too small" in say("topics.carried", "en", **topics.facts.carried(single))
    names = topics.label(fitted, prepared.words, topics.read_labels("none.yml")).merge(stability[["topic", "stable"]], on="topic")
    made = list(tables.unit_topics(prepared, reading, names))
    assert sum(map(len, made)) == len(units) and all(part["topic"].isna().all() for part in made)
    assert topics.group_shares(reading, "county_year").empty
    assert topics.document_topics(reading).empty


def test_the_range_is_cut_to_what_the_passages_bear_and_a_wrong_one_is_refused():
    units, documents = _corpus(1, ["优化营商环境。"])
    prepared = topics.prepare(units, documents, "rjieba")
    wide = prepared.__class__(**{**prepared.__dict__, "sample": np.ones((60, 200)), "words": tuple(map(str, range(200)))})
    assert topics.range_of(wide, "6:30:2") == [6, 8, 10, 12]
    assert topics.range_of(wide, "20:30:2") == [12]
    with pytest.raises(ValueError, match="2 ≤ first"):
        topics.range_of(wide, "1:30:2")
    with pytest.raises(ValueError, match="write first:last:step"):
        topics.range_of(wide, "6-30")


def test_rivals_of_a_large_corpus_read_some_passages_and_their_units(monkeypatch):
    words = [f"{a}{b}" for a in "园区企业农业旅游" for b in "建设投资改造服务"]
    rng = np.random.default_rng(0)
    n, size = 15 * (corpus_model.SAMPLE + 100), 8
    texts = ["，".join(rng.choice(words, size)) for _ in range(n)]
    units = pd.DataFrame(
        {"unit_id": [f"d{i // 40:03d}:{i % 40:05d}" for i in range(n)], "doc_id": [f"d{i // 40:03d}" for i in range(n)]}
    )
    units = units.assign(position=[i % 40 for i in range(n)], heading_path="", text=texts)
    documents = units[["doc_id"]].drop_duplicates().assign(county=None, county_code=None, year=2020)
    monkeypatch.setattr(passages, "MAX_PASSAGE_SHARE", 1.0)
    whole = topics.prepare(units, documents, "rjieba")
    assert whole.is_sampled
    light = rivals._light(whole)
    assert len(light.sample) == light.passages.shape[0] == light.n_passages == rivals._SAMPLE
    assert np.array_equal(add_up(light.unit_counts, light.passage, light.n_passages).toarray(), light.plain)


def test_what_fits_came_to_is_remembered_by_content_and_is_the_same(tmp_path, planted, fitted):
    called = []

    def told(counts, model, seed, runs):  # as per_topic, and says that it was called
        called.append(seed)
        return topics.per_topic(counts, model, seed, runs, members=2, shuffles=1).assign(model="NMF", none=None)

    first = topics.Remembered(tmp_path / "processed")
    made = first(told, planted[0], fitted, 1, runs=1)
    pd.testing.assert_frame_equal(made, first(told, planted[0].copy(), fitted, 1, runs=1), check_exact=True)
    assert called == [1]
    other = planted[0].copy()
    other[0, 0] += 1
    for given in ((other, fitted, 1), (planted[0], fitted, 2), (planted[0], topics.fit(other, 3, 1, members=2), 3)):
        first(told, *given, runs=1)
    assert called == [1, 1, 2, 3]
    parts = sorted((tmp_path / "processed.parts" / "topics").glob("*/*"))
    again = topics.Remembered(tmp_path / "processed")
    again(told, planted[0], fitted, 1, runs=1)
    again.sweep()  # the others were of content that is no more
    kept = [part for part in parts if part.exists()]
    assert len(parts) == 4 and len(kept) == 1
    kept[0].write_bytes(kept[0].read_bytes()[:-1])  # cut short: made again
    pd.testing.assert_frame_equal(made, again(told, planted[0], fitted, 1, runs=1), check_exact=True)
    assert called == [1, 1, 2, 3, 1]


def test_typical_sentences_are_different_ones_however_often_a_document_copies_the_closest():
    texts = ["融资担保贷款银行共同支持企业发展。"] * 60 + [f"融资担保贷款银行支持企业{i}。" for i in "甲乙丙丁戊己庚辛壬癸"]
    units, documents = _corpus(2, texts)
    prepared = topics.prepare(units, documents, "rjieba")
    fitted = Fit(np.ones((1, len(prepared.words)), np.float32), np.ones(len(prepared.words), np.float32), "nmf")
    long = prepared.__class__(**{**prepared.__dict__, "units": prepared.units.assign(n_chars=20)})
    found = topics.typical_sentences(long, np.ones(len(units), int), fitted, 3)
    assert found["text"].nunique() == len(found) == 3 and found["rank"].tolist() == [1, 2, 3]
    assert found["cosine"].is_monotonic_decreasing


def test_a_word_that_fills_a_sentence_is_not_counted_round_to_few():
    """Sixteen bits end at 65,535: 70,000 times a word came out as 4,464 times."""
    narrow = corpus_model._narrow(sparse.csr_matrix(np.array([[70_000, 3, 0]], np.float32)))
    assert narrow.dtype == np.uint16 and narrow.toarray().tolist() == [[65_535, 3, 0]]
