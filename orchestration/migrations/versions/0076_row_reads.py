"""Up to where raw rows of a kind were read into marts, and from which files."""

from alembic import op

revision = "0076"
down_revision = "0075"

_ADD = (
    # As ops.raw_reads, which is of a shop's orders and of freshness: a snapshot means
    # something only on the server that took it. A version of a file is its hash, when
    # it was exported and its name.
    """create table if not exists ops.row_reads (
        company_id text not null references ops.companies on delete cascade,
        topic text not null,
        server_id bigint not null,
        snapshot pg_snapshot not null,
        files text[] not null,
        read_at timestamptz not null default now(),
        primary key (company_id, topic)
    )""",
    "alter table ops.row_reads enable row level security",
    "drop policy if exists platform_works on ops.row_reads",
    """create policy platform_works on ops.row_reads
        to orchestrator, transformer using (true) with check (true)""",
    "grant select, insert, update, delete on ops.row_reads to transformer",
    "grant select on ops.row_reads to orchestrator",
)


def upgrade() -> None:
    """Add the table; each run of dbt keeps it."""
    for statement in _ADD:
        op.execute(statement)
