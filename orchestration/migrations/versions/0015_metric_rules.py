"""Rules of metrics know their unit, and how many rows make a number worth an alarm."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Rules that exist have none of it: they are judged as before."""
    op.execute(
        """
        alter table ops.alert_rules
            add column unit text,
            add column sample text,
            add column sample_minimum integer check (sample_minimum > 0)
        """
    )
