with source as (
    select * from {{ source('weather', 'days') }}
),

renamed as (
    select
        company_id,
        location_id,

        temperature_mean_c::numeric(24, 6) as mean_temperature_c,
        precipitation_mm::numeric(24, 6) as precipitation_mm,
        sunshine_hours::numeric(24, 6) as sunshine_hours,

        is_final,

        date::date as weather_date,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
