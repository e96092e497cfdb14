"""All metadata of one document with the source of each field; a doubt is written down, never settled by a guess."""

import re

from helpers.structure.dates import date_document
from helpers.structure.places import locate
from helpers.structure.titles import form_of, headline_of, issuer_of, labelled_issuer, number_of, read_head, title_of

_YEAR_IN_NAME = re.compile(r"(?<!\d)(20[0-2]\d)(?!\d)")
_LINE = re.compile(r"[^\r\n]+")
FIELDS = ("county", "province", "year", "title", "issuer", "doc_number", "issued_date")


def metadata(clean_text: str, file_name: str = "", furniture: str = "") -> dict:
    """Read the metadata of a document from its clean text.

    `furniture` is page furniture that the repair took out (site name, labels such as 成文日期): it still helps to find the
    place, number and date. Returns county, county_code, city, province, year, title, issuer, doc_number, doc_form,
    issued_date (empty or None where the text does not say), `<field>_source` (text, filename or unknown) and `flags`, a list.
    """
    lines = [line.strip(" \t\u3000\xa0") for line in _LINE.findall(clean_text)]
    lines = [line for line in lines if line]
    labels = [line.strip(" \t\u3000\xa0") for line in _LINE.findall(furniture)][:40]
    head = read_head(lines)
    title = title_of(head, lines, labels)
    headline = "" if title else headline_of(head, furniture)
    title = title or headline
    doc_number = number_of(head) or number_of(read_head(labels))
    issuer = issuer_of(head, lines) or labelled_issuer(labels)
    dated = date_document(title, doc_number, labels + list(head.lines), lines[-25:], clean_text)
    year, year_source, flags = dated.year, "text" if dated.year else "unknown", list(dated.flags)
    flags += ["title is the headline of the page"] if headline else []
    if year is None and (found := _YEAR_IN_NAME.search(file_name)):
        year, year_source = int(found.group(1)), "filename"
    head_text = "\n".join([*labels, *head.lines])
    body = clean_text if not head.lines else "\n".join(lines[len(head.lines) :])
    notice = head.notice or "\n".join(head.titles[:2])
    place = locate(f"{title}\n{notice}", issuer, doc_number, head_text, body, file_name, year)
    found = {
        "county": place.county,
        "county_code": place.code,
        "city": place.city,
        "province": place.province,
        "year": year,
        "title": title,
        "issuer": issuer,
        "doc_number": doc_number,
        "doc_form": form_of(title, clean_text),
        "issued_date": dated.date,
        "year_source": year_source,
        "county_source": place.source if place.county else "unknown",
        "province_source": ("text" if place.source == "unknown" else place.source) if place.province else "unknown",
        "flags": flags + list(place.flags),
    }
    for field in ("title", "issuer", "doc_number", "issued_date"):
        found[f"{field}_source"] = "text" if found[field] else "unknown"
    return found
