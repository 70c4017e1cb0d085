with source as (
    select * from {{ source('meta_ads', 'ad_days') }}
),

renamed as (
    select
        company_id,
        account_id,
        ad_id,
        campaign_id,
        adset_id,

        campaign_name,
        adset_name,
        ad_name,
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
