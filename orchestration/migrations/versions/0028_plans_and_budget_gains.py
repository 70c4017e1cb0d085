"""What a company has taken, and how sure the gain of a budget is."""

from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Add the plan, which leaves every company what it had, and the gains.

    Grids that are there have none until the next fit.
    """
    op.execute(
        """
        alter table ops.companies
            add column plan text not null default 'pro'
                check (plan in ('basic', 'pro'))
        """
    )
    op.execute(
        """
        alter table predictions.budget_grid
            add column total_gain_lower double precision,
            add column total_gain_upper double precision,
            add column probability_better double precision
                check (probability_better between 0 and 1)
        """
    )
