"""The views of the KPI pages and of single customers, filled by hand."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
from psycopg import sql

__all__ = ["NAMES", "TABLES", "fill_kpis"]

# Separated by semicolons: what follows a function's body must not hold one.
TABLES = """
create table reporting.kpi_months (
    company_id text, month_start_date date, through_date date, is_complete boolean,
    new_user_count integer, onboarded_user_count integer,
    rut_verified_user_count integer, new_customer_count integer,
    cart_count integer, abandoned_cart_count integer, purchase_count integer,
    net_revenue numeric(18, 2), order_count integer, cancelled_order_count integer,
    cycle_count integer, rating_count integer, rating_average double precision,
    customer_count integer, repeat_customer_count integer,
    historic_value_per_customer numeric(18, 2), monthly_active_user_count integer,
    onboarding_rate double precision generated always as (
        onboarded_user_count::float8 / nullif(new_user_count, 0)
    ) stored,
    rut_validation_rate double precision generated always as (
        rut_verified_user_count::float8 / nullif(new_user_count, 0)
    ) stored,
    cart_abandonment_rate double precision generated always as (
        abandoned_cart_count::float8 / nullif(cart_count, 0)
    ) stored,
    average_order_value numeric(18, 2) generated always as (
        net_revenue / nullif(purchase_count, 0)
    ) stored,
    cancellation_rate double precision generated always as (
        cancelled_order_count::float8 / nullif(order_count, 0)
    ) stored,
    repurchase_rate double precision generated always as (
        repeat_customer_count::float8 / nullif(customer_count, 0)
    ) stored
);
create function reporting.get_acquisition_kpis(text, date, date) returns table (
    new_user_count integer, onboarding_rate float8, rut_validation_rate float8,
    new_customer_count integer
) language sql stable as $$
    select
        sum(new_user_count)::integer,
        sum(onboarded_user_count)::float8 / nullif(sum(new_user_count), 0),
        sum(rut_verified_user_count)::float8 / nullif(sum(new_user_count), 0),
        sum(new_customer_count)::integer
    from reporting.kpi_months
    where company_id = $1 and month_start_date between $2 and $3
$$;
create function reporting.get_engagement_kpis(text, date, date) returns table (
    cart_abandonment_rate float8, average_order_value numeric,
    purchase_frequency float8, purchase_count integer
) language sql stable as $$
    select
        sum(abandoned_cart_count)::float8 / nullif(sum(cart_count), 0),
        sum(net_revenue) / nullif(sum(purchase_count), 0), 1.75::float8,
        sum(purchase_count)::integer
    from reporting.kpi_months
    where company_id = $1 and month_start_date between $2 and $3
$$;
create function reporting.get_operations_kpis(text, date, date) returns table (
    order_count integer, cancelled_order_count integer, cancellation_rate float8,
    completed_order_count integer, cycle_hours_average float8,
    cycle_hours_median float8, cycle_hours_p90 float8, rating_count integer,
    rating_average float8, rating_median float8, rating_response_rate float8
) language sql stable as $$
    select
        sum(order_count)::integer, sum(cancelled_order_count)::integer,
        sum(cancelled_order_count)::float8 / nullif(sum(order_count), 0),
        sum(cycle_count)::integer, 48::float8, 36::float8, 90::float8,
        sum(rating_count)::integer, avg(rating_average), 5::float8, 0.5::float8
    from reporting.kpi_months
    where company_id = $1 and month_start_date between $2 and $3
$$;
create table reporting.acquisition_channels (
    company_id text, calendar_date date, channel_label_es text, new_user_count integer
);
create table reporting.registration_regions (
    company_id text, calendar_date date, region_code text, region_name text,
    new_user_count integer, north_rank integer
);
create table reporting.service_sales (
    company_id text, calendar_date date, product_name text, purchase_count integer,
    cart_count integer, converted_cart_count integer
);
create table reporting.payment_methods (
    company_id text, calendar_date date, payment_method text, purchase_count integer
);
create table reporting.order_comunas (
    company_id text, calendar_date date, comuna_code text, comuna_name text,
    region_code text, order_count integer, region_name text, north_rank integer
);
create table reporting.order_hours (
    company_id text, calendar_date date, hour_of_day integer, order_count integer
);
create table reporting.cohort_retention (
    company_id text, cohort_month_start_date date, month_number integer,
    cohort_size integer, retention_rate double precision
);
create table reporting.cohort_returns_by_month (
    company_id text, cohort_month_start_date date, month_number integer,
    cohort_size integer, acquisition_cost numeric, revenue_per_customer numeric,
    contribution_per_customer numeric, payback_months integer
);
create table reporting.purchase_gaps_by_number (
    company_id text, purchase_number integer, gap_customer_count integer,
    gap_returned_count integer, gap_quarter_days double precision,
    gap_median_days double precision, gap_three_quarter_days double precision
);
create table reporting.rfm_segments (
    company_id text, as_of_date date, place integer, segment_label_es text,
    customer_count integer, customer_share double precision, monetary numeric(18, 2),
    refused_count integer, unknown_consent_count integer, step_es text
);
create table reporting.rfm_customers (
    company_id text, as_of_date date, customer_id text, segment_label_es text,
    last_order_date date, recency_days integer, frequency integer,
    monetary numeric(18, 2), has_marketing_consent boolean
);
create table reporting.customer_value_segments (
    company_id text, customer_id text, segment_id text, segment_label_es text,
    risk_band text, predicted_value_12m numeric(18, 2), historic_value numeric(18, 2),
    probability_no_purchase_90d double precision, days_since_last_order integer,
    historic_percentile double precision, predicted_percentile double precision
);
create table reporting.customer_value_segment_totals (
    company_id text, segment_label_es text, customer_count integer,
    historic_value numeric(18, 2), predicted_value_12m numeric(18, 2),
    value_at_risk numeric(18, 2), probability_no_purchase_90d double precision,
    step_es text
);
create table reporting.customer_timelines (
    company_id text, customer_id text, event_at timestamptz, event_date date,
    event_label_es text, amount numeric(18, 2), score numeric(3, 1), order_id text
);
create table reporting.customer_purchases (
    company_id text, customer_id text, order_date date, product_name text,
    quantity numeric(24, 6), net_amount numeric(18, 2), currency_code text,
    order_id text
)
"""
NAMES = (
    *("kpi_months", "acquisition_channels", "registration_regions"),
    *("service_sales", "payment_methods", "order_comunas", "order_hours"),
    *("cohort_retention", "cohort_returns_by_month", "purchase_gaps_by_number"),
    *("rfm_segments", "rfm_customers"),
    *("customer_value_segments", "customer_value_segment_totals"),
    *("customer_timelines", "customer_purchases"),
)
_AUGUST, _SEPTEMBER, _LAST = "1997-08-01", "1997-09-01", "1997-09-30"
_LONG_AGO = "1996-01-15"


def fill_kpis(connection: psycopg.Connection, company_id: str, *, told: bool) -> None:
    """Insert a company's months and customers.

    `told` is a marketplace that says all; otherwise a log of purchases, which knows
    neither users nor carts, regions, hours or ratings.
    """

    def insert(table: str, *values: object) -> None:
        row = (company_id, *values)
        query = sql.SQL("insert into reporting.{} values ({})").format(
            sql.Identifier(table), sql.SQL(", ").join(sql.Placeholder() * len(row))
        )
        connection.execute(query, row)

    insert("kpi_months", *_month("1996-08-01", "1996-08-31", told=told))
    insert("kpi_months", *_month(_AUGUST, "1997-08-31", told=told))
    insert("kpi_months", *_month(_SEPTEMBER, _LAST, told=told))
    insert("payment_methods", _LAST, "mercado_pago" if told else "unknown", 3)
    insert("rfm_segments", _LAST, 1, "Campeones", 1002, 1, 999.5, 1000, 1, "Gracias.")
    insert("rfm_segments", _LAST, 8, "En riesgo", 0, 0, 0, 0, 0)
    for place, segment in enumerate(("Campeones", "En riesgo"), start=1):
        customer = f"{company_id}-{place}"
        amount, consent = 1000 / place, True if place == 1 else None
        row = (customer, segment, _LAST, 0, 3, amount, consent)
        insert("rfm_customers", _LAST, *row)
    refused = f"{company_id}-9"
    insert("rfm_customers", _LAST, refused, "Campeones", _LAST, 0, 3, 5000, False)
    for number, rate in enumerate((1, 0.5, 0.25)):
        insert("cohort_retention", _AUGUST, number, 4, rate)
    insert("cohort_retention", _SEPTEMBER, 0, 2, 1)
    insert("cohort_returns_by_month", _AUGUST, 0, 4, 25, 20, -15, 1)
    insert("cohort_returns_by_month", _AUGUST, 1, 4, 25, 55.5, 2.75, 1)
    insert("purchase_gaps_by_number", 2, 3, 0, None, None, None)
    insert("purchase_gaps_by_number", 1, 5, 3, 15, 20.5, 40)
    insert("customer_value_segment_totals", "En peligro", 2, 500, 80, 20, 0.9, "Llamar")
    insert(
        "customer_value_segments",
        "7",
        "potential_whale",
        "POTENCIAL BALLENA",
        "medium",
        90,
        900,
        0.65,
        61,
        0.9,
        0.1,
    )
    insert(
        "customer_value_segments",
        "8",
        "lost",
        "CLIENTE PERDIDO",
        "high",
        10,
        50,
        0.75,
        300,
        0.2,
        0.1,
    )
    insert(
        "customer_value_segments",
        "9",
        "standard",
        "RESTO",
        "low",
        70,
        9,
        0.1,
        3,
        0,
        0.99,
    )
    insert("customer_timelines", "7", f"{_LAST} 12:00+00", _LAST, "Pidió", 20, None)
    insert("customer_timelines", "7", None, "1997-10-20", "Pedirá", 25, None)
    insert("customer_timelines", "8", f"{_LAST} 12:00+00", _LAST, "Pidió", 99, None)
    insert("customer_purchases", "7", _LAST, "Tostadora", 2, 20, "EUR", "A1")
    insert("customer_purchases", "7", _AUGUST, "Té", 1.5, 9.75, "EUR", "A0")
    insert("customer_purchases", "8", _LAST, "Silla", 1, 99, "EUR", "A2")
    if told:
        _fill_what_only_a_marketplace_tells(insert)


def _fill_what_only_a_marketplace_tells(insert: Callable[..., None]) -> None:
    for day, count in ((_LAST, 6), (_LONG_AGO, 900)):
        insert("acquisition_channels", day, "WhatsApp", count)
        insert("acquisition_channels", day, "Directo", count * 2)
        insert("registration_regions", day, "16", "Ñuble", count, 10)
        insert("registration_regions", day, "01", "Tarapacá", 0, 2)
        insert("registration_regions", day, "unknown", "Desconocida", 1, None)
        insert("service_sales", day, "Pintura", count, 20, 5)
        insert("service_sales", day, "Mudanza", 2 * count, 10, 5)
        for place in range(22):
            comuna = (f"1310{place:02}", f"Comuna {place}", "13")
            insert("order_comunas", day, *comuna, 100 - place, "Metropolitana", 7)
        insert("order_comunas", day, "01101", "Iquique", "01", 3, "Tarapacá", 2)
        insert("order_comunas", day, None, "Desconocida", None, 1, None, None)
        for hour in (*range(24), None):
            insert("order_hours", day, hour, count if hour == 20 else 0)


def _month(first: str, last: str, *, told: bool) -> tuple[object, ...]:
    known = (10, 5, 8) if told else (0, 0, 0)
    carts = (20, 12) if told else (7, 0)
    rated = (4, 2, 4.5) if told else (0, 0, None)
    return (
        *(first, last, first != _SEPTEMBER, *known, 3, *carts, 7, 350),
        *(8, 1, *rated, 30, 12, 116.5, 25),
    )
