with connections as (
    select
        company_id,
        connection_id,
        source_slug,
        state,
        checked_at,
        last_error,
        last_read_at
    from {{ source('ops', 'connections') }}
),

quarantined_records as (
    select
        company_id,
        source as source_slug,
        count(*) as record_count
    from {{ source('ops', 'quarantined_records') }}
    group by company_id, source
),

landings as (
    select
        company_id,
        source_slug,
        changed_at
    from {{ source('ops', 'source_landings') }}
),

statuses as (
    select * from {{ ref('connection_statuses') }}
),

{{ with_told_errors() }},

-- Companies are read once a day: two hours late is late, two days are stale.
judged as (
    select
        connections.company_id,
        connections.connection_id,
        connections.source_slug,
        case
            when connections.state = 'failing' then 'failing'
            when connections.last_read_at is null then 'waiting'
            when connections.last_read_at < now() - interval '48 hours'
                then 'stale'
            when connections.last_read_at < now() - interval '26 hours'
                then 'late'
            when connections.state = 'limited' then 'limited'
            else 'ok'
        end as status_id,
        connections.last_read_at,
        (extract(epoch from now() - connections.last_read_at) / 3600)
        ::numeric(18, 2) as hours_since_read,
        landings.changed_at as last_changed_at,
        connections.checked_at,
        connections.last_error,
        coalesce(quarantined_records.record_count, 0)::integer
            as quarantined_record_count
    from connections
    left join landings
        on
            connections.company_id = landings.company_id
            and connections.source_slug = landings.source_slug
    left join quarantined_records
        on
            connections.company_id = quarantined_records.company_id
            and connections.source_slug = quarantined_records.source_slug
),

labelled as (
    select
        judged.company_id,
        judged.connection_id,
        judged.source_slug,
        judged.status_id,
        statuses.light,
        statuses.label_es as status_label_es,
        statuses.label_en as status_label_en,
        judged.last_read_at,
        judged.hours_since_read,
        judged.last_changed_at,
        judged.checked_at,
        judged.last_error,
        coalesce(errors.error_es, judged.last_error) as error_es,
        judged.last_error as error_en,
        judged.quarantined_record_count
    from judged
    left join statuses
        on judged.status_id = statuses.status_id
    left join errors
        on
            judged.company_id = errors.company_id
            and judged.connection_id = errors.connection_id
)

select * from labelled
