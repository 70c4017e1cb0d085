"""Addresses of watched websites are sealed: they may hold a token.

The key is not the database's, so that the addresses which are there are sealed by the
first round of the probe (`orchestration.lib.ingestion.probe.sites`).
"""

from alembic import op

revision = "0074"
down_revision = "0073"


def upgrade() -> None:
    """Add the sealed address, and let the plain one be empty."""
    op.execute(
        "alter table ops.watched_sites add column if not exists encrypted_address bytea"
    )
    op.execute("alter table ops.watched_sites alter column address drop not null")
