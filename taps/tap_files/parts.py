"""The parts of what was paid that are no goods: the State's tax, and the shipping."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from taps.tap_files.problems import RowRejected
from taps.tap_files.tables import Cell, as_text
from taps.tap_files.values.cells import CellReader
from taps.tap_files.wording import normalised

__all__ = ["parts_of"]


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
