"""What there is to know of a model that was tried, in Spanish beside the English."""

from alembic import op

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    """Add the column; what was written before stays English."""
    op.execute(
        """alter table predictions.model_candidates
        add column if not exists reason_es text"""
    )
