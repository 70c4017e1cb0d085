with meta_days as (
    select * from {{ ref('stg_meta_ads__campaign_days') }}
),

meta_conversions as (
    select
        company_id,
        account_id,
        campaign_id,
        spend_date,
        conversion_count,
        conversion_value
    from {{ ref('int_campaign_conversion_days_unioned') }}
    where source_slug = 'meta_ads' and attribution_window = 'value'
),

google_days as (
    select * from {{ ref('stg_google_ads__campaign_days') }}
),

file_days as (
    select * from {{ ref('int_ad_spend_deduplicated') }}
),

unioned as (
    select
        meta_days.company_id,
        'meta_ads'::text as source_slug,
        'meta_ads'::text as channel_id,
        meta_days.account_id,
        meta_days.campaign_id,
        meta_days.spend_date,
        meta_days.campaign_name,
        meta_days.currency_code,
        meta_days.spend,
        meta_days.impression_count,
        meta_days.click_count,
        coalesce(meta_conversions.conversion_count, 0)::numeric(24, 6)
            as reported_conversion_count,
        coalesce(meta_conversions.conversion_value, 0)::numeric(24, 6)
            as reported_revenue,
        meta_days.loaded_at
    from meta_days
    left join meta_conversions
        on
            meta_days.company_id = meta_conversions.company_id
            and meta_days.account_id = meta_conversions.account_id
            and meta_days.campaign_id = meta_conversions.campaign_id
            and meta_days.spend_date = meta_conversions.spend_date
    union all
    select
        company_id,
        'google_ads'::text as source_slug,
        'google_ads'::text as channel_id,
        account_id,
        campaign_id,
        spend_date,
        campaign_name,
        currency_code,
        spend,
        impression_count,
        click_count,
        conversion_count as reported_conversion_count,
        conversion_value as reported_revenue,
        loaded_at
    from google_days
    union all
    select
        company_id,
        'files'::text as source_slug,
        channel_id,
        account_id,
        campaign_id,
        spend_date,
        campaign_name,
        currency_code,
        spend,
        impression_count,
        click_count,
        null::numeric(24, 6) as reported_conversion_count,
        attributed_revenue as reported_revenue,
        loaded_at
    from file_days
)

select * from unioned
