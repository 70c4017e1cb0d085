"""Every insight people were shown, kept: what was promised, and what it advised."""

from alembic import op

revision = "0022"
down_revision = "0021"

_COMPANY_OF_READER = "substring(current_user::text from '^bi_(.*)$')"

_TABLES = (
    # Only added to. A second build of the same day corrects that day's row.
    """create table ops.shown_insights (
        company_id text not null references ops.companies on delete cascade,
        trace_id text not null,
        as_of_date date not null,
        kind text not null,
        rule_id text not null,
        source_view text not null,
        source_key text not null,
        is_action boolean not null,
        kind_rank integer not null,
        estimate_unit text not null,
        estimate double precision not null,
        estimate_lower double precision not null,
        estimate_upper double precision not null,
        promised double precision,
        promised_lower double precision,
        promised_upper double precision,
        sample_size integer,
        currency_code text,
        sentence_es text not null,
        sentence_en text not null,
        first_shown_at timestamptz not null default now(),
        last_shown_at timestamptz not null default now(),
        primary key (company_id, trace_id)
    )""",
    # Plans are replaced by the next fit: what was advised is kept here. Of 30 days.
    """create table ops.shown_insight_shifts (
        company_id text not null,
        trace_id text not null,
        channel_id text not null,
        current_spend numeric(24, 6) not null,
        advised_spend numeric(24, 6) not null,
        primary key (company_id, trace_id, channel_id),
        foreign key (company_id, trace_id)
            references ops.shown_insights on delete cascade
    )""",
)


def upgrade() -> None:
    """Add the tables; a company's readers see their own rows, nobody else's."""
    for statement in _TABLES:
        op.execute(statement)
    for table in ("shown_insights", "shown_insight_shifts"):
        for statement in _security(table):
            op.execute(statement)
    op.execute("grant delete on ops.shown_insight_shifts to orchestrator")


def _security(table: str) -> tuple[str, ...]:
    return (
        f"alter table ops.{table} enable row level security",
        f"""create policy company_reads_own_rows on ops.{table}
            for select to bi_reader using (company_id = {_COMPANY_OF_READER})""",
        f"""create policy platform_works on ops.{table}
            to orchestrator, transformer using (true) with check (true)""",
        f"grant select on ops.{table} to bi_reader, transformer",
        f"grant select, insert, update on ops.{table} to orchestrator",
    )
