"""A figure for a slide or a page of its own: its title above, its source and the number of sentences below, in the picture itself."""

import io
import json
import re
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from helpers import store
from helpers.language import say
from helpers.plots.style import INK, NEUTRAL, font_path

_SIDE, _TITLE, _NOTE = 60, 46, 30  # pixels at 300 to the inch: margin, heights of letters


def with_title(path: str | Path, title: str, source: str, n: str) -> bytes:
    """Return the PNG at `path` with `title` above it, `source` and `n` (how much it rests on) below, as PNG."""
    with Image.open(path) as picture:
        drawn, dpi = picture.convert("RGB"), picture.info.get("dpi", (300, 300))
    fonts = [ImageFont.truetype(font_path(), size) for size in (_TITLE, _NOTE)]
    width = max(drawn.width, 1200) + 2 * _SIDE
    above, below = (_lines(text, font, width - 2 * _SIDE) for text, font in zip((title, f"{source} {n}"), fonts, strict=True))
    heights = [len(lines) * round(1.4 * size) for lines, size in ((above, _TITLE), (below, _NOTE))]
    page = Image.new("RGB", (width, drawn.height + sum(heights) + 4 * _SIDE), "white")
    pen, y = ImageDraw.Draw(page), _SIDE
    for lines, font, colour, size in ((above, fonts[0], INK, _TITLE), (below, fonts[1], NEUTRAL, _NOTE)):
        for line in lines:
            pen.text((_SIDE, y), line, font=font, fill=colour)
            y += round(1.4 * size)
        if lines is above:
            page.paste(drawn, ((width - drawn.width) // 2, y + _SIDE // 2))
            y += drawn.height + _SIDE
    out = io.BytesIO()
    page.save(out, "PNG", dpi=dpi)
    return out.getvalue()


def titled(figures_dir: str | Path, target: str | Path, language: str, n_documents: int, n_units: int) -> list[Path]:
    """Write every figure of a folder with its title, source and n into `target`; the title is the first sentence of its caption."""
    written = []
    source = say("labels.source", language)
    n = say("labels.rests_on", language, n=n_units, documents=n_documents)
    for picture in sorted(store.resolve(figures_dir).glob(f"*.{language}.png")):
        about = picture.with_name(f"{picture.name.partition('.')[0]}.json")
        caption = json.loads(about.read_text(encoding="utf-8"))["caption"][language]
        png = with_title(picture, first_sentence(caption), source, n)
        written.append(
            store.write_atomic(store.resolve(target) / picture.name, lambda partial, png=png: partial.write_bytes(png))
        )
    return written


def first_sentence(caption: str) -> str:
    """Return what a caption says first, without its full stop.

    >>> first_sentence("Tools by county-year, % of units (Fang et al. 2025). The highest is A.")
    'Tools by county-year, % of units (Fang et al. 2025)'
    """
    return re.split(r"(?<!et al)(?<!vs)\.\s+(?=[A-Z{“])|。|；|; |: (?=[a-z])|：", caption.strip(), maxsplit=1)[0].rstrip(". ")


def _lines(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Break a text into lines of at most `width` pixels: between words, in Chinese between characters."""
    lines, line = [], ""
    for piece in re.findall(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+", text):
        if line and font.getlength((line + piece).rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.strip() else lines
