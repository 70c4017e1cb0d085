"""What Search Console reports of organic search: late, and first only in part."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from sandbox.simulation.channels import ORGANIC
from sandbox.simulation.demand import Demand
from sandbox.simulation.records import SiteDay
from sandbox.simulation.timeline import Timeline
from sandbox.store import Version

__all__ = ["site_day_versions"]

_PACIFIC: Final = ZoneInfo("America/Los_Angeles")
_CLICKS_PER_CUSTOMER: Final = 40
_CLICK_RATE: Final = 0.045
_FRESH_SHARE: Final = 0.7
_FRESH_AFTER: Final = timedelta(days=1)
_FINAL_AFTER: Final = timedelta(days=3)

_encode = msgspec.json.Encoder().encode


def site_day_versions(
    timeline: Timeline, demand: Demand, rng: np.random.Generator
) -> Iterator[Version]:
    """Every day of the property: clicks follow organic demand, with noise."""
    clicks = rng.poisson(demand.expected[ORGANIC.slug] * _CLICKS_PER_CUSTOMER)
    impressions = clicks + rng.poisson((clicks + 1) * (1 / _CLICK_RATE - 1))
    position = np.round(rng.normal(8.5, 0.6, timeline.days).clip(3, 20), 2)
    brand = np.round(rng.normal(0.32, 0.04, timeline.days).clip(0.1, 0.6), 3)
    for day in range(timeline.days):
        final = SiteDay(
            site_url=timeline.company.site_url,
            date=timeline.date(day),
            clicks=int(clicks[day]),
            impressions=int(impressions[day]),
            position=float(position[day]),
            brand_share=float(brand[day]),
            is_final=True,
        )
        yield from _versions(final)


def _versions(final: SiteDay) -> Iterator[Version]:
    fresh = replace(
        final,
        clicks=int(final.clicks * _FRESH_SHARE),
        impressions=int(final.impressions * _FRESH_SHARE),
        is_final=False,
    )
    midnight = datetime.combine(final.date, time(), _PACIFIC).astimezone(UTC)
    dated = datetime.combine(final.date, time(), UTC)
    for report, after in ((fresh, _FRESH_AFTER), (final, _FINAL_AFTER)):
        yield Version(
            id=f"{final.site_url}/{final.date.isoformat()}",
            visible_from=midnight + after,
            created_at=dated,
            updated_at=midnight + after,
            body=_encode(report),
        )
