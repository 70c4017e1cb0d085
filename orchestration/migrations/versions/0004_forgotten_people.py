"""People who asked to be forgotten, as hashes; the room for personal data."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add what `timonel forget` keeps, and the schema that holds contacts."""
    for statement in _STATEMENTS:
        op.execute(statement)


_STATEMENTS = (
    # SHA-256 of each e-mail address, tax id and customer id: enough to know the
    # person again when a source sends them anew, too little to reach them.
    """create table ops.forgotten_people (
        company_id text not null references ops.companies,
        identifier_hash text not null check (length(identifier_hash) = 64),
        forgotten_at timestamptz not null default now(),
        primary key (company_id, identifier_hash)
    )""",
    "grant select on ops.forgotten_people to orchestrator",
    "create schema if not exists personal authorization transformer",
    "grant usage on schema personal to orchestrator",
)
