"""All metadata of one document with the source of each field; a doubt is written down, never settled by a guess."""

import re

from helpers.language.reasons import coded
from helpers.repair.labels import read_labels, without_labels
from helpers.structure.dates import date_document
from helpers.structure.places import locate
from helpers.structure.titles import Head, form_of, headline_of, issuer_of, number_of, read_head, title_of

_YEAR_IN_NAME = re.compile(r"(?<!\d)(20[0-2]\d)(?!\d)")
_LINE = re.compile(r"[^\r\n]+")


def metadata(clean_text: str, file_name: str = "", furniture: str = "") -> dict:
    """Read the metadata of a document from its clean text.

    `furniture` is page furniture that the repair took out (site name, labels such as 成文日期): it still helps to find the
    place, number and date. Returns county, county_code, city, province, year, title, issuer, doc_number, doc_form,
    issued_date (empty or None where the text does not say), `<field>_source` (text, filename or unknown) and `flags`, a list.
    """
    labelled = _labelled(f"{furniture}\n", clean_text)
    lines = _lines(without_labels(clean_text))
    labels = _lines(furniture)[:40]
    head = read_head(lines)
    title = title_of(head, lines, labels, labelled.get("title", ""))
    headline = "" if title else headline_of(head, furniture)
    title = title or headline
    numbered = Head((labelled["doc_number"],), (), "") if "doc_number" in labelled else read_head(labels)
    doc_number = number_of(head) or number_of(numbered)
    issuer = issuer_of(head, lines, labelled.get("issuer", ""))
    dated = date_document(title, doc_number, labelled, list(head.lines), lines[-25:], "\n".join(lines))
    year, year_source, flags = dated.year, "text" if dated.year else "unknown", list(dated.flags)
    flags += [coded("title_headline")] if headline else []
    if year is None and (found := _YEAR_IN_NAME.search(file_name)):
        year, year_source = int(found.group(1)), "filename"
    head_text = "\n".join([*labels, *head.lines])
    body = "\n".join(lines[len(head.lines) :])
    notice = head.notice or "\n".join(head.titles[:2])
    spoken = f"{notice}\n{title}" if head.notice else f"{title}\n{notice}"
    place = locate(spoken, issuer, doc_number, head_text, body, file_name, year)
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


def _lines(text: str) -> list[str]:
    lines = (line.strip(" \t\u3000\xa0") for line in _LINE.findall(text))
    return [line for line in lines if line]


def _labelled(*texts: str) -> dict[str, str]:
    """First value of each field of the page's labels; 成文日期 before 生成日期, which portals fill in as they like."""
    found = [label for text in texts for label in read_labels(text) if label.value]
    found.sort(key=lambda label: label.field == "dated" and not label.name.startswith(("成文", "签发")))
    return {label.field: label.value for label in reversed(found)}
