"""A model's answer, read and checked: what is not exactly a code of this codebook for a unit that was asked is a fault."""

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from helpers.codebook import STATEMENTS, Codebook

# What can be wrong with the answer for a unit; the texts' room says each in both languages.
FAULTS = (
    "missing", "contradiction", "no statement", "unknown tool", "too many tools", "tools not allowed", "no evidence",
    "evidence not there",
)  # fmt: skip
_FENCE = re.compile(r"<think>.*?</think>|```[a-zA-Z]*", re.DOTALL)
_MOST_CODES = 10_000


@dataclass(frozen=True)
class Coded:
    """What a model said of one unit; `fault` is empty, or says why it does not count."""

    statement: str = ""
    tools: tuple[str, ...] = ()
    evidence: str = ""
    fault: str = ""


def read(content: object) -> list[dict]:
    """Return the codes in a message, also where it is wrapped in other words or cut off: whole ones only."""
    text = content if isinstance(content, str) else _joined(content)
    for candidate in (text, _FENCE.sub(" ", text)):
        try:
            return _codes(json.loads(candidate))
        except (ValueError, RecursionError):
            continue
    return _salvaged(_FENCE.sub(" ", text))


def _joined(content: object) -> str:
    """Return the text of a message that came in parts."""
    parts = content if isinstance(content, list) else []
    return "".join(p["text"] for p in parts if isinstance(p, dict) and isinstance(p.get("text"), str))


def _codes(value: object) -> list[dict]:
    found = value.get("codes") if isinstance(value, dict) else value
    found = [value] if found is None and isinstance(value, dict) and "id" in value else found
    return [code for code in found if isinstance(code, dict)][:_MOST_CODES] if isinstance(found, list) else []


def _salvaged(text: str) -> list[dict]:
    """Return the whole objects with an id, wherever they stand."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while len(found) < _MOST_CODES and (at := text.find("{", at)) >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1
            continue
        found += _codes(value)
        at = end
    return found


def check(content: object, items: list[dict], codebook: Codebook) -> dict[str, Coded]:
    """Return what an answer says of each unit that was asked, by id; ids that were not asked are passed over."""
    said: dict[str, list[dict]] = {}
    for code in read(content):
        said.setdefault(str(code.get("id")), []).append(code)
    return {item["id"]: _together([_one(code, item["text"], codebook) for code in said.get(item["id"], [])]) for item in items}


def _together(found: list[Coded]) -> Coded:
    if not found:
        return Coded(fault="missing")
    return found[0] if len(set(found)) == 1 else Coded(fault="contradiction")


def _one(code: dict, text: str, codebook: Codebook) -> Coded:
    statement, tools, evidence = code.get("statement"), code.get("tools"), code.get("evidence")
    evidence = "" if evidence is None else evidence
    if not isinstance(statement, str) or statement not in STATEMENTS:
        return Coded(fault="no statement")
    if not isinstance(tools, list) or not all(isinstance(t, str) and t in codebook.tools for t in tools):
        return Coded(fault="unknown tool")
    tools = tuple(sorted(set(tools), key=codebook.tools.index))
    if tools and statement in codebook.without_tools:
        return Coded(fault="tools not allowed")
    if len(tools) > codebook.max_tools:
        return Coded(fault="too many tools")
    if not isinstance(evidence, str) or (tools and not evidence.strip()):
        return Coded(fault="no evidence")
    start, end = span(evidence, text)
    if evidence.strip() and end <= start:
        return Coded(fault="evidence not there")
    return Coded(statement, tools, text[start:end])


def span(evidence: str, text: str) -> tuple[int, int]:
    """Return where words stand in a text, (0, 0) where they do not: models change the width of signs and drop blanks.

    >>> span("奖励10万元,", "对企业奖励10 万元，"), span("补贴", "奖励")
    ((3, 10), (0, 0))
    """
    wanted = evidence.strip()
    if not wanted:
        return 0, 0
    if (at := text.find(wanted)) >= 0:
        return at, at + len(wanted)
    places = list(_letters(text))
    sought, plain = "".join(c for c, _ in _letters(wanted)), "".join(c for c, _ in places)
    at = plain.find(sought) if sought else -1
    return (places[at][1], places[at + len(sought) - 1][1] + 1) if at >= 0 else (0, 0)


def _letters(text: str) -> Iterable[tuple[str, int]]:
    """Yield the letters and digits of a text in their plain form, each with its place."""
    for place, sign in enumerate(text):
        for plain in unicodedata.normalize("NFKC", sign):
            if plain.isalnum():
                yield plain, place
