"""Who is signed in and what is being locked is not shown to the logins of companies."""

from alembic import op

revision = "0100"
down_revision = "0097"


def upgrade() -> None:
    """Take back what Postgres tells everybody of the sessions of others."""
    op.execute(_SESSIONS)


# Of views that rest on them (pg_stat_activity, pg_locks) each who asks needs the right.
# As in 0035: where we are no superuser, deploy/limit_readers.sql was run by one.
_SESSIONS = r"""
    do $$ declare taken regprocedure; begin
        for taken in
            select oid::regprocedure from pg_proc
            where pronamespace = 'pg_catalog'::regnamespace and proname ~
                '^(pg_stat_get_(activity|backend_\w+|progress_info)|pg_lock_status'
                '|pg_(safe_snapshot_)?blocking_pids)$'
        loop
            if (select rolsuper from pg_roles where rolname = current_user) then
                execute format('revoke execute on function %s from public', taken);
                execute format('grant execute on function %s to pg_monitor', taken);
            end if;
            if has_function_privilege(taken::oid, 'execute with grant option') then
                execute format('grant execute on function %s'
                    ' to loader, transformer, scientist, orchestrator', taken);
            end if;
        end loop;
    end $$
"""
