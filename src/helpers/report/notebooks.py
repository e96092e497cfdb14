"""Executed notebooks as pages in the look of the report: contents, prose, results, the code one click away; nothing is loaded."""

import base64
import html
import io
import json
import re
from pathlib import Path

import mistune
from PIL import Image

from helpers import store
from helpers.language import say
from helpers.report import fonts
from helpers.report.page import digest, style_sheet

_WIDTH, _COLOURS = 1200, 64  # of a picture on such a page; rare colours keep their hue (a few green labels among blues)
_TABLE = re.compile(r"<table>[^\0]*</table>")
_TITLE = re.compile(r"<h([123])>(.*?)</h\1>")
_PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header class="top"><div><span class="name">{title}</span><nav>{others}</nav></div></header>
<div class="frame">
<nav class="contents"><details open><summary>{contents}</summary><ol>{entries}</ol></details></nav>
<main>
{body}
</main>
</div>
</body>
</html>
"""


def pages(executed_dir: str | Path, folder: str | Path, language: str = "en") -> list[Path]:
    """Write a page a notebook of `executed_dir` into `folder` and return them; the same notebooks give the same bytes."""
    found = [path for path in sorted(Path(executed_dir).glob("[0-9]*.ipynb")) if ".failed" not in path.name]
    names = [path.stem for path in found]
    return [store.write_text(Path(folder) / f"{path.stem}.html", page(path, names, language)) for path in found]


def page(path: Path, names: list[str], language: str) -> str:
    """Return the page of one executed notebook; `names` are those of all, for the links between them."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    body = "\n".join(part for cell in cells for part in _cell(cell, language))
    entries: list[str] = []

    def titled(match: re.Match) -> str:
        level, text = match.groups()
        entries.append(f'<li><a href="#part-{len(entries)}">{text}</a></li>')
        return f'<h{level} id="part-{len(entries) - 1}">{text}</h{level}>'

    body = _TITLE.sub(titled, body)
    title = html.unescape(re.sub("<[^>]+>", "", entries[0])) if entries else path.stem
    links = [f'<a href="{name}.html">{name[:2]}</a>' for name in names]
    report = f'<a href="../index.html">{say("report.notebooks.report", language)}</a>'
    style = _style(html.unescape(body) + title + say("report.contents", language))
    return _PAGE.format(
        lang="zh-Hans" if language == "zh" else "en", policy=_policy(style), title=html.escape(title), style=style,
        others=" ".join([*links, report]), contents=say("report.contents", language), entries="".join(entries), body=body,
    )  # fmt: skip


def _cell(cell: dict, language: str) -> list[str]:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        return [_prose(source)]
    told = "injected-parameters" in cell.get("metadata", {}).get("tags", [])  # the folders of a machine
    if cell["cell_type"] != "code" or not source.strip() or told:
        return []
    code = f"<pre><code>{html.escape(source)}</code></pre>"
    shown = f'<details class="code"><summary>{say("report.notebooks.code", language)}</summary>{code}</details>'
    return [*(_output(output) for output in cell.get("outputs", [])), shown]


def _output(output: dict) -> str:
    """Return one result: a sentence, a table of ours, a picture, else its plain text."""
    data = {kind: "".join(text) if isinstance(text, list) else text for kind, text in output.get("data", {}).items()}
    if "text/markdown" in data:
        return _prose(data["text/markdown"])
    if "image/png" in data:
        return f'<figure><div class="card"><img src="{_picture(data["image/png"])}" alt=""></div></figure>'
    if (table := _TABLE.fullmatch(data.get("text/html", "").strip())) and "<script" not in table[0]:
        return f'<div class="scroll" tabindex="0">{re.sub(r" style=.text-align:(left|right).", _aligned, table[0])}</div>'
    plain = data.get("text/plain") or output.get("text", "")
    return f"<pre>{html.escape(''.join(plain))}</pre>"


def _aligned(match: re.Match) -> str:
    return ' class="n"' if match[1] == "right" else ""


def _prose(text: str) -> str:
    return mistune.html(html.escape(text, quote=False).replace("&gt;", ">")) if "<" in text else mistune.html(text)


def _picture(data: str) -> str:
    picture = Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")
    if picture.width > _WIDTH:
        picture = picture.resize((_WIDTH, round(picture.height * _WIDTH / picture.width)), Image.Resampling.BICUBIC)
    out = io.BytesIO()
    picture.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE).save(out, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode('ascii')}"


def _style(text: str) -> str:
    """Return the report's style with what `text` needs of its fonts, so that a page looks alike on every machine."""
    own = "main > :is(p, ol, ul, pre, details) { margin-top: .9rem; } main > ol { padding-left: 1.4rem; }"
    own += " strong { font-synthesis: weight; } em { font-synthesis: style; }"
    faces = fonts.faces(text, re.sub(r"(?s)<(table|pre)\b.*?</\1>", "", text))
    return style_sheet().replace("@@SANS@@", faces["sans"]).replace("@@SERIF@@", faces["serif"]) + own + "\n"


def _policy(style: str) -> str:
    return f"default-src 'none'; img-src data:; font-src data:; style-src {digest(style)}; base-uri 'none'; form-action 'none'"
