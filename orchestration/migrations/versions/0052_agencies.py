"""Agencies: companies that read how the companies they serve are doing."""

from alembic import op

revision = "0052"
down_revision = "0051"

_COMPANY_OF_READER = """case
    when starts_with(current_user::text, 'bi_') then substr(current_user::text, 4)
end"""


def upgrade() -> None:
    """Add the tables: `timonel agency` fills the first, each run the second."""
    for statement in _STATEMENTS:
        op.execute(statement)


_STATEMENTS = (
    "alter table ops.companies drop constraint if exists companies_plan_check",
    """alter table ops.companies add constraint companies_plan_check
        check (plan in ('basic', 'pro', 'agency'))""",
    """create table if not exists ops.agency_clients (
        company_id text not null references ops.companies on delete cascade,
        client_id text not null references ops.companies on delete cascade
            check (client_id <> company_id),
        added_at timestamptz not null default now(),
        primary key (company_id, client_id)
    )""",
    # Rows of the agency about its client: they go with either, and when they part.
    """create table if not exists ops.client_summaries (
        company_id text not null,
        client_id text not null,
        client_name text not null,
        currency_code text not null,
        month_start_date date,
        net_sales numeric(18, 2),
        net_sales_change double precision,
        net_sales_year_change double precision,
        ltv_roas_incremental double precision,
        ltv_roas_incremental_lower double precision,
        ltv_roas_incremental_upper double precision,
        critical_customer_count integer,
        capital_at_risk numeric(18, 2),
        last_read_at timestamptz,
        failing_connection_count integer not null,
        open_alert_count integer not null,
        stale_reason text,
        updated_at timestamptz not null,
        primary key (company_id, client_id),
        foreign key (company_id, client_id)
            references ops.agency_clients on delete cascade
    )""",
    *(
        statement
        for table in ("agency_clients", "client_summaries")
        for statement in (
            f"alter table ops.{table} enable row level security",
            f"drop policy if exists company_reads_own_rows on ops.{table}",
            f"""create policy company_reads_own_rows on ops.{table}
                for select to bi_reader using (company_id = {_COMPANY_OF_READER})""",
            f"drop policy if exists platform_works on ops.{table}",
            f"""create policy platform_works on ops.{table}
                to orchestrator, transformer using (true) with check (true)""",
            f"grant select on ops.{table} to bi_reader, transformer",
            f"grant select, insert, update, delete on ops.{table} to orchestrator",
        )
    ),
)
