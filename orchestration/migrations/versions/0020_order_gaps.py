"""How long each customer may be quiet before it is unusual for them."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Widen the two prediction tables; predictions of before have no such number."""
    for table in ("predictions_customer", "predictions_customer_history"):
        op.execute(
            f"""alter table predictions.{table}
                add column order_gap_p90_days integer check (order_gap_p90_days >= 0)"""
        )
