"""Companies read how their own connections and runs fare, through reporting views."""

from alembic import op

revision = "0005"
down_revision = "0004"

_COMPANY_OF_READER = "substring(current_user::text from '^bi_(.*)$')"

# What a company's reader may see of the platform's records about it: no settings, no
# secrets, no rejected record.
_READABLE = {
    "connections": "company_id, connection_id, source_slug, state, checked_at,"
    " last_error, last_read_at",
    "runs": "company_id, run_id, as_of_date, status, message, started_at, finished_at",
    "source_landings": "company_id, source_slug, changed_at",
    "quarantined_records": "company_id, source",
}


def upgrade() -> None:
    """Let each reader see the rows of its company; the platform sees all, as before."""
    for table, columns in _READABLE.items():
        for statement in _let_companies_read(table, columns):
            op.execute(statement)


def _let_companies_read(table: str, columns: str) -> tuple[str, ...]:
    return (
        f"alter table ops.{table} enable row level security",
        f"""create policy company_reads_own_rows on ops.{table}
            for select to bi_reader using (company_id = {_COMPANY_OF_READER})""",
        f"""create policy platform_works on ops.{table}
            to orchestrator, loader, transformer using (true) with check (true)""",
        # dbt reads as transformer what it makes a view of.
        f"grant select ({columns}) on ops.{table} to bi_reader, transformer",
    )
