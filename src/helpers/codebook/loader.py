"""Load a codebook file and say in one line what is wrong with it, and where.

A codebook is a YAML file (UTF-8). Keys that are not listed here are refused, so that a slip of the pen is not lost.

    id: policy_tools                 # letters, digits, _ and -
    version: "1.1"
    name: {en: Policy tools, zh: 政策工具}         # here and below: a name in one language stands for the other, too
    source: who devised the scheme (author, year)
    sources: {mof: Ministry of Finance, terms}     # optional: what the short names under `source` below stand for
    types:                           # ordered; the order is that of tables, figures and colours
      - {id: supply, en: Supply, zh: 供给型, colour: "#1b6ca8"}        # colour is optional
    tools:                           # ordered
      - id: talent
        type: supply                 # an id under types
        en: Talent
        zh: 人才
        counts: what counts (text)                   # optional
        does_not_count: what does not (text)         # optional
        counts_zh: 计入                               # optional, the same in Chinese, for Chinese coders
        does_not_count_zh: 不计入                      # optional
        learned_from: funding        # optional: the id that this tool has in the labelled units, where it goes by another here
        patterns:                    # may be empty or absent
          - id: talent.recruit       # unique in the file
            words: [引进人才, 招才引智]    # any of these, literally; or instead
            regex: 引进.{0,8}人才          # one regular expression of bounded repeats ({0,8}, never * or +)
            near: [支持, 鼓励]             # optional: one of these stands in the same clause as the hit
            not_near: [截至, 已经]         # optional: none of these does
            not_within: [人才市场]         # optional: longer words inside which a hit does not count (财政局 for 财政)
            scope: clause                # optional: clause (between commas, the default) or unit (whole sentence)
            in: text                     # optional: text (default), heading (any), last_heading, or both (text or heading)
            at: any                      # optional: any (default), start or end of the unit (or of the heading)
            weight: 1                    # optional, -5 to 5; negative weights speak against the tool
            note: why this counts        # required
            source: where it comes from  # required
    statements:                      # optional; absent: those of policy_tools.yml, beside this file or shipped
      measure: [patterns as above]
      goal: [...]
      background: [...]
      other: [...]
    rules:                           # optional
      max_tools: 3                   # at most so many tools a unit
      without_tools: [background, other]     # statements whose units have no tools
      goal_tool: planning            # the tool that every goal has; absent: goals are coded like measures
      threshold: 1                   # sum of weights from which the rule coder gives a tool

A second codebook (a second dimension, another typology) is the same file with other types and tools.
    Patterns are compared with the clean text as it stands, full-width punctuation, letters and digits as their half-width twins.
"""

import re
from pathlib import Path

import yaml

from helpers import where
from helpers.asked import Refused
from helpers.codebook import bounded
from helpers.codebook.model import STATEMENTS, Codebook, Entry, Tool, ToolType
from helpers.language import LANGUAGES

SHIPPED = Path("data/codebook/policy_tools.yml")
_TOP = {"id", "version", "name", "source", "sources", "types", "tools", "statements", "rules"}
_MEANING = ("counts", "does_not_count", "counts_zh", "does_not_count_zh", "learned_from")
_TOOL = {"id", "type", *LANGUAGES, "patterns", *_MEANING}
_ENTRY = {"id", "words", "regex", "near", "not_near", "not_within", "scope", "in", "at", "weight", "note", "source"}
_LISTS = ("words", "near", "not_near", "not_within")
_RULES = {"max_tools", "without_tools", "goal_tool", "threshold"}
_ID = re.compile(r"[A-Za-z0-9_.\-]{1,80}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class CodebookError(Refused):
    """A codebook cannot be used; one line: file, entry, reason."""


class _Loader(bounded.PLAIN):
    """Safe loading (no tag builds an object) that refuses a key written twice, which YAML would silently drop."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key is a list or a mapping", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key.value!r} is there twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def load(path: str | Path) -> Codebook:
    """Read, check and return the codebook in the file `path` (relative paths as in `where.resolve`).

    Raises CodebookError with one line naming file, entry and reason.
    """
    file = where.resolve(path)
    content = _read(file, file.name)
    if isinstance(content, dict) and "statements" not in content:
        content = {**content, "statements": _shipped_statements(file)}
    return parse(content, file.name)


def parse(content: object, name: str = "codebook") -> Codebook:
    """Return the codebook of a mapping already read from YAML; `name` stands for the file in messages."""
    check = _Check(name)
    top = check.mapping(content, "top level", _TOP, {"id", "name", "types", "tools"})
    types = tuple(check.type(t, i) for i, t in enumerate(check.items(top["types"], "types"), 1))
    known = {t.id for t in types}
    tools, entries = [], []
    for i, row in enumerate(check.items(top["tools"], "tools"), 1):
        tool, patterns = check.tool(row, i, known)
        tools.append(tool)
        entries += [check.entry(p, tool.id, j) for j, p in enumerate(patterns, 1)]
    if not types or not tools:
        check.fail("types and tools", "there must be at least one of each")
    check.labels_differ(tools)
    idle = [t.id for t in types if t.id not in {tool.type for tool in tools}]
    if idle:
        check.fail(f"type {idle[0]}", "no tool has this type")
    statements = check.mapping(top.get("statements") or {}, "statements", set(STATEMENTS), set())
    said = [check.entry(p, s, j) for s in STATEMENTS for j, p in enumerate(check.items(statements.get(s) or [], s), 1)]
    return Codebook(
        id=check.identifier(top["id"], "id", known=set()),
        version=str(top.get("version", "")),
        names=check.called(top["name"]),
        source=str(top.get("source", "")),
        type_list=types, tool_list=tuple(tools), entries=tuple(entries), statement_entries=tuple(said),
        **check.rules(top.get("rules") or {}, {t.id for t in tools}),
    )  # fmt: skip


def _read(file: Path, name: str) -> object:
    if not file.is_file():
        raise CodebookError(f"{name}: no such codebook file: give the path of a YAML file")
    try:
        return bounded.read(file, _Loader)
    except UnicodeDecodeError as error:
        raise CodebookError(f"{name}: byte {error.start}: not UTF-8: save the file as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "file"
        reason = " ".join(str(getattr(error, "problem", None) or error).split())
        raise CodebookError(f"{name}: {where}: {reason}") from None
    except RecursionError:
        raise CodebookError(f"{name}: file: nested too deeply") from None
    except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError) as error:  # 2019-99-99, !!timestamp x
        reason = " ".join(str(error).split())
        raise CodebookError(f"{name}: file: a value cannot be read ({reason}): write it in quotation marks") from None


def _shipped_statements(file: Path) -> object:
    """Return the statement patterns of policy_tools.yml: they are about sentences, so every typology can share them."""
    beside = file.with_name(SHIPPED.name)
    source = beside if beside != file and beside.is_file() else where.PROJECT_ROOT / SHIPPED
    content = _read(source, source.name) if source != file else {}
    return content.get("statements", {}) if isinstance(content, dict) else {}


class _Check:
    """Checks one file; every failure names the file and the entry."""

    def __init__(self, name: str):
        self.name = name
        self.ids: set[str] = set()

    def fail(self, where: str, reason: str):
        raise CodebookError(" ".join(f"{self.name}: {where}: {reason}".split())[:500])

    def mapping(self, value, where: str, allowed: set, required: set) -> dict:
        if not isinstance(value, dict):
            self.fail(where, f"expected keys and values, found {type(value).__name__}")
        unknown = sorted((k for k in value if k not in allowed), key=str)
        if unknown:  # in {en: Carrots, sticks} YAML takes what follows a comma for a key without value
            hint = "; put text with a comma in quotation marks" if value[unknown[0]] is None else ""
            self.fail(where, f"unknown key {str(unknown[0])!r}; allowed: {', '.join(sorted(allowed))}{hint}")
        missing = sorted(k for k in required if value.get(k) in (None, "", []))
        if missing:
            self.fail(where, f"{missing[0]!r} is missing or empty")
        return value

    def items(self, value, where: str) -> list:
        if not isinstance(value, list):
            self.fail(where, f"expected a list, found {type(value).__name__}")
        return value

    def identifier(self, value, where: str, known: set | None = None) -> str:
        known = self.ids if known is None else known
        if not isinstance(value, str) or not _ID.fullmatch(value):
            self.fail(where, f"id {value!r} must be letters, digits, '_', '.' or '-'")
        if value in known:
            self.fail(f"entry {value}", "this id is there twice")
        known.add(value)
        return value

    def called(self, value) -> dict[str, str]:
        """Return the codebook's own name; text alone is its name in both languages."""
        return self.names(self.mapping({"en": value} if isinstance(value, str) else value, "name", {*LANGUAGES}, set()), "name")

    def names(self, value: dict, where: str) -> dict[str, str]:
        """Return the name in every language; where one lacks, the first that is there stands for it."""
        given = {x: value[x] for x in LANGUAGES if value.get(x) not in (None, "")}
        if not given or not all(isinstance(name, str) and name.strip() for name in given.values()):
            self.fail(where, f"needs a name as text in {' or '.join(LANGUAGES)}")
        first = next(iter(given.values()))
        return {language: given.get(language, first) for language in LANGUAGES}

    def type(self, value, number: int) -> ToolType:
        row = self.mapping(value, f"type {number}", {"id", *LANGUAGES, "colour"}, {"id"})
        key = self.identifier(row["id"], f"type {number}")
        colour = row.get("colour")
        if colour is not None and not (isinstance(colour, str) and _COLOUR.fullmatch(colour)):
            self.fail(f"type {key}", f"colour {colour!r} is not of the form '#1b6ca8'")
        return ToolType(key, self.names(row, f"type {key}"), colour)

    def tool(self, value, number: int, types: set[str]) -> tuple[Tool, list]:
        where = f"tool {value['id']}" if isinstance(value, dict) and value.get("id") else f"tool {number}"
        row = self.mapping(value, where, _TOOL, {"id", "type"})
        key = self.identifier(row["id"], where)
        if not isinstance(row["type"], str) or row["type"] not in types:
            self.fail(where, f"unknown type {row['type']!r}; known: {', '.join(sorted(types))}")
        texts = [str(row.get(k) or "") for k in _MEANING]
        return Tool(key, row["type"], self.names(row, where), *texts), self.items(row.get("patterns") or [], f"{where} patterns")

    def labels_differ(self, tools: list[Tool]) -> None:
        """Fail where two tools are called the same: in a sheet or another program nobody could tell them apart."""
        for language in LANGUAGES:
            seen: dict[str, str] = {}
            for tool in tools:
                label = " ".join(tool.names[language].casefold().split())
                if label in seen:
                    name = tool.names[language]
                    self.fail(f"tool {tool.id}", f"has the label {name!r} of tool {seen[label]}: give it one of its own")
                seen[label] = tool.id

    def entry(self, value, owner: str, number: int) -> Entry:
        where = f"entry {value['id']}" if isinstance(value, dict) and value.get("id") else f"{owner} pattern {number}"
        row = self.mapping(value, where, _ENTRY, {"id", "note", "source"})
        if ("words" in row) == ("regex" in row):
            self.fail(where, "needs either 'words' or 'regex', not both")
        words = {k: self.words(row[k], f"{where} {k}") if k in row else () for k in _LISTS}
        regex = self.regex(row["regex"], where) if "regex" in row else None
        choices = {"scope": ("clause", "unit"), "in": ("text", "heading", "last_heading", "both"), "at": ("any", "start", "end")}
        picked = {k: row.get(k, options[0]) for k, options in choices.items()}
        for key, options in choices.items():
            if picked[key] not in options:
                self.fail(where, f"{key} is {picked[key]!r}; allowed: {', '.join(options)}")
        weight = row.get("weight", 1)
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not -5 <= weight <= 5 or weight == 0:
            self.fail(where, f"weight {weight!r} must be a number from -5 to 5, not 0")
        return Entry(
            self.identifier(row["id"], where), owner, regex=regex, where=picked["in"], at=picked["at"], scope=picked["scope"],
            weight=float(weight), note=str(row["note"]), source=str(row["source"]), **words,
        )  # fmt: skip

    def words(self, value, where: str) -> tuple[str, ...]:
        words = self.items(value, where)
        for word in words:
            if not isinstance(word, str) or not word.strip() or "\n" in word:
                self.fail(where, f"{word!r} is not a word: put numbers and yes/no in quotation marks")
        if not words:
            self.fail(where, "the list is empty")
        twice = sorted({w for w in words if words.count(w) > 1})
        if twice:
            self.fail(where, f"{twice[0]!r} is there twice")
        return tuple(words)

    def regex(self, value, where: str) -> str:
        """Return a regex that compiles, cannot match nothing, and cannot backtrack without bound."""
        if not isinstance(value, str):
            self.fail(where, f"regex {value!r} is not text")
        try:
            compiled = re.compile(value, re.MULTILINE)
        except (re.error, OverflowError, RecursionError) as error:
            self.fail(where, f"bad regex {value[:80]!r}: {error}")
        bare = re.sub(r"\\.|\[[^\]]*\]", "x", value)
        if re.search(r"[*+]|\{\d*,\}|\)\{", bare) or re.search(r"\\[1-9]|\(\?P=", value):
            self.fail(where, f"regex {value!r} may run without bound: write {{0,12}} instead of * or +, and repeat no group")
        cost = 1
        for high in re.findall(r"\{(?:\d*,)?(\d+)\}", bare):
            cost *= max(int(high), 1)
        if cost > 20_000:
            self.fail(where, f"regex {value!r} may take too long: fewer or shorter repeats")
        if compiled.search(""):
            self.fail(where, f"regex {value!r} matches the empty text")
        return value

    def rules(self, value, tools: set[str]) -> dict:
        row = self.mapping(value, "rules", _RULES, set())
        most, goal = row.get("max_tools", 3), row.get("goal_tool")
        if isinstance(most, bool) or not isinstance(most, int) or most < 1:
            self.fail("rules", f"max_tools {most!r} must be a whole number from 1")
        if goal is not None and not (isinstance(goal, str) and goal in tools):
            self.fail("rules", f"goal_tool {goal!r} is not a tool")
        without = self.items(row.get("without_tools", ["background", "other"]), "rules without_tools")
        odd = [s for s in without if s not in STATEMENTS]
        if odd:
            self.fail("rules", f"without_tools has {odd[0]!r}; allowed: {', '.join(STATEMENTS)}")
        threshold = row.get("threshold", 1)
        if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 < threshold < 1e6:
            self.fail("rules", f"threshold {threshold!r} must be a number above 0")
        return {"max_tools": most, "goal_tool": goal, "without_tools": tuple(without), "threshold": float(threshold)}
