"""What goes into a thesis or an article: methods, tables, figures, references and coding table, as Word and as LaTeX."""

from pathlib import Path

from helpers import references, store
from helpers.paper import content, tex, word
from helpers.paper.model import Table
from helpers.report import material
from helpers.report.words import Words

STYLES = ("apa", "gbt")

__all__ = ["STYLES", "Table", "printed", "write"]


def printed(processed_dir, run: dict, language: str = "en", codebook=None) -> list[Table]:
    """Return the tables that count, in one language and with their notes, for whoever prints them; arguments as in `write`."""
    found = material.load(processed_dir, "", None, run, codebook)
    return content.printed(found, Words(language, found.codebook, found.names))


def write(
    processed_dir, figures_dir, executed_dir, folder, run: dict, language: str = "en", codebook=None, style: str | None = None
) -> list[Path]:
    """Write `paper-<language>.docx`, `.tex` and `.bbl`, `references.bib` and the figures; return the files.

    Arguments as in `report.build`; `style`: apa or gbt (GB/T 7714—2015, numbered), by default what journals of the language ask
    for. The same run gives the same bytes.
    """
    style, target = style or ("gbt" if language == "zh" else "apa"), store.resolve(folder)
    found = material.load(processed_dir, figures_dir, executed_dir, run, codebook)
    paper = content.of(found, Words(language, found.codebook, found.names), style)
    stem = f"paper-{language}"
    written = [store.write_atomic(target / f"{stem}.docx", lambda partial: partial.write_bytes(word.document(paper)))]
    for figure in paper.figures:
        data = figure.path.read_bytes()
        path = target / "figures" / f"{figure.name}-{language}.png"
        written.append(store.write_atomic(path, lambda partial, data=data: partial.write_bytes(data)))
    written.append(store.write_text(target / f"{stem}.tex", tex.document(paper)))
    written.append(store.write_text(target / f"{stem}.bbl", tex.bibliography(paper)))
    written.append(store.write_text(target / "references.bib", references.bibtex(paper.works)))
    return written
