"""Whether a company's programme to keep subscribers pays, as far as can be told."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pandas as pd
import psycopg

from ml_assets.assets.row_counts import with_row_counts
from ml_assets.assets.saas.programme_figures import figures_before
from ml_assets.assets.saas.programme_reviews import baselines
from ml_assets.assets.saas.programme_tables import (
    Programme,
    closed_entries,
    programme_tables,
)
from ml_assets.assets.table_rows import read_frame, replace_frame
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.tenancy.partitions import CompanyDay, company_days
from orchestration.lib.warehouse.database import connect, has_relation
from orchestration.lib.warehouse.warehouse import Warehouse

__all__ = ["account_programme", "review_programme"]

_SCHEMA = "predictions"
_TABLES = {
    "programme_baselines": (
        "Shares of the months before the programme, as they were first known. One row "
        "per company and metric."
    ),
    "programme_kpi_baselines": (
        "Figures of the month before the programme, as they were first known. One row "
        "per company and metric."
    ),
    "programme_reviews": (
        "Shares of late beside those and beside their targets. One row per company and "
        "metric."
    ),
    "programme_parts": (
        "What it brings by keeping accounts, by their growing and by winning them. One "
        "row per company and part."
    ),
    "programme_standing": (
        "What it cost and returned, and what an account is worth. One row per company."
    ),
}
_MARTS = (
    *("account_mrr_periods", "companies", "dunning_months", "program_cost_months"),
    *("saas_kpi_targets", "saas_months"),
)


@dg.multi_asset(
    name="account_programme",
    specs=[
        dg.AssetSpec(
            [_SCHEMA, table],
            description=description,
            deps=[
                [_SCHEMA, "account_queue"],
                *(["marts", mart] for mart in _MARTS),
            ],
            group_name="measurement",
            kinds={"python", "numpy"},
            owners=["team:data"],
            code_version="1",
        )
        for table, description in _TABLES.items()
    ],
    partitions_def=company_days,
)
def account_programme(
    context: dg.AssetExecutionContext, warehouse: Warehouse, company_day: CompanyDay
) -> Iterator[dg.MaterializeResult[None]]:
    """Review the programme of one company."""
    counts = review_programme(warehouse.url(), company_day.company_id(context))
    yield from with_row_counts(counts)


def review_programme(url: str, company_id: str) -> dict[str, int]:
    """Review a company's programme; how many rows, by table.

    Who tells no cost of one has none; a baseline and a figure that were frozen stay.

    Raises
    ------
    CompanyRemoved, InvalidSetting
    """
    figures = _figures(url, company_id)
    with company_held(url, company_id), connect(url, "scientist") as database:
        tables: dict[str, Any] = dict.fromkeys(_TABLES, pd.DataFrame())
        kept = read_frame(database, _KEPT, company_id)
        known = read_frame(database, _KNOWN, company_id)
        tables |= {"programme_baselines": kept, "programme_kpi_baselines": known}
        months = read_frame(database, _MONTHS, company_id)
        costs = read_frame(database, _COSTS, company_id)
        own = costs[costs["cost_kind"] != "acquisition"]
        if len(own) and len(months):
            tables |= _reviewed(database, company_id, months, costs, kept)
            first = own["month_start_date"].min()
            today = read_frame(database, _COMPANY, company_id).iloc[0]["as_of_date"]
            tables["programme_kpi_baselines"] = figures_before(
                figures, known, first, today
            )
        for table, found in tables.items():
            replace_frame(database, table, company_id, found)
    return {table: len(found) for table, found in tables.items()}


def _figures(url: str, company_id: str) -> pd.DataFrame:
    """Figures by month, as the pages show them; none before there are pages."""
    with connect(url, "orchestrator") as database:
        if not has_relation(database, "reporting.saas_kpis"):
            return pd.DataFrame()
        return read_frame(database, _FIGURES, company_id)


def _reviewed(
    database: psycopg.Connection,
    company_id: str,
    months: pd.DataFrame,
    costs: pd.DataFrame,
    kept: pd.DataFrame,
) -> dict[str, pd.DataFrame]:
    first = costs.loc[costs["cost_kind"] != "acquisition", "month_start_date"].min()
    told = read_frame(database, _COMPANY, company_id).iloc[0]
    today, rate = told["as_of_date"], told["gross_margin_rate"]
    frozen = baselines(months, kept, first, today)
    targets = read_frame(database, _TARGETS, company_id)
    queue = read_frame(database, _QUEUE, company_id)
    found = programme_tables(
        Programme(
            months=months,
            costs=costs,
            entries=closed_entries(queue, first, today),
            waiting=queue[
                queue["left_within_90d"].isna() & (queue["opened_on"] >= first)
            ],
            today=today,
            frozen=frozen,
            targets=dict(
                zip(targets["metric_name"], targets["target_value"], strict=True)
            ),
            margin_rate=float("nan") if rate is None else float(rate),
        )
    )
    return {
        "programme_baselines": frozen,
        **{name: rows.assign(as_of_date=today) for name, rows in found.items()},
    }


_KEPT = """
    select metric_name, first_month, frozen_on, hit_count, case_count
    from predictions.programme_baselines where company_id = %(company)s
    order by metric_name
"""
_KNOWN = """
    select metric_name, month_start_date, frozen_on, kpi_value
    from predictions.programme_kpi_baselines where company_id = %(company)s
    order by metric_name
"""
_FIGURES = """
    select metric_name, month_start_date, kpi_value
    from reporting.saas_kpis where company_id = %(company)s
    order by metric_name, month_start_date
"""
_MONTHS = """
    select months.month_start_date, months.start_account_count,
        months.end_account_count, months.churned_account_count,
        months.new_account_count, months.end_mrr,
        coalesce(dunning.failed_invoice_count, 0) as failed_invoice_count,
        coalesce(dunning.recovered_invoice_count, 0) as recovered_invoice_count
    from marts.saas_months as months
    left join marts.dunning_months as dunning
        on months.company_id = dunning.company_id
        and months.month_start_date = dunning.month_start_date
    where months.company_id = %(company)s
    order by months.month_start_date
"""
_COSTS = """
    select month_start_date, cost_kind, cost_amount, unpriced_cost_count
    from marts.program_cost_months where company_id = %(company)s
    order by month_start_date, cost_kind
"""
# The day that accounts were judged as of, else the end of the last month.
_COMPANY = """
    select companies.gross_margin_rate, coalesce(
        (select max(as_of_date) from predictions.account_health
            where company_id = %(company)s),
        (select (max(month_start_date) + interval '1 month - 1 day')::date
            from marts.saas_months where company_id = %(company)s)
    ) as as_of_date
    from marts.companies as companies where company_id = %(company)s
"""
# Of targets of a figure, that of the latest month.
_TARGETS = """
    select distinct on (metric_name) metric_name, target_value
    from marts.saas_kpi_targets where company_id = %(company)s
    order by metric_name, target_month desc
"""
# Those who came back keep their lot and count once.
_QUEUE = """
    select queue.opened_on, queue.is_watched, queue.left_within_90d,
        coalesce(before.mrr_amount, 0) as mrr_then,
        coalesce(later.mrr_amount, 0) as mrr_now
    from predictions.account_queue as queue
    left join marts.account_mrr_periods as before
        on before.company_id = queue.company_id
        and before.account_id = queue.account_id
        and before.from_date <= queue.opened_on
        and coalesce(before.to_date > queue.opened_on, true)
    left join marts.account_mrr_periods as later
        on later.company_id = queue.company_id
        and later.account_id = queue.account_id
        and later.from_date <= queue.opened_on + 90
        and coalesce(later.to_date > queue.opened_on + 90, true)
    where queue.company_id = %(company)s and queue.opened_on = queue.lot_drawn_on
"""
