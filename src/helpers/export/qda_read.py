"""Codings made in NVivo, MAXQDA, ATLAS.ti or QualCoder, back from a REFI-QDA project (.qdpx) to units and codes.

The file comes from elsewhere: it is read in memory and within limits, nothing is unpacked to disk, no entity is resolved,
and what does not fit becomes a problem with its place, never a crash.
"""

import unicodedata
import zipfile
from bisect import bisect_right
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import pandas as pd
from lxml import etree

from helpers import structure
from helpers.codebook import STATEMENTS, Codebook
from helpers.export import qda
from helpers.export.qda import CODINGS, NAMESPACE, QdaError

MAX_ENTRIES, MAX_PROJECT, MAX_SOURCE = 100_000, 256 * 2**20, 64 * 2**20
MAX_ELEMENTS, MAX_ATTRIBUTES = 2_000_000, 10_000_000
_SHOWN = 40  # characters of a text in a message


@dataclass(frozen=True)
class Imported:
    """`codings`: unit_id, coder, code, start, end (within the unit); `problems`: one sentence each, with file and place."""

    codings: pd.DataFrame
    problems: list[str]


@dataclass
class _Text:
    """The text of one source of the project, and where the units of its document stand in it."""

    name: str
    text: str
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    units: list[str] = field(default_factory=list)


def read_qdpx(
    path: str | Path, documents: pd.DataFrame, texts: dict[str, str], spans: pd.DataFrame, codebook: Codebook
) -> Imported:
    """Read the codings of a project onto our units.

    Sources are known again by identifier, name or text; codes by identifier or by their name in either language. Listed
    as problems: unknown codes and sources, texts that were changed, selections over several units or outside of all.
    Raises QdaError when the file is no REFI-QDA project or breaks the limits.
    """
    path = Path(path)
    with _open(path) as archive:
        root = _root(_member(archive, _project_name(archive, path), MAX_PROJECT, path), path)
        reader = _Reader(path.name, root, documents, texts, spans, codebook)
        for source in root.iter(_tag("TextSource")):
            reader.source(source, archive)
    frame = pd.DataFrame(reader.rows, columns=CODINGS).drop_duplicates()
    return Imported(frame.sort_values(CODINGS, kind="stable").reset_index(drop=True), reader.problems)


def as_coders(codings: pd.DataFrame, codebook: Codebook) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Return {coder: unit, statement, tools (a;b)} as a coder's sheet gives them, and what is wrong by unit and coder."""
    coders, problems = {}, []
    for coder, own in codings[codings["code"] != qda.TO_CODE].groupby("coder", sort=True):
        rows = []
        for unit, codes in own.groupby("unit_id", sort=True)["code"]:
            said = sorted(set(codes) & set(STATEMENTS))
            tools = sorted(set(codes) & set(codebook.tools), key=codebook.tools.index)
            if len(said) != 1:
                what = f"has two statements ({', '.join(said)}); keep one" if said else "has tools but no statement; choose one"
                problems.append(f"coder {coder}, unit {unit}: {what}")
                continue
            if tools and said[0] in codebook.without_tools:
                problems.append(
                    f"coder {coder}, unit {unit}: a {said[0]} sentence has no tools; remove them or change the statement"
                )
                tools = []
            if len(tools) > codebook.max_tools:
                problems.append(f"coder {coder}, unit {unit}: more than {codebook.max_tools} tools ({', '.join(tools)})")
            rows.append((unit, said[0], ";".join(tools)))
        coders[coder] = pd.DataFrame(rows, columns=["unit", "statement", "tools"])
    return coders, problems


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _open(path: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise QdaError(f"{path}: no such file; give the .qdpx that the other program exported") from None
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise QdaError(f"{path.name}: is no REFI-QDA project (no valid zip); export it again as .qdpx") from None
    if len(archive.infolist()) > MAX_ENTRIES:
        archive.close()
        raise QdaError(f"{path.name}: holds more than {MAX_ENTRIES:,} files and was not read")
    return archive


def _project_name(archive: zipfile.ZipFile, path: Path) -> str:
    names = sorted((n for n in archive.namelist() if n.lower().endswith(".qde")), key=lambda n: (n.count("/"), n))
    if not names:
        raise QdaError(f"{path.name}: holds no project.qde; export it again as a REFI-QDA project (.qdpx), not as a code book")
    return names[0]


def _member(archive: zipfile.ZipFile, name: str, limit: int, path: Path) -> bytes:
    """Read one member, never more than `limit` bytes whatever its header says."""
    try:
        with archive.open(name) as file:
            data = file.read(limit + 1)
    except (KeyError, zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError) as error:
        raise QdaError(f"{path.name}: {name} in it cannot be read ({type(error).__name__}); export it again") from None
    except Exception as error:  # zlib.error, lzma.LZMAError: each decompressor has its own
        raise QdaError(f"{path.name}: {name} in it is damaged ({type(error).__name__}); export it again") from None
    if len(data) > limit:
        raise QdaError(f"{path.name}: {name} in it is larger than {limit // 2**20} MB and was not read")
    return data


def _root(data: bytes, path: Path) -> etree._Element:
    if data.count(b"<") > 2 * MAX_ELEMENTS or data.count(b"=") > MAX_ATTRIBUTES:
        raise QdaError(f"{path.name}: project.qde has more than {MAX_ELEMENTS:,} elements and was not read; export it in parts")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise QdaError(f"{path.name}: project.qde is no valid XML ({' '.join(str(error).split())[:120]})") from None
    if root.getroottree().docinfo.doctype:
        raise QdaError(f"{path.name}: project.qde has a document type declaration and was not read")
    if root.tag != _tag("Project"):
        raise QdaError(f"{path.name}: project.qde is no REFI-QDA project 1.0 (its root is {root.tag})")
    return root


class _Reader:
    """Maps one project onto our documents, units and codes, source by source."""

    def __init__(self, file: str, root, documents: pd.DataFrame, texts: dict[str, str], spans: pd.DataFrame, codebook: Codebook):
        self._file, self._texts, self._codebook = file, texts, codebook
        self.rows: list[tuple] = []
        self.problems: list[str] = []
        self._spans = dict(list(spans.groupby("doc_id", sort=False)))
        self._users = {_plain(u.get("guid")): (u.get("name") or u.get("id") or "unknown") for u in root.iter(_tag("User"))}
        self._codes = self._known_codes(root)
        self._documents = {}
        for row in documents.itertuples(index=False):
            stem = row.source_file.rsplit(".", 1)[0]
            for key in (stem, row.doc_id, row.source_file, qda.guid("source", row.doc_id)):
                self._documents[_name(key)] = row.doc_id
        self._by_text = {structure.text_key(text): doc_id for doc_id, text in texts.items()}

    def _known_codes(self, root) -> dict[str, tuple[str, str]]:
        """Return {guid in the project: (code or "", its name there)}."""
        ours, by_name = qda.code_guids(self._codebook), {}
        for tool in self._codebook.tool_list:
            both = f"{tool.names['en']} {tool.names['zh']}"
            by_name |= dict.fromkeys(map(_name, (tool.id, *tool.names.values(), both)), tool.id)
        for name, label in qda.STATEMENT_NAMES.items():
            by_name |= dict.fromkeys(map(_name, (name, label, *label.rsplit(" ", 1))), name)
        found = {}
        for code in root.iter(_tag("Code")):
            there, name = _plain(code.get("guid")), code.get("name") or ""
            found[there] = (ours.get(there) or by_name.get(_name(name), ""), name)
        return found

    def _say(self, problem: str) -> None:
        self.problems.append(f"{self._file}: {problem}")

    def source(self, source, archive: zipfile.ZipFile) -> None:
        name = source.get("name") or source.get("guid") or "a text without name"
        selections = list(source.iter(_tag("PlainTextSelection")))
        if not selections:
            return
        try:
            text = self._text_of(source, archive)
        except QdaError as error:
            self._say(f"{name}: {str(error).removeprefix(self._file + ': ')}")
            return
        doc_id = next((d for d in (self._documents.get(_name(k)) for k in (source.get("guid"), name)) if d), None)
        doc_id = doc_id or self._by_text.get(structure.text_key(text))
        if doc_id is None or doc_id not in self._spans:
            self._say(f"{name}: is no document of this corpus; its {len(selections)} selections were left out")
            return
        place = self._placed(name, text, doc_id)
        for selection in selections:
            self._selection(place, selection)

    def _text_of(self, source, archive: zipfile.ZipFile) -> str:
        content, inside = source.find(_tag("PlainTextContent")), source.get("plainTextPath") or ""
        if content is not None:
            return content.text or ""
        if not inside.startswith("internal://"):
            raise QdaError("its plain text is not inside the project; export it with its sources")
        wanted = inside.removeprefix("internal://").lower()
        member = next((n for n in archive.namelist() if n.lower() in (f"sources/{wanted}", wanted)), "sources/" + wanted)
        try:
            return _member(archive, member, MAX_SOURCE, Path(self._file)).decode("utf-8")
        except UnicodeDecodeError:
            raise QdaError("its text is not UTF-8; export it again") from None

    def _placed(self, name: str, text: str, doc_id: str) -> _Text:
        """Find the units in the project's text: in their places where it is ours, else one after the other."""
        rows, ours = self._spans[doc_id], self._texts[doc_id]
        if text == ours:
            return _Text(name, text, rows["start"].tolist(), rows["end"].tolist(), rows["unit_id"].tolist())
        place, position, lost = _Text(name, text), 0, []
        breaks = "\r\n" if "\r\n" in text and "\r\n" not in ours else "\n"
        for unit, start, end in zip(rows["unit_id"], rows["start"], rows["end"], strict=True):
            wanted = ours[start:end].replace("\n", breaks)
            at = text.find(wanted, position)
            if at < 0:
                lost.append(unit)
                continue
            position = at + len(wanted)
            place.starts.append(at)
            place.ends.append(position)
            place.units.append(unit)
        if lost:
            shown = ", ".join(lost[:5]) + (" …" if len(lost) > 5 else "")
            self._say(f"{name}: its text was changed; {len(lost)} of {len(rows)} units are not in it any more: {shown}")
        return place

    def _selection(self, place: _Text, selection) -> None:
        codings = list(selection.iter(_tag("Coding")))
        try:
            start, end = int(selection.get("startPosition")), int(selection.get("endPosition"))
        except (TypeError, ValueError):
            self._say(f"{place.name}: a selection has no whole numbers as its place")
            return
        where = f"{place.name}, characters {start}-{end}"
        if not 0 <= start < end <= len(place.text):
            self._say(f"{where}: outside the text of {len(place.text)} characters")
            return
        found = self._unit(place, start, end)
        shown = " ".join(place.text[start:end].split())[:_SHOWN]
        if isinstance(found, str):
            self._say(f"{where} “{shown}”: {found}")
            return
        for coding in codings:
            if code := self._code(coding, f"{where} “{shown}”"):
                user = _plain(coding.get("creatingUser") or selection.get("creatingUser"))
                self.rows.append((found[0], self._users.get(user, "unknown"), code, found[1], found[2]))

    def _unit(self, place: _Text, start: int, end: int) -> tuple[str, int, int] | str:
        """Return the unit and the place in it, or what is wrong. Blanks and marks over the edge of a unit do no harm."""
        first = max(bisect_right(place.starts, start) - 1, 0)
        touched = []
        for i in range(first, len(place.starts)):
            if place.starts[i] >= end:
                break
            low, high = max(start, place.starts[i]), min(end, place.ends[i])
            if low < high:
                touched.append((i, low, high))
        said = [t for t in touched if structure.text_key(place.text[t[1] : t[2]])] or touched[:1]
        if not said:
            return "is in no unit (a heading, or text that was changed)"
        if len(said) > 1:
            return f"spans {len(said)} units; code each of them"
        i, low, high = said[0]
        outside = place.text[start:low] + place.text[high:end]
        if len(structure.text_key(outside)) > len(structure.text_key(place.text[low:high])):
            return "lies mostly outside of any unit (a heading, or text that was changed)"
        shift = place.starts[i]
        return place.units[i], low - shift, high - shift

    def _code(self, coding, where: str) -> str:
        reference = coding.find(_tag("CodeRef"))
        target = _plain(reference.get("targetGUID")) if reference is not None else ""
        code, name = self._codes.get(target, ("", ""))
        if not code:
            labels = [*self._codebook.tools, *STATEMENTS]
            near = get_close_matches(name, labels, 1, 0.5)
            hint = f"; did you mean {near[0]}?" if near else "; use the codes of the exported code book"
            self._say(f"{where}: {name or target or 'a coding without code'!r} is no code of the codebook{hint}")
        return code


def _plain(guid: str | None) -> str:
    return (guid or "").strip("{}").lower()


def _name(name: str | None) -> str:
    return " ".join(unicodedata.normalize("NFKC", name or "").casefold().split()).strip("{}")
