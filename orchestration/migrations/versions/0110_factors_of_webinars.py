"""A third model of attendance: by what surrounds a webinar."""

from alembic import op

revision = "0110"
down_revision = "0109"

_TABLE = "predictions.webinar_attendance_forecasts"
_CHECK = "webinar_attendance_forecasts_model_name_check"


def upgrade() -> None:
    """Let forecasts be of it."""
    op.execute(f"alter table {_TABLE} drop constraint if exists {_CHECK}")
    op.execute(
        f"alter table {_TABLE} add constraint {_CHECK}"
        " check (model_name in ('series', 'registrants', 'factors'))"
    )
