"""The picture that stands on a company's, or an agency's, reports."""

from alembic import op

revision = "0075"
down_revision = "0074"

_ADD = (
    """create table if not exists ops.company_logos (
        company_id text primary key references ops.companies on delete cascade,
        media_type text not null check (media_type in ('image/png', 'image/svg+xml')),
        content bytea not null check (length(content) between 1 and 131072),
        updated_at timestamptz not null default now()
    )""",
    "alter table ops.company_logos enable row level security",
    "drop policy if exists platform_works on ops.company_logos",
    """create policy platform_works on ops.company_logos
        to orchestrator using (true) with check (true)""",
    "grant select, insert, update, delete on ops.company_logos to orchestrator",
)


def upgrade() -> None:
    """Add the table; `timonel company logo` fills it, reports read it."""
    for statement in _ADD:
        op.execute(statement)
