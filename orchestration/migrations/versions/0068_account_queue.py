"""Accounts to bring back, kept from run to run, and whether acting on them helps."""

from alembic import op

revision = "0068"
down_revision = "0067"

_OWN = """company_id = case
    when starts_with(current_user::text, 'bi_') then substr(current_user::text, 4)
end"""
_TABLES = {
    "account_queue": """
        account_id text not null,
        opened_on date not null,
        as_of_date date not null,
        lot_drawn_on date not null,
        is_watched boolean not null,
        opened_trigger text not null,
        opened_signals text[] not null,
        owner text,
        is_owner_drawn boolean not null,
        step_count integer not null,
        next_step text,
        due_on date,
        is_late boolean not null,
        last_contact_on date,
        last_outcome text,
        closed_on date,
        closed_because text check (closed_because in (
            'left', 'calm', 'ended', 'recovered', 'leaving', 'not_needed')),
        left_within_90d boolean,
        calm_after_28d boolean,
        primary key (company_id, account_id, opened_on)""",
    "account_queue_effects": """
        effect_name text not null
            check (effect_name in ('calm_after_28d', 'left_within_90d')),
        as_of_date date not null,
        status text not null
            check (status in ('too_early', 'cannot_tell', 'helps', 'harms')),
        verdict_en text not null,
        verdict_es text not null,
        acted_count integer not null,
        acted_hit_count integer not null,
        acted_ratio double precision,
        acted_ratio_lower double precision,
        acted_ratio_upper double precision,
        watched_count integer not null,
        watched_hit_count integer not null,
        watched_ratio double precision,
        watched_ratio_lower double precision,
        watched_ratio_upper double precision,
        difference double precision,
        difference_lower double precision,
        difference_upper double precision,
        primary key (company_id, effect_name)""",
}
_POLICIES = {
    "company_reads_own_rows": f"for select to bi_reader using ({_OWN})",
    "platform_reads_all": (
        "for select to scientist, transformer, orchestrator using (true)"
    ),
    "scientist_writes": "for all to scientist using (true) with check (true)",
}


def upgrade() -> None:
    """Add the tables; readers see their own company's rows, nobody else's."""
    for name, columns in _TABLES.items():
        table = f"predictions.{name}"
        op.execute(
            f"create table if not exists {table} (company_id text not null,{columns})"
        )
        op.execute(f"alter table {table} enable row level security")
        for policy, who in _POLICIES.items():
            op.execute(f"drop policy if exists {policy} on {table}")
            op.execute(f"create policy {policy} on {table} {who}")
        op.execute(f"grant select on {table} to bi_reader, transformer, orchestrator")
        op.execute(f"grant select, insert, update, delete on {table} to scientist")
