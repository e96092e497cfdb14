"""Reasons and doubts: a code with its arguments where they arise and where they are kept, a sentence where they are read."""

import json

from helpers.language.texts import TextError, keys, say


def coded(code: str, /, **arguments) -> str:
    """Write a reason as its code with its arguments: `too_large{"mb": 64}`; an argument `@zip` is a word of reasons.yml.

    Raises TextError for a code that no language can say.
    """
    if code.partition("{")[0] not in keys("reasons"):
        raise TextError(f"there is no reason {code}: write it into language/texts/reasons.yml")
    return code + json.dumps(arguments, ensure_ascii=False, sort_keys=True) if arguments else code


def said(reason: str, language: str) -> str:
    """Say one coded reason.

    >>> said(coded("too_large", mb=64), "zh")
    '超过 64 MB：请拆分或去除图片'
    """
    code, brace, rest = reason.partition("{")
    arguments = json.loads(brace + rest) if brace else {}
    words = {name: say(f"reasons.words.{value[1:]}", language) if _is_word(value) else value for name, value in arguments.items()}
    return say(f"reasons.{code}", language, **words)


def kept(reasons: list[str]) -> str:
    """Write coded reasons, each once, as a table keeps them: a JSON list."""
    return json.dumps(list(dict.fromkeys(reasons)), ensure_ascii=False)


def all_said(text: str, language: str) -> str:
    """Say the coded reasons that a table keeps, in one line; a cell that is no such list is shown as it stands."""
    try:
        reasons = json.loads(text)
    except ValueError:
        return text
    return say("labels.semicolon", language).join(said(reason, language) for reason in reasons)


def _is_word(value) -> bool:
    return isinstance(value, str) and value[:1] == "@" and value[1:] in keys("reasons.words")
