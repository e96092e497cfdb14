"""What stands where in a paper; its sentences are those that the report makes from the facts of the run."""

from helpers import references
from helpers.paper import tables
from helpers.paper.cited import in_order
from helpers.paper.model import Figure, Heading, Paper, Paragraph, References, Table
from helpers.report import sections
from helpers.report.material import Material
from helpers.report.model import Figure as Shown
from helpers.report.model import More, Prose, Report
from helpers.report.words import Words

# For each part of the results: the finding that opens it, its tables, and the figures, each with what may stand for it.
_RESULTS = {
    "tools": (
        "finding-tools", ("tools", "types"),
        (("type_mix", "type_shares_corrected"), ("tools_by_county_year",), ("tools_and_stages", "tools_by_stage")),
    ),
    "topics": ("finding-topics", ("topics",), (("topic_shares_heat",),)),
    "compare": ("finding-change", ("changes",), (("change",), ("similarity",))),
    "commitments": ("finding-commitments", (), (("targets_by_year", "commitment_timeline"),)),
    "validity": ("finding-reliability", ("agreement",), (("f1_by_tool",),)),
}  # fmt: skip


def of(material: Material, words: Words, style: str) -> Paper:
    """Return the paper of one run in the language of `words`, its references in `style`."""
    report = sections.edition(material, words)  # it also tells `words` the facts of the run
    author = str(material.run.get("parameters", {}).get("author", "")).strip()
    paper = Paper(words, style, report.title, author)
    paper.blocks = [*_methods(report, material, words), *_results(report, material, words), *_limits(report, words)]
    texts = [getattr(block, part, "") for block in paper.blocks for part in ("text", "note")]
    paper.works = in_order(texts) if style == "gbt" else references.cited("\n".join(texts))
    entry = references.apa if style == "apa" else _numbered
    paper.references = [entry(work) for work in paper.works]
    paper.blocks += [References()] if paper.works else []
    if (table := tables.coding(material, words)) is not None:
        paper.blocks += [Heading(words("paper.part_appendix"), appendix=True), table]
    return paper


def printed(material: Material, words: Words) -> list[Table]:
    """Return the tables that count, as the paper prints them."""
    sections.inform(material, words)
    made = (tables.MADE[name](material, words) for _, names, _ in _RESULTS.values() for name in names)
    return [tables.documents(material, words), *(table for table in made if table is not None)]


def _numbered(work: references.Work) -> str:
    return references.gbt(work, numeric=True)


def _methods(report: Report, material: Material, words: Words) -> list:
    blocks = [Heading(words("paper.part_methods")), Heading(words("paper.part_documents"), 2)]
    blocks += [Paragraph(tables.documents_text(material, words), ("documents",)), tables.documents(material, words)]
    method = next(section for section in report.sections if section.id == "method")
    for part in method.blocks:
        if isinstance(part, Prose) and part.title:
            blocks += [Heading(part.title, 2), Paragraph(part.text)]
    return blocks


def _results(report: Report, material: Material, words: Words) -> list:
    """Return the parts of the results: what the finding says, or where there is none what opens the report's section."""
    findings = {finding.id: finding for finding in report.findings}
    leads = {section.id: next((b.text for b in section.blocks if isinstance(b, Prose)), "") for section in report.sections}
    pictures = _figures(report)
    blocks: list = [Heading(words("paper.part_results"))]
    for part, (finding, names, wanted) in _RESULTS.items():
        made = [table for name in names if (table := tables.MADE[name](material, words)) is not None]
        drawn = [pictures[name] for either in wanted if (name := next((n for n in either if n in pictures), None))]
        told = leads.get(part, "")
        if finding in findings:
            told = words("paper.finding", headline=findings[finding].headline, text=findings[finding].text)
        elif not made:
            continue
        keys = tuple(block.key for block in (*made, *drawn))
        blocks += [Heading(words(f"paper.r_{part}"), 2), Paragraph(told, keys), *made, *drawn]
    return blocks


def _figures(report: Report) -> dict[str, Figure]:
    """Return all figures of the report by name, those behind a click and in its appendix too."""
    blocks = [part for section in report.sections for block in section.blocks for part in _inside(block)]
    return {b.name: Figure(f"figure-{b.name}", b.name, b.caption, b.path) for b in blocks if isinstance(b, Shown)}


def _inside(block) -> list:
    if isinstance(block, More):
        return [part for value in vars(block).values() if isinstance(value, list) for part in value]
    return [block]


def _limits(report: Report, words: Words) -> list:
    limits = next(section for section in report.sections if section.id == "limits")
    return [Heading(words("paper.part_limits")), *(Paragraph(part.text) for part in limits.blocks if isinstance(part, Prose))]
