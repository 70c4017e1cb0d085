"""What channels won is not known where no order says which channel it came by."""

from alembic import op

revision = "0081"
down_revision = "0080"

_COLUMNS = (
    "customer_count",
    "observed_value",
    "value_12m",
    "value_12m_lower",
    "value_12m_upper",
)


def upgrade() -> None:
    """Let them be null."""
    for column in _COLUMNS:
        table = "predictions.channel_values"
        op.execute(f"alter table {table} alter column {column} drop not null")
