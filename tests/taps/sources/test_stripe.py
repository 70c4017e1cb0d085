"""Lists and events of Stripe: all of them, at the pinned version, nothing personal."""

from __future__ import annotations

from tests.taps.sources.stripe import changed, item, items, stripe, subscription


def test_lists_are_read_whole_at_the_version_that_is_pinned() -> None:
    ended = subscription("b", item("100"), since="2026-01-05", status="canceled")
    now = subscription("a", item("100", quantity=2), since="2026-01-05")
    events = [changed(now, "2026-02-01", items=items(item("100")))]
    with stripe(subscriptions=[now, ended], events=events) as api:
        output = api.read()

    told = output.records("subscriptions")
    assert [(each["id"], each["status"]) for each in told] == [
        ("sub_a", "active"),
        ("sub_b", "canceled"),
    ]
    assert told[0]["started_at"] == "2026-01-05T12:00:00Z"
    assert told[0]["items"]["data"][0]["quantity"] == 2
    (event,) = output.records("events")
    assert event["previous_items"]["data"][0]["quantity"] == 1
    assert event["previous_status"] is None
    assert "secret" not in str(told)
    versions = {each.headers["stripe-version"] for each in api.asked}
    assert versions == {"2026-10-28.endive"}
    first = next(each for each in api.asked if each.url.path == "/v1/subscriptions")
    assert first.query_params["status"] == "all"
    (asked,) = (each for each in api.asked if each.url.path == "/v1/events")
    assert len(asked.query_params.getlist("types[]")) == 8
