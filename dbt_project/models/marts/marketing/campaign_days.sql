with campaign_days as (
    select
        company_id,
        spend_date,
        source_slug,
        channel_id,
        account_id,
        campaign_id,
        original_currency_code,
        campaign_name,
        currency_code,
        currency_rate,
        spend,
        original_spend,
        impression_count,
        click_count,
        reported_conversion_count,
        reported_revenue,
        exclusion_reason,
        loaded_at
    from {{ ref('int_campaign_days_converted') }}
    where {{ is_in_scope() }}
)

select * from campaign_days
