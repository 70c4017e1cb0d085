"""What people say became of a recommendation."""

from alembic import op

revision = "0082"
down_revision = "0081"

# Whose rows a reader's or an analyst's login sees, as of 0072.
_COMPANY_OF_READER = """case
    when starts_with(current_user::text, 'bi_') then substr(current_user::text, 4)
    when starts_with(current_user::text, 'lab_') then substr(current_user::text, 5)
end"""

_STATEMENTS = (
    """create table if not exists ops.insight_answers (
        company_id text not null references ops.companies on delete cascade,
        trace_id text not null,
        answer text not null check (answer in ('open', 'followed', 'dismissed')),
        note text,
        answered_by text not null,
        answered_at timestamptz not null default now(),
        primary key (company_id, trace_id),
        foreign key (company_id, trace_id)
            references ops.shown_insights on delete cascade
    )""",
    "alter table ops.insight_answers enable row level security",
    "drop policy if exists company_reads_own_rows on ops.insight_answers",
    f"""create policy company_reads_own_rows on ops.insight_answers
        for select to bi_reader using (company_id = {_COMPANY_OF_READER})""",
    "drop policy if exists platform_works on ops.insight_answers",
    """create policy platform_works on ops.insight_answers
        to orchestrator, transformer using (true) with check (true)""",
    "grant select on ops.insight_answers to bi_reader, transformer",
    "grant select, insert, update, delete on ops.insight_answers to orchestrator",
)


def upgrade() -> None:
    """Add the table; a company's people see their own rows, nobody else's."""
    for statement in _STATEMENTS:
        op.execute(statement)
