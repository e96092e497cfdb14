"""A pre-analysis file is written before coding and held against what was done; contrasts are adjusted among themselves."""

import pandas as pd
import pytest

from helpers import codebook
from helpers.handcoding import preanalysis

BOOK_FILE = "data/codebook/policy_tools.yml"
UNITS = pd.DataFrame({"unit_id": ["a:1", "a:2", "b:1"], "doc_id": ["a", "a", "b"], "text": ["甲", "乙", "丙"]})
SAMPLE = pd.DataFrame({"unit": ["a:1", "b:1"], "inclusion_probability": [0.5, 1.0]})
CONTRASTS = ["430624 2025 - 湘阴县 2017: funding", "湘阴县 2017 - 中方县 2021: supply"]


def planned(units=UNITS, sample=SAMPLE, seed=1, contrasts=tuple(CONTRASTS)):
    from helpers import store

    file = store.resolve(BOOK_FILE)
    return preanalysis.plan(codebook.load(file), file, units, sample, {"seed": seed, "coder": "learned"}, list(contrasts))


def test_what_was_planned_is_read_back_and_every_departure_is_a_line(tmp_path):
    path = preanalysis.write(tmp_path / preanalysis.FILE, planned())
    assert preanalysis.departures(preanalysis.read(path), planned()) == []
    with pytest.raises(preanalysis.PreanalysisError, match="is there already"):
        preanalysis.write(path, planned())
    for now, said in [
        (planned(sample=SAMPLE.head(1)), "sample n"), (planned(seed=2), "settings seed"), (planned(sample=None), "sample sha256"),
        (planned(units=UNITS.assign(text="改")), "documents sha256"),
    ]:  # fmt: skip
        assert any(line.startswith(said) for line in preanalysis.departures(preanalysis.read(path), now)), said
    assert path.read_bytes() == preanalysis.write(tmp_path / "again.yml", planned()).read_bytes()


@pytest.mark.parametrize("contrast", ["2017 - 2025: funding", "湘阴县 2017 - 湘阴县 2025: fundng", "湘阴县 2017: funding", ""])
def test_a_contrast_that_cannot_be_read_is_one_line(contrast):
    with pytest.raises(preanalysis.PreanalysisError, match="--contrast"):
        planned(contrasts=[contrast])


def test_contrasts_have_their_direction_and_are_adjusted_among_themselves():
    side = {"county_a": "湘阴县", "county_code_a": "430624", "year_a": 2017}
    rows = [
        {**side, "county_b": "湘阴县", "county_code_b": "430624", "year_b": 2025, "dimension": "tool", "code": "funding",
         "difference": -0.1, "ci_low": -0.2, "ci_high": -0.05, "p_value": 0.01, "basis": "corrected"},
        {**side, "county_b": "中方县", "county_code_b": "431221", "year_b": 2021, "dimension": "type", "code": "supply",
         "difference": 0.3, "ci_low": 0.1, "ci_high": 0.4, "p_value": 0.03, "basis": "corrected"},
    ]  # fmt: skip
    asked, table = [*CONTRASTS, "湘阴县 2017 - 云县 2020: tax"], pd.DataFrame([*rows, {**rows[0], "code": "land"}])
    found = preanalysis.results(asked, preanalysis.of_codes(asked, table))
    assert found.equals(preanalysis.results(asked, table)) and len(preanalysis.of_codes(asked, table)) == 2
    assert found["difference"].tolist()[:2] == pytest.approx([0.1, 0.3]) and pd.isna(found["difference"][2])
    assert found.loc[0, ["ci_low", "ci_high"]].tolist() == pytest.approx([0.05, 0.2])
    assert found["p_holm"].tolist()[:2] == pytest.approx([0.02, 0.03])


@pytest.mark.parametrize("text", ["[", "a: 1", "- x", ""])
def test_another_file_is_refused_in_one_line(tmp_path, text):
    (tmp_path / "x.yml").write_text(text, encoding="utf-8")
    with pytest.raises(preanalysis.PreanalysisError, match=r"x\.yml"):
        preanalysis.read(tmp_path / "x.yml")


FORM = "codebook: {id: a}\ndocuments: {n: 1}\nsample: {n: 0}\nsettings: {seed: 1}\n"


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "a: &a [*a]", "\udcff", f"{FORM}contrasts: 5", f"{FORM}contrasts: [5]", f"{FORM}contrasts: {{a: b}}"],
    ids=["deep", "itself", "bytes", "number", "numbers", "mapping"],
)  # fmt: skip
def test_a_plan_from_a_stranger_is_one_line(tmp_path, text):
    (tmp_path / "a.yml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(preanalysis.PreanalysisError) as error:
        preanalysis.read(tmp_path / "a.yml")
    assert "\n" not in str(error.value) and "codec" not in str(error.value)


def test_parts_of_a_plan_may_be_anything(tmp_path):
    now = planned()
    for part in ("codebook", "documents", "sample", "settings", "rule"):
        for odd in (5, None, [1], {"a": 1}, "x"):
            assert any(line.startswith(part) for line in preanalysis.departures({**now, part: odd}, now))
