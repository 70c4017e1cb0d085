"""What the ad platforms report: days that fill, are restated, and sometimes vanish.

A day is first reported three hours after its midnight, half of it; its cost is final
the day after; the purchases the platform claims for it go on growing for 28 days.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from sandbox.simulation.ad_entities import account_of, status_of
from sandbox.simulation.buying import SPENDING
from sandbox.simulation.channels import Ad, Channel
from sandbox.simulation.companies import Company
from sandbox.simulation.records import AdConversions, AdDay
from sandbox.simulation.spend import Spend
from sandbox.simulation.timeline import Timeline
from sandbox.store import Version

__all__ = ["ad_day_versions"]


class _Stage(NamedTuple):
    """A day as reported from `after` its midnight on: shares of the final numbers."""

    after: timedelta
    cost: float
    claims: float
    is_final: bool = False


_STAGES: Final = (
    _Stage(timedelta(hours=3), 0.5, 0.2),
    _Stage(timedelta(days=1), 1.0, 0.55),
    _Stage(timedelta(days=3), 1.0, 0.75),
    _Stage(timedelta(days=7), 1.0, 0.9),
    _Stage(timedelta(days=28), 1.0, 1.0, is_final=True),
)
_VANISHES_AFTER: Final = timedelta(days=2)
_PHANTOM_DAYS: Final = 0.08
_PHANTOM_EUROS: Final = 0.8
_LINK_CLICKS: Final = 0.85
_REACH: Final = 0.8
_VIEWS_PER_CLAIM: Final = 0.2
_WITHIN_WEEK: Final = 0.85
_WITHIN_DAY: Final = 0.7
_VALUE_SPREAD: Final = 0.2

# Attribution window, and what was drawn for it.
_META_WINDOWS: Final = (
    ("28d_click", "longest"),
    ("7d_click", "7d_click"),
    ("1d_click", "1d_click"),
    ("1d_view", "1d_view"),
)
_GOOGLE_WINDOWS: Final = (("30d_click", "longest"), ("1d_view", "1d_view"))

_encode = msgspec.json.Encoder().encode


def ad_day_versions(
    timeline: Timeline, spend: Spend, rng: np.random.Generator
) -> Iterator[Version]:
    """All days of a channel's ads, in the order of days."""
    company, channel = timeline.company, spend.channel
    unit = company.euro_rate * 10**company.exponent
    is_phantom = np.array([ad.is_phantom for ad in channel.ads])
    appears = (rng.random(spend.by_ad.shape) < _PHANTOM_DAYS) & is_phantom
    cost = np.where(appears, round(_PHANTOM_EUROS * unit), spend.by_ad)
    drawn = _counts(channel, cost / unit, rng)
    value = SPENDING.mean * unit * rng.lognormal(sigma=_VALUE_SPREAD, size=cost.shape)
    facebook = np.round(rng.uniform(0.4, 0.8, cost.shape), 3)
    ads = [
        _AdReports(company, channel, ad, _column(drawn, cost, value, facebook, column))
        for column, ad in enumerate(channel.ads)
    ]
    for day in range(timeline.days):
        stages = _reported_stages(timeline, day)
        for reports in ads:
            yield from reports.versions(timeline, day, stages)


def _counts(
    channel: Channel, euros: npt.NDArray[np.float64], rng: np.random.Generator
) -> dict[str, npt.NDArray[np.int64]]:
    """Final counts of every day and ad, shape (days, ads); longer windows hold more."""
    impressions = rng.poisson(euros / channel.cost_per_mille * 1_000)
    clicks = rng.binomial(impressions, channel.click_rate)
    claims = rng.poisson(clicks * channel.claims_per_click)
    week = rng.binomial(claims, _WITHIN_WEEK)
    return {
        "impressions": impressions,
        "clicks": clicks,
        "inline_link_clicks": rng.binomial(clicks, _LINK_CLICKS),
        "reach": rng.binomial(impressions, _REACH),
        "longest": claims,
        "7d_click": week,
        "1d_click": rng.binomial(week, _WITHIN_DAY),
        "1d_view": rng.poisson(claims * _VIEWS_PER_CLAIM),
    }


def _reported_stages(timeline: Timeline, day: int) -> list[_Stage]:
    """The stages of a day that anybody can still see: long ago only the last one."""
    since_midnight = timeline.remembered_from - timeline.midnight(day)
    seen = [stage for stage in _STAGES if stage.after > since_midnight]
    return list(_STAGES[-len(seen) - 1 :])


def _column(
    counts: dict[str, npt.NDArray[np.int64]],
    cost: npt.NDArray[np.int64],
    value: npt.NDArray[np.float64],
    facebook: npt.NDArray[np.float64],
    column: int,
) -> "_Numbers":
    """What was drawn for one ad, as plain lists over the days."""
    return _Numbers(
        cost=cost[:, column].tolist(),
        value=value[:, column].tolist(),
        facebook=facebook[:, column].tolist(),
        counts={name: many[:, column].tolist() for name, many in counts.items()},
    )


class _Numbers(NamedTuple):
    """An ad's days: cost and the worth of a claimed purchase in minor units."""

    cost: list[int]
    value: list[float]
    facebook: list[float]
    counts: dict[str, list[int]]


class _AdReports:
    """Reports of one ad."""

    def __init__(
        self, company: Company, channel: Channel, ad: Ad, numbers: _Numbers
    ) -> None:
        self._ad = ad
        self._numbers = numbers
        self._account = account_of(company, channel.source)
        self._is_meta = channel.source == "meta_ads"
        self._windows = _META_WINDOWS if self._is_meta else _GOOGLE_WINDOWS
        self._micros = 10 ** (6 - company.exponent)
        self._report = partial(
            AdDay,
            account_id=self._account,
            currency=company.currency,
            exponent=company.exponent,
            time_zone=company.time_zone,
            campaign_id=ad.campaign_id,
            campaign_name=ad.campaign_name,
            campaign_status=status_of(ad),
            campaign_kind=ad.kind,
            channel=channel.slug,
            adset_id=ad.adset_id,
            adset_name=ad.adset_name,
            ad_id=ad.ad_id,
            ad_name=ad.ad_name,
        )

    def versions(
        self, timeline: Timeline, day: int, stages: list[_Stage]
    ) -> Iterator[Version]:
        """The day at each of these stages; nothing when nothing was spent."""
        if not self._numbers.cost[day]:
            return
        midnight, when = timeline.midnight(day), timeline.date(day)
        dated = datetime.combine(when, time(), UTC)
        name = self._ad.ad_id or self._ad.campaign_id
        for stage in stages:
            is_gone = self._ad.is_phantom and stage.after >= _VANISHES_AFTER
            at = midnight + (_VANISHES_AFTER if is_gone else stage.after)
            yield Version(
                id=f"{self._account}/{when.isoformat()}/{name}",
                visible_from=at,
                created_at=dated,
                updated_at=at,
                body=b"{}" if is_gone else _encode(self._at(day, when, stage)),
                is_deleted=is_gone,
            )
            if is_gone:
                return

    def _at(self, day: int, when: date, stage: _Stage) -> AdDay:
        numbers = self._numbers
        facebook, value = numbers.facebook[day], numbers.value[day]
        claims = {
            window: int(numbers.counts[name][day] * stage.claims)
            for window, name in self._windows
        }
        return self._report(
            date=when,
            spend_micros=int(numbers.cost[day] * stage.cost) * self._micros,
            impressions=self._seen("impressions", day, stage),
            clicks=self._seen("clicks", day, stage),
            inline_link_clicks=self._seen("inline_link_clicks", day, stage),
            reach=self._seen("reach", day, stage),
            conversions={
                window: AdConversions(count, round(count * value))
                for window, count in claims.items()
            },
            platform_shares={
                "facebook": facebook,
                "instagram": round(1 - facebook, 3),
            }
            if self._is_meta
            else {},
            is_final=stage.is_final,
        )

    def _seen(self, name: str, day: int, stage: _Stage) -> int:
        return int(self._numbers.counts[name][day] * stage.cost)
