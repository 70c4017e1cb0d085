"""The table a company's media mix is fitted to: outcomes, spend and controls by day."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import skew

__all__ = [
    "CLICKS",
    "ORGANIC_CHANNELS",
    "OUTCOMES",
    "MediaDays",
    "data_hash",
    "fitting_periods",
    "known_outcome",
    "media_days",
    "value_draws",
]

Floats = npt.NDArray[np.float64]

# Nobody can buy more of these, whatever a file of costs may say.
ORGANIC_CHANNELS: Final = frozenset(
    {"organic_search", "organic_social", "referral", "direct", "other", "unknown"}
)
OUTCOMES: Final = ("revenue", "orders", "value_12m")
_WEATHER: Final = ("mean_temperature_c", "precipitation_mm")
CLICKS: Final = "non_brand_click_count"
# A control known on fewer days than this share is left out.
_KNOWN_SHARE: Final = 0.8
# Accounts report a day late: spend that ended this recently has not ended.
_LATE_DAYS: Final = 7
# Below, a channel costs what a test costs.
_RARELY: Final = 1e-9
# Days of fewer orders, or of values as uneven as this, say less than weeks do.
_FEW_ORDERS, _UNEVEN = 30.0, 1.0
_WEEK: Final = 7
_DRAWS: Final = 200
# How unsure the value of the customers of a day is: together, and one by one.
_WORTH: Final = {
    "value_12m": "value_12m",
    "shared_error": "value_shared_error",
    "independent_variance": "value_variance",
}


@dataclass(frozen=True, eq=False)
class MediaDays:
    """One company's days or weeks, without gaps, oldest first.

    `frame` has `date`, the outcomes, a column of spend per channel of `channels` (named
    `spend_<channel>`) and the `controls`. `unpriced` are channels that bring orders and
    have no known cost: they have no curve and get no budget. `left_out` are the shares
    of days on which something is known that would be a control if it were on more.
    """

    frame: pd.DataFrame
    channels: tuple[str, ...]
    unpriced: tuple[str, ...]
    controls: tuple[str, ...]
    unconverted_count: int
    period_days: int = 1
    left_out: Mapping[str, float] = field(default_factory=dict)

    @property
    def days(self) -> int:
        """Length of the history."""
        return len(self.frame) * self.period_days

    def spend_columns(self) -> list[str]:
        """The columns of spend, in the order of `channels`."""
        return [f"spend_{channel}" for channel in self.channels]


def media_days(
    days: pd.DataFrame, spend: pd.DataFrame, worth: pd.DataFrame, as_of_date: dt.date
) -> MediaDays:
    """Put together what the marts and the value predictions say of each day.

    The history begins when both orders and spend are known: days before the first known
    spend are days of unknown spend, not of none. It ends at the as-of date, or at the
    last day of spend if that is at most a week before.

    Parameters
    ----------
    days : DataFrame
        `marts.media_mix_days` of one company.
    spend : DataFrame
        `calendar_date`, `channel_id`, `spend` (null where none is known) and
        `unconverted_campaign_count`, of `marts.channel_days`.
    worth : DataFrame
        `first_order_date` and `value_12m` of the customers won that day, with the
        `shared_error` and `independent_variance` of what they have not bought yet.
    """
    known = spend[spend["calendar_date"] <= as_of_date]
    priced = known[known["spend"].astype(float) > _RARELY]
    buyable = priced[~priced["channel_id"].isin(ORGANIC_CHANNELS)]
    channels = tuple(sorted(buyable["channel_id"].unique()))
    unpriced = tuple(sorted(set(known["channel_id"]) - set(channels)))
    first, last = _span(days, buyable, as_of_date)
    index = pd.date_range(first, last, name="date") if first else pd.DatetimeIndex([])
    frame = pd.DataFrame(index=index)
    told = _by_day(days, "calendar_date").reindex(index)
    frame["revenue"] = told["net_revenue"].astype(float).fillna(0.0)
    frame["orders"] = told["order_count"].astype(float).fillna(0.0)
    won = _by_day(worth, "first_order_date")[list(_WORTH)].astype(float)
    won = won.groupby(level=0).sum().rename(columns=_WORTH)
    frame = frame.join(won).fillna(0.0)
    for channel in channels:
        mine = _by_day(buyable[buyable["channel_id"] == channel], "calendar_date")
        frame[f"spend_{channel}"] = (
            mine["spend"]
            .astype(float)
            .groupby(level=0)
            .sum()
            .reindex(index)
            .fillna(0.0)
        )
    controls = _controls(told)
    frame = frame.join(controls)
    return MediaDays(
        frame=frame.reset_index(names="date"),
        channels=channels,
        unpriced=unpriced,
        controls=tuple(controls.columns),
        unconverted_count=int(known["unconverted_campaign_count"].fillna(0).sum()),
        left_out={
            name: share
            for name in (*_WEATHER, CLICKS)
            if 0 < (share := float(told[name].notna().mean())) < _KNOWN_SHARE
        },
    )


def known_outcome(outcome: str) -> str:
    """What a company saw of an outcome by the day: sales, of value that is forecast."""
    return "revenue" if outcome == "value_12m" else outcome


def data_hash(media: MediaDays, outcome: str) -> str:
    """SHA-256 of all a fit of the outcome depends on, 64 hexadecimal digits."""
    named = (outcome, media.channels, media.unpriced, media.controls)
    digest = hashlib.sha256(repr(named).encode())
    others = {*OUTCOMES, *_WORTH.values()} - {outcome}
    if outcome == "value_12m":
        others -= {*_WORTH.values(), known_outcome(outcome)}
    for column in media.frame.columns:
        if column in others:
            continue
        values = media.frame[column]
        numbers = values.astype("int64") if column == "date" else values.astype(float)
        digest.update(column.encode())
        digest.update(np.ascontiguousarray(numbers.to_numpy()).tobytes())
    return digest.hexdigest()


def fitting_periods(media: MediaDays, outcome: str) -> MediaDays:
    """Days where they say something, else weeks, which end with the last day.

    A day of a few orders is mostly chance, and skewed: what is then likeliest of a day
    is less than its mean.
    """
    frame = media.frame
    is_uneven = outcome == "value_12m" and skew(frame[outcome].to_numpy()) > _UNEVEN
    if frame["orders"].mean() >= _FEW_ORDERS and not is_uneven:
        return media
    whole = len(frame) // _WEEK * _WEEK
    last = frame.tail(whole)
    week = np.arange(whole) // _WEEK
    means = last[list(media.controls)].groupby(week).mean()
    sums = last.drop(columns=["date", *media.controls]).groupby(week).sum()
    weeks = pd.concat([last["date"].groupby(week).first(), sums, means], axis=1)
    return replace(media, frame=weeks, period_days=_WEEK)


def value_draws(media: MediaDays) -> Floats | None:
    """What the value may have been instead, (draws, periods); None if all is sure.

    The error that all customers share is one number a draw; that of single customers
    another one every period.
    """
    value, shared, variance = (
        media.frame[name].to_numpy(float) for name in _WORTH.values()
    )
    if not (shared.any() or variance.any()):
        return None
    rng = np.random.default_rng(0)
    together = rng.standard_normal((_DRAWS, 1))
    alone = rng.standard_normal((_DRAWS, len(value)))
    drawn = value + shared * together + np.sqrt(variance) * alone
    return np.asarray(np.maximum(drawn, 0.0))


def _span(
    days: pd.DataFrame, spend: pd.DataFrame, as_of_date: dt.date
) -> tuple[dt.date | None, dt.date]:
    if days.empty or spend.empty:
        return None, as_of_date
    first = max(days["calendar_date"].min(), spend["calendar_date"].min())
    last_spend = spend["calendar_date"].max()
    is_late = (as_of_date - last_spend).days <= _LATE_DAYS
    last = last_spend if is_late else as_of_date
    return (first, last) if first <= last else (None, as_of_date)


def _by_day(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    return rows.set_index(pd.DatetimeIndex(pd.to_datetime(rows[column])))


def _controls(told: pd.DataFrame) -> pd.DataFrame:
    """Promotions, holidays, events, weather and searches that nobody paid for.

    Weather is told from its usual: what it brings is what unusual weather brings, not
    what all rain of the years would.
    """
    controls = pd.DataFrame(index=told.index)
    controls["discount_rate"] = told["discount_rate"].astype(float).fillna(0.0)
    controls["holiday"] = told["is_holiday"].eq(True).astype(float)
    events = told["event_ids"].fillna("").str.get_dummies(sep=",")
    named = events[[name for name in events if name]].add_prefix("event_")
    controls = controls.join(named.astype(float))
    for name in (*_WEATHER, CLICKS):
        values = told[name].astype(float)
        if len(values) and values.notna().mean() >= _KNOWN_SHARE:
            known = values.interpolate(limit_direction="both")
            controls[name] = known - known.mean() if name in _WEATHER else known
    moving = [name for name in controls if controls[name].std() > 0]
    return controls[moving]
