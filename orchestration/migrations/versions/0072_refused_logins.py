"""Failed logins, who runs the platform, and analysts' own schemas."""

from alembic import op
from sqlalchemy import text

revision = "0072"
down_revision = "0071"

_ADD = (
    """alter table ops.companies
        add column if not exists is_operator boolean not null default false""",
    # Counts only: neither the login nor whence it came is kept.
    """create table if not exists ops.refused_logins (
        company_id text not null references ops.companies on delete cascade,
        system_name text not null,
        log_part text not null,
        refused_at timestamptz not null,
        refusal_count bigint not null,
        written_at timestamptz not null default now(),
        primary key (company_id, system_name, log_part, refused_at)
    )""",
    "alter table ops.refused_logins enable row level security",
    "drop policy if exists platform_works on ops.refused_logins",
    """create policy platform_works on ops.refused_logins
        to orchestrator, transformer using (true) with check (true)""",
    "grant select, insert, update, delete on ops.refused_logins to orchestrator",
    "grant select on ops.refused_logins to transformer",
)


_SEEN = {
    "dashboard_usage": """
        company_id text not null references ops.companies on delete cascade,
        role_name text not null,
        week_start_date date not null,
        person_count integer not null,
        look_count bigint not null,
        primary key (company_id, role_name, week_start_date)""",
    "report_preparations": """
        company_id text not null references ops.companies on delete cascade,
        review text not null check (review in ('weekly', 'monthly', 'quarterly')),
        prepared_on date not null,
        is_baseline boolean not null,
        minutes double precision not null check (minutes > 0),
        primary key (company_id, review, prepared_on, is_baseline)""",
}
# Whose rows an analyst's login sees, as that of a reader (0051).
_NAME = "(CURRENT_USER)::text"
_OF_READER = f"""(company_id =
CASE
    WHEN starts_with({_NAME}, 'bi_'::text) THEN substr({_NAME}, 4)
    ELSE NULL::text
END)"""
_OF_ANALYST_TOO = """case
    when starts_with(current_user::text, 'bi_') then substr(current_user::text, 4)
    when starts_with(current_user::text, 'lab_') then substr(current_user::text, 5)
end"""
_HAVE_IT = text(
    """select quote_ident(polname), polrelid::regclass::text from pg_policy
    where pg_get_expr(polqual, polrelid) = :condition order by 2, 1"""
)


def upgrade() -> None:
    """Add them; a second time no policy is as it was."""
    for statement in _ADD:
        op.execute(statement)
    for name, columns in _SEEN.items():
        _add(f"ops.{name}", columns)
    found = op.get_bind().execute(_HAVE_IT, {"condition": _OF_READER}).all()
    for policy, table in found:
        op.execute(
            f"alter policy {policy} on {table} using (company_id = {_OF_ANALYST_TOO})"
        )


def _add(table: str, columns: str) -> None:
    """A table whose rows the company's people see."""
    op.execute(f"create table if not exists {table} ({columns})")
    policies = {
        "company_reads_own_rows": (
            f"for select to bi_reader using (company_id = {_OF_ANALYST_TOO})"
        ),
        "platform_works": "to orchestrator, transformer using (true) with check (true)",
    }
    op.execute(f"alter table {table} enable row level security")
    for name, who in policies.items():
        op.execute(f"drop policy if exists {name} on {table}")
        op.execute(f"create policy {name} on {table} {who}")
    op.execute(f"grant select on {table} to bi_reader, transformer")
    op.execute(f"grant select, insert, update, delete on {table} to orchestrator")
