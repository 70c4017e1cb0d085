"""Parts of what was paid that are no goods: tax and shipping; and what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import product

from taps.tap_files.problems import RowRejected
from taps.tap_files.tables import Cell, as_text
from taps.tap_files.values.amounts import bounded
from taps.tap_files.values.cells import CellReader
from taps.tap_files.wording import normalised

__all__ = ["fee_of", "is_whole_with_fees", "parts_of"]


def parts_of(
    row: Sequence[Cell], cells: CellReader, currency: str | None, amount: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:
    """(tax, shipping) in a row's amount, with its sign; None for what it does not tell.

    Of nothing there is no part, as of an order that a voucher paid.

    Raises
    ------
    RowRejected
        They are more than the amount, or less than nothing.
    """
    whole = abs(amount or Decimal(0))
    tax = cells.amount(row, "tax_amount", currency)
    if tax is None:
        untaxed = cells.amount(row, "untaxed_amount", currency)
        tax = None if untaxed is None else whole - abs(untaxed)
    elif (is_within := _is_within(row, cells)) is not True:
        tax = None if is_within is None else Decimal(0)
    shipping = cells.amount(row, "shipping_amount", currency)
    # What is given back is written with a minus or without, and so are the taxes of
    # known programs.
    if amount != whole or cells.binding.preset:
        tax, shipping = (
            None if part is None else abs(part) for part in (tax, shipping)
        )
    tax, shipping = (
        part if part is None or whole else Decimal(0) for part in (tax, shipping)
    )
    if min(tax or 0, shipping or 0) < 0 or (tax or 0) + (shipping or 0) > whole:
        raise RowRejected("tax and shipping are no part of the amount")
    sign = 1 if amount == whole else -1
    return (
        None if tax is None else sign * tax,
        None if shipping is None else sign * shipping,
    )


def fee_of(
    row: Sequence[Cell], cells: CellReader, currency: str | None, amount: Decimal | None
) -> Decimal | None:
    """What taking a row's payment cost, in its currency; None where it does not tell.

    Whatever its sign, a fee of a sale is a cost. Of what is given back, a fee as the
    program writes one is a cost, and with the other sign it came back.
    """
    preset = cells.binding.preset
    is_converted = preset is not None and "converted_amount" in preset.columns
    fee = cells.amount(row, "payment_fee", None if is_converted else currency)
    if fee and amount is not None and is_converted:
        fee = _exchanged(fee, row, cells, currency, amount)
    if not fee or amount is None:
        return fee
    if amount >= 0:
        fee = abs(fee)
    elif preset is not None and preset.fees_are_negative:
        fee = -fee
    # A fee of more than its sale is none, but another amount under that name.
    return cells.unless(fee, "payment_fee", lambda one: 0 < amount < one)


def is_whole_with_fees(
    row: Sequence[Cell],
    cells: CellReader,
    currency: str | None,
    amount: Decimal,
    refunded: Decimal,
) -> bool:
    """Whether a refund is the whole amount, less fees that came back beside it."""
    fee = sum(map(abs, cells.told_at(row, cells.binding.fees_back, currency)))
    fees = [*map(abs, cells.told_at(row, cells.binding.costs_back, currency))]
    chosen = product((0, 1), repeat=len(fees))
    kept = amount - refunded
    # Without the fee of the sale, what was kept may be the shipping that was paid.
    return fee > 0 and any(
        fee + sum(f for f, is_in in zip(fees, one, strict=True) if is_in) == kept
        for one in chosen
    )


def _exchanged(
    fee: Decimal,
    row: Sequence[Cell],
    cells: CellReader,
    currency: str | None,
    amount: Decimal,
) -> Decimal | None:
    """A fee told in the currency of the account, in that of its row.

    What was paid stands there in both: fee x amount / the amount in the fee's currency.
    Where it does not, only the company's own currency is hardly exchanged.
    """
    if converted := cells.amount(row, "converted_amount", None):
        return bounded(fee * amount / converted)
    return fee if currency == cells.default_currency else None


def _is_within(row: Sequence[Cell], cells: CellReader) -> bool | None:
    """Whether the tax that a row tells is in its amount; None if its file says not."""
    preset = cells.binding.preset
    if preset is None or not preset.taxed_when:
        return True
    for header, values in preset.taxed_when.items():
        for title, cell in zip(cells.binding.header, row, strict=True):
            if normalised(title) == normalised(header):
                return normalised(as_text(cell)) in map(normalised, values)
    return None
