"""Readers are told that what they see is being rebuilt: they see how far it read."""

from alembic import op

revision = "0044"
down_revision = "0043"

_COMPANY_OF_READER = "substring(current_user::text from '^bi_(.*)$')"


def upgrade() -> None:
    """Let readers see which changes a mart has read, of their company; no row of it."""
    for table, columns in (
        ("mart_changes", "company_id, mart, change_id"),
        ("mart_builds", "company_id, mart, seen_through"),
    ):
        for statement in (
            f"alter table ops.{table} enable row level security",
            f"drop policy if exists company_reads_own_rows on ops.{table}",
            f"""create policy company_reads_own_rows on ops.{table}
                for select to bi_reader using (company_id = {_COMPANY_OF_READER})""",
            f"drop policy if exists platform_works on ops.{table}",
            f"""create policy platform_works on ops.{table}
                to orchestrator, transformer using (true) with check (true)""",
            f"grant select ({columns}) on ops.{table} to bi_reader",
        ):
            op.execute(statement)
