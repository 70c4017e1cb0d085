with meta_actions as (
    select * from {{ ref('stg_meta_ads__campaign_action_days') }}
),

google_actions as (
    select * from {{ ref('stg_google_ads__conversion_action_days') }}
),

google_windows as (
    select
        company_id,
        account_id,
        conversion_action_id,
        click_through_lookback_day_count
    from {{ ref('stg_google_ads__conversion_actions') }}
),

-- Meta tells a purchase under several names, each counting it again: the widest
-- that a campaign's day has is taken.
meta_purchases as (
    select
        *,
        row_number() over (
            partition by
                company_id, account_id, campaign_id, spend_date,
                attribution_window
            order by
                (action_type = 'omni_purchase') desc,
                (action_type = 'purchase') desc
        ) as preference_rank
    from meta_actions
    where
        action_type in (
            'omni_purchase',
            'purchase',
            'offsite_conversion.fb_pixel_purchase'
        )
),

google_purchases as (
    select
        google_actions.company_id,
        google_actions.account_id,
        google_actions.campaign_id,
        google_actions.spend_date,
        coalesce(
            google_windows.click_through_lookback_day_count || 'd_click',
            'unknown'
        ) as attribution_window,
        google_actions.currency_code,
        sum(google_actions.conversion_count) as conversion_count,
        sum(google_actions.conversion_value) as conversion_value,
        max(google_actions.loaded_at) as loaded_at
    from google_actions
    left join google_windows
        on
            google_actions.company_id = google_windows.company_id
            and google_actions.account_id = google_windows.account_id
            and google_actions.conversion_action_id
            = google_windows.conversion_action_id
    where google_actions.category = 'PURCHASE'
    group by
        google_actions.company_id,
        google_actions.account_id,
        google_actions.campaign_id,
        google_actions.spend_date,
        google_windows.click_through_lookback_day_count,
        google_actions.currency_code
),

unioned as (
    select
        company_id,
        'meta_ads'::text as source_slug,
        account_id,
        campaign_id,
        spend_date,
        attribution_window,
        currency_code,
        coalesce(action_count, 0)::numeric(24, 6) as conversion_count,
        coalesce(action_value, 0)::numeric(24, 6) as conversion_value,
        loaded_at
    from meta_purchases
    where preference_rank = 1
    union all
    select
        company_id,
        'google_ads'::text as source_slug,
        account_id,
        campaign_id,
        spend_date,
        attribution_window,
        currency_code,
        coalesce(conversion_count, 0)::numeric(24, 6) as conversion_count,
        coalesce(conversion_value, 0)::numeric(24, 6) as conversion_value,
        loaded_at
    from google_purchases
)

select * from unioned
