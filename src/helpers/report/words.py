"""One edition's words: texts and labels of the language room, column headings, and the names that a run's schemes give."""

import re

from helpers import catalogue, references
from helpers import language as said
from helpers.language import LANGUAGES


class Words:
    """Everything that is said in one language; `codebook` (may be None) knows the names of tools and types."""

    def __init__(self, language: str, codebook=None, names: dict[str, tuple[str, str]] | None = None):
        if language not in LANGUAGES:
            raise ValueError(f"language {language!r}: the report is written in {' or '.join(LANGUAGES)}")
        self.language, self.codebook, self.names = language, codebook, names or {}
        self.index = LANGUAGES.index(language)
        self.topics: dict[str, str] = {}  # number: label, of the topics of the run
        self.documents: dict[str, str] = {}  # doc_id: label, of its documents
        self.facts: dict[str, object] = {}  # of the run (`facts.Facts.values`): fields that every text may use

    def __call__(self, key: str, **values) -> str:
        """Return text `key` of the report, filled with `values`; a key with a dot names its file (`labels.unknown`)."""
        return said.say(key if "." in key else f"report.{key}", self.language, **{**self.facts, **values})

    def column(self, name: str) -> str:
        """Return the heading of column `name`."""
        return catalogue.heading(name, self.language)

    def value(self, value: str) -> str:
        """Return the name of a category such as `measure` or `exact`; anything else comes back unchanged."""
        return said.name(value, self.language) if value in said.named("values") else value

    def about(self, table: str) -> str:
        """Return the caption of a processed table."""
        return catalogue.title(table, self.language)

    def reference(self, work: references.Work) -> str:
        """Write a work in the style that readers of the language expect: APA, or GB/T 7714 by author and year."""
        return references.gbt(work) if self.language == "zh" else references.apa(work)

    def tool(self, id: str) -> str:
        """Return the name of a tool or type: from the codebook, the other coding schemes, else the identifier made readable."""
        try:
            return self.codebook.label(id, self.language)
        except (KeyError, AttributeError):  # no codebook, or a code of another one, still has to be shown
            pass
        return self.named(id)

    def topic(self, label: str, both: bool = False) -> str:
        """Return a topic's label in this language; what a table writes is the label in the language of the run.

        An English label glosses the Chinese one, 营商环境 (business environment): `both` keeps the two.
        """
        text = self.names[label][self.index] if label in self.names else label
        gloss = re.fullmatch(r"[^()]+ \((.+)\)", text)
        return gloss[1] if gloss and self.language == "en" and not both else text

    def document(self, doc_id: str) -> str:
        """Return the label of a document (county-year, numbered where there are several); an unknown one as it stands."""
        return self.documents.get(str(doc_id), str(doc_id))

    def numbered(self, topic: str) -> str:
        """Return `T1 label` for the number of a topic of this run; a number without a topic as it stands."""
        label = self.topics.get(str(topic))
        return f"T{topic} {self.topic(label)}" if label else str(topic)

    def named(self, id: str, field: str = "") -> str:
        """Return the name that a scheme other than the codebook gives: an indicator, a purpose, a stage, an item of a rubric.

        `field`: the column that it stands in, since one identifier may mean another thing in another scheme.
        """
        known = self.names.get(f"{field}:{id}") or self.names.get(id)
        return known[self.index] if known else self.value(id).replace("_", " ")

    def part(self, text: str) -> str:
        """Return this language's part of `English | 中文`, as a list of documents may say it; else the text."""
        parts = text.split(" | ")
        return parts[self.index] if len(parts) == len(LANGUAGES) else text

    def rule(self, id: str) -> str:
        """Return the name of a rule of repair; rules that worked together are joined by +."""
        return " + ".join(said.name(part, self.language, "rules") for part in id.split("+"))

    def form(self, id: str) -> str:
        """Return the name of a form of document (文种)."""
        return said.name(id, self.language, "forms")

    def coded(self, text: str) -> str:
        """Return `tool: words; tool: words`, as tables write evidence by tool, with the tools' names."""
        return re.sub(r"(?:^|(?<=; ))([\w.\-]+)(?=: )", lambda match: self.tool(match[1]), text)

    def sentence_case(self, text: str) -> str:
        """Return text that can begin a sentence."""
        return text[:1].upper() + text[1:] if self.language == "en" else text

    def inside(self, text: str) -> str:
        """Return a label as it stands inside a sentence: small letters in English, Chinese as it is."""
        return text.lower() if self.language == "en" else text

    def county(self, name: str | None, both: bool = False, code: str | None = None) -> str:
        """Return a county's name as the edition's readers can say it; `both` puts what the document writes beside it."""
        shown = said.place(name, self.language, code)
        beside = both and self.language != "zh" and isinstance(name, str) and shown != name and not name.isascii()
        return f"{name} ({shown})" if beside else shown

    def group(self, county: str | None, year: int | None, code: str | None = None) -> str:
        """Return the label of a county-year; a missing part is called unknown."""
        if (not isinstance(county, str) or not county) and year is None:
            return self("whole_corpus")
        return said.county_year(county, year, self.language, code)

    def side(self, county: str | None, code: str | None, year: int | None) -> str:
        """Return the label of one side of a comparison: a county-year, a county, a year, or all others."""
        if year is None:
            return self.value("rest") if county is None else self.county(county, code=code)
        return said.year_name(year, self.language) if county is None else self.group(county, year, code)

    def join(self, parts: list[str]) -> str:
        """Join a list as one says it: a, b and c."""
        return said.join(parts, self.language)
