"""Connections keep encrypted secrets and a state; landings say what a read changed."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add what sources with credentials need; files keep working as they are."""
    for statement in (_CONNECTIONS, *_LANDINGS, _RAW_TABLES, *_GRANTS):
        op.execute(statement)


_CONNECTIONS = """
    alter table ops.connections
        add column encrypted_secrets bytea,
        add column state text not null default 'untested'
            check (state in ('untested', 'healthy', 'limited', 'failing')),
        add column checked_at timestamptz,
        add column check_result jsonb,
        add column last_error text,
        add column last_read_at timestamptz
"""

_LANDINGS = (
    # One row per company and source: `revision` grows when a read changed a raw row.
    """create table ops.source_landings (
        company_id text not null references ops.companies,
        source_slug text not null,
        revision bigint not null default 0,
        is_reading boolean not null default false,
        verified_at timestamptz,
        changed_at timestamptz,
        primary key (company_id, source_slug)
    )""",
    # What each slice held without its time of reading, to know a restated day from
    # one that was only read again. A table read whole is one slice, '{}'.
    """create table ops.slice_contents (
        company_id text not null references ops.companies,
        source_slug text not null,
        stream_name text not null,
        slice jsonb not null,
        content_hash text not null,
        primary key (company_id, source_slug, stream_name, slice)
    )""",
)

# Every version of the taps whose raw tables have been made, empty or not.
_RAW_TABLES = """
    create table ops.raw_table_versions (
        version text primary key,
        created_at timestamptz not null default now()
    )
"""

_GRANTS = (
    """grant select, insert, update, delete on ops.source_landings, ops.slice_contents,
        ops.raw_table_versions to orchestrator""",
    # All but the secrets, which stay between the orchestrator and the taps.
    """grant select (company_id, connection_id, source_slug, settings, created_at,
        state, checked_at, check_result, last_error, last_read_at)
        on ops.connections to transformer""",
)
