"""Pushing audiences: where to, whether somebody allowed it, and what became of it."""

from alembic import op

revision = "0021"
down_revision = "0020"

_TABLES = (
    # Nothing is written anywhere before somebody switched it on, place by place.
    """create table ops.audience_destinations (
        company_id text not null references ops.companies on delete cascade,
        destination text not null
            check (destination in ('klaviyo', 'meta', 'shopify')),
        is_switched_on boolean not null default false,
        connection_id text,
        settings jsonb not null default '{}',
        encrypted_secrets bytea,
        changed_at timestamptz not null default now(),
        changed_by text not null,
        primary key (company_id, destination)
    )""",
    # One per audience and place: who asks again is told of the one there is.
    """create table ops.audience_pushes (
        company_id text not null,
        push_id uuid not null default gen_random_uuid(),
        audience_id uuid not null,
        destination text not null,
        list_name text not null,
        list_id text,
        state text not null default 'running'
            check (state in ('running', 'done', 'failed')),
        reason text,
        pushed_count integer not null default 0 check (pushed_count >= 0),
        refused_count integer not null default 0 check (refused_count >= 0),
        withdrawn_count integer not null default 0 check (withdrawn_count >= 0),
        unreachable_count integer not null default 0 check (unreachable_count >= 0),
        export_id bigint,
        started_at timestamptz not null default now(),
        finished_at timestamptz,
        pushed_by text not null,
        primary key (company_id, push_id),
        unique (company_id, audience_id, destination),
        foreign key (company_id, audience_id)
            references ops.audiences on delete cascade
    )""",
    """create table ops.audience_push_members (
        company_id text not null,
        push_id uuid not null,
        customer_id text not null,
        outcome text not null
            check (outcome in ('pushed', 'refused', 'withdrawn', 'unreachable')),
        reason text,
        primary key (company_id, push_id, customer_id),
        foreign key (company_id, push_id)
            references ops.audience_pushes on delete cascade
    )""",
    # What a place refuses without saying whom: only how many, and why.
    """create table ops.audience_push_refusals (
        company_id text not null,
        push_id uuid not null,
        reason text not null,
        refused_count integer not null check (refused_count > 0),
        primary key (company_id, push_id, reason),
        foreign key (company_id, push_id)
            references ops.audience_pushes on delete cascade
    )""",
)
_PLATFORM = (
    *("audience_destinations", "audience_pushes", "audience_push_members"),
    "audience_push_refusals",
)


def upgrade() -> None:
    """Add the tables, which no reader sees: the command line tells what is in them."""
    for statement in _TABLES:
        op.execute(statement)
    for table in _PLATFORM:
        op.execute(f"alter table ops.{table} enable row level security")
        op.execute(
            f"""create policy platform_works on ops.{table}
                to orchestrator using (true) with check (true)"""
        )
        op.execute(
            f"grant select, insert, update, delete on ops.{table} to orchestrator"
        )
    # The list that was given out grows while it is pushed.
    op.execute("grant update on ops.audience_exports to orchestrator")
