"""What one more unit of spend brings in 12 months, of each channel."""

from alembic import op

revision = "0101"
down_revision = "0100"


def upgrade() -> None:
    """Add it; curves from before say nothing of it."""
    for table in ("marketing_curves", "marketing_curves_history"):
        op.execute(
            f"""
            alter table predictions.{table}
                add column if not exists marginal_value_return double precision,
                add column if not exists marginal_value_return_lower double precision,
                add column if not exists marginal_value_return_upper double precision
            """
        )
