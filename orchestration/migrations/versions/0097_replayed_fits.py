"""Which fits were made of month ends afterwards, and were never in force."""

from alembic import op

revision = "0097"
down_revision = "0096"


def upgrade() -> None:
    """Add the column; every fit before was of its own day."""
    op.execute(
        "alter table predictions.model_fits"
        " add column if not exists is_replayed boolean not null default false"
    )
