"""A plan is any word: metabase/roles.yml tells which there are."""

from alembic import op

revision = "0060"
down_revision = "0058"


def upgrade() -> None:
    """Loosen what was a list of three plans."""
    op.execute(
        "alter table ops.companies drop constraint if exists companies_plan_check"
    )
    op.execute(
        """alter table ops.companies add constraint companies_plan_check
        check (plan ~ '^[a-z]+$')"""
    )
