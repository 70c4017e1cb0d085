"""Rescue coupons: whether they are allowed, and every one that was asked for."""

from alembic import op

revision = "0024"
down_revision = "0023"

_COMPANY_OF_READER = "substring(current_user::text from '^bi_(.*)$')"

_TABLES = (
    """create table ops.coupon_allowances (
        company_id text primary key references ops.companies on delete cascade,
        is_switched_on boolean not null default false,
        max_percent numeric(5, 2) not null
            check (max_percent > 0 and max_percent <= 100),
        max_uses integer not null check (max_uses > 0),
        needs_approval boolean not null default true,
        changed_at timestamptz not null default now(),
        changed_by text not null
    )""",
    # One per audience: what two coupons did to the same people cannot be told apart.
    """create table ops.coupons (
        company_id text not null,
        coupon_id uuid not null default gen_random_uuid(),
        audience_id uuid not null,
        percent numeric(5, 2) not null check (percent > 0 and percent <= 100),
        is_percent_proven boolean not null,
        usage_limit integer not null check (usage_limit > 0),
        days integer not null check (days between 1 and 365),
        code text not null check (code ~ '^[A-Z0-9-]{4,40}$'),
        state text not null
            check (state in ('waiting', 'approved', 'created', 'failed')),
        reason text,
        discount_id text,
        starts_at timestamptz,
        ends_at timestamptz,
        requested_at timestamptz not null default now(),
        requested_by text not null,
        approved_by text,
        primary key (company_id, coupon_id),
        unique (company_id, audience_id),
        unique (company_id, code),
        foreign key (company_id, audience_id)
            references ops.audiences on delete cascade,
        check (state in ('waiting', 'failed') or ends_at > starts_at),
        check (state <> 'created' or discount_id is not null)
    )""",
)


def upgrade() -> None:
    """Add the tables; a company's readers see their own coupons, nobody else's."""
    for statement in _TABLES:
        op.execute(statement)
    for table in ("coupon_allowances", "coupons"):
        op.execute(f"alter table ops.{table} enable row level security")
        op.execute(
            f"""create policy platform_works on ops.{table}
                to orchestrator, transformer using (true) with check (true)"""
        )
        op.execute(
            f"grant select, insert, update, delete on ops.{table} to orchestrator"
        )
    op.execute(
        f"""create policy company_reads_own_rows on ops.coupons
            for select to bi_reader using (company_id = {_COMPANY_OF_READER})"""
    )
    op.execute("grant select on ops.coupons to bi_reader, transformer")
