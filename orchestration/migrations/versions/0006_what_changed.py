"""What changed in marts since each was last built, and how published numbers moved."""

from alembic import op

revision = "0006"
down_revision = "0005"

_COMPANY_OF_READER = "substring(current_user::text from '^bi_(.*)$')"


def upgrade() -> None:
    """Add the ledgers that dbt keeps: changes, builds and restatements."""
    for statement in _STATEMENTS:
        op.execute(statement)


_STATEMENTS = (
    # A row of a mart before and after a build changed it, until every mart that reads
    # it has been built on it. Neither row: everything may have changed.
    """create table ops.mart_changes (
        company_id text not null references ops.companies on delete cascade,
        change_id bigint generated always as identity,
        mart text not null,
        old_row jsonb,
        new_row jsonb,
        noticed_at timestamptz not null default now(),
        primary key (company_id, change_id)
    )""",
    # How far a mart has read those changes. A mart without a row is built whole.
    """create table ops.mart_builds (
        company_id text not null references ops.companies on delete cascade,
        mart text not null,
        definition text not null,
        seen_through bigint not null,
        changed_key_count integer,
        as_of_date date not null,
        built_at timestamptz not null default now(),
        primary key (company_id, mart)
    )""",
    """create table ops.restatements (
        company_id text not null references ops.companies on delete cascade,
        restatement_id bigint generated always as identity,
        mart text not null,
        restated_date date not null,
        subject text not null,
        metric text not null,
        old_value numeric,
        new_value numeric,
        reasons text[] not null,
        build_id text not null,
        noticed_at timestamptz not null default now(),
        primary key (company_id, restatement_id)
    )""",
    "alter table ops.restatements enable row level security",
    f"""create policy company_reads_own_rows on ops.restatements
        for select to bi_reader using (company_id = {_COMPANY_OF_READER})""",
    """create policy platform_works on ops.restatements
        to orchestrator, transformer using (true) with check (true)""",
    "grant select on ops.restatements to bi_reader, orchestrator",
    "grant select, insert on ops.restatements to transformer",
    "grant select, insert, update, delete on ops.mart_changes, ops.mart_builds"
    " to transformer",
    "grant select on ops.mart_changes, ops.mart_builds to orchestrator",
)
