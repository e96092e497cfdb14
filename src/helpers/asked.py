"""What a notebook can be asked for: its common parameters, and the one line that is said where one cannot be met."""

from collections.abc import Mapping

from helpers.language import LANGUAGES

CHOICES = {
    "language": LANGUAGES, "segmenter": ("jieba", "rjieba"), "coder": ("learned", "linear", "rules", "llm"),
    "coders_are": ("model", "people", "mixed", "unknown"), "model": ("seeded", "nmf", "lda"),
}  # fmt: skip
_YEARS = ("year_min", "year_max")
_LEAST = {
    "seed": 0, "n_topics": 0, "n_clouds": 0, "context_width": 1, "n_terms": 1, "n_bootstrap": 1, "n_runs": 1, "most_rows": 1,
}  # fmt: skip
_MOST = 2**32 - 1  # what a generator of random numbers takes as a seed
_TOPICS = 1000  # more are no answer that anybody reads


class Refused(ValueError):
    """A mistake of the user, said in one line; a notebook shows that line and no traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class ParameterError(Refused):
    """A parameter has an unknown name or a value that it cannot have; the message lists what is valid."""


def is_choice(name: str, value: object) -> bool:
    """Say whether a parameter may have this value; `coder` may name a number behind a colon (`learned:5000`)."""
    if name == "coder" and isinstance(value, str):
        value = value.partition(":")[0]
    return name not in CHOICES or value in CHOICES[name]


def check(values: Mapping[str, object]) -> None:
    """Raise ParameterError where a common parameter among `values` (a notebook's `globals()`) has a value that it cannot have."""
    for name, choices in CHOICES.items():
        if name in values and not is_choice(name, values[name]):
            raise ParameterError(f"parameter {name} is one of {', '.join(choices)}, not {values[name]!r}")
    for name, least in _LEAST.items():
        value = values.get(name, least)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _MOST:
            raise ParameterError(f"parameter {name} must be a whole number from {least} to {_MOST}, not {value!r}")
    years = {name: values[name] for name in _YEARS if name in values}
    for name, year in years.items():
        if isinstance(year, bool) or not isinstance(year, int):
            raise ParameterError(f"parameter {name} must be a year such as 2019, not {year!r}")
    if len(years) == 2 and values["year_min"] > values["year_max"]:
        raise ParameterError(f"year_min {values['year_min']} is after year_max {values['year_max']}; swap them")
    counties = values.get("county_filter", [])
    if not isinstance(counties, str | int | list | tuple) or isinstance(counties, bool):
        raise ParameterError(f"parameter county_filter must be a list such as \"['湘阴县']\", not {counties!r}")
    if "k_range" in values and not values.get("n_topics"):
        topics_to_try(values["k_range"])


def topics_to_try(k_range: str) -> range:
    """Return the numbers of topics of "first:last:step"; ParameterError where it is no such range."""
    parts = str(k_range).split(":")
    if len(parts) != 3 or not all(part.strip().isdecimal() for part in parts):
        raise ParameterError(f"k_range {k_range!r} is not a range; write first:last:step, such as 3:15:3")
    first, last, step = (int(part) if len(part) < 9 else _TOPICS + 1 for part in parts)
    if first < 2 or last < first or step < 1 or last > _TOPICS:
        raise ParameterError(f"k_range {k_range!r}: needs 2 ≤ first ≤ last ≤ {_TOPICS:,} and a step of 1 or more")
    return range(first, last + 1, step)
