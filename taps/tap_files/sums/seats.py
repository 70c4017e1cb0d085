"""Amounts of a program that may be of one seat or of all, where its rows show which."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from taps.tap_files.headers import Binding
from taps.tap_files.settings import Settings
from taps.tap_files.sums.keyed_amounts import size_written
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised

__all__ = ["with_seats"]

_CENT = 0.005
_ANSWERS = frozenset({"amount", "unit_amount", "quantity"})


def with_seats(
    binding: Binding, rows: Callable[[], Iterator[Row]], settings: Settings
) -> Binding:
    """The binding with the column of seats that its preset would ask about.

    What is billed for one price and other numbers of seats holds one amount where it is
    of one, and amounts that go with the seats where it is of all. Where neither is so,
    or each price has one number of seats, the binding is as it was.

    Parameters
    ----------
    rows : gives the rows of the file, once more each time.
    """
    asked = binding.preset.asked if binding.preset else {}
    keys = [normalised(header) for header in binding.header]
    ignored = {normalised(each) for each in settings.ignored_columns.split("|")}
    amount = binding.positions.get("amount")
    for header, told in asked.items():
        key = normalised(header)
        is_open = key in keys and key not in ignored and amount is not None
        if not told.alike or not is_open or _ANSWERS & settings.columns.keys():
            continue
        seats, of = keys.index(key), {normalised(each) for each in told.alike}
        alike = [at for at, each in enumerate(keys) if each in of]
        column = _amount_is(rows(), alike, seats, amount or 0)
        if column:
            others = {k: v for k, v in binding.positions.items() if k != "amount"}
            bound = {**others, "quantity": seats, column: amount or 0}
            return replace(binding, positions=bound)
    return binding


def _amount_is(
    rows: Iterator[Row], alike: list[int], seats: int, amount: int
) -> str | None:
    """The column that an amount is of; None where the rows do not show it."""
    first: dict[tuple[str, ...], tuple[float, float]] = {}
    found: set[str] = set()
    for row in rows:
        if row.problem:
            continue
        texts = as_text(row.cells[seats]), as_text(row.cells[amount])
        count, money = (_size(text) for text in texts)
        price = tuple(as_text(row.cells[at]) for at in alike)
        if not count or not money:
            continue
        before, paid = first.setdefault(price, (count, money))
        if abs(paid - money) < _CENT and before != count:
            found.add("unit_amount")
        elif before != count and abs(paid / before - money / count) < _CENT:
            found.add("amount")
        elif abs(paid - money) >= _CENT:
            return None
    return found.pop() if len(found) == 1 else None


def _size(text: str) -> float:
    """A written number: its last sign is the decimal one, of two digits at most."""
    separator = max(".,", key=text.rfind)
    is_decimal = len(text) - text.rfind(separator) <= len(".00")
    return size_written(text, separator if is_decimal else "")
