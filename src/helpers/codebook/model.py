"""What a codebook is, once it is loaded: types, tools, entries (patterns) and the rules that codes must obey."""

from dataclasses import dataclass, field

# What a sentence does. Every codebook shares these four: they are about the sentence, not about the typology.
STATEMENTS = ("measure", "goal", "background", "other")


@dataclass(frozen=True)
class ToolType:
    """A first-level category, such as supply, environment or demand."""

    id: str
    names: dict[str, str]
    colour: str | None = None


@dataclass(frozen=True)
class Tool:
    """A second-level category: one policy tool."""

    id: str
    type: str
    names: dict[str, str]
    counts: str = ""
    does_not_count: str = ""
    counts_zh: str = ""
    does_not_count_zh: str = ""
    learned_from: str = ""  # the id under which labelled units know it, where it is not its own


@dataclass(frozen=True)
class Entry:
    """One pattern: words or a regex, the company that it needs or forbids, where it stands, how much it weighs."""

    id: str
    owner: str  # a tool or a statement
    words: tuple[str, ...] = ()
    regex: str | None = None
    near: tuple[str, ...] = ()
    not_near: tuple[str, ...] = ()
    not_within: tuple[str, ...] = ()
    where: str = "text"
    at: str = "any"
    scope: str = "clause"
    weight: float = 1.0
    note: str = ""
    source: str = ""


@dataclass(frozen=True)
class Codebook:
    """A typology with its patterns. `types` and `tools` are ordered ids; the order is the order of tables and figures."""

    id: str
    version: str
    names: dict[str, str]
    source: str
    type_list: tuple[ToolType, ...]
    tool_list: tuple[Tool, ...]
    entries: tuple[Entry, ...]
    statement_entries: tuple[Entry, ...]
    max_tools: int = 3
    without_tools: tuple[str, ...] = ("background", "other")
    goal_tool: str | None = None
    threshold: float = 1.0
    _labels: dict[str, dict[str, str]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self):
        self._labels.update({x.id: x.names for x in (*self.type_list, *self.tool_list)})

    @property
    def types(self) -> list[str]:
        """Return the ids of the types in order."""
        return [t.id for t in self.type_list]

    @property
    def tools(self) -> list[str]:
        """Return the ids of the tools in order."""
        return [t.id for t in self.tool_list]

    def name(self, language: str = "en") -> str:
        """Return the name of the codebook."""
        return self.names[language]

    def type_of(self, tool: str) -> str:
        """Return the type of a tool; KeyError names an unknown one."""
        return {t.id: t.type for t in self.tool_list}[tool]

    def label(self, id: str, language: str = "en") -> str:
        """Return the name of a tool or type in `language` (en or zh)."""
        return self._labels[id][language]

    def both(self, id: str) -> str:
        """Return the name of a tool or type in English and Chinese, once where it has one name only."""
        return " ".join(dict.fromkeys(self._labels[id].values()))

    def colour(self, type_id: str) -> str | None:
        """Return the colour that the file asks for a type (`#rrggbb`), or None: the charts' own order of colours."""
        return {t.id: t.colour for t in self.type_list}[type_id]

    def tools_of(self, type_id: str) -> list[str]:
        """Return the tools of a type in order."""
        return [t.id for t in self.tool_list if t.type == type_id]
