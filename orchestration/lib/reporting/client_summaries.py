"""What an agency reads of its clients: a row each, written into its own tenancy.

The numbers are those of the clients' own reporting views. Nothing of a client can be
reached through them: an agency's login reads rows of its company and no other's.
"""

from __future__ import annotations

from typing import Any

from psycopg.rows import dict_row

from orchestration.lib.tenancy.agencies import known_agency
from orchestration.lib.warehouse.database import connect, has_reporting

__all__ = ["load_summaries", "summarise_clients"]

# Of whom something happened since: a run ended, an alert came or went.
_DUE = """
    select distinct clients.client_id
    from ops.agency_clients as clients
    left join ops.client_summaries as told using (company_id, client_id)
    where told.updated_at is null
        or exists (
            select from ops.runs
            where runs.company_id = clients.client_id
                and runs.finished_at >= told.updated_at
        )
        or exists (
            select from ops.alerts
            where alerts.company_id = clients.client_id
                and greatest(
                    alerts.opened_at, alerts.acknowledged_at, alerts.resolved_at
                ) >= told.updated_at
        )
        or exists (
            select from ops.connections
            where connections.company_id = clients.client_id
                and greatest(connections.checked_at, connections.last_read_at)
                    >= told.updated_at
        )
    order by 1
"""
_FORGET = "delete from ops.client_summaries where client_id = %(client_id)s"
_WRITE = """
    insert into ops.client_summaries (
        company_id, client_id, client_name, currency_code, month_start_date,
        net_sales, net_sales_change, net_sales_year_change, ltv_roas_incremental,
        ltv_roas_incremental_lower, ltv_roas_incremental_upper,
        critical_customer_count, capital_at_risk, last_read_at,
        failing_connection_count, open_alert_count, stale_reason, updated_at
    )
    select
        clients.company_id,
        clients.client_id,
        companies.name,
        companies.currency_code,
        sales.month_start_date,
        sales.figure,
        sales.month_change,
        sales.year_change,
        returns.ltv_roas_incremental,
        returns.ltv_roas_incremental_lower,
        returns.ltv_roas_incremental_upper,
        risk.critical_customer_count,
        risk.capital_at_risk,
        health.last_read_at,
        health.failing_connection_count,
        alerts.open_alert_count,
        totals.stale_reason,
        now()
    from ops.agency_clients as clients
    inner join ops.companies on companies.company_id = clients.client_id
    left join (
        select * from reporting.performance_changes_by_month
        where company_id = %(client_id)s and metric_name = 'net_sales'
        order by month_start_date desc limit 1
    ) as sales on true
    left join (
        select * from reporting.incremental_returns where company_id = %(client_id)s
    ) as returns on true
    left join (
        select * from reporting.capital_at_risk where company_id = %(client_id)s
    ) as risk on true
    cross join (
        select min(last_read_at) as last_read_at,
            count(*) filter (where light = 'red') as failing_connection_count
        from reporting.connector_health where company_id = %(client_id)s
    ) as health
    cross join (
        select count(*) as open_alert_count from reporting.alerts
        where company_id = %(client_id)s and state = 'open'
    ) as alerts
    left join (
        select * from reporting.customer_value_totals where company_id = %(client_id)s
    ) as totals on true
    where clients.client_id = %(client_id)s
"""
_SHOWN = """
    select
        client_id as client,
        attention,
        month_start_date as month,
        net_sales,
        net_sales_change as change,
        currency_code as currency,
        ltv_roas_incremental as return,
        capital_at_risk as at_risk,
        hours_since_read,
        open_alert_count as alerts
    from reporting.agency_clients where company_id = %(agency_id)s
    order by attention_rank, net_sales_change nulls last, client_id
"""


def summarise_clients(url: str) -> int:
    """Write anew the rows of clients of whom something happened; of how many.

    Before anything was built there is nothing to read, and nothing is written.
    """
    if not has_reporting(url):
        return 0
    with connect(url, "orchestrator") as connection:
        due = [client_id for (client_id,) in connection.execute(_DUE)]
        for client_id in due:
            connection.execute(_FORGET, {"client_id": client_id})
            connection.execute(_WRITE, {"client_id": client_id})
        return len(due)


def load_summaries(url: str, agency_id: str) -> list[dict[str, Any]]:
    """The clients of an agency as its page shows them, who needs a person first.

    Raises
    ------
    UnknownCompany
        There is no such agency.
    """
    known_agency(url, agency_id)
    if not has_reporting(url):
        return []
    with connect(url, "orchestrator") as connection:
        cursor = connection.cursor(row_factory=dict_row)
        return cursor.execute(_SHOWN, {"agency_id": agency_id}).fetchall()
