"""Failed logins, who runs the platform, and analysts' own schemas."""

from alembic import op

revision = "0072"
down_revision = "0069"

_ADD = (
    """alter table ops.companies
        add column if not exists is_operator boolean not null default false""",
    # Counts only: neither the login nor whence it came is kept.
    """create table if not exists ops.refused_logins (
        company_id text not null references ops.companies on delete cascade,
        system_name text not null,
        log_part text not null,
        refused_at timestamptz not null,
        refusal_count bigint not null,
        written_at timestamptz not null default now(),
        primary key (company_id, system_name, log_part, refused_at)
    )""",
    "alter table ops.refused_logins enable row level security",
    "drop policy if exists platform_works on ops.refused_logins",
    """create policy platform_works on ops.refused_logins
        to orchestrator, transformer using (true) with check (true)""",
    "grant select, insert, update, delete on ops.refused_logins to orchestrator",
    "grant select on ops.refused_logins to transformer",
)


def upgrade() -> None:
    """Add them; people who read dashboards see the counts in the marts."""
    for statement in _ADD:
        op.execute(statement)
