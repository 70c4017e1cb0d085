"""What a file of sessions does not tell is null in the mart, also of older homes."""

from alembic import op

revision = "0079"
down_revision = "0078"

_COLUMNS = ("engaged_session_count", "new_user_count", "key_event_count")


def upgrade() -> None:
    for column in _COLUMNS:
        op.execute(
            "alter table if exists marts.web_source_months"
            f" alter column {column} drop not null"
        )
