"""What a dashboard reads adds up, and says when it is old."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest

from metabase.content.company import EXAMPLE
from metabase.content.load import CONTENT_ROOT, load_content
from metabase.content.validate import column_problems
from metabase.content.warehouse import connect_as
from tests.dbt_project.raw_files import RawFile, purchase
from tests.dbt_project.warehouse import Pair, Warehouse

AS_OF = "2026-03-31"
# What the pages read that are looked at here.
READ = ("customer_values", "data_quality_totals", "model_fit_parameters")
# A prediction says of which history it was made: that of the marts.
PREDICTION = """
    insert into predictions.predictions_customer
    select company_id, customer_id, %(as_of)s, 'fit', '1', frequency, recency_days,
        age_days, order_count, historic_value, 'EUR', 1, %(probability)s, 1, 1, 1, 10,
        %(value)s, '2026-03-01', '2026-03-31 02:00+00'
    from marts.customer_summaries
    where company_id = %(company)s and customer_id = %(customer)s
"""
FIT = """
    insert into predictions.model_fits values (%(company)s, %(fit)s, %(as_of)s,
    '2026-03-01', 'bg_nbd+gamma_gamma', '1', %(status)s, %(reason)s, '', 3, 1, 0,
    '{}', %(fitted_at)s)
"""


def predict(
    warehouse: Warehouse, company: str, customer: str, probability: float, value: int
) -> None:
    values = {
        "company": company,
        "customer": customer,
        "probability": probability,
        "value": value,
        "as_of": AS_OF,
    }
    warehouse.execute(PREDICTION, values)


def predict_all(warehouse: Warehouse, company: str) -> None:
    """As a run publishes: what was said before is replaced."""
    warehouse.execute(
        "delete from predictions.predictions_customer where company_id = %s", [company]
    )
    for customer in "789":
        predict(warehouse, company, customer, 0.5, 40)


def fit(
    warehouse: Warehouse,
    company: str,
    name: str,
    as_of: str,
    blocked_by: str | None = None,
) -> None:
    values = {
        "company": company,
        "fit": name,
        "as_of": as_of,
        "status": "blocked" if blocked_by else "published",
        "reason": blocked_by,
        "fitted_at": f"{as_of} 03:00+00",
    }
    warehouse.execute(FIT, values)
    if blocked_by:
        warehouse.execute(
            """insert into predictions.gate_results values
                (%(company)s, %(fit)s, %(gate)s, 'blocked', 1, 10, 'Too few.')""",
            {**values, "gate": blocked_by},
        )


def row(warehouse: Warehouse, view: str, company_id: str) -> dict[str, Any]:
    query = f"select * from reporting.{view} where company_id = %s"
    (found,) = warehouse.rows(query, [company_id])
    return found


@pytest.fixture
def shop(warehouse: Warehouse, pair: Pair) -> str:
    """Customer 7 bought in December and January, 8 and 9 in March; 8 for 0.50."""
    lines = [
        purchase("7", "2025-12-05 10:00+00", 10),
        purchase("7", "2025-12-31 10:00+00", 20),
        purchase("8", "2026-03-05 10:00+00", "0.50"),
        purchase("9", "2026-03-06 10:00+00", 5),
        purchase(None, "2026-03-20 10:00+00", 7),
        purchase("9", "2026-03-07 10:00+00", 3, currency_code="USD"),
    ]
    file = RawFile(
        "log.csv", lines, rejected_row_count=1, rejected_total=Decimal("1.25")
    )
    warehouse.load(pair.acme, file)
    warehouse.build(pair.acme, as_of={pair.acme: AS_OF}, only=READ)
    return pair.acme


def test_customers_are_ranked_by_future_value(warehouse: Warehouse, shop: str) -> None:
    predict(warehouse, shop, "8", 0.5, 100)
    predict(warehouse, shop, "7", 0.5, 40)

    query = """
        select customer_id, value_rank, predicted_value_12m, historic_value
        from reporting.customer_values where company_id = %s order by value_rank
    """
    ranked = [tuple(r.values()) for r in warehouse.rows(query, [shop])]

    assert ranked == [
        ("8", 1, 100, Decimal("0.50")),
        ("7", 2, 40, 30),
        ("9", 3, None, 5),
    ]


def test_a_customer_has_intervals_dates_and_reasons(
    warehouse: Warehouse, shop: str
) -> None:
    told = """
        update predictions.predictions_customer set reason_codes = %s,
            predicted_value_12m_lower = 0, predicted_value_12m_upper = 90,
            next_order_date = '2026-04-20', value_if_active_12m = 80
        where company_id = %s and customer_id = %s
    """
    for customer, codes in (
        ("7", "silent_longer_than_usual,large_orders"),
        ("8", ""),
    ):
        predict(warehouse, shop, customer, 0.5, 40)
        warehouse.execute(told, [codes, shop, customer])

    query = """
        select reasons_es, reasons_en, prediction_status, predicted_value_12m_lower,
            predicted_value_12m_upper, value_if_active_12m, next_order_date::text
        from reporting.customer_values where company_id = %s order by customer_id
    """
    found = [tuple(r.values()) for r in warehouse.rows(query, [shop])]

    assert found == [
        (
            "Lleva más tiempo sin comprar de lo que acostumbra; "
            "Sus pedidos están entre los de mayor importe",
            "Has gone longer without buying than is usual for them; "
            "Their orders are among the largest",
            *("fitted", 0, 90, 80, "2026-04-20"),
        ),
        (None, None, "fitted", 0, 90, 80, "2026-04-20"),
        # Customer 9 has no prediction.
        (None,) * 7,
    ]


def test_totals_are_sums_over_customers(warehouse: Warehouse, shop: str) -> None:
    for customer, probability, value in (("7", 0.75, 40), ("8", 0.5, 60), ("9", 1, 0)):
        predict(warehouse, shop, customer, probability, value)
    fit(warehouse, shop, "fit", AS_OF)

    totals = row(warehouse, "customer_value_totals", shop)

    assert totals["customer_count"] == 3
    assert totals["repeat_customer_count"] == 1
    # The 90 days up to 31 March begin on 1 January.
    assert totals["active_customer_count"] == 2
    assert totals["expected_active_customer_count_90d"] == pytest.approx(0.75)
    assert totals["predicted_value_12m"] == 100
    assert totals["historic_value"] == Decimal("35.50")
    assert totals["data_through_date"].isoformat() == "2026-03-20"
    assert (totals["is_stale"], totals["stale_reason"]) == (False, None)


def test_a_blocked_fit_names_its_gate(warehouse: Warehouse, shop: str) -> None:
    predict(warehouse, shop, "7", 0.5, 40)
    fit(warehouse, shop, "good", AS_OF)
    fit(warehouse, shop, "bad", "2026-04-01", blocked_by="enough_data")
    warehouse.build(shop, as_of={shop: "2026-04-01"}, only=READ)

    totals = row(warehouse, "customer_value_totals", shop)

    assert (totals["is_stale"], totals["stale_reason"]) == (True, "enough_data")


def test_a_fit_that_was_blocked_and_then_passed_is_forgotten(
    warehouse: Warehouse, shop: str
) -> None:
    predict_all(warehouse, shop)
    fit(warehouse, shop, "bad", "2026-03-30", blocked_by="enough_data")
    fit(warehouse, shop, "good", AS_OF)

    assert row(warehouse, "customer_value_totals", shop)["is_stale"] is False


def test_a_fit_blocked_at_another_date_is_forgotten(
    warehouse: Warehouse, shop: str
) -> None:
    predict_all(warehouse, shop)
    fit(warehouse, shop, "good", AS_OF)
    fit(warehouse, shop, "bad", "2026-04-01", blocked_by="enough_data")

    assert row(warehouse, "customer_value_totals", shop)["is_stale"] is False


def test_predictions_older_than_the_data_are_stale(
    warehouse: Warehouse, shop: str
) -> None:
    predict(warehouse, shop, "7", 0.5, 40)
    warehouse.build(shop, as_of={shop: "2026-04-02"}, only=READ)

    totals = row(warehouse, "customer_value_totals", shop)

    assert totals["stale_reason"] == "older_predictions"


def _stale(warehouse: Warehouse, shop: str, reader: str) -> tuple[object, object]:
    (found,) = warehouse.rows(
        "select is_stale, stale_reason from reporting.customer_value_totals"
        " where company_id = %s",
        [shop],
        role=reader,
    )
    return found["is_stale"], found["stale_reason"]


def test_new_orders_make_predictions_old_until_new_ones_are_published(
    warehouse: Warehouse, shop: str
) -> None:
    reader, old = warehouse.add_reader(shop), (True, "older_predictions")
    predict_all(warehouse, shop)
    assert _stale(warehouse, shop, reader) == (False, None)
    scope = {"company_ids": [shop], "as_of_dates": {shop: AS_OF}}
    warehouse.load(shop, RawFile("more.csv", [purchase("8", "2026-03-30 10:00+00", 4)]))

    # The orders are there, the customers not yet; then both; then what is said of them.
    warehouse.dbt.run("run", "--select", "+orders,marts", **scope)
    assert _stale(warehouse, shop, reader) == old
    warehouse.build(shop, as_of={shop: AS_OF}, only=READ)
    assert _stale(warehouse, shop, reader) == old
    predict_all(warehouse, shop)
    assert _stale(warehouse, shop, reader) == (False, None)

    warehouse.build(shop, as_of={shop: AS_OF}, only=READ)
    assert _stale(warehouse, shop, reader) == (False, None)


def test_no_read_during_a_build_finds_new_orders_beside_predictions_in_force(
    warehouse: Warehouse, shop: str
) -> None:
    predict_all(warehouse, shop)
    lines = [purchase(name, "2026-03-30 10:00+00", 4) for name in "789"]
    warehouse.load(shop, RawFile("more.csv", lines))
    query = """
        select
            (select count(*) from marts.orders where company_id = %(id)s) as orders,
            historic_value,
            is_stale
        from reporting.customer_value_totals where company_id = %(id)s
    """
    reads: list[tuple[Any, ...]] = []
    is_built = threading.Event()

    def read() -> None:
        while not is_built.is_set():
            (found,) = warehouse.rows(query, {"id": shop})
            reads.append(tuple(found.values()))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        warehouse.build(shop, as_of={shop: AS_OF}, only=READ)
    finally:
        is_built.set()
        reader.join()

    (after,) = warehouse.rows(query, {"id": shop})
    reads.append(tuple(after.values()))
    assert reads[-1] == (9, Decimal("47.50"), True)
    # Six rows were loaded before, worth 35.50 of customers.
    assert {(False, *read[:2]) for read in reads if not read[2]} <= {
        (False, 6, Decimal("35.50"))
    }


def test_missing_predictions_and_missing_purchases_are_told_apart(
    warehouse: Warehouse, shop: str
) -> None:
    empty = warehouse.add_pair().acme
    warehouse.build(empty, only=READ)

    reasons = [
        row(warehouse, "customer_value_totals", company)["stale_reason"]
        for company in (shop, empty)
    ]

    assert reasons == ["no_predictions", "no_purchases"]
    assert row(warehouse, "customer_value_totals", empty)["customer_count"] == 0


def test_bins_hold_every_customer_with_a_prediction(
    warehouse: Warehouse, shop: str
) -> None:
    for customer, probability in (("7", 0.0), ("8", 0.1), ("9", 1.0)):
        predict(warehouse, shop, customer, probability, 1)

    query = """
        select bin_number, customer_count, historic_value, bin_lower, bin_upper
        from reporting.no_purchase_probability_bins where company_id = %s
        order by bin_number
    """
    bins = [tuple(r.values()) for r in warehouse.rows(query, [shop])]

    assert len(bins) == 10
    assert [b for b in bins if b[1]] == [
        (1, 1, 30, 0.0, 0.1),
        (2, 1, Decimal("0.50"), 0.1, 0.2),
        (10, 1, 5, 0.9, 1.0),
    ]


def test_data_quality_tells_what_was_left_out(warehouse: Warehouse, shop: str) -> None:
    quarantine = """
        insert into ops.quarantined_records values
        (%(company)s, 'files', 'purchases', 'a', 'log.csv@1', '', 'bad', '{}', now()),
        (%(company)s, 'files', 'purchases', 'b', 'log.csv@0', '', 'old', '{}', now())
    """
    warehouse.execute(quarantine, {"company": shop})
    warehouse.build(shop, as_of={shop: AS_OF}, only=READ)

    quality = row(warehouse, "data_quality_totals", shop)

    assert quality["order_count"] == 6
    assert quality["purchase_count"] == 4
    assert (quality["guest_order_count"], quality["guest_net_revenue"]) == (1, 7)
    assert quality["missing_rate_order_count"] == 1
    # Of two rejected rows one belongs to a version corrected since.
    assert quality["quarantined_row_count"] == 1
    assert quality["quarantined_amount"] == Decimal("1.25")
    assert quality["row_count"] == 7


def test_the_fit_behind_the_predictions_is_the_current_one(
    warehouse: Warehouse, shop: str
) -> None:
    predict(warehouse, shop, "7", 0.5, 40)
    for name, as_of in (("fit", AS_OF), ("later", "2026-04-02")):
        fit(warehouse, shop, name, as_of)
        warehouse.execute(
            "insert into predictions.model_parameters"
            " values (%s, %s, 'bg_nbd', 'r', 0.24, null)",
            [shop, name],
        )

    query = """
        select fit_id from reporting.model_fit_parameters
        where company_id = %s and is_current
    """
    assert [r["fit_id"] for r in warehouse.rows(query, [shop])] == ["fit"]


def test_every_card_draws_columns_that_the_views_have(warehouse: Warehouse) -> None:
    content = load_content(CONTENT_ROOT, EXAMPLE)

    with connect_as(warehouse.url) as connection:
        assert column_problems(content, connection) == []
