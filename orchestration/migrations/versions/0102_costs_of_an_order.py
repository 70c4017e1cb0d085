"""What an order costs a company besides its goods, as far as it tells."""

from alembic import op

revision = "0102"
down_revision = "0101"


def upgrade() -> None:
    """Add the settings; without them every number stays as it was."""
    op.execute(
        """
        alter table ops.companies
            add column if not exists shipping_cost_per_order numeric(18, 6)
                check (shipping_cost_per_order >= 0),
            add column if not exists payment_fee_rate numeric(7, 6)
                check (payment_fee_rate between 0 and 1),
            add column if not exists payment_fee_per_order numeric(18, 6)
                check (payment_fee_per_order >= 0)
        """
    )
