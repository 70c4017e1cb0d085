"""A run that somebody stopped is neither under way nor failed."""

from alembic import op

revision = "0029"
down_revision = "0028"

_STATUSES = "('started', 'succeeded', 'failed', 'stopped')"


def upgrade() -> None:
    """Allow the status `stopped`."""
    op.execute("alter table ops.runs drop constraint runs_status_check")
    op.execute(
        "alter table ops.runs add constraint runs_status_check "
        f"check (status in {_STATUSES})"
    )
