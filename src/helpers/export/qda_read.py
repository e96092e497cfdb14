"""Codings made in QualCoder, NVivo, MAXQDA or ATLAS.ti, back from a REFI-QDA project (.qdpx) to units and codes.

The file comes from elsewhere: it is read in memory and within limits, nothing is unpacked to disk, no entity is resolved,
and what does not fit becomes a problem with its place, never a crash.
"""

import re
import unicodedata
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from helpers import structure
from helpers.codebook import STATEMENTS, Codebook
from helpers.export import qda
from helpers.export.qda import CODINGS, QdaError
from helpers.export.qda_archive import MAX_PROJECT, MAX_SOURCE, member, opened, project_name, root_of, tag
from helpers.export.qda_coders import as_coders
from helpers.export.qda_places import Countings, Placed, Selection, Uncounted, locate, plain

__all__ = ["MAX_PROJECT", "Imported", "as_coders", "read_qdpx"]
_SHOWN = 40  # characters of a text in a message
_ID = re.compile(r"(?m)^\s*id:\s*([\w.\-]+)\s*$")


@dataclass(frozen=True)
class Imported:
    """`codings`: unit_id, coder, code, start, end (within the unit); `problems`: one sentence each, with file and place.

    `notes`: unit_id, coder, note: what coders wrote beside their codings. Users of one name have numbers behind it.
    """

    codings: pd.DataFrame
    problems: list[str]
    notes: pd.DataFrame


def read_qdpx(
    path: str | Path, documents: pd.DataFrame, texts: dict[str, str], spans: pd.DataFrame, codebook: Codebook
) -> Imported:
    """Read the codings of a project onto our units.

    Sources (texts, and the texts that a program made of PDF files) are known again by identifier, name or text; codes by
    identifier, by the `id:` line of their description, or by their name in either language; places by the way of counting
    that fits (`qda_places`). Listed as problems: sources that were not read, unknown codes with their counts, texts that were
    changed, selections over several units or outside of all, notes that belong to no coded unit.
    Raises QdaError when the file is no REFI-QDA project or breaks the limits.
    """
    path = Path(path)
    with opened(path) as archive:
        root = root_of(member(archive, project_name(archive, path), MAX_PROJECT, path), path)
        reader = _Reader(path.name, root, documents, texts, spans, codebook, archive)
        reader.all(root)
    frame = pd.DataFrame(reader.rows, columns=CODINGS).drop_duplicates()
    notes = pd.DataFrame(reader.notes, columns=["unit_id", "coder", "note"]).drop_duplicates()
    return Imported(frame.sort_values(CODINGS, kind="stable").reset_index(drop=True), reader.problems, notes)


class _Reader:
    """Maps one project onto our documents, units and codes, source by source."""

    def __init__(self, file: str, root, documents, texts: dict[str, str], spans, codebook: Codebook, archive: zipfile.ZipFile):
        self._file, self._texts, self._codebook, self._archive = file, texts, codebook, archive
        self.rows: list[tuple] = []
        self.notes: list[tuple] = []
        self.problems: list[str] = []
        self._unknown: Counter = Counter()
        self._spans = dict(list(spans.groupby("doc_id", sort=False)))
        users = [(_plain(u.get("guid")), u.get("name") or u.get("id") or "unknown") for u in _all(root, "User")]
        self._users = _named_apart(users)
        self._codes = self._known_codes(root)
        self._written = {_plain(n.get("guid")): self._note_text(n) for n in _all(root, "Note")}
        self._told: set[str] = set()  # notes that stand beside a coding
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
            called = (tool.id, *tool.names.values(), self._codebook.both(tool.id))
            by_name |= dict.fromkeys(map(_name, called), qda.tool_code(tool.id))
        for name, label in qda.STATEMENT_NAMES.items():
            by_name |= dict.fromkeys(map(_name, (name, label, *label.rsplit(" ", 1))), name)
        known = {tool: qda.tool_code(tool) for tool in self._codebook.tools}
        known |= {qda.statement_id(name): name for name in qda.STATEMENT_NAMES}
        found = {}
        for code in _all(root, "Code"):
            there, name = _plain(code.get("guid")), code.get("name") or ""
            told = _ID.search(code.findtext(tag("Description")) or "")
            by_id = known.get(told[1], "") if told else ""
            found[there] = (ours.get(there) or by_id or by_name.get(_name(name), ""), name)
        return found

    def _note_text(self, note) -> str:
        inside = note.get("plainTextPath") or ""
        text = note.findtext(tag("PlainTextContent")) or note.findtext(tag("Description")) or ""
        if not text and inside.startswith("internal://"):
            try:
                text = plain(self._member_text(inside))
            except QdaError:
                text = ""
        return " ".join(text.split()) or (note.get("name") or "")

    def _say(self, problem: str) -> None:
        self.problems.append(f"{self._file}: {problem}")

    def all(self, root) -> None:
        """Read every source, then say what was left out."""
        for source in _all(root, "TextSource"):
            self._source(source, source.get("name") or source.get("guid") or "a text without name", source)
        for source in _all(root, "PDFSource"):
            name = source.get("name") or source.get("guid") or "a PDF without name"
            for text in source.iter(tag("Representation")):
                self._source(text, name, source)
            if n := len(list(source.iter(tag("PDFSelection")))):
                self._say(f"{name}: {n} selections on pages, not in the text, were not read; code the text of the document")
        for kind in ("PictureSource", "AudioSource", "VideoSource"):
            for source in _all(root, kind):
                n = len(list(source.iter(tag("Coding"))))
                self._say(f"{source.get('name') or kind}: is not text and was not read ({n} codings)")
        labels = [*self._codebook.tools, *STATEMENTS]
        for name, n in sorted(self._unknown.items()):
            near = get_close_matches(name, labels, 1, 0.5)
            hint = f"did you mean {near[0]}?" if near else "use the codes of the exported code book"
            self._say(f"{name!r} is not a code of the codebook, {n} codings were left out; {hint}")
        if idle := set(self._written) - self._told:
            self._say(f"{len(idle)} notes stand beside no coded sentence; they were not read, they are kept in the project")

    def _source(self, holder, name: str, source) -> None:
        selections = list(holder.iter(tag("PlainTextSelection")))
        if not selections:
            return
        try:
            raw = self._text_of(holder)
        except QdaError as error:
            self._say(f"{name}: {str(error).removeprefix(self._file + ': ')}; its {len(selections)} selections were not read")
            return
        doc_id = next((d for d in (self._documents.get(_name(k)) for k in (source.get("guid"), name)) if d), None)
        countings = Countings(raw)
        doc_id = doc_id or self._by_text.get(structure.text_key(countings.text))
        if doc_id is None or doc_id not in self._spans:
            self._say(f"{name}: is not a document of this corpus; its {len(selections)} selections were left out")
            return
        place = locate(countings.text, self._texts[doc_id], self._spans[doc_id])
        if place.lost:
            shown, n = ", ".join(place.lost[:5]) + (" …" if len(place.lost) > 5 else ""), len(self._spans[doc_id])
            self._say(f"{name}: its text was changed; {len(place.lost)} of {n} units are not in it any more: {shown}")
        self._selections(name, place, countings, selections)

    def _text_of(self, holder) -> str:
        content, inside = holder.find(tag("PlainTextContent")), holder.get("plainTextPath") or ""
        if content is not None:
            return content.text or ""
        if not inside.startswith("internal://"):
            raise QdaError("its plain text is not inside the project; export it with its sources")
        return self._member_text(inside)

    def _member_text(self, inside: str) -> str:
        wanted = inside.removeprefix("internal://").lower()
        names = self._archive.namelist()
        there = next((n for n in names if n.lower() in (f"sources/{wanted}", wanted)), "sources/" + wanted)
        data = member(self._archive, there, MAX_SOURCE, Path(self._file))
        try:
            return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")  # a mark stays: it may be counted
        except UnicodeDecodeError:
            raise QdaError("its text is not UTF-8; export it again") from None

    def _selections(self, name: str, place: Placed, countings: Countings, elements: list) -> None:
        written, empty = [], 0
        for element in elements:
            try:
                start, end = int(element.get("startPosition")), int(element.get("endPosition"))
            except (TypeError, ValueError):
                self._say(f"{name}: a selection has no whole numbers as its place")
                continue
            empty += start == end
            if start != end:
                written.append((element, Selection(element.get("name") or "", start, end)))
        if empty:
            self._say(f"{name}: {empty} selections without any text were passed over")
        try:
            places = countings.placed([selection for _, selection in written])
        except Uncounted:
            self._say(
                f"{name}: how its positions are counted cannot be told (no selection's name is its text); "
                f"its {len(written)} selections were not read; export the project again with the texts of the selections"
            )
            return
        for (element, selection), (start, end) in zip(written, places, strict=True):
            where = f"{name}, characters {selection.start}-{selection.end}"
            if start < 0:
                self._say(f"{where}: outside the text of {len(place.text)} characters")
                continue
            found = place.unit_at(start, end)
            if isinstance(found, str):
                self._say(f"{where} “{' '.join(place.text[start:end].split())[:_SHOWN]}”: {found}")
                continue
            self._codings(element, found)

    def _codings(self, element, found: tuple[str, int, int]) -> None:
        shared = [*self._notes_of(element)]
        for coding in element.iter(tag("Coding")):
            user = self._users.get(_plain(coding.get("creatingUser") or element.get("creatingUser")), "unknown")
            for note in (*shared, *self._notes_of(coding)):
                self.notes.append((found[0], user, note))
            if code := self._code(coding):
                self.rows.append((found[0], user, code, found[1], found[2]))

    def _notes_of(self, element) -> list[str]:
        told = [" ".join((element.findtext(tag("Description")) or "").split())]
        for reference in element.findall(tag("NoteRef")):
            target = _plain(reference.get("targetGUID"))
            self._told.add(target)
            told.append(self._written.get(target, ""))
        return [note for note in told if note]

    def _code(self, coding) -> str:
        reference = coding.find(tag("CodeRef"))
        target = _plain(reference.get("targetGUID")) if reference is not None else ""
        code, name = self._codes.get(target, ("", ""))
        if not code:
            self._unknown[name or target or "a coding without code"] += 1
        return code


def _all(root, name: str) -> list:
    return list(root.iter(tag(name)))


def _named_apart(users: list[tuple[str, str]]) -> dict[str, str]:
    """Return {guid: name}; of users who are called the same, all but the first have a number behind their name."""
    taken: dict[str, int] = defaultdict(int)
    named, spoken = {}, {name for _, name in users}
    for guid, name in users:
        taken[name] += 1
        n, own = taken[name], name
        while n > 1 and (own := f"{name} {n}") in spoken:
            n += 1
        named[guid] = own
        spoken.add(own)
    return named


def _plain(guid: str | None) -> str:
    return (guid or "").strip("{}").lower()


def _name(name: str | None) -> str:
    return " ".join(unicodedata.normalize("NFKC", name or "").casefold().split()).strip("{}")
