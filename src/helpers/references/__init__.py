"""The works that the methods lean on: who is cited in a text, and each work as APA, GB/T 7714 and BibTeX."""

from helpers.references.styles import apa, bibtex, gbt
from helpers.references.works import Work, cited, works

__all__ = ["Work", "apa", "bibtex", "cited", "gbt", "works"]
