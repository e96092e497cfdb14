"""Texts by key, in files of `texts/`: `say("compare.change.caption", "zh", county=…)` finds it in compare.yml and fills it.

An entry is `{en: …, zh: …}`, or a list of such variants of which the first is said whose `when` holds: `when: {n: 1}` asks for
that value, a list of values for one of them, a variant without `when` always holds. Entries can be grouped to any depth.
A field is written

    {name}            as it is (a list: joined, 25,614 parted)     {share:%}  {share:%0}  23.4%  23%
    {n:,} {x:.2f}     in a format of Python's, minus as −          {gap:pp}   a difference of shares in points, with its sign
    {name:Aa}         to begin a sentence                          {n:?lies|lie}  one or many; true or not
    {n:?none|one|many}                                             alternatives may hold fields
    {n:#unit}  1 unit, 2,500 units                                 a count with its noun; {n:#county|counties} where no s will do

A value that is missing (None, NaN) is written as a dash. A field that is not given is an error that names text and field.
"""

import string
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from numbers import Integral, Number

import yaml

from helpers.language.numbers import NOTHING, number, percent, points

LANGUAGES = ("en", "zh")
_LARGE = 10_000  # no year is; from here on a whole number is written with its thousands apart
_BAR, _KEPT = "|", "\0"  # a value may hold the mark that parts alternatives


class TextError(KeyError):
    """A text or a field of it is missing; the message names both."""

    def __str__(self) -> str:
        return str(self.args[0])


def say(key: str, language: str, **values) -> str:
    """Return text `key` in `language`, filled with `values`.

    Raises TextError when there is no such text, no variant of it holds, or a field is not given.

    >>> say("labels.within", "zh", place="鼓楼区", within="福州市")
    '鼓楼区（福州市）'
    """
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r}: texts are written in {' or '.join(LANGUAGES)}")
    found = _entry(key)
    if isinstance(found, list):
        found = next((variant for variant in found if _holds(variant.get("when", {}), values)), None)
    if not isinstance(found, Mapping) or language not in found:
        raise TextError(f"text {key} has nothing to say in {language!r} for {sorted(values)}")
    try:
        return _Filler(language).vformat(found[language], (), values).replace(_KEPT, _BAR)
    except KeyError as missing:
        raise TextError(f"text {key} in {language!r} needs the field {missing}") from None


def both(key: str, **values) -> dict[str, str]:
    """Return text `key` in every language: {"en": …, "zh": …}."""
    return {language: say(key, language, **values) for language in LANGUAGES}


def name(id: object, language: str, kind: str = "values") -> str:
    """Return the name of a value of a table (measure, exact …) or, by `kind`, of a rule; one without a name is made readable."""
    known = named(kind).get(str(id))
    return known[language] if known else str(id).replace("_", " ")


def named(kind: str) -> dict[str, dict]:
    """Return what has a name: values of tables (`values`), rules of repair (`rules`)."""
    return _file("names")[kind]


def keys(key: str) -> list[str]:
    """Return the keys under `key`, in the order of their file."""
    return list(_entry(key))


def join(parts: list[str], language: str) -> str:
    """Join a list as one says it: a, b and c.

    >>> join(["甲", "乙", "丙"], "zh"), join(["κ 0.9", "F1 0.8"], "zh"), join(["a", "b", "c"], "en")
    ('甲、乙和丙', 'κ 0.9 和 F1 0.8', 'a, b and c')
    """
    parts = [str(part) for part in parts]
    if len(parts) < 2:
        return "".join(parts)
    comma, last = (say(f"labels.list_{which}", language) for which in ("comma", "and"))
    if language == "zh":  # letters and figures keep a space from Chinese characters
        last = " " * _is_western(parts[-2][-1:]) + last + " " * _is_western(parts[-1][:1])
    return comma.join(parts[:-1]).replace("”、“", "”“") + last + parts[-1]


def _is_western(letter: str) -> bool:
    return bool(letter) and letter < "\u2000" and not letter.isspace()


def entries() -> Iterator[tuple[str, dict]]:
    """Go through all texts: key and {language: text}; a text with variants comes once for each of them."""
    for path in sorted(files("helpers.language").joinpath("texts").iterdir(), key=lambda path: path.name):
        yield from _leaves(path.name.removesuffix(".yml"), _file(path.name.removesuffix(".yml")))


def fields(text: str) -> set[str]:
    """Return the names of the fields of a text, those within alternatives too."""
    found = set()
    for _, field, spec, _ in string.Formatter().parse(text):
        if field is not None:
            found |= {field, *fields(spec or "")}
    return found


def _leaves(key: str, node) -> Iterator[tuple[str, dict]]:
    if isinstance(node, list):
        for variant in node:
            yield key, {k: v for k, v in variant.items() if k != "when"}
    elif set(LANGUAGES) & set(node):
        yield key, node
    else:
        for part, child in node.items():
            yield from _leaves(f"{key}.{part}", child)


@cache
def _file(stem: str) -> dict:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # what yaml.safe_load does, in C: seven times as fast
    return loader(files("helpers.language").joinpath("texts", f"{stem}.yml").read_text(encoding="utf-8")).get_single_data()


def _entry(key: str):
    stem, *path = key.split(".")
    try:
        found = _file(stem)
        for part in path:
            found = found[part]
    except (KeyError, TypeError, FileNotFoundError):
        raise TextError(f"there is no text {key}") from None
    return found


def _holds(when: dict, values: dict) -> bool:
    return all(values.get(key) in asked if isinstance(asked, list) else values.get(key) == asked for key, asked in when.items())


def missing(value: object) -> bool:
    """Tell whether there is no value: None, NaN, NA (which is not true of anything, not even of being itself)."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, Number) and value != value


class _Filler(string.Formatter):
    def __init__(self, language: str):
        self.language = language

    def vformat(self, text: str, args: tuple, values: Mapping) -> str:
        return self._vformat(text, args, values, set(), 9)[0]  # alternatives within alternatives; the library stops at two

    def format_field(self, value, spec: str) -> str:
        if spec.startswith("?"):
            return _chosen(value, spec[1:].split(_BAR))
        if missing(value):
            return NOTHING
        if spec.startswith("#"):
            return _counted(value, *spec[1:].split(_BAR))
        if isinstance(value, (list, tuple)):
            value = join(list(value), self.language)
        if isinstance(value, Number) and not isinstance(value, bool):
            if spec.startswith("%"):
                return percent(float(value), int(spec[1:] or 1))
            large = not spec and isinstance(value, Integral) and abs(value) >= _LARGE
            return points(float(value)) if spec == "pp" else number(value, "," if large else spec)
        text = str(value)
        if spec == "Aa":
            text = text[:1].upper() + text[1:]
        elif spec:
            raise ValueError(f"{value!r} cannot be written as {spec!r}")
        return text.replace(_BAR, _KEPT)


def _counted(value, one: str, many: str = "") -> str:
    """Write a count, a number or one already written, with its noun."""
    text = f"{value:,}" if isinstance(value, Number) else str(value)
    return f"{text} {one if text == '1' else many or one + 's'}"


def _chosen(value, parts: list[str]) -> str:
    if isinstance(value, Number) and not isinstance(value, bool):
        at = 0 if value == 1 else 1
        return parts[at] if len(parts) == 2 else parts[min(int(value), 2)]
    return parts[0 if value is not None and bool(value) else 1]
