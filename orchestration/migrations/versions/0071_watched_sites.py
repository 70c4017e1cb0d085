"""Websites that are watched, and whether they answered."""

from alembic import op

revision = "0071"
down_revision = "0070"

_TABLES = (
    # The address may hold what is secret, such as a token after a question mark: it is
    # asked and told nowhere. The name of a site is host and path.
    """create table if not exists ops.watched_sites (
        company_id text not null references ops.companies on delete cascade,
        site_id text not null,
        address text not null,
        created_at timestamptz not null default now(),
        primary key (company_id, site_id)
    )""",
    "create schema if not exists raw_probe",
    """create table if not exists raw_probe.uptime_checks (
        company_id text not null references ops.companies on delete cascade,
        site_id text not null,
        checked_at timestamptz not null,
        has_answered boolean not null,
        status_code integer,
        response_ms integer,
        reason text,
        primary key (company_id, site_id, checked_at)
    )""",
)
_GRANTS = (
    "grant select, insert, update, delete on ops.watched_sites to orchestrator",
    "grant usage on schema raw_probe to orchestrator, transformer",
    "grant select, insert, delete on raw_probe.uptime_checks to orchestrator",
    "grant select on raw_probe.uptime_checks to transformer",
)


def upgrade() -> None:
    """Add the tables; people who read dashboards see neither."""
    for statement in _TABLES:
        op.execute(statement)
    for table in ("ops.watched_sites", "raw_probe.uptime_checks"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"drop policy if exists platform_works on {table}")
        op.execute(
            f"""create policy platform_works on {table}
            to orchestrator, transformer using (true) with check (true)"""
        )
    for statement in _GRANTS:
        op.execute(statement)
