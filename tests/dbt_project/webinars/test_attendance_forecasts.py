"""Forecasts of webinars are kept, and held against who came."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ml_assets.assets.table_rows import read_frame
from ml_assets.assets.webinar_forecasts import (
    REGISTRANT_GROUPS,
    forecast_attendances,
)
from orchestration.lib.warehouse.database import connect
from tests.dbt_project.mart_rows import COMPANY, insert
from tests.dbt_project.warehouse import Warehouse

START = dt.datetime(2026, 3, 1, 17, tzinfo=dt.UTC)


def add_webinar(
    warehouse: Warehouse, company: str, number: int, registrants: int, shows: int | None
) -> None:
    """The webinar of a day; one that nobody came to yet is still to come."""
    key: dict[str, Any] = {"company_id": company, "webinar_id": f"W{number}"}
    starts_at = START + dt.timedelta(days=number)
    insert(
        warehouse,
        "webinars",
        **key,
        title=f"Webinar {number}",
        series="mes",
        starts_at=starts_at,
        start_date=starts_at.date(),
        is_held=shows is not None,
        as_of_date=dt.date(2026, 3, 5),
    )
    for person in range(registrants):
        insert(
            warehouse,
            "webinar_registrations",
            **key,
            person_id=str(person),
            state="at_start",
            registered_at=START,
        )
    if shows is not None:
        counts: dict[str, Any] = {"registrant_count": registrants}
        counts |= {"attendee_count": shows, "show_count": shows}
        insert(warehouse, "webinar_outcomes", **key, **counts)


def seen(warehouse: Warehouse, company: str) -> list[tuple[object, ...]]:
    rows = warehouse.rows(
        """select webinar_id, kind, registrant_count, webinar_show_count, is_inside
        from reporting.webinar_forecasts where company_id = %s order by start_date""",
        [company],
    )
    return [tuple(row.values()) for row in rows]


def test_a_forecast_stays_and_is_judged_by_the_share_that_came(
    warehouse: Warehouse,
) -> None:
    pair = warehouse.add_pair()
    for company, factor in ((pair.acme, 1), (pair.bolt, 2)):
        warehouse.execute(COMPANY, [company])
        for number, shows in enumerate((5, 4, 6, 5)):
            add_webinar(warehouse, company, number, 10 * factor, shows * factor)
        add_webinar(warehouse, company, 5, 10 * factor, None)

    counts = [forecast_attendances(warehouse.url, c) for c in (pair.acme, pair.bolt)]

    assert counts == [2, 2]
    assert seen(warehouse, pair.acme) == [
        ("W3", "backtest", 10, 5, True),
        ("W5", "forecast", 10, None, None),
    ]
    assert seen(warehouse, pair.bolt)[1] == ("W5", "forecast", 20, None, None)

    # Ten more registered after it was said, and one of twenty came.
    warehouse.execute(
        "update marts.webinars set is_held = true where company_id = %s", [pair.acme]
    )
    for person in range(10, 20):
        insert(
            warehouse,
            "webinar_registrations",
            company_id=pair.acme,
            webinar_id="W5",
            person_id=str(person),
            state="at_start",
            registered_at=START,
        )
    insert(
        warehouse,
        "webinar_outcomes",
        company_id=pair.acme,
        webinar_id="W5",
        registrant_count=20,
        attendee_count=1,
        show_count=1,
    )
    forecast_attendances(warehouse.url, pair.acme)

    assert seen(warehouse, pair.acme)[1] == ("W5", "forecast", 10, 1, False)
    assert seen(warehouse, pair.bolt)[1] == ("W5", "forecast", 20, None, None)


def test_a_webinar_whose_attendance_nobody_loaded_teaches_nothing(
    warehouse: Warehouse,
) -> None:
    pair = warehouse.add_pair()
    warehouse.execute(COMPANY, [pair.acme])
    for number, shows in enumerate((5, 4, 0, 5)):
        add_webinar(warehouse, pair.acme, number, 10, shows)

    assert forecast_attendances(warehouse.url, pair.acme) == 0


def test_registrants_are_told_apart_by_what_they_did_the_last_time(
    warehouse: Warehouse,
) -> None:
    pair = warehouse.add_pair()
    # Attendance of the second was never loaded; the last is still to come.
    visits = {"ana": (True, None, False, None), "eva": (None, None, True, None)}
    for company, days in ((pair.acme, 2), (pair.bolt, 10)):
        warehouse.execute(COMPANY, [company])
        for number, shows in enumerate((1, 0, 1, None)):
            add_webinar(warehouse, company, number, 0, shows)
            starts_at = START + dt.timedelta(days=number)
            for person, came in visits.items():
                if number == 0 and came[0] is None:
                    continue
                insert(
                    warehouse,
                    "webinar_people",
                    company_id=company,
                    webinar_id=f"W{number}",
                    person_id=person,
                    state="at_start",
                    channel_id="email",
                    registered_at=starts_at - dt.timedelta(days=days),
                    is_live_attendee=bool(came[number]),
                )

    with connect(warehouse.url, "scientist") as database:
        found = read_frame(database, REGISTRANT_GROUPS, pair.acme)

    rows = found.sort_values(["webinar_id", "last_time"]).to_numpy().tolist()
    assert [[row[0], *row[2:]] for row in rows] == [
        ["W0", "first", 2.0, 1, 1],
        ["W1", "came", 2.0, 1, 0],
        ["W1", "first", 2.0, 1, 0],
        ["W2", "came", 2.0, 1, 0],
        ["W2", "first", 2.0, 1, 1],
        ["W3", "came", 2.0, 1, 0],
        ["W3", "stayed_away", 2.0, 1, 0],
    ]
