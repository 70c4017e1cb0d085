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
    # Whoever holds the row of an account is the only one who writes entries of it.
    """create or replace function ops.lock_points_account(company text, account text)
        returns table (balance bigint, entry_count bigint)
        language plpgsql security definer set search_path = '' as $$
        begin
            insert into ops.points_accounts (company_id, account_id)
                values (company, account) on conflict do nothing;
            return query select held.balance, held.entry_count
                from ops.points_accounts as held
                where held.company_id = company and held.account_id = account
                for update;
        end $$""",
    """create or replace function ops.number_points_entry() returns trigger
        language plpgsql security definer set search_path = '' as $$
        declare held record;
        begin
            select * into held
                from ops.lock_points_account(new.company_id, new.account_id);
            new.entry_number := held.entry_count + 1;
            new.balance_after := held.balance + new.points;
            return new;
        end $$""",
    """create or replace function ops.keep_points_balance() returns trigger
        language plpgsql security definer set search_path = '' as $$
        begin
            update ops.points_accounts
                set balance = new.balance_after, entry_count = new.entry_number
                where company_id = new.company_id and account_id = new.account_id;
            return null;
        end $$""",
    # They go with their company; who is forgotten goes out of their words. Nothing else
    # changes them, and no number ever changes.
    """create or replace function ops.refuse_points_change() returns trigger
        language plpgsql security definer set search_path = '' as $$
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
    *(
        statement
        for trigger, moment, function in (
            ("number_entry", "before insert", "number_points_entry"),
            ("keep_balance", "after insert", "keep_points_balance"),
            ("refuse_change", "before update or delete", "refuse_points_change"),
        )
        for statement in (
            f"drop trigger if exists {trigger} on ops.points_entries",
            f"""create trigger {trigger} {moment} on ops.points_entries
                for each row execute function ops.{function}()""",
        )
    ),
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
    *(
        f"revoke all on function ops.{function} from public"
        for function in (
            "lock_points_account(text, text)",
            "number_points_entry()",
            "keep_points_balance()",
            "refuse_points_change()",
        )
    ),
    "grant execute on function ops.lock_points_account(text, text) to orchestrator",
)


def upgrade() -> None:
    """Add the ledger; the balance of an account is kept by the database alone."""
    for statement in _STATEMENTS:
        op.execute(statement)
