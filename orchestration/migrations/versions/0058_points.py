"""Points of accounts: a ledger that is only added to, and never spent below zero."""

from alembic import op

revision = "0058"
down_revision = "0053"

_STATEMENTS = (
    """create table if not exists ops.points_accounts (
        company_id text not null references ops.companies on delete cascade,
        account_id text not null check (account_id <> ''),
        balance bigint not null default 0,
        entry_count bigint not null default 0,
        primary key (company_id, account_id)
    )""",
    # An award is worth its key: the rule and what it was given for, once in a company.
    """create table if not exists ops.points_entries (
        company_id text not null references ops.companies on delete cascade,
        entry_id bigint generated always as identity,
        account_id text not null,
        entry_number bigint not null,
        occurred_at timestamptz not null,
        recorded_at timestamptz not null default clock_timestamp(),
        recorded_by text not null,
        kind text not null
            check (kind in ('earn', 'redeem', 'expire', 'reverse', 'adjust')),
        points bigint not null,
        balance_after bigint not null,
        rule_id text not null check (rule_id <> ''),
        source_ref text not null check (source_ref <> ''),
        reverses_entry_id bigint,
        lot_entry_id bigint,
        expires_at timestamptz,
        primary key (company_id, entry_id),
        unique (company_id, rule_id, source_ref),
        unique (company_id, account_id, entry_number),
        foreign key (company_id, reverses_entry_id)
            references ops.points_entries (company_id, entry_id) on delete cascade,
        foreign key (company_id, lot_entry_id)
            references ops.points_entries (company_id, entry_id) on delete cascade,
        check (case kind
            when 'earn' then points > 0
            when 'redeem' then points < 0
            when 'expire' then points < 0
            when 'adjust' then points <> 0
            else true end),
        check ((kind = 'reverse') = (reverses_entry_id is not null)),
        check ((kind = 'expire') = (lot_entry_id is not null)),
        check (kind in ('earn', 'adjust') or expires_at is null),
        -- Taking back what was spent already leaves a debt; nothing else does.
        constraint points_are_not_overdrawn
            check (points >= 0 or kind = 'reverse' or balance_after >= 0)
    )""",
    """create unique index if not exists points_reversed_once
        on ops.points_entries (company_id, reverses_entry_id)
        where reverses_entry_id is not null""",
    """create index if not exists points_that_expire
        on ops.points_entries (company_id, account_id, expires_at)
        where expires_at is not null""",
    # They go with their company; who is forgotten goes out of their words. Nothing else
    # changes them, and no number ever changes.
    """create or replace function ops.refuse_points_change() returns trigger
        language plpgsql set search_path = '' as $$
        declare
            words constant text[] :=
                array['account_id', 'rule_id', 'source_ref', 'recorded_by'];
            erases constant boolean :=
                coalesce(current_setting('timonel.erases', true), '') = old.company_id;
        begin
            if tg_op = 'DELETE' and (erases or not exists (
                select from ops.companies where company_id = old.company_id
            )) then
                return old;
            end if;
            if tg_op = 'UPDATE' and erases
                and to_jsonb(new) - words = to_jsonb(old) - words
            then
                return new;
            end if;
            raise exception 'entries of points are not changed: reverse them'
                using errcode = 'restrict_violation';
        end $$""",
    # The one trigger there is: it refuses, and does nothing.
    "drop trigger if exists refuse_change on ops.points_entries",
    """create trigger refuse_change before update or delete on ops.points_entries
        for each row execute function ops.refuse_points_change()""",
    *(
        statement
        for table in ("points_accounts", "points_entries")
        for statement in (
            f"alter table ops.{table} enable row level security",
            f"drop policy if exists platform_works on ops.{table}",
            f"""create policy platform_works on ops.{table}
                to orchestrator, transformer using (true) with check (true)""",
            f"grant select on ops.{table} to orchestrator, transformer",
        )
    ),
    "grant insert on ops.points_entries to orchestrator",
    "grant insert, update on ops.points_accounts to orchestrator",
)


def upgrade() -> None:
    """Add the ledger; what is in it can be added to only."""
    for statement in _STATEMENTS:
        op.execute(statement)
