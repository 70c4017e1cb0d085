"""What the importer put into Metabase, and what a company asked of it."""

from alembic import op

revision = "0016"
down_revision = "0015"

_TABLES = (
    # No reference to ops.companies: the rows of a company that is removed are what
    # tells its collection and its connection, which are then closed. The company ''
    # stands for what belongs to the operator of the platform.
    """create table ops.metabase_objects (
        company_id text not null,
        instance text not null,
        kind text not null,
        key text not null,
        metabase_id bigint not null,
        server_entity_id text,
        spec_hash text not null,
        key_hashes jsonb not null,
        applied_at timestamptz not null,
        primary key (company_id, instance, kind, key)
    )""",
    # Nobody is written to until somebody is named.
    """create table ops.metabase_settings (
        company_id text primary key references ops.companies on delete cascade,
        language text,
        daily_recipients text[] not null default '{}',
        weekly_recipients text[] not null default '{}',
        monthly_recipients text[] not null default '{}'
    )""",
)


def upgrade() -> None:
    """Add both tables; companies read neither."""
    for statement in _TABLES:
        op.execute(statement)
    for table in ("metabase_objects", "metabase_settings"):
        op.execute(f"alter table ops.{table} enable row level security")
        op.execute(
            f"""create policy platform_works on ops.{table}
                to orchestrator using (true) with check (true)"""
        )
        op.execute(
            f"grant select, insert, update, delete on ops.{table} to orchestrator"
        )
