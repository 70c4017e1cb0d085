"""What is spent with a platform that a company exports files of: TikTok Ads Manager."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Final

import numpy as np

from sandbox.csv_text import csv_text
from sandbox.export import deliver, files_folder
from sandbox.simulation.settling import money_text
from sandbox.simulation.spend import Spend
from sandbox.simulation.timeline import Timeline
from sandbox.store import Store

__all__ = ["export_spend", "keep_spend"]

_SOURCE: Final = "tiktok_ads"
_FACT: Final = "spend_exports"
_DAY: Final = "By Day"


def keep_spend(store: Store, timeline: Timeline, spends: tuple[Spend, ...]) -> None:
    """Keep all days of a company in its world, those to come included."""
    kept = json.loads(store.fact(_FACT) or "{}")
    kept[timeline.company.slug] = [
        row
        for spend in spends
        if spend.channel.source == _SOURCE
        for row in _rows(timeline, spend)
    ]
    store.keep_fact(_FACT, json.dumps(kept))


def export_spend(store: Store, today: date) -> None:
    """Write each company's file as its owner exports it: up to the day before."""
    for slug, rows in json.loads(store.fact(_FACT) or "{}").items():
        known = [row for row in rows if row[_DAY] < today.isoformat()]
        path = files_folder(store.path, slug) / f"{_SOURCE}.csv"
        deliver(path, csv_text(sorted(known, key=lambda row: str(row[_DAY]))))


def _rows(timeline: Timeline, spend: Spend) -> Iterator[dict[str, object]]:
    """A row per day and campaign; what was clicked follows the mean rates."""
    company, channel = timeline.company, spend.channel
    unit = company.euro_rate * 10**company.exponent
    for column, ad in enumerate(channel.ads):
        shown = spend.by_ad[:, column] / unit / channel.cost_per_mille * 1_000
        impressions = np.rint(shown).astype(int).tolist()
        clicks = np.rint(shown * channel.click_rate).astype(int).tolist()
        for day, minor in enumerate(spend.by_ad[:, column].tolist()):
            yield {
                _DAY: timeline.date(day).isoformat(),
                "Campaign name": ad.campaign_name,
                "Campaign ID": ad.campaign_id,
                "Currency": company.currency,
                "Cost": money_text(minor, company.exponent),
                "Impressions": impressions[day],
                "Clicks (destination)": clicks[day],
            }
