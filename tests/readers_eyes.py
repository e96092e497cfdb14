"""What reached a reader of a run: its notebooks' sentences, its captions, both editions; and what should not be among it."""

import html
import json
import re
from pathlib import Path

STRANGE = re.compile(r"\{[^{}\n]{0,80}\}|\bnan\b|\bNone\b(?! of )|<NA>|\bNaT\b")
_CODE = re.compile(r"(?s)<(script|style|pre|template)\b.*?</\1>")


def sentences(out: Path) -> dict[str, list[str]]:
    """Return the sentences of the executed notebooks and of the captions, by file."""
    found: dict[str, list[str]] = {}
    for path in sorted((out / "notebooks").glob("[0-9]*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        outputs = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
        found[path.name] = ["".join(data["text/markdown"]) for data in outputs if "text/markdown" in data]
    for path in sorted((out / "figures").glob("*.json")):
        found[path.name] = list(json.loads(path.read_text(encoding="utf-8"))["caption"].values())
    return found


def pages(out: Path) -> dict[str, str]:
    """Return the text of both editions of the report as a browser shows it."""
    shown = {}
    for path in sorted((out / "report").glob("*.html")):
        plain = re.sub(r"<[^>]+>", " ", _CODE.sub(" ", path.read_text(encoding="utf-8")))
        shown[path.name] = html.unescape(plain)
    return shown


def strange(out: Path) -> list[tuple[str, str]]:
    """Return what no reader should see: (file, the place): an open field, nan, None, a sentence without words."""
    bad = [(name, text) for name, texts in sentences(out).items() for text in texts if STRANGE.search(text) or not text.strip()]
    for name, text in pages(out).items():
        bad += [(name, text[max(0, found.start() - 40) : found.end() + 40]) for found in STRANGE.finditer(text)]
    return bad
