-- Neither the rejected record nor its hash is read: it may hold personal data.
with source as (
    select
        company_id,
        source,
        stream,
        batch_id,
        location,
        reason,
        quarantined_at
    from {{ source('ops', 'quarantined_records') }}
),

renamed as (
    select
        company_id,
        batch_id,

        source as source_slug,
        stream as stream_name,
        location,
        reason,

        quarantined_at
    from source
)

select * from renamed
