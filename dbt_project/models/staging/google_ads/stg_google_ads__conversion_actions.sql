with source as (
    select * from {{ source('google_ads', 'conversion_actions') }}
),

renamed as (
    select
        company_id,
        customer_id as account_id,
        id as conversion_action_id,

        name as conversion_action_name,
        status,
        category,

        click_through_lookback_window_days::integer
            as click_through_lookback_day_count,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
