"""The views of the first page, filled by hand."""

from __future__ import annotations

import psycopg
from psycopg import sql

__all__ = ["NAMES", "TABLES", "fill_panel"]

TABLES = """
create table reporting.ltv_roas_totals (
    company_id text, as_of_date date, spend numeric(18, 2),
    new_customer_count integer, customer_acquisition_cost numeric(18, 2),
    value_per_customer numeric(18, 2), reported_roas numeric(18, 6),
    observed_roas numeric(18, 6), ltv_roas numeric(18, 6),
    ltv_roas_lower numeric(18, 6), ltv_roas_upper numeric(18, 6),
    value_to_cost_target numeric(8, 3), verdict_label_es text
);
create table reporting.incremental_returns (
    company_id text, as_of_date date, gross_margin_rate numeric(5, 4),
    ltv_roas_incremental double precision,
    ltv_roas_incremental_lower double precision,
    ltv_roas_incremental_upper double precision, verdict_label_es text,
    reason_es text, break_even_return numeric, break_even_margin_rate double precision,
    contribution_margin_rate numeric(18, 6), costs_es text
);
create table reporting.capital_at_risk (
    company_id text, as_of_date date, critical_customer_count integer,
    critical_threshold numeric(4, 3), inactivity_days integer,
    capital_at_risk numeric(18, 2), historic_spend_12m numeric(18, 2),
    compared_date date, capital_at_risk_change numeric(18, 2)
);
create table reporting.insight_feed (
    company_id text, kind_order integer, kind text, rule_id text, trace_id text,
    as_of_date date, sentence_es text
);
create table reporting.top_customers_at_risk (
    company_id text, risk_rank integer, customer_id text,
    predicted_value_12m numeric(18, 2), historic_value numeric(18, 2),
    probability_no_purchase_90d double precision, days_since_last_order integer,
    threshold_days integer, threshold_source text
);
create table reporting.exchange_rates (
    company_id text, rate_date date, currency_code text, exchange_rate numeric,
    inverse_exchange_rate numeric, published_date date
);
create table reporting.sales_by_month (
    company_id text, month_start_date date, order_count integer,
    gross_sales numeric(18, 2),
    discount_amount numeric(18, 2), returned_amount numeric(18, 2),
    net_sales numeric(18, 2), shipping_amount numeric(18, 2),
    tax_amount numeric(18, 2), duty_amount numeric(18, 2), fee_amount numeric(18, 2),
    total_sales numeric(18, 2), tip_amount numeric(18, 2),
    gift_card_amount numeric(18, 2), tax_basis text
);
create table reporting.performance_by_month (
    company_id text, month_start_date date, is_complete boolean, order_count integer,
    tax_basis text, revenue_tax_basis text, net_sales numeric(18, 2),
    average_order_value numeric(18, 2), visit_conversion_rate double precision,
    new_customer_revenue numeric(18, 2), returning_customer_revenue numeric(18, 2),
    spend numeric(18, 2), blended_return numeric(18, 6), observed_roas numeric(18, 6),
    gross_margin numeric(18, 2), variable_costs numeric(18, 2),
    contribution_after_ads numeric(18, 2), break_even_gross_margin numeric(18, 6),
    visit_count integer, visit_order_count integer, untold_visit_day_count integer,
    through_date date generated always as (
        (month_start_date + interval '1 month - 1 day')::date
    ) stored
);
create table reporting.performance_changes_by_month (
    company_id text, month_start_date date, metric_name text, place integer,
    figure numeric(24, 6),
    month_change double precision, year_change double precision,
    year_figure numeric(24, 6), month_target numeric(24, 6),
    target_change double precision
);
create table reporting.performance_changes_by_period (
    company_id text, period_kind text, period_start_date date, period_end_date date,
    place integer, metric_name text, figure numeric(24, 6),
    period_change double precision, year_change double precision, year_gap text
);
create table reporting.findings_by_month (
    company_id text, month_start_date date, place integer, sentence_es text,
    step_es text, receipt text
);
"""
NAMES = (
    "ltv_roas_totals",
    "incremental_returns",
    "capital_at_risk",
    "insight_feed",
    "top_customers_at_risk",
    "exchange_rates",
    "sales_by_month",
    "performance_by_month",
    "performance_changes_by_month",
    "performance_changes_by_period",
    "findings_by_month",
)


def fill_panel(connection: psycopg.Connection, company_id: str, *, told: bool) -> None:
    """One company's rows; with `told` false no platform claims, and nothing is lost."""

    def insert(table: str, *values: object) -> None:
        row = (company_id, *values)
        query = sql.SQL("insert into reporting.{} values ({})").format(
            sql.Identifier(table), sql.SQL(", ").join(sql.Placeholder() * len(row))
        )
        connection.execute(query, row)

    insert(
        "ltv_roas_totals",
        "1997-09-30",
        1000,
        20,
        50,
        210,
        2 if told else None,
        1.5,
        4.2,
        3.1,
        5.3,
        3,
        "Cubre lo que cuesta",
    )
    # The mix of the other company was blocked, and it told no margin.
    costs = (0.427, "Mercancía y envío") if told else (None, None)
    known = (0.5, 2.5, 1.6, 3.4, "Paga", None, 1 / 0.427, 0.4, *costs)
    blocked = (*[None] * 4, "No puede decirlo", "Se movió.", None, None, *costs)
    insert("incremental_returns", "1997-09-29", *(known if told else blocked))
    risk, change = (4250, 540) if told else (0, None)
    compared = "1997-09-23" if told else None
    insert(
        *("capital_at_risk", "1997-09-30", 12, 0.8, 60),
        *(risk, 9100, compared, change),
    )
    for place, kind, rule, trace in (
        (1, "opportunity", "move_budget", "0123456789abcdef" * 2),
        (2, "alert", "no_alert", None),
        (3, "success", "audience_gained", None),
    ):
        sentence = f"Frase de {company_id} sobre {kind}."
        insert("insight_feed", place, kind, rule, trace, "1997-09-30", sentence)
    for rank, (days, usual, source) in enumerate(
        [(90, 30, "own_rhythm"), (61, 60, "company_setting")], start=1
    ):
        insert(
            "top_customers_at_risk",
            *(rank, f"{company_id}-{rank}", 300 / rank, 500, 0.7, days, usual, source),
        )
    for day, rate, published in (
        ("1996-06-01", 0.5, "1996-06-01"),
        ("1996-12-01", 0.8, "1996-12-01"),
        ("1997-09-26", 1.6, "1997-09-26"),
        # Over the weekend that has not come yet.
        ("1997-09-28", 1.6, "1997-09-26"),
    ):
        insert("exchange_rates", day, "USD", rate, 1 / rate, published)
    insert("exchange_rates", "1997-09-26", "CLP", 0.001, 1000, "1997-09-25")
    for month, sold, gift_card, basis in (
        ("1997-08-01", 1000, 0, "not_told"),
        ("1997-09-01", 500, 50, "excluded"),
    ):
        net, tax = sold - 100 - 50, 0 if basis == "not_told" else sold // 10
        insert(
            "sales_by_month",
            *(month, 12, sold, -100, -50, net, 20, tax, 0, 0, net + 20 + tax, 0),
            *(gift_card, basis),
        )
    # The other company has a newer month: whoever read both would show that.
    newest = [] if told else [("1997-10-01", True, 77, 7, 70)]
    for month, is_over, net, spend, margin in (
        ("1997-08-01", True, 850, 100, 340),
        ("1997-09-01", False, 350, None, None),
        *newest,
    ):
        order_costs = 12.5 if spend else None
        left = margin - 12.5 - spend if margin and spend else None
        even = (12.5 + spend) / net if spend else None
        insert(
            "performance_by_month",
            *(month, is_over, net // 70, "not_told", "mixed" if told else "included"),
            *(net, net / 10, spend and 9 / 400, 300 if told else 9, net - 310, spend),
            *(spend and net / spend, spend and 300 / spend),
            *(margin, order_costs, left, even),
            *(spend and 400, spend and 9, spend and 3),
        )
    for month, place, name, *changes in (
        ("1997-07-01", 1, "net_sales", 90, 9, 9, 9, None, None),
        ("1997-08-01", 2, "spend", 100, None, 0.25, 80, None, None),
        ("1997-08-01", 3, "blended_return", 8.5, 0.1, None, None, 10, -0.15),
        ("1997-08-01", 1, "net_sales", 850.4, -0.13, 0.5, 566.67, 1000, -0.15),
        (
            *("1997-08-01", 11, "visit_conversion_rate"),
            *(0.0225, 0.125, None, None, 0.02, 0.125),
        ),
        *((month, 1, "net_sales", 70, 2, 2, 23, 7, 0) for month, *_ in newest),
    ):
        insert("performance_changes_by_month", month, name, place, *changes)
    later = [
        ("week", "1997-09-29", "1997-10-05", 1, "spend", 7, 0, 0, None),
        ("quarter", "1997-10-01", "1997-12-31", 1, "spend", 7, 0, 0, None),
    ]
    for row in (
        ("week", "1997-09-15", "1997-09-21", 1, "net_sales", 99, 9, 9, None),
        ("week", "1997-09-22", "1997-09-28", 2, "spend", 70, None, None, "nothing"),
        *(
            (*days, 1, "net_sales", 2150.4, 0.2, None, "not_complete")
            for days in (
                ("week", "1997-09-22", "1997-09-28"),
                ("quarter", "1997-07-01", "1997-09-30"),
            )
        ),
        ("quarter", "1997-07-01", "1997-09-30", 7, "blended_return", 8.5, 0, 1, None),
        *(later if newest else ()),
    ):
        insert("performance_changes_by_period", *row)
    for month, place in (("1997-08-01", 2), ("1997-08-01", 1), ("1997-07-01", 1)):
        sentence = f"Hallazgo {place} de {company_id} en {month}."
        words = (sentence, "Mire los pedidos.", "reporting.sales: net_sales")
        insert("findings_by_month", month, place, *words)
