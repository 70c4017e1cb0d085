"""What each figure was before a programme began, as it was first known."""

from alembic import op

revision = "0107"
down_revision = "0104"

# Whose rows a reader's or an analyst's login sees, as of 0072.
_COMPANY_OF_READER = """case
    when starts_with(current_user::text, 'bi_') then substr(current_user::text, 4)
    when starts_with(current_user::text, 'lab_') then substr(current_user::text, 5)
end"""
_POLICIES = {
    "company_reads_own_rows": (
        f"for select to bi_reader using (company_id = {_COMPANY_OF_READER})"
    ),
    "platform_reads_all": (
        "for select to scientist, transformer, orchestrator using (true)"
    ),
    "scientist_writes": "for all to scientist using (true) with check (true)",
}


def upgrade() -> None:
    """Add the table; readers see their own company's rows, nobody else's."""
    table = "predictions.programme_kpi_baselines"
    op.execute(
        f"""
        create table if not exists {table} (
            company_id text not null,
            metric_name text not null,
            month_start_date date not null,
            frozen_on date not null,
            kpi_value double precision not null,
            primary key (company_id, metric_name)
        )
        """
    )
    op.execute(f"alter table {table} enable row level security")
    for policy, who in _POLICIES.items():
        op.execute(f"drop policy if exists {policy} on {table}")
        op.execute(f"create policy {policy} on {table} {who}")
    op.execute(f"grant select on {table} to bi_reader, transformer, orchestrator")
    op.execute(f"grant select, insert, delete on {table} to scientist")
