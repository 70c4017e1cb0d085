with source as (
    select * from {{ source('weather', 'locations') }}
),

renamed as (
    select
        company_id,
        location_id,

        name as location_name,
        time_zone,

        latitude::numeric(24, 6) as latitude,
        longitude::numeric(24, 6) as longitude,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
