"""What somebody typed who wants a coupon, read with suspicion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from orchestration.lib.activation.coupons.refusals import CouponRefused

__all__ = ["CouponRequest", "read_coupon_request"]

_DAYS = 14
_MOST_DAYS = 365
_MOST_USES = 1_000_000


@dataclass(frozen=True)
class CouponRequest:
    """A coupon for the members of an audience who are written to.

    Parameters
    ----------
    percent
        Off everything; None for the smallest that is proven to pay.
    uses
        How often it may be used in all; None for once each.
    days
        How long it lasts from the moment it is made.
    """

    audience: str
    percent: Decimal | None
    uses: int | None
    days: int


def read_coupon_request(payload: Mapping[str, Any]) -> CouponRequest:
    """The request in a payload; empty fields are as if left out.

    Raises
    ------
    CouponRefused
    """
    given = {key: value for key, value in payload.items() if value not in (None, "")}
    audience = given.get("audience")
    if not isinstance(audience, str):
        raise _unreadable("audience", audience, "Name an audience.")
    percent = _number(given, "percent", "Write a percentage above 0 and at most 100.")
    # Hundredths are what a shop takes off: what rounds to nothing is nothing.
    if percent is not None and not Decimal("0.005") < percent <= 100:
        wanted = "Write a percentage above 0 and at most 100."
        raise _unreadable("percent", given["percent"], wanted)
    return CouponRequest(
        audience.strip(),
        None if percent is None else percent.quantize(Decimal("0.01")),
        _whole(given, "uses", _MOST_USES),
        _whole(given, "days", _MOST_DAYS) or _DAYS,
    )


def _whole(given: Mapping[str, Any], field: str, most: int) -> int | None:
    wanted = f"Write a whole number from 1 to {most:,}."
    number = _number(given, field, wanted)
    if number is None:
        return None
    if not 1 <= number <= most or number != int(number):
        raise _unreadable(field, given[field], wanted)
    return int(number)


def _number(given: Mapping[str, Any], field: str, wanted: str) -> Decimal | None:
    if field not in given:
        return None
    try:
        number = Decimal(str(given[field]).strip())
    except InvalidOperation:
        raise _unreadable(field, given[field], wanted) from None
    if not number.is_finite():
        raise _unreadable(field, given[field], wanted)
    return number


def _unreadable(field: str, value: object, wanted: str) -> CouponRefused:
    return CouponRefused(
        "unreadable", field=field, value=str(value)[:80], wanted=wanted
    )
