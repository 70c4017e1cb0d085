with source as (
    select * from {{ source('hubspot', 'contact_ids') }}
),

renamed as (
    select
        company_id,
        id as contact_id,

        date::date as listed_date,

        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
