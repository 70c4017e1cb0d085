"""When an event of a webhook was written: what is new, and how long it took."""

from alembic import op

revision = "0067"
down_revision = "0064"


def upgrade() -> None:
    """Add the moment; of events that were there before nobody knows it."""
    events = "alter table raw_webhooks.events"
    op.execute(f"{events} add column if not exists written_at timestamptz")
    op.execute(f"{events} alter column written_at set default now()")
    op.execute(
        """create index if not exists events_written
        on raw_webhooks.events (company_id, written_at)"""
    )
