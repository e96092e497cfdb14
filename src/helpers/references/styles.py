"""One work in the styles that journals ask for."""

import re
from collections.abc import Iterable

from helpers.references.works import Work

_GBT_TYPE = {"article": "J", "book": "M", "chapter": "C", "report": "R", "preprint": "EB/OL"}
_BIBTEX_TYPE = {"article": "article", "book": "book", "chapter": "inproceedings", "report": "techreport", "preprint": "misc"}
_NAMED = 3  # authors that GB/T 7714 writes out
_TEX = {"&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_", "–": "--", "’": "'"}


def apa(work: Work) -> str:
    """Write a work in APA style (7th edition); *…* is set in italics.

    >>> from helpers.references import works
    >>> apa(works()["kuhn1955"])[:75]
    'Kuhn, H. W. (1955). The Hungarian method for the assignment problem. *Naval'
    """
    authors = work.authors[0] if len(work.authors) == 1 else f"{', '.join(work.authors[:-1])}, & {work.authors[-1]}"
    if work.language == "zh":
        authors = "，".join(work.authors)
    head = f"{authors} ({work.year})."
    edition = f" ({_ordinal(work.edition)} ed.)" if work.edition else ""
    if work.container:
        issue = f"({work.number})" if work.number else ""
        pages = f", {work.pages}" if work.pages else ""
        place = f"*{work.container}{f', {work.volume}' if work.volume else ''}*{issue}{pages}"
        body = f"{work.title}. {place}."
    else:
        number = f" ({work.number})" if work.number else ""
        body = f"*{work.title}*{edition}{number}." + (f" {work.publisher}." if work.publisher else "")
    return " ".join(part for part in (head, body, _link(work)) if part)


def gbt(work: Work, numeric: bool = False) -> str:
    """Write a work as GB/T 7714—2015 asks: by author and year, or, if `numeric`, for a numbered list (without its number).

    >>> from helpers.references import works
    >>> gbt(works()["lee1999"])[:80]
    'LEE D D, SEUNG H S, 1999. Learning the parts of objects by non-negative matrix f'
    """
    chinese = work.language == "zh"
    names = [name if chinese else _gbt_name(name) for name in work.authors[:_NAMED]]
    authors = ", ".join(names) + ((", 等" if chinese else ", et al") if len(work.authors) > _NAMED else "")
    year, kind = str(work.year), _GBT_TYPE[work.type]
    head = f"{authors}." if numeric else f"{authors}, {year}."
    title, pages = work.title, f": {_hyphen(work.pages)}" if work.pages else ""
    match work.type:
        case "article":
            issue = f"({_hyphen(work.number)})" if work.number else ""
            when = [year] if numeric else []
            parts = ", ".join([work.container, *when, *([work.volume + issue] if work.volume else [])])
            body = f"{title}[{kind}]. {parts}{pages}."
        case "chapter":
            volume = (f": 第{work.volume}卷" if chinese else f": Vol. {work.volume}") if work.volume else ""
            body = f"{title}[{kind}]//{work.container}{volume}.{f' {year}' if numeric else ''}{pages}"
            body = body if body.endswith(".") else f"{body}."
        case "preprint":
            body = f"{title}: {work.number}[{kind}].{f' ({year}).' if numeric else ''} {work.url}."
        case _:
            number = f": {work.number}" if work.number else ""
            edition = (f" {work.edition}版." if chinese else f" {_ordinal(work.edition)} ed.") if work.edition else ""
            publisher = f" {work.publisher}" if work.publisher else ""
            body = f"{title}{number}[{kind}].{edition}{publisher}{f', {year}' if numeric else ''}."
    return f"{head} {body}" + (f" DOI: {work.doi}." if work.doi else "")


def bibtex(works: Iterable[Work]) -> str:
    """Write works as the text of a BibTeX file, an entry each.

    >>> from helpers.references import works
    >>> print(bibtex([works()["rothwell1985"]]), end="")
    @book{rothwell1985,
      author = {Rothwell, R. and Zegveld, W.},
      title = {{Reindustrialization and technology}},
      year = {1985},
      publisher = {Longman},
    }
    """
    return "\n".join(_entry(work) for work in works)


def _entry(work: Work) -> str:
    where = {"article": "journal", "chapter": "booktitle"}.get(work.type, "")
    fields = {
        "author": " and ".join(_tex(name) for name in work.authors),
        "title": f"{{{_tex(work.title)}}}",
        "year": str(work.year),
    }
    if where:
        fields[where] = _tex(work.container)
    plain = "howpublished" if work.type == "preprint" else "number"
    fields |= {"volume": work.volume, plain: _tex(work.number), "pages": _tex(work.pages)}
    fields |= {
        "edition": _ordinal(work.edition) if work.edition else "",
        ("institution" if work.type == "report" else "publisher"): _tex(work.publisher),
    }
    fields |= {"doi": work.doi, "url": work.url}
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{_BIBTEX_TYPE[work.type]}{{{work.key},", *lines, "}\n"])


def _link(work: Work) -> str:
    return f"https://doi.org/{work.doi}" if work.doi else work.url


def _gbt_name(name: str) -> str:
    """Write “Ruiz Estrada, M. A.” as “RUIZ ESTRADA M A”."""
    family, _, given = name.partition(", ")
    initials = re.findall(r"[^\W\d_](?=\.)", given)
    return " ".join([family.upper(), *initials])


def _hyphen(text: str) -> str:
    return text.replace("–", "-")


def _tex(text: str) -> str:
    return "".join(_TEX.get(letter, letter) for letter in text)


def _ordinal(number: str) -> str:
    return {"1": "1st", "2": "2nd", "3": "3rd"}.get(number, f"{number}th")
