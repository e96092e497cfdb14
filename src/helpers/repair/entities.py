"""Character references that a copied page leaves in a text (&nbsp; &ldquo; &#8220;), put back to their characters."""

from __future__ import annotations

import html
import re

from helpers.repair.edits import EXACT, Edit

_ENTITY = re.compile(
    r"&(?:amp;)?(?:nbsp|ensp|emsp|thinsp|[lr][ds]quo|[mn]dash|hellip|middot|bull|times|deg|permil|sup[123]|lt|gt|quot|apos|amp"
    r"|#\d{2,6}|#x[\da-fA-F]{2,5});"
)


def unescape(text: str) -> list[Edit]:
    """Edits that put the character for each reference; those of blanks become one blank."""
    if "&" not in text:
        return []
    edits = []
    for m in _ENTITY.finditer(text):
        after = html.unescape(html.unescape(m[0]))
        if "\0" not in after and after.isprintable() or after.isspace():
            after = " " if after.isspace() else after
            edits.append(Edit(m.start(), m.end(), after, "entity", EXACT, "character reference of a web page"))
    return edits
