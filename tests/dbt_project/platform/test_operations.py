"""Runs, reads, delays and the quarantine, told by hand-made rows of two companies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.dbt_project.warehouse import Pair, Warehouse

NOW = datetime.now(UTC).replace(microsecond=0)
RUN = """
    insert into ops.runs values (%s, %s, '2026-01-31', '', %s, %s, %s, %s, %s)
"""
READ = """
    insert into ops.connection_reads (company_id, connection_id, source_slug, run_id,
        outcome, row_count, quarantined_count, byte_count, error, started_at,
        finished_at)
    values (%s, 'shop', %s, 'r', %s, %s, %s, %s, %s, %s, %s)
"""
MEASUREMENT = (
    "insert into ops.freshness_measurements values (%s, %s, %s, %s, 1, %s, %s)"
)
LATENCY = (
    "insert into ops.event_latencies values (%s, 'shopify', %s, %s, %s, %s, now())"
)
CONNECTION = """
    insert into ops.connections (company_id, connection_id, source_slug, settings)
    values (%s, %s, %s, '{}')
"""
RHYTHM = """
    update ops.companies set is_read_hourly = %s, is_read_tactically = %s
    where company_id = %s
"""
QUARANTINED = """
    insert into ops.quarantined_records (company_id, source, stream, record_hash,
        reason, review)
    values (%s, 'shopify', 'orders', %s, %s, %s)
"""


def tuples(
    warehouse: Warehouse, query: str, company_id: str
) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in warehouse.rows(query, [company_id])]


def run(
    warehouse: Warehouse,
    company_id: str,
    at: str,
    status: str,
    *,
    minutes: int = 10,
    job: str = "refresh_company",
) -> None:
    start = datetime.fromisoformat(f"{at}+00:00")
    end = start + timedelta(minutes=minutes)
    reason = "A gate." if status == "failed" else None
    warehouse.execute(RUN, [company_id, f"{job} {at}", status, reason, start, end, job])


def measure(
    warehouse: Warehouse,
    company_id: str,
    source: str,
    read_at: datetime,
    until: datetime | None = None,
) -> None:
    """A read that was readable at once; complete until then, unless told otherwise."""
    values = [company_id, source, read_at, until or read_at, read_at, read_at]
    warehouse.execute(MEASUREMENT, values)


def test_a_run_has_its_length_outcome_and_reason(
    warehouse: Warehouse, pair: Pair
) -> None:
    run(warehouse, pair.acme, "2026-01-31T02:00", "succeeded", minutes=3)
    run(warehouse, pair.acme, "2026-02-01T02:00", "failed")
    run(warehouse, pair.bolt, "2026-02-01T02:00", "succeeded")

    query = """
        select outcome, reason, duration_seconds::int from reporting.run_history
        where company_id = %s order by started_at
    """
    assert tuples(warehouse, query, pair.acme) == [
        ("succeeded", None, 180),
        ("failed", "A gate.", 600),
    ]


def test_reliability_counts_outages_from_the_first_failure_to_the_repair(
    warehouse: Warehouse, pair: Pair
) -> None:
    # Acme fails at 02:10 and 04:10 of the 10th and works again at 08:10: six hours.
    # It fails at 02:10 of the 20th and works at 04:10: two hours.
    for at, status in (
        ("2026-01-01T00:00", "succeeded"),
        ("2026-01-10T02:00", "failed"),
        ("2026-01-10T04:00", "failed"),
        ("2026-01-10T08:00", "succeeded"),
        ("2026-01-20T02:00", "failed"),
        ("2026-01-20T04:00", "succeeded"),
    ):
        run(warehouse, pair.acme, at, status)
    # Who stops a run is neither an outage nor its end.
    run(warehouse, pair.acme, "2026-01-10T05:00", "stopped")
    # Bolt's only run failed, and nobody repaired it.
    run(warehouse, pair.bolt, "2026-01-16T12:00", "failed")

    query = """
        select run_count, failed_run_count, failure_rate, outage_count,
            mean_time_to_repair_hours, uptime_share
        from reporting.pipeline_reliability
        where company_id = %s and period_type = 'month'
            and period_start_date = '2026-01-01'
    """
    ((count, failed, rate, outages, repair, uptime),) = tuples(
        warehouse, query, pair.acme
    )
    assert (count, failed, rate, outages, repair) == (6, 3, 0.5, 2, 4.0)
    assert uptime == pytest.approx(1 - 8 / (31 * 24))
    ((count, failed, rate, outages, repair, uptime),) = tuples(
        warehouse, query, pair.bolt
    )
    assert (count, failed, rate, outages, repair) == (1, 1, 1.0, 1, None)
    # Ten minutes of 15.5 days passed before it failed.
    assert uptime == pytest.approx(10 / (15.5 * 24 * 60))
    nothing_since = """
        select run_count, failure_rate, uptime_share
        from reporting.pipeline_reliability
        where company_id = %s and period_type = 'last_30_days'
    """
    assert tuples(warehouse, nothing_since, pair.acme) == [(0, None, 1.0)]
    assert tuples(warehouse, nothing_since, pair.bolt) == [(0, None, 0.0)]


def test_what_is_read_at_noon_does_not_end_the_outage_of_the_night(
    warehouse: Warehouse, pair: Pair
) -> None:
    # The night of the 10th fails and the next one works: a day, of which the hourly
    # job is broken too for an hour at noon. On the 20th it is broken alone, for two.
    hourly = "refresh_operations"
    for at, status, job in (
        ("2026-01-01T00:00", "succeeded", "refresh_company"),
        ("2026-01-10T02:00", "failed", "refresh_company"),
        ("2026-01-10T03:00", "succeeded", hourly),
        ("2026-01-10T12:00", "failed", hourly),
        ("2026-01-10T13:00", "succeeded", hourly),
        ("2026-01-11T02:00", "succeeded", "refresh_company"),
        ("2026-01-20T12:00", "failed", hourly),
        ("2026-01-20T14:00", "succeeded", hourly),
    ):
        run(warehouse, pair.acme, at, status, job=job)
    # Bolt's hourly run is mended by the night, which reads the same and more.
    run(warehouse, pair.bolt, "2026-01-10T12:00", "failed", job=hourly)
    run(warehouse, pair.bolt, "2026-01-11T12:00", "succeeded")

    query = """
        select run_count, failed_run_count, outage_count, mean_time_to_repair_hours,
            uptime_share
        from reporting.pipeline_reliability
        where company_id = %s and period_type = 'month'
            and period_start_date = '2026-01-01'
    """
    ((*counts, uptime),) = tuples(warehouse, query, pair.acme)
    assert counts == [8, 3, 2, 13.0]
    assert uptime == pytest.approx(1 - 26 / (31 * 24))
    ((*counts, _),) = tuples(warehouse, query, pair.bolt)
    assert counts == [2, 1, 1, 24.0]


def test_volume_is_summed_by_hour_and_day_with_the_fastest_read(
    warehouse: Warehouse, pair: Pair
) -> None:
    for company, start, seconds, rows in (
        (pair.acme, "2026-01-31T10:00:00+00:00", 10, 100),
        (pair.acme, "2026-01-31T10:30:00+00:00", 10, 50),
        (pair.acme, "2026-01-31T23:59:55+00:00", 10, 7),
        (pair.bolt, "2026-01-31T10:00:00+00:00", 1, 9),
    ):
        begun = datetime.fromisoformat(start)
        ended = begun + timedelta(seconds=seconds)
        told = ["succeeded", rows, 1, rows * 2, None, begun, ended]
        warehouse.execute(READ, [company, "shopify", *told])

    query = """
        select period_type, to_char(period_started_at at time zone 'UTC', 'DD HH24'),
            read_count, row_count::int, quarantined_count::int, byte_count::int,
            peak_rows_per_second
        from reporting.ingest_volume
        where company_id = %s order by 1, period_started_at
    """
    assert tuples(warehouse, query, pair.acme) == [
        ("day", "31 00", 2, 150, 2, 300, 10.0),
        # It ended after midnight.
        ("day", "01 00", 1, 7, 1, 14, 0.7),
        ("hour", "31 10", 2, 150, 2, 300, 10.0),
        ("hour", "01 00", 1, 7, 1, 14, 0.7),
    ]


def test_latencies_are_percentiles_of_events_and_not_of_refreshes(
    warehouse: Warehouse, pair: Pair
) -> None:
    # 100 events: 60 were readable in 4 minutes, 34 in 20, 5 in 70 and one in 300.
    for company in (pair.acme, pair.bolt):
        measure(warehouse, company, "shopify", NOW)
    for landed, readable, count in ((1, 4, 60), (1, 20, 34), (60, 70, 5), (60, 300, 1)):
        warehouse.execute(LATENCY, [pair.acme, NOW, landed, readable, count])
    warehouse.execute(LATENCY, [pair.bolt, NOW, 9, 9, 1])

    query = """
        select service_level, stage_id, event_count::int, median_minutes, p95_minutes,
            max_minutes, share_within_target
        from reporting.event_latency
        where company_id = %s and service_level <> 'financial' order by 1 desc, 2
    """
    assert tuples(warehouse, query, pair.acme) == [
        ("tactical", "landed", 100, 1, 60, 60, 0.94),
        ("tactical", "readable", 100, 4, 70, 300, 0.60),
        ("operational", "landed", 100, 1, 60, 60, 1.0),
        ("operational", "readable", 100, 4, 70, 300, 0.94),
    ]


def test_a_service_level_is_met_while_nothing_older_than_its_target_is_missing(
    warehouse: Warehouse, pair: Pair
) -> None:
    for company in (pair.acme, pair.bolt):
        warehouse.execute(CONNECTION, [company, "shop", "shopify"])
        warehouse.execute(RHYTHM, [True, True, company])
    warehouse.execute(CONNECTION, [pair.acme, "meta", "meta_ads"])
    # Acme: orders read 4 hours ago, readable at once, and 30 minutes ago.
    now = datetime.now(UTC)
    earlier, later = now - timedelta(hours=4), now - timedelta(minutes=30)
    for at in (earlier, later):
        measure(warehouse, pair.acme, "shopify", at)
    # Its ads were read an hour ago, and their day is over in two.
    read, ends = now - timedelta(hours=1), now + timedelta(hours=2)
    measure(warehouse, pair.acme, "meta_ads", read, ends)

    query = """
        select service_level, source_slug, data_as_of, target_minutes, is_met,
            age_minutes::float8, met_share_30d
        from reporting.service_levels where company_id = %s order by target_minutes
    """
    found = tuples(warehouse, query, pair.acme)
    assert [row[:5] for row in found] == [
        ("tactical", "shopify", later, 5, False),
        # As of the ads, which were asked before; the orders are furthest behind.
        ("operational", "shopify", read, 60, True),
        ("financial", "shopify", read, 1440, True),
    ]
    # Minutes pass while the test runs.
    assert [row[5] for row in found] == pytest.approx([30] * 3, abs=5)
    # Met for 5 minutes after each read, 10 of 240; for an hour after the first and the
    # 30 minutes since, 90 of 240; all the time.
    shares = [10 / 240, 90 / 240, 1]
    assert [row[6] for row in found] == pytest.approx(shares, abs=0.02)
    # Nobody has ever read bolt's shop.
    assert tuples(warehouse, query, pair.bolt) == [
        (level, "shopify", None, minutes, False, None, None)
        for level, minutes in (
            ("tactical", 5),
            ("operational", 60),
            ("financial", 1440),
        )
    ]


def test_a_company_is_promised_what_it_is_read_for(
    warehouse: Warehouse, pair: Pair
) -> None:
    for company in (pair.acme, pair.bolt):
        warehouse.execute(CONNECTION, [company, "shop", "shopify"])
        measure(warehouse, company, "shopify", NOW - timedelta(hours=4))
    warehouse.execute(RHYTHM, [False, False, pair.bolt])

    query = """
        select service_level, is_met from reporting.service_levels
        where company_id = %s order by target_minutes
    """
    # As a company is added: hourly, and not every five minutes.
    assert tuples(warehouse, query, pair.acme) == [
        ("operational", False),
        ("financial", True),
    ]
    assert tuples(warehouse, query, pair.bolt) == [("financial", True)]


def test_the_quarantine_is_counted_by_reason_and_decision(
    warehouse: Warehouse, pair: Pair
) -> None:
    for company, id_, reason, review in (
        (pair.acme, "1", "property 'total' is not a number", None),
        (pair.acme, "2", "property 'total' is not a number", None),
        (pair.acme, "3", "property 'total' is not a number", "dropped"),
        (pair.bolt, "1", "property 'total' is not a number", "retried"),
        (pair.bolt, "2", "tip: the amount cannot be read", "dropped"),
        (pair.bolt, "3", "what nobody has words for", None),
    ):
        warehouse.execute(QUARANTINED, [company, id_, reason, review])

    query = """
        select stream_name, review, record_count, reason_es
        from reporting.quarantine_totals where company_id = %s order by review
    """
    assert tuples(warehouse, query, pair.acme) == [
        ("orders", "dropped", 1, "total no es un número"),
        ("orders", "waiting", 2, "total no es un número"),
    ]
    assert tuples(warehouse, query, pair.bolt) == [
        ("orders", "dropped", 1, "tip: el importe no se puede leer"),
        ("orders", "retried", 1, "total no es un número"),
        # No reason is lost for want of words.
        ("orders", "waiting", 1, "what nobody has words for"),
    ]


def test_reads_and_decisions_are_told_in_sentences(
    warehouse: Warehouse, pair: Pair
) -> None:
    told = [
        ("succeeded", 45_000, 2, None),
        ("succeeded", 0, 0, None),
        ("failed", None, None, "access denied."),
        ("interrupted", None, None, None),
    ]
    for outcome, rows, bad, error in told:
        values = [pair.acme, "shopify", outcome, rows, bad, None, error, NOW, NOW]
        warehouse.execute(READ, values)
    run(warehouse, pair.acme, "2026-02-01T02:00", "stopped")
    warehouse.execute(
        """insert into ops.quarantine_reviews
            (company_id, review, source_slug, record_count, reviewed_by, note)
        values (%s, 'dropped', 'shopify', 2, 'ana', 'test orders')""",
        [pair.acme],
    )

    query = """
        select sentence_es, sentence_en from reporting.activity_log
        where company_id = %s order by sentence_en
    """
    assert tuples(warehouse, query, pair.acme) == [
        (
            "Se descartaron 2 filas en cuarentena de shopify: test orders",
            "2 rows of shopify in quarantine were dropped: test orders",
        ),
        (
            "2 filas de shopify quedaron en cuarentena",
            "2 rows of shopify were put in quarantine",
        ),
        ("Se leyeron 45.000 filas de shopify", "Read 45,000 rows of shopify"),
        (
            "La lectura de shopify falló. Detalle técnico (en inglés): access denied.",
            "Reading shopify failed: access denied.",
        ),
        ("La lectura de shopify se interrumpió", "Reading shopify was interrupted"),
        (
            "La actualización con datos hasta el 2026-01-31 se detuvo antes de "
            "terminar",
            "Update with data up to 2026-01-31 was stopped before its end",
        ),
    ]
    assert tuples(warehouse, query, pair.bolt) == []


def test_new_curves_are_told_and_those_that_were_never_fitted_are_not(
    warehouse: Warehouse, pair: Pair
) -> None:
    for fit, unit, status in (
        ("mix", "revenue", "published"),
        ("value", "value_12m", "published"),
        ("none", "revenue", "not_fitted"),
        ("no", "revenue", "blocked"),
    ):
        warehouse.execute(
            """insert into predictions.media_mix_fits values (%s, %s, %s,
                '2026-01-31', '2026-01-31', '1', %s, 'Why.', '', 400, 'EUR', '{}',
                now(), 'Por eso.')""",
            [pair.acme, fit, unit, status],
        )

    query = """
        select sentence_es from reporting.activity_log
        where company_id = %s order by 1
    """
    assert tuples(warehouse, query, pair.acme) == [
        ("Curvas de los canales actualizadas con datos hasta el 2026-01-31",),
        ("Curvas de los canales hasta el 2026-01-31 no publicadas: Por eso.",),
    ]
    assert tuples(warehouse, query, pair.bolt) == []


def test_why_predictions_were_not_published_is_told_in_each_language(
    warehouse: Warehouse, pair: Pair
) -> None:
    for company, told in ((pair.acme, "Faltan pedidos."), (pair.bolt, None)):
        warehouse.execute(
            """insert into predictions.model_fits values (%s, 'fit', '2026-01-31',
                '2026-01-31', 'none', '2', 'blocked', 'Orders are missing.', '', 3, 1,
                0, '{}', now(), %s)""",
            [company, told],
        )

    query = """
        select sentence_es, sentence_en from reporting.activity_log
        where company_id = %s
    """
    english = "Predictions up to 2026-01-31 not published: Orders are missing."
    assert tuples(warehouse, query, pair.acme) == [
        ("Predicciones hasta el 2026-01-31 no publicadas: Faltan pedidos.", english)
    ]
    # From before gates spoke Spanish.
    assert tuples(warehouse, query, pair.bolt) == [
        ("Predicciones hasta el 2026-01-31 no publicadas: Orders are missing.", english)
    ]
