{#-
    Which events of the product have other raw rows than when this was last asked.

    Once per run, before any model, their ids go into ops.mart_changes as changes of
    `source_product_events`. Of a webhook a row counts that was written since
    (source_rows.sql); of files also every row of a version that became current since
    the last look, or ceased to be. A company is noted as a whole when it was never
    looked at, after a restore, when the rows of a version that counted are gone, and
    when more changed than is worth a list.
-#}
{% macro note_changed_product_events() -%}
    {#- Said while parsing, when nothing below is reached. -#}
    {%- do [
        source('files', 'files'), source('files', 'product_events'),
        source('webhooks', 'events'),
    ] -%}
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
                and reads.topic = 'product_events'
        left join ops.mart_builds as builds
            on
                companies.company_id = builds.company_id
                and builds.mart = 'product_events'
        left join (
            {{ current_versions('product_events') | indent(12) }}
        ) as files
            on companies.company_id = files.company_id
        where {{ is_in_scope('companies.company_id') }}
    ),

    -- Versions that count now or counted then, and not both.
    turned as (
        select
            companies.company_id,
            split_part(turned.version, ' ', 1) as file_sha256
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
        {{ new_rows_of_product_events() | indent(8) }}
    ),

    wholes as (
        select company_id
        from companies
        where is_followed and is_unknown
        union
        select company_id
        from new_rows
        group by company_id
        having count(*) > {{ most_keys() }}
        union
        select turned.company_id
        from turned
        where not exists (
            select 1 from {{ source('files', 'product_events') }} as stored
            where
                turned.company_id = stored.company_id
                and turned.file_sha256 = stored.file_sha256
        )
    ),

    noted as (
        insert into ops.mart_changes (company_id, mart, new_row)
        select company_id, 'source_product_events', null
        from wholes
        union all
        select distinct
            new_rows.company_id,
            'source_product_events',
            jsonb_build_object('message_id', new_rows.message_id)
        from new_rows
        left join wholes
            on new_rows.company_id = wholes.company_id
        where wholes.company_id is null
    )

    insert into ops.row_reads (company_id, topic, server_id, snapshot, files)
    select company_id, 'product_events', server_id, pg_current_snapshot(), files
    from companies
    on conflict (company_id, topic) do update set
        server_id = excluded.server_id,
        snapshot = excluded.snapshot,
        files = excluded.files,
        read_at = excluded.read_at
    {%- endif -%}
{%- endmacro %}


{#- The versions of files that count, as int_files_current ranks them, by company. -#}
{% macro current_versions(contract) -%}
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
    where contract = '{{ contract }}'
    group by company_id
{%- endmacro %}


{% macro new_rows_of_product_events() -%}
    select
        stored.company_id,
        stored.event_id as message_id
    from {{ source('webhooks', 'events') }} as stored
    inner join companies
        on stored.company_id = companies.company_id
    where
        {{ is_in_scope('stored.company_id') }}
        and stored.sender = 'segment'
        and stored.event_id is not null
        and companies.is_followed
        and not companies.is_unknown
        and {{ is_written_since() }}
    union all
    select
        stored.company_id,
        nullif(trim(stored.message_id), '') as message_id
    from {{ source('files', 'product_events') }} as stored
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
{%- endmacro %}
