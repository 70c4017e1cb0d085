"""One ad account: campaign 11 runs, 12 is archived, 13 deleted, 14 paused."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox import meta_ads
from sandbox.meta_ads.service import Limits
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

SOURCE = "meta_ads"
ACCOUNT = f"act_{TIENDA_NORTE.meta_account_id}"
Get = Callable[..., requests.Response]


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = make_world(tmp_path)
    shop = TIENDA_NORTE
    statuses = {11: "ACTIVE", 12: "REMOVED", 13: "REMOVED", 14: "PAUSED"}
    for campaign, status in statuses.items():
        add_entities(
            world,
            shop,
            SOURCE,
            entity(shop, SOURCE, "campaign", campaign, status=status),
            entity(shop, SOURCE, "adset", campaign * 100 + 1),
            entity(shop, SOURCE, "ad", campaign * 100 + 11),
        )
    add_entities(world, shop, SOURCE, entity(shop, SOURCE, "ad", 1112))
    for count in (3, 2, 1):
        add_ad_days(
            world,
            shop,
            SOURCE,
            *(
                ad_day(shop, SOURCE, number, days_before(count))
                for number in (1111, 1112, 1211, 1311)
            ),
        )
    add_entities(world, ANDES, SOURCE, entity(ANDES, SOURCE, "campaign", 11))
    return world


@pytest.fixture
def http(world: World) -> Iterator[requests.Session]:
    limits = Limits(answer_rows=10, report_rows=12)
    with serving(world, lambda world: meta_ads.routes(world, limits=limits)) as session:
        yield session


@pytest.fixture
def token(world: World) -> str:
    return world.credentials("tienda_norte", SOURCE).secrets["access_token"]


@pytest.fixture
def get(world: World, http: requests.Session, token: str) -> Get:
    """Call a path with the connection's token."""

    def call(
        path: str,
        *,
        method: str = "GET",
        version: str = "v26.0",
        **parameters: Any,
    ) -> requests.Response:
        url = f"{world.base_url}/meta_ads/{version}/{path}"
        headers = {"Authorization": f"Bearer {token}"}
        if method != "GET":
            return http.request(method, url, data=parameters, headers=headers)
        return http.get(url, params=parameters, headers=headers)

    return call


def last_days(count: int) -> str:
    """The parameter `time_range` of the last so many whole days."""
    return f'{{"since":"{days_before(count)}","until":"{days_before(1)}"}}'
