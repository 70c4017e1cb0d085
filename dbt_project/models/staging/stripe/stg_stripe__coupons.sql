with source as (
    select * from {{ source('stripe', 'coupons') }}
),

renamed as (
    select
        company_id,
        id as coupon_id,
        duration,
        currency_code,

        percent_off::numeric(24, 6) as percent_off,
        amount_off::numeric(24, 6) as amount_off,

        created_at::timestamptz as created_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
