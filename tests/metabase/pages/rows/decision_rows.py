"""The views of what was decided and what moved, filled by hand."""

from __future__ import annotations

import psycopg
from psycopg import sql

__all__ = ["NAMES", "TABLES", "fill_decisions"]

TABLES = """
create table reporting.audience_uplift (
    company_id text, audience_id integer, name text, built_at timestamptz,
    first_exported_at timestamptz, contacted_count bigint, held_back_count bigint,
    contacted_buyer_count bigint, held_back_buyer_count bigint, coupon_code text,
    revenue_gained numeric(18, 2), revenue_gained_lower numeric(18, 2),
    revenue_gained_upper numeric(18, 2), result_label_es text
);
create table reporting.discount_break_evens (
    company_id text, discount_percent numeric(5, 2), return_rate double precision,
    needed_rate double precision, group_size bigint, result text, is_smallest boolean
);
create table reporting.coupon_requests (
    company_id text, request_id text, audience_name text, requested_at timestamptz,
    state_label_es text, refusal_es text, coupon_code text,
    coupon_percent numeric(5, 2), usage_limit integer, ends_at timestamptz
);
create table reporting.restatements (
    company_id text, restatement_id bigint, restated_date date, old_value numeric,
    new_value numeric, difference numeric, reasons_es text, noticed_at timestamptz,
    amount_label_es text, channel_label_es text
);
create table reporting.merged_customers (
    company_id text, customer_id text, person_customer_id text, since timestamptz
);
"""
NAMES = (
    *("audience_uplift", "coupon_requests", "restatements", "merged_customers"),
    "discount_break_evens",
)
_DAY, _LATER = "1997-08-01 12:00+00", "1997-09-01 12:00+00"


def fill_decisions(connection: psycopg.Connection, company_id: str) -> None:
    """Insert a company's rows: an audience that gained, one too small to tell."""

    def insert(table: str, *values: object) -> None:
        row = (company_id, *values)
        query = sql.SQL("insert into reporting.{} values ({})").format(
            sql.Identifier(table), sql.SQL(", ").join(sql.Placeholder() * len(row))
        )
        connection.execute(query, row)

    gained = (900, 100, 180, 15, "RESCATE1", 3_200, 400, 6_000, "Trajo ventas.")
    small = (9, 1, 2, 0, None, None, None, None, "Demasiado pequeña.")
    insert("audience_uplift", 1, "VIP de julio", _DAY, _DAY, *gained)
    insert("audience_uplift", 2, f"Otoño de {company_id}", _LATER, None, *small)
    insert("discount_break_evens", 5, 0.08, 0.0914, 6_100, "lost", False)
    insert("discount_break_evens", 10, 0.08, 0.1067, 1_471, "untested", True)
    insert("discount_break_evens", 15, 0.08, 0.128, 510, "untested", False)
    insert("discount_break_evens", 45, 0.08, None, None, "too_dear", False)
    made = ("En la tienda", None, "RESCATE1", 12.5, 900, "1997-08-15 12:00+00")
    refused = ("No se pudo", "20 % es más.", None, None, None, None)
    insert("coupon_requests", "a", "VIP de julio", _DAY, *made)
    insert("coupon_requests", "b", None, _LATER, *refused)
    day = "1997-07-04"
    insert("restatements", 1, day, 900, 850, -50, "Reembolso", _DAY, "Ingresos", None)
    insert("restatements", 2, day, 10, 12, 2, "Corregido", _LATER, "Gasto", "Meta Ads")
    insert("restatements", 3, day, 1, 2, 1, "Pedido tarde", _LATER, None, None)
    insert("merged_customers", "shopify/8", "shopify/7", _DAY)
