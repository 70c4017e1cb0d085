with source as (
    select * from {{ source('ecb_rates', 'rates') }}
),

renamed as (
    select
        company_id,
        currency,

        rate::numeric(24, 6) as rate,

        date::date as rate_date,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
