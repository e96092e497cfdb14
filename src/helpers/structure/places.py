"""Which county a document belongs to: evidence from title, issuer, document number, body and file name, and its doubts."""

import re
from dataclasses import dataclass, replace

from helpers.language.reasons import coded
from helpers.structure.divisions import Division, register
from helpers.structure.mentions import Mention, mentions, short_counts
from helpers.structure.speaker import authority_above, zone_in

# How a document speaks of itself, by level. 全市 and 市委 are no marks: county documents name their city so all the time.
_SELF = {
    "县": re.compile(r"[我全]县|县委|县政府|县人民政府|县直|县属|[我全]旗|旗委"),
    "区": re.compile(r"我区|区委|区政府|区人民政府|区直|区属"),
    "市": re.compile(r"我市|本市"),
}
_TITLE, _NUMBER, _HEAD = 25.0, 10.0, 6.0
_ENOUGH = 0.9


@dataclass(frozen=True, slots=True)
class Place:
    """County of a document (empty where unknown) with code, city, province, the source of the finding and its doubts."""

    county: str = ""
    code: str = ""
    city: str = ""
    province: str = ""
    source: str = "unknown"
    flags: tuple[str, ...] = ()


def locate(title: str, issuer: str, doc_number: str, head: str, body: str, file_name: str, year: int | None) -> Place:
    """Weigh the namings of counties and return the document's own, or nothing with a flag where two are equally likely.

    `title` begins with the line in which the document speaks. What an authority above the county wrote is not the county's; what
    a development zone wrote is its county's, with a flag.
    """
    named = [(m, _TITLE) for m in mentions(f"{title}\n{issuer}")]
    for text, factor in ((head, _HEAD), (body, 1.0)):
        named += [(m, factor * m.weight) for m in mentions(text)]
    upper = _weights(named, "city"), _weights(named, "province")
    speaker = title.split("\n", 1)[0]
    speakers = _speaking(speaker, issuer)
    zone = zone_in(speaker, issuer)
    above = authority_above(speaker, issuer, doc_number) if zone is None else None
    if above == "central":
        return Place(flags=(coded("of_central"),))
    if above is not None:
        return _above(above, upper[1])
    if zone is None:
        spoken = [(m, w) for m, w in named if w != _TITLE or m.kind != "county" or m.name in speakers] if speakers else named
        return _weighed(spoken, upper, f"{title}\n{issuer}", doc_number, f"{head}\n{body}", file_name, year)
    place = _of_zone(zone, year, upper)
    place = place or _weighed(named, upper, f"{title}\n{issuer}", doc_number, f"{head}\n{body}", file_name, year)
    return replace(place, flags=(*place.flags, coded("of_zone")))


def _speaking(speaker: str, issuer: str) -> set[str]:
    """Return the counties that the issuer names, else the one that the title begins with: a later one is what it is about, or
    a word (浏阳市关于城区管理的意见)."""
    if issued := {m.name for m in mentions(issuer) if m.kind == "county"}:
        return issued
    named, start = mentions(speaker), 0
    for mention in named:
        if mention.start > start + 2 or re.match("[、和与及]", speaker[mention.end :]):
            break
        if mention.kind == "county":
            return {mention.name}
        start = mention.end
    return set()


def _weighed(
    named: list[tuple[Mention, float]],
    upper: tuple[dict, dict],
    title: str,
    doc_number: str,
    text: str,
    file_name: str,
    year: int | None,
) -> Place:
    whole = f"{title}\n{text}"
    marks = {level: len(pattern.findall(whole)) for level, pattern in _SELF.items()}
    in_title = _counties(named, _TITLE)
    owner = next((m for m, w in named if m.kind == "city" and w == _TITLE), None)
    if owner and not in_title and not re.search("我[县区旗]", whole):
        return _above(owner, upper[1])
    scores = in_title or {n: weight * _fits(n, marks) * _current(n) for n, weight in _weights(named, "county").items()}
    _add_number(scores, doc_number)
    best, doubt = _clear_winner(scores)
    in_name = _by_file_name(file_name, year, upper)
    if best:
        place = _resolve(best, year, upper, "text")
        return _against_file_name(place, in_name, file_name, bool(in_title) or scores[best] > 2 * _HEAD)
    if not doubt:
        place = _by_short_name(whole, marks, year, upper)
        if place:
            return place
    return in_name or Place(flags=(doubt,) if doubt else ())


def _against_file_name(place: Place, in_name: Place | None, file_name: str, sure: bool) -> Place:
    """A county that the text names in passing gives way to the one that the file bears in full; every conflict is flagged."""
    if in_name is None or not in_name.county or in_name.county in (place.county, "") or in_name.county not in file_name:
        return place
    if place.code and place.code == in_name.code:
        return place
    doubt = coded("county_conflict", text=place.county, file=in_name.county)
    kept = place if sure else in_name
    return replace(kept, flags=(*kept.flags, doubt))


def _above(owner: Mention, provinces: dict[str, float]) -> Place:
    if owner.kind == "city":
        return _city(owner.name, provinces, (coded("of_city"),))
    return Place(province=register().provinces[owner.name], flags=(coded("of_province"),))


def _of_zone(who: str, year: int | None, upper: tuple[dict, dict]) -> Place | None:
    """Return the county or city that the name of a zone begins with (湘阴高新区, 娄底经开区), None where neither does."""
    places = register()
    if any(m.kind == "county" for m in mentions(who)):
        return None
    who, lead = _without_upper(who)
    city = next((name for name in lead if name in places.cities), "")
    for end in range(len(who), 1, -1):
        if f"{who[:end]}市" in places.cities:
            return _city(f"{who[:end]}市", upper[1], ())
        lineages = sorted({d.lineage for d in places.by_short.get(who[:end], ())})
        asked = places.latest if year is None else min(year, places.latest)
        now = [d for d in (places.at(lineage, year) for lineage in lineages) if d and d.short == who[:end]]
        now = [d for d in now if asked <= d.last + 1 and city in ("", d.city)]
        if now:
            return _choose(now[0].county, now, year, upper, "text")
    return _city(city, upper[1], ()) if city else None


def county_by_name(name: str, year: int | None, province: str = "", city: str = "") -> Place:
    """Look a county up that a manifest names; a flag says when there is none of that name or more than one.

    The name may be short (湘阴) and may bear its city and province before it (江苏省南京市鼓楼区); these and the columns settle
    which of several counties is meant.
    """
    places = register()
    name, above = _without_upper(re.sub(r"\s", "", name))
    name = places.said.get(name, name)
    cities = [city for city in (*above, *_city_names(city)) if city in places.cities]
    provinces = [places.provinces[p] for p in (*above, province.strip()) if p in places.provinces]
    found = places.named(name, year)
    if not found:
        shorts = {d.lineage: d for d in places.by_short.get(name, ())}
        found = [d for d in (places.at(lineage, year) for lineage in sorted(shorts)) if d]
    if not found:
        return Place(name, "", "", "", "manifest", (coded("county_none", name=name),))
    return _choose(name, found, year, (dict.fromkeys(cities, 1.0), dict.fromkeys(provinces, 1.0)), "manifest")


def province_by_name(name: str) -> str:
    """Return a province's full name (湖南省 for 湖南), or what was written where there is none of that name."""
    return register().provinces.get(name.strip(), name.strip())


def _without_upper(name: str) -> tuple[str, list[str]]:
    """Take the names of province and city off the front of a county's: 湖南省桃源县, 南京市鼓楼区, 长沙岳麓区."""
    places, above = register(), []
    upper = {**places.provinces, **places.cities, **{c[:-1]: c for c in places.cities if c.endswith("市") and len(c) > 2}}
    while name not in places.by_name:
        lead = next((name[:end] for end in range(len(name) - 2, 1, -1) if name[:end] in upper), "")
        if not lead or not _is_county(name[len(lead) :], upper):
            break
        above.append(lead if lead in places.provinces or lead in places.cities else upper[lead])
        name = name[len(lead) :]
    return name, above


def _is_county(rest: str, upper: dict) -> bool:
    places = register()
    return rest in places.by_name or rest in places.by_short or rest in places.said or any(rest.startswith(u) for u in upper)


def _city_names(city: str) -> tuple[str, ...]:
    city = city.strip()
    return (city, f"{city}市") if city else ()


def _counties(named: list[tuple[Mention, float]], at_least: float) -> dict[str, float]:
    return _weights([(m, w) for m, w in named if w >= at_least and w == _TITLE], "county")


def _weights(named: list[tuple[Mention, float]], kind: str) -> dict[str, float]:
    total: dict[str, float] = {}
    for mention, weight in named:
        if mention.kind == kind:
            total[mention.name] = total.get(mention.name, 0.0) + weight
    return total


def _fits(name: str, marks: dict[str, int]) -> float:
    # 我县 in a text speaks against a district; 我市 alone speaks for a city, whose counties are only spoken of.
    level = {"旗": "县"}.get(name[-1], name[-1])
    if marks.get(level):
        return 1.0
    others = sum(count for other, count in marks.items() if other != level)
    return 0.3 if others else 1.0


def _current(name: str) -> float:
    """Old names count half: texts of today that seem to hold one often hold other words (平安县城)."""
    return 1.0 if any(d.last >= 2014 for d in register().by_name[name]) else 0.5


def _add_number(scores: dict[str, float], doc_number: str) -> None:
    places = register()
    for length in (4, 3, 2):
        for division in places.by_short.get(doc_number[:length], ()):
            renamed = any(d.county in scores for d in places.by_lineage[division.lineage]) and division.county not in scores
            if division.last == places.latest and not renamed:
                scores[division.county] = scores.get(division.county, 0.0) + _NUMBER
        if doc_number[:length] in places.by_short:
            return


def _clear_winner(scores: dict[str, float]) -> tuple[str, str]:
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    ranked = _one_a_lineage(ranked)
    if not ranked or ranked[0][1] < _ENOUGH:
        return "", ""
    if len(ranked) > 1 and ranked[0][1] < 1.9 * ranked[1][1]:
        close = sorted(name for name, weight in ranked[:4] if weight * 1.9 > ranked[0][1])
        return "", coded("county_ambiguous", names=" / ".join(close))
    return ranked[0][0], ""


def _one_a_lineage(ranked: list[tuple[str, float]]) -> list[tuple[str, float]]:
    # 宁乡县 and 宁乡市 are one county before and after its change: their weights add up under the name used more.
    out: dict[frozenset, list] = {}
    for name, weight in ranked:
        lineages = frozenset(d.lineage for d in register().by_name.get(name, ()))
        key = next((known for known in out if known & lineages), lineages)
        out.setdefault(key, [name, 0.0])[1] += weight
    return sorted(((name, weight) for name, weight in out.values()), key=lambda item: (-item[1], item[0]))


def _resolve(name: str, year: int | None, upper: tuple[dict, dict], source: str) -> Place:
    return _choose(name, register().named(name, year), year, upper, source)


def _choose(name: str, found: list[Division], year: int | None, upper: tuple[dict, dict], source: str) -> Place:
    """Tell counties of one name apart by the city, else the province, that the text names."""
    cities, provinces = upper
    if len(found) > 1:
        by_city = sorted({cities.get(d.city, 0.0) for d in found if d.city}, reverse=True)
        if by_city and by_city[0] > 0 and sum(cities.get(d.city, 0.0) == by_city[0] for d in found) == 1:
            found = [d for d in found if cities.get(d.city, 0.0) == by_city[0]]
        else:
            inside = [d for d in found if any(register().provinces.get(p, p) == d.province for p in provinces)]
            found = inside if len(inside) == 1 else found
    if len(found) > 1:
        where = " / ".join(sorted({f"{d.city or d.province}{d.county}" for d in found}))
        county = name if all(d.county == name for d in found) else ""
        return Place(county, "", "", "", source if county else "unknown", (coded("county_ambiguous", names=where),))
    return _place(found[0], name, year, source)


def _place(division: Division, name: str, year: int | None, source: str) -> Place:
    latest = register().latest
    asked = latest if year is None else min(year, latest)
    flags = []
    if year is None and division.last < latest:
        flags.append(coded("name_gone", name=name))
    elif not division.first - 1 <= asked <= division.last + 1:
        division = register().at(division.lineage, year) or division
        flags.append(coded("old_name", name=name))
    if year is None and division.last == latest and division.first > 2017:
        flags.append(coded("code_latest"))
    return Place(division.county, division.code, division.city, division.province, source, tuple(flags))


def _by_short_name(text: str, marks: dict[str, int], year: int | None, upper: tuple[dict, dict]) -> Place | None:
    """A text that says 我县 and names 湘阴 again and again is of 湘阴县, even if it never writes the full name."""
    if not any(marks.values()):
        return None
    counts = sorted(short_counts(text).items(), key=lambda item: (-item[1], item[0]))
    if not counts or counts[0][1] < 2 or len(counts) > 1 and counts[0][1] < 2 * counts[1][1]:
        return None
    short = counts[0][0]
    found = {d.lineage: register().at(d.lineage, year) for d in register().by_short[short]}
    fitting = [d for d in found.values() if d and d.short == short and marks.get({"旗": "县"}.get(d.county[-1], d.county[-1]))]
    if not fitting:
        return None
    place = _choose(short, fitting, year, upper, "text")
    return Place(
        *[getattr(place, f) for f in ("county", "code", "city", "province", "source")],
        (*place.flags, coded("county_short")),
    )


def _by_file_name(file_name: str, year: int | None, upper: tuple[dict, dict]) -> Place | None:
    stem = file_name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    found = mentions(stem)
    parts = [part for part in re.split(r"[^\u4e00-\u9fff]+", stem) if len(part) > 1]
    named = {m.name: 1.0 for m in found if m.kind == "county"}
    named |= {register().said.get(p, p): 1.0 for p in parts if p in register().by_name or p in register().said}
    above = [{m.name: 1.0 for m in found if m.kind == kind} | upper[i] for i, kind in enumerate(("city", "province"))]
    best, _ = _clear_winner(named)
    if best:
        return _resolve(best, year, (above[0], above[1]), "filename")
    shorts = [d for part in parts for d in register().by_short.get(part, ())]
    lineages = sorted({d.lineage for d in shorts})
    now = [d for d in (register().at(lineage, year) for lineage in lineages) if d]
    return _choose(now[0].short, now, year, (above[0], above[1]), "filename") if now else None


def _city(name: str, provinces: dict[str, float], flags: tuple[str, ...]) -> Place:
    homes = register().cities.get(name, ())
    named = {register().provinces.get(p, p) for p in provinces}
    inside = [home for home in homes if home in named] or list(homes)
    return Place("", "", name, inside[0] if len(inside) == 1 else "", "unknown", flags)
