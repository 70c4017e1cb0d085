with source as (
    select * from {{ source('google_ads', 'conversion_action_days') }}
),

renamed as (
    select
        company_id,
        customer_id as account_id,
        campaign_id,
        conversion_action_id,

        campaign_name,
        conversion_action_name,
        category,
        time_zone,
        currency_code,

        conversions::numeric(24, 6) as conversion_count,
        conversions_value::numeric(24, 6) as conversion_value,
        all_conversions::numeric(24, 6) as all_conversion_count,

        date::date as spend_date,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
