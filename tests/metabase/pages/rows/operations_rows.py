"""The views of connections and runs, filled by hand."""

from __future__ import annotations

import psycopg
from psycopg import sql

__all__ = ["NAMES", "TABLES", "fill_operations"]

TABLES = """
create table reporting.connector_health (
    company_id text, connection_id text, source_slug text, light text,
    status_label_es text, hours_since_read numeric(18, 2),
    quarantined_record_count integer, error_es text
);
create table reporting.agency_clients (
    company_id text, client_name text, attention text, attention_rank integer,
    currency_code text, month_start_date date, net_sales numeric(18, 2),
    net_sales_change double precision, net_sales_year_change double precision,
    ltv_roas_incremental double precision,
    ltv_roas_incremental_lower double precision,
    ltv_roas_incremental_upper double precision,
    critical_customer_count integer, capital_at_risk numeric(18, 2),
    hours_since_read numeric(18, 2), open_alert_count integer
);
create table reporting.service_levels (
    company_id text, service_level_label_es text, target_minutes integer,
    source_slug text, age_minutes numeric(18, 2), is_met boolean,
    met_share_30d double precision
);
create table reporting.alert_rules (
    company_id text, severity_rank integer, severity_label_es text, watched_es text,
    comparison_label_es text, threshold double precision, unit_label_es text,
    is_enabled boolean
);
create table reporting.event_latency (
    company_id text, source_slug text, stage_id text, event_count bigint,
    median_minutes integer, p95_minutes integer, max_minutes integer
);
create table reporting.activity_log (
    company_id text, happened_at timestamptz, sentence_es text, source_slug text
);
create table reporting.run_history (
    company_id text, outcome text, reason text, started_at timestamptz,
    duration_seconds numeric(18, 2)
);
create table reporting.pipeline_reliability (
    company_id text, period_type text, period_start_date date, run_count integer,
    failed_run_count integer, failure_rate double precision,
    mean_time_to_repair_hours double precision, uptime_share double precision
);
create table reporting.ingest_volume (
    company_id text, source_slug text, period_type text,
    period_started_at timestamptz, row_count bigint
);
create table reporting.quarantine_totals (
    company_id text, source_slug text, stream_name text, reason text, reason_es text,
    review text,
    record_count integer
);
"""
NAMES = (
    "connector_health",
    "agency_clients",
    "service_levels",
    "alert_rules",
    "event_latency",
    "activity_log",
    "run_history",
    "pipeline_reliability",
    "ingest_volume",
    "quarantine_totals",
)
_NIGHT, _NOON = "1997-09-29 23:30+00", "1997-09-30 12:00+00"


def fill_operations(connection: psycopg.Connection, company_id: str) -> None:
    """Insert a company's rows: one connection that fails, one that is read."""

    def insert(table: str, *values: object) -> None:
        row = (company_id, *values)
        query = sql.SQL("insert into reporting.{} values ({})").format(
            sql.Identifier(table), sql.SQL(", ").join(sql.Placeholder() * len(row))
        )
        connection.execute(query, row)

    insert("connector_health", "shop", "shopify", "green", "Al día", 2, 0, None)
    insert(
        "connector_health",
        "ads",
        "meta_ads",
        "red",
        "No se puede leer",
        50,
        3,
        "Caducó.",
    )
    month = (1000.5, 0.1, None, 2.5, 1.5, 3.5, 9, 99.5, 3, 0)
    for place, attention in ((7, "none"), (1, "blocked")):
        client = f"{attention} client of {company_id}"
        insert("agency_clients", client, attention, place, "USD", "1997-09-01", *month)
    insert("service_levels", "Operativo (1 hora)", 60, "meta_ads", 3000, False, 0.5)
    insert("service_levels", "Táctico (5 minutos)", 5, "shopify", 3, True, 0.975)
    insert("alert_rules", 2, "Alta", "Un cálculo falló", None, None, None, True)
    insert("alert_rules", 1, "Crítica", "Churn", "más de", 10, "%", False)
    for _promise in ("tactical", "financial"):
        insert("event_latency", "shopify", "readable", 100, 4, 9, 30)
    insert("activity_log", _NIGHT, f"Se calculó {company_id}.", None)
    failed = "La lectura de meta_ads falló: no field meta_ads."
    insert("activity_log", _NOON, failed, "meta_ads")
    insert("run_history", "succeeded", None, _NIGHT, 90)
    insert("run_history", "failed", "Caducó.", _NOON, 30)
    insert("run_history", "stopped", "It was stopped.", "1997-09-29 12:00+00", 6)
    insert("pipeline_reliability", "month", "1997-09-01", 60, 3, 0.05, 1.5, 0.99)
    insert("pipeline_reliability", "last_30_days", "1997-08-31", 61, 3, 0.05, 1.5, 0.98)
    insert("ingest_volume", "shopify", "day", "1997-09-29 00:00+00", 250)
    insert("ingest_volume", "shopify", "hour", "1997-09-29 23:00+00", 9)
    insert("quarantine_totals", "files", "buys", "none", "sin fecha", "dropped", 9)
    insert("quarantine_totals", "files", "buys", "free", "sin importe", "waiting", 2)
