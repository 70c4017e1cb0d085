"""How many of the seats an account pays for are used, and of its features."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ml_assets.subscriptions.errors import InvalidAccounts
from ml_assets.subscriptions.grading import mean_draws
from ml_assets.subscriptions.reading import column_of, numbers_of

__all__ = ["WINDOW_DAYS", "company_adoption", "feature_adoption", "seat_usage"]

WINDOW_DAYS: Final = 28
"""Four weeks and no month: as many of each weekday."""

_FEWEST: Final = 30
"""Fewer accounts have no interval: drawn anew, they are too much alike."""


def seat_usage(
    events: pd.DataFrame, seats: pd.DataFrame, *, last_day: pd.Timestamp
) -> pd.DataFrame:
    """Seats active on a working day, seats active in 28 days, and one over the other.

    ``seat_dau_ratio`` is the mean over Mondays to Fridays of active over licensed seats
    of that day, ``seat_mau_ratio`` distinct users of the window over the seats of its
    last day, ``stickiness_ratio`` the mean of active users a day over those of the
    window. More users than seats count as all seats, and ``has_overuse`` says so.

    Parameters
    ----------
    events
        ``account_id``, ``user_id``, ``day`` of users who did something that counts.
    seats
        ``account_id``, ``day``, ``seat_count``: a row for each day of the window.
    last_day
        The window ends with it.

    Returns
    -------
    pandas.DataFrame
        Per account of the last day: ``account_id``, ``seat_count``,
        ``active_user_count`` of the window, the three ratios (NaN without a seat;
        stickiness without a user) and ``has_overuse``.

    Raises
    ------
    InvalidAccounts
        An account has a day twice.
    """
    licensed = _inside(seats, last_day).assign(
        seat_count=lambda rows: numbers_of(rows, "seat_count", may_lack=False)
    )
    if licensed.duplicated(["account_id", "day"]).any():
        raise InvalidAccounts("seats: an account has a day twice.")
    used = _inside(events, last_day).drop_duplicates(["account_id", "user_id", "day"])
    found = licensed[licensed["day"] == last_day].set_index("account_id")
    users = used.groupby("account_id")["user_id"].nunique()
    users = users.reindex(found.index, fill_value=0)
    working = _working_days(licensed, used).reindex(found.index)
    count = found["seat_count"]
    is_over = (working["is_over"] > 0) | (users > count)
    return pd.DataFrame(
        {
            "seat_count": count,
            "active_user_count": users,
            "seat_dau_ratio": working["share"],
            "seat_mau_ratio": np.minimum(users / count.where(count > 0), 1.0),
            "stickiness_ratio": working["active"] / users.where(users > 0),
            "has_overuse": is_over,
        }
    ).reset_index()


def _working_days(licensed: pd.DataFrame, used: pd.DataFrame) -> pd.DataFrame:
    """Means over Mondays to Fridays of each account."""
    daily = used.groupby(["account_id", "day"]).size().rename("active").reset_index()
    days = licensed.merge(daily, how="left", on=["account_id", "day"])
    active = days["active"].fillna(0)
    count = days["seat_count"]
    days = days.assign(
        active=active,
        share=np.minimum(active, count) / count.where(count > 0),
        is_over=(active > count).astype(np.float64),
    )
    works = days[days["day"].dt.day_of_week < 5]
    columns = ["active", "share", "is_over"]
    means: pd.DataFrame = works.groupby("account_id")[columns].mean()
    return means


def feature_adoption(
    uses: pd.DataFrame,
    plans: pd.DataFrame,
    *,
    last_day: pd.Timestamp,
    least_days: int = 1,
) -> pd.DataFrame:
    """Features used over features that the plan has, per account and tier.

    Parameters
    ----------
    uses
        ``account_id``, ``feature_id``, ``day``.
    plans
        ``account_id``, ``feature_id``, ``feature_tier``, ``released_on``: what each
        plan has. A feature counts 28 days after its release, or where nobody says when
        that was; one that is not in the plan counts nowhere.
    least_days
        On how many different days of the 28 a feature has to be used.

    Returns
    -------
    pandas.DataFrame
        ``account_id``, ``feature_tier``, ``used_count``, ``available_count``,
        ``feature_adoption_ratio``.
    """
    released = pd.to_datetime(column_of(plans, "released_on"))
    old = plans[~(released > last_day - pd.Timedelta(days=WINDOW_DAYS))]
    old = old.drop_duplicates(["account_id", "feature_id"])
    used = _inside(uses, last_day)
    days = used.groupby(["account_id", "feature_id"])["day"].nunique()
    enough = days[days >= least_days].rename("days").reset_index()
    met = old.merge(enough, how="left", on=["account_id", "feature_id"])
    counted = (
        met.assign(used=met["days"].notna())
        .groupby(["account_id", "feature_tier"])
        .agg(used_count=("used", "sum"), available_count=("used", "size"))
        .reset_index()
    )
    ratio = counted["used_count"] / counted["available_count"]
    return counted.assign(feature_adoption_ratio=ratio)


def company_adoption(adoption: pd.DataFrame, seats: pd.Series) -> pd.DataFrame:
    """Adoption of a company by tier: each account alike, and each seat alike.

    Parameters
    ----------
    adoption
        As `feature_adoption`.
    seats
        Seats by account.

    Returns
    -------
    pandas.DataFrame
        ``feature_tier``, ``account_count``, ``feature_count`` (most that an account
        has), ``adoption_ratio`` with its ``_lower`` and ``_upper`` (accounts drawn
        anew; NaN of fewer than 30), ``seat_weighted_ratio`` (NaN without a seat).
    """
    rows = adoption.assign(seats=adoption["account_id"].map(seats).fillna(0))
    rows["weighted"] = rows["feature_adoption_ratio"] * rows["seats"]
    by_tier = rows.groupby("feature_tier").agg(
        account_count=("account_id", "size"),
        feature_count=("available_count", "max"),
        adoption_ratio=("feature_adoption_ratio", "mean"),
        weighted=("weighted", "sum"),
        seats=("seats", "sum"),
    )
    total = by_tier["seats"].where(by_tier["seats"] > 0)
    by_tier["seat_weighted_ratio"] = by_tier["weighted"] / total
    ends = {
        tier: _ends(found) for tier, found in rows.groupby("feature_tier", sort=True)
    }
    by_tier["adoption_ratio_lower"] = [ends[tier][0] for tier in by_tier.index]
    by_tier["adoption_ratio_upper"] = [ends[tier][1] for tier in by_tier.index]
    return by_tier.drop(columns=["weighted", "seats"]).reset_index()


def _ends(rows: pd.DataFrame) -> tuple[float, float]:
    if len(rows) < _FEWEST:
        return float("nan"), float("nan")
    ratios = rows["feature_adoption_ratio"].to_numpy(np.float64)
    found = mean_draws(ratios, rows["account_id"].to_numpy())
    return found.lower, found.upper


def _inside(table: pd.DataFrame, last_day: pd.Timestamp) -> pd.DataFrame:
    """Rows of the window; what a clock that is ahead wrote is not in it."""
    day = pd.to_datetime(column_of(table, "day")).dt.normalize()
    first_day = last_day - pd.Timedelta(days=WINDOW_DAYS - 1)
    return table.assign(day=day)[(day >= first_day) & (day <= last_day)]
