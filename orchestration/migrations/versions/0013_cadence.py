"""How often a company is read and predicted, and which files were read already."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Give companies a rhythm; the default for predictions is the one they had."""
    op.execute(
        """
        alter table ops.companies
            add column prediction_cadence text not null default 'daily'
                check (prediction_cadence in ('daily', 'weekly')),
            add column is_read_hourly boolean not null default true,
            add column is_read_tactically boolean not null default false
        """
    )
    op.execute("alter table ops.source_landings add column version_read text")
