"""What was asked of a saved plan, and how much of it is worth spending."""

from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Add both; plans saved before were spent whole and say neither."""
    op.execute(
        """
        alter table predictions.scenarios
            add column asked_budget double precision check (asked_budget >= 0),
            add column worthwhile_spend double precision
                check (worthwhile_spend >= 0)
        """
    )
