"""REFI-QDA: a round trip loses nothing, spans fall on their words, and foreign files become problems, not crashes."""

import io
import zipfile

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import codebook, corpus, structure
from helpers.corpus.clean_texts import ChangedSource, clean_texts
from helpers.export import qda, qda_read

SCHEME = codebook.load("data/codebook/policy_tools.yml")
TEXT = "湘阴县办法\n一、总则\n支持企业技改😀。对落户企业给予奖励;办好园区。\n\n优化环境𠮷。\n"


def project(texts: dict[str, str]):
    """The tables of a small corpus: documents, units, spans."""
    documents = pd.DataFrame(
        [(d, f"{d}.txt", "湘阴县" if i else None, 2019 if i else pd.NA) for i, d in enumerate(texts)],
        columns=["doc_id", "source_file", "county", "year"],
    )
    rows = [(f"{d}:{u.position:05d}", d, u.position, u.text) for d, text in texts.items() for u in structure.units(text)]
    units = pd.DataFrame(rows, columns=["unit_id", "doc_id", "position", "text"])
    return documents, units, qda.unit_spans(units, texts)


def frame(rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=qda.CODINGS).drop_duplicates().sort_values(qda.CODINGS).reset_index(drop=True)


def rewrite(path, change, texts=None):
    """Change the XML of a project, and its sources, as another program might."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["project.qde"] = change(members["project.qde"].decode()).encode()
    for name in members:
        if texts and name.startswith("sources/"):
            members[name] = texts(members[name].decode()).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


@pytest.fixture
def small(tmp_path):
    """One document, four units; a person's codings with emoji before and within."""
    texts = {"a": TEXT}
    documents, units, spans = project(texts)
    codings = frame([
        ("a:00002", "林", "measure", 0, 8), ("a:00002", "林", "technology", 4, 7), ("a:00003", "林", "measure", 0, 10),
        ("a:00003", "林", "funding", 7, 9), ("a:00005", "林", "goal", 0, 6),
    ])  # fmt: skip
    path = qda.write_qdpx(tmp_path / "p.qdpx", documents, texts, spans, codings, SCHEME)
    return path, documents, texts, spans, codings


def read(path, documents, texts, spans):
    return qda_read.read_qdpx(path, documents, texts, spans, SCHEME)


def test_positions_are_code_points_of_the_words(small):
    path, documents, texts, spans, codings = small
    with zipfile.ZipFile(path) as archive:
        model = qda.conforms(archive.read("project.qde"))
        source = model.sources.text_source[0]
        text = archive.read("sources/" + source.plain_text_path.removeprefix("internal://")).decode()
    assert text == TEXT
    words = {text[s.start_position : s.end_position] for s in source.plain_text_selection}
    assert words == {
        "支持企业技改😀。",
        "技改😀",
        "对落户企业给予奖励;",
        "奖励",
        "优化环境𠮷。",
    }
    assert [s.name for s in source.plain_text_selection if s.end_position - s.start_position == 3][0] == "技改😀"


def test_code_book_has_types_over_tools_and_colours(small):
    with zipfile.ZipFile(small[0]) as archive:
        model = qda.conforms(archive.read("project.qde"))
    top = model.code_book.codes.code
    assert [len(c.code) for c in top] == [5, *(len(SCHEME.tools_of(t)) for t in SCHEME.types)]
    assert not any(c.is_codable for c in top) and all(c.is_codable and c.color for t in top for c in t.code)
    assert [u.name for u in model.users.user] == ["coder", "林"]  # a client takes the first user for its own coder
    assert model.variables.variable[0].name == "county"


def test_same_tables_same_bytes(small, tmp_path):
    path, documents, texts, spans, codings = small
    again = qda.write_qdpx(tmp_path / "q.qdpx", documents, texts, spans, codings.sample(frac=1, random_state=1), SCHEME)
    assert again.read_bytes() == path.read_bytes()


def test_what_goes_out_comes_back(small):
    path, documents, texts, spans, codings = small
    found = read(path, documents, texts, spans)
    assert found.problems == []
    pd.testing.assert_frame_equal(found.codings, codings)
    coders, problems = qda_read.as_coders(found.codings, SCHEME)
    assert coders["林"].values.tolist() == [
        ["a:00002", "measure", "technology"],
        ["a:00003", "measure", "funding"],
        ["a:00005", "goal", ""],
    ]
    assert problems == []


_PIECES = st.sampled_from(
    ["支持企业", "😀", "𠮷", "奖励", "。", ";", "\n", "一、", "(", ")", " ", "A&<b>\"'", "\u200d", "é", "1.", "附件1\n"]
)
_TEXTS = st.lists(_PIECES, min_size=1, max_size=30).map("".join)
_USERS = st.sampled_from(["林", "coder_1", "a b", "<script>", "=1+1", "x&y"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_TEXTS, min_size=1, max_size=3), st.data())
def test_a_round_trip_loses_nothing(tmp_path, written, data):
    texts = {f"d{i}": text for i, text in enumerate(written)}
    documents, units, spans = project(texts)
    rows = []
    for unit, text in zip(units["unit_id"], units["text"], strict=True):
        for _ in range(data.draw(st.integers(0, 3))):
            # a span without a letter belongs to no unit for sure when another begins behind it, so each holds one
            start = data.draw(st.integers(0, len(text) - 1))
            end = data.draw(st.integers(start + 1, len(text)))
            if structure.text_key(text[start:end]):
                rows.append((unit, data.draw(_USERS), data.draw(st.sampled_from([*SCHEME.tools, "measure", "goal"])), start, end))
    codings = frame(rows)
    path = qda.write_qdpx(tmp_path / "p.qdpx", documents, texts, spans, codings, SCHEME)
    found = read(path, documents, texts, spans)
    assert found.problems == []
    pd.testing.assert_frame_equal(found.codings, codings, check_dtype=bool(len(codings)))


class TestFromElsewhere:
    """What other programs do to a project."""

    def test_new_identifiers_names_stay(self, small):
        path, documents, texts, spans, codings = small
        swapped = {qda.guid("source", "a"): "source", **dict.fromkeys(qda.code_guids(SCHEME), "code")}

        def renamed(xml: str) -> str:
            for guid in swapped:
                xml = xml.replace(f'guid="{guid}"', f'guid="{guid[::-1]}"').replace(
                    f'targetGUID="{guid}"', f'targetGUID="{{{guid[::-1]}}}"'
                )
            return xml.replace('name="a.txt"', 'name="a"')

        rewrite(path, renamed)
        found = read(path, documents, texts, spans)
        pd.testing.assert_frame_equal(found.codings, codings)
        assert found.problems == []

    def test_windows_line_ends_and_a_byte_order_mark(self, small):
        path, documents, texts, spans, codings = small

        def shifted(xml: str) -> str:  # positions count in the text as it now is
            at = [0]
            for char in TEXT:
                at.append(at[-1] + (2 if char == "\n" else 1))
            for place in range(len(TEXT), -1, -1):
                for name in ("startPosition", "endPosition"):
                    xml = xml.replace(f'{name}="{place}"', f'{name}="#{at[place] + 1}"')
            return xml.replace('="#', '="')

        rewrite(path, shifted, lambda text: "\ufeff" + text.replace("\n", "\r\n"))
        pd.testing.assert_frame_equal(read(path, documents, texts, spans).codings, codings)

    def test_a_changed_text_is_listed_and_the_rest_is_read(self, small):
        path, documents, texts, spans, codings = small
        rewrite(path, lambda xml: xml, lambda text: text.replace("支持", "鼓励"))
        found = read(path, documents, texts, spans)
        assert set(found.codings["unit_id"]) == {"a:00003", "a:00005"}
        assert any("1 of 5 units" in p and "a:00002" in p for p in found.problems)

    @pytest.mark.parametrize(
        ("start", "end", "said"),
        [
            (11, 25, "spans 2 units"),
            (6, 10, "no unit"),  # the heading
            (-1, 4, "outside"),
            (0, 9999, "outside"),
        ],
    )
    def test_a_selection_that_fits_no_unit(self, small, start, end, said):
        path, documents, texts, spans, _ = small
        first = spans["start"][1]
        rewrite(
            path,
            lambda xml: xml.replace(
                f'startPosition="{first}" endPosition="{first + 8}"', f'startPosition="{start}" endPosition="{end}"'
            ),
        )
        found = read(path, documents, texts, spans)
        assert len(found.problems) == 1 and said in found.problems[0] and "a.txt, characters" in found.problems[0]
        assert len(found.codings) == 4

    def test_blanks_and_marks_over_the_edge_do_no_harm(self, small):
        path, documents, texts, spans, _ = small
        first = spans["start"][1]
        rewrite(
            path,
            lambda xml: xml.replace(
                f'startPosition="{first}" endPosition="{first + 8}"', f'startPosition="{first - 1}" endPosition="{first + 7}"'
            ),
        )
        found = read(path, documents, texts, spans)
        assert found.problems == [] and ["a:00002", "林", "measure", 0, 7] in found.codings.values.tolist()

    def test_unknown_codes_with_the_nearest(self, small):
        path, documents, texts, spans, _ = small
        own = 'guid="12345678-1234-1234-1234-123456789012" name="fundng" isCodable="true"/>'
        target = qda.guid("tool", SCHEME.id, "funding")
        rewrite(
            path,
            lambda xml: xml.replace("<Codes>", f"<Codes><Code {own}").replace(
                f'targetGUID="{target}"', 'targetGUID="12345678-1234-1234-1234-123456789012"'
            ),
        )
        found = read(path, documents, texts, spans)
        assert len(found.problems) == 1 and "did you mean funding?" in found.problems[0]

    def test_doubtful_codings_are_said(self):
        rows = [
            ("u1", "林", "measure", 0, 1),
            ("u1", "林", "goal", 0, 1),
            ("u2", "林", "funding", 0, 1),
            ("u3", "林", "other", 0, 1),
            ("u3", "林", "tax", 0, 1),
        ]
        coders, problems = qda_read.as_coders(frame(rows), SCHEME)
        assert coders["林"].values.tolist() == [["u3", "other", ""]]
        assert [p.split(": ", 1)[1][:14] for p in problems] == ["has two statem", "has tools but ", "a other senten"]


def archive(**members) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "."), content)
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no valid zip"),
        (b"PK\x03\x04" + b"\0" * 50, "no valid zip"),
        (archive(a__txt="x"), "no project.qde"),
        (archive(project__qde="<a"), "not valid XML"),
        (archive(project__qde="<a/>"), "no REFI-QDA project"),
        (archive(project__qde='<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'), "document type"),
        (archive(project__qde=b"<a>" * 10_000), "not valid XML"),
        (archive(project__qde=b" " * (qda_read.MAX_PROJECT + 10)), "larger than"),  # a zip bomb
    ],
)
def test_files_that_are_no_project(tmp_path, data, said):
    (tmp_path / "x.qdpx").write_bytes(data)
    with pytest.raises(qda.QdaError, match="x.qdpx") as error:
        read(tmp_path / "x.qdpx", *project({"a": TEXT})[:1], {"a": TEXT}, project({"a": TEXT})[2])
    assert said in str(error.value) and "\n" not in str(error.value)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.integers(0, 3000), st.binary(min_size=1, max_size=6))
def test_no_bytes_crash_the_reader(small, tmp_path, tail, at, junk):
    path, documents, texts, spans, _ = small
    data = path.read_bytes()
    for broken in (tail, data[:at] + junk + data[at + len(junk) :]):
        (tmp_path / "x.qdpx").write_bytes(broken)
        try:
            read(tmp_path / "x.qdpx", documents, texts, spans)
        except qda.QdaError as error:
            assert "\n" not in str(error)


def test_the_shipped_documents_fall_exactly_on_their_units(tmp_path):
    from helpers import store

    raw = store.PROJECT_ROOT / "data" / "raw"
    made = corpus.build(raw)
    texts = clean_texts(raw, made.documents, made.repairs)
    spans = qda.unit_spans(made.units, texts)
    cut = [texts[d][s:e] for d, s, e in zip(spans["doc_id"], spans["start"], spans["end"], strict=True)]
    assert dict(zip(spans["unit_id"], cut, strict=True)) == dict(zip(made.units["unit_id"], made.units["text"], strict=True))
    (tmp_path / made.documents["source_file"][0]).write_text("另一份。")
    with pytest.raises(ChangedSource, match="has changed"):
        clean_texts(tmp_path, made.documents.head(1), made.repairs)


def test_coders_who_work_elsewhere_take_part_in_agreement(small):
    from helpers import handcoding, store

    path, documents, texts, spans, _ = small
    folder = path.parent
    coders, _ = qda_read.as_coders(read(path, documents, texts, spans).codings, SCHEME)
    store.write_csv(folder / "coder_lin.csv", coders["林"])
    (folder / "coder_wu.csv").write_text(
        "unit,statement,tools\na:00002,mesure,\na:00003,goal,planning\nx:1,goal,\n", encoding="utf-8"
    )
    sample = pd.DataFrame({"unit": ["a:00002", "a:00003"], "source_file": "a.txt"})
    lin, problems = handcoding.read_codings(folder / "coder_lin.csv", SCHEME, sample)
    assert problems == [] and lin["tools"].tolist() == ["technology", "funding"]
    wu, problems = handcoding.read_codings(folder / "coder_wu.csv", SCHEME, sample)
    assert problems == [
        "coder_wu.csv, line 2: 'mesure' is not a code of the codebook; did you mean measure?",
        "coder_wu.csv: unit a:00002 of the sample is not coded",
    ]
    measures = handcoding.agree(sample, {"lin": lin, "wu": wu}, SCHEME, n_bootstrap=10).measures
    assert measures.loc[measures["measure"] == "percent", "value"].tolist() == [0.0]
