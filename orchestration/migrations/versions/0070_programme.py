"""What a programme to keep subscribers costs, brings, and what it began with."""

from alembic import op

revision = "0070"
down_revision = "0069"

_OWN = """company_id = case
    when starts_with(current_user::text, 'bi_') then substr(current_user::text, 4)
end"""
_TABLES = {
    # Written once: what came before the programme does not move afterwards.
    "programme_baselines": """
        metric_name text not null,
        first_month date not null,
        frozen_on date not null,
        hit_count integer not null,
        case_count integer not null,
        primary key (company_id, metric_name)""",
    "programme_reviews": """
        metric_name text not null,
        as_of_date date not null,
        first_month date not null,
        frozen_on date not null,
        baseline_count integer not null,
        baseline_ratio double precision not null,
        measured_count integer,
        measured_ratio double precision,
        change_ratio double precision,
        change_ratio_lower double precision,
        change_ratio_upper double precision,
        target_ratio double precision,
        needed_count integer,
        verdict text not null,
        primary key (company_id, metric_name)""",
    "programme_parts": """
        part text not null,
        as_of_date date not null,
        acted_count integer,
        watched_count integer,
        needed_count integer,
        effect double precision,
        effect_lower double precision,
        effect_upper double precision,
        margin_amount double precision,
        margin_lower double precision,
        margin_upper double precision,
        verdict text not null,
        primary key (company_id, part)""",
    "programme_standing": """
        as_of_date date not null,
        first_month date not null,
        last_month date not null,
        month_count integer not null,
        cost_amount double precision not null,
        unpriced_cost_count integer not null,
        margin_amount double precision,
        roi double precision,
        roi_lower double precision,
        roi_upper double precision,
        payback_months double precision,
        verdict text not null,
        gross_margin_rate double precision,
        average_mrr double precision,
        churn_ratio double precision,
        saas_clv double precision,
        saas_clv_lower double precision,
        saas_clv_upper double precision,
        new_account_count integer,
        acquisition_cost double precision,
        clv_to_cac double precision,
        cac_payback_months double precision,
        primary key (company_id)""",
}


def upgrade() -> None:
    """Add the tables; readers see their own company's rows, nobody else's."""
    for name, columns in _TABLES.items():
        _add(f"predictions.{name}", columns)


def _add(table: str, columns: str) -> None:
    op.execute(
        f"create table if not exists {table} (company_id text not null, {columns})"
    )
    policies = {
        "company_reads_own_rows": f"for select to bi_reader using ({_OWN})",
        "platform_reads_all": (
            "for select to scientist, transformer, orchestrator using (true)"
        ),
        "scientist_writes": "for all to scientist using (true) with check (true)",
    }
    op.execute(f"alter table {table} enable row level security")
    for name, who in policies.items():
        op.execute(f"drop policy if exists {name} on {table}")
        op.execute(f"create policy {name} on {table} {who}")
    op.execute(f"grant select on {table} to bi_reader, transformer, orchestrator")
    op.execute(f"grant select, insert, update, delete on {table} to scientist")
