"""How far the rows of a source have been judged by its suite."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Remember the last judgement that blocked nothing; before it, all are new."""
    op.execute(
        """
        alter table ops.source_landings
            add column judged_revision bigint not null default 0,
            add column judged_at timestamptz
        """
    )
