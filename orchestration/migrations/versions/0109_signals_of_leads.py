"""Whether the score of leads knows what they did besides webinars."""

from alembic import op

revision = "0109"
down_revision = "0107"


def upgrade() -> None:
    """Add what is told of it, in both languages."""
    for language in ("es", "en"):
        op.execute(
            "alter table predictions.webinar_lead_grades "
            f"add column if not exists signals_{language} text"
        )
