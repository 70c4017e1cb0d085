with source as (
    select * from {{ source('google_ads', 'ad_days') }}
),

renamed as (
    select
        company_id,
        customer_id as account_id,
        ad_group_id,
        ad_id,
        campaign_id,

        campaign_name,
        ad_name,
        currency_code,
        time_zone,

        cost::numeric(24, 6) as spend,
        cost_micros::bigint as cost_micros,
        impressions::bigint as impression_count,
        clicks::bigint as click_count,
        conversions::numeric(24, 6) as conversion_count,
        conversions_value::numeric(24, 6) as conversion_value,
        all_conversions::numeric(24, 6) as all_conversion_count,

        date::date as spend_date,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
