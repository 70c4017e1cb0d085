"""The kinds of promises a raw table can make about its rows, as plain values.

A rule is about single rows. An empty value keeps every rule but `Filled`: what may be
missing is the loader's schema's business. ``promise`` is the rule in words, as it ends
the sentence "3 rows do not keep: ...".
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "LARGEST",
    "Between",
    "Filled",
    "Holds",
    "Matches",
    "OneOf",
    "Rule",
    "TableContract",
    "amount",
    "at_most",
    "count",
    "currency",
    "day",
    "moment",
    "slices",
]

#: Above any amount of a day or an order, in any currency: catches digits run together.
LARGEST = 1e12
# Nobody sold through these sources before, and a two-digit year is read as long ago.
_EARLIEST = "2000-01-01"
# Clocks differ, and somewhere it is tomorrow already.
_TOLERANCE = "1 day"


@dataclass(frozen=True)
class Filled:
    """The column is neither null nor blank."""

    column: str

    @property
    def promise(self) -> str:
        """In words."""
        return f"{self.column} is filled in"

    @property
    def columns(self) -> tuple[str, ...]:
        """What it looks at."""
        return (self.column,)


@dataclass(frozen=True)
class Matches:
    """The column matches a regular expression of Postgres; ``what`` is its words."""

    column: str
    pattern: str
    what: str

    @property
    def promise(self) -> str:
        """In words."""
        return f"{self.column} is {self.what}"

    @property
    def columns(self) -> tuple[str, ...]:
        """What it looks at."""
        return (self.column,)


@dataclass(frozen=True)
class Between:
    """The column is a number from ``low`` to ``high``, both allowed."""

    column: str
    low: float
    high: float

    @property
    def promise(self) -> str:
        """In words."""
        return f"{self.column} is from {self.low:g} to {self.high:g}"

    @property
    def columns(self) -> tuple[str, ...]:
        """What it looks at."""
        return (self.column,)


@dataclass(frozen=True)
class OneOf:
    """The column is one of these words."""

    column: str
    values: tuple[str, ...]

    @property
    def promise(self) -> str:
        """In words."""
        return f"{self.column} is one of {', '.join(self.values)}"

    @property
    def columns(self) -> tuple[str, ...]:
        """What it looks at."""
        return (self.column,)


@dataclass(frozen=True)
class Holds:
    """A condition in SQL over columns of the row; unknown counts as kept."""

    columns: tuple[str, ...]
    condition: str
    promise: str


Rule = Filled | Matches | Between | OneOf | Holds


@dataclass(frozen=True)
class TableContract:
    """What the rows of one raw table promise.

    Parameters
    ----------
    key
        Names a row within a company; its columns are filled and no two rows share it.
    references
        Keys of other tables, without which a row belongs to nothing.
    rules
        What else holds. Numbers are looked at and not held back when it does not.
    window
        The date column that lies within the days a run asks for again, if the source
        promises that.
    hidden
        Columns of the key that people wrote: never shown as examples.
    named_by
        What names a row to people, if not its key.
    """

    table: str
    key: tuple[str, ...]
    references: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    window: str | None = None
    hidden: tuple[str, ...] = ()
    named_by: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[str, ...]:
        """Columns of the examples: enough to find a row, and nothing of its content."""
        key = tuple(column for column in self.key if column not in self.hidden)
        return self.named_by or key

    @property
    def key_rules(self) -> tuple[Rule, ...]:
        """Without these, rows are counted twice, or not at all."""
        return tuple(Filled(column) for column in (*self.key, *self.references))


def currency(column: str = "currency_code") -> Rule:
    """An ISO 4217 code, as far as its form goes."""
    return Matches(column, "^[A-Z]{3}$", "three capital letters, as in ISO 4217")


def amount(column: str) -> Rule:
    """Money that is never below zero, in whatever currency."""
    return Between(column, 0, LARGEST)


def count(column: str) -> Rule:
    """A number of things."""
    return Between(column, 0, LARGEST)


def at_most(smaller: str, larger: str) -> Rule:
    """One column is never above another."""
    return Holds(
        (smaller, larger), f"{smaller} <= {larger}", f"{smaller} is at most {larger}"
    )


def moment(column: str, earliest: str = _EARLIEST) -> Rule:
    """An instant when the source could exist and that is not yet to come."""
    return Holds(
        (column,),
        f"{column} >= '{earliest}' and {column} <= now() + interval '{_TOLERANCE}'",
        f"{column} is after {earliest} and not in the future",
    )


def day(column: str = "date", earliest: str = _EARLIEST) -> Rule:
    """A day when the source could exist and that has begun somewhere."""
    return Holds(
        (column,),
        f"{column} >= date '{earliest}' "
        f"and {column} <= (now() + interval '{_TOLERANCE}')::date",
        f"{column} is after {earliest} and not in the future",
    )


def slices(*key: str) -> TableContract:
    """What was read of each slice, with its control totals."""
    return TableContract(
        "slices", ("stream_name", *key), rules=(count("row_count"), moment("read_at"))
    )
