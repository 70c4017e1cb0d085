"""What a channel's first sales become in 12 months, and plans that weigh it."""

from alembic import op

revision = "0038"
down_revision = "0036"


def upgrade() -> None:
    """Add both; curves and plans from before say nothing of it."""
    for table in ("marketing_curves", "marketing_curves_history"):
        op.execute(
            f"""
            alter table predictions.{table}
                add column if not exists value_basis text
                    check (value_basis in ('value_12m', 'revenue')),
                add column if not exists value_reason text,
                add column if not exists value_ratio double precision
                    check (value_ratio > 0),
                add column if not exists value_ratio_lower double precision,
                add column if not exists value_ratio_upper double precision,
                add column if not exists value_ratio_error double precision,
                add column if not exists value_ratio_shared_error double precision,
                add column if not exists value_customer_count integer,
                add column if not exists value_maturity_rate double precision
            """
        )
    op.execute(
        """
        alter table predictions.scenarios
            add column if not exists value_basis text
                check (value_basis in ('value_12m', 'revenue')),
            add column if not exists value_reason text,
            add column if not exists current_value double precision,
            add column if not exists projected_value double precision,
            add column if not exists value_gain double precision,
            add column if not exists value_gain_lower double precision,
            add column if not exists value_gain_upper double precision,
            add column if not exists probability_more_value double precision
                check (probability_more_value between 0 and 1)
        """
    )
    op.execute(
        """
        alter table predictions.scenario_channels
            add column if not exists value_ratio double precision
                check (value_ratio > 0),
            add column if not exists value_spend numeric(24, 6) check (value_spend >= 0)
        """
    )
