"""Posts of pages, as Facebook and LinkedIn show their answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from taps.api_source.errors import TokenExpired
from taps.declared.tap import declared_tap
from tests.taps.sources.answering import answering
from tests.taps.tap_runs import sync

SECRET = "t0ken"
NOW = datetime.now(UTC)


def facebook_post(id_: str, days_ago: int, *counters: tuple[str, int]) -> Any:
    """A post; what nobody shared has no shares, and a young page no insights."""
    told: dict[str, Any] = {
        "id": id_,
        "created_time": f"{NOW - timedelta(days=days_ago):%Y-%m-%dT%H:%M:%S+0000}",
        "permalink_url": f"https://www.facebook.com/{id_}",
        "reactions": {"data": [], "summary": {"total_count": 3}},
        "comments": {"data": [], "summary": {"total_count": 1, "order": "ranked"}},
    }
    if counters:
        values = [
            {"name": name, "period": "lifetime", "values": [{"value": value}]}
            for name, value in counters
        ]
        told["insights"] = {"data": values}
    return told


def test_facebook_tells_counters_by_name_and_follows_its_cursor() -> None:
    views, clicks = ("post_media_view", 812), ("post_clicks", 9)
    pages = {
        None: ([facebook_post("1_7", 3, views, clicks)], "abc"),
        "abc": ([facebook_post("1_6", 4)], None),
    }
    asked: list[Any] = []

    def posts(_: Any, query: Any, __: Any) -> Any:
        asked.append(dict(query))
        data, after = pages[query.get("after")]
        # The last page has a cursor, too, and no next.
        paging: dict[str, Any] = {"cursors": {"after": after or "end"}}
        if after:
            paging["next"] = f"https://graph.facebook.com/x?access_token={SECRET}"
        return {"data": data, "paging": paging}

    with answering({"GET /1/published_posts": posts}) as url:
        config = {"api_url": url, "page_id": "1", "access_token": SECRET}
        output = sync(declared_tap("facebook_pages"), config)
        sync(declared_tap("facebook_pages"), config, output.state)

    new, old = output.records("posts")
    assert (new["first_counter"], new["first_value"]) == views
    assert (new["second_counter"], new["second_value"]) == clicks
    assert (new["reactions"], new["comments"], new["shares"]) == (3, 1, None)
    assert (old["id"], old["first_counter"], old["third_value"]) == ("1_6", None, None)
    assert asked[1]["after"] == "abc"
    assert "post_total_media_view_unique" in asked[0]["fields"]
    # The next run reads the month before the newest post again.
    since = datetime.fromtimestamp(int(asked[2]["since"]), UTC)
    assert (NOW - since).days in {32, 33}
    assert SECRET not in str(asked)


def test_facebook_says_that_a_token_is_over_without_telling_it() -> None:
    said = {"error": {"message": "Error validating access token: expired", "code": 190}}
    with answering({"GET /1/published_posts": lambda *_: (400, said)}) as url:
        config = {"api_url": url, "page_id": "1", "access_token": SECRET}
        with pytest.raises(TokenExpired) as caught:
            sync(declared_tap("facebook_pages"), config)

    assert SECRET not in str(caught.value)


def test_linkedin_is_asked_for_counters_by_the_kind_of_a_post() -> None:
    names = ("urn:li:share:7", "urn:li:ugcPost:8", "urn:li:share:1")
    ages = dict(zip(names, (3, 4, 200), strict=True))
    asked: list[tuple[str, str]] = []

    def posts(_: Any, query: Any, __: Any) -> Any:
        assert query["author"] == "urn:li:organization:12"
        told = [
            {"id": n, "publishedAt": int((NOW - timedelta(days=d)).timestamp() * 1000)}
            for n, d in ages.items()
        ]
        return {"elements": told, "paging": {"start": 0, "count": 50}}

    def statistics(_: Any, query: Any, __: Any) -> Any:
        (name,) = {"shares", "ugcPosts"} & set(query)
        asked.append((name, query[name].removeprefix("List(").removesuffix(")")))
        counts = {"impressionCount": 900, "uniqueImpressionsCount": 610}
        counts |= {"clickCount": 40, "likeCount": 30, "commentCount": 4}
        counts |= {"shareCount": 3}
        organization = query["organizationalEntity"]
        told = {"organizationalEntity": organization, "totalShareStatistics": counts}
        # Of a post that nobody has seen there is none.
        return {"elements": [] if "ugcPosts" in query else [told], "paging": {}}

    answers = {
        "GET /posts": posts,
        "GET /organizationalEntityShareStatistics": statistics,
    }
    with answering(answers) as url:
        config = {"api_url": url, "organization_id": "12", "access_token": SECRET}
        output = sync(declared_tap("linkedin_pages"), config)

    assert [row["urn"] for row in output.records("posts")] == list(names)
    (counters,) = output.records("post_counters")
    assert (counters["post_urn"], counters["likes"]) == ("urn:li:share:7", 30)
    assert (counters["impressions"], counters["unique_impressions"]) == (900, 610)
    # The post of last spring is not asked for.
    assert asked == [("shares", names[0]), ("ugcPosts", names[1])]
