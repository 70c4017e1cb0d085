"""Webhooks: who may deliver where, what was delivered, and what was refused."""

from alembic import op

revision = "0053"
down_revision = "0052"

_TABLES = (
    """create table if not exists ops.webhooks (
        company_id text not null references ops.companies on delete cascade,
        connection_id text not null check (connection_id ~ '^[a-z][a-z0-9_-]{0,39}$'),
        sender text not null
            check (sender in ('whatsapp', 'zoom', 'hubspot', 'stripe', 'shared')),
        encrypted_secrets bytea not null,
        created_at timestamptz not null default now(),
        primary key (company_id, connection_id)
    )""",
    # Counts only: nothing of a delivery that was refused is kept.
    """create table if not exists ops.webhook_refusals (
        company_id text not null references ops.companies on delete cascade,
        connection_id text not null,
        refused_on date not null,
        reason text not null,
        refusal_count bigint not null,
        last_refused_at timestamptz not null,
        primary key (company_id, connection_id, refused_on, reason)
    )""",
    "create schema if not exists raw_webhooks",
    # The body as it came, byte by byte: it is understood later, as often as needed.
    """create table if not exists raw_webhooks.deliveries (
        company_id text not null references ops.companies on delete cascade,
        delivery_id bigint generated always as identity,
        connection_id text not null,
        sender text not null,
        delivery_key text not null,
        headers jsonb not null,
        body bytea not null,
        received_at timestamptz not null,
        read_at timestamptz,
        primary key (company_id, delivery_id),
        unique (company_id, connection_id, delivery_key)
    )""",
    """create index if not exists unread_deliveries on raw_webhooks.deliveries
        (company_id, delivery_id) where read_at is null""",
    """create table if not exists raw_webhooks.events (
        company_id text not null references ops.companies on delete cascade,
        connection_id text not null,
        event_key text not null,
        sender text not null,
        event_type text not null,
        event_id text,
        occurred_at timestamptz,
        received_at timestamptz not null,
        delivery_id bigint not null,
        payload jsonb not null,
        primary key (company_id, connection_id, event_key)
    )""",
)
_TABLES_OF_ALL = (
    "ops.webhooks",
    "ops.webhook_refusals",
    "raw_webhooks.deliveries",
    "raw_webhooks.events",
)
_GRANTS = (
    """grant select, insert, update, delete on ops.webhooks, ops.webhook_refusals
        to orchestrator""",
    "grant select on ops.webhook_refusals to transformer",
    "grant usage on schema raw_webhooks to loader, orchestrator, transformer",
    """grant select, insert, update, delete
        on raw_webhooks.deliveries, raw_webhooks.events to loader""",
    # All but what people wrote, which the events tell.
    """grant select (company_id, delivery_id, connection_id, sender, received_at,
        read_at) on raw_webhooks.deliveries to orchestrator, transformer""",
    "grant select on raw_webhooks.events to transformer",
)


def upgrade() -> None:
    """Add the tables; people who read dashboards see none of them."""
    for statement in _TABLES:
        op.execute(statement)
    for table in _TABLES_OF_ALL:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"drop policy if exists platform_works on {table}")
        op.execute(
            f"""create policy platform_works on {table}
            to loader, orchestrator, transformer using (true) with check (true)"""
        )
    for statement in _GRANTS:
        op.execute(statement)
