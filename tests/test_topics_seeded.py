"""Seeded topics: planted fields are found, shuffled words carry none, and intervals of shares hold what they say."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from helpers import segment, topics
from helpers.language import both, say
from helpers.topics import facts, shares, tables
from helpers.topics.corpus_model import Prepared
from helpers.topics.fields import OTHER

FIELDS = tuple(topics.Field(f"f{i}", f"field {i}", f"领域{i}", (f"s{i}0", f"s{i}1", f"s{i}2")) for i in range(5))


def planted(n_passages: int = 220, shuffle: bool = False, seed: int = 8) -> tuple[Prepared, np.ndarray]:
    """A corpus of passages of three sentences, each passage about one of the first four fields; field 4 has seeds and
    nothing else.

    Returns it with the true field of each unit. Each field has three seeds and eight words of its own; forty words are
    everybody's.
    """
    rng = np.random.default_rng(seed)
    words = [w for i in range(5) for w in (*FIELDS[i].seeds, *(f"w{i}{j}" for j in range(8)))] + [f"z{j}" for j in range(40)]
    true = rng.integers(0, 4, n_passages)
    counts = np.zeros((3 * n_passages, len(words)), np.float32)
    for unit, field in enumerate(np.repeat(true, 3)):
        own = np.r_[np.full(3, 2.0), np.ones(8)]
        for start, weight, n in ((11 * field, own / own.sum(), 5), (55, np.full(40, 1 / 40), 4)):
            np.add.at(counts[unit], start + rng.choice(len(weight), n, p=weight), 1)
        counts[unit, 44 + rng.integers(0, 3)] += rng.random() < 0.2  # seeds of field 4, at random
    if shuffle:
        counts = topics.shuffled(counts, 5)
    passage = np.repeat(np.arange(n_passages), 3)
    units = pd.DataFrame({"year": pd.array([2017] * len(counts), dtype="Int64"), "passage": passage, "section": passage})
    return whole(units, counts, words), np.repeat(true, 3)


def whole(units: pd.DataFrame, counts: np.ndarray, words: list[str]) -> Prepared:
    """A corpus of one county, a document a year, every passage of which is fitted. `units`: year, passage, section."""
    used, seeds = topics.seeded_words(FIELDS, words)
    first = np.flatnonzero(~units["passage"].duplicated())
    years, place = np.unique(units["year"], return_inverse=True)
    places = pd.DataFrame({"doc_id": [f"d{year}" for year in years], "county": "湘阴县", "county_code": "430624", "year": years})
    where = pd.DataFrame({"place": place[first], "section": units["section"].to_numpy()[first]})
    together = np.add.reduceat(counts, first)
    rows, passage = np.arange(len(first)), units["passage"].to_numpy()
    unit_counts, bags, n = sparse.csr_matrix(counts), sparse.csr_matrix(together), len(first)
    fit_on = unit_counts, tuple(words), together, n, 8, rows, bags, together, used, seeds
    return Prepared(units, places.astype({"year": "Int64"}), where, units.iloc.__getitem__, [], passage, *fit_on)


def measured(prepared: Prepared):
    k = topics.range_of(prepared, "3:15:3")
    sweep = topics.sweep(prepared.sample, k, 1, "seeded", resamples=3, seeded=prepared.seeds, plain=prepared.plain)
    fitted = topics.fit(prepared.sample, topics.choose(sweep), 1, "seeded", seeds=prepared.seeds)
    single = topics.per_topic(prepared.sample, fitted, 1, 6)
    return sweep, single.assign(stable=single["stable"] & bool(topics.predicts(sweep).all())), fitted


def test_planted_fields_are_carried_the_empty_one_is_folded_and_sentences_keep_their_topics():
    prepared, true = planted()
    sweep, single, fitted = measured(prepared)
    assert single["stable"].tolist() == [True] * 4 + [False]
    assert single["stability"][:4].min() > 0.8 and single["shuffled_stability"].mean() < 0.3
    assert sweep["held_out_gain"].item() > 0.1 > sweep["shuffled_gain"].item()
    after, fitted, reading, stability = topics.settle(prepared, fitted, single)
    topic = reading.topic
    assert after.fields[-1] is OTHER and stability["topic"].tolist() == [1, 2, 3, 4, 5] and not stability["stable"].iloc[-1]
    assert reading.sums.sum(axis=1) == pytest.approx(reading.n)
    assert np.mean([after.fields[t - 1].id == f"f{f}" for t, f in zip(topic, true, strict=True)]) > 0.95
    again = topics.refits(after, fitted, topic, 1, 5)
    assert again.agreement > 0.9 and again.largest().sum() == pytest.approx(1)
    assert again.largest(stability["stable"])[-1] == 0  # "other" is no topic that could lead
    names = topics.label(fitted, after.words, topics.read_labels("none.yml"), after.fields).merge(stability[["topic", "stable"]])
    other = topics.other_numbers(after, fitted, 1)
    assert other.n_topics == (4, 4, 4, 4, 4)  # each of five fields left out in turn
    sizes = other.sizes(topic, stability["stable"])
    assert (sizes["k_low"] <= sizes["k_high"]).all() and sizes["k_high"].max() < 1
    found = tables.topics(names, topic, stability, "en", again.largest(), sizes)
    own = topics.group_shares(reading, "corpus", again.sums, other.sums)
    assert (own["k_low"] <= own["share"]).all() and (own["share"] <= own["k_high"]).all()
    assert (own["k_high"] - own["k_low"])[:4].max() < 0.25  # the passages of a field left out have to go somewhere
    told = facts.other_numbers(own.assign(label="x"), other.n_topics)
    assert "5 other sets" in say("topics.other_numbers", "en", **told) and "5 组" in say("topics.other_numbers", "zh", **told)
    assert set(found["label_zh"]) == {"领域0", "领域1", "领域2", "领域3", OTHER.zh}
    assert "field 4" in say("topics.folded", "en", **facts.folded(single, prepared, "en"))
    assert "4 of 5" in say("topics.carried", "en", **facts.carried(single))
    for few in ({"largest": 1.0, "k_largest": 0.8}, {"largest": 0.5, "k_largest": 1.0}):
        assert not facts.answer(found.assign(**few))["leads"]
    settled = facts.answer(found.assign(largest=[0.5, 0.5, 0, 0, 0]))
    assert not settled["leads"] and "not settled" in say("topics.answer", "en", **settled)


def test_shuffled_words_carry_no_seeded_topics_and_it_is_said_first():
    prepared, _ = planted(shuffle=True)
    sweep, single, fitted = measured(prepared)
    assert single["stability"].mean() <= 0.2 and not single["stable"].any()
    assert sweep["held_out_gain"].item() < 0.02
    assert all(text.startswith("**") for text in both("topics.carried", **facts.carried(single)).values())
    assert "does not carry topics" in say("topics.carried", "en", **facts.carried(single))
    *_, stability = topics.settle(prepared, fitted, single)
    assert len(stability) == 5  # nothing is folded: all are shown, none as a finding
    found = pd.DataFrame({"topic": 1, "label": "x", "n_units": 3, "stability": 0.1, "stable": [False],
                          "largest": 1.0, "k_largest": 1.0})  # fmt: skip
    assert not facts.answer(found)["leads"]


def test_shares_of_free_topics_are_shown_under_other_numbers_of_topics_too():
    prepared, _ = planted(90)
    plain = dataclasses.replace(prepared, seeds=None, fields=(), members=6)
    fitted = topics.fit(plain.sample, 4, 1, "nmf", members=6)
    plain, fitted, reading, _order = topics.by_size(plain, fitted)
    other = topics.other_numbers(plain, fitted, 1)
    assert other.n_topics == (2, 3, 5, 6) and other.sums.shape == (4, 1, 4)
    missing = np.isnan(other.sums).all(axis=1).sum(axis=1)
    assert missing.tolist() == [2, 1, 0, 0]  # fewer topics: some have no counterpart
    found = topics.group_shares(reading, "corpus", None, other.sums)
    assert ((found["k_low"] <= found["share"]) & (found["share"] <= found["k_high"])).all()
    none = topics.fit(plain.sample, 0, 1, "nmf")
    assert topics.other_numbers(plain, none, 1).sizes(np.zeros(len(plain.passage), int), []).empty


def test_no_chance_enters_a_seeded_fit():
    prepared, _ = planted(60)
    one, two = (topics.fit(prepared.sample, 0, seed, "seeded", seeds=prepared.seeds) for seed in (1, 2))
    assert one.topics.tobytes() == two.topics.tobytes()


@pytest.mark.parametrize(("sections", "spread"), [(12, 1.0), (4, 0.6)])
def test_intervals_of_topic_shares_cover_where_the_sentences_of_a_section_are_alike(sections, spread):
    """Sections differ in their shares (normal on the logit scale); the interval of the mean is asked to hold the mean of all
    sections."""
    rng, held = np.random.default_rng(3), []
    truth = (1 / (1 + np.exp(-(rng.normal(-1, spread, 200_000))))).mean()
    for _ in range(80):
        share = np.repeat(1 / (1 + np.exp(-rng.normal(-1, spread, 3 * sections))), 6)
        values = np.clip(share + rng.normal(0, 0.05, len(share)), 0.001, 0.999)
        at = np.arange(len(share))
        units = pd.DataFrame({"section": at // 6, "passage": at // 6, "year": at // (6 * sections)})
        reading = topics.Reading.of(np.stack([values, 1 - values], axis=1), units)
        found = shares.estimates(reading, [np.array([year]) for year in range(3)])
        held += [low[0] <= truth <= high[0] for _, low, high in found]
    assert 0.92 <= np.mean(held) <= 0.995


def two_years(rng, sections: int) -> Prepared:
    """Two county-years of sections, each of two passages of three sentences, mostly about one of the first four fields."""
    words = [w for i in range(5) for w in (*FIELDS[i].seeds, *(f"w{i}{j}" for j in range(8)))] + [f"z{j}" for j in range(40)]
    own, often = np.r_[np.full(3, 2.0), np.ones(8)] / 14, np.array([[0.4, 0.3, 0.2, 0.1, 0], [0.1, 0.2, 0.3, 0.4, 0]])
    year = np.repeat([0, 1], 6 * sections)
    section = np.arange(12 * sections) // 6
    mix = np.stack([rng.dirichlet(1.5 * often[y] + 0.02) for y in year[::6]])[section]
    counts = np.zeros((len(year), len(words)), np.float32)
    for unit, share in enumerate(mix):
        field = rng.choice(5, 4, p=share)
        np.add.at(counts[unit], [11 * f + rng.choice(11, p=own) for f in field], 1)
        np.add.at(counts[unit], 55 + rng.integers(0, 40, 4), 1)
    units = pd.DataFrame({"year": 2017 + year, "passage": np.arange(len(year)) // 3, "section": section})
    return whole(units, counts, words)


def covers(sections: int, runs: int) -> tuple[float, float]:
    """Return the share of intervals of topic shares, by the whole way from words to intervals, that hold what the model gives on
    average over such corpora; the same without the refits."""
    rng, found = np.random.default_rng(4), []
    for run in range(runs):
        prepared = two_years(rng, sections)
        fitted = topics.fit(prepared.sample, 5, 1, "seeded", seeds=prepared.seeds)
        reading = topics.read(prepared, fitted)
        again = topics.refits(prepared, fitted, reading.topic, run, 10).sums
        both = [topics.group_shares(reading, "year", refitted) for refitted in (again, None)]
        found += [both[0].assign(run=run, plain_low=both[1]["ci_low"], plain_high=both[1]["ci_high"])]
    table = pd.concat(found)
    truth = table.groupby(["year", "topic"])["share"].transform("mean")
    whole = (table["ci_low"] <= truth) & (truth <= table["ci_high"])
    return whole.mean(), ((table["plain_low"] <= truth) & (truth <= table["plain_high"])).mean()


@pytest.mark.parametrize("sections", [4, 15])
def test_intervals_of_topic_shares_cover_the_whole_way_from_words(sections):
    assert covers(sections, 12)[0] >= 0.93


def test_refits_widen_intervals():
    mixed = np.tile([[0.3, 0.7], [0.4, 0.6]], (20, 1))
    units = pd.DataFrame({"county": "a", "county_code": "1", "year": 2017, "section": range(40), "passage": range(40)})
    reading = topics.Reading.of(mixed, units)
    plain, by = topics.group_shares(reading, "corpus"), reading.n_by_place[:, None] * np.array([0.1, -0.1])
    moved = topics.group_shares(reading, "corpus", np.stack([reading.by_place + by, reading.by_place - by]))
    assert (moved["ci_high"] - moved["ci_low"]).min() > 3 * (plain["ci_high"] - plain["ci_low"]).max()


def test_the_shipped_fields_are_complete_and_every_seed_is_one_token():
    fields = topics.read_fields()
    seeds = [seed for field in fields for seed in field.seeds]
    read = segment.features(seeds, "jieba", ())
    split = [seed for row, seed in enumerate(seeds) if [read.words[c] for c in read.counts[row].indices] != [seed]]
    assert not split, f"the segmenter would never find {split}"


@pytest.mark.parametrize(("text", "said"), [
    ("fields: []", "three fields or more"), ("fields: [1, 2, 3]", "entry 1: needs id"),
    ("fields:\n" + "- {id: a, en: a, zh: 甲, seeds: 工业, note: n, source: s}\n" * 3, "stands twice"), ("a: [", "cannot be read"),
])  # fmt: skip
def test_a_file_of_fields_that_is_none_is_refused_in_one_line(tmp_path, text, said):
    path = tmp_path / "fields.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(topics.FieldError, match=said) as caught:
        topics.read_fields(path)
    assert "\n" not in str(caught.value)
