with source as (
    select * from {{ source('meta_ads', 'campaign_platform_days') }}
),

renamed as (
    select
        company_id,
        account_id,
        campaign_id,

        campaign_name,
        publisher_platform,
        currency_code,

        spend::numeric(24, 6) as spend,
        impressions::bigint as impression_count,
        clicks::bigint as click_count,
        inline_link_clicks::bigint as inline_link_click_count,
        reach::bigint as reach_count,

        date::date as spend_date,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
