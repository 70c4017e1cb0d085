"""The truth as time passes: what was refunded since is taken off."""

from datetime import datetime
from decimal import Decimal
from typing import Any

__all__ = ["money_text", "settled"]


def settled(truth: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The truth with the refunds that came after the history taken off.

    They lower what the purchases of the history are worth, for whoever asks later.
    """
    if "totals" not in truth:
        return truth  # nothing is sold there
    later = truth.get("later_refunds", [])
    exponent = truth.get("exponent", 2)
    told = {k: v for k, v in truth.items() if k not in {"later_refunds", "exponent"}}
    gone = sum(minor for at, minor in later if datetime.fromisoformat(at) <= now)
    as_of = dict(told["totals"]["as_of"])
    minor = int(Decimal(as_of["net_revenue"]).scaleb(exponent))
    as_of["net_revenue"] = money_text(minor - gone, exponent)
    return told | {"totals": told["totals"] | {"as_of": as_of}}


def money_text(minor: int, exponent: int) -> str:
    """Minor units as decimal text: 1234 cents are "12.34", 1234 pesos "1234"."""
    if not exponent:
        return str(minor)
    sign, digits = "-" * (minor < 0), f"{abs(minor):0{exponent + 1}d}"
    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}"
