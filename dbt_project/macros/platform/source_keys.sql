{#-
    Which rows of a kind have other raw rows than when this was last asked.

    Once per run, before any model, their keys go into ops.mart_changes as changes of
    `source_<topic>`. A raw row counts that was written since (source_rows.sql), and of
    files every row of a version that became current since the last look, or ceased to
    be. A company is noted as a whole when it was never looked at, after a restore, when
    the rows of a version that counted are gone, when more changed than is worth a list,
    and when a row was written of which nobody can tell the key.

    mart: the first that follows; whoever has none is not looked at.
    contracts: of files whose tables have the key.
    others: tables beside them, as [relation, key or none, condition].
-#}
{% macro note_changed_rows(topic, mart, key, contracts, others) -%}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
    with companies as (
        select
            companies.company_id,
            reads.snapshot,
            pg_snapshot_xmin(reads.snapshot)::text::bigint as first_unknown,
            {{ newest_transaction() }} as newest_transaction,
            {{ is_of_another_server() }} as is_unknown,
            builds.mart is not null as is_followed,
            coalesce(reads.files, '{}') as known_files,
            coalesce(files.files, '{}') as files,
            server.server_id
        from ops.companies as companies
        cross join (
            {{ hashed_server() | indent(12) }}
        ) as server
        left join ops.row_reads as reads
            on
                companies.company_id = reads.company_id
                and reads.topic = '{{ topic }}'
        left join ops.mart_builds as builds
            on
                companies.company_id = builds.company_id
                and builds.mart = '{{ mart }}'
        left join (
            {{ current_versions(contracts) | indent(12) }}
        ) as files
            on companies.company_id = files.company_id
        where {{ is_in_scope('companies.company_id') }}
    ),

    -- Versions that count now or counted then, and not both.
    turned as (
        select
            companies.company_id,
            split_part(turned.version, ' ', 1) as file_sha256,
            turned.version = any(companies.known_files) as did_count
        from companies
        cross join lateral unnest(companies.files || companies.known_files)
            as turned (version)
        where
            companies.is_followed
            and not companies.is_unknown
            and (
                turned.version <> all(companies.files)
                or turned.version <> all(companies.known_files)
            )
    ),

    new_rows as (
        {{ new_rows(key, contracts, others) | indent(8) }}
    ),

    wholes as (
        select company_id
        from companies
        where is_followed and is_unknown
        union
        select company_id
        from new_rows
        group by company_id
        having count(distinct key) > {{ most_keys() }}
        union
        select company_id
        from new_rows
        where key is null
        union
        select turned.company_id
        from turned
        where
            turned.did_count
            {%- for contract in contracts %}
            and not exists (
                select 1 from {{ source('files', contract) }} as stored
                where
                    turned.company_id = stored.company_id
                    and turned.file_sha256 = stored.file_sha256
            )
            {%- endfor %}
    ),

    noted as (
        insert into ops.mart_changes (company_id, mart, new_row)
        select company_id, 'source_{{ topic }}', null
        from wholes
        union all
        select distinct
            new_rows.company_id,
            'source_{{ topic }}',
            jsonb_build_object('{{ key }}', new_rows.key)
        from new_rows
        left join wholes
            on new_rows.company_id = wholes.company_id
        where wholes.company_id is null
    )

    insert into ops.row_reads (company_id, topic, server_id, snapshot, files)
    select company_id, '{{ topic }}', server_id, pg_current_snapshot(), files
    from companies
    on conflict (company_id, topic) do update set
        server_id = excluded.server_id,
        snapshot = excluded.snapshot,
        files = excluded.files,
        read_at = excluded.read_at
    {%- endif -%}
{%- endmacro %}


{#- The versions of files that count, as int_files_current ranks them, by company. -#}
{% macro current_versions(contracts) -%}
    select
        company_id,
        array_agg(
            concat_ws(' ', file_sha256, exported_at, file_name)
            order by file_sha256
        ) as files
    from (
        select distinct on (company_id, file_sha256)
            company_id,
            file_sha256,
            exported_at,
            file_name,
            contract
        from {{ source('files', 'files') }}
        order by
            company_id asc,
            file_sha256 asc,
            exported_at desc,
            file_name desc
    ) as current_files
    where contract in ('{{ contracts | join("', '") }}')
    group by company_id
{%- endmacro %}


{% macro new_rows(key, contracts, others) -%}
    {%- for contract in contracts %}
    select
        stored.company_id,
        nullif(trim(stored.{{ key }}), '') as key
    from {{ source('files', contract) }} as stored
    inner join companies
        on stored.company_id = companies.company_id
    where
        {{ is_in_scope('stored.company_id') }}
        and companies.is_followed
        and not companies.is_unknown
        and (
            ({{ is_written_since() }})
            or (stored.company_id, stored.file_sha256) in (
                select turned.company_id, turned.file_sha256 from turned
            )
        )
    {{ 'union all' if not loop.last or others }}
    {%- endfor %}
    {%- for relation, column, condition in others %}
    select
        stored.company_id,
        {{ 'stored.' ~ column if column else 'null' }} as key
    from {{ relation }} as stored
    inner join companies
        on stored.company_id = companies.company_id
    where
        {{ is_in_scope('stored.company_id') }}
        and {{ condition }}
        and companies.is_followed
        and not companies.is_unknown
        and {{ is_written_since() }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
