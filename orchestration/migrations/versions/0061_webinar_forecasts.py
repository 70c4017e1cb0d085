"""How many were expected at each webinar, kept to be held against who came."""

from alembic import op

revision = "0061"
down_revision = "0060"

_TABLE = "predictions.webinar_attendance_forecasts"
_OWN = """company_id = case
    when starts_with(current_user::text, 'bi_') then substr(current_user::text, 4)
end"""


def upgrade() -> None:
    """Add the table; readers see their own company's rows, nobody else's."""
    op.execute(
        f"""create table if not exists {_TABLE} (
            company_id text not null,
            webinar_id text not null,
            kind text not null check (kind in ('forecast', 'backtest')),
            as_of_date date not null,
            past_webinar_count integer not null,
            registrant_count integer not null,
            expected_count double precision not null,
            median_count integer not null,
            lower_count integer not null,
            upper_count integer not null,
            primary key (company_id, webinar_id)
        )"""
    )
    policies = {
        "company_reads_own_rows": f"for select to bi_reader using ({_OWN})",
        "platform_reads_all": (
            "for select to scientist, transformer, orchestrator using (true)"
        ),
        "scientist_writes": "for all to scientist using (true) with check (true)",
    }
    op.execute(f"alter table {_TABLE} enable row level security")
    for name, who in policies.items():
        op.execute(f"drop policy if exists {name} on {_TABLE}")
        op.execute(f"create policy {name} on {_TABLE} {who}")
    op.execute(f"grant select on {_TABLE} to bi_reader, transformer, orchestrator")
    op.execute(f"grant select, insert, update, delete on {_TABLE} to scientist")
