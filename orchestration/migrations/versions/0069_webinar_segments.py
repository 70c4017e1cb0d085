"""Kinds of people in the audience of webinars, and who is of which."""

from alembic import op

revision = "0069"
down_revision = "0068"

_OWN = """company_id = case
    when starts_with(current_user::text, 'bi_') then substr(current_user::text, 4)
end"""
_TABLES = {
    "webinar_segment_members": """
        person_id text not null,
        segment_id integer not null,
        as_of_date date not null,
        model_version text not null,
        primary key (company_id, person_id)""",
    "webinar_segments": """
        segment_id integer not null,
        as_of_date date not null,
        features jsonb not null,
        people_count integer not null,
        people_ratio double precision not null,
        moved_in_count integer not null,
        top_feature text not null,
        engagement_mean double precision,
        attended_minutes_mean double precision,
        conversion_count integer not null,
        conversion_ratio double precision,
        conversion_lower_ratio double precision,
        conversion_upper_ratio double precision,
        revenue_mean double precision,
        top_industry text,
        top_company_size text,
        wants_premium boolean not null,
        wants_upsell boolean not null,
        wants_enterprise boolean not null,
        primary key (company_id, segment_id)""",
    # How each number of groups fared; the one taken, or why there is none.
    "webinar_segment_counts": """
        segment_count integer not null,
        as_of_date date not null,
        model_version text not null,
        silhouette double precision,
        least_jaccard double precision,
        adjusted_rand double precision,
        smallest_ratio double precision,
        is_stable boolean not null,
        is_taken boolean not null,
        people_count integer not null,
        kept_count integer,
        known_before_count integer,
        primary key (company_id, segment_count)""",
}


def upgrade() -> None:
    """Add the tables; readers see their own company's rows, nobody else's."""
    for name, columns in _TABLES.items():
        _add(f"predictions.{name}", columns)


def _add(table: str, columns: str) -> None:
    op.execute(
        f"create table if not exists {table} (company_id text not null, {columns})"
    )
    policies = {
        "company_reads_own_rows": f"for select to bi_reader using ({_OWN})",
        "platform_reads_all": (
            "for select to scientist, transformer, orchestrator using (true)"
        ),
        "scientist_writes": "for all to scientist using (true) with check (true)",
    }
    op.execute(f"alter table {table} enable row level security")
    for name, who in policies.items():
        op.execute(f"drop policy if exists {name} on {table}")
        op.execute(f"create policy {name} on {table} {who}")
    op.execute(f"grant select on {table} to bi_reader, transformer, orchestrator")
    op.execute(f"grant select, insert, update, delete on {table} to scientist")
