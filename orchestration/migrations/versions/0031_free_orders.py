"""Whether a company's orders of nothing count as purchases."""

from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Add the setting; replacements and exchanges at 0 count no longer."""
    op.execute(
        "alter table ops.companies"
        " add column counts_free_orders boolean not null default false"
    )
