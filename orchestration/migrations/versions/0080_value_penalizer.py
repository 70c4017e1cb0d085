"""How far a company's value models are drawn together, and what they say without it."""

from alembic import op

revision = "0080"
down_revision = "0079"

_STATEMENTS = (
    """alter table ops.companies add column if not exists value_penalizer numeric(7, 6)
        not null default 0
        constraint companies_value_penalizer_check
            check (value_penalizer between 0 and 1)""",
    """alter table predictions.backtests
        drop constraint if exists backtests_model_check""",
    """alter table predictions.backtests add constraint backtests_model_check
        check (model in ('chosen', 'bg_nbd', 'naive', 'without_penalizer'))""",
)


def upgrade() -> None:
    """Add the setting, 0 as before, and a fourth forecaster of backtests."""
    for statement in _STATEMENTS:
        op.execute(statement)
