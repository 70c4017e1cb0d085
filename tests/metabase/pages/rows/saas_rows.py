"""The views of a subscription business, filled by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import psycopg
from psycopg import sql

from tests.metabase.pages.rows import account_rows

__all__ = ["NAMES", "TABLES", "fill_saas"]

COUNTS = (
    "start_account_count",
    "end_account_count",
    "base_account_count",
    "new_account_count",
    "reactivated_account_count",
    "churned_account_count",
    "joined_and_left_account_count",
    "voluntary_churned_account_count",
    "involuntary_churned_account_count",
    "failed_invoice_count",
    "recovered_invoice_count",
)
AMOUNTS = (
    "end_mrr",
    "new_mrr",
    "reactivation_mrr",
    "expansion_mrr",
    "contraction_mrr",
    "churned_mrr",
    "voluntary_churned_mrr",
    "involuntary_churned_mrr",
    "fx_mrr",
    "mrr_change",
    "average_mrr_per_account",
)
RATES = (
    "logo_churn_ratio",
    "logo_churn_ratio_lower",
    "logo_churn_ratio_upper",
    "net_revenue_retention_ratio",
    "gross_revenue_retention_ratio",
    "quick_ratio",
    "quarterly_logo_churn_ratio",
    "annual_logo_churn_ratio",
    "gross_mrr_churn_ratio",
    "net_mrr_churn_ratio",
)
TABLES = f"""
create table reporting.saas_by_month (
    company_id text, month_start_date date,
    {", ".join(f"{name} integer" for name in COUNTS)},
    {", ".join(f"{name} numeric(18, 2)" for name in AMOUNTS)},
    {", ".join(f"{name} double precision" for name in RATES)}
);
create table reporting.saas_movements_by_month (
    company_id text, month_start_date date, place integer, movement_label_es text,
    mrr_movement numeric(18, 2)
);
create table reporting.saas_definitions (
    company_id text, month_start_date date, place integer, metric_name text,
    tool_name text, meaning_es text, numerator numeric(18, 2),
    denominator numeric(18, 2), rate double precision
);
create table reporting.account_survival (
    company_id text, cohort_year integer, month_number integer,
    still_followed_count integer, account_survival_ratio double precision,
    account_survival_ratio_lower double precision,
    account_survival_ratio_upper double precision
);
create table reporting.subscriptions_left_out (
    company_id text, is_flaw boolean, left_out_label_es text,
    left_out_subscription_count integer
);
{account_rows.TABLES}
"""
NAMES = (
    *account_rows.NAMES,
    "saas_by_month",
    "saas_movements_by_month",
    "saas_definitions",
    "subscriptions_left_out",
    "account_survival",
)
MOVEMENTS = ("Nuevo", "Expansión", "Contracción", "Cancelación", "Tipo de cambio")


AGES = ((1, 60, 0.8), (2, 40, 0.7), (3, 20, 0.6))
GAPS = (("En prueba", False, 7), ("Sin precio", True, 1))
Values = Mapping[str, object]


def fill_saas(connection: psycopg.Connection, company_id: str, *, more: bool) -> None:
    """One company's rows; with `more` a newer month and other numbers."""
    months = ["1997-07-01", "1997-08-01", "1997-09-01", *(["1997-10-01"] * more)]
    times = 100 if more else 1
    account_rows.fill_accounts(connection, company_id, 3 if more else 1)
    for number, month in enumerate(months):
        rows = (_month(number, times), *_movements(number, times), *_rates(times))
        for table, values in rows:
            told = {"company_id": company_id, "month_start_date": month, **values}
            _insert(connection, table, told)
    for age, followed, stayed in AGES:
        survival = {
            "company_id": company_id,
            "cohort_year": 1996 + more,
            "month_number": age,
            "still_followed_count": followed,
            "account_survival_ratio": stayed,
            "account_survival_ratio_lower": stayed - 0.1,
            "account_survival_ratio_upper": stayed + 0.1,
        }
        _insert(connection, "account_survival", survival)
    for label, is_flaw, count in GAPS:
        gap = {"left_out_label_es": label, "is_flaw": is_flaw}
        told = {**gap, "left_out_subscription_count": count * times}
        told["company_id"] = company_id
        _insert(connection, "subscriptions_left_out", told)


def _insert(connection: psycopg.Connection, table: str, told: Values) -> None:
    connection.execute(
        sql.SQL("insert into reporting.{} ({}) values ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, told)),
            sql.SQL(", ").join(sql.Placeholder() * len(told)),
        ),
        list(told.values()),
    )


def _month(number: int, times: int) -> tuple[str, Values]:
    """A month; the first has neither a year before it nor a loss."""
    lost = int(number > 0)
    retained = (1.125, 0.9, 1.1) if lost else (None, None, None)
    failed, recovered = (4, 1) if number < 2 else (None, None)
    values = zip(
        (*COUNTS, *AMOUNTS, *RATES),
        (
            *(100, 101, 80, 2, 1, lost, 1, lost, 0, failed, recovered),
            *(10150 + number, 250, 100, 300, 200, 300, 300, 0, -5, 150, 100.5),
            *(lost / 100, 0.00177, 0.05449, *retained, 0.0297, 0.1136, 0.05, 0.01),
        ),
        strict=True,
    )
    return "saas_by_month", {n: v if v is None else v * times for n, v in values}


def _movements(number: int, times: int) -> Iterator[tuple[str, Values]]:
    amounts = (250, 400, -200, -300, -5 * number)
    for place, (label, amount) in enumerate(zip(MOVEMENTS, amounts, strict=True)):
        yield (
            "saas_movements_by_month",
            {
                "place": place,
                "movement_label_es": label,
                "mrr_movement": amount * times,
            },
        )


def _rates(times: int) -> Iterator[tuple[str, Values]]:
    told = (
        ("logo_churn_ratio", "Timonel", 1, 100),
        ("logo_churn_ratio", "Stripe", 2, 102),
        ("quick_ratio", "Timonel", 550, 500),
        ("net_revenue_retention_ratio", "Timonel", None, None),
    )
    for place, (metric, tool, part, whole) in enumerate(told):
        numerator = None if part is None else part * times
        values = {
            "place": place,
            "metric_name": metric,
            "tool_name": tool,
            "meaning_es": f"Como {tool}",
            "numerator": numerator,
            "denominator": whole,
            "rate": numerator / whole if numerator and whole else None,
        }
        yield "saas_definitions", values
