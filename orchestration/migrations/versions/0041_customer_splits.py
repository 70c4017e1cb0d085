"""Customer ids that people keep apart, though they share a confirmed address."""

from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Add the table. What is undone stays: no build would see that a row went."""
    op.execute(
        """create table if not exists ops.customer_splits (
            company_id text not null references ops.companies on delete cascade,
            customer_id text not null check (starts_with(customer_id, 'shopify/')),
            note text,
            split_by text not null,
            split_at timestamptz not null default now(),
            undone_by text,
            undone_at timestamptz,
            primary key (company_id, customer_id),
            check ((undone_by is null) = (undone_at is null))
        )"""
    )
    op.execute("alter table ops.customer_splits enable row level security")
    op.execute("drop policy if exists platform_works on ops.customer_splits")
    op.execute(
        """create policy platform_works on ops.customer_splits
            to orchestrator, transformer using (true) with check (true)"""
    )
    op.execute("grant select on ops.customer_splits to transformer")
    op.execute("grant select, insert, update on ops.customer_splits to orchestrator")
