"""People read which alerts they get, and past which limits."""

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Let each company's readers see its own rules."""
    op.execute(
        """create policy company_reads_own_rows on ops.alert_rules
            for select to bi_reader using (
                company_id = substring(current_user::text from '^bi_(.*)$'))"""
    )
    op.execute("grant select on ops.alert_rules to bi_reader, transformer")
