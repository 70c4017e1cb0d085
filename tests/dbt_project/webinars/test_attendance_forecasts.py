"""Forecasts of webinars are kept, and held against who came."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ml_assets.assets.webinar_forecasts import forecast_attendances
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
