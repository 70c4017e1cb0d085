"""Intervals of churn and of what channels win, by a run instead of by views."""

from alembic import op

revision = "0046"
down_revision = "0045"

_COMPANY_OF_READER = "substring(current_user::text from '^bi_(.*)$')"


def upgrade() -> None:
    """Add the tables; readers see their own company's rows, nobody else's."""
    for table, columns in _TABLES.items():
        op.execute(f"create table if not exists predictions.{table} ({columns})")
        for statement in _security(table):
            op.execute(statement)


def _security(table: str) -> tuple[str, ...]:
    name = f"predictions.{table}"
    policies = {
        "company_reads_own_rows": (
            f"for select to bi_reader using (company_id = {_COMPANY_OF_READER})"
        ),
        "platform_reads_all": (
            "for select to scientist, transformer, orchestrator using (true)"
        ),
        "scientist_writes": "for all to scientist using (true) with check (true)",
    }
    return (
        f"alter table {name} enable row level security",
        *(f"drop policy if exists {key} on {name}" for key in policies),
        *(f"create policy {key} on {name} {who}" for key, who in policies.items()),
        f"grant select on {name} to bi_reader, transformer, orchestrator",
        f"grant select, insert, delete on {name} to scientist",
    )


_TABLES = {
    "churn_comparisons": """
        company_id text not null,
        as_of_date date not null,
        inactivity_days integer not null,
        customer_count integer not null,
        lost_count integer not null,
        churn_rate double precision,
        customer_count_before integer not null,
        lost_count_before integer not null,
        churn_rate_before double precision,
        churn_rate_change double precision,
        churn_rate_change_lower double precision,
        churn_rate_change_upper double precision,
        primary key (company_id)
    """,
    "channel_values": """
        company_id text not null,
        channel_id text not null,
        as_of_date date not null,
        spend numeric(24, 6),
        reported_revenue numeric(24, 6),
        customer_count integer not null,
        observed_value numeric(18, 2) not null,
        value_12m numeric(18, 2) not null,
        value_12m_lower double precision not null,
        value_12m_upper double precision not null,
        is_paid boolean,
        value_per_customer_lower double precision,
        value_per_customer_upper double precision,
        others_customer_count integer,
        others_value_per_customer double precision,
        difference_rate double precision,
        difference_rate_lower double precision,
        difference_rate_upper double precision,
        cost_difference_rate double precision,
        cost_difference_rate_lower double precision,
        cost_difference_rate_upper double precision,
        primary key (company_id, channel_id)
    """,
    "channel_month_values": """
        company_id text not null,
        month_start_date date not null,
        channel_id text not null,
        as_of_date date not null,
        customer_count integer not null,
        observed_value numeric(18, 2) not null,
        value_12m numeric(18, 2) not null,
        value_12m_lower double precision not null,
        value_12m_upper double precision not null,
        primary key (company_id, month_start_date, channel_id)
    """,
    "paid_value_margins": """
        company_id text not null,
        value_12m_margin double precision not null,
        primary key (company_id)
    """,
}
