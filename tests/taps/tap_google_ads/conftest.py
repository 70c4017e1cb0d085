"""One account below a manager: a removed campaign, one without ads, one paused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox import google_ads, google_oauth
from tests.sandbox.ads_world import (
    ad_day,
    add_ad_days,
    add_entities,
    days_before,
    entity,
    make_world,
)
from tests.sandbox.serving import serving
from tests.taps.tap_google_ads.runs import SHOP, SOURCE, Google


@pytest.fixture
def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    world = make_world(tmp_path)
    add_entities(
        world,
        SHOP,
        SOURCE,
        entity(SHOP, SOURCE, "campaign", 11),
        entity(SHOP, SOURCE, "campaign", 12, status="REMOVED"),
        entity(SHOP, SOURCE, "campaign", 13, kind="PERFORMANCE_MAX"),
        entity(SHOP, SOURCE, "campaign", 14, status="PAUSED"),
        entity(SHOP, SOURCE, "adset", 1101),
        entity(SHOP, SOURCE, "adset", 1201, status="REMOVED"),
        entity(SHOP, SOURCE, "ad", 1111),
        entity(SHOP, SOURCE, "ad", 1112),
        entity(SHOP, SOURCE, "ad", 1211, status="REMOVED"),
    )
    no_ads = {"adset_id": None, "adset_name": None, "ad_id": None, "ad_name": None}
    for count in (2, 1):
        day = days_before(count)
        add_ad_days(
            world,
            SHOP,
            SOURCE,
            ad_day(SHOP, SOURCE, 1111, day),
            ad_day(SHOP, SOURCE, 1112, day),
            ad_day(SHOP, SOURCE, 1211, day, campaign_status="REMOVED"),
            ad_day(SHOP, SOURCE, 1300, day, **no_ads),
        )
    found = Google(world)
    _listen(found, monkeypatch)
    with serving(
        world, lambda world: google_ads.routes(world, page_size=3), google_oauth.routes
    ):
        yield found


def _listen(google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the tap asks: bodies and headers, which the sandbox does not log."""
    send = requests.Session.request

    def listening(self: Any, method: str, url: str, **options: Any) -> Any:
        if "json" in options and "/google_ads/" in url:
            google.queries.append(options["json"]["query"])
            google.headers.append(dict(options["headers"]))
            assert "pageSize" not in json.dumps(options["json"])
        return send(self, method, url, **options)

    monkeypatch.setattr(requests.Session, "request", listening)
