"""Audiences leave out whom another one keeps back, and say how many."""

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add the count; audiences that exist were built of everybody."""
    op.execute(
        """alter table ops.audiences
            add column kept_back_elsewhere_count integer not null default 0
                check (kept_back_elsewhere_count >= 0)"""
    )
