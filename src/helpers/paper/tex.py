"""A paper as LaTeX: one file that XeLaTeX sets, with its list of references, which BibTeX can make anew from references.bib."""

from helpers.export.latex import escape
from helpers.paper.cited import runs
from helpers.paper.model import Figure, Heading, Paper, Paragraph, References, Table

_HEAD = r"""% xelatex {stem}.tex, twice. The references stand in {stem}.bbl; bibtex {stem} makes them anew from references.bib.
\documentclass[a4paper,{size}]{{{kind}}}
{cjk}\xeCJKDeclareCharClass{{CJK}}{{"2160->"217F, "2460->"24FF}} % numerals that Latin fonts lack
\usepackage[margin=2.7cm]{{geometry}}
\usepackage{{amsmath,array,booktabs,graphicx,longtable,textcomp}}
\usepackage[{cite}]{{natbib}}
\setlength\tabcolsep{{4pt}}
\title{{{title}}}
\author{{{author}}}
\date{{}}
\begin{{document}}
\maketitle
"""
# The sentences of an English paper are Chinese; its quotation marks and dashes are not.
_ENGLISH = '\\usepackage[scheme=plain]{ctex}\n\\xeCJKDeclareCharClass{Default}{"2013->"201D, "2026}\n'
_STYLES = {"gbt": "gbt7714-numerical", "apa": "apalike"}


def document(paper: Paper) -> str:
    """Return the text of `paper-<language>.tex`."""
    chinese = paper.language == "zh"
    head = _HEAD.format(
        stem=f"paper-{paper.language}", size="zihao=-4" if chinese else "11pt", kind="ctexart" if chinese else "article",
        cjk="" if chinese else _ENGLISH,
        cite="numbers,sort&compress" if paper.style == "gbt" else "authoryear",
        title=escape(paper.title), author=escape(paper.author),
    )  # fmt: skip
    writer = _Writer(paper)
    return head + "\n".join([*(writer.block(block) for block in paper.blocks), r"\end{document}", ""])


def bibliography(paper: Paper) -> str:
    """Return the text of `paper-<language>.bbl`: the references as the style writes them."""
    lines = [rf"\begin{{thebibliography}}{{{len(paper.works)}}}"]
    for work, text in zip(paper.works, paper.references, strict=True):
        parts = [escape(part) for part in text.split("*")]
        shown = "".join(rf"\textit{{{part}}}" if i % 2 else part for i, part in enumerate(parts))
        lines += ["", rf"\bibitem[{{{escape(work.first_author)}({work.year})}}]{{{work.key}}}", shown]
    return "\n".join([*lines, "", r"\end{thebibliography}", ""])


class _Writer:
    def __init__(self, paper: Paper):
        self._paper = paper

    def block(self, block) -> str:
        match block:
            case Heading():
                return _heading(block)
            case Paragraph():
                return self._cited(self._paper.referring(block, self._label)) + "\n"
            case Table():
                return _long(block, self._note(block)) if block.long else _table(block, self._note(block))
            case Figure():
                return self._figure(block)
            case References():
                return self._references()
        raise TypeError(f"{type(block).__name__} cannot be set")

    def _references(self) -> str:
        """Works that the text names without a command are listed too."""
        keys = ",".join(work.key for work in self._paper.works)
        style = _STYLES[self._paper.style]
        return "\n".join(
            [*([rf"\nocite{{{keys}}}"] if keys else []), rf"\bibliographystyle{{{style}}}", r"\bibliography{references}"]
        )

    def _label(self, key: str) -> str:
        word = self._paper.words("figure" if key.startswith("figure-") else "table", n="\4")
        return word.replace("\4", f"\1{key}\2").replace(" ", "\3")

    def _cited(self, text: str) -> str:
        out = []
        for piece, works in runs(text, self._paper.works):
            cited = escape_marked(piece)
            if works and self._paper.style == "gbt":
                cited += rf"\textsuperscript{{\cite{{{','.join(work.key for work in works)}}}}}"
            out.append(cited)
        return "".join(out)

    def _note(self, table: Table) -> str:
        return self._cited(self._paper.words("paper.note", text=table.note)) if table.note else ""

    def _figure(self, figure: Figure) -> str:
        file = f"figures/{figure.name}-{self._paper.language}.png"
        picture = rf"\includegraphics[width=\linewidth,height=.55\textheight,keepaspectratio]{{{file}}}"
        caption = rf"\caption{{{self._cited(figure.caption)}}}\label{{{figure.key}}}"
        return "\n".join([r"\begin{figure}[htbp]", r"\centering", picture, caption, r"\end{figure}", ""])


def _heading(heading: Heading) -> str:
    text = escape(heading.text)
    if heading.appendix:
        return rf"\clearpage\section*{{{text}}}" + "\n"
    return rf"\{'sub' * (heading.level - 1)}section{{{text}}}" + "\n"


def escape_marked(text: str) -> str:
    """Escape a text in which \\1key\\2 stands for a reference and \\3 for a space that does not break."""
    out = []
    for part in text.split("\1"):
        key, mark, rest = part.rpartition("\2")
        out.append((rf"\ref{{{key}}}" if mark else "") + "~".join(escape(piece) for piece in rest.split("\3")))
    return "".join(out)


def _columns(table: Table) -> str:
    whole, gaps = sum(table.widths), len(table.widths)
    kinds = []
    for i, width in enumerate(table.widths):
        at = r"\centering" if i in table.numbers else r"\raggedright"
        kinds.append(
            rf">{{{at}\arraybackslash}}p{{\dimexpr{width / whole:.3f}\linewidth-{2 * (gaps - 1) / gaps:.2f}\tabcolsep\relax}}"
        )
    return "@{}" + "".join(kinds) + "@{}"


def _row(cells: list[str]) -> str:
    return " & ".join(r"\newline ".join(escape(line) for line in cell.split("\n")) for cell in cells) + r" \\"


def _table(table: Table, note: str) -> str:
    rows = [_row(row) for row in table.rows]
    under = [r"\par\smallskip", rf"\begin{{minipage}}{{\linewidth}}\footnotesize {note}\end{{minipage}}"] if note else []
    return "\n".join([
        r"\begin{table}[htbp]", r"\centering\small", rf"\caption{{{escape(table.caption)}}}\label{{{table.key}}}",
        rf"\begin{{tabular}}{{{_columns(table)}}}", r"\toprule", _row(table.heads), r"\midrule", *rows, r"\bottomrule",
        r"\end{tabular}", *under, r"\end{table}", "",
    ])  # fmt: skip


def _long(table: Table, note: str) -> str:
    head = [r"\toprule", _row(table.heads), r"\midrule"]
    return "\n".join([
        r"{\small", rf"\begin{{longtable}}{{{_columns(table)}}}", rf"\caption{{{escape(table.caption)}}}\label{{{table.key}}} \\",
        *head, r"\endfirsthead", *head, r"\endhead", r"\bottomrule", r"\endfoot", *(_row(row) for row in table.rows),
        r"\end{longtable}", *([rf"\noindent\footnotesize {note}"] if note else []), "}", "",
    ])  # fmt: skip
