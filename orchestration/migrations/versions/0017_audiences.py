"""Audiences: who was to be written to, who was kept back, and every list given out."""

from alembic import op

revision = "0017"
down_revision = "0016"

_COMPANY_OF_READER = "substring(current_user::text from '^bi_(.*)$')"

_TABLES = (
    # Membership is frozen: what came of an audience is judged by who was meant then.
    """create table ops.audiences (
        company_id text not null references ops.companies on delete cascade,
        audience_id uuid not null,
        name text not null check (length(name) between 1 and 80),
        segment_id text not null,
        prediction_as_of_date date,
        holdout_share numeric(4, 3) not null
            check (holdout_share >= 0 and holdout_share <= 0.5),
        segment_customer_count integer not null,
        without_consent_count integer not null,
        without_address_count integer not null,
        built_at timestamptz not null default now(),
        built_by text not null,
        primary key (company_id, audience_id),
        unique (company_id, name)
    )""",
    """create table ops.audience_members (
        company_id text not null,
        audience_id uuid not null,
        customer_id text not null,
        is_held_back boolean not null,
        predicted_value_12m numeric(18, 2),
        primary key (company_id, audience_id, customer_id),
        foreign key (company_id, audience_id)
            references ops.audiences on delete cascade
    )""",
    """create table ops.audience_exports (
        company_id text not null,
        export_id bigint generated always as identity,
        audience_id uuid not null,
        destination text not null,
        is_holdout boolean not null,
        row_count integer not null check (row_count >= 0),
        withdrawn_count integer not null check (withdrawn_count >= 0),
        unreachable_count integer not null check (unreachable_count >= 0),
        exported_at timestamptz not null default now(),
        exported_by text not null,
        primary key (company_id, export_id),
        foreign key (company_id, audience_id)
            references ops.audiences on delete cascade
    )""",
)


def upgrade() -> None:
    """Add the tables; a company's readers see their own audiences, nobody else's."""
    for statement in _TABLES:
        op.execute(statement)
    for table in ("audiences", "audience_members", "audience_exports"):
        for statement in _security(table):
            op.execute(statement)


def _security(table: str) -> tuple[str, ...]:
    return (
        f"alter table ops.{table} enable row level security",
        f"""create policy company_reads_own_rows on ops.{table}
            for select to bi_reader using (company_id = {_COMPANY_OF_READER})""",
        f"""create policy platform_works on ops.{table}
            to orchestrator, transformer using (true) with check (true)""",
        f"grant select on ops.{table} to bi_reader, transformer",
        f"grant select, insert on ops.{table} to orchestrator",
    )
