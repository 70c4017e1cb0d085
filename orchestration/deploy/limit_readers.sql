-- The superuser's part of what limits the companies' logins; the rest is a migration.
-- The postgres image runs this after create_databases.sql. On a server that is older
-- than this file: docs/runbook.md. It may run twice.
\set ON_ERROR_STOP on
\connect timonel

-- Everybody may execute these by default, and one lock, one large object or one written
-- message is enough to stop, or to fill, a server that companies share.
do $$ declare taken regprocedure; begin
    for taken in
        select oid::regprocedure from pg_proc
        where pronamespace = 'pg_catalog'::regnamespace and proname
            ~ '^(pg_(try_)?advisory_|lo_|loread$|lowrite$|pg_logical_emit_message$)'
            -- Who is signed in, and for which company something runs.
            or pronamespace = 'pg_catalog'::regnamespace and proname ~
            '^(pg_stat_get_(activity|backend_\w+|progress_info)|pg_lock_status'
            '|pg_(safe_snapshot_)?blocking_pids)$'
    loop
        execute format('revoke execute on function %s from public', taken);
        if taken::text !~ '^(lo_|loread|lowrite|pg_logical_emit_message)' then
            execute format('grant execute on function %s to pg_monitor', taken);
            execute format(
                'grant execute on function %s to timonel with grant option', taken
            );
        end if;
    end loop;
end $$;

grant set on parameter temp_file_limit to timonel;

-- Places that readers cannot take (`reserved_connections` in docker-compose.yml).
grant pg_use_reserved_connections to timonel, dagster, metabase_app;
