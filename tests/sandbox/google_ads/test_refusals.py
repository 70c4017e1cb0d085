"""Which queries, versions and callers are refused, and in which words."""

from typing import Any

import pytest
import requests

from sandbox.simulation.companies import ANDES
from sandbox.simulation.world import World
from tests.sandbox.google_ads.conftest import CLIENT, MANAGER, Ask

SIMPLE = "SELECT campaign.id FROM campaign"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT campaign.nonsense FROM campaign", "UNRECOGNIZED_FIELD"),
        ("SELECT campaign.id FROM nothing", "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE"),
        ("campaign.id FROM campaign", "EXPECTED_SELECT"),
        ("SELECT campaign.id WHERE", "EXPECTED_FROM"),
        ("SELECT campaign.id FROM campaign WHERE", "UNEXPECTED_END_OF_QUERY"),
        (
            "SELECT segments.date, metrics.clicks FROM campaign",
            "EXPECTED_FILTERS_ON_DATE_RANGE",
        ),
        (
            "SELECT segments.conversion_action, metrics.cost_micros FROM campaign",
            "PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE",
        ),
        (
            "SELECT ad_group.id FROM campaign",
            "PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE",
        ),
        (
            "SELECT metrics.clicks FROM campaign WHERE segments.date = '2026-13-01'",
            "INVALID_DATE_FORMAT",
        ),
    ],
)
def test_a_query_that_is_not_valid_is_refused_with_its_code(
    ask: Ask, query: str, code: str
) -> None:
    answer = ask(query)

    assert answer.status_code == 400
    assert _code(answer) == {"queryError": code}


def test_an_unknown_field_is_named(ask: Ask) -> None:
    failure = ask("SELECT metrics.video_views FROM campaign").json()["error"]

    message = failure["details"][0]["errors"][0]["message"]
    assert message == "Unrecognized field in the query: 'metrics.video_views'."


def test_days_beyond_37_months_are_refused(ask: Ask) -> None:
    query = (
        "SELECT segments.date, metrics.clicks FROM campaign WHERE segments.date "
        "BETWEEN '{}' AND '2026-11-20'"
    )

    at_the_wall = ask(query.format("2023-10-21"))
    beyond = ask(query.format("2023-10-20"))

    assert at_the_wall.status_code == 200
    assert _code(beyond) == {
        "dateRangeError": "REQUESTED_DATE_GRANULARITY_NOT_SUPPORTED"
    }


@pytest.mark.parametrize("version", ["v22", "v21"])
def test_a_version_after_its_sunset_fails_hard(ask: Ask, version: str) -> None:
    answer = ask(SIMPLE, version=version)

    assert answer.status_code == 400
    assert _code(answer) == {"requestError": "UNSUPPORTED_VERSION"}


def test_a_client_is_reached_only_through_its_manager(ask: Ask) -> None:
    without = ask(SIMPLE, login=None)
    wrong = ask(SIMPLE, login=ANDES.google_login_customer_id)
    right = ask(SIMPLE, login=MANAGER)

    assert without.status_code == wrong.status_code == 403
    assert _code(without) == {"authorizationError": "USER_PERMISSION_DENIED"}
    assert right.status_code == 200


def test_a_company_does_not_reach_the_customers_of_another(ask: Ask) -> None:
    answer = ask(SIMPLE, customer=ANDES.google_customer_id)

    assert answer.status_code == 403


def test_a_stream_refuses_in_an_array(ask: Ask) -> None:
    answer = ask("SELECT nothing FROM campaign", method="searchStream")

    assert answer.status_code == 400
    assert answer.json()[0]["error"]["code"] == 400


def test_a_manager_has_clients_and_no_metrics(ask: Ask) -> None:
    clients = ask(
        "SELECT customer_client.id, customer_client.level, customer_client.manager, "
        "customer_client.time_zone FROM customer_client",
        customer=MANAGER,
        login=None,
    ).json()["results"]
    metrics = ask("SELECT metrics.clicks FROM customer", customer=MANAGER, login=None)

    assert [row["customerClient"]["id"] for row in clients] == [MANAGER, CLIENT]
    assert [row["customerClient"]["level"] for row in clients] == ["0", "1"]
    assert _code(metrics) == {"queryError": "REQUESTED_METRICS_FOR_MANAGER"}


def test_the_accessible_customers_are_those_the_token_opens_directly(
    world: World, http: requests.Session, access_token: str
) -> None:
    answer = http.get(
        f"{world.base_url}/google_ads/v26/customers:listAccessibleCustomers",
        headers={"Authorization": f"Bearer {access_token}", "developer-token": "old"},
    )

    assert answer.json() == {"resourceNames": [f"customers/{MANAGER}"]}


def test_a_revoked_token_is_not_authenticated(
    ask: Ask, world: World, access_token: str
) -> None:
    world.tokens.revoke("tienda_norte", "google_ads")

    answer = ask(SIMPLE)

    assert answer.status_code == 401
    assert answer.json()["error"]["status"] == "UNAUTHENTICATED"


def _code(answer: requests.Response) -> dict[str, str]:
    failure: dict[str, Any] = answer.json()["error"]["details"][0]
    found: dict[str, str] = failure["errors"][0]["errorCode"]
    return found
