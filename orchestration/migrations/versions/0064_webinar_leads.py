"""Whom to call first after a webinar, and what came of those called so before."""

from alembic import op

revision = "0064"
down_revision = "0062"

_OWN = """company_id = case
    when starts_with(current_user::text, 'bi_') then substr(current_user::text, 4)
end"""
_TABLES = {
    "webinar_leads": """
        webinar_id text not null,
        person_id text not null,
        registrant_id text,
        as_of_date date not null,
        probability double precision not null,
        band text not null,
        action text not null,
        call_rank integer not null,
        model_version text not null,
        primary key (company_id, webinar_id, person_id)""",
    "webinar_lead_bands": """
        band text not null,
        as_of_date date not null,
        people_count integer not null,
        conversion_count integer not null,
        said_ratio double precision,
        realised_ratio double precision,
        realised_lower_ratio double precision,
        realised_upper_ratio double precision,
        primary key (company_id, band)""",
    "webinar_lead_grades": """
        as_of_date date not null,
        model_version text not null,
        is_scored boolean not null,
        told_es text,
        told_en text,
        people_count integer not null,
        conversion_count integer not null,
        graded_count integer not null,
        base_ratio double precision,
        area_under_curve double precision,
        calibration_error double precision,
        brier_score double precision,
        brier_of_base double precision,
        primary key (company_id)""",
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
