"""Sessions that led to orders: where a customer came from, as far as was seen."""

from bisect import bisect_right
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from sandbox.simulation import ids
from sandbox.simulation.channels import CHANNELS, ORGANIC, Channel
from sandbox.simulation.companies import Company
from sandbox.simulation.records import Visit

__all__ = ["Journey", "Journeys"]

_NEVER_SEEN: Final = 0.12
_ONE_SESSION: Final = 0.45
_SLOW: Final = 0.15
_QUICK_SECONDS: Final = (120, 3_600)
_SLOW_SECONDS: Final = (3_600, 48 * 3_600)
_WINDOW_SECONDS: Final = 12 * 86_400
_REPEAT: Final = ("email", "direct", ORGANIC.slug, "google_brand", "meta_retargeting")
_REPEAT_SHARES: Final = (0.4, 0.3, 0.14, 0.1, 0.06)
# Who comes back to buy: half of them type the address, the others are met again.
_CLOSING: Final = ("direct", "google_brand", "email", ORGANIC.slug, "meta_retargeting")
_CLOSING_UP_TO: Final = (0.5, 0.68, 0.82, 0.92, 1.0)
_CLICK_IDS: Final = {
    "meta_ads": "fbclid",
    "google_ads": "gclid",
    "tiktok_ads": "ttclid",
}
_PAID: Final = {channel.slug: channel for channel in CHANNELS}

Journey = tuple[tuple[Visit | None, Visit | None], int, int | None]
"""First and last visit, number of moments, days to conversion."""


class Journeys:
    """Draws journeys for a batch of orders, so many numbers at once."""

    def __init__(self, company: Company, size: int, rng: np.random.Generator):
        self._company = company
        self._host = company.site_url.removeprefix("sc-domain:")
        self._host = self._host.removeprefix("https://www.").rstrip("/")
        self._seen = (rng.random(size) >= _NEVER_SEEN).tolist()
        self._single = (rng.random(size) < _ONE_SESSION).tolist()
        slow = rng.random(size) < _SLOW
        self._ready = np.where(
            slow,
            rng.integers(*_SLOW_SECONDS, size),
            rng.integers(*_QUICK_SECONDS, size),
        ).tolist()
        self._before = rng.integers(600, _WINDOW_SECONDS, size).tolist()
        self._again = rng.choice(len(_REPEAT), size, p=_REPEAT_SHARES).tolist()
        self._pick = rng.random(size).tolist()

    def ready_at(self, row: int, created_at: datetime) -> datetime:
        """When the journey of the batch's row is known; up to two days later."""
        return created_at + timedelta(seconds=self._ready[row])

    def of(
        self, row: int, index: int, created_at: datetime, channel: str | None
    ) -> Journey:
        """The journey of an order; `channel` brought the customer, None: a repeat."""
        if not self._seen[row]:
            return (None, None), 0, None
        came_by = channel or _REPEAT[self._again[row]]
        last_at = created_at - timedelta(seconds=60 + self._ready[row] % 1_200)
        if self._single[row]:
            visit = self._visit(2 * index, came_by, last_at, row)
            return (visit, visit), 1, 0
        first_at = last_at - timedelta(seconds=self._before[row])
        first = self._visit(2 * index, came_by, first_at, row)
        last = self._visit(2 * index + 1, self._closed_by(row), last_at, row)
        return (first, last), 2 + row % 4, (created_at - first_at).days

    def _closed_by(self, row: int) -> str:
        """The channel of the last visit, by the seconds between both."""
        drawn = self._before[row] % 1_000 / 1_000
        return _CLOSING[bisect_right(_CLOSING_UP_TO, drawn)]

    def _visit(self, index: int, channel: str, at: datetime, row: int) -> Visit:
        page = f"https://{self._host}/"
        number = ids.VISIT + index
        if channel in _PAID:
            return self._paid_visit(number, _PAID[channel], at, row)
        if channel == ORGANIC.slug:
            return Visit(
                number, at, "Google", "SEO", page, "https://www.google.com/", None
            )
        if channel == "email":
            utm = {"source": "email", "medium": "email", "campaign": "boletin"}
            landing = f"{page}?{_query(utm)}"
            return Visit(number, at, "email", None, landing, None, utm)
        return Visit(number, at, "direct", None, page, None, None)

    def _paid_visit(
        self, number: int, channel: Channel, at: datetime, row: int
    ) -> Visit:
        ads = [ad for ad in channel.ads if ad.share and ad.until_share is None]
        ad = ads[int(self._pick[row] * len(ads))]
        source, medium = channel.utm
        utm = {"source": source, "medium": medium, "campaign": ad.campaign_name}
        if ad.ad_id:
            utm["content"] = ad.ad_id
        click = _CLICK_IDS[channel.source]
        page = f"https://{self._host}/products/novedades"
        landing = f"{page}?{_query(utm)}&{click}=c{number}"
        is_search = channel.source == "google_ads"
        referrer = "https://www.google.com/" if is_search else None
        return Visit(number, at, source, None, landing, referrer, utm)


def _query(utm: dict[str, str]) -> str:
    return "&".join(
        f"utm_{key}={value.replace(' ', '+')}" for key, value in utm.items()
    )
