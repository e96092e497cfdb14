"""What stands first: the answer in two sentences, and what to beware of in one."""

from helpers.language import percent
from helpers.report import changes, findings, results
from helpers.report.material import Material
from helpers.report.words import Words
from helpers.shares import best
from helpers.structure import lineages

_TOP = 3


def write(material: Material, words: Words) -> list[str]:
    """Return the paragraphs above the findings; none where no share was made."""
    answer = _answer(material, words)
    return [answer, _beware(material, words)] if answer else []


def _answer(material: Material, words: Words) -> str:
    """Say in which share of all sentences each type of tool is used, the commonest first, and which tools are used most."""
    shares = material["tool_shares"]
    whole = shares[shares["county"].isna() & shares["year"].isna() & (shares["n_units"] > 0)]
    if not len(whole):
        return ""
    whole = whole.assign(best=best).sort_values(["best", "tool_type", "tool"], ascending=[False, True, True], kind="stable")
    known = words.facts["default_codebook"]
    parts = []
    for row in whole[whole["tool"].isna()].itertuples():
        gloss = words(f"report.brief_gloss.{row.tool_type}") if known and row.tool_type in results.GLOSSED else ""
        name = words.inside(words.tool(row.tool_type))
        part = words("brief_type", type=name, gloss=gloss, share=percent(row.best), first=not parts)
        parts.append(words.sentence_case(part) if not parts else part)
    tools = [words("quoted", name=words.tool(row.tool)) for row in whole[whole["tool"].notna()].head(_TOP).itertuples()]
    return words("brief", types=words("brief_then").join(parts), tools=words.join(tools), n_types=len(parts))


def _beware(material: Material, words: Words) -> str:
    """Say what the numbers rest on: how many documents, whose codes, and that texts are not deeds."""
    documents = material.documents
    measures = words("brief_then").join(findings.measured_shortly(material, words))
    return words(
        "brief_beware", n=len(documents), counties=lineages(documents).nunique(), forms=changes.several_forms(documents),
        measures=measures, against=words("gold.against"), measured=bool(measures), elsewhere=words.facts["gold"] == "none",
    )  # fmt: skip
