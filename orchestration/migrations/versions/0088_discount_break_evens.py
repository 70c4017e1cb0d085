"""Which discount for quiet customers earns its cost, by a run."""

from alembic import op

revision = "0088"
down_revision = "0086"

_TABLE = "predictions.discount_break_evens"
# Whose rows a reader's or an analyst's login sees, as of 0072.
_COMPANY_OF_READER = """case
    when starts_with(current_user::text, 'bi_') then substr(current_user::text, 4)
    when starts_with(current_user::text, 'lab_') then substr(current_user::text, 5)
end"""


def upgrade() -> None:
    """Add the table; it is filled by the next run."""
    for statement in _STATEMENTS:
        op.execute(statement)


_STATEMENTS = (
    f"""create table if not exists {_TABLE} (
        company_id text not null,
        discount_percent numeric(5, 2) not null,
        as_of_date date not null,
        inactivity_days integer not null,
        customer_count integer not null,
        returned_count integer not null,
        gross_margin_rate double precision,
        return_rate double precision,
        return_rate_lower double precision,
        return_rate_upper double precision,
        needed_rate double precision,
        group_size bigint,
        result text not null,
        is_smallest boolean not null,
        primary key (company_id, discount_percent)
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
    f"grant select, insert, delete on {_TABLE} to scientist",
)
