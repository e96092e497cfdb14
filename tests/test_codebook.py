"""The codebook format: what loads, what is refused and how it is said, where patterns match."""

import copy

import pytest
import yaml

from helpers import codebook, store

SMALL = {
    "id": "small",
    "version": "1",
    "name": {"en": "Small", "zh": "小"},
    "types": [{"id": "supply", "en": "Supply", "zh": "供给"}],
    "tools": [
        {
            "id": "talent", "type": "supply", "en": "Talent", "zh": "人才",
            "patterns": [{"id": "t.words", "words": ["人才"], "note": "n", "source": "s"}],
        },
    ],
    "statements": {"goal": [{"id": "g.head", "words": ["目标"], "in": "last_heading", "note": "n", "source": "s"}]},
}  # fmt: skip


def small(**entry):
    """Return SMALL with one pattern made of `entry`."""
    content = copy.deepcopy(SMALL)
    content["tools"][0]["patterns"] = [{"id": "t.words", "note": "n", "source": "s", **entry}]
    return content


def found(texts, headings=None, **entry):
    """Return (unit, words) of the hits of one pattern."""
    book = codebook.parse(small(**entry))
    hits = codebook.find(book.entries, texts, headings)
    return [(u, texts[u][s:e] if s >= 0 else None) for u, s, e in zip(hits.unit, hits.start, hits.end, strict=True)]


def test_shipped_codebook_is_whole():
    book = codebook.load("data/codebook/policy_tools.yml")
    assert book.types == ["supply", "environment", "demand"]
    assert book.type_of("tax") == "environment" and book.label("tax", "zh") == "税费优惠"
    assert book.goal_tool == "planning" and book.max_tools == 3
    assert {e.owner for e in book.entries} == set(book.tools)  # no tool without patterns
    assert {e.owner for e in book.statement_entries} == set(codebook.STATEMENTS)
    assert all(e.note and e.source for e in (*book.entries, *book.statement_entries))


@pytest.mark.parametrize(("kept", "lost"), [("en", "zh"), ("zh", "en")])
def test_a_name_in_one_language_stands_for_the_other(kept, lost):
    content = copy.deepcopy(SMALL)
    for named in (content["name"], *content["types"], *content["tools"]):
        del named[lost]
    book, whole = codebook.parse(content), codebook.parse(SMALL)
    assert book.name("en") == book.name("zh") == whole.name(kept)
    assert codebook.parse({**SMALL, "name": "plain text"}).names == {"en": "plain text", "zh": "plain text"}
    assert book.label("talent", lost) == whole.label("talent", kept) == book.both("talent")
    assert whole.both("talent") == f"{whole.label('talent', 'en')} {whole.label('talent', 'zh')}"


def test_every_shipped_codebook_loads():
    folder = store.resolve("data/codebook")
    schemes = [p for p in sorted(folder.glob("*.yml")) if p.read_text("utf-8").find("\ntools:") >= 0]
    assert schemes
    for path in schemes:
        book = codebook.load(path)
        assert book.statement_entries, path.name  # its own or the shipped ones


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c["tools"][0].update(type="suply"), "small.yml: tool talent: unknown type 'suply'; known: supply"),
        (lambda c: c["tools"][0]["patterns"][0].update(regex="x"), "entry t.words: needs either 'words' or 'regex', not both"),
        (lambda c: c["tools"][0]["patterns"][0].pop("note"), "entry t.words: 'note' is missing or empty"),
        (lambda c: c["tools"][0]["patterns"][0].update(wight=2), "entry t.words: unknown key 'wight'"),
        (lambda c: c["tools"][0]["patterns"][0].update(words=["a", "a"]), "entry t.words words: 'a' is there twice"),
        (lambda c: c["tools"][0]["patterns"][0].update(words=[1]), "entry t.words words: 1 is not a word"),
        (lambda c: c["tools"][0]["patterns"][0].update(weight=9), "entry t.words: weight 9 must be a number from -5 to 5"),
        (lambda c: c["tools"].append(copy.deepcopy(c["tools"][0])), "entry talent: this id is there twice"),
        (lambda c: c["tools"][0]["patterns"].append(c["tools"][0]["patterns"][0]), "entry t.words: this id is there twice"),
        (lambda c: c["types"].append({"id": "idle", "en": "I", "zh": "闲"}), "type idle: no tool has this type"),
        (lambda c: c.update(rules={"goal_tool": "x"}), "rules: goal_tool 'x' is not a tool"),
        (lambda c: c.update(tools=[]), "top level: 'tools' is missing or empty"),
        (lambda c: c.update(name=["x"]), "name: expected keys and values, found list"),
        (lambda c: c.update(name={"en": "Carrots", "sticks": None}), "allowed: en, zh; put text with a comma in quotation marks"),
        (lambda c: [c["tools"][0].pop(name) for name in ("en", "zh")], "tool talent: needs a name as text in en or zh"),
    ],
)
def test_a_broken_codebook_says_file_entry_and_reason(change, message):
    content = copy.deepcopy(SMALL)
    change(content)
    with pytest.raises(codebook.CodebookError) as error:
        codebook.parse(content, "small.yml")
    assert message in str(error.value) and str(error.value).startswith("small.yml: ")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("regex", ["(引进", "引.*进", "引+", "(ab){2}", ".{0,200}.{0,200}", "a?", r"(a)\1"])
def test_a_bad_or_unbounded_regex_is_refused(regex):
    with pytest.raises(codebook.CodebookError, match=r"entry t\.words: (bad )?regex"):
        codebook.parse(small(regex=regex))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id: !!python/object/apply:os.getcwd []", "line 1: could not determine a constructor"),
        ("id: a\nid: b", "line 2: key 'id' is there twice"),
        ("a: [1", "line "),
        ("- 1\n- 2", "top level: expected keys and values, found list"),
    ],
)
def test_files_that_build_objects_or_are_not_codebooks_are_refused(tmp_path, text, message):
    path = tmp_path / "my.yml"
    path.write_text(text, "utf-8")
    with pytest.raises(codebook.CodebookError, match=r"^my\.yml: ") as error:
        codebook.load(path)
    assert message in str(error.value)


def test_missing_and_badly_encoded_files(tmp_path):
    with pytest.raises(codebook.CodebookError, match="no such codebook file"):
        codebook.load(tmp_path / "none.yml")
    (tmp_path / "gbk.yml").write_bytes("id: 人才".encode("gb18030"))
    with pytest.raises(codebook.CodebookError, match="not UTF-8"):
        codebook.load(tmp_path / "gbk.yml")


def test_context_of_a_pattern():
    assert found(["引进人才,财政人才", ""], words=["人才"]) == [(0, "人才"), (0, "人才")]
    assert found(["引进人才,人才多"], words=["人才"], near=["引进"]) == [(0, "人才")]  # the second clause lacks it
    assert found(["引进,人才多"], words=["人才"], near=["引进"], scope="unit") == [(0, "人才")]
    assert found(["引进人才,已有人才"], words=["人才"], not_near=["已有"]) == [(0, "人才")]
    # full-width: the same clauses, and the words as they stand in the text
    assert found(["引进人才\uff0c人才多"], words=["人才"], near=["引进"]) == [(0, "人才")]
    assert found(["引进\uff21\uff29人才\uff1b"], words=["AI人才"], at="end") == [(0, "\uff21\uff29人才")]
    assert found(["引进AI人才"], words=["\uff21\uff29人才"]) == [(0, "AI人才")]
    assert found(["财政局", "财政投入"], words=["财政"], not_within=["财政局"]) == [(1, "财政")]
    assert found(["加快建设", "要加快"], words=["加快"], at="start") == [(0, "加快")]
    assert found(["目标:", "已加快。"], words=["加快"], at="end") == [(1, "加快")]
    assert found(["x", "y"], ["一、目标 > (一)人才", "人才 > z"], words=["人才"], **{"in": "last_heading"}) == [(0, None)]
    assert found(["x", "y"], ["一、目标 > (一)人才", "人才 > z"], words=["人才"], **{"in": "heading"}) == [(0, None), (1, None)]
    assert found(["引进,高端人才", "引进x\n人才"], regex="引进.{0,4}人才") == [(0, "引进,高端人才"), (1, "引进x\n人才")]
    assert found(["引进", "人才"], regex="引进[^a]{0,4}人才") == []  # never across two units


def test_odd_texts_do_not_crash():
    assert found([], words=["人才"]) == []
    assert found(["", "\ud800人才", "a" * 10_000], words=["人才"]) == [(1, "人才")]


def test_unmatched_lists_idle_entries_and_words():
    book = codebook.parse(small(words=["人才", "工匠"], near=["引进"]))
    rows = codebook.unmatched(book, ["引进人才"], ["一、总则"])
    assert [(r["entry"], r["pattern"]) for r in rows] == [("t.words", "工匠"), ("g.head", "")]
    rows = codebook.unmatched(book, ["人才"], ["目标"])
    assert [(r["entry"], r["pattern"]) for r in rows] == [("t.words", "")]  # never in its context


@pytest.mark.parametrize(
    "path", sorted(store.PROJECT_ROOT.joinpath("data", "codebook").glob("*.yml")), ids=lambda path: path.name
)
def test_no_comma_has_cut_an_entry_in_two(path):
    """`{en: Patents per 10,000 people}` without quotes is a label cut short and a key without a value."""

    def stray(node):
        if isinstance(node, dict):
            return [key for key, value in node.items() if value is None] + [k for value in node.values() for k in stray(value)]
        return [key for part in node for key in stray(part)] if isinstance(node, list) else []

    assert stray(yaml.safe_load(path.read_text(encoding="utf-8"))) == []
