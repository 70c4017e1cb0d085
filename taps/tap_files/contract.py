"""The declared contracts: which columns a file must have and how they are named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from taps.yaml_files import parsed_text

__all__ = ["Column", "Contract", "load_contracts"]

_FOLDER = Path(__file__).parent / "contracts"


@dataclass(frozen=True)
class Column:
    """One column of a contract.

    Attributes
    ----------
    type : string, number, integer, boolean, date or date-time.
    aliases : headers that mean this column, best first.
    last_resort : headers taken only when nothing else gives the column.
    currency_suffix : whether ``<alias>_<currency code>`` also means it.
    stands_in : columns any one of which stands in for this one.
    product_of : two columns whose product stands in for this one.
    loaded : whether the value itself leaves the tap.
    filled : whether every row must hold a value.
    needed : whether a flaw in the value is a flaw of its row; else it costs the value.
    minimum, maximum : bounds of a number, both allowed.
    one_of : the words a text may be, in any case; empty where any may stand.
    spelled : other words that files write -> the one of these that they mean.
    not_before : a day or moment of the same row that this one may not lie before.
    is_past : whether the moment lies behind us. Rows whose date is to come are set
        aside; of other moments whoever looks at what landed warns.
    """

    name: str
    type: str
    description: str
    required: bool = False
    aliases: tuple[str, ...] = ()
    last_resort: tuple[str, ...] = ()
    currency_suffix: bool = False
    product_of: tuple[str, ...] = ()
    stands_in: tuple[str, ...] = ()
    loaded: bool = True
    filled: bool = False
    needed: bool = True
    minimum: int | None = None
    maximum: int | None = None
    one_of: tuple[str, ...] = ()
    spelled: Mapping[str, str] = field(default_factory=dict)
    is_past: bool = False
    not_before: str | None = None


@dataclass(frozen=True)
class Contract:
    """What one kind of file holds and the stream its rows go to.

    Attributes
    ----------
    amount_column, date_column : what the control totals and dates are taken from.
    supersedes : contracts that give way when this one matches too.
    derived : columns of the stream that are worked out, not read.
    any_of : columns of which a file must have at least one.
    key : columns that name a row; equal rows with a whole key are one row twice.
    """

    name: str
    stream: str
    description: str
    amount_column: str | None
    date_column: str | None
    supersedes: tuple[str, ...]
    columns: tuple[Column, ...]
    derived: tuple[Column, ...]
    any_of: tuple[str, ...] = ()
    key: tuple[str, ...] = ()

    @property
    def stream_columns(self) -> tuple[Column, ...]:
        """Columns of the stream this contract feeds, in order."""
        return tuple(c for c in self.columns if c.loaded) + self.derived


@cache
def load_contracts() -> Mapping[str, Contract]:
    """Contracts by name, read from the YAML files beside this module."""
    paths = sorted(_FOLDER.rglob("*.yml"), key=lambda path: path.name)
    contracts = (_contract(parsed_text(p.read_text("utf-8"))) for p in paths)
    return {contract.name: contract for contract in contracts}


def _contract(document: Mapping[str, Any]) -> Contract:
    return Contract(
        **{
            **document,
            "supersedes": tuple(document["supersedes"]),
            "any_of": tuple(document.get("any_of", ())),
            "key": tuple(document.get("key", ())),
            "columns": tuple(_column(c) for c in document["columns"]),
            "derived": tuple(_column(c) for c in document["derived"]),
        }
    )


def _column(document: Mapping[str, Any]) -> Column:
    as_tuples = {k: tuple(v) for k, v in document.items() if isinstance(v, list)}
    return Column(**{**document, **as_tuples})
