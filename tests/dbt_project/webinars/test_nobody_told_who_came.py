"""A webinar of which nobody tells who came, one that was cancelled, and the team."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from ml_assets.measurement.shares import wilson_interval
from tests.dbt_project.raw_files import RawFile, purchase
from tests.dbt_project.warehouse import Pair, Warehouse
from tests.dbt_project.webinar_rows import registrant, visit, webinar, webinar_file

EARLY = "2026-03-01 10:00+00"
#: What files say of a webinar that was not held that day.
PUT_OFF = ("Abgesagt", "Annulé", "Annullato", "Pospuesto", "aplazado", "Postponed")
MARTS = (
    *("webinar_outcomes", "webinar_month_outcomes", "webinar_channel_outcomes"),
    *("webinar_trends", "webinar_windows", "webinar_minutes", "webinar_cohort_months"),
    *("webinar_counters", "webinar_funnels", "webinar_audience_members"),
    *("webinar_messages_received", "webinar_audiences", "webinar_satisfaction"),
)


@pytest.fixture(scope="module")
def loaded(warehouse: Warehouse) -> tuple[Warehouse, Pair]:
    pair = warehouse.add_pair()
    warehouse.load(
        pair.acme,
        webinar_file(
            "webinars",
            webinar("W1", "2026-03-10 17:00+00", length_minutes=60, status="Ended"),
            webinar("W2", "2026-03-17 17:00+00", length_minutes=60),
            webinar("W3", "2026-03-24 17:00+00", status=" CANCELADO"),
        ),
        webinar_file(
            "registrants",
            *(registrant("W1", name, EARLY) for name in ("ana", "bea", "mod", "pat")),
            *(registrant("W2", name, EARLY) for name in ("ana", "carl", "dora")),
            registrant("W3", "ana", EARLY),
        ),
        webinar_file(
            "attendances",
            came("W1", "ana"),
            came("W1", "pat", role="panelist"),
            # Who was called onto the stage for a while is a guest.
            came("W1", "mod"),
            came("W1", "mod", role="panelist", session_id="stage"),
            # A recording says nothing of who was there.
            came("W2", "dora", day="2026-03-20", is_on_demand=True),
        ),
        webinar_file(
            "webinar_interactions",
            wrote("1", "pat"),
            wrote("2", "ana"),
            # Somebody wrote in W2: there was a chat, and who came is not known.
            {**wrote("3", "carl"), "webinar_id": "W2"},
        ),
        webinar_file(
            "webinar_costs",
            *(
                {"webinar_id": name, "cost_date": "2026-03-01", "cost": cost}
                for name, cost in (("W1", 50), ("W2", 100), ("W3", 1000))
            ),
        ),
        RawFile("log.csv", [purchase("ana@example.test", "2026-03-18 12:00+00", 200)]),
    )
    warehouse.load(
        pair.bolt,
        webinar_file(
            "webinars",
            webinar("W2", "2026-03-17 17:00+00"),
            webinar("untold", "2026-03-20 17:00+00"),
            webinar("empty", "2026-04-07 17:00+00"),
            webinar("today", "2026-04-30 08:00+00"),
            *(
                webinar(status, "2026-04-08 17:00+00", status=status)
                for status in PUT_OFF
            ),
        ),
        webinar_file(
            "registrants",
            registrant("W2", "ana", EARLY),
            *(registrant("empty", name, EARLY) for name in ("ana", "bea", "hanna")),
            registrant("untold", "ana", EARLY),
            registrant("today", "ana", EARLY),
        ),
        webinar_file(
            "attendances",
            came("W2", "ana", day="2026-03-17"),
            # The host was alone, and looks at the recording later as anybody does.
            came("empty", "hanna", day="2026-04-07", role="host"),
            came("empty", "hanna", day="2026-04-09", is_on_demand=True),
        ),
        webinar_file(
            "webinar_ratings",
            rated("W2", "ana"),
            rated("empty", "bea"),
            rated("empty", "hanna"),
            rated("untold", "ana"),
        ),
        webinar_file(
            "webinar_costs",
            {"webinar_id": "W2", "cost_date": "2026-03-01", "cost": 50},
            # Of no rate is known.
            {
                **{"webinar_id": "untold", "cost_date": "2026-03-01", "cost": 7},
                "currency_code": "USD",
            },
        ),
    )
    warehouse.build(
        pair.acme,
        pair.bolt,
        as_of={pair.acme: "2026-04-30", pair.bolt: "2026-04-30"},
        only=list(MARTS),
    )
    return warehouse, pair


def came(
    webinar_id: str, name: str, day: str = "2026-03-10", **others: object
) -> Mapping[str, object]:
    return visit(
        webinar_id,
        f"{day} 17:00+00",
        f"{day} 17:54+00",
        email=f"{name}@example.test",
        **others,
    )


def wrote(key: str, name: str) -> dict[str, object]:
    return {
        "webinar_id": "W1",
        "interaction_id": key,
        "email": f"{name}@example.test",
        "kind": "chat",
        "occurred_at": "2026-03-10 17:02+00",
    }


def rated(webinar_id: str, name: str) -> dict[str, object]:
    return {
        "webinar_id": webinar_id,
        "rating_id": f"{webinar_id} {name}",
        "email": f"{name}@example.test",
        "rating": 8,
        "rated_at": "2026-04-10 12:00+00",
    }


def rows(
    loaded: tuple[Warehouse, Pair], mart: str, key: str, *, of_bolt: bool = False
) -> dict[Any, Any]:
    warehouse, pair = loaded
    found = warehouse.rows(
        f"select * from marts.{mart} where company_id = %s",
        [pair.bolt if of_bolt else pair.acme],
    )
    return {row[key]: row for row in found}


def test_who_came_is_unknown_and_not_nobody(loaded: tuple[Warehouse, Pair]) -> None:
    found = rows(loaded, "webinar_outcomes", "webinar_id")

    assert sorted(found) == ["W1", "W2"]
    told, untold = found["W1"], found["W2"]
    assert (told["untold_webinar_count"], untold["untold_webinar_count"]) == (0, 1)
    # Ana, Bea and Mod registered; Pat was on the stage.
    assert (told["registrant_count"], told["show_count"]) == (3, 2)
    assert told["show_ratio"] == pytest.approx(2 / 3)
    assert (untold["registrant_count"], untold["on_demand_viewer_count"]) == (3, 1)
    assert untold["cost_per_registrant"] == Decimal("33.33")
    for name in (
        *("show_count", "attendee_count", "conversion_count", "order_count"),
        *("net_revenue", "show_ratio", "show_ratio_upper", "conversion_ratio"),
        *("return_ratio", "chat_ratio", "engagement_mean"),
    ):
        assert untold[name] is None, name


def test_rates_of_a_month_are_of_the_webinars_that_are_known(
    loaded: tuple[Warehouse, Pair],
) -> None:
    (month,) = rows(loaded, "webinar_month_outcomes", "month_start_date").values()
    (channel,) = rows(loaded, "webinar_channel_outcomes", "channel_id").values()

    lower, upper = wilson_interval([2 / 3], [3], 1.959964)
    for found in (month, channel):
        assert (found["webinar_count"], found["untold_webinar_count"]) == (2, 1)
        assert (found["registrant_count"], found["show_count"]) == (6, 2)
        # Those who could be seen to come, by which rates are judged.
        assert found["told_registrant_count"] == 3
        assert found["show_ratio"] == pytest.approx(2 / 3)
        assert found["show_ratio_lower"] == pytest.approx(lower[0])
        assert found["show_ratio_upper"] == pytest.approx(upper[0])
        # Ana, of two; 200 for the 50 that the first cost.
        assert found["conversion_ratio"] == pytest.approx(1 / 2)
        assert found["return_ratio"] == pytest.approx(3)
        # What the second cost brought registrants all the same; the third was none.
        assert (found["cost_amount"], found["cost_per_registrant"]) == (150, 25)


def test_nothing_else_counts_an_empty_room(loaded: tuple[Warehouse, Pair]) -> None:
    assert sorted(rows(loaded, "webinar_trends", "webinar_id")) == ["W1"]
    assert {*rows(loaded, "webinar_minutes", "webinar_id")} == {"W1"}
    # Of a person only webinars that tell who came are counted.
    members = rows(loaded, "webinar_audience_members", "person_id").values()
    assert sorted(row["registered_count"] for row in members) == [1, 1, 1]
    funnels = rows(loaded, "webinar_funnels", "webinar_id")
    assert funnels["W1"]["attendee_count"] == 2
    assert funnels["W2"]["registrant_count"] == 3
    assert funnels["W2"]["attendee_count"] is funnels["W2"]["net_revenue"] is None
    warehouse, pair = loaded
    traits = warehouse.rows(
        """select webinar_id, trait_registrant_count, trait_attendee_count
        from reporting.webinar_audience_traits
        where company_id = %s and trait = 'industry' order by 1""",
        [pair.acme],
    )
    assert [tuple(row.values()) for row in traits] == [("W1", 3, 2), ("W2", 3, None)]
    windows = rows(loaded, "webinar_windows", "calendar_date").values()
    both = [row for row in windows if row["webinar_count"] == 2]
    assert both
    assert {row["return_ratio"] for row in both} == {3}
    assert {row["cost_per_registrant"] for row in both} == {25}


def test_counters_and_cohorts_say_that_it_is_not_known(
    loaded: tuple[Warehouse, Pair],
) -> None:
    warehouse, pair = loaded
    counters = {
        (row["webinar_id"], row["metric_name"]): row["people_count"]
        for row in warehouse.rows(
            "select * from marts.webinar_counters where company_id = %s", [pair.acme]
        )
    }
    assert counters == {
        ("W1", "live_registrant_count"): 3,
        ("W1", "live_attendee_count"): 2,
        ("W1", "live_conversion_count"): 1,
        ("W2", "live_registrant_count"): 3,
        ("W2", "live_attendee_count"): None,
        ("W2", "live_conversion_count"): None,
    }
    months = rows(loaded, "webinar_cohort_months", "age_months")
    # Some of March's webinars are known: how many came in March is not.
    assert months[0]["member_count"] == 5
    assert months[0]["attendee_count"] is months[0]["attended_ratio"] is None
    assert months[0]["net_revenue"] is None
    assert months[1]["attendee_count"] == 0


def test_a_room_that_the_team_alone_was_in_was_empty(
    loaded: tuple[Warehouse, Pair],
) -> None:
    found = rows(loaded, "webinar_outcomes", "webinar_id", of_bolt=True)

    # What was put off was not held.
    assert sorted(found) == ["W2", "empty", "today", "untold"]
    empty = found["empty"]
    assert (empty["registrant_count"], empty["told_registrant_count"]) == (2, 2)
    assert (empty["show_count"], empty["attendee_count"]) == (0, 0)
    assert (empty["show_ratio"], empty["untold_webinar_count"]) == (0, 0)
    # Who was on the stage watches no recording.
    assert empty["on_demand_viewer_count"] == 0


def test_of_today_nobody_can_have_told_yet(loaded: tuple[Warehouse, Pair]) -> None:
    found = rows(loaded, "webinar_outcomes", "webinar_id", of_bolt=True)

    assert found["today"]["show_ratio"] is found["today"]["attendee_count"] is None
    assert [
        (
            name,
            found[name]["untold_webinar_count"],
            found[name]["told_registrant_count"],
        )
        for name in ("today", "untold")
    ] == [("today", 0, 0), ("untold", 1, 0)]


def test_who_rates_an_untold_webinar_may_have_been_there(
    loaded: tuple[Warehouse, Pair],
) -> None:
    found = rows(loaded, "webinar_satisfaction", "subject_id", of_bolt=True)

    assert {
        name: (row["rater_count"], row["other_opinion_count"])
        for name, row in found.items()
        # The host's opinion is none.
    } == {"W2": (1, 0), "empty": (0, 1), "untold": (0, None)}


def test_a_return_needs_only_the_costs_that_are_in_it(
    loaded: tuple[Warehouse, Pair],
) -> None:
    months = rows(loaded, "webinar_month_outcomes", "month_start_date", of_bolt=True)
    windows = rows(loaded, "webinar_windows", "calendar_date", of_bolt=True).values()

    march = min(months.values(), key=lambda row: row["month_start_date"])
    both = [row for row in windows if row["webinar_count"] == 2]
    # 50 were spent on W2 and nothing was sold.
    assert march["return_ratio"] == -1
    assert both
    assert {(row["return_ratio"], row["cost_amount"]) for row in both} == {(-1, None)}
