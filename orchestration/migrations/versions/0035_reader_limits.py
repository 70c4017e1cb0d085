"""What whoever signs in as a company may not do to the server that all share."""

from alembic import op

revision = "0035"
down_revision = "0033"


def upgrade() -> None:
    """Take back what Postgres gives everybody, and bound the logins of companies."""
    for statement in (_NO_TEMPORARY_TABLES, _FUNCTIONS, _LOGINS):
        op.execute(statement)


_NO_TEMPORARY_TABLES = """
    do $$ begin
        execute format('revoke temporary on database %I from public',
            current_database());
        execute format('grant temporary on database %I'
            ' to loader, transformer, scientist, orchestrator', current_database());
    end $$
"""

# They are the superuser's: with another role, deploy/limit_readers.sql took them from
# everybody before and left that role the right to pass them on. `timonel doctor` looks.
_FUNCTIONS = """
    do $$ declare taken record; begin
        for taken in
            select oid::regprocedure as name, proname ~ 'advisory' as is_lock
            from pg_proc
            where pronamespace = 'pg_catalog'::regnamespace and proname
                ~ '^(pg_(try_)?advisory_|lo_|loread$|lowrite$|pg_logical_emit_message$)'
        loop
            if (select rolsuper from pg_roles where rolname = current_user) then
                execute format('revoke execute on function %s from public', taken.name);
            end if;
            if taken.is_lock and has_function_privilege(
                taken.name::oid, 'execute with grant option'
            ) then
                execute format('grant execute on function %s'
                    ' to loader, transformer, scientist, orchestrator', taken.name);
            end if;
        end loop;
    end $$
"""

# Settings are those of who signs in, not of a group; hence of every company.
_LOGINS = """
    do $$ declare login record; begin
        for login in
            select distinct member::regrole as name from pg_auth_members
            inner join pg_roles on pg_roles.oid = member
            where roleid in ('bi_reader'::regrole, 'action_writer'::regrole)
                and rolname ~ '^(bi|actions)_' and not rolsuper
        loop
            begin
                execute format('alter role %s connection limit 20', login.name);
                execute format('alter role %s set statement_timeout = %L',
                    login.name, '2min');
                execute format(
                    'alter role %s set idle_in_transaction_session_timeout = %L',
                    login.name, '1min');
                execute format('alter role %s set temp_file_limit = %L',
                    login.name, '2GB');
            exception when insufficient_privilege then
                raise warning 'No limits for %: it is of another role', login.name;
            end;
        end loop;
    end $$
"""
