"""Taxes, shipping and tips of a log without a preset, where its numbers show them.

A column of taxes is read where taking them off an amount leaves another column of the
row, or what they are a usual rate of. The names of columns alone do not tell whether
an amount holds the tax that stands beside it. Tips are no sales: they are taken off.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from itertools import islice, product

from taps.tap_files.headers import Binding
from taps.tap_files.question_words import TIPS
from taps.tap_files.settings import Settings
from taps.tap_files.sums.discounts import DISCOUNT
from taps.tap_files.sums.keyed_amounts import written_number
from taps.tap_files.sums.tax_parts import TAX, WITHOUT
from taps.tap_files.tables import Cell, Row, as_text
from taps.tap_files.wording import normalised

__all__ = ["with_told_parts"]

_SHIPPING = frozenset(
    {
        *("shipping", "envio", "envios", "despacho", "flete", "frete", "portes"),
        *("delivery", "postage", "freight", "versand", "versandkosten", "porto"),
        *("livraison", "port", "spedizione", "verzending", "verzendkosten"),
    }
)
_APART = frozenset(
    {"sin", "without", "excl", "excluding", "ex", "sem", "antes", "ohne", "exkl"}
    | {"hors", "sans", "senza", "escl", "zonder"}
)
_HALVES = (21, 25, 26, 38, 55, 77, 81, 95, 105, 135, 255)
"""Per mille, as of Switzerland, France, Ireland or Finland."""
_RATES = [Decimal(each) / 1000 for each in (*_HALVES, *range(40, 280, 10))]
_WORD = re.compile(r"[^\W\d_]+")
_RATE = re.compile(r"(?:[^%\d]*|.*\D\s*)%.*")
"""A header of rates; ``IVA 21%`` names one, and holds money."""
_MOST_ROWS = 2_000
_CENT, _UNIT, _LARGE = Decimal("0.011"), Decimal("0.6"), 1_000
_TAXES = {"tax_amount", "untaxed_amount"}
_NONE = -1
"""Stands for no column, which holds nothing."""

_Numbers = Sequence[Decimal]


def with_told_parts(
    binding: Binding, rows: Callable[[], Iterator[Row]], settings: Settings
) -> Binding:
    """The binding with the columns of taxes and shipping that its numbers show.

    Parameters
    ----------
    rows : gives the rows of the file, once more each time.
    """
    amount = binding.positions.get("amount")
    is_log = binding.contract.name == "purchases" and binding.preset is None
    given = binding.positions.keys() | settings.columns.keys()
    if not is_log or amount is None or _TAXES & given:
        return binding
    is_told = "shipping_amount" in given
    ignored = {normalised(header) for header in settings.ignored_columns.split("|")}
    columns = _Columns(binding, amount, ignored)
    if not columns.may_be_parts:
        return binding
    found, left_in = (_NONE, _NONE, _NONE), tuple[int, ...]()
    for separator in ".,":
        read = list(_read(rows(), separator))
        if (parts := columns.shown(read)) is not None:
            found = parts
            is_left = found[1] == _NONE and not is_told
            left_in = _told_beside(columns.shippings, read) if is_left else ()
            break
    tip = found[2]
    positions = dict(binding.positions)
    for name, position in zip(
        ("tax_amount", "shipping_amount"), found[:2], strict=True
    ):
        if position != _NONE:
            positions.setdefault(name, position)
    less = () if tip == _NONE else (tip,)
    less = (*binding.less, *less)
    return replace(binding, positions=positions, less=less, left_in=left_in)


class _Columns:
    """The columns that may be a part of the amount, and those that may be its rest."""

    def __init__(self, binding: Binding, amount: int, ignored: set[str]) -> None:
        self._amount = amount
        words = {
            at: set(map(normalised, _WORD.findall(header)))
            for at, header in enumerate(binding.header)
            if at not in binding.used
            and not _RATE.fullmatch(header.strip())
            and normalised(header) not in ignored
        }
        self._rests = [
            at
            for at, one in words.items()
            if one & WITHOUT or (one & TAX and one & _APART)
        ]
        free = {at: one for at, one in words.items() if at not in self._rests}
        self.taxes = [at for at, one in free.items() if one & TAX]
        told = binding.positions.get("shipping_amount")
        found = [at for at, one in free.items() if one & _SHIPPING]
        self.shippings = found if told is None else [told]
        self._tips = [at for at, one in free.items() if one & TIPS]
        self._offs = [at for at, one in free.items() if one & DISCOUNT]
        self.may_be_parts = bool(self.taxes or self.shippings or self._tips)

    def shown(self, rows: Sequence[_Numbers]) -> tuple[int, int, int] | None:
        """(position of tax, of shipping, of tip) that every row bears out."""
        rows = [row for row in rows if row[self._amount]]
        kinds = (self.taxes, self.shippings, self._tips)
        for tax, shipping, tip in product(*((*kind, _NONE) for kind in kinds)):
            parts = [at for at in (tax, shipping, tip) if at != _NONE]
            if parts and all(any(row[at] for row in rows) for at in parts):
                left = [
                    abs(row[self._amount]) - sum(abs(row[at]) for at in parts)
                    for row in rows
                ]
                is_shown = self._is_a_rest(rows, left)
                if is_shown or (tax != _NONE and self._is_at_a_rate(rows, left, tax)):
                    return tax, shipping, tip
        return None

    def _is_a_rest(self, rows: Sequence[_Numbers], left: _Numbers) -> bool:
        return any(
            all(
                abs(abs(row[rest]) - (abs(row[off]) if off != _NONE else 0) - one)
                <= _width(one)
                for row, one in zip(rows, left, strict=True)
            )
            for rest, off in product(self._rests, (_NONE, *self._offs))
        )

    def _is_at_a_rate(self, rows: Sequence[_Numbers], left: _Numbers, tax: int) -> bool:
        """Whether the tax is a rate of what is left, and of the amount is none."""
        taxed = [(row, one) for row, one in zip(rows, left, strict=True) if row[tax]]
        return all(_is_rate(abs(row[tax]), one) for row, one in taxed) and not any(
            _is_rate(abs(row[tax]), abs(row[self._amount])) for row, _ in taxed
        )


def _told_beside(shippings: Sequence[int], rows: Sequence[_Numbers]) -> tuple[int, ...]:
    """Columns of shipping that hold some, which no number shows in the amount."""
    return tuple(at for at in shippings if any(row[at] for row in rows))


def _is_rate(tax: Decimal, base: Decimal) -> bool:
    return any(abs(base * rate - tax) <= _width(base) for rate in _RATES)


def _width(amount: Decimal) -> Decimal:
    """What may be lost by rounding: a cent, or half a peso of a larger amount."""
    is_whole = amount >= _LARGE and amount == amount.to_integral_value()
    return _UNIT if is_whole else _CENT


def _read(rows: Iterator[Row], separator: str) -> Iterator[_Numbers]:
    good = (row for row in rows if not row.problem)
    for row in islice(good, _MOST_ROWS):
        yield [_number(cell, separator) for cell in row.cells]


def _number(cell: Cell, separator: str) -> Decimal:
    """0 where there is no number."""
    point = separator if isinstance(cell, str) else "."
    try:
        return Decimal(written_number(as_text(cell), point))
    except InvalidOperation:
        return Decimal(0)
