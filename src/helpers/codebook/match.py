"""Find the entries of a codebook in texts: one Aho-Corasick pass for all words, a few regexes, context checked on arrays."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import ahocorasick_rs
import numpy as np

from helpers.codebook.gates import Gates, anchored
from helpers.codebook.model import Codebook, Entry
from helpers.distinct import distinct

# What parts a sentence into clauses; the enumeration comma does not, since a verb governs the whole enumeration.
_CLAUSE_ENDS = "\n,;:。!?"
_CLOSING = "。;!?"
_FULL = (0xFF01, 0xFF5E)  # the full-width twins of ! to ~
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_PATH_MARK = " > "


@dataclass(frozen=True)
class Hits:
    """Where entries matched, sorted by unit, then start, then entry.

    `entry` indexes the entries searched, `unit` the texts; `start` and `end` are code points of the unit's text.
    Hits in a heading have start = end = -1: the words that decided stand outside the unit.
    """

    entry: np.ndarray
    unit: np.ndarray
    start: np.ndarray
    end: np.ndarray

    def __len__(self) -> int:
        return len(self.entry)

    def take(self, units: np.ndarray) -> "Hits":
        """Return the hits in some of the units (numbers, ascending), which are numbered anew."""
        at = np.minimum(np.searchsorted(units, self.unit), max(len(units) - 1, 0))
        kept = units[at] == self.unit if len(units) else np.zeros(len(self), dtype=bool)
        return Hits(self.entry[kept], at[kept], self.start[kept], self.end[kept])


class Haystack:
    """Texts joined by line feeds, with the unit and the clause of every code point.

    Full-width punctuation, letters and digits count as their half-width twins, one for one, so that places stay places.
    """

    def __init__(self, texts: Iterable[str]):
        parts = [t.replace("\n", " ") for t in texts]
        self.text = "\n".join(parts) + "\n"
        if _LONE_SURROGATE.search(self.text):
            self.text = _LONE_SURROGATE.sub("\ufffd", self.text)
        self.points = np.frombuffer(self.text.encode("utf-32-le"), dtype=np.uint32)
        if len(full := np.flatnonzero((self.points >= _FULL[0]) & (self.points <= _FULL[1]))):
            self.points = self.points.copy()
            self.points[full] -= _FULL[0] - 0x21
            self.text = self.points.tobytes().decode("utf-32-le")
        lengths = np.fromiter((len(p) + 1 for p in parts), dtype=np.int64, count=len(parts))
        self.starts = np.concatenate([[0], np.cumsum(lengths)])[:-1] if parts else np.zeros(0, np.int64)
        self.lengths = lengths - 1
        self.unit = np.repeat(np.arange(len(parts), dtype=np.int32), lengths) if parts else np.zeros(1, np.int32)
        ends = np.zeros(65536, dtype=bool)
        ends[[ord(c) for c in _CLAUSE_ENDS]] = True
        self.clause = np.cumsum(ends[np.minimum(self.points, 65535)], dtype=np.int64) if parts else np.zeros(1, np.int64)


class Matcher:
    """The words and regexes of some entries, compiled once and used on many batches."""

    def __init__(self, entries: Sequence[Entry]):
        self.entries = tuple(entries)
        literals = sorted({w for e in self.entries for w in (*e.words, *e.near, *e.not_near, *e.not_within)})
        self.number = {w: i for i, w in enumerate(literals)}
        self.automaton = ahocorasick_rs.AhoCorasick(Haystack(literals).text.split("\n")[:-1]) if literals else None
        self.regexes = [re.compile(e.regex, re.MULTILINE) if e.regex else None for e in self.entries]
        self.gates = Gates([e.regex for e in self.entries])
        self.anchored = [bool(e.regex) and anchored(e.regex) for e in self.entries]

    def words_in(self, hay: Haystack) -> frozenset[str]:
        """Return the words, those of contexts included, that stand anywhere in the haystack."""
        found = self.automaton.find_matches_as_indexes(hay.text, overlapping=True) if self.automaton else []
        words = list(self.number)
        return frozenset(words[number] for number in {number for number, _, _ in found})

    def search(self, hay: Haystack, wanted: Sequence[int]) -> tuple[np.ndarray, ...]:
        """Return (entry, start, end) in code points of the haystack, for the entries numbered `wanted`, context checked."""
        found = self.automaton.find_matches_as_indexes(hay.text, overlapping=True) if self.automaton else []
        table = np.fromiter(chain.from_iterable(found), dtype=np.int64, count=3 * len(found)).reshape(-1, 3)
        table = table[np.argsort(table[:, 0], kind="stable")]
        first = np.searchsorted(table[:, 0], np.arange(len(self.number) + 1))
        rows = {w: (first[n], first[n + 1]) for w, n in self.number.items() if first[n] < first[n + 1]}

        def places(words):
            spans = [table[slice(*rows[w]), 1:] for w in words if w in rows]
            return np.concatenate(spans) if spans else np.zeros((0, 2), dtype=np.int64)

        opened = self.gates.open(hay.points, hay.starts)
        collected = []
        for number in wanted:
            entry = self.entries[number]
            if self.regexes[number] is not None:
                hits = _regex_hits(self.regexes[number], self.anchored[number], hay, opened.texts(number))
            else:
                hits = places(entry.words)
            if len(hits):
                hits = _in_context(entry, hits, hay, places)
            if len(hits):
                collected.append((np.full(len(hits), number, dtype=np.int64), hits[:, 0], hits[:, 1]))
        if not collected:
            return (np.zeros(0, np.int64),) * 3
        return tuple(np.concatenate(column) for column in zip(*collected, strict=True))


def _regex_hits(regex: re.Pattern, anchored: bool, hay: Haystack, units: np.ndarray) -> np.ndarray:
    """Search some units, each on its own, so that no hit hangs on what stands beside its unit."""
    starts = hay.starts[units]
    bounds = zip(starts.tolist(), (starts + hay.lengths[units]).tolist(), strict=True)
    texts = ((start, hay.text[start:end]) for start, end in bounds)  # cut out: a look behind would see the unit before
    if anchored:
        spans = [(start + m.start(), start + m.end()) for start, text in texts if (m := regex.match(text))]
    else:
        spans = [(start + m.start(), start + m.end()) for start, text in texts for m in regex.finditer(text)]
    return np.array(spans, dtype=np.int64).reshape(-1, 2)


def _in_context(entry: Entry, hits: np.ndarray, hay: Haystack, places) -> np.ndarray:
    """Keep the hits that stand where the entry wants them, with the words that it needs and without those that it forbids."""
    if entry.at == "start":
        hits = hits[hits[:, 0] == hay.starts[hay.unit[hits[:, 0]]]]
    elif entry.at == "end":
        unit = hay.unit[hits[:, 0]]
        last = hay.starts[unit] + hay.lengths[unit]
        closed = np.isin(hay.points[np.maximum(last - 1, 0)], [ord(c) for c in _CLOSING])
        hits = hits[hits[:, 1] == last - closed]
    ground = hay.unit if entry.scope == "unit" else hay.clause
    if entry.near and len(hits):
        hits = hits[np.isin(ground[hits[:, 0]], ground[places(entry.near)[:, 0]])]
    if entry.not_near and len(hits):
        hits = hits[~np.isin(ground[hits[:, 0]], ground[places(entry.not_near)[:, 0]])]
    if entry.not_within and len(hits):
        hits = hits[~_covered(hits, places(entry.not_within))]
    return hits


def _covered(hits: np.ndarray, covers: np.ndarray) -> np.ndarray:
    """Return which hits lie inside a cover: the furthest end of all covers that start no later reaches past the hit."""
    if not len(covers):
        return np.zeros(len(hits), dtype=bool)
    covers = covers[np.argsort(covers[:, 0], kind="stable")]
    reach = np.maximum.accumulate(covers[:, 1])
    before = np.searchsorted(covers[:, 0], hits[:, 0], side="right") - 1
    return (before >= 0) & (reach[np.maximum(before, 0)] >= hits[:, 1])


@lru_cache(maxsize=16)
def matcher(entries: tuple[Entry, ...]) -> Matcher:
    """Return the matcher of `entries`, compiled once a process."""
    return Matcher(entries)


def find(entries: tuple[Entry, ...], texts: Sequence[str], headings: Sequence[str] | None = None) -> Hits:
    """Return where `entries` match in `texts` and, for entries that look there, in the `headings` above them (` > ` between).

    >>> from helpers import codebook
    >>> book = codebook.load("data/codebook/policy_tools.yml")
    >>> hits = find(book.entries, ["对企业给予奖励10万元。"])
    >>> sorted({book.entries[entry].owner for entry in hits.entry}), int(hits.start.min())
    (['funding'], 0)
    """
    machine = matcher(tuple(entries))
    numbers = range(len(machine.entries))
    hay = Haystack(texts)
    entry, start, end = machine.search(hay, [i for i in numbers if machine.entries[i].where in ("text", "both")])
    unit = hay.unit[start].astype(np.int64) if len(start) else start
    offset = hay.starts[unit] if len(unit) else unit
    parts = [(entry, unit, start - offset, end - offset)]
    if headings is not None:
        for kinds, pick in ((("heading", "both"), lambda h: h), (("last_heading",), lambda h: h.rsplit(_PATH_MARK, 1)[-1])):
            wanted = [i for i in numbers if machine.entries[i].where in kinds]
            if wanted:
                parts.append(_heading_hits(machine, wanted, [pick(h) for h in headings]))
    entry, unit, start, end = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort(((end << 32) + entry, (unit << 32) + start))
    return Hits(entry[order], unit[order], start[order], end[order])


def _heading_hits(machine: Matcher, wanted: list[int], headings: list[str]) -> tuple[np.ndarray, ...]:
    """Search each different heading once and give its hits to all units under it, once an entry."""
    different = list(dict.fromkeys(headings))
    place = {h: i for i, h in enumerate(different)}
    which = np.fromiter((place[h] for h in headings), dtype=np.int64, count=len(headings))
    hay = Haystack(h.replace(_PATH_MARK, " ; ") for h in different)  # each heading is a clause of its own
    entry, start, _ = machine.search(hay, wanted)
    n = len(machine.entries)
    heading, entry = np.divmod(distinct(hay.unit[start].astype(np.int64) * n + entry), n)
    units_of = np.argsort(which, kind="stable")
    first = np.searchsorted(which[units_of], np.arange(len(different) + 1))
    counts = (first[1:] - first[:-1])[heading]
    entry = np.repeat(entry, counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    unit = units_of[np.repeat(first[heading], counts) + within]
    outside = np.full(len(unit), -1, dtype=np.int64)
    return entry, unit, outside, outside


def unmatched(codebook: Codebook, texts: Sequence[str], headings: Sequence[str] | None = None) -> list[dict[str, str]]:
    """List what matches nowhere in `texts` (and `headings`): rows of entry, owner, pattern, note.

    A row is an entry that never hits in its context (pattern empty) or one of its words that is never seen at all.
    """
    entries = (*codebook.entries, *codebook.statement_entries)
    hits = find(entries, texts, headings)
    seen = set(hits.entry.tolist())
    words_seen = matcher(entries).words_in(Haystack(dict.fromkeys([*texts, *(headings if headings is not None else [])])))
    rows = []
    for number, entry in enumerate(entries):
        missing = [""] if number not in seen else [w for w in entry.words if w not in words_seen]
        rows += [
            {"entry": entry.id, "owner": entry.owner, "pattern": w or entry.regex or "", "note": entry.note} for w in missing
        ]
    return rows
