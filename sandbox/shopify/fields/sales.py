"""Fields of the sales ledger: agreements and sales."""

from collections.abc import Callable
from typing import Any, Final

from sandbox.shopify.fields.lines import OrderLine
from sandbox.shopify.fields.payments import OrderRefund
from sandbox.shopify.fields.plain import Attribute, Gid, of_order
from sandbox.shopify.ledger import Sale

__all__ = ["FIELDS"]

_Fields = dict[str, Callable[[Any], Any]]


def _before_taxes(sale: Sale) -> int:
    """Discounts are given on prices that contain tax: less the tax they save."""
    full = sale.total + sale.discount
    return sale.discount - (sale.tax * sale.discount // full if full else 0)


_AGREEMENT: Final[_Fields] = {
    "id": Gid("SalesAgreement"),
    "happenedAt": Attribute("at"),
    "reason": Attribute("reason"),
    "sales": Attribute("sales"),
}
_SALE: Final[_Fields] = {
    "id": Gid("Sale"),
    "actionType": Attribute("action"),
    "lineType": Attribute("line_type"),
    "quantity": Attribute("quantity"),
    "totalAmount": of_order("total"),
    "totalDiscountAmountAfterTaxes": of_order("discount"),
    "totalDiscountAmountBeforeTaxes": of_order(_before_taxes),
    "totalTaxAmount": of_order("tax"),
}
FIELDS: Final[dict[str, _Fields]] = {
    "OrderAgreement": {**_AGREEMENT, "order": Attribute("order")},
    "OrderEditAgreement": _AGREEMENT,
    "RefundAgreement": {
        **_AGREEMENT,
        "refund": lambda agreement: OrderRefund(agreement.order, agreement.refund),
    },
    "ReturnAgreement": _AGREEMENT,
    "GiftCardSale": {
        **_SALE,
        "lineItem": lambda sale: OrderLine(sale.order, sale.line),
    },
    "TipSale": _SALE,
    "ProductSale": {**_SALE, "lineItem": lambda sale: OrderLine(sale.order, sale.line)},
    "ShippingLineSale": {**_SALE, "shippingLine": Attribute("order")},
    "AdjustmentSale": _SALE,
}
