"""One company's property: five settled days and three that are still coming in."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
import requests

from sandbox import search_console
from sandbox.simulation.companies import TIENDA_NORTE
from sandbox.simulation.records import SiteDay
from sandbox.simulation.world import World
from tests.sandbox.ads_world import (
    add_site_days,
    days_before,
    make_world,
)
from tests.sandbox.serving import serving

SITE = TIENDA_NORTE.site_url
Ask = Callable[..., requests.Response]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = make_world(tmp_path_factory.mktemp("search_console"))
    days = [
        SiteDay(
            site_url=SITE,
            date=days_before(count),
            clicks=120 + count,
            impressions=3_000 + count,
            position=8.4,
            brand_share=0.4,
            is_final=count > 3,
        )
        for count in range(8, 0, -1)
    ]
    nothing = SiteDay(SITE, days_before(9), 0, 0, 0.0, 0.0, is_final=True)
    ancient = SiteDay(SITE, days_before(520), 9, 90, 5.0, 0.2, is_final=True)
    add_site_days(world, TIENDA_NORTE, ancient, nothing, *days)
    return world


@pytest.fixture(scope="module")
def http(world: World) -> Iterator[requests.Session]:
    with serving(world, search_console.routes) as session:
        yield session


@pytest.fixture
def ask(world: World, http: requests.Session) -> Iterator[Ask]:
    """Send a request for one settled day; arguments replace parts of the body."""
    token = world.tokens.issue("tienda_norte", "search_console")

    def send(site: str = SITE, **body: Any) -> requests.Response:
        day = days_before(5).isoformat()
        return http.post(
            f"{world.base_url}/search_console/webmasters/v3/sites/"
            f"{quote(site, safe='')}/searchAnalytics/query",
            json={"startDate": day, "endDate": day, **body},
            headers={"Authorization": f"Bearer {token}"},
        )

    yield send
    world.faults.clear()
