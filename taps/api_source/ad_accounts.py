"""An advertising account, as far as reading its days needs to know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

__all__ = ["AdAccount"]


@dataclass(frozen=True, kw_only=True)
class AdAccount:
    """One account of an ad platform.

    Parameters
    ----------
    time_zone
        Of all its dates, IANA name.
    today
        Its date now.
    first_day
        The oldest day there is to ask for.
    lookback_days
        How old a day is when the platform stops to change its conversions.
    """

    id: str
    name: str | None
    currency_code: str
    time_zone: str
    status: str | None
    today: date
    first_day: date
    lookback_days: int
