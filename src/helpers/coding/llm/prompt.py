"""The prompt as data: a template file and a codebook give what a model is told, and the schema of all that it may answer."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
import yaml
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from helpers import store
from helpers.codebook import STATEMENTS, Codebook, bounded
from helpers.coding.labelled import speaking, tool_sets
from helpers.coding.llm.settings import ModelError

LANGUAGES = ("en", "zh")
_PARTS = ("system", "user")


@dataclass(frozen=True)
class Prompt:
    """What is said before the units, and the JSON schema of the answer."""

    system: str
    user: str
    schema: dict

    @cached_property
    def hash(self) -> str:
        """Return the checksum of all that is said and demanded, by which answers are kept."""
        said = json.dumps([self.system, self.user, self.schema], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(said.encode("utf-8")).hexdigest()

    def messages(self, items: list[dict]) -> list[dict[str, str]]:
        """Return the messages of one request; the last ends with the units as one JSON object, where no text can end a string."""
        units = json.dumps({"units": items}, ensure_ascii=False)
        return [{"role": "system", "content": self.system}, {"role": "user", "content": f"{self.user.rstrip()}\n\n{units}"}]


def make(codebook: Codebook, template: str | Path, labelled: pd.DataFrame | None = None) -> Prompt:
    """Make the prompt of a codebook from a template file.

    It is in Chinese where all tools are defined in Chinese, else in English: the language of a report's labels changes no codes.
    labelled: as `read_labelled` returns; of its sentences that were written for this codebook (set examples) one a tool
    and statement is shown. Raises ModelError where the file cannot be used or what it says leaves out a tool.
    """
    path = store.resolve(template)
    texts = _read(path)
    language = "zh" if all(tool.counts_zh for tool in codebook.tool_list) else "en"
    environment = SandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    shown = {"codebook": codebook, "tools": _tools(codebook, language), "types": codebook.type_list, "language": language}
    shown |= {"examples": examples(codebook, labelled), "statements": STATEMENTS}
    try:
        system, user = (environment.from_string(texts[part][language]).render(shown) for part in _PARTS)
    except TemplateError as error:
        raise ModelError(f"{path.name}: the template cannot be filled in: {' '.join(str(error).split())}") from None
    if lacking := [tool for tool in codebook.tools if tool not in system + user]:
        raise ModelError(f"{path.name}: the prompt never names the tool {lacking[0]}; list {{{{ tools }}}} in it")
    return Prompt(system.strip(), user.strip(), schema(codebook))


def _read(path: Path) -> dict[str, dict[str, str]]:
    try:
        found = bounded.read(path, yaml.BaseLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ModelError(f"{path}: not readable as a prompt: {' '.join(str(error).split())}") from None
    for part in _PARTS:
        texts = found.get(part) if isinstance(found, dict) else None
        if not isinstance(texts, dict) or not all(isinstance(texts.get(which), str) for which in LANGUAGES):
            raise ModelError(f"{path.name}: {part} must hold a text for each of {', '.join(LANGUAGES)}")
    return found


def _tools(codebook: Codebook, language: str) -> list[dict[str, str]]:
    chinese = language == "zh"
    return [
        {
            "id": t.id, "name": t.names[language], "type": codebook.label(t.type, language),
            "counts": t.counts_zh if chinese else t.counts,
            "does_not_count": t.does_not_count_zh if chinese else t.does_not_count,
        }
        for t in codebook.tool_list
    ]  # fmt: skip


def examples(codebook: Codebook, labelled: pd.DataFrame | None) -> list[dict]:
    """Return one written sentence a tool and one a statement, as an answer would code it: the shortest."""
    spoken = speaking(labelled, codebook) if labelled is not None else None
    if spoken is None or spoken.empty:
        return []
    rows = spoken[spoken["set"] == "examples"]
    rows = rows.assign(used=tool_sets(rows["tools"]), length=rows["text"].str.len())
    rows = rows[rows["length"] >= _SHORTEST].sort_values(["length", "text", "heading"], kind="stable")
    alone = rows["used"].map(lambda used: next(iter(used)) if len(used) == 1 else "")
    chosen = [rows[alone == tool].head(1) for tool in codebook.tools]
    chosen += [rows[(rows["statement"] == said) & ~rows["used"].map(bool)].head(2) for said in STATEMENTS]
    found = pd.concat(chosen).drop_duplicates("text")
    return [
        {"text": text, "heading": heading, "statement": said, "tools": json.dumps(sorted(used))}
        for text, heading, said, used in zip(found["text"], found["heading"], found["statement"], found["used"], strict=True)
    ]


_SHORTEST = 12  # characters: shorter examples show little


def schema(codebook: Codebook) -> dict:
    """Return the JSON schema of an answer: it admits statements, tools of this codebook and words of a unit, nothing else."""
    code = {
        "id": {"type": "string"},
        "statement": {"type": "string", "enum": list(STATEMENTS)},
        "tools": {"type": "array", "items": {"type": "string", "enum": codebook.tools}, "maxItems": codebook.max_tools},
        "evidence": {"type": "string"},
    }
    return _object({"codes": {"type": "array", "items": _object(code)}})


def _object(properties: dict) -> dict:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
