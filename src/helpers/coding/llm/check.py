"""A model's answer, read and checked: what is not exactly a code of this codebook for a unit that was asked is a fault."""

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from helpers.codebook import STATEMENTS, Codebook
from helpers.coding.llm import lenient

# What can be wrong with the answer for a unit; the texts' room says each in both languages.
FAULTS = (
    "missing", "contradiction", "no statement", "unknown tool", "too many tools", "tools not allowed", "no evidence",
    "evidence not there", "refused",
)  # fmt: skip
REFUSED = FAULTS[-1]
_NAME = "think|thinking|thought|reasoning"
_THOUGHT = re.compile(rf"^.*</(?:{_NAME})>|^.*<\|message\|>", re.DOTALL | re.IGNORECASE)  # what stands before the answer
_OPEN = re.compile(rf"<(?:{_NAME})>.*$", re.DOTALL | re.IGNORECASE)  # a thought that was cut off
_BETWEEN = re.compile(r"[\s;,，、；]+")
_MOST_CODES = 10_000


@dataclass(frozen=True)
class Coded:
    """What a model said of one unit; `fault` is empty, or says why it does not count."""

    statement: str = ""
    tools: tuple[str, ...] = ()
    evidence: str = ""
    fault: str = ""


def read(content: object) -> list[dict]:
    """Return the codes in a message, also where it is wrapped in other words, cut off or careless JSON: whole ones only."""
    text = content if isinstance(content, str) else _joined(content)
    for _ in range(2):  # some send JSON in a JSON string
        try:
            text = json.loads(text)
        except (ValueError, RecursionError):
            break
        if not isinstance(text, str):
            return _codes(text)
    answer = _OPEN.sub(" ", _THOUGHT.sub(" ", text))
    return _within(answer) or (_within(text) if answer.isspace() and not _OPEN.search(_THOUGHT.sub(" ", text)) else [])


def _joined(content: object) -> str:
    """Return the text of a message that came in parts."""
    parts = content if isinstance(content, list) else []
    return "".join(p["text"] for p in parts if isinstance(p, dict) and isinstance(p.get("text"), str))


def _codes(value: object) -> list[dict]:
    """Return the codes of an answer: of `codes`, of the list or object that stands in its place, each with its id."""
    if isinstance(value, list):
        return [code for code in value if isinstance(code, dict)][:_MOST_CODES]
    if not isinstance(value, dict) or "id" in value:
        return [value] if isinstance(value, dict) else []
    parts = [value["codes"]] if "codes" in value else value.values()
    lists = [code for part in parts if isinstance(part, list) for code in _codes(part)]
    held = [value, *(part for part in parts if isinstance(part, dict))]
    named = [{"id": n, **code} for part in held for n, code in part.items() if isinstance(code, dict) and "statement" in code]
    return [*lists, *named][:_MOST_CODES]


def _within(text: str) -> list[dict]:
    """Return the codes of the whole objects of a text."""
    return [code for value in lenient.objects(text) for code in _codes(value)][:_MOST_CODES]


def check(content: object, items: list[dict], codebook: Codebook) -> dict[str, Coded]:
    """Return what an answer says of each unit that was asked, by id; ids that were not asked are passed over."""
    plain = {_plain(item["id"]): item["id"] for item in items}  # models change the width of signs, in ids too
    said: dict[str, list[dict]] = {item["id"]: [] for item in items}
    for code in read(content):
        unit = str(code.get("id"))
        said.get(unit if unit in said else plain.get(_plain(unit), ""), []).append(code)
    return {item["id"]: _together([one(code, item["text"], codebook) for code in said[item["id"]]]) for item in items}


def _plain(unit: str) -> str:
    return unicodedata.normalize("NFKC", unit).strip()


def _together(found: list[Coded]) -> Coded:
    if not found:
        return Coded(fault="missing")
    return found[0] if len(set(found)) == 1 else Coded(fault="contradiction")


def one(code: dict, text: str, codebook: Codebook) -> Coded:
    """Return what a code (statement, tools, evidence) says of a sentence, or why it does not count."""
    statement, tools, evidence = code.get("statement"), code.get("tools"), code.get("evidence")
    if isinstance(tools, str):  # some name one, or join them
        tools = _BETWEEN.split(tools.strip()) if tools.strip() else []
    tools = tools or []
    evidence = evidence[0] if isinstance(evidence, list) and evidence else "" if evidence is None else evidence
    statement = statement.strip().lower() if isinstance(statement, str) else ""
    if statement not in STATEMENTS:
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
