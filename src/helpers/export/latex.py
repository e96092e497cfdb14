"""Each table as LaTeX with booktabs: one file a table to \\input, and one document that sets them all."""

import re
import unicodedata
from pathlib import Path

import pandas as pd

from helpers import catalogue, store

MAX_ROWS = 500
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    '"': r"\textquotedbl{}", "[": "{[}", "]": "{]}", "*": "{*}", "`": r"\textasciigrave{}", "'": r"\textquotesingle{}",
    # no glyph in the Latin fonts that TeX sets by default
    "κ": r"$\kappa$", "α": r"$\alpha$", "−": "$-$", "≥": r"$\geq$", "≤": r"$\leq$", "×": r"$\times$",
    "→": r"$\to$", "°": r"\textdegree{}",
}  # fmt: skip
_PATTERN = re.compile("[" + re.escape("".join(_SPECIAL)) + "]")
_HEAD = "% {name}: {about}\n% Needs \\usepackage{{booktabs,longtable,array,textcomp,ctex}} and XeLaTeX: cells hold Chinese.\n"
_DOCUMENT = r"""% All tables of the report. Set it with XeLaTeX: xelatex tables.tex (twice).
\documentclass[a4paper,landscape]{article}
\usepackage[margin=15mm]{geometry}
\usepackage{booktabs,longtable,array,textcomp}
\usepackage[scheme=plain]{ctex} % finds a font with simplified Chinese on every system
\begin{document}
\footnotesize
@@INPUTS@@
\end{document}
"""


def latex(
    processed_dir: str | Path, folder: str | Path, language: str = "en", max_rows: int = MAX_ROWS,
    views: dict[str, pd.DataFrame] | None = None,
) -> list[Path]:  # fmt: skip
    """Write `<table>.tex` for every table that a page can hold, and `tables.tex` that sets them all; return the files.

    Titles and headings are in `language`; `views` are tables that are not written to `processed_dir`.
    Cells are escaped, so that nothing in them is a command. A table longer than `max_rows` is cut, with a note under it;
    tables with one row a sentence are left out (take CSV or Parquet).
    """
    source, target = store.resolve(processed_dir), store.resolve(folder)
    printed = [name for name, about in catalogue.tables().items() if about.place != "sentence"]
    names = [name for name in printed if (source / f"{name}.parquet").exists()]
    if not names:
        raise store.MissingTable(f"no table is in {processed_dir}: run `make report` first, then export")
    frames = ((name, store.read_table(source, name)) for name in names)
    texts = ((name, table(frame, name, language, max_rows)) for name, frame in (*frames, *(views or {}).items()))
    written = [store.write_text(target / f"{name}.tex", text) for name, text in texts]
    inputs = "\n".join(f"\\input{{{path.stem}}}" for path in written)
    return [*written, store.write_text(target / "tables.tex", _DOCUMENT.replace("@@INPUTS@@", inputs))]


def table(frame: pd.DataFrame, name: str, language: str = "en", max_rows: int = MAX_ROWS) -> str:
    """Return one table as a longtable with booktabs rules; columns without any value are left out."""
    declared = catalogue.table(name)
    there = [c for c in declared.fields if c.name in frame.columns]
    columns = [c for c in there if not len(frame) or frame[c.name].notna().any()]
    layout = _layout(frame, columns)
    heads = " & ".join(escape(catalogue.heading(c.name, language)) for c in columns) + r" \\"
    shown = frame.head(max_rows)
    cells = [[written(v, c.type) for v in shown[c.name].astype(object)] for c in columns]
    rows = [" & ".join(row) + r" \\" for row in zip(*cells, strict=True)]
    title = escape(catalogue.title(name, language))
    note = []
    if len(frame) > max_rows:
        span = len(columns)
        note = [rf"\multicolumn{{{span}}}{{l}}{{First {max_rows} of {len(frame)} rows; all are in {escape(name)}.parquet.}} \\"]
    lines = [
        rf"\begin{{longtable}}{{@{{}}{layout}@{{}}}}", rf"\caption{{{title}}}\label{{tab:{name}}} \\",
        r"\toprule", heads, r"\midrule", r"\endfirsthead", r"\toprule", heads, r"\midrule", r"\endhead",
        r"\bottomrule", r"\endfoot", *rows, *note, r"\end{longtable}",
    ]  # fmt: skip
    return _HEAD.format(name=name, about=declared.about) + "\n".join(lines) + "\n"


def _layout(frame: pd.DataFrame, columns: list[catalogue.Field]) -> str:
    """Numbers stand right; the text columns share what is left of the line by the root of their longest cell."""
    longest = {
        c.name: max([len(c.name), *(len(str(v)) for v in frame[c.name].dropna().head(100))]) ** 0.5
        for c in columns
        if _is_text(c)
    }
    room, total = max(0.3, 0.9 - 0.06 * (len(columns) - len(longest))), sum(longest.values()) or 1
    width = {name: room * size / total for name, size in longest.items()}
    return "".join(
        rf">{{\raggedright\arraybackslash}}p{{{width[c.name]:.3f}\linewidth}}" if c.name in width else "r" for c in columns
    )


def _is_text(column: catalogue.Field) -> bool:
    return column.type in ("str", "bool", "maybe")


def written(value, kind: str) -> str:
    """Write one cell: shares as per cent, counts with thousands, text escaped."""
    if value is None or value is pd.NA or value != value:
        return ""
    if kind == "share":
        return f"{100 * value:.1f}\\%"
    if kind == "int":
        return f"{value:,}".replace(",", "{,}")
    if kind == "float":
        return f"{value:.4g}"
    return escape(str(value))


def escape(text: str) -> str:
    """Return text in which nothing is a command; line breaks and control characters become spaces."""
    flat = "".join(" " if c.isspace() or unicodedata.category(c) in ("Cc", "Cs") else c for c in text)
    return _PATTERN.sub(lambda match: _SPECIAL[match[0]], flat)
