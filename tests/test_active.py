"""Further sentences chosen by what they would teach: more of what is wanted, and estimates that stay unbiased."""

import numpy as np
import pandas as pd
import pytest
from model_server import Endpoint, serving
from test_shares_correction import SHIPPED, corpora, rmse

from helpers import codebook, coding, corpus, handcoding, store
from helpers.__main__ import main
from helpers.handcoding import active


def a_corpus(sizes: list[int]) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series, pd.Series]:
    """Documents of these sizes; which units have a property (one in six), and a guess at it that is right more often than not."""
    rng, names = np.random.default_rng(3), [f"d{i:02d}" for i in range(len(sizes))]
    ids = [(f"{doc}:{k:05d}", doc) for doc, n in zip(names, sizes, strict=True) for k in range(n)]
    units = pd.DataFrame(ids, columns=["unit_id", "doc_id"]).assign(text="句", heading_path="")
    documents = pd.DataFrame({"doc_id": names, "source_file": names, "county": "甲县", "county_code": "430001", "year": 2017})
    true = pd.Series(rng.random(len(units)) < 1 / 6, index=units["unit_id"])
    return units, documents, true, pd.Series(true * 0.5 + rng.random(len(units)), index=units["unit_id"])


@pytest.mark.parametrize("sizes", [[60, 25, 140], [8 + 7 * i % 33 for i in range(60)]])
@pytest.mark.parametrize("waves", [(30, 40), (30, 20, 20)])
def test_weights_estimate_without_bias_whatever_was_chosen_for_what_was_seen(sizes, waves):
    units, documents, true, guess = a_corpus(sizes)
    runs, estimates, totals, plain = 50, [], [], []
    for seed in range(runs):
        sample = handcoding.draw(units, documents, waves[0], seed)
        for n in waves[1:]:
            seen = true[sample["unit"]].mean()  # the choice hangs on what was found before
            sample = handcoding.draw(units, documents, n, seed, sample, guess if seen > 0.1 else -guess)
        weight = 1 / sample["inclusion_probability"]
        assert sample["unit"].is_unique and (sample["inclusion_probability"] <= 1).all()
        estimates.append((weight * true[sample["unit"]].to_numpy()).sum())
        totals.append(weight.sum())
        plain.append(true[sample["unit"]].mean() * len(units))
    error = np.std(estimates) / np.sqrt(runs)
    assert abs(np.mean(estimates) - true.sum()) <= 3.5 * error + 1e-6
    assert np.mean(totals) == pytest.approx(len(units), rel=0.05)
    if len(sizes) == 3:
        assert np.ptp(totals) < 0.01
        assert np.mean(plain) > 1.05 * true.sum()  # what counting them plainly would say


def test_what_is_wanted_is_drawn_more_often_and_chance_keeps_its_part():
    units, documents, true, guess = a_corpus([100, 300])
    first = handcoding.draw(units, documents, 40, 1)
    sample = handcoding.draw(units, documents, 60, 1, first, guess)
    new = sample[sample["wave"] == 2]
    assert len(new) == 60 and set(first["unit"]) <= set(sample["unit"])
    left = guess[~guess.index.isin(first["unit"])]
    assert guess[new["unit"]].mean() > left.mean() + 0.1
    assert 0.3 < (new["chance"] < 0.3).mean() < 0.7
    pd.testing.assert_frame_equal(sample, handcoding.draw(units, documents, 60, 1, first, guess))


def test_where_all_is_drawn_every_unit_counts_once():
    units, documents, _, guess = a_corpus([30, 50])
    sample = handcoding.draw(units, documents, 500, 1, handcoding.draw(units, documents, 25, 1), guess)
    assert len(sample) == 80 and (sample["inclusion_probability"] == 1).all()


def test_a_sample_that_was_saved_and_read_gives_the_same_next_wave(tmp_path):
    units, documents, _, guess = a_corpus([40, 90])
    sample = handcoding.draw(units, documents, 20, 1)
    for _ in range(2):
        sample = handcoding.draw(units, documents, 20, 1, sample, guess)
    sample.to_csv(tmp_path / "sample.csv", index=False)
    read = handcoding.read_sample(tmp_path / "sample.csv")
    left, right = (handcoding.draw(units, documents, 20, 1, before) for before in (sample, read))
    assert left["unit"].tolist() == right["unit"].tolist()
    assert left["inclusion_probability"].tolist() == pytest.approx(right["inclusion_probability"].tolist())


def test_corrected_shares_stay_unbiased_and_cover_where_sentences_were_chosen():
    found = corpora(SHIPPED, 30, 0.0, sampled=120, active=100)
    cells, whole = found[found["county"].notna()], found[found["county"].isna()]
    mean = whole.groupby("tool")[["share", "corrected_share", "true"]].mean()
    assert (mean["corrected_share"] - mean["true"]).abs().max() < 0.01 and (mean["share"] - mean["true"]).abs().max() > 0.05
    assert cells["covered"].mean() >= 0.93 and whole["covered"].mean() >= 0.93
    assert rmse(whole, "corrected_share") < rmse(whole, "share") / 2


def test_a_unit_without_a_score_is_as_unsure_as_can_be():
    units = pd.DataFrame({"unit_id": ["a", "b"]})
    codes = pd.DataFrame({"unit_id": ["a", "b"], "statement_score": [1.0, np.nan]})
    none = pd.DataFrame({"unit_id": [], "tool": [], "score": []})
    worth = active.interest(units, codes, none, none.assign(coder="")[["unit_id", "coder", "tool"]])
    assert worth.tolist() == [0.0, 1.0] and worth.index.tolist() == ["a", "b"]


@pytest.mark.parametrize("command", ["label", "sample"])
def test_a_wave_is_chosen_by_the_codes_of_the_run(invented_corpus, tmp_path, capsys, command):
    own, out = "data/codebook/mcdonnell_elmore.yml", tmp_path / "out"
    scheme, chain = codebook.load(own), codebook.load("data/codebook/value_chain.yml")
    corpus.write(invented_corpus, out / "processed", n_jobs=1)
    with serving(Endpoint(lambda unit: {"statement": "other", "tools": [], "evidence": ""})) as server:
        asked = ["-p", "llm_url", server.url, "-p", "llm_model", "m"] if command == "label" else []
        arguments = [command, "--out", str(out), "--codebook", own, *asked]
        assert main([*arguments, "-n", "12", "--active"]) == 2  # a further wave of nothing
        assert main([*arguments, "-n", "12"]) == 0
        assert main([*arguments, "-n", "9", "--active"]) == 2  # no codes to go by
        coding.write(out / "processed", codebook.load("data/codebook/policy_tools.yml"), chain, None, 1, "rules")
        assert main([*arguments, "-n", "9", "--active"]) == 2 and "another codebook" in capsys.readouterr().err
        coding.write(out / "processed", scheme, chain, None, 1, "rules")
        assert main([*arguments, "-n", "9", "--active"]) == 0
        rows = handcoding.read_sample(out / "handcoding" / ("gold/model.csv" if command == "label" else "sample.csv"))
        assert rows["wave"].tolist().count(2) == 9 and rows["chance"].notna().sum() == 9
        sizes = store.read_table(out / "processed", "documents").set_index("source_file")["n_units"]
        estimate = (1 / rows["inclusion_probability"]).groupby(rows["source_file"]).sum()
        assert estimate.tolist() == pytest.approx(sizes[estimate.index].tolist(), rel=1e-4)
        assert command == "sample" or sorted(server.asked.values()) == [1] * 21
        assert main([*arguments, "-n", "5", "--more"]) == 0  # and a random one behind it
