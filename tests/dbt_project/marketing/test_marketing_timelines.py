"""What happened to a customer, to a connection and on the platform, in words."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.dbt_project.marketplace_rows import (
    cart,
    marketplace_file,
    order,
    rating,
    user,
)
from tests.dbt_project.warehouse import Pair, Warehouse

AS_OF = "2026-03-31"


PREDICTION = """
    insert into predictions.predictions_customer (company_id, customer_id, as_of_date,
        fit_id, model_version, frequency, recency_days, age_days, order_count,
        historic_value, currency_code, probability_alive, probability_no_purchase_90d,
        expected_orders_30d, expected_orders_90d, expected_orders_365d,
        expected_order_value, predicted_value_12m, data_through_date, fitted_at,
        next_order_date, next_order_date_lower, next_order_date_upper)
    values (%s, 'marketplace/1', '2026-03-31', 'fit', '2', 0, 0, 29, 1, 25000, 'CLP', 1,
        0.4, 0.5, 1, 3, 24000, 70000, '2026-03-31', '2026-03-31 02:00+00', %s, %s, null)
"""


@pytest.fixture(scope="module")
def companies(warehouse: Warehouse) -> Pair:
    """User 1 of both marketplaces; bolt's buys and rates, acme's only registers.

    Both have a prediction, acme's without a likely day.
    """
    pair = warehouse.add_pair()
    warehouse.load(
        pair.bolt,
        marketplace_file("users", user("1", "2026-03-01 12:00+00")),
        marketplace_file(
            "orders",
            order(
                "X",
                "1",
                "2026-03-02 12:00+00",
                total=25000,
                completed_at="2026-03-03 12:00+00",
                status="completado",
                service="limpieza",
            ),
            # Given back whole: neither bought nor in a line of life as a purchase.
            order(
                "Y",
                "2",
                "2026-03-03 12:00+00",
                total=9000,
                status="cancelado",
                service="jardín",
            ),
        ),
        marketplace_file("ratings", rating("X", "4.5", "2026-03-04 12:00+00")),
        marketplace_file(
            "carts",
            cart("A", "1", "2026-03-02 11:00+00", order_id="X"),
            cart("B", "1", "2026-03-05 12:00+00"),
            # Idle since the evening of the as-of date: not abandoned yet.
            cart("C", "1", "2026-03-31 20:00+00"),
        ),
    )
    warehouse.load(
        pair.acme, marketplace_file("users", user("1", "2026-01-01 12:00+00"))
    )
    warehouse.execute(PREDICTION, [pair.acme, None, None])
    warehouse.execute(PREDICTION, [pair.bolt, "2026-05-20", "2026-04-08"])
    as_of = dict.fromkeys((pair.acme, pair.bolt), AS_OF)
    warehouse.build(pair.acme, pair.bolt, as_of=as_of)
    return pair


def timeline(warehouse: Warehouse, company: str) -> list[tuple[Any, ...]]:
    query = """
        select event_label_es, event_date::text, amount, score
        from reporting.customer_timelines
        where company_id = %s and customer_id = 'marketplace/1' order by event_at
    """
    return [tuple(row.values()) for row in warehouse.rows(query, [company])]


def test_a_customer_has_a_line_of_life(warehouse: Warehouse, companies: Pair) -> None:
    assert timeline(warehouse, companies.bolt) == [
        ("Se registró", "2026-03-01", None, None),
        ("Hizo un pedido", "2026-03-02", 25000, None),
        ("Recibió su pedido", "2026-03-03", None, None),
        ("Dejó una valoración", "2026-03-04", None, 4.5),
        # A day after it was last touched.
        ("Abandonó un carrito", "2026-03-06", 25000, None),
        ("Próximo pedido previsto", "2026-05-20", 24000, None),
    ]
    assert timeline(warehouse, companies.acme) == [
        ("Se registró", "2026-01-01", None, None)
    ]


def test_only_what_is_expected_has_an_interval(
    warehouse: Warehouse, companies: Pair
) -> None:
    query = """
        select event_id, event_at, event_date_lower::text, event_date_upper
        from reporting.customer_timelines
        where company_id = %s
            and (event_date_lower is not null or event_type = 'order_expected')
    """

    (expected,) = warehouse.rows(query, [companies.bolt])

    # The other end lies beyond a year.
    assert tuple(expected.values()) == (
        *("order_expected/fit", None, "2026-04-08", None),
    )


def test_what_a_customer_bought_is_told_line_by_line(
    warehouse: Warehouse, companies: Pair
) -> None:
    query = """
        select customer_id, order_id, order_date::text, product_name, quantity,
            net_amount, currency_code
        from reporting.customer_purchases where company_id = %s
    """

    (line,) = warehouse.rows(query, [companies.bolt])

    assert line["customer_id"] == "marketplace/1"
    assert (line["order_date"], line["product_name"]) == ("2026-03-02", "limpieza")
    # How many a service is does nobody tell.
    assert (line["quantity"], line["net_amount"]) == (None, 25000)
    assert warehouse.rows(query, [companies.acme]) == []


CONNECTION = """
    insert into ops.connections (company_id, connection_id, source_slug, settings,
        state, last_read_at, checked_at, last_error)
    values (%s, %s, %s, '{}', %s, now() - %s * interval '1 hour',
        '2026-03-01 10:00+00', %s)
"""


@pytest.fixture(scope="module")
def connected(warehouse: Warehouse, companies: Pair) -> Pair:
    """Acme's connections in every condition; bolt has a run that failed."""
    acme = companies.acme
    for name, state, hours, error in (
        ("ok", "healthy", 2, None),
        ("limited", "limited", 2, None),
        ("late", "healthy", 30, None),
        ("stale", "healthy", 60, None),
        ("waiting", "untested", None, None),
        ("failing", "failing", 2, "the token has expired"),
    ):
        values = [acme, name, "shopify", state, hours, error]
        warehouse.execute(CONNECTION, values)
    warehouse.execute(
        """insert into ops.quarantined_records
            (company_id, source, stream, record_hash, reason)
        values (%s, 'shopify', 'orders', '1', 'bad')""",
        [acme],
    )
    warehouse.execute(
        """insert into ops.runs values (%s, 'r', '2026-03-31', '', 'failed',
            'no space left', '2026-03-31 02:00+00', '2026-03-31 02:05+00')""",
        [companies.bolt],
    )
    warehouse.execute(
        """insert into predictions.model_fits values (%s, 'fit', '2026-03-31',
            '2026-03-30', 'bg_nbd', '1', 'published', null, '', 45000, 0, 0, '{}',
            '2026-03-31 02:04+00')""",
        [companies.bolt],
    )
    return companies


def test_a_light_says_how_a_connection_fares(
    warehouse: Warehouse, connected: Pair
) -> None:
    query = """
        select connection_id, status_id, light, quarantined_record_count
        from reporting.connector_health where company_id = %s
    """
    found = {
        row["connection_id"]: (row["status_id"], row["light"])
        for row in warehouse.rows(query, [connected.acme])
    }

    assert found == {
        "ok": ("ok", "green"),
        "limited": ("limited", "yellow"),
        "late": ("late", "yellow"),
        "stale": ("stale", "red"),
        "waiting": ("waiting", "yellow"),
        "failing": ("failing", "red"),
    }
    told = """
        select distinct error_es from reporting.connector_health
        where company_id = %s and error_es is not null
    """
    assert [row["error_es"] for row in warehouse.rows(told, [connected.acme])] == [
        "La fuente no da acceso: falta un permiso o el acceso caducó. Hay que darlo o "
        "volver a conectarla. Detalle técnico (en inglés): the token has expired"
    ]
    counts = {
        r["quarantined_record_count"] for r in warehouse.rows(query, [connected.acme])
    }
    assert counts == {1}


def test_the_log_speaks_in_sentences(warehouse: Warehouse, connected: Pair) -> None:
    query = """
        select sentence_es, sentence_en from reporting.activity_log
        where company_id = %s order by happened_at
    """

    def said(company: str) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in warehouse.rows(query, [company])]

    assert said(connected.bolt) == [
        (
            "45.000 clientes valorados con datos hasta el 2026-03-31",
            "45,000 customers valued with data up to 2026-03-31",
        ),
        (
            "La actualización con datos hasta el 2026-03-31 falló. "
            "Detalle técnico (en inglés): no space left",
            "Update with data up to 2026-03-31 failed: no space left",
        ),
    ]
    assert said(connected.acme) == [
        (
            "La conexión con shopify falla. "
            "Detalle técnico (en inglés): the token has expired",
            "The connection to shopify fails: the token has expired",
        )
    ]


def test_a_reader_sees_the_platform_s_records_of_its_company_only(
    warehouse: Warehouse, connected: Pair
) -> None:
    acme, bolt = map(warehouse.add_reader, (connected.acme, connected.bolt))
    health = "select distinct company_id from reporting.connector_health"
    log = "select distinct company_id from reporting.activity_log"

    def seen(query: str, role: str) -> list[str]:
        return [row["company_id"] for row in warehouse.rows(query, role=role)]

    assert seen(health, acme) == seen(log, acme) == [connected.acme]
    assert (seen(health, bolt), seen(log, bolt)) == ([], [connected.bolt])


@pytest.mark.parametrize(
    "query",
    [
        "select * from ops.connections",
        "select encrypted_secrets from ops.connections",
        "select record from ops.quarantined_records",
    ],
)
def test_a_reader_sees_no_secret_and_no_rejected_record(
    warehouse: Warehouse, query: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        warehouse.rows(query, role="bi_reader")
