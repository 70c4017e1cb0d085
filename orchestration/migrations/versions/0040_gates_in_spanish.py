"""What gates saw, and why a fit was not published, in Spanish beside the English."""

from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Add the columns; what was written before stays English."""
    for table, column in (
        ("gate_results", "message_es"),
        ("model_fits", "reason_es"),
        ("media_mix_fits", "reason_es"),
    ):
        op.execute(
            f"alter table predictions.{table} add column if not exists {column} text"
        )
