"""What the catalogue says of a field, a table and the notebook that makes it."""

from dataclasses import dataclass

_RANGES = (("_low", "_high"), ("_start", "_end"))


@dataclass(frozen=True)
class Field:
    """One field of a table: `type` is a word of fields.yml, `categories` the values allowed (or none), `refers` the table whose
    key it names (or none), `shown` how a reader sees it where the type does not say; headings are (English, Chinese)."""

    name: str
    type: str
    heading: tuple[str, str]
    about: str
    shown: str = ""
    categories: tuple[str, ...] = ()
    required: bool = False
    refers: str = ""


@dataclass(frozen=True)
class Table:
    """One table with its fields in order.

    `csv`: a .csv lies beside the Parquet file; `covers`: every row of that table has one here; `place` and `crossed`: where and
    how the report shows it; `made_from`: the tables that it only puts names on (it is not written, but made where it is shown).
    """

    name: str
    maker: str
    title: tuple[str, str]
    about: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    csv: bool = True
    covers: str = ""
    place: str = "more"
    crossed: tuple[str, ...] = ()
    made_from: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        return [field.name for field in self.fields]

    @property
    def ranges(self) -> list[tuple[str, str]]:
        """Return the pairs of fields of which the first must not lie above the second: bounds, and places in a text."""
        pairs = [(name, name.removesuffix(a) + b) for name in self.names for a, b in _RANGES if name.endswith(a)]
        return [(low, high) for low, high in pairs if high in self.names]


@dataclass(frozen=True)
class Notebook:
    """One notebook: its section of the report, the tables that it reads, writes and only shows, and whom it runs after."""

    name: str
    section: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    shows: tuple[str, ...]
    needs: tuple[str, ...]
