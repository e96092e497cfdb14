"""The shipped encoder, tested as data: it is what its manifest says, made from the labelled units that are there now."""

import json

import numpy as np
import pandas as pd

from helpers import codebook, coding, store
from helpers.codebook import STATEMENTS
from helpers.coding import combine, encoder, likeness
from helpers.coding.labelled import REAL
from training.manifest import file_sum, rows_sum

FOLDER = store.PROJECT_ROOT / "data" / "models"
MANIFEST = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
BOOK = codebook.load("data/codebook/policy_tools.yml")


def test_files_are_those_of_the_manifest_and_small():
    assert {name: file_sum(FOLDER / name) for name in MANIFEST["files"]} == MANIFEST["files"], "run `make encoder`"
    assert set(MANIFEST["files"]) == {encoder.SHIPPED.name, combine.HELD_OUT, likeness.FILE}
    assert sum((FOLDER / name).stat().st_size for name in MANIFEST["files"]) < 30e6


def test_it_was_fitted_on_the_labelled_units_that_are_there():
    labelled = coding.read_labelled()
    assert MANIFEST["rows"]["sha256"] == rows_sum(labelled), "labelled units have changed since: run `make encoder`"
    assert encoder.Encoder().about["rows"] == MANIFEST["rows"]["sha256"]
    assert encoder.Encoder().about["tools"] == BOOK.tools and encoder.Encoder().about["weights"] == MANIFEST["weights"]


def test_no_labelled_unit_is_scored_by_an_encoder_that_saw_its_label():
    labelled, held = coding.read_labelled(), pd.read_csv(FOLDER / combine.HELD_OUT, dtype={"text": str}).set_index("text")
    assert list(held.columns) == [*STATEMENTS, *BOOK.tools] and held.index.is_unique
    labelled = labelled.assign(key=list(map(combine.text_sum, labelled["text"]))).drop_duplicates("key", keep="last")
    assert set(labelled["key"]) == set(held.index)
    real = labelled[labelled["set"].isin(REAL)].set_index("key")
    scores = held.loc[real.index].to_numpy(float)
    assert (np.abs(scores) <= 1).all() and held.drop(index=real.index).isna().sum().min() > 0.99 * (len(held) - len(real))
    # An encoder that had seen the labels would be right nearly always.
    said = np.array(STATEMENTS)[scores[:, : len(STATEMENTS)].argmax(axis=1)]
    assert 0.85 < np.mean(real["statement"].to_numpy() == said) < 0.99


def test_sentence_vectors_are_those_of_the_encoder_and_of_all_labelled_units():
    labelled, space = coding.read_labelled(), likeness.load(encoder.SHIPPED)
    labelled = labelled[labelled["set"].isin(likeness.SETS)]
    assert set(space.known) == set(map(likeness.text_sum, labelled["text"]))
    some = labelled.drop_duplicates("text", keep="last").sample(3, random_state=1)
    _, means = encoder.Encoder().read(some["text"].tolist(), some["heading"].tolist())
    shipped = np.array([space.known[likeness.text_sum(text)] for text in some["text"]], dtype=int)
    assert np.abs(space.vectors(means) - shipped).max() <= 1  # another kind of processor rounds otherwise


def test_it_tells_what_sentences_do_without_a_heading():
    """Kinds that words alone mislead about; not all can be told, 「特色种植业稳步壮大。」 is taken for a goal."""
    kinds = {
        "background": [
            "特色种植业稳步壮大。",
            "民生福祉不断增进。",
            "标准厂房主体全部封顶。",
            "研发投入占比多年保持在一成左右。",
        ],
        "measure": ["设立专项资金1500万元。", "上半年完成园区连接线续建工程。", "养殖场户应当依法取得许可后方可投产。"],
        "other": ["围绕上述目标，今年着重抓好以下工作："],
    }
    texts = [(text, kind) for kind, found in kinds.items() for text in found]
    scores = encoder.Encoder().score([text for text, _ in texts], [""] * len(texts))
    said = [STATEMENTS[i] for i in scores[:, : len(STATEMENTS)].argmax(axis=1)]
    assert sum(a == kind for a, (_, kind) in zip(said, texts, strict=True)) >= len(texts) - 1
    assert scores[texts.index(("设立专项资金1500万元。", "measure")), len(STATEMENTS) + BOOK.tools.index("funding")] > 0.9
