"""Rates of taxes, and amounts that are one of what is left without them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

__all__ = ["are_all_rates", "is_whole_tax", "named_rate", "width"]

_HALVES = (14, 21, 25, 26, 38, 52, 55, 77, 81, 95, 105, 135, 255)
"""Per mille, as of Switzerland, France, Ireland or Finland."""
_RATES = [Decimal(each) / 1000 for each in (*_HALVES, *range(40, 280, 10))]
_PERCENT = re.compile(r"([1-9]\d?(?:[.,]\d{1,2})?)\s*%")
_CENT, _UNIT, _LARGE = Decimal("0.011"), Decimal("0.6"), 1_000


def named_rate(header: str) -> Decimal | None:
    """0.21 of ``IVA 21%``; None where a header names no rate."""
    found = _PERCENT.search(header)
    return Decimal(found[1].replace(",", ".")) / 100 if found else None


def is_whole_tax(
    rows: Sequence[Sequence[Decimal]], whole: int, told: Sequence[int]
) -> bool:
    """Whether a column is all of the tax: the sum of all others, in every row."""
    parts = [at for at in told if at != whole]
    return not parts or all(
        abs(abs(row[whole]) - sum(abs(row[at]) for at in parts)) <= width(row[whole])
        for row in rows
    )


def are_all_rates(
    rows: Sequence[Sequence[Decimal]],
    taxes: Sequence[tuple[int, Decimal | None]],
    left: Sequence[Decimal],
    whole: Sequence[Decimal],
) -> bool:
    """Whether the taxes of each row are rates of what is left of it, not of the whole.

    Parameters
    ----------
    taxes : columns of taxes, and the rate that each names.
    """
    taxed = [[(abs(row[at]), named) for at, named in taxes if row[at]] for row in rows]
    return all(
        _are_rates(found, base) and not _are_rates(found, amount)
        for found, base, amount in zip(taxed, left, whole, strict=True)
        if found
    )


def _are_rates(taxes: Sequence[tuple[Decimal, Decimal | None]], base: Decimal) -> bool:
    """Whether each tax of a row, of the rate its header names if any, is one of a base.

    Goods at two rates in one order leave no rate of the whole: what the taxes are of,
    at the rates that their headers name, is the whole then.
    """
    if all(_is_rate(tax, base, named) for tax, named in taxes):
        return True
    bases = [tax / rate for tax, rate in taxes if rate]
    widths = sum(width(base) / rate for _, rate in taxes if rate)
    return len(bases) == len(taxes) and abs(sum(bases) - base) <= widths


def _is_rate(tax: Decimal, base: Decimal, named: Decimal | None) -> bool:
    rates = _RATES if named is None else [named]
    return any(abs(base * rate - tax) <= width(base) for rate in rates)


def width(amount: Decimal) -> Decimal:
    """What may be lost by rounding: a cent, or half a peso of a larger amount."""
    is_whole = amount >= _LARGE and amount == amount.to_integral_value()
    return _UNIT if is_whole else _CENT
