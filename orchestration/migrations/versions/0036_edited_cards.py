"""When a Metabase object was last edited there, as told after we wrote it."""

from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Add the moment; of what was written before it is learnt when that is read."""
    op.execute(
        "alter table ops.metabase_objects add column if not exists edited_at text"
    )
