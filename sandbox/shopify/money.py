"""Amounts as Shopify prints them, in the shop's currency and the customer's."""

from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import NamedTuple

__all__ = ["Bag", "Exchange", "amount_text", "exchange_of", "exchange_text"]


class Exchange:
    """The two currencies of an order; equal only to itself, so it is a quick key.

    Parameters
    ----------
    currency, exponent
        The shop's currency and the digits of its minor unit.
    presentment_currency, presentment_exponent
        The same of the currency the customer was shown.
    rate
        Presentment money per unit of shop money.
    """

    __slots__ = (
        "currency",
        "exponent",
        "presentment_currency",
        "presentment_exponent",
        "rate",
    )

    def __init__(
        self,
        currency: str,
        exponent: int,
        presentment_currency: str,
        presentment_exponent: int,
        rate: Decimal,
    ) -> None:
        self.currency = currency
        self.exponent = exponent
        self.presentment_currency = presentment_currency
        self.presentment_exponent = presentment_exponent
        self.rate = rate

    def presented(self, minor: int) -> int:
        """The shop's `minor` in minor units of the presentment currency."""
        if self.presentment_currency == self.currency:
            return minor
        shift = self.presentment_exponent - self.exponent
        exact = Decimal(minor).scaleb(shift) * self.rate
        return int(exact.to_integral_value(ROUND_HALF_EVEN))


class Bag(NamedTuple):
    """A `MoneyBag`: an amount in minor units of the shop's currency.

    `money` names the currencies, see `exchange_text`.
    """

    minor: int
    money: str


def amount_text(minor: int, exponent: int) -> str:
    """A `Decimal` of the API: at least one decimal digit, no trailing zeros after it.

    >>> amount_text(10845, 2), amount_text(10000, 2), amount_text(12990, 0)
    ('108.45', '100.0', '12990.0')
    """
    sign, digits = ("-", -minor) if minor < 0 else ("", minor)
    if exponent == 0:
        return f"{sign}{digits}.0"
    fractions = _fractions(exponent)
    whole, part = divmod(digits, len(fractions))
    return f"{sign}{whole}.{fractions[part]}"


@lru_cache
def _fractions(exponent: int) -> list[str]:
    """What follows the point, by minor units."""
    return [f"{part:0{exponent}d}".rstrip("0") or "0" for part in range(10**exponent)]


def exchange_text(
    currency: str,
    exponent: int,
    presentment_currency: str,
    presentment_exponent: int,
    rate: Decimal,
) -> str:
    """How a stored document names its currencies; `exchange_of` reads it."""
    if presentment_currency == currency:
        return f"{currency} {exponent}"
    return f"{currency} {exponent} {presentment_currency} {presentment_exponent} {rate}"


@lru_cache(maxsize=256)
def exchange_of(text: str) -> Exchange:
    """The currencies that `exchange_text` wrote down."""
    match text.split():
        case [currency, exponent]:
            return Exchange(
                currency, int(exponent), currency, int(exponent), Decimal(1)
            )
        case [currency, exponent, presentment, presentment_exponent, rate]:
            return Exchange(
                currency,
                int(exponent),
                presentment,
                int(presentment_exponent),
                Decimal(rate),
            )
    raise ValueError(f"not the currencies of a document: {text!r}")
