"""What a company wants of a month, figure by figure."""

from alembic import op

revision = "0049"
down_revision = "0048"

_COMPANY_OF_READER = "substring(current_user::text from '^bi_(.*)$')"


def upgrade() -> None:
    """Add the table: `timonel company target` fills it."""
    for statement in _STATEMENTS:
        op.execute(statement)


_STATEMENTS = (
    """create table if not exists ops.metric_targets (
        company_id text not null references ops.companies on delete cascade,
        metric_name text not null,
        month_start_date date not null
            check (month_start_date = date_trunc('month', month_start_date)),
        target numeric(24, 6) not null check (target > 0),
        updated_at timestamptz not null default now(),
        primary key (company_id, metric_name, month_start_date)
    )""",
    "alter table ops.metric_targets enable row level security",
    "drop policy if exists company_reads_own_rows on ops.metric_targets",
    f"""create policy company_reads_own_rows on ops.metric_targets
        for select to bi_reader using (company_id = {_COMPANY_OF_READER})""",
    "drop policy if exists platform_works on ops.metric_targets",
    """create policy platform_works on ops.metric_targets
        to orchestrator, transformer using (true) with check (true)""",
    "grant select on ops.metric_targets to bi_reader, transformer",
    "grant select, insert, update, delete on ops.metric_targets to orchestrator",
)
