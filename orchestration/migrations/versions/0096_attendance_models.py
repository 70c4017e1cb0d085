"""Which model, and which version of it, forecast the attendance of a webinar."""

from alembic import op

revision = "0096"
down_revision = "0092"


def upgrade() -> None:
    """Add the columns; what was forecast before is of the first model."""
    op.execute(
        "alter table predictions.webinar_attendance_forecasts"
        " add column if not exists model_name text not null default 'series'"
        " check (model_name in ('series', 'registrants')),"
        " add column if not exists model_version text not null default '1'"
    )
