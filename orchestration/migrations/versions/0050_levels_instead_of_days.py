"""A deviation is told below so many false alarms a quarter, not above a distance."""

from alembic import op

revision = "0050"
down_revision = "0049"

_STATEMENTS = (
    # A distance says nothing of how often it is passed: what people had set is the
    # usual rate from now on.
    """update ops.alert_rules set comparison = 'below', threshold = 1
        where kind = 'deviation' and comparison = 'above'""",
    # What was told of a day keeps words.
    """update ops.alerts set facts = facts || jsonb_build_object(
            'first', facts ->> 'day',
            'event', case
                when (facts ->> 'value')::float8 < (facts ->> 'usual')::float8
                then 'level_below' else 'level_above' end
        )
        where facts ->> 'event' = 'deviation'""",
)


def upgrade() -> None:
    """Change rules and alerts of deviations; a second time there are none to change."""
    for statement in _STATEMENTS:
        op.execute(statement)
