"""What came of advice and of saved plans, by a run instead of by views."""

from alembic import op

revision = "0045"
down_revision = "0044"

_COMPANY_OF_READER = "substring(current_user::text from '^bi_(.*)$')"


def upgrade() -> None:
    """Add the tables; readers see their own company's rows, nobody else's."""
    for table, columns in _TABLES.items():
        op.execute(f"create table if not exists predictions.{table} ({columns})")
        for statement in _security(table):
            op.execute(statement)


def _security(table: str) -> tuple[str, ...]:
    name = f"predictions.{table}"
    policies = {
        "company_reads_own_rows": (
            f"for select to bi_reader using (company_id = {_COMPANY_OF_READER})"
        ),
        "platform_reads_all": (
            "for select to scientist, transformer, orchestrator using (true)"
        ),
        "scientist_writes": "for all to scientist using (true) with check (true)",
    }
    return (
        f"alter table {name} enable row level security",
        *(f"drop policy if exists {key} on {name}" for key in policies),
        *(f"create policy {key} on {name} {who}" for key, who in policies.items()),
        f"grant select on {name} to bi_reader, transformer, orchestrator",
        f"grant select, insert, delete on {name} to scientist",
    )


_TABLES = {
    "advice_outcomes": """
        company_id text not null,
        trace_id text not null,
        followed_share double precision,
        outcome double precision,
        outcome_lower double precision,
        outcome_upper double precision,
        primary key (company_id, trace_id)
    """,
    "scenario_outcomes": """
        company_id text not null,
        scenario_id uuid not null,
        actual_spend numeric(18, 2) not null,
        actual_income numeric(18, 2) not null,
        spend_deviation double precision not null,
        actual_gain double precision,
        primary key (company_id, scenario_id)
    """,
}
