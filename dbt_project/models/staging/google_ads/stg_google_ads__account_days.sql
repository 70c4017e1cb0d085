with source as (
    select * from {{ source('google_ads', 'account_days') }}
),

renamed as (
    select
        company_id,
        customer_id as account_id,

        currency_code,
        time_zone,

        cost::numeric(24, 6) as spend,
        cost_micros::bigint as cost_micros,
        impressions::bigint as impression_count,
        clicks::bigint as click_count,

        date::date as spend_date,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
