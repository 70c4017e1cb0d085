"""Runs of the tap against the sandbox's Meta."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import parse_qs

import requests

from sandbox.simulation.companies import TIENDA_NORTE
from sandbox.simulation.records import AdDay
from sandbox.simulation.world import World
from taps.tap_meta_ads.tap import TapMetaAds
from tests.sandbox.ads_world import add_ad_days
from tests.taps.tap_runs import Output, Run

SHOP = TIENDA_NORTE
SOURCE = "meta_ads"
ACCOUNT = TIENDA_NORTE.meta_account_id


@dataclass
class Meta:
    """The sandbox's Meta and how to read it."""

    world: World
    waits: list[float] = field(default_factory=list)

    def settings(self, **changes: Any) -> dict[str, Any]:
        known = self.world.credentials(SHOP.slug, SOURCE)
        return {**known.settings, **known.secrets, **changes}

    def run(self, state: dict[str, Any] | None = None, **changes: Any) -> Run:
        waits = self.waits

        class Impatient(TapMetaAds):
            def wait(self, seconds: float) -> None:
                waits.append(seconds)

        return Run(Impatient, self.settings(**changes), state)

    def sync(self, state: dict[str, Any] | None = None, **changes: Any) -> Output:
        return self.run(state, **changes).sync()

    def add(self, *days: AdDay) -> None:
        add_ad_days(self.world, SHOP, SOURCE, *days)

    def remove(self, *ids: str) -> None:
        """Let days vanish: "<account>/<date>/<ad>"."""
        for each in ids:
            body = {"company": SHOP.slug, "collection": "meta_ads/ad_days", "id": each}
            self._control("POST", "remove", body)

    def fail(self, kind: str, **options: Any) -> None:
        self.world.faults.switch_on({"kind": kind, **options})

    def requests(self) -> list[dict[str, Any]]:
        """What was asked of the sandbox, oldest first."""
        found = self._control("GET", "requests")
        return list(found["requests"] if isinstance(found, dict) else found)

    def forget_requests(self) -> None:
        self._control("DELETE", "requests")

    def ranges(self) -> list[tuple[str, str]]:
        """Days asked for at the level of the account, once per table that needs it."""
        queries = [parse_qs(each["query"]) for each in self.requests()]
        asked = [json.loads(q["time_range"][0]) for q in queries if _is_daily(q)]
        return [(each["since"], each["until"]) for each in asked]

    def _control(self, method: str, name: str, body: Any = None) -> Any:
        url = f"{self.world.base_url}/_sandbox/{name}"
        answer = requests.request(method, url, json=body, timeout=10)
        answer.raise_for_status()
        return answer.json() if answer.content else None


def bookmarks(state: Mapping[str, Any], stream: str) -> dict[str, Any]:
    """The bookmark of each account."""
    partitions = state.get("bookmarks", {}).get(stream, {}).get("partitions", ())
    return {
        partition["context"]["account_id"]: partition["replication_key_value"]
        for partition in partitions
        if "replication_key_value" in partition
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


def _is_daily(query: Mapping[str, list[str]]) -> bool:
    return query.get("time_increment") == ["1"] and "time_range" in query
