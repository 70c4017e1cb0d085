"""How many accounts of each tier of loyalty stayed."""

from alembic import op

revision = "0111"
down_revision = "0110"

_COLUMNS = {
    "followed_count": "integer",
    "kept_ratio": "double precision",
    "kept_ratio_lower": "double precision",
    "kept_ratio_upper": "double precision",
    "others_count": "integer",
    "others_kept_ratio": "double precision",
    "kept_difference_lower": "double precision",
    "kept_difference_upper": "double precision",
}


def upgrade() -> None:
    """Add what came of those of 90 days ago; unknown until the next review."""
    for name, kind in _COLUMNS.items():
        op.execute(
            "alter table predictions.loyalty_tiers "
            f"add column if not exists {name} {kind}"
        )
