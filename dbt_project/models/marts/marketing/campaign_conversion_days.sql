with conversion_days as (
    select * from {{ ref('int_campaign_conversion_days_unioned') }}
    where {{ is_in_scope() }}
),

campaign_days as (
    select
        company_id,
        spend_date,
        source_slug,
        account_id,
        campaign_id,
        original_currency_code,
        currency_code,
        currency_rate
    from {{ ref('campaign_days') }}
    where {{ is_in_scope() }}
),

-- The rate is the spend's: what is compared was converted alike.
converted as (
    select
        conversion_days.company_id,
        conversion_days.spend_date,
        conversion_days.source_slug,
        conversion_days.source_slug as channel_id,
        conversion_days.account_id,
        conversion_days.campaign_id,
        conversion_days.attribution_window,
        campaign_days.currency_code,
        conversion_days.conversion_count,
        (conversion_days.conversion_value * campaign_days.currency_rate)
        ::numeric(24, 6) as reported_revenue,
        conversion_days.currency_code as original_currency_code,
        conversion_days.conversion_value as original_reported_revenue,
        conversion_days.loaded_at
    from conversion_days
    left join campaign_days
        on
            conversion_days.company_id = campaign_days.company_id
            and conversion_days.spend_date = campaign_days.spend_date
            and conversion_days.source_slug = campaign_days.source_slug
            and conversion_days.account_id = campaign_days.account_id
            and conversion_days.campaign_id = campaign_days.campaign_id
            and conversion_days.currency_code
            = campaign_days.original_currency_code
)

select * from converted
