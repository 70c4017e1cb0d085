"""How many customers became VIPs from week to week, told and never named."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.dbt_project.mart_rows import insert
from tests.dbt_project.warehouse import Pair, Warehouse

BEFORE, NOW = dt.date(2026, 3, 20), dt.date(2026, 3, 27)
# What each was worth, and would be in the next year: the best of three is the VIP.
ANA_FIRST = {"ana": (100, 50), "ben": (60, 30), "eva": (10, 5)}
BEN_FIRST = {"ana": (100, 50), "ben": (120, 70), "eva": (10, 5)}
CHANGED = "New VIP customers since 2026-03-20: 1; no longer: 1 (data up to 2026-03-27)"


def spanish(*, new: int, left: int) -> str:
    return (
        f"Nuevos clientes VIP desde el {BEFORE}: {new}; ya no lo son: {left} "
        f"(datos hasta el {NOW})"
    )


def publish(
    warehouse: Warehouse,
    company: str,
    day: dt.date,
    customers: dict[str, tuple[int, int]],
    *,
    version: str = "2",
    status: str = "published",
    gone: tuple[str, ...] = (),
) -> None:
    """A fit as of a day with its customers, none of them at risk."""
    known: dict[str, Any] = {
        "company_id": company,
        "fit_id": f"{day} {status}",
        "as_of_date": day,
        "data_through_date": day,
        "fitted_at": day,
        "model_version": version,
        "schema": "predictions",
    }
    insert(warehouse, "model_fits", status=status, settings="{}", **known)
    for customer, (historic, if_active) in customers.items():
        insert(
            warehouse,
            "predictions_customer_history",
            customer_id=customer,
            currency_code="EUR",
            historic_value=historic,
            predicted_value_12m=1,
            value_if_active_12m=if_active,
            probability_alive=None if customer in gone else 0.9,
            **known,
        )


def told(warehouse: Warehouse, company: str) -> list[tuple[str, str]]:
    query = """
        select sentence_es, sentence_en from reporting.activity_log
        where company_id = %s and activity_type like 'vips%%'
        order by happened_at desc
    """
    rows = warehouse.rows(query, [company])
    return [(row["sentence_es"], row["sentence_en"]) for row in rows]


def test_a_week_tells_how_many_are_new_vips_and_how_many_left(
    warehouse: Warehouse, pair: Pair
) -> None:
    publish(warehouse, pair.acme, BEFORE, ANA_FIRST)
    publish(warehouse, pair.acme, NOW, BEN_FIRST)
    # The same customers of another shop, where nothing moved.
    publish(warehouse, pair.bolt, BEFORE, BEN_FIRST)
    publish(warehouse, pair.bolt, NOW, BEN_FIRST)

    first = (
        "Clientes VIP con datos hasta el 2026-03-20: 1",
        "Customers who are VIPs with data up to 2026-03-20: 1",
    )
    assert told(warehouse, pair.acme) == [(spanish(new=1, left=1), CHANGED), first]
    assert told(warehouse, pair.bolt)[0][0] == spanish(new=0, left=0)
    assert told(warehouse, pair.bolt)[1:] == [first]


def test_a_vip_is_the_best_by_history_or_by_what_is_expected(
    warehouse: Warehouse, pair: Pair
) -> None:
    # Ana bought most and eva would buy most: both are, and neither left.
    by_either = {"ana": (100, 30), "ben": (60, 20), "eva": (10, 90)}
    for company in (pair.acme, pair.bolt):
        publish(warehouse, company, BEFORE, ANA_FIRST)
    publish(warehouse, pair.acme, NOW, by_either)
    # In bolt, eva is predicted as other shops' customers are: no value of hers.
    publish(warehouse, pair.bolt, NOW, by_either, gone=("eva",))

    assert told(warehouse, pair.acme)[0][0] == spanish(new=1, left=0)
    assert told(warehouse, pair.bolt)[0][0] == spanish(new=0, left=0)


def test_days_of_one_week_are_one_entry_and_blocked_fits_are_none(
    warehouse: Warehouse, pair: Pair
) -> None:
    publish(warehouse, pair.acme, BEFORE, ANA_FIRST)
    publish(warehouse, pair.acme, NOW - dt.timedelta(days=2), ANA_FIRST)
    publish(warehouse, pair.acme, NOW, BEN_FIRST)
    publish(warehouse, pair.acme, NOW, BEN_FIRST, status="blocked")
    # Ben's standing in bolt is another model's: it moved nobody, and is counted anew.
    publish(warehouse, pair.bolt, BEFORE, ANA_FIRST, version="1")
    publish(warehouse, pair.bolt, NOW, BEN_FIRST)

    assert [english for _, english in told(warehouse, pair.acme)] == [
        CHANGED,
        "Customers who are VIPs with data up to 2026-03-20: 1",
    ]
    assert [english for _, english in told(warehouse, pair.bolt)] == [
        "Customers who are VIPs with data up to 2026-03-27: 1",
        "Customers who are VIPs with data up to 2026-03-20: 1",
    ]


def test_weeks_of_a_month_are_told_and_older_ones_no_more(
    warehouse: Warehouse, pair: Pair
) -> None:
    for weeks in range(6):
        day = NOW - dt.timedelta(weeks=weeks)
        publish(warehouse, pair.acme, day, ANA_FIRST if weeks % 2 else BEN_FIRST)

    found = [english for _, english in told(warehouse, pair.acme)]

    assert len(found) == 4
    # The oldest of them still knows who was one before.
    assert all(
        "since" in english and ": 1; no longer: 1" in english for english in found
    )
