"""Pages of :search, chunks of :searchStream, and how they go wrong."""

from datetime import timedelta
from typing import Any

from sandbox.simulation.world import World
from tests.sandbox.ads_world import days_before
from tests.sandbox.google_ads.conftest import Ask

QUERY = (
    "SELECT campaign.id, segments.date, metrics.clicks FROM campaign WHERE "
    f"segments.date BETWEEN '{days_before(2)}' AND '{days_before(1)}' "
    "ORDER BY campaign.id, segments.date"
)


def test_search_is_an_object_with_a_token_while_there_is_more(ask: Ask) -> None:
    first = ask(QUERY).json()
    second = ask(QUERY, pageToken=first["nextPageToken"]).json()

    assert [len(first["results"]), len(second["results"])] == [3, 3]
    assert "nextPageToken" not in second


def test_search_stream_is_an_array_of_chunks(ask: Ask) -> None:
    chunks = ask(QUERY, method="searchStream").json()

    assert [len(chunk["results"]) for chunk in chunks] == [3, 3]


def test_a_stream_may_end_with_an_error_after_good_rows(ask: Ask, world: World) -> None:
    world.faults.switch_on({"kind": "stream_broken"})

    answer = ask(QUERY, method="searchStream")

    assert answer.status_code == 200
    assert "results" in answer.json()[0]
    assert answer.json()[-1]["error"]["status"] == "INTERNAL"


def test_a_page_size_is_rejected(ask: Ask) -> None:
    answer = ask(QUERY, pageSize=10_000)

    assert answer.status_code == 400
    assert _code(answer.json()) == {"requestError": "PAGE_SIZE_NOT_SUPPORTED"}


def test_a_token_is_good_for_its_query_and_for_an_hour(ask: Ask, world: World) -> None:
    token = ask(QUERY).json()["nextPageToken"]

    foreign = ask(QUERY + " LIMIT 5", pageToken=token)
    world.clock.shift(timedelta(hours=2))
    late = ask(QUERY, pageToken=token)

    assert _code(foreign.json()) == {"requestError": "INVALID_PAGE_TOKEN"}
    assert _code(late.json()) == {"requestError": "EXPIRED_PAGE_TOKEN"}


def test_the_quota_says_when_to_come_back(ask: Ask, world: World) -> None:
    world.faults.switch_on({"kind": "quota_exceeded", "retry_after": 1_284})

    answer = ask(QUERY)

    assert answer.status_code == 429
    assert answer.json()["error"]["status"] == "RESOURCE_EXHAUSTED"
    error = answer.json()["error"]["details"][0]["errors"][0]
    assert error["errorCode"] == {"quotaError": "RESOURCE_EXHAUSTED"}
    assert error["details"]["quotaErrorDetails"]["retryDelay"] == "1284s"
    assert ask(QUERY).status_code == 200


def test_a_page_is_served_twice_on_request(ask: Ask, world: World) -> None:
    world.faults.switch_on({"kind": "page_repeated"})

    first = ask(QUERY).json()
    second = ask(QUERY, pageToken=first["nextPageToken"]).json()

    assert second["results"] == first["results"]


def test_a_page_is_never_served_on_request(ask: Ask, world: World) -> None:
    whole = ask(QUERY).json()["results"]
    world.faults.switch_on({"kind": "page_missing"})

    first = ask(QUERY).json()
    second = ask(QUERY, pageToken=first["nextPageToken"]).json()

    assert whole[0] not in first["results"] + second["results"]


def test_a_field_vanishes_on_request(ask: Ask, world: World) -> None:
    world.faults.switch_on({"kind": "schema_change", "field": "metrics.clicks"})

    row = ask(QUERY).json()["results"][0]

    assert "metrics" not in row


def _code(body: dict[str, Any]) -> dict[str, str]:
    failure = body["error"]["details"][0]
    found: dict[str, str] = failure["errors"][0]["errorCode"]
    return found
