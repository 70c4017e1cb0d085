"""The margin that discounts are weighed by, beside the one of the goods alone."""

from alembic import op

revision = "0103"
down_revision = "0102"


def upgrade() -> None:
    """Add it; what was weighed before was weighed by the gross margin."""
    op.execute(
        """
        alter table predictions.discount_break_evens
            add column if not exists contribution_margin_rate double precision
        """
    )
    op.execute(
        """
        update predictions.discount_break_evens
        set contribution_margin_rate = gross_margin_rate
        """
    )
