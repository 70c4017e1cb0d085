"""Up to where a company's raw rows were read into marts."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the snapshot of the last look at each company's raw rows."""
    for statement in _STATEMENTS:
        op.execute(statement)


_STATEMENTS = (
    # A snapshot means something only on the server that took it, hence its name.
    """create table ops.raw_reads (
        company_id text primary key references ops.companies on delete cascade,
        server_id bigint not null,
        snapshot pg_snapshot not null,
        files_hash text not null,
        read_at timestamptz not null default now()
    )""",
    "grant select, insert, update, delete on ops.raw_reads to transformer",
    "grant select on ops.raw_reads to orchestrator",
)
