"""The five components of an account's health, 0-100 each, by published maps.

Piecewise linear and fixed: against today's other accounts a base that gets worse as a
whole would stay healthy (decision 0124). What is unknown stays unknown (NaN).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ml_assets.subscriptions.reading import Floats, flags_of, numbers_of

__all__ = [
    "COMPONENTS",
    "KNOWN_ENGAGEMENT",
    "component_points",
    "engagement_points",
]

COMPONENTS: Final = (
    "usage_intensity",
    "feature_adoption",
    "support_interactions",
    "payment_history",
    "engagement_level",
)
KNOWN_ENGAGEMENT: Final = "engagement_known_ratio"
"""Column of the share (0-1) of engagement that is known of an account."""

_FULL_ACTIVE_DAYS = 12.0
_FULL_ADOPTION = 0.6
_USUAL_TICKETS, _PER_TICKET = 3.0, 20.0
_ESCALATED, _UNSATISFIED, _SATISFIED_FROM = 30.0, 20.0, 6.0
_LATE_DAYS, _LATE = 7.0, 60.0
_FAILED = 30.0
_UNPAID_DAYS, _UNPAID = 30.0, 0.0
_ENGAGEMENT: Final = {
    "has_clicked_or_attended_60d": 0.4,
    "is_contact_in_cadence": 0.3,
    "has_answered_survey": 0.3,
}


def component_points(accounts: pd.DataFrame) -> pd.DataFrame:
    """Points of each component, of what is known on the scoring date.

    - usage: 100 min(1, active days per seat in 28 days / 12);
    - adoption: 100 min(1, adoption / 0.6);
    - support: 100 - 20 (tickets per 10 seats - 3 where more) - 30 if one was escalated
      - 20 if CSAT is below 6, at least 0;
    - payment: 0 if an invoice is open for more than 30 days, else 30 if an attempt
      failed, else 60 if one is open for more than 7 days, else 100;
    - engagement: 40 % a click or a webinar in 60 days, 30 % contact in cadence, 30 % an
      answered survey, of what is known of the three.

    Parameters
    ----------
    accounts
        One row per account: ``active_days_per_seat_28d``; ``feature_adoption_ratio``
        (0-1); ``seat_count``, ``ticket_count_28d``, ``has_escalation_28d``,
        ``csat_mean_10`` (0-10); ``oldest_open_invoice_days`` (0 without one),
        ``failed_attempt_count`` of invoices that are open still; and the flags of
        engagement. Unknown is NaN or None. Of an account without seats neither usage
        nor support are known; of tickets, nobody's CSAT or no escalation takes nothing
        off.

    Returns
    -------
    pandas.DataFrame
        Same index: `COMPONENTS`, 0-100 or NaN, and `KNOWN_ENGAGEMENT`.

    Raises
    ------
    InvalidAccounts
        A column is missing, or a value out of its range.
    """
    engagement, known = _engagement(accounts)
    points = (
        _usage(accounts),
        _share(numbers_of(accounts, "feature_adoption_ratio", most=1), _FULL_ADOPTION),
        _support(accounts),
        _payment(accounts),
        engagement,
    )
    columns = dict(zip(COMPONENTS, points, strict=True)) | {KNOWN_ENGAGEMENT: known}
    return pd.DataFrame(columns, index=accounts.index)


def engagement_points(accounts: pd.DataFrame) -> Floats:
    """Points of the engagement alone, of the flags that `component_points` reads."""
    return _engagement(accounts)[0]


def _usage(accounts: pd.DataFrame) -> Floats:
    days = numbers_of(accounts, "active_days_per_seat_28d", most=28)
    return _share(np.where(_seats(accounts) > 0, days, np.nan), _FULL_ACTIVE_DAYS)


def _support(accounts: pd.DataFrame) -> Floats:
    tickets = numbers_of(accounts, "ticket_count_28d") / (_seats(accounts) / 10)
    above = np.maximum(tickets - _USUAL_TICKETS, 0)
    escalated = np.nan_to_num(flags_of(accounts, "has_escalation_28d"))
    satisfaction = numbers_of(accounts, "csat_mean_10", most=10)
    lost = (
        _PER_TICKET * above
        + _ESCALATED * escalated
        + _UNSATISFIED * (satisfaction < _SATISFIED_FROM)
    )
    return np.asarray(np.maximum(100 - lost, 0))


def _payment(accounts: pd.DataFrame) -> Floats:
    """The worst that is known; unknown only where neither is."""
    days = numbers_of(accounts, "oldest_open_invoice_days")
    failed = numbers_of(accounts, "failed_attempt_count")
    points = np.where(np.isnan(days) & np.isnan(failed), np.nan, 100.0)
    points = np.where(days > _LATE_DAYS, _LATE, points)
    points = np.where(failed > 0, _FAILED, points)
    return np.where(days > _UNPAID_DAYS, _UNPAID, points)


def _engagement(accounts: pd.DataFrame) -> tuple[Floats, Floats]:
    flags = np.column_stack([flags_of(accounts, name) for name in _ENGAGEMENT])
    weights = np.array(list(_ENGAGEMENT.values()))
    known = ~np.isnan(flags) @ weights
    points = np.nan_to_num(flags) @ weights / np.where(known > 0, known, np.nan)
    return 100 * points, known


def _seats(accounts: pd.DataFrame) -> Floats:
    seats = numbers_of(accounts, "seat_count")
    return np.where(seats > 0, seats, np.nan)


def _share(values: Floats, full: float) -> Floats:
    return np.asarray(100 * np.minimum(values / full, 1))
