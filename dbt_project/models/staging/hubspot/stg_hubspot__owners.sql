with source as (
    select * from {{ source('hubspot', 'owners') }}
),

renamed as (
    select
        company_id,
        id as owner_id,
        coalesce(
            nullif(trim(concat_ws(' ', first_name, last_name)), ''), id
        ) as owner_name,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
