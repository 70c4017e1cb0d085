"""Fields of amounts, taxes and counts, and short ways to write such fields."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from sandbox.shopify.fields.plain import Attribute
from sandbox.shopify.money import Bag, amount_text, exchange_of

__all__ = [
    "FIELDS",
    "Counted",
    "Money",
    "TaxLine",
    "shop_money",
    "tax_lines",
]


class Money(NamedTuple):
    """A `MoneyV2`."""

    amount: str
    currency: str

    @property
    def typename(self) -> str:
        """Its type, where a union or an interface is asked for."""
        return "MoneyV2"


def shop_money(value: Bag) -> Money:
    """The amount in the shop's currency."""
    exchange = exchange_of(value.money)
    return Money(amount_text(value.minor, exchange.exponent), exchange.currency)


def _presentment(value: Bag) -> Money:
    exchange = exchange_of(value.money)
    if exchange.presentment_currency == exchange.currency:
        return shop_money(value)
    minor = exchange.presented(value.minor)
    return Money(
        amount_text(minor, exchange.presentment_exponent),
        exchange.presentment_currency,
    )


class Counted(NamedTuple):
    """A `Count`."""

    number: int
    precision: str = "EXACT"


class TaxLine(NamedTuple):
    """One tax of an order, a line or a shipping line."""

    amount: Bag
    rate: float


def tax_lines(tax: int, total: int, money: str) -> list[TaxLine]:
    """The taxes contained in `total`; none when there is no tax."""
    if not tax:
        return []
    rate = round(tax / (total - tax), 3) if total != tax else 0.0
    return [TaxLine(Bag(tax, money), rate)]


FIELDS: Final[dict[str, dict[str, Callable[[Any], Any]]]] = {
    "MoneyV2": {
        "amount": Attribute("amount"),
        "currencyCode": Attribute("currency"),
    },
    "MoneyBag": {"shopMoney": shop_money, "presentmentMoney": _presentment},
    "Count": {
        "count": Attribute("number"),
        "precision": Attribute("precision"),
    },
    "TaxLine": {
        "priceSet": Attribute("amount"),
        "rate": Attribute("rate"),
        "ratePercentage": lambda line: round(line.rate * 100, 1),
        "source": lambda _: "Shopify",
        "title": lambda _: "VAT",
        "channelLiable": lambda _: False,
    },
}
