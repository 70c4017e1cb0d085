"""How well the day of the next order was told, beside each backtest."""

from alembic import op

revision = "0084"
down_revision = "0082"

_COLUMNS = ("next_order_share", "next_order_mae", "next_order_coverage")


def upgrade() -> None:
    """Add the three scores: null of backtests made before."""
    for column in _COLUMNS:
        op.execute(
            "alter table predictions.backtests "
            f"add column if not exists {column} double precision"
        )
