with source as (
    select * from {{ source('calendar', 'holidays') }}
),

renamed as (
    select
        company_id,
        calendar_id,

        name as holiday_name,
        name_en as holiday_name_en,
        category,

        year::integer as calendar_year,

        is_observed,

        date::date as holiday_date,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
