"""What is true of Cuaderno, and what nobody who reads its files could do better."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from sandbox.saas import hazards
from sandbox.saas.accounts import Account
from sandbox.saas.hazards import leaving_chance
from sandbox.saas.lives import next_renewal
from sandbox.saas.programme import MARGIN_RATE

__all__ = ["best_auc", "chance_of", "truth_of"]

_HORIZON_DAYS: Final = 90
_GRADED_MONTHS: Final = 9


def truth_of(accounts: Sequence[Account], last_day: date) -> dict[str, Any]:
    """Facts that must be found, and chances that may be guessed at."""
    here = [one for one in accounts if one.is_here(last_day)]
    month = (last_day + timedelta(days=1)).replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    last, first = month - timedelta(days=1), before - timedelta(days=1)
    there = [one for one in accounts if one.is_here(first)]
    gone = [one for one in there if not one.is_here(last)]
    causes = Counter(stay.cause for one in accounts for stay in one.stays if stay.cause)
    free = [
        chance
        for one in here
        if (chance := chance_of(one, last_day, _HORIZON_DAYS)) is not None
    ]
    return {
        "name": "Cuaderno",
        "currency_code": "EUR",
        "time_zone": "Europe/Madrid",
        "settings": {"plan": "saas", "gross_margin_rate": MARGIN_RATE},
        "as_of_date": last_day.isoformat(),
        "paying_account_count": len(here),
        "mrr_at_the_end": sum(one.terms_on(last_day).monthly for one in here),
        "logo_churn_ratio": len(gone) / len(there) if there else None,
        "departed_account_count": causes.total(),
        "first_exit_reason": min(
            causes, key=lambda one: (-causes[one], str(one)), default=None
        ),
        "leaving_chance_90d": sum(free) / len(free) if free else None,
        "leaving_auc_90d": best_auc(accounts, last_day),
        "hazards_a_day": hazards.told(),
        "departed_by_cause": dict(sorted(causes.items())),
    }


def chance_of(one: Account, day: date, days: int) -> float | None:
    """True chance to leave within so many days; None of who is bound for longer."""
    trouble = one.trouble_on(day)
    renewal_in = None
    if one.is_annual:
        (stay,) = [each for each in one.stays if each.is_on(day)]
        renewal_in = (next_renewal(stay.began_on, day) - day).days
        if renewal_in > days:
            return None
    return leaving_chance(trouble.cause if trouble else None, days, renewal_in)


def best_auc(accounts: Sequence[Account], last_day: date) -> float | None:
    """How often who left within 90 days had a higher true chance than who stayed.

    What a forecast that knows all troubles would reach. On the first Sundays of the
    last months whose 90 days are over; None where nobody left, or nobody stayed.
    """
    chances: list[float] = []
    left: list[bool] = []
    for day in _graded_days(last_day):
        until = day + timedelta(days=_HORIZON_DAYS)
        for one in accounts:
            stays = [each for each in one.stays if each.is_on(day)]
            chance = chance_of(one, day, _HORIZON_DAYS) if stays else None
            if chance is not None:
                chances.append(chance)
                left.append(stays[0].left_on_or_never() <= until)
    went, scores = np.array(left, dtype=bool), np.array(chances)
    if went.all() or not went.any():
        return None
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    size = int(went.sum())
    above = ranks[went].sum() - size * (size + 1) / 2
    return float(above / (size * (went.size - size)))


def _graded_days(last_day: date) -> list[date]:
    last = last_day - timedelta(days=_HORIZON_DAYS)
    sundays = [
        last - timedelta(days=number)
        for number in range(31 * _GRADED_MONTHS)
        if (last - timedelta(days=number)).weekday() == 6
    ]
    return [day for day in sundays if day.day <= 7]
