"""What a company exports files of: TikTok Ads Manager, visits in Google Analytics."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Final

import numpy as np

from sandbox.csv_text import csv_text
from sandbox.export import deliver, files_folder
from sandbox.simulation.settling import money_text
from sandbox.simulation.spend import Spend
from sandbox.simulation.timeline import Timeline
from sandbox.simulation.truth import Drawn
from sandbox.simulation.visits import daily_visits
from sandbox.store import Store

__all__ = ["keep_exports", "write_exports"]

_FACT: Final = "exports"
_SPEND: Final = "tiktok_ads"
_VISITS: Final = "ga4_sessions"

Row = dict[str, object]


def keep_exports(store: Store, drawn: Drawn, rng: np.random.Generator) -> None:
    """Keep all days of a company in its world, those to come included."""
    timeline = drawn.timeline
    spent = (
        (_SPEND, day, row)
        for spend in drawn.spends
        if spend.channel.source == _SPEND
        for day, row in _spend_rows(timeline, spend)
    )
    visited = ((_VISITS, day, row) for day, row in _visit_rows(drawn, rng))
    kept = json.loads(store.fact(_FACT) or "{}")
    kept[timeline.company.slug] = sorted([*spent, *visited], key=itemgetter(0, 1))
    store.keep_fact(_FACT, json.dumps(kept))


def write_exports(store: Store, today: date) -> None:
    """Write each company's files as its owner exports them: up to the day before."""
    for slug, rows in json.loads(store.fact(_FACT) or "{}").items():
        known = (one for one in rows if one[1] < today.isoformat())
        for name, told in groupby(known, key=itemgetter(0)):
            path = files_folder(store.path, slug) / f"{name}.csv"
            deliver(path, csv_text([row for _, _, row in told]))


def _spend_rows(timeline: Timeline, spend: Spend) -> Iterator[tuple[str, Row]]:
    """A row per day and campaign; what was clicked follows the mean rates."""
    company, channel = timeline.company, spend.channel
    unit = company.euro_rate * 10**company.exponent
    for column, ad in enumerate(channel.ads):
        shown = spend.by_ad[:, column] / unit / channel.cost_per_mille * 1_000
        impressions = np.rint(shown).astype(int).tolist()
        clicks = np.rint(shown * channel.click_rate).astype(int).tolist()
        for day, minor in enumerate(spend.by_ad[:, column].tolist()):
            told = timeline.date(day).isoformat()
            yield (
                told,
                {
                    "By Day": told,
                    "Campaign name": ad.campaign_name,
                    "Campaign ID": ad.campaign_id,
                    "Currency": company.currency,
                    "Cost": money_text(minor, company.exponent),
                    "Impressions": impressions[day],
                    "Clicks (destination)": clicks[day],
                },
            )


def _visit_rows(drawn: Drawn, rng: np.random.Generator) -> Iterator[tuple[str, Row]]:
    """A row per day and origin, as an exploration of Google Analytics exports it."""
    for (source, medium), by_day in daily_visits(drawn, rng).items():
        for day, (sessions, engaged, new) in enumerate(by_day.tolist()):
            told = drawn.timeline.date(day).isoformat()
            yield (
                told,
                {
                    "Date": told.replace("-", ""),
                    "Session source": source,
                    "Session medium": medium,
                    "Sessions": sessions,
                    "Engaged sessions": engaged,
                    "New users": new,
                },
            )
