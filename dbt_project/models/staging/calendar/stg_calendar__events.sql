with source as (
    select * from {{ source('calendar', 'events') }}
),

renamed as (
    select
        company_id,
        calendar_id,
        event_id,

        name as event_name,
        kind,
        event_type,
        source as event_source,

        year::integer as calendar_year,

        date::date as event_date,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
