"""Days to the first value, who stays by them, steps by day, features that are used."""

from alembic import op

revision = "0091"
down_revision = "0088"

# Whose rows a reader's or an analyst's login sees, as of 0072.
_COMPANY_OF_READER = """case
    when starts_with(current_user::text, 'bi_') then substr(current_user::text, 4)
    when starts_with(current_user::text, 'lab_') then substr(current_user::text, 5)
end"""
_RATIO = """reached_ratio double precision,
        reached_ratio_lower double precision,
        reached_ratio_upper double precision,"""
_TABLES = {
    "time_to_value": """
        start_kind text not null check (start_kind in ('paid', 'trial')),
        as_of_date date not null,
        account_count integer not null,
        reached_count integer not null,
        waiting_count integer not null,
        quarter_days integer,
        median_days integer,
        median_days_lower integer,
        median_days_upper integer,
        three_quarters_days integer,
        primary key (company_id, start_kind)""",
    "time_to_value_days": f"""
        start_kind text not null check (start_kind in ('paid', 'trial')),
        day_number integer not null,
        {_RATIO}
        primary key (company_id, start_kind, day_number)""",
    "value_retention": """
        bucket text not null,
        horizon_days integer not null,
        as_of_date date not null,
        account_count integer not null,
        retained_count integer not null,
        retained_ratio double precision,
        retained_ratio_lower double precision,
        retained_ratio_upper double precision,
        primary key (company_id, bucket)""",
    "onboarding_steps": f"""
        start_kind text not null check (start_kind in ('paid', 'trial')),
        step text not null,
        day_number integer not null,
        account_count integer not null,
        reached_count integer not null,
        {_RATIO}
        primary key (company_id, start_kind, step, day_number)""",
    "company_adoption": """
        feature_tier text not null,
        as_of_date date not null,
        account_count integer not null,
        feature_count integer not null,
        adoption_ratio double precision,
        adoption_ratio_lower double precision,
        adoption_ratio_upper double precision,
        seat_weighted_ratio double precision,
        primary key (company_id, feature_tier)""",
}
_POLICIES = {
    "company_reads_own_rows": (
        f"for select to bi_reader using (company_id = {_COMPANY_OF_READER})"
    ),
    "platform_reads_all": (
        "for select to scientist, transformer, orchestrator using (true)"
    ),
    "scientist_writes": "for all to scientist using (true) with check (true)",
}


def upgrade() -> None:
    """Add the tables; they are filled by the next run."""
    for name, columns in _TABLES.items():
        table = f"predictions.{name}"
        op.execute(
            f"create table if not exists {table} (company_id text not null, {columns})"
        )
        op.execute(f"alter table {table} enable row level security")
        for policy, who in _POLICIES.items():
            op.execute(f"drop policy if exists {policy} on {table}")
            op.execute(f"create policy {policy} on {table} {who}")
        op.execute(f"grant select on {table} to bi_reader, transformer, orchestrator")
        op.execute(f"grant select, insert, delete on {table} to scientist")
