"""What is in an order: line items, discount and shipping that add up to its total."""

from dataclasses import dataclass
from typing import Final

from sandbox.catalogue import PRODUCTS
from sandbox.simulation import ids
from sandbox.simulation.companies import Company
from sandbox.simulation.records import Line

__all__ = ["MOST_LINES", "Basket", "basket"]

MOST_LINES: Final = 3
_SHIPPING_EUROS: Final = 4.95
_FREE_FROM_EUROS: Final = 60


@dataclass(frozen=True, slots=True)
class Basket:
    """Lines and shipping of an order or a checkout."""

    lines: tuple[Line, ...]
    shipping_minor: int


def basket(
    company: Company, order: int, total_minor: int, has_discount: bool, luck: int
) -> Basket:
    """A basket that costs exactly `total_minor`; `order` counts from 0.

    `luck` is a random number below 2^40 that decides everything else. A discount is
    ten percent of the price before it.
    """
    unit = company.euro_rate * 10**company.exponent
    shipping = round(_SHIPPING_EUROS * unit)
    if not 2 * shipping < total_minor < _FREE_FROM_EUROS * unit:
        shipping = 0
    paid = total_minor - shipping
    discount = round(paid / 9) if has_discount else 0
    count = min(1 + (luck & 0xFF) % MOST_LINES, paid) if paid > 1 else 1
    # Earlier lines take a share of what is left, the last one the rest.
    lines = []
    gross_left, discount_left = paid + discount, discount
    for position in range(count):
        is_last = position == count - 1
        share = (luck >> (8 + 8 * position) & 0x7F) + 32
        gross = gross_left if is_last else max(1, gross_left * share // 256)
        off = discount_left if is_last else min(gross - 1, discount_left * share // 256)
        gross_left, discount_left = gross_left - gross, discount_left - off
        lines.append(_line(order * MOST_LINES + position, luck + position, gross, off))
    return Basket(tuple(lines), shipping)


def _line(number: int, luck: int, gross: int, discount: int) -> Line:
    which = luck % len(PRODUCTS)
    product = PRODUCTS[which]
    quantity = 2 if gross % 2 == 0 and gross > 2_000 and luck & 1 else 1
    return Line(
        id=ids.LINE + number,
        product_id=ids.PRODUCT + which,
        variant_id=ids.VARIANT + which,
        sku=product.sku,
        name=product.name,
        vendor=product.vendor,
        quantity=quantity,
        unit_minor=gross // quantity,
        discount_minor=discount,
    )
