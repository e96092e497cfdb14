"""The notebooks' prose in other languages: one source of code, and beside it the markdown of each cell, by its id."""

import json
import re
from pathlib import Path

from helpers import store

_MARK = re.compile(r"(?m)^<!-- ([\w-]+) -->\n")


def file(source: Path, language: str) -> Path:
    """Return where the prose of a notebook stands in a language: `notebooks/zh/01_clean.md`."""
    return source.parent / language / f"{source.stem}.md"


def read(source: Path, language: str) -> dict[str, str]:
    """Return {id of a markdown cell: its prose in `language`}; nothing where the notebook itself is in that language."""
    path = file(source, language)
    if not path.exists():
        return {}
    _, *parts = _MARK.split(path.read_text(encoding="utf-8"))
    return {id: text.strip() for id, text in zip(parts[::2], parts[1::2], strict=True)}


def put(executed: Path, source: Path, language: str) -> None:
    """Give an executed notebook the prose of `language`; its code and outputs stay as they are."""
    prose = read(source, language)
    if not prose or not executed.exists():
        return
    content = json.loads(executed.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        if cell["cell_type"] == "markdown" and cell.get("id") in prose:
            cell["source"] = prose[cell["id"]].splitlines(keepends=True)
    store.write_text(executed, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
