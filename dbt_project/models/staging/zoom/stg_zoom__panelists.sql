with source as (
    select * from {{ source('zoom', 'panelists') }}
),

renamed as (
    select
        company_id,
        webinar_number,
        id as panelist_id,
        {{ hashed_email('email') }} as email_hash,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
