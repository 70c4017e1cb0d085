"""Between what the total of a forecast of the mix was expected."""

from alembic import op

revision = "0112"
down_revision = "0111"


def upgrade() -> None:
    """Add the interval; unknown of what was computed before, which is done again."""
    for name in ("expected_lower", "expected_upper"):
        op.execute(
            "alter table predictions.media_mix_backtests "
            f"add column if not exists {name} double precision"
        )
