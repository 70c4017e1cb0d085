"""Taxes, shipping and tips of a log without a preset, where its numbers show them.

A column of taxes is read where taking them off an amount leaves another column of the
row, or what they are a usual rate of. The names of columns alone do not tell whether
an amount holds the tax that stands beside it. Taxes in a column per rate, or per
authority, are added up. Tips are no sales: they are taken off. Of an amount beside one
without its tax (``Total``, ``Total sin IVA``) the tax is what is between them; where
that one was read for its name (``net_amount``), the other is read instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from itertools import islice, product

from taps.tap_files.headers import Binding
from taps.tap_files.question_words import FEES, SHIPPING, TIPS
from taps.tap_files.settings import Settings
from taps.tap_files.sums.discounts import DISCOUNT
from taps.tap_files.sums.keyed_amounts import written_number
from taps.tap_files.sums.tax_parts import TAX, WITHOUT
from taps.tap_files.sums.tax_rates import are_all_rates, is_whole_tax, named_rate, width
from taps.tap_files.tables import Cell, Row, as_text
from taps.tap_files.wording import normalised, words_in

__all__ = ["with_told_parts"]

_APART = frozenset(
    {"sin", "without", "excl", "excluding", "ex", "sem", "antes", "ohne", "exkl"}
    | {"hors", "sans", "senza", "escl", "zonder"}
)
_IMPONIBLE = frozenset({"imponible", "imponibile", "ht"})
"""Words that say, without another, that a tax is added to an amount."""
_SUMS_OF_LINES = frozenset({"subtotal", "zwischensumme"})
_GROSS = frozenset({"gross", "bruto", "bruta", "brutto", "total", "ttc", "lordo"})
_RATE = re.compile(r"(?:[^%\d]*|.*\D\s*)%.*")
"""A header of rates; ``IVA 21%`` names one, and holds money."""
_MOST_ROWS = 2_000
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
    ignored = {normalised(header) for header in settings.ignored_columns.split("|")}
    if "amount" not in settings.columns:
        for whole in _wholes(binding, amount, ignored):
            positions = {**binding.positions, "amount": whole}
            other = replace(binding, positions=positions)
            columns = _Columns(other, whole, ignored, rest=amount)
            told = _with_parts(other, columns, rows, is_told="shipping_amount" in given)
            if told.positions != positions:
                return told
    columns = _Columns(binding, amount, ignored)
    return _with_parts(binding, columns, rows, is_told="shipping_amount" in given)


def _wholes(binding: Binding, amount: int, ignored: set[str]) -> Iterator[int]:
    """Columns of which the amount may be the part without taxes and shipping."""
    is_net = bool(words_in(binding.header[amount]) & WITHOUT)
    (column,) = (c for c in binding.contract.columns if c.name == "amount")
    aliases = set(map(normalised, column.aliases))
    for position, header in enumerate(binding.header):
        key = normalised(header)
        is_free = position not in binding.used and key not in ignored
        if is_free and (key in aliases or (is_net and words_in(header) & _GROSS)):
            yield position


def _with_parts(
    binding: Binding,
    columns: _Columns,
    rows: Callable[[], Iterator[Row]],
    *,
    is_told: bool,
) -> Binding:
    if not columns.may_be_parts:
        return binding
    taxes, shipping, tip, untaxed = tuple[int, ...](), _NONE, _NONE, _NONE
    left_in = tuple[int, ...]()
    for separator in ".,":
        told = (_with_product(row, columns.factors) for row in _read(rows(), separator))
        read = [_charged(row, columns) for row in told]
        if (parts := columns.shown(read)) is not None:
            taxes, shipping, tip = parts
            is_left = shipping == _NONE and not is_told
            left_in = _told_beside(columns.shippings, read) if is_left else ()
            break
        if (untaxed := _untaxed(read, columns)) != _NONE:
            break
    positions, others = dict(binding.positions), dict(binding.others)
    if taxes:
        positions["tax_amount"], others["tax_amount"] = taxes[0], taxes[1:]
    if untaxed != _NONE:
        positions["untaxed_amount"] = untaxed
    if shipping != _NONE:
        positions.setdefault("shipping_amount", shipping)
    less = (*binding.less, *(() if tip == _NONE else (tip,)))
    return replace(
        binding, positions=positions, others=others, less=less, left_in=left_in
    )


class _Columns:
    """The columns that may be a part of the amount, and those that may be its rest."""

    def __init__(
        self,
        binding: Binding,
        amount: int,
        ignored: set[str],
        rest: int | None = None,
    ) -> None:
        self.amount, self.off = amount, binding.positions.get("discount_amount")
        words = _unread(binding, ignored)
        self._rests = [
            at
            for at, one in words.items()
            if one & WITHOUT or (one & TAX and one & _APART) or at == rest
        ]
        free = {at: one for at, one in words.items() if at not in self._rests}
        self.factors = _factors(binding, ignored)
        if self.factors:
            self._rests.append(len(binding.header))  # where their product is put
        self.taxes = [at for at, one in free.items() if one & TAX]
        told = binding.positions.get("shipping_amount")
        found = [at for at, one in free.items() if one & SHIPPING]
        self.shippings = found if told is None else [told]
        self.named = {at: named_rate(binding.header[at]) for at in self.taxes}
        self.untaxed = [
            at
            for at, one in words.items()
            if (one & _IMPONIBLE or at in self._rests) and not one & _SUMS_OF_LINES
        ]
        self.fees = [at for at, one in free.items() if one & FEES]
        self._tips = [at for at, one in free.items() if one & TIPS]
        self._offs = [at for at, one in free.items() if one & DISCOUNT]
        self.may_be_parts = bool(
            self.taxes or self.shippings or self._tips or self.untaxed
        )

    def shown(
        self, rows: Sequence[_Numbers]
    ) -> tuple[tuple[int, ...], int, int] | None:
        """(positions of taxes, of shipping, of tip) that every row bears out."""
        rows = [row for row in rows if row[self.amount]]
        told = [at for at in self.taxes if any(row[at] for row in rows)]
        parts_of_tax = [at for at in told if not is_whole_tax(rows, at, told)]
        several = [tuple(parts_of_tax)] if len(parts_of_tax) > 1 else []
        taxes: list[tuple[int, ...]] = [*((at,) for at in told), *several, ()]
        shippings, tips = (*self.shippings, _NONE), (*self._tips, _NONE)
        for tax, shipping, tip in product(taxes, shippings, tips):
            parts = [*tax, *(at for at in (shipping, tip) if at != _NONE)]
            if parts and all(any(row[at] for row in rows) for at in parts):
                left = [
                    abs(row[self.amount]) - sum(abs(row[at]) for at in parts)
                    for row in rows
                ]
                is_shown = _is_a_rest(rows, left, self._rests, self._offs)
                is_all = tax in several or not set(tax) & set(parts_of_tax)
                if is_shown or (is_all and _are_taxes(rows, self, left, tax)):
                    return tax, shipping, tip
        return None


def _factors(binding: Binding, ignored: set[str]) -> tuple[int, int] | None:
    """Positions of the units and of the price of one, where a row tells both."""
    keys = [normalised(header) for header in binding.header]
    found = []
    for column in binding.contract.columns:
        if column.name in {"quantity", "unit_price"}:
            names = set(map(normalised, column.aliases)) - ignored
            found.append(next((keys.index(k) for k in keys if k in names), None))
    units, price = found
    return None if units is None or price is None else (units, price)


def _with_product(row: _Numbers, factors: tuple[int, int] | None) -> _Numbers:
    """A row with what its units cost behind it, where it tells both."""
    if factors is None:
        return row
    units, price = factors
    return [*row, row[units] * row[price]]


def _unread(binding: Binding, ignored: set[str]) -> dict[int, frozenset[str]]:
    """Position -> words of each header that nobody reads, and is no rate."""
    return {
        at: words_in(header)
        for at, header in enumerate(binding.header)
        if at not in binding.used
        and not _RATE.fullmatch(header.strip())
        and normalised(header) not in ignored
    }


def _are_taxes(
    rows: Sequence[_Numbers],
    columns: _Columns,
    left: _Numbers,
    tax: tuple[int, ...],
) -> bool:
    """Whether the taxes are rates of what is left, and of the amount are none."""
    named = [(at, columns.named[at]) for at in tax]
    whole = [abs(row[columns.amount]) for row in rows]
    return bool(tax) and are_all_rates(rows, named, left, whole)


def _charged(row: _Numbers, columns: _Columns) -> _Numbers:
    """A row whose amount is what is left of it after the discount that is read."""
    if columns.off is None:
        return row
    left = max(abs(row[columns.amount]) - abs(row[columns.off]), Decimal(0))
    return [left if at == columns.amount else one for at, one in enumerate(row)]


def _untaxed(rows: Sequence[_Numbers], columns: _Columns) -> int:
    """The column of the amount without its tax, where no column tells that."""
    rows = [row for row in rows if row[columns.amount]]
    if any(row[at] for row in rows for at in (*columns.taxes, *columns.fees)):
        return _NONE
    whole = [abs(row[columns.amount]) for row in rows]
    for at in columns.untaxed:
        left = [abs(row[at]) for row in rows]
        taxes = [[one - rest] for one, rest in zip(whole, left, strict=True)]
        is_some = any(tax > 0 for (tax,) in taxes) and all(left)
        if is_some and are_all_rates(taxes, [(0, None)], left, whole):
            return at
    return _NONE


def _is_a_rest(
    rows: Sequence[_Numbers],
    left: _Numbers,
    rests: Sequence[int],
    offs: Sequence[int],
) -> bool:
    """Whether a column, less a discount perhaps, is what is left in every row."""
    return any(
        all(
            abs(abs(row[rest]) - (abs(row[off]) if off != _NONE else 0) - one)
            <= width(one)
            for row, one in zip(rows, left, strict=True)
        )
        for rest, off in product(rests, (_NONE, *offs))
    )


def _told_beside(shippings: Sequence[int], rows: Sequence[_Numbers]) -> tuple[int, ...]:
    """Columns of shipping that hold some, which no number shows in the amount."""
    return tuple(at for at in shippings if any(row[at] for row in rows))


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
