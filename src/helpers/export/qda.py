"""Documents and codes as a REFI-QDA project (.qdpx), which NVivo, MAXQDA, ATLAS.ti and QualCoder open.

The format: REFI-QDA project exchange 1.0 (Rotterdam Exchange Format Initiative, 2019): a zip with `project.qde`
(`urn:QDA-XML:project:1.0`) and the plain texts as `sources/<guid>.txt` in UTF-8. Positions count code points of the text,
from 0, the end is one past the last. Same tables, same bytes: identifiers are made of names, there is no clock.
"""

import re
import uuid
import zipfile
from io import BytesIO
from pathlib import Path

import pandas as pd
from lxml import etree

from helpers import store, structure
from helpers.codebook import STATEMENTS, Codebook
from helpers.colours import PALETTE

NAMESPACE = "urn:QDA-XML:project:1.0"
CODINGS = ["unit_id", "coder", "code", "start", "end"]
OWNER = "coder"  # the first user: whom a program that asks for no name takes its coder to be
TO_CODE = "to_code"  # marks the units of a sample, so that a coder finds them
STATEMENT_NAMES = {
    "measure": "Measure 措施", "goal": "Goal 目标", "background": "Background 背景", "other": "Other 其他",
    TO_CODE: "To be coded 待编码",
}  # fmt: skip
_BASE = uuid.uuid5(uuid.NAMESPACE_URL, "https://www.qdasoftware.org/county-policy-notebooks")
_CLOCK, _CREATED = (2025, 1, 1, 0, 0, 0), "2025-01-01T00:00:00Z"
_GREY = "#6B7280"
_MEANING = ("Counts", "Does not count", "计入", "不计入")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class QdaError(ValueError):
    """A project cannot be written or read; the message says why and what to do."""


def guid(kind: str, *names: object) -> str:
    """Return the identifier of a thing: the same for the same names on every machine."""
    return str(uuid.uuid5(_BASE, "\x1f".join([kind, *map(str, names)])))


def unit_spans(units: pd.DataFrame, texts: dict[str, str]) -> pd.DataFrame:
    """Find each unit in its clean text; returns unit_id, doc_id, start, end (code points) in the order of the texts.

    Raises QdaError when the texts give other units than the table holds.
    """
    parts = []
    for doc_id, rows in units.sort_values(["doc_id", "position"], kind="stable").groupby("doc_id", sort=True):
        found = structure.units(texts[doc_id])
        if [u.text for u in found] != rows["text"].tolist():
            raise QdaError(f"{doc_id}: its text gives other units than the table; run `python -m helpers report` again")
        spans = {"start": [u.start for u in found], "end": [u.end for u in found]}
        parts.append(pd.DataFrame({"unit_id": rows["unit_id"].tolist(), "doc_id": doc_id, **spans}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["unit_id", "doc_id", "start", "end"])


def machine_codings(units: pd.DataFrame, codes: pd.DataFrame, unit_tools: pd.DataFrame) -> pd.DataFrame:
    """Return the tables' codes as codings: unit_id, coder, code, start, end (code points in the unit's text).

    A statement spans its unit; a tool its evidence, and where there is none the unit.
    """
    length = units.set_index("unit_id")["text"].str.len()
    said = codes.rename(columns={"statement": "code"})[["unit_id", "coder", "code"]]
    said = said.assign(start=0, end=said["unit_id"].map(length))
    used = unit_tools.rename(columns={"tool": "code", "evidence_start": "start", "evidence_end": "end"})
    used = used.merge(codes[["unit_id", "coder"]], on="unit_id", how="left")[CODINGS]
    used["code"] = used["code"].map(tool_code)
    whole = ~(used["end"] > used["start"]).fillna(False).astype(bool)
    used["start"] = used["start"].where(~whole, 0)
    used["end"] = used["end"].where(~whole, used["unit_id"].map(length))
    both = pd.concat([said[CODINGS], used], ignore_index=True)
    both = both.astype({"coder": object, "code": object, "start": "int64", "end": "int64"}).fillna({"coder": "unknown"})
    return both.sort_values(CODINGS, kind="stable").reset_index(drop=True)


def write_qdpx(
    path: str | Path,
    documents: pd.DataFrame,
    texts: dict[str, str],
    spans: pd.DataFrame,
    codings: pd.DataFrame,
    codebook: Codebook,
) -> Path:
    """Write a project with all documents, the code book and `codings` (unit_id, coder, code, start, end within the unit).

    Whole or not at all; the finished XML is read with models made from the official schema before it is put in place.
    """
    source_of = {row.doc_id: guid("source", row.doc_id) for row in documents.itertuples(index=False)}
    project = _project(documents, source_of, texts, spans, codings, codebook)
    conforms(project)

    def write(partial: Path) -> None:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            _add(archive, "project.qde", project)
            for doc_id, source in source_of.items():
                _add(archive, f"sources/{source}.txt", texts[doc_id].encode("utf-8"))

    return store.write_atomic(path, write)


def conforms(project: bytes) -> object:
    """Return `project.qde` as the official schema's model; raise QdaError where the XML has what the schema does not know."""
    from pyrefiqda.models import Project  # slow to import
    from xsdata.exceptions import ParserError
    from xsdata_pydantic.bindings import XmlParser

    try:
        return XmlParser().from_bytes(project, Project)
    except (ParserError, ValueError, TypeError) as error:
        raise QdaError(f"project.qde does not follow the REFI-QDA schema: {' '.join(str(error).split())[:300]}") from None


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _CLOCK)
    entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
    archive.writestr(entry, data)


def _project(documents, source_of, texts, spans, codings, codebook) -> bytes:
    buffer, coders = BytesIO(), sorted(set(codings["coder"]))
    owner = guid("user", OWNER)
    attributes = {
        "name": codebook.name("en"), "origin": "county-policy-notebooks", "creatingUserGUID": owner, "creationDateTime": _CREATED,
    }  # fmt: skip
    with etree.xmlfile(buffer, encoding="utf-8") as out:
        out.write_declaration(standalone=True)
        with out.element("Project", attributes, nsmap={None: NAMESPACE}):
            users = _element("Users")
            for coder in (OWNER, *(name for name in coders if name != OWNER)):
                users.append(_element("User", guid=guid("user", coder), name=coder))
            out.write(users)
            out.write(_code_book(codebook))
            out.write(_variables())
            by_document = dict(list(_placed(spans, codings, codebook).groupby("doc_id", sort=False)))
            with out.element(etree.QName(NAMESPACE, "Sources")):
                for row in documents.itertuples(index=False):
                    out.write(_source(row, source_of[row.doc_id], owner, texts[row.doc_id], by_document.get(row.doc_id)))
    return buffer.getvalue()


def _element(tag: str, text: str | None = None, **attributes: str) -> etree._Element:
    named = {k: _NOT_XML.sub("\ufffd", v) for k, v in attributes.items()}
    made = etree.Element(etree.QName(NAMESPACE, tag), named, nsmap={None: NAMESPACE})  # some readers know no prefixes
    made.text = _NOT_XML.sub("\ufffd", text) if text else None
    return made


def statement_id(name: str) -> str:
    """Return what the description of a statement's code says of it, in a name space of its own."""
    return f"statement.{name}"


def tool_code(tool: str) -> str:
    """Return what codings call a tool: its id, unless a statement is called so."""
    return f"tool.{tool}" if tool in STATEMENT_NAMES else tool


def code_guids(codebook: Codebook) -> dict[str, str]:
    """Return {guid: code} of all that can be coded: statements, tools, and the mark of a sample."""
    tools = {guid("tool", codebook.id, tool): tool_code(tool) for tool in codebook.tools}
    return tools | {guid("statement", name): name for name in (*STATEMENTS, TO_CODE)}


def _code_book(codebook: Codebook) -> etree._Element:
    codes = _element("Codes")
    branch = _element("Code", guid=guid("statement"), name="Statements 陈述类型", isCodable="false", color=_GREY)
    for name, label in STATEMENT_NAMES.items():
        code = _element("Code", guid=guid("statement", name), name=label, isCodable="true", color=_GREY)
        code.append(_element("Description", f"id: {statement_id(name)}"))
        branch.append(code)
    codes.append(branch)
    for number, kind in enumerate(codebook.types):
        colour = (codebook.colour(kind) or PALETTE[number % len(PALETTE)]).upper()
        parent = _element("Code", guid=guid("type", codebook.id, kind), name=codebook.both(kind), isCodable="false", color=colour)
        for tool in (t for t in codebook.tool_list if t.type == kind):
            called, target = codebook.both(tool.id), guid("tool", codebook.id, tool.id)
            child = _element("Code", guid=target, name=called, isCodable="true", color=colour)
            meaning = (tool.counts, tool.does_not_count, tool.counts_zh, tool.does_not_count_zh)
            told = [f"{what}: {text}" for what, text in zip(_MEANING, meaning, strict=True) if text]
            child.append(_element("Description", "\n".join([f"id: {tool.id}", *told])))
            parent.append(child)
        codes.append(parent)
    book = _element("CodeBook")
    book.append(codes)
    return book


def _variables() -> etree._Element:
    variables = _element("Variables")
    for name, kind in (("county", "Text"), ("year", "Integer")):
        variables.append(_element("Variable", guid=guid("variable", name), name=name, typeOfVariable=kind))
    return variables


def _placed(spans: pd.DataFrame, codings: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Return the codings with the code's identifier, the document and the place in its text; raise QdaError for a misfit."""
    targets = {code: target for target, code in code_guids(codebook).items()}
    strange = sorted(set(codings["code"]) - set(targets))
    if strange:
        raise QdaError(
            f"code {strange[0]!r} is not in the codebook {codebook.id}; give the codebook that the units were coded with"
        )
    placed = codings.drop_duplicates().assign(target=lambda frame: frame["code"].map(targets))
    placed = placed.merge(spans.rename(columns={"start": "unit_start", "end": "unit_end"}), on="unit_id", how="left")
    inside = (placed["start"] >= 0) & (placed["start"] < placed["end"])
    bad = placed[~inside | (placed["unit_start"] + placed["end"] > placed["unit_end"]) | placed["unit_start"].isna()]
    if len(bad):
        row = bad.iloc[0]
        raise QdaError(f"unit {row.unit_id}: the coding {row.code} at {row.start}-{row.end} is not within a known unit")
    places = {"first": placed["unit_start"] + placed["start"], "last": placed["unit_start"] + placed["end"]}
    return placed.assign(**places).sort_values(["doc_id", "first", "last", "code", "coder"], kind="stable")


def _source(row, source: str, owner: str, text: str, placed: pd.DataFrame | None) -> etree._Element:
    made = _element(
        "TextSource",
        guid=source,
        name=row.source_file,
        plainTextPath=f"internal://{source}.txt",
        creatingUser=owner,
        creationDateTime=_CREATED,
    )
    for r in () if placed is None else placed.itertuples(index=False):
        made.append(_selection(row.doc_id, text, r))
    for name, kind, value in (("county", "TextValue", row.county), ("year", "IntegerValue", row.year)):
        if pd.notna(value):
            held = _element("VariableValue")
            held.append(_element("VariableRef", targetGUID=guid("variable", name)))
            held.append(_element(kind, str(value)))
            made.append(held)
    return made


def _selection(doc_id: str, text: str, r) -> etree._Element:
    """Return one coding with its place: some programs read the first coding of a selection only."""
    first, last, user = int(r.first), int(r.last), guid("user", r.coder)
    made = _element(
        "PlainTextSelection", guid=guid("selection", doc_id, first, last, r.code, r.coder),
        name=" ".join(text[first:last].split())[:60], startPosition=str(first), endPosition=str(last), creatingUser=user,
        creationDateTime=_CREATED,
    )  # fmt: skip
    coding = _element(
        "Coding", guid=guid("coding", r.unit_id, first, last, r.code, r.coder), creatingUser=user, creationDateTime=_CREATED
    )
    coding.append(_element("CodeRef", targetGUID=r.target))
    made.append(coding)
    return made
