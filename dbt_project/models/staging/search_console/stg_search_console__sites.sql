with source as (
    select * from {{ source('search_console', 'sites') }}
),

renamed as (
    select
        company_id,

        site_url,
        property_kind,
        time_zone,
        permission_level,

        brand_terms,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
