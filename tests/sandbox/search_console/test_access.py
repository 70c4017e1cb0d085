"""Who may read which property, and what is refused."""

from typing import Any

import pytest
import requests

from sandbox.search_console.sites import BIG_SITE
from sandbox.simulation.companies import ANDES
from sandbox.simulation.world import World
from tests.sandbox.search_console.conftest import SITE, Ask

UNVERIFIED = "http://tienda-norte.example/"


def test_the_sites_say_who_may_read_them(world: World, http: requests.Session) -> None:
    token = world.tokens.issue("tienda_norte", "search_console")

    answer = http.get(
        f"{world.base_url}/search_console/webmasters/v3/sites",
        headers={"Authorization": f"Bearer {token}"},
    ).json()

    assert answer["siteEntry"] == [
        {"siteUrl": SITE, "permissionLevel": "siteOwner"},
        {"siteUrl": UNVERIFIED, "permissionLevel": "siteUnverifiedUser"},
        {"siteUrl": BIG_SITE, "permissionLevel": "siteFullUser"},
    ]


@pytest.mark.parametrize(
    "site", [UNVERIFIED, ANDES.site_url, "sc-domain:nobody.example"]
)
def test_other_properties_are_forbidden(ask: Ask, site: str) -> None:
    answer = ask(site)

    assert answer.status_code == 403
    assert answer.json()["error"]["errors"][0]["reason"] == "forbidden"
    assert site in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [
        {"rowLimit": 25_001},
        {"rowLimit": 0},
        {"startRow": -1},
        {"startDate": "2026-11-31"},
        {"startDate": "2026-12-01"},
        {"startDate": "11/20/2026"},
        {"dimensions": ["keyword"]},
        {"dimensions": ["date", "date"]},
        {"dimensions": ["hour"]},
        {"dimensions": ["query"], "type": "discover"},
        {"dimensions": ["query"], "type": "googleNews"},
        {"dimensions": ["page"], "aggregationType": "byProperty"},
        {"type": "radio"},
        {"dataState": "fresh"},
    ],
)
def test_what_there_is_not_is_a_bad_request(ask: Ask, body: dict[str, Any]) -> None:
    answer = ask(**body)

    assert answer.status_code == 400
    assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"


def test_a_used_up_quota_is_a_403_that_may_be_tried_again(
    ask: Ask, world: World
) -> None:
    world.faults.switch_on({"kind": "quota_exceeded"})

    answer = ask()

    assert answer.status_code == 403
    assert answer.json()["error"]["errors"][0] == {
        "message": "Search Analytics QPS quota exceeded.",
        "domain": "usageLimits",
        "reason": "quotaExceeded",
    }
    assert ask().status_code == 200


def test_the_token_of_another_api_opens_nothing(
    world: World, http: requests.Session
) -> None:
    foreign = world.tokens.issue("tienda_norte", "google_ads")
    url = f"{world.base_url}/search_console/webmasters/v3/sites"

    scoped = http.get(url, headers={"Authorization": f"Bearer {foreign}"})
    unknown = http.get(url, headers={"Authorization": "Bearer nothing"})

    assert (scoped.status_code, unknown.status_code) == (403, 401)
