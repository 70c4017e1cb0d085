"""What a company has taken: which pages its people may open."""

from alembic import op

revision = "0032"
down_revision = "0024"


def upgrade() -> None:
    """Add the plan; every company keeps all it had."""
    op.execute(
        """
        alter table ops.companies
            add column plan text not null default 'pro'
                check (plan in ('basic', 'pro'))
        """
    )
