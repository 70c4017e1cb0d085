"""Runs of the tap against the sandbox's Google Ads."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import requests

from sandbox.simulation.companies import TIENDA_NORTE
from sandbox.simulation.records import AdDay
from sandbox.simulation.world import World
from taps.tap_google_ads.tap import TapGoogleAds
from tests.sandbox.ads_world import add_ad_days
from tests.taps.tap_runs import Output, Run

SHOP = TIENDA_NORTE
SOURCE = "google_ads"
CUSTOMER = TIENDA_NORTE.google_customer_id
MANAGER = TIENDA_NORTE.google_login_customer_id

Interference = Callable[[str, dict[str, Any]], None]


@dataclass
class Google:
    """The sandbox's Google Ads and how to read it."""

    world: World
    waits: list[float] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def settings(self, **changes: Any) -> dict[str, Any]:
        known = self.world.credentials(SHOP.slug, SOURCE)
        return {**known.settings, **known.secrets, **changes}

    def run(self, state: dict[str, Any] | None = None, **changes: Any) -> Run:
        waits = self.waits

        class Impatient(TapGoogleAds):
            def wait(self, seconds: float) -> None:
                waits.append(seconds)

        return Run(Impatient, self.settings(**changes), state)

    def sync(self, state: dict[str, Any] | None = None, **changes: Any) -> Output:
        return self.run(state, **changes).sync()

    def add(self, *days: AdDay) -> None:
        add_ad_days(self.world, SHOP, SOURCE, *days)

    def remove(self, *ids: str) -> None:
        """Let days vanish: "<customer>/<date>/<ad>"."""
        for each in ids:
            body = {
                "company": SHOP.slug,
                "collection": "google_ads/ad_days",
                "id": each,
            }
            self.control("POST", "remove", body)

    def fail(self, kind: str, **options: Any) -> None:
        self.world.faults.switch_on({"kind": kind, **options})

    def control(self, method: str, name: str, body: Any = None) -> Any:
        url = f"{self.world.base_url}/_sandbox/{name}"
        answer = requests.request(method, url, json=body, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def asked_days(self, resource: str) -> list[tuple[str, str]]:
        """The ranges of days that were asked for, of one resource."""
        pattern = rf"FROM {resource} WHERE segments.date BETWEEN '(.*)' AND '(.*)' ORD"
        found = (re.search(pattern, each) for each in self.queries)
        return [(each[1], each[2]) for each in found if each]


def bookmarks(state: Mapping[str, Any], stream: str) -> dict[str, Any]:
    """The bookmark of each customer."""
    partitions = state.get("bookmarks", {}).get(stream, {}).get("partitions", ())
    return {
        partition["context"]["customer_id"]: partition.get("replication_key_value")
        for partition in partitions
    }


def slice_of(output: Output, stream: str, day: date) -> dict[str, Any]:
    """The record that closes a day of a stream."""
    (found,) = (
        each
        for each in output.records("slices")
        if each["stream_name"] == stream and each["date"] == day.isoformat()
    )
    return found


def rows_of(output: Output, stream: str, day: date) -> list[dict[str, Any]]:
    """The records of a day."""
    return [r for r in output.records(stream) if r["date"] == day.isoformat()]
