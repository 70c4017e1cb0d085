"""What is lacking for the return of a programme to be told, and until when."""

from alembic import op

revision = "0117"
down_revision = "0112"


def upgrade() -> None:
    """Add it in both languages; unknown until the next review."""
    for name in ("awaited_en", "awaited_es"):
        op.execute(
            "alter table predictions.programme_standing "
            f"add column if not exists {name} text"
        )
