"""The code that brought an account which another referred."""

from alembic import op

revision = "0092"
down_revision = "0091"


def upgrade() -> None:
    """Add the column; the next run fills it."""
    op.execute(
        "alter table predictions.account_referrals"
        " add column if not exists referral_code text"
    )
