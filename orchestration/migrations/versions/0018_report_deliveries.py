"""Which report was sent to whom, so that nobody gets it twice."""

from alembic import op

revision = "0018"
down_revision = "0017"

_TABLE = """create table ops.report_deliveries (
    company_id text not null references ops.companies on delete cascade,
    template text not null,
    language text not null,
    as_of_date date not null,
    recipient text not null,
    state text not null check (state in ('sending', 'sent', 'failed')),
    attempts integer not null default 1,
    claimed_at timestamptz not null,
    sent_at timestamptz,
    last_error text,
    primary key (company_id, template, language, as_of_date, recipient)
)"""


def upgrade() -> None:
    """Add the table; companies do not read it."""
    op.execute(_TABLE)
    op.execute("alter table ops.report_deliveries enable row level security")
    op.execute(
        """create policy platform_works on ops.report_deliveries
            to orchestrator using (true) with check (true)"""
    )
    op.execute(
        "grant select, insert, update, delete on ops.report_deliveries to orchestrator"
    )
