"""What a company counts as revenue and when it calls a cart or a customer idle."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Give companies settings; the defaults keep every number as it was."""
    op.execute(
        """
        alter table ops.companies
            add column revenue_includes_tax boolean not null default true,
            add column revenue_includes_shipping boolean not null default true,
            add column cart_idle_hours integer not null default 24
                check (cart_idle_hours > 0),
            add column inactivity_days integer not null default 60
                check (inactivity_days > 0),
            add column at_risk_threshold numeric(4, 3) not null default 0.7
                check (at_risk_threshold between 0 and 1),
            add column critical_threshold numeric(4, 3) not null default 0.8
                check (critical_threshold between 0 and 1),
            add column gross_margin_rate numeric(5, 4)
                check (gross_margin_rate between 0 and 1),
            add constraint companies_critical_is_above_at_risk
                check (critical_threshold >= at_risk_threshold)
        """
    )
