"""Who was forgotten is known by hashes that nobody can guess without a key."""

from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    """Add the keys, which of them made a hash, and what a read refused.

    A hash without a key is one of before; the next command that reads, forgets, backs
    up or restores makes the company's key and replaces it by HMAC(key, hash).
    """
    for statement in _STATEMENTS:
        op.execute(statement)


_STATEMENTS = (
    """create table if not exists ops.erasure_keys (
        company_id text not null references ops.companies on delete cascade,
        key_id text not null,
        encrypted_secrets bytea not null,
        made_at timestamptz not null default now(),
        primary key (company_id, key_id)
    )""",
    "alter table ops.erasure_keys enable row level security",
    "drop policy if exists platform_works on ops.erasure_keys",
    """create policy platform_works on ops.erasure_keys
        to orchestrator using (true) with check (true)""",
    "grant select, insert, update, delete on ops.erasure_keys to orchestrator",
    "alter table ops.forgotten_people add column if not exists key_id text",
    # The loader adds names under which somebody forgotten came again. It reads none.
    "grant insert on ops.forgotten_people to loader",
    """alter table ops.connection_reads
        add column if not exists forgotten_count bigint""",
)
