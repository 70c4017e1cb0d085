"""Runs know their job; differences and ended conditions are remembered."""

from alembic import op

revision = "0027"
down_revision = "0026"

_COMPANY_OF_READER = "substring(current_user::text from '^bi_(.*)$')"

# What a company was promised follows how often it is read; a reader sees no more of it.
_RHYTHM = (
    "alter table ops.companies enable row level security",
    f"""create policy company_reads_own_rows on ops.companies
        for select to bi_reader using (company_id = {_COMPANY_OF_READER})""",
    """create policy platform_works on ops.companies
        to orchestrator, loader, transformer using (true) with check (true)""",
    """grant select (company_id, is_read_hourly, is_read_tactically)
        on ops.companies to bi_reader""",
)
_STATEMENTS = (
    # What ran before was the whole of a company, or cannot be told from it any more.
    """alter table ops.runs
        add column job_name text not null default 'refresh_company',
        add column dagster_run_id text,
        add column failed_asset text[]""",
    "grant select (job_name) on ops.runs to bi_reader, transformer",
    # What a comparison found, by its name, until the same comparison passes.
    "alter table ops.connections add column differences jsonb not null default '{}'",
    # Since when a condition does not hold that people were told of.
    "alter table ops.alerts add column over_since timestamptz",
    # Open alerts keep their memory under the names topics have now.
    """update ops.alerts set topic = 'run_failed:refresh_company',
            facts = facts ||
                '{"subject": "refresh_company", "is_word": true, "run": "?"}'
        where topic = 'run_failed:' and resolved_at is null""",
    """update ops.alerts set topic = concat_ws(
            ':', topic, facts ->> 'day',
            case when (facts ->> 'value')::float8 < (facts ->> 'usual')::float8
                then 'below' else 'above' end
        )
        where topic ~ '^deviation:[a-z_]+$' and resolved_at is null
            and facts ? 'day'""",
)


def upgrade() -> None:
    """Add the columns; of runs that are over the job is taken to be the whole."""
    for statement in (*_STATEMENTS, *_RHYTHM):
        op.execute(statement)
