"""A webinar from who saw it announced to who bought; what is of none is told apart."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tests.dbt_project.mart_rows import COMPANY, insert
from tests.dbt_project.raw_marketing import land, web_source
from tests.dbt_project.warehouse import Pair, Warehouse
from tests.dbt_project.webinar_rows import webinar, webinar_file

DAY, LATER = "2026-03-05", "2026-03-30"
MARTS = (
    *("webinar_promotions", "webinar_funnels", "webinar_channel_funnels"),
    "webinar_paces",
)


def visits(campaign: str | None, sessions: int, **others: object) -> dict[str, object]:
    told = {"session_source": "newsletter", "session_campaign": campaign}
    return {"visit_date": DAY, "sessions": sessions, **told, **others}


def post(post_id: str, campaign: str, shown: int, clicks: int | None) -> dict[str, Any]:
    at = f"{DAY} 12:00+00"
    told = {"post_id": post_id, "channel": "LinkedIn", "posted_at": at}
    return {**told, "campaign": campaign, "impressions": shown, "clicks": clicks}


@pytest.fixture(scope="module")
def pair(warehouse: Warehouse) -> Pair:
    found = warehouse.add_pair()
    for company, times in ((found.acme, 1), (found.bolt, 7)):
        warehouse.execute(COMPANY, [company])
        warehouse.load(
            company,
            webinar_file(
                "webinars",
                *(webinar(name, f"{DAY} 17:00+00") for name in ("W1", "W-2")),
            ),
            webinar_file(
                "webinar_campaigns",
                *(
                    {"webinar_id": name, "campaign": campaign}
                    for name, campaign in (
                        *(("W1", "Marzo Lanza"), ("W1", "77"), ("W1", "boletin")),
                        *(("W-2", "Boletín"), ("gone", "w 2")),
                    )
                ),
            ),
            webinar_file(
                "web_sessions",
                visits("marzo_lanza", 40 * times, engaged_sessions=10 * times),
                visits("W1", 2, bounced_sessions=1, page_views=8, seconds_on_site=60),
                # Called like the other webinar; shared by both; of nothing at all.
                visits("w_2", 5, session_source="google", session_medium="cpc"),
                visits("boletin", 90),
                visits(None, 300, session_source="(direct)"),
                # A day that Google Analytics tells of, and one to come.
                visits("w1", 1000, visit_date="2026-03-06"),
                visits("w1", 1000, visit_date=LATER),
            ),
            webinar_file(
                "social_posts", post("1", "w1", 100, 5), post("2", "w1", 900, None)
            ),
        )
        told = web_source("2026-03-06", "linkedin", 50 * times, page_views=150 * times)
        told = {**told, "session_campaign": "W1", "engaged_seconds": 6000 * times}
        land(warehouse.url, company, "raw_ga4.source_days", told)
        _insert_marts(warehouse, company, times)
    as_of = dict.fromkeys((found.acme, found.bolt), "2026-03-10")
    warehouse.dbt.run(
        *("run", "--select", *MARTS),
        company_ids=[found.acme, found.bolt],
        as_of_dates=as_of,
    )
    return found


def _insert_marts(warehouse: Warehouse, company: str, times: int) -> None:
    def add(mart: str, **told: Any) -> None:
        insert(warehouse, mart, company_id=company, **told)

    day = dt.date(2026, 3, 5)
    for campaign_id, name, channel, sent in (
        *(("77", "x", "email", 200), ("9", "marzo lanza", "email", 100)),
        # Of both webinars, whatever its name; of none; and no e-mail.
        *(("boletin", "W1", "email", 1), ("8", "rebajas", "email", 31)),
        ("W1", "W1", "whatsapp", 5000),
    ):
        add(
            "message_campaign_results",
            **{"campaign_id": campaign_id, "campaign_name": name, "channel": channel},
            **{"sent_count": sent * times, "delivered_count": 4 * sent * times // 5},
            **{"opened_count": sent * times // 2, "clicked_count": times},
            first_date=day,
        )
    add(
        "campaign_days",
        **{"channel_id": "google_ads", "campaign_id": "1", "campaign_name": "w_2"},
        **{"spend_date": day, "impression_count": 60, "click_count": 3},
        exclusion_reason="x",
    )
    # The latest moment that anybody told of.
    told = dt.datetime(2026, 3, 5, 12, tzinfo=dt.UTC)
    add("webinar_clocks", told_at=told)
    for webinar_id, hours in (("W1", 5), ("W-2", -5)):
        starts_at = told + dt.timedelta(hours=hours)
        add(
            "webinars",
            **{"webinar_id": webinar_id, "starts_at": starts_at, "start_date": day},
            # Above the limit of 0.7 in one company, at it in the other.
            is_attendance_told=True,
            competitor_activity_score=0.71 if times == 1 else 0.7,
        )
    for person, (ago, state) in enumerate(
        (
            *((1, "at_start"), (23, "at_start"), (24, "at_start"), (47, "at_start")),
            *((48, "at_start"), (2, "cancelled"), *[(3, "at_start")] * times),
        )
    ):
        add(
            "webinar_registrations",
            **{"webinar_id": "W1", "person_id": str(person), "state": state},
            registered_at=told - dt.timedelta(hours=ago),
        )
    for channel in ("email", "organic_social"):
        add(
            "webinar_channel_totals",
            **{"webinar_id": "W1", "channel_id": channel},
            **{"registrant_count": 50 * times, "late_registrant_count": 2},
            **{"attendee_count": 20, "conversion_count": 4, "order_count": 5},
            net_revenue=Decimal(100),
        )


def funnel(warehouse: Warehouse, company: str) -> dict[str, dict[str, Any]]:
    rows = warehouse.rows(
        "select * from reporting.webinar_funnel_results where company_id = %s",
        [company],
    )
    return {row["webinar_id"]: row for row in rows}


def test_a_webinar_is_followed_from_impressions_to_revenue(
    warehouse: Warehouse, pair: Pair
) -> None:
    row = funnel(warehouse, pair.acme)["W1"]

    # 40 by the declared campaign, 2 by its own name, and 50 of Google's day.
    assert row["webinar_session_count"] == 92
    assert row["webinar_new_visitor_count"] == 12
    # (30 + 1 + 25) of the 92; 60 s and 8 pages of 2 sessions, 6000 s and 150 of 50.
    assert row["webinar_bounce_ratio"] == pytest.approx(56 / 92)
    assert row["webinar_session_seconds"] == pytest.approx(6060 / 52)
    assert row["webinar_pages_per_session"] == pytest.approx(158 / 52)
    # By the campaign's id, and by its name.
    assert row["webinar_email_sent_count"] == 300
    assert row["webinar_email_open_ratio"] == pytest.approx(150 / 300)
    assert row["webinar_delivered_open_ratio"] == pytest.approx(150 / 240)
    assert row["webinar_email_click_ratio"] == pytest.approx(2 / 300)
    # All impressions, but clicks of those that tell both.
    assert (row["webinar_impression_count"], row["webinar_click_count"]) == (1000, 5)
    assert row["webinar_click_ratio"] == pytest.approx(0.05)
    people = ("funnel_registrant_count", "funnel_attendee_count")
    assert [row[name] for name in people] == [104, 40]
    assert (row["funnel_conversion_count"], row["webinar_order_value"]) == (8, 20)
    bolt = funnel(warehouse, pair.bolt)["W1"]
    assert bolt["webinar_session_count"] == 7 * 90 + 2
    assert bolt["webinar_email_sent_count"] == 2100
    assert bolt["webinar_delivered_open_ratio"] == pytest.approx(1050 / 1680)


def test_what_is_of_no_one_webinar_is_counted_and_not_spread(
    warehouse: Warehouse, pair: Pair
) -> None:
    found = funnel(warehouse, pair.acme)

    assert set(found) == {"W1", "W-2", "(none)"}
    none = found["(none)"]
    assert not none["is_linked"]
    assert none["title"] is None
    assert none["webinar_session_count"] == 90 + 300
    assert none["webinar_email_sent_count"] == 1 + 31
    # Nobody told of its registrations: that is not 0.
    assert none["funnel_registrant_count"] is None
    assert found["W-2"]["webinar_session_count"] == 5
    # 5 sessions and 60 impressions of an ad: no rate of fewer than 30.
    assert found["W-2"]["webinar_click_ratio"] == pytest.approx(0.05)
    assert found["W-2"]["webinar_session_seconds"] is None


def test_channels_of_a_webinar_add_up(warehouse: Warehouse, pair: Pair) -> None:
    rows = warehouse.rows(
        """select channel_id, webinar_session_count, webinar_email_sent_count,
            funnel_registrant_count, channel_label_es
        from reporting.webinar_funnel_channels
        where company_id = %s and webinar_id <> '(none)' order by webinar_id, 1""",
        [pair.acme],
    )

    assert [tuple(row.values()) for row in rows] == [
        ("google_ads", 5, None, None, "Google Ads"),
        ("email", 42, 300, 52, "Correo electrónico"),
        ("organic_social", 50, None, 52, "Redes sociales (orgánico)"),
    ]


def test_the_pace_is_of_two_days_and_of_webinars_to_come(
    warehouse: Warehouse, pair: Pair
) -> None:
    rows = warehouse.rows(
        """select company_id, registrant_count, last_day_count, day_before_count,
            webinar_velocity, is_rising, wants_marketing, is_opened, is_crowded
        from reporting.webinar_outlooks where company_id = any(%s)
        order by company_id""",
        [[pair.acme, pair.bolt]],
    )

    # 1, 3 and 23 hours ago; 24 and 47; 48 is before both.
    assert [tuple(row.values()) for row in rows] == [
        (pair.acme, 6, 3, 2, 1, True, False, True, True),
        (pair.bolt, 12, 9, 2, 7, True, False, True, False),
    ]
