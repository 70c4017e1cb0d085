"""Flagship figures beside what the company wants of them, counted on paper."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from orchestration.lib.alerts.rules import Rule, save_rule
from orchestration.lib.reporting.metric_registry import read_registry
from orchestration.lib.tenancy.metric_targets import MetricTarget, set_target
from tests.dbt_project.community.programme import at, contact, file, login, message
from tests.dbt_project.raw_files import RawFile
from tests.dbt_project.warehouse import Pair, Warehouse

AS_OF = "2026-03-15"
Found = dict[tuple[str, str], dict[str, Any]]


def told_of(count: int, active: int, delivered: int, sent: int) -> list[RawFile]:
    """So many people of January, of whom so many come again in February."""
    people = [f"p{number}" for number in range(count)]
    plays = [
        {"play_id": who, "content_id": "c", "contact_id": who}
        | {"started_at": at("2026-02-05"), "minutes": 30 if number < 30 else 1}
        for number, who in enumerate(people[:active])
    ]
    sponsor = {"sponsor_name": "Banco", "starts_on": "2026-02-01", "cost": 700}
    sponsor |= {"ends_on": "2026-02-28", "amount": 2800}
    abroad = {**sponsor, "currency_code": "USD", "amount": 1, "sponsorship_id": "t"}
    return [
        file(
            "contacts",
            [
                # The first month may have begun in the middle.
                contact("z", at("2025-12-30")),
                *(contact(who, at("2026-01-10")) for who in people),
            ],
        ),
        file(
            "community_events",
            [
                *(login(who, at("2026-01-10")) for who in people),
                *(login(who, at("2026-02-05")) for who in people[:active]),
            ],
        ),
        file(
            "message_events",
            [
                message(
                    who,
                    "delivered" if number < delivered else "sent",
                    at("2026-02-03"),
                    who,
                )
                for number, who in enumerate(people[:sent])
            ],
        ),
        file("content_plays", plays),
        file("content_items", [{"content_id": "c", "duration_minutes": 30}]),
        file("sponsorships", [{**sponsor, "sponsorship_id": "s"}, abroad]),
    ]


@pytest.fixture(scope="module")
def built(warehouse: Warehouse) -> Pair:
    """Acme has 40 people, bolt 50 of the same ids; only acme wants something."""
    pair = warehouse.add_pair()
    warehouse.load(pair.acme, *told_of(40, 40, 36, 40))
    warehouse.load(pair.bolt, *told_of(50, 20, 29, 29))
    days = {pair.acme: AS_OF, pair.bolt: AS_OF}
    warehouse.build(pair.acme, pair.bolt, as_of=days, only=["flagship_standing"])
    for metric, month, target in (
        ("active_person_count", 1, "50"),
        ("delivery_ratio", 2, "0.9"),
        ("completion_ratio", 1, "0.1"),
        ("completion_ratio", 2, "0.8"),
        ("completion_ratio", 3, "0.2"),
        ("retention_window_60", 2, "0.4"),
    ):
        wanted = MetricTarget(metric, date(2026, month, 1), Decimal(target))
        set_target(warehouse.url, pair.acme, wanted)
    for word, limit in (("warn", 0.3), ("critical", 0.2)):
        name = "community_standing.retention_window_60"
        rule = Rule(f"{name}.{word}", "metric", "retention_window_60", "high")
        held = {"relation": "community_standing", "comparison": "below"}
        save_rule(
            warehouse.url,
            pair.acme,
            Rule(**{**vars(rule), **held, "threshold": limit}),
        )
    return pair


@pytest.fixture(scope="module")
def kpis(warehouse: Warehouse, built: Pair) -> tuple[Found, Found]:
    """Of acme and of bolt, by month and metric, as each one's own reader sees them."""
    return read_kpis(warehouse, built.acme), read_kpis(warehouse, built.bolt)


def read_kpis(warehouse: Warehouse, company_id: str) -> Found:
    reader = warehouse.add_reader(company_id)
    with psycopg.connect(
        warehouse.url, options=f"-c role={reader}", row_factory=dict_row
    ) as database:
        rows = database.execute("select * from reporting.community_kpis").fetchall()
    return {(f"{row['month_start_date']:%m}", row["metric_name"]): row for row in rows}


def test_figures_are_those_counted_on_paper(kpis: tuple[Found, Found]) -> None:
    figures = {key: row["figure"] for key, row in kpis[0].items()}

    assert figures == {
        ("12", "active_person_count"): 0,
        ("12", "new_registration_count"): 1,
        ("12", "activated_person_count"): 0,
        ("12", "content_minutes"): 0,
        ("01", "active_person_count"): 40,
        ("01", "new_registration_count"): 40,
        ("01", "activated_person_count"): 40,
        ("01", "content_minutes"): 0,
        # All came again on day 26, nobody from day 31 on.
        ("01", "retention_window_30"): 1,
        ("01", "retention_window_60"): 0,
        ("02", "active_person_count"): 40,
        ("02", "new_registration_count"): 0,
        ("02", "activated_person_count"): 0,
        # 30 of half an hour, 10 of a minute.
        ("02", "content_minutes"): 910,
        ("02", "completion_ratio"): Decimal("0.75"),
        ("02", "delivery_ratio"): Decimal("0.9"),
        # Dollars are added to nothing.
        ("02", "sponsorship_income"): 2800,
        ("02", "sponsorship_benefit_ratio"): 4,
    }


def test_another_company_of_the_same_ids_has_its_own(
    kpis: tuple[Found, Found],
) -> None:
    found = kpis[1]

    active = found["02", "active_person_count"]
    assert (active["figure"], active["month_change"]) == (20, pytest.approx(-0.6))
    # December had begun in the middle.
    assert found["01", "active_person_count"]["month_change"] is None
    assert found["01", "retention_window_30"]["figure"] == Decimal("0.4")
    # 29 messages and 20 plays say nothing.
    assert ("02", "delivery_ratio") not in found
    assert ("02", "completion_ratio") not in found
    assert {row["kpi_target"] for row in found.values()} == {None}
    assert {row["kpi_state"] for row in found.values()} == {None}


def test_a_target_holds_until_the_next_and_limits_say_how_bad_it_is(
    kpis: tuple[Found, Found],
) -> None:
    told = {
        key: (row["kpi_target"], row["kpi_state"], row["target_change"])
        for key, row in kpis[0].items()
        if row["kpi_state"]
    }

    fifth = pytest.approx(-0.2)
    assert told == {
        ("01", "active_person_count"): (50, "missed", fifth),
        ("02", "active_person_count"): (50, "missed", fifth),
        ("02", "delivery_ratio"): (Decimal("0.9"), "reached", 0),
        ("02", "completion_ratio"): (
            *(Decimal("0.8"), "missed"),
            pytest.approx(-0.0625),
        ),
        # Its target is of February; the limits have no month.
        ("01", "retention_window_60"): (None, "critical", None),
    }


def test_a_cohort_of_fewer_than_thirty_is_told_and_drawn_in_no_line(
    warehouse: Warehouse,
) -> None:
    """29 people of January and 30 of February, who came that day alone."""
    pair = warehouse.add_pair()
    came = [
        (f"{day}/{number}", at(day))
        for day, count in (("2026-01-10", 29), ("2026-02-10", 30))
        for number in range(count)
    ]
    warehouse.load(
        pair.acme,
        file("contacts", [contact(*one) for one in came]),
        file("community_events", [login(*one) for one in came]),
    )
    warehouse.build(
        pair.acme, as_of={pair.acme: "2026-04-15"}, only=["retention_cohorts"]
    )

    rows = warehouse.rows(
        """select * from reporting.community_retention
        where company_id = %s and family = 'window' and day_count = 30 order by 2""",
        [pair.acme],
    )
    assert [(row["eligible_count"], row["is_many"]) for row in rows] == [
        *((29, False), (30, True)),
    ]
    assert [row["retention_ratio"] for row in rows] == [0, 0]


def test_limits_are_held_against_what_was_known_last(
    warehouse: Warehouse, built: Pair
) -> None:
    (row,) = warehouse.rows(
        "select * from reporting.community_standing where company_id = %s",
        [built.acme],
    )

    assert f"{row['as_of_date']}" == AS_OF
    assert row["retention_window_60"] == 0
    assert row["active_person_count"] == 40
    assert row["k_factor"] is None


def test_a_week_and_a_quarter_stand_beside_the_one_and_the_year_before(
    warehouse: Warehouse,
) -> None:
    pair = warehouse.add_pair()
    quarters = {"a": ("2025-07-01", "2025-10-01", "2025-12-31"), "b": ("2025-09-30",)}
    weeks = {"a": ("2026-01-05", "2026-01-12"), "b": ("2026-01-11",)}
    came = [
        (who, day) for told in (quarters, weeks) for who in told for day in told[who]
    ]
    came.append(("c", "2026-01-18"))
    people = [contact("z", at("2025-06-30")), *(contact(w, at(AS_OF)) for w in "abc")]
    a_year_later = [("a", "2026-07-01"), ("b", "2026-09-29")]
    for company, told in (
        (pair.acme, [*came, *a_year_later]),
        (pair.bolt, came[-4:]),
    ):
        logins = [login(who, at(day)) for who, day in told]
        warehouse.load(
            company, file("contacts", people), file("community_events", logins)
        )
    days = {pair.acme: "2026-10-05", pair.bolt: "2026-01-18"}
    warehouse.build(pair.acme, pair.bolt, as_of=days, only=["community_periods"])

    found = {
        (row["company_id"], f"{row['period_start_date']}"): (
            *(int(row["figure"]), row["earlier_figure"], row["period_change"]),
            row["year_change"],
        )
        for row in warehouse.rows(
            """select * from reporting.community_period_changes
            where company_id = any(%s) and metric_name = 'active_person_count'""",
            [[pair.acme, pair.bolt]],
        )
        if row["period_kind"] == "quarter" or row["period_start_date"].year == 2026
    }
    quiet = {
        key: told
        for key, told in found.items()
        if told == (0, 0, None, None) and key[1] > "2026-01-19"
    }
    found = {key: told for key, told in found.items() if key not in quiet}

    assert found == {
        (pair.acme, "2025-04-01"): (0, None, None, None),
        # The quarter before had begun in the middle.
        (pair.acme, "2025-07-01"): (2, None, None, None),
        # Who came twice is one.
        (pair.acme, "2025-10-01"): (1, 2, -0.5, None),
        (pair.acme, "2026-01-01"): (3, 1, 2.0, None),
        (pair.acme, "2026-01-05"): (2, 1, 1.0, None),
        (pair.acme, "2026-01-12"): (2, 2, 0.0, None),
        # Nobody came: it is there, and is what the next one stands beside.
        (pair.acme, "2026-01-19"): (0, 2, -1.0, None),
        (pair.acme, "2026-04-01"): (0, 3, -1.0, None),
        # The week of a year before was the company's first.
        (pair.acme, "2026-06-29"): (1, 0, None, None),
        (pair.acme, "2026-07-06"): (0, 1, -1.0, None),
        # Two came in the third quarter of both years, and in the week 52 weeks before.
        (pair.acme, "2026-07-01"): (2, 0, None, 0.0),
        (pair.acme, "2026-09-28"): (1, 0, None, -0.5),
        (pair.bolt, "2025-04-01"): (0, None, None, None),
        (pair.bolt, "2025-07-01"): (0, None, None, None),
        (pair.bolt, "2025-10-01"): (0, 0, None, None),
        (pair.bolt, "2026-01-05"): (2, 0, None, None),
        (pair.bolt, "2026-01-12"): (2, 2, 0.0, None),
    }
    # The other weeks of acme from 26 January to 27 September.
    assert len(quiet) == 33


def test_of_every_figure_more_is_better() -> None:
    """What is below its target is worse: the view knows no other direction."""
    told = [
        one.direction
        for one in read_registry().values()
        if one.limits and one.limits.relation == "community_standing"
    ]
    assert set(told) == {"higher_is_better"}
    assert len(told) == 14
