"""Blocks of an old Word or WPS file: msdoc2docx (MIT) makes a .docx of it, legacy-doc (MIT) gives the bare text where it cannot.

Compared on files of LibreOffice: msdoc2docx keeps tables with their merged cells, the numbers of lists, notes, text boxes and
tracked changes; legacy-doc keeps the letters alone, which here also show whether the first one lost any.
"""

import re
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import doc2docx
import legacy_doc
from doc2docx.errors import Doc2DocxError, EncryptedDocumentError

from helpers.corpus.blocks import Content, Unreadable, plain
from helpers.corpus.docx import read_docx
from helpers.corpus.files import MAX_BYTES
from helpers.language.reasons import coded

_HAN = re.compile(r"[\u3400-\u9fff]")
_OPTIONS = legacy_doc.ExtractionOptions(max_file_bytes=MAX_BYTES, max_text_bytes=MAX_BYTES)
# What both libraries raise for damaged files, besides errors of their own.
_FAILURES = (ValueError, LookupError, ArithmeticError, TypeError, AttributeError, RecursionError, OSError)


def read_word97(data: bytes) -> Content:
    """Read a .doc or .wps file as the .docx that it would be; raise Unreadable for encrypted and broken files."""
    bare = _bare_text(data)
    try:
        made = replace(read_docx(_as_docx(data)), encoding="doc", format="doc")
    except EncryptedDocumentError as error:
        raise Unreadable("locked") from error
    except (Unreadable, Doc2DocxError, *_FAILURES) as error:
        if not bare:
            raise Unreadable("old_word_broken") from error
        return plain(bare, "doc", "doc", (coded("bare_word"),))
    said = Counter(_HAN.findall(bare))
    lost = (said - Counter(_HAN.findall(made.text))).total()
    if lost > 20 and lost > 0.2 * said.total():
        return plain(bare, "doc", "doc", (coded("bare_word"),))
    return replace(made, flags=(*made.flags, coded("letters_missing", n=lost))) if lost > 20 else made


def _as_docx(data: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:  # the library reads and writes files only
        source, made = Path(folder, "a.doc"), Path(folder, "a.docx")
        source.write_bytes(data)
        doc2docx.convert(source, made)
        return made.read_bytes()


def _bare_text(data: bytes) -> str:
    try:
        return legacy_doc.extract_text(data, options=_OPTIONS).text
    except (legacy_doc.LegacyDocError, *_FAILURES):
        return ""
