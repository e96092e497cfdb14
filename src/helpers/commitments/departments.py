"""Names of departments: which body a name means, and how its county writes it."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from helpers import store
from helpers.codebook import CodebookError, bounded

DEFAULT = "data/codebook/departments.yml"
_BRANCH = re.compile(
    r"^(?:市|州)?(?:生态环境局|自然资源局|公安局|市场监督管理局)[\u4e00-\u9fff]{1,6}分局$|^[\u4e00-\u9fff]{2,4}(?:公安)分局$"
)


@dataclass(frozen=True)
class Register:
    """`stems` maps a name without its level to (body, short name); `local` maps (county, name) to (body, shown name)."""

    stems: dict[str, tuple[str, str]]
    local: dict[str, tuple[str, str, str]]
    labels: dict[str, dict[str, str]]
    collective: re.Pattern


@cache
def load(path: str = DEFAULT) -> Register:
    """Read the register of departments; raise CodebookError naming file and entry when something is missing or doubled."""
    file = Path(store.resolve(path))
    try:
        raw = bounded.read(file)
    except (OSError, yaml.YAMLError) as error:
        raise CodebookError(
            f"{file.name}: cannot be read ({error.__class__.__name__}); restore data/codebook/departments.yml"
        ) from error
    stems: dict[str, tuple[str, str]] = {}
    labels: dict[str, dict[str, str]] = {}
    for entry in raw["bodies"]:
        for field in ("id", "zh", "en", "short", "note", "source"):
            if not entry.get(field):
                raise CodebookError(f"{file.name}: entry {entry.get('id', entry)} has no {field}")
        for name in [entry["short"], *entry.get("variants", [])]:
            if name in stems:
                raise CodebookError(f"{file.name}: {name} stands under both {stems[name][0]} and {entry['id']}")
            stems[name] = (entry["id"], entry["short"])
        labels[entry["id"]] = {"en": entry["en"], "zh": entry["zh"]}
    local = {}
    for entry in raw.get("local", []):
        labels.setdefault(entry["id"], {"en": entry["en"], "zh": entry["short"]})
        for name in [entry["short"], *entry.get("variants", [])]:
            local[name] = (entry["id"], entry["short"], entry["county"])
    collective = re.compile("|".join(entry["pattern"] for entry in raw.get("collective", [])) or "(?!)")
    return Register(stems, local, labels, collective)


def identify(name: str, register: Register, county: str = "") -> tuple[str, str, str]:
    """Return (body, stem, level) of a written name; body is "" where the register does not know it.

    工信局, 县工信局 and 湘阴县工信局 share body and stem; a branch of the city's department keeps its written name as stem.
    """
    if name in register.local and county in ("", register.local[name][2]):
        body, shown, _ = register.local[name]
        return body, shown, "local"
    if name in register.stems:
        return register.stems[name][0], name, ""
    if _BRANCH.match(name):
        kind = (
            "ecology"
            if "环境" in name
            else "public_security"
            if "公安" in name
            else "natural_resources"
            if "资源" in name
            else "market_supervision"
        )
        return kind, name, "local"
    for size in range(1, min(6, len(name) - 1)):
        if name[size - 1] in "县区市旗州省" and name[size:] in register.stems:
            return register.stems[name[size:]][0], name[size:], name[size - 1]
    if county and name.startswith(county[:-1]):
        rest = name[len(county) - 1 :]
        return identify(rest, register) if rest in register.stems else ("", name, "")
    return "", name, ""


def names_of(county: str, written: list[str], register: Register) -> dict[str, tuple[str, str]]:
    """Map each name written in one county to (department shown, body).

    The name shown is the form used most often for that body there; ties go to the register's short name, then to the first in
    order of characters. A name keeps its level: the city's bureau stays the city's; one without a level is the county's.
    """
    known = [(name, *identify(name, register, county)) for name in written]
    level = (
        county[-1:]
        if county[-1:] in tuple("县区市旗")
        else _commonest([level for *_, level in known if level in tuple("县区市旗")])
    )
    forms: dict[tuple[str, str], Counter] = {}
    twins = {name for name, body, _stem, _ in known if not body}
    for _name, body, stem, mark in known:
        if body:
            own = mark or level
            forms.setdefault((body, own), Counter())[stem if mark == "local" else f"{own}{stem}"] += 1
    best = {key: _preferred(counts, *key, register) for key, counts in forms.items()}
    out = {}
    for name, body, _stem, mark in known:
        if body:
            out[name] = (best[body, mark or level], body)
        else:
            out[name] = (f"{level}{name}" if f"{level}{name}" in twins and level else name, "")
    return out


def _preferred(counts: Counter, body: str, level: str, register: Register) -> str:
    short = {f"{level}{short}" for known, short in register.stems.values() if known == body}
    return min(counts, key=lambda name: (-counts[name], name not in short, name))


def _commonest(levels: list[str]) -> str:
    counts = Counter(levels)
    return min(counts, key=lambda level: (-counts[level], level)) if counts else ""
