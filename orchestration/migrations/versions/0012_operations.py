"""Operations: every reading of a connection, how fresh data are, reviewed rejects."""

from alembic import op

revision = "0012"
down_revision = "0011"

_COMPANY_OF_READER = "substring(current_user::text from '^bi_(.*)$')"

_READABLE = (
    "connection_reads",
    "freshness_measurements",
    "event_latencies",
    "quarantine_reviews",
)


def upgrade() -> None:
    """Add the tables of operations, and what people decided of rejected records."""
    for statement in (*_TABLES, *_QUARANTINE):
        op.execute(statement)
    for table in _READABLE:
        for statement in _security(table):
            op.execute(statement)


def _security(table: str) -> tuple[str, ...]:
    return (
        f"alter table ops.{table} enable row level security",
        f"""create policy company_reads_own_rows on ops.{table}
            for select to bi_reader using (company_id = {_COMPANY_OF_READER})""",
        f"""create policy platform_works on ops.{table}
            to orchestrator, transformer using (true) with check (true)""",
        f"grant select on ops.{table} to bi_reader, transformer",
        f"grant select, insert, update, delete on ops.{table} to orchestrator",
    )


_TABLES = (
    # A read that was killed stays started; the next one of its source closes it.
    """create table ops.connection_reads (
        company_id text not null references ops.companies on delete cascade,
        read_id bigint generated always as identity,
        connection_id text not null,
        source_slug text not null,
        run_id text not null,
        outcome text not null default 'started'
            check (outcome in ('started', 'succeeded', 'failed', 'interrupted')),
        read_from date,
        read_to date,
        row_count bigint,
        quarantined_count bigint,
        byte_count bigint,
        newest_event_at timestamptz,
        error text,
        started_at timestamptz not null default now(),
        finished_at timestamptz,
        primary key (company_id, read_id)
    )""",
    """create index connection_reads_by_source
        on ops.connection_reads (company_id, source_slug, started_at)""",
    # How far what people can read reaches, each time it moved.
    """create table ops.freshness_measurements (
        company_id text not null references ops.companies on delete cascade,
        source_slug text not null,
        data_as_of timestamptz not null,
        complete_until timestamptz not null,
        event_count bigint not null,
        landed_at timestamptz not null,
        readable_at timestamptz not null,
        primary key (company_id, source_slug, data_as_of)
    )""",
    # Events that share both delays, in whole minutes begun, are one row.
    """create table ops.event_latencies (
        company_id text not null,
        source_slug text not null,
        data_as_of timestamptz not null,
        landing_minutes integer not null check (landing_minutes >= 0),
        readable_minutes integer not null check (readable_minutes >= 0),
        event_count bigint not null check (event_count > 0),
        readable_at timestamptz not null,
        primary key (company_id, source_slug, data_as_of, landing_minutes,
            readable_minutes),
        foreign key (company_id, source_slug, data_as_of)
            references ops.freshness_measurements on delete cascade
    )""",
    """create table ops.quarantine_reviews (
        company_id text not null references ops.companies on delete cascade,
        review_id bigint generated always as identity,
        review text not null check (review in ('retried', 'dropped')),
        source_slug text not null,
        record_count bigint not null,
        accepted_count bigint not null default 0,
        reviewed_by text not null,
        note text,
        reviewed_at timestamptz not null default now(),
        primary key (company_id, review_id)
    )""",
)

_QUARANTINE = (
    """alter table ops.quarantined_records
        add column last_seen_at timestamptz not null default now(),
        add column review text check (review in ('retried', 'dropped')),
        add column reviewed_at timestamptz,
        add column reviewed_by text,
        add column review_note text""",
    "update ops.quarantined_records set last_seen_at = quarantined_at",
    """grant select (company_id, source, stream, reason, quarantined_at, last_seen_at,
        review, reviewed_at) on ops.quarantined_records to bi_reader, transformer""",
)
