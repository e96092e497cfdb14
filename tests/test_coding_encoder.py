"""The encoder: its file, its pieces, its scores, and how they join the linear learner's."""

import json
from functools import partial

import numpy as np
import pandas as pd
import pytest
from test_coding import BOOK, LABELLED, units

from helpers import catalogue, codebook, coding, store
from helpers.asked import Refused
from helpers.codebook import STATEMENTS
from helpers.coding import combine, encoder, likeness, weights
from helpers.coding.cascade import least_sure
from helpers.coding.pieces import UNKNOWN, Pieces

_NAMES = ["\u2581", "奖", "励", "奖励", "建", "设", "建设", "道路", "1", "0", ","]


def tiny(folder, tools=BOOK.tools, weight=0.5):
    """Write a small invented encoder, and the table of held-out scores of one unit."""
    rng, hidden, inner = np.random.default_rng(5), 32, 64
    shapes = {"qkv": (3 * hidden, hidden), "out": (hidden, hidden), "up": (inner, hidden), "down": (hidden, inner)}
    n_outputs = len(STATEMENTS) + len(tools)
    norm = np.stack([np.ones(hidden), np.zeros(hidden)]).astype(np.float32)
    tensors = {
        "words.4": rng.integers(0, 60, (len(_NAMES) + 3, 18)).astype(np.uint8),  # small scales
        "places": rng.normal(size=(encoder.MOST_TEXT + encoder.MOST_HEADING + 4, hidden)).astype(np.float16),
        "norm": norm,
        "head": rng.normal(size=(n_outputs, 2 * hidden)).astype(np.float32) / 4,
        "head.bias": np.zeros(n_outputs, np.float32),
        "pieces": np.frombuffer("".join(_NAMES).encode(), np.uint8),
        "pieces.end": np.cumsum([len(n.encode()) for n in _NAMES]).astype(np.uint32),
        "pieces.score": -np.arange(1, len(_NAMES) + 1, dtype=np.float32),
    }
    for i in range(2):
        tensors |= {f"{i}.norm_1": norm, f"{i}.norm_2": norm}
        for part, shape in shapes.items():
            values = rng.normal(size=shape).astype(np.float32) / 8
            tensors[f"{i}.{part}.8"], tensors[f"{i}.{part}.scale"] = weights.eight_bits(values)
            tensors[f"{i}.{part}.bias"] = np.zeros(shape[0], np.float32)
    about = {
        "statements": STATEMENTS, "tools": tools, "layers": 2, "heads": 2, "epsilon": 1e-12, "lowest": -12.0,
        "replaced": {"，": ","}, "weights": {"statement": weight, "tool": weight, "border": -0.3},
    }  # fmt: skip
    path = folder / "encoder.safetensors"
    weights.write(path, tensors, {"about": json.dumps(about)})
    held = pd.DataFrame(np.full((1, n_outputs), -1.0), columns=[*STATEMENTS, *tools]).assign(goal=1.0)
    held.insert(0, "text", combine.text_sum(LABELLED.at[2, "text"]))
    held.to_csv(folder / combine.HELD_OUT, index=False)
    return path


def test_a_text_is_cut_along_the_best_path():
    scores = {"\u2581": -1, "建": -2, "设": -2, "建设": -3.5, "设道": -1, "道": -2, "路": -2}
    pieces = Pieces(list(scores), np.array(list(scores.values())), {"　": " "}, -9.0)
    assert pieces.numbers("建设道路") == (3, 4, 7, 9)  # 建|设道|路 is likelier than 建设|道|路
    assert pieces.numbers("　建龘") == (3, 4, UNKNOWN) and pieces.numbers("") == (3,)


def test_weights_come_back_as_they_were_written(tmp_path):
    values = np.linspace(-2, 2, 64, dtype=np.float32).reshape(2, 32)
    rows, scale = weights.eight_bits(values)
    weights.write(tmp_path / "w", {"a": values, "b.8": rows, "b.scale": scale}, {"about": "中"})
    tensors, about = weights.read(tmp_path / "w")
    assert about == {"about": "中"} and np.array_equal(weights.matrix(tensors, "a"), values)
    np.testing.assert_allclose(weights.matrix(tensors, "b"), values, atol=0.01)
    first = (tmp_path / "w").read_bytes()
    weights.write(tmp_path / "w", {"b.scale": scale, "b.8": rows, "a": values}, {"about": "中"})
    assert (tmp_path / "w").read_bytes() == first  # whatever the order


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 not weights", b'\x08\0\0\0\0\0\0\0{"a": 1}'])
def test_a_damaged_file_is_named(tmp_path, damage):
    (tmp_path / "w").write_bytes(damage)
    with pytest.raises(ValueError, match="damaged"):
        weights.read(tmp_path / "w")


def test_no_score_depends_on_other_units(tmp_path):
    fitted = encoder.Encoder(tiny(tmp_path))
    texts = ["奖励,10", "建设道路。", "", "励" * 5000, "hello 龘", "奖励，10"]
    together = fitted.score(texts, ["", "建设", "", "路" * 900, "", ""])
    assert together.shape == (6, 24) and np.isfinite(together).all() and np.abs(together).max() <= 1
    assert np.array_equal(together, np.round(together, encoder.DECIMALS)) and np.array_equal(together[0], together[5])
    back = fitted.score(texts[::-1], ["", "", "路" * 900, "", "建设", ""])
    assert np.array_equal(together, back[::-1])
    assert np.array_equal(encoder.Encoder(tmp_path / "encoder.safetensors").score(texts[1:2], ["建设"])[0], together[1])
    assert not np.array_equal(fitted.score(["建设道路。"], [""])[0], together[1])  # headings are read


def test_scores_are_the_weighted_mean_and_labelled_units_have_those_held_out(tmp_path):
    partner = combine.Partner(BOOK, tiny(tmp_path, weight=0.25))
    texts, linear = ["奖励10", LABELLED.at[2, "text"]], np.full((2, 24), 0.2)
    joined = partner.join(linear, texts, ["", ""])
    said = encoder.Encoder(partner.path).score(texts[:1], [""])[0]
    np.testing.assert_allclose(joined[0, 20:], 0.75 * 0.2 + 0.25 * said[:4])
    np.testing.assert_allclose(joined[0, :20], 0.75 * 0.2 + 0.25 * (said[4:] + 0.3))
    assert joined[1, 20 + STATEMENTS.index("goal")] == 0.75 * 0.2 + 0.25


def test_tools_that_the_encoder_does_not_know_are_left_to_the_linear_learner(tmp_path):
    known = [tool for tool in BOOK.tools if tool != "tax"]
    partner = combine.Partner(BOOK, tiny(tmp_path, tools=[*known, "grants"]))
    joined, tax = partner.join(np.full((1, 24), 0.2), ["奖励10"], [""])[0], BOOK.tools.index("tax")
    assert joined[tax] == 0.2 and (np.delete(joined, tax) != 0.2).all()
    other = combine.Partner(BOOK, tiny(tmp_path / "..", tools=["funding", *map(str, range(30))]))  # one name shared by chance
    joined = other.join(np.full((1, 24), 0.2), ["奖励10"], [""])[0]
    assert (joined[:20] == 0.2).all() and (joined[20:] != 0.2).all()


def test_a_tool_under_another_name_is_learned_from_its_own(tmp_path):
    renamed = codebook.parse({
        "id": "renamed", "name": {"en": "R", "zh": "改"}, "types": [{"id": "t", "en": "T", "zh": "类"}],
        "tools": [
            {"id": "money", "type": "t", "en": "Money", "zh": "钱", "learned_from": "funding"},
            {"id": "infrastructure", "type": "t", "en": "I", "zh": "基"}, {"id": "planning", "type": "t", "en": "P", "zh": "划"},
            {"id": "organisation", "type": "t", "en": "O", "zh": "组"},
        ],
    })  # fmt: skip
    spoken = coding.speaking(LABELLED[LABELLED["set"] != "invented"].assign(set="train"), renamed)
    assert spoken["tools"].tolist() == ["money", "money", "infrastructure", "planning", "", "organisation"]
    partner = combine.Partner(renamed, tiny(tmp_path))
    own = {tool: 4 + i for i, tool in enumerate(BOOK.tools)}
    assert partner.columns[:4].tolist() == [own[t] for t in ("funding", "infrastructure", "planning", "organisation")]


def test_where_the_weights_are_missing_one_sentence_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(combine.Partner, "path", tmp_path / "encoder.safetensors")
    with pytest.raises(Refused, match="restore them .* `make encoder`, or choose `coder: linear` or `coder: rules`"):
        combine.Partner(BOOK, tmp_path / "encoder.safetensors")
    for method in ("linear", "rules"):
        assert len(coding.code_units(units("给予奖励。"), BOOK, LABELLED, method=method)[0]) == 1


def test_who_coded_is_named():
    text = "县财政对新引进企业给予一次性奖励50万元,别的句子。"
    for method, coder in (("learned", "learned"), ("linear", "linear"), ("rules", "rules")):
        assert set(coding.code_units(units(text), BOOK, LABELLED, method=method)[0]["coder"]) == {coder}


def test_the_least_sure_units_are_read():
    asked = least_sure({"a": np.array([0.5, 0.1]), "b": np.zeros(0), "c": np.array([0.1, 0.4])}, 2)
    assert {name: marks.tolist() for name, marks in asked.items()} == {"a": [False, True], "b": [], "c": [True, False]}
    fitted = coding.Coder(BOOK, LABELLED).fit()
    frame = coding.coder.checked(units("新建道路5公里。", "给予奖励。"))
    both, one = (fitted.code(frame, asked=np.array(asked)) for asked in ([True, True], [True, False]))
    assert one[0]["coder"].tolist() == ["learned", "linear"]
    pd.testing.assert_frame_equal(both[0].head(1), one[0].head(1))


def test_nearest_labelled_sentences_by_vectors_and_by_ngrams(tmp_path):
    path = tiny(tmp_path)
    own = LABELLED.assign(key=list(map(likeness.text_sum, LABELLED["text"])))
    partner = combine.Partner(BOOK, path)
    assert partner.space is None and partner.key  # no vectors beside the weights: nothing is said
    combine._space.cache_clear()
    likeness.save(path, own["key"].tolist(), encoder.Encoder(path).read(own["text"].tolist(), own["heading"].tolist())[1])
    frame = units("奖励，10", "建设道路。", LABELLED.at[0, "text"])
    vectors = partner.vectors(frame["text"].tolist(), [""] * len(frame))
    assert vectors.dtype == np.int8 and np.array_equal(vectors[2], partner.space.known[own.at[0, "key"]])
    made = likeness.table(frame["unit_id"].to_numpy(object), vectors)
    assert np.array_equal(likeness.unpacked(made), vectors)
    near = likeness.nearest(frame, made, LABELLED, partner.space)
    assert near.groupby("unit_id")["rank"].agg(list).map(lambda ranks: ranks == [1, 2, 3][: len(ranks)]).all()
    assert (
        LABELLED.at[0, "text"] not in near.loc[near["unit_id"] == frame.at[2, "unit_id"], "labelled_text"].tolist()
    )  # not itself
    assert (
        near["likeness"].between(0, 1).all()
        and not near.groupby("unit_id")["labelled_text"].apply(lambda t: t.duplicated().any()).any()
    )
    catalogue.check(near, "near_labelled")
    grams = likeness.nearest(frame, made.head(0), LABELLED, None)  # the encoder read none of them
    assert (
        grams.loc[grams["unit_id"] == frame.at[2, "unit_id"], "labelled_text"].iloc[0] == LABELLED.at[1, "text"]
    )  # nearly the same
    mixed = likeness.nearest(frame, made.head(1), LABELLED, partner.space)
    assert mixed["unit_id"].tolist() == sorted(mixed["unit_id"])
    assert likeness.nearest(frame, made, None, None).empty


def test_at_most_so_many_units_get_nearest_sentences(monkeypatch):
    monkeypatch.setattr(likeness, "MOST_UNITS", 2)
    spread = partial(store.spread, most=likeness.MOST_UNITS)
    assert spread(5).tolist() == [0, 2] and spread(1).tolist() == [0] and not len(spread(0))
