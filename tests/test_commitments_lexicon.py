"""The words that decide what is a promise: tested as data, exchanged, and refused with one line where they are wrong."""

import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

from helpers import commitments, store
from helpers.codebook import CodebookError
from helpers.commitments import lexicon


def units(text: str) -> pd.DataFrame:
    return pd.DataFrame({"unit_id": ["d:00001"], "doc_id": ["d"], "text": [text]})


@pytest.mark.parametrize("group", lexicon.groups(), ids=lambda group: group["id"])
def test_each_group_of_words_matches_its_examples_and_not_its_counterexamples(group):
    words = lexicon.load()(f"<{group['id']}>")
    assert [example for example in group["examples"] if not words.search(example)] == []
    assert [example for example in group.get("not", []) if words.search(example)] == []


def test_the_grammar_uses_every_group_and_no_other():
    code = "".join(path.read_text(encoding="utf-8") for path in Path(commitments.__file__).parent.glob("*.py"))
    named = set(re.findall(r"(?<!\?P)<([a-z_]+)>", code)) - {"id"}
    assert named == {group["id"] for group in lexicon.groups()}


def own_words(tmp_path, change) -> str:
    raw = yaml.safe_load(Path(store.resolve(lexicon.DEFAULT)).read_text(encoding="utf-8"))
    change({group["id"]: group for group in raw["groups"]}, raw["groups"])
    path = tmp_path / "words.yml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return str(path)


def test_another_lexicon_changes_what_is_a_promise(tmp_path):
    words = own_words(tmp_path, lambda group, _: group["future"]["words"].append("有望"))
    frame, codes = units("产值有望增长8%。"), pd.DataFrame({"unit_id": ["d:00001"], "statement": ["background"]})
    assert commitments.extract(frame, codes).empty
    assert commitments.extract(frame, codes, words=words)["value"].tolist() == ["8"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda group, _: group["past"].update(words=["("]), "past is not a regular expression"),
        (lambda group, _: group["past"].update(words=["(a)"]), "past has a group of its own"),
        (lambda group, _: group["past"].update(words=["a*"]), "matches nothing"),
        (lambda group, _: group["past"].update(words=[]), "past has no words"),
        (lambda group, _: group["past"].update(words="过去"), "words of group past must be a list"),
        (lambda group, _: group["past"].pop("note"), "past has no note"),
        (lambda group, every: every.append(group["past"]), "past stands twice"),
        (lambda group, every: every.remove(group["past"]), "group past is missing"),
        (lambda group, every: every.clear(), "group .* is missing"),
    ],
)
def test_a_bad_lexicon_is_named_with_group_and_fault(tmp_path, change, said):
    with pytest.raises(CodebookError, match=f"words.yml: .*{said}"):
        commitments.extract(units("产值增长8%。"), words=own_words(tmp_path, change))
