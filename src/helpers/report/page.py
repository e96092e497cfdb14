"""One edition of the report as one HTML file that needs nothing else: fonts, images, data and code are inside."""

import base64
import hashlib
import json
import re
import zlib
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from helpers import catalogue, colours, store
from helpers.report import drawing, evidence, fonts, material, results
from helpers.report.material import Material
from helpers.report.model import Cell, Figure, More, Prose, Report, Table
from helpers.report.words import Words

NAMES = {"en": "index.en.html", "zh": "index.zh.html"}
_MAX_TABLE, _MAX_TABLES = 1_000_000, 4_000_000  # characters of CSV that the page carries
_SANS, _SERIF = "@@SANS@@", "@@SERIF@@"


def downloads(content: Material) -> tuple[dict[str, str], list[str]]:
    """Return the CSV texts that the page carries, by name, and the tables that are too large for it."""
    texts, left_out, total = {}, [], 0
    for name, declared in {**catalogue.tables(), **catalogue.views()}.items():
        if not declared.csv or declared.place == "apart" or not content.has(name):
            continue
        text = store.csv_text(content[name]) if content.n_rows(name) <= material.MOST else None
        if text is None or len(text) > _MAX_TABLE or total + len(text) > _MAX_TABLES:
            left_out.append(f"{name}.{'csv' if content.n_rows(name) <= store.CSV_ROWS else 'parquet'}")
            continue
        texts[name], total = text, total + len(text)
    for picture in content.pictures:
        if picture.csv and len(picture.csv) < _MAX_TABLE // 4 and total + len(picture.csv) < 2 * _MAX_TABLES:
            texts[f"figure:{picture.name}"], total = picture.csv, total + len(picture.csv)
    return texts, left_out


def render(report: Report, content: Material, words: Words, units: dict, csv: tuple[dict, list], other: str) -> str:
    """Return the page without its fonts; `other` is the file name of the other edition."""
    texts, left_out = csv
    script, early = (_source(name) for name in ("page.js", "early.js"))
    rows = [
        (name, words("download", table=words.about(name), n=f"{content.n_rows(name):,}")) for name in texts if ":" not in name
    ]
    types = results.type_order(content)
    return _environment().get_template("page.html.j2").render(
        report=report, words=words, other=other, policy="@@POLICY@@",
        style=Markup(style_sheet()), script=Markup(script), early=Markup(early),
        downloads=rows, left_out=left_out, embedded=set(texts), csv_tables={n for n, t in catalogue.tables().items() if t.csv},
        type_keys=[(words.tool(name), i) for i, name in enumerate(types)],
        units_json=Markup(evidence.script_json(units)), tables_json=Markup(_packed(texts)),
        words_json=Markup(evidence.script_json(evidence.labels(content, words, units["tools"]))),
    )  # fmt: skip


def _packed(texts: dict[str, str]) -> str:
    """Return the CSV texts as one compressed text for the page's own code to unpack: a fifth of their size."""
    plain = json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return f'"{base64.b64encode(zlib.compress(plain, 9)).decode("ascii")}"'


def finish(pages: list[str]) -> list[str]:
    """Put the fonts into all editions (one subset serves them all) and state what the pages may load and run."""
    everything = "".join(pages)
    own = "".join(sorted(set("".join(_prose(page) for page in pages))))
    faces = fonts.faces(everything, own)
    return [_policy(page.replace(_SANS, faces["sans"]).replace(_SERIF, faces["serif"])) for page in pages]


def _prose(page: str) -> str:
    """Return what is set in the serif face: the page without its tables, captions, data and code."""
    return re.sub(r"(?s)<(table|figcaption|pre|script|style|svg)\b.*?</\1>", "", page)


def _policy(page: str) -> str:
    """Nothing may be loaded from elsewhere, and only our own style and scripts apply (by their checksums)."""
    style = re.search(r"(?s)<style>(.*?)</style>", page)[1]
    scripts = re.findall(r"(?s)<script>(.*?)</script>", page)
    allowed = " ".join(digest(script) for script in scripts)
    policy = (
        f"default-src 'none'; img-src data:; font-src data:; style-src {digest(style)}; script-src {allowed}; "
        "base-uri 'none'; form-action 'none'"
    )
    return page.replace("@@POLICY@@", policy, 1)


def digest(text: str) -> str:
    """Return the checksum of a style or script as a content policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def style_sheet() -> str:
    """Return the style of the report and of the pages beside it, in the colours of the figures."""
    return colours.in_style(_source("style.css"))


def _source(name: str) -> str:
    return files("helpers.report").joinpath("templates", name).read_text(encoding="utf-8")


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("helpers.report", "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.tests["prose"] = lambda block: isinstance(block, Prose)
    environment.tests["table"] = lambda block: isinstance(block, Table)
    environment.tests["figure"] = lambda block: isinstance(block, Figure)
    environment.tests["sorted_apart"] = _sorted_apart
    environment.tests["more"] = lambda block: isinstance(block, More)
    environment.filters["picture"] = _picture
    environment.filters["commands"] = lambda text: Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))
    environment.filters["italics"] = lambda text: Markup(re.sub(r"\*([^*]+)\*", r"<em>\1</em>", str(escape(text))))
    return environment


def _sorted_apart(cell: Cell) -> bool:
    """Tell whether a cell must say what it sorts by: the page reads a number from the text wherever it begins with it."""
    return cell.sort is not None and not re.match(r"[<+-]?[\d,]*\.?\d", cell.text)


def _picture(figure: Figure) -> Markup:
    """Return a figure's drawing, or its image where the drawing would be heavier."""
    if material.is_drawing(figure.path):
        return Markup(drawing.inline(figure.path.with_suffix(".svg"), f"f{figure.number}", figure.alt))
    data, (width, height) = material.raster(figure.path, narrow=True)
    address = f"data:image/png;base64,{base64.b64encode(data).decode('ascii')}"
    size = f'width="{width}" height="{height}"'
    return Markup(f'<img src="{address}" {size} alt="{escape(figure.alt)}" decoding="async">')
