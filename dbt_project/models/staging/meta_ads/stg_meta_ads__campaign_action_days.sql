with source as (
    select * from {{ source('meta_ads', 'campaign_action_days') }}
),

renamed as (
    select
        company_id,
        account_id,
        campaign_id,

        campaign_name,
        action_type,
        attribution_window,
        currency_code,

        action_count::numeric(24, 6) as action_count,
        action_value::numeric(24, 6) as action_value,

        date::date as spend_date,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
