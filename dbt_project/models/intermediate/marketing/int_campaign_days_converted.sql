with days as (
    select * from {{ ref('int_campaign_days_unioned') }}
),

companies as (
    select
        company_id,
        currency_code
    from {{ ref('stg_ops__companies') }}
),

rates as (
    select * from {{ ref('int_currency_rates_filled') }}
),

-- Days that a channel's own API tells; account numbers without punctuation.
api_days as (
    select
        company_id,
        channel_id,
        spend_date,
        array_agg(
            distinct regexp_replace(account_id, '[^0-9]', '', 'g')
            order by regexp_replace(account_id, '[^0-9]', '', 'g')
        ) as account_digits
    from days
    where source_slug <> 'files'
    group by company_id, channel_id, spend_date
),

rated as (
    select
        days.*,
        companies.currency_code as company_currency_code,
        (case
            when days.currency_code = companies.currency_code then 1
            else rates.rate
        end)::numeric(24, 12) as currency_rate,
        days.source_slug = 'files'
        and api_days.company_id is not null
        and coalesce(
            regexp_replace(days.account_id, '[^0-9]', '', 'g')
            = any(api_days.account_digits),
            days.account_id is null
        ) as is_told_by_api
    from days
    inner join companies
        on days.company_id = companies.company_id
    left join rates
        on
            days.company_id = rates.company_id
            and days.currency_code = rates.currency_code
            and days.spend_date = rates.rate_date
    left join api_days
        on
            days.company_id = api_days.company_id
            and days.channel_id = api_days.channel_id
            and days.spend_date = api_days.spend_date
),

converted as (
    select
        company_id,
        spend_date,
        source_slug,
        channel_id,
        coalesce(account_id, 'unnamed') as account_id,
        campaign_id,
        currency_code as original_currency_code,
        campaign_name,
        company_currency_code as currency_code,
        currency_rate,
        (spend * currency_rate)::numeric(24, 6) as spend,
        spend as original_spend,
        impression_count,
        click_count,
        reported_conversion_count,
        (reported_revenue * currency_rate)::numeric(24, 6) as reported_revenue,
        case
            when is_told_by_api then 'told_by_api'
            when currency_rate is null then 'missing_currency_rate'
        end as exclusion_reason,
        loaded_at
    from rated
)

select * from converted
