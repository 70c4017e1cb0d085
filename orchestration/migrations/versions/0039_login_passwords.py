"""Each company's own passwords of the logins that Metabase reads and asks with."""

from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Add the table; what is in it is made at the next ``timonel metabase`` command."""
    op.execute(
        """
        create table if not exists ops.login_passwords (
            company_id text primary key references ops.companies on delete cascade,
            encrypted_secrets bytea not null,
            made_at timestamptz not null default now()
        )
        """
    )
    op.execute("alter table ops.login_passwords enable row level security")
    op.execute("drop policy if exists platform_works on ops.login_passwords")
    op.execute(
        """
        create policy platform_works on ops.login_passwords
            to orchestrator using (true) with check (true)
        """
    )
    op.execute(
        "grant select, insert, update, delete on ops.login_passwords to orchestrator"
    )
