"""Works are data: each is written in every style from its fields, and whatever a text names has its entry."""

import re

import pytest

from helpers import language, references

WORKS = references.works()
# A first author, co-authors or “et al.”, and a year; Chinese brackets and commas too.
NAMED = re.compile(
    r"([A-Z][A-Za-zäöüéí-]+)(?:,? [A-Z][A-Za-zäöüé-]+)*"
    r"(?: et al\.?| (?:&|and|与) [A-Z][A-Za-z ]+)?[,，]? ?[(（]?((?:19|20)\d\d)\b"
)
NO_WORKS = {"January", "Strategy"}  # what a date follows


def sentences():
    return {
        (key, edition): text for key, texts in language.entries() for edition, text in texts.items() if edition in ("en", "zh")
    }


def test_what_a_text_names_has_its_entry():
    missing = []
    for (key, edition), text in sentences().items():
        for name, year in NAMED.findall(text):
            known = any(year == str(work.year) for work in references.cited(text))
            if not known and name not in NO_WORKS:
                missing.append((key, edition, name, year))
    assert not missing


@pytest.mark.parametrize("work", WORKS.values(), ids=list(WORKS))
def test_every_work_is_whole_in_every_style(work):
    assert work.key == re.sub(r"\W", "", work.key) and work.title and work.authors and 1900 < work.year < 2100
    for written in (references.apa(work), references.gbt(work), references.gbt(work, numeric=True)):
        assert (
            str(work.year) in written
            and work.title in written
            and "  " not in written
            and ".." not in written
            and ", ," not in written
        )
        assert written.endswith((".", work.doi or "-", work.url or "-"))
    assert references.apa(work).count("*") % 2 == 0
    entry = references.bibtex([work])
    assert entry.startswith("@") and entry.count("{") == entry.count("}") and f"{{{work.key}," in entry
    assert not re.search(r"(?<!\\)[&%#_]|–", re.sub(r"(?m)^  (?:doi|url) = .*$", "", entry))


def test_styles_are_those_of_the_standards():
    kuhn, wang, lee = (WORKS[key] for key in ("kuhn1955", "wang2024", "krippendorff2018"))
    assert references.gbt(kuhn) == (
        "KUHN H W, 1955. The Hungarian method for the assignment problem[J]. Naval Research Logistics Quarterly, 2(1-2): 83-97."
        " DOI: 10.1002/nav.3800020109."
    )
    assert references.gbt(kuhn, numeric=True).startswith(
        "KUHN H W. The Hungarian"
    ) and "Quarterly, 1955, 2(1-2): 83-97." in references.gbt(kuhn, True)
    assert references.gbt(wang).startswith("WANG L, YANG N, HUANG X, et al, 2024. ") and "[EB/OL]" in references.gbt(wang)
    assert references.gbt(lee) == "KRIPPENDORFF K, 2018. Content analysis: An introduction to its methodology[M]. 4th ed. SAGE."
    assert (
        references.apa(lee) == "Krippendorff, K. (2018). *Content analysis: An introduction to its methodology* (4th ed.). SAGE."
    )


def test_only_what_is_named_is_cited():
    said = "Shares (Zou & Donner, 2008) and trees; Rao planted them in 1988 gardens. Wilsonian intervals of 1927."
    assert [work.key for work in references.cited(said)] == ["zou2008", "rao1988"] or [w.key for w in references.cited(said)] == [
        "rao1988",
        "zou2008",
    ]
    assert references.cited("Coheno 1960, McCohen 1960, Cohen. In 1960") == []


@pytest.mark.parametrize("edition", language.LANGUAGES)
def test_the_adjustment_that_is_named_is_the_one_that_runs(edition):
    """`differences` is adjusted over the table by Benjamini and Hochberg; Holm serves the contrasts of a pre-analysis only."""
    said = sentences()["method.comparison.text", edition]
    assert [work.key for work in references.cited(said) if work.key in ("holm1979", "benjamini1995")] == ["benjamini1995"]
