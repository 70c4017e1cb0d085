"""How each field of the API is worked out from the stored facts.

`FIELDS[type][field]` takes the object's source and gives the field's value: a scalar as
JSON has it, a source for an object, a list of sources for a list or a connection, a
`Bag` for a MoneyBag. A field that is not listed is null, empty, false or zero, as its
type allows.
"""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from sandbox.shopify.context import Context
from sandbox.shopify.fields import (
    checkouts,
    customers,
    discounts,
    lines,
    money,
    orders,
    payments,
    sales,
    shops,
)

__all__ = ["FIELDS", "Field", "contextual_fields"]

Field: TypeAlias = Callable[[Any], Any]

FIELDS: Final[dict[str, dict[str, Field]]] = {
    **checkouts.FIELDS,
    **customers.FIELDS,
    **discounts.FIELDS,
    **lines.FIELDS,
    **money.FIELDS,
    **orders.FIELDS,
    **payments.FIELDS,
    **sales.FIELDS,
    **shops.FIELDS,
}


def contextual_fields(context: Context) -> dict[tuple[str, str], Field]:
    """Fields that need another document, the clock or the shop."""

    def customer(source: Any) -> Any:
        return customers.CustomerOf(source, context) if source.customer_id else None

    return {
        ("Order", "customer"): customer,
        ("AbandonedCheckout", "customer"): customer,
        **{
            (kind, "status"): lambda source: discounts.status(source, context.now)
            for kind in ("DiscountCodeBasic", "DiscountCodeFreeShipping")
        },
    }
