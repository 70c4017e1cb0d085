"""One company's Google Ads: two campaigns, one removed, one without ads."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox import google_ads, google_oauth
from sandbox.simulation.companies import ANDES, TIENDA_NORTE
from sandbox.simulation.world import World
from tests.sandbox.ads_world import (
    ad_day,
    add_ad_days,
    add_entities,
    days_before,
    entity,
    make_world,
)
from tests.sandbox.serving import serving

SOURCE = "google_ads"
CLIENT = TIENDA_NORTE.google_customer_id
MANAGER = TIENDA_NORTE.google_login_customer_id
Ask = Callable[..., requests.Response]


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = make_world(tmp_path)
    shop = TIENDA_NORTE
    add_entities(
        world,
        shop,
        SOURCE,
        entity(shop, SOURCE, "campaign", 11),
        entity(shop, SOURCE, "campaign", 12, status="REMOVED"),
        entity(shop, SOURCE, "campaign", 13, kind="PERFORMANCE_MAX"),
        entity(shop, SOURCE, "campaign", 14, status="PAUSED"),
        entity(shop, SOURCE, "adset", 1101),
        entity(shop, SOURCE, "adset", 1201, status="REMOVED"),
        entity(shop, SOURCE, "ad", 1111),
        entity(shop, SOURCE, "ad", 1112),
        entity(shop, SOURCE, "ad", 1211, status="REMOVED"),
    )
    no_ads = {"adset_id": None, "adset_name": None, "ad_id": None, "ad_name": None}
    for days in (1, 2):
        day = days_before(days)
        add_ad_days(
            world,
            shop,
            SOURCE,
            ad_day(shop, SOURCE, 1111, day),
            ad_day(shop, SOURCE, 1112, day),
            ad_day(shop, SOURCE, 1211, day, campaign_status="REMOVED"),
            ad_day(shop, SOURCE, 1300, day, **no_ads),
        )
    add_entities(world, ANDES, SOURCE, entity(ANDES, SOURCE, "campaign", 11))
    return world


@pytest.fixture
def http(world: World) -> Iterator[requests.Session]:
    with serving(
        world, lambda world: google_ads.routes(world, page_size=3), google_oauth.routes
    ) as session:
        yield session


@pytest.fixture
def access_token(world: World) -> str:
    return world.tokens.issue("tienda_norte", SOURCE)


@pytest.fixture
def ask(world: World, http: requests.Session, access_token: str) -> Ask:
    """Send a query to :search (or another method) as a client should."""

    def send(
        query: str,
        *,
        method: str = "search",
        customer: str = CLIENT,
        login: str | None = MANAGER,
        version: str = "v26",
        **body: Any,
    ) -> requests.Response:
        headers = {"Authorization": f"Bearer {access_token}"}
        if login:
            headers["login-customer-id"] = login
        return http.post(
            f"{world.base_url}/google_ads/{version}/customers/{customer}"
            f"/googleAds:{method}",
            json={"query": query, **body},
            headers=headers,
        )

    return send


@pytest.fixture
def rows(ask: Ask) -> Callable[[str], list[dict[str, Any]]]:
    """All rows of a query, page after page."""

    def read(query: str) -> list[dict[str, Any]]:
        found, token = [], None
        while True:
            more: dict[str, Any] = {"pageToken": token} if token else {}
            answer = ask(query, **more)
            assert answer.status_code == 200, answer.text
            found += answer.json().get("results", [])
            token = answer.json().get("nextPageToken")
            if token is None:
                return found

    return read
