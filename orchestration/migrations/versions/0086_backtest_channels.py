"""What the customers of a channel were expected to be worth, beside what came."""

from alembic import op

revision = "0086"
down_revision = "0085"

_TABLE = "predictions.backtest_channels"
# Whose rows a reader's or an analyst's login sees, as of 0072.
_COMPANY_OF_READER = """case
    when starts_with(current_user::text, 'bi_') then substr(current_user::text, 4)
    when starts_with(current_user::text, 'lab_') then substr(current_user::text, 5)
end"""


def upgrade() -> None:
    """Add the table; backtests made before have no rows in it."""
    for statement in _STATEMENTS:
        op.execute(statement)


_STATEMENTS = (
    f"""create table if not exists {_TABLE} (
        company_id text not null,
        model_version text not null,
        origin_date date not null,
        horizon_days integer not null,
        channel_id text not null,
        customer_count integer not null,
        expected_orders double precision,
        expected_orders_lower double precision,
        expected_orders_upper double precision,
        expected_value numeric(18, 2),
        expected_value_lower numeric(18, 2),
        expected_value_upper numeric(18, 2),
        actual_orders double precision,
        actual_value numeric(18, 2),
        currency_code text not null,
        primary key (company_id, model_version, origin_date, channel_id)
    )""",
    f"alter table {_TABLE} enable row level security",
    f"drop policy if exists company_reads_own_rows on {_TABLE}",
    f"""create policy company_reads_own_rows on {_TABLE}
        for select to bi_reader using (company_id = {_COMPANY_OF_READER})""",
    f"drop policy if exists platform_reads_all on {_TABLE}",
    f"""create policy platform_reads_all on {_TABLE}
        for select to scientist, transformer, orchestrator using (true)""",
    f"drop policy if exists scientist_writes on {_TABLE}",
    f"""create policy scientist_writes on {_TABLE}
        for all to scientist using (true) with check (true)""",
    f"grant select on {_TABLE} to bi_reader, transformer, orchestrator",
    f"grant select, insert, update, delete on {_TABLE} to scientist",
)
