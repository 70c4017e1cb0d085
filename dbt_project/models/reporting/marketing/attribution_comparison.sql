with attributions as (
    select * from {{ source('predictions', 'channel_attributions') }}
),

days as (
    select * from {{ ref('channel_days') }}
),

contributions as (
    select * from {{ source('predictions', 'marketing_contributions') }}
    where outcome_unit = 'revenue' and kind = 'paid'
),

channels as (
    select * from {{ ref('channels') }}
),

methods as (
    select * from {{ ref('attribution_methods') }}
),

newest as (
    select
        company_id,
        max(as_of_date) as as_of_date
    from attributions
    group by company_id
),

windows as (
    select
        attributions.company_id,
        attributions.as_of_date as window_end_date,
        attributions.as_of_date - max(attributions.window_days) + 1
            as window_start_date,
        min(attributions.currency_code) as currency_code
    from attributions
    inner join newest
        on
            attributions.company_id = newest.company_id
            and attributions.as_of_date = newest.as_of_date
    group by attributions.company_id, attributions.as_of_date
),

credited as (
    select
        attributions.company_id,
        attributions.channel_id,
        attributions.method as attribution_id,
        attributions.currency_code,
        attributions.conversions as order_count,
        attributions.conversions_lower as order_count_lower,
        attributions.conversions_upper as order_count_upper,
        attributions.value as revenue,
        attributions.value_lower as revenue_lower,
        attributions.value_upper as revenue_upper,
        attributions.share as order_share,
        attributions.share_lower as order_share_lower,
        attributions.share_upper as order_share_upper
    from attributions
    inner join newest
        on
            attributions.company_id = newest.company_id
            and attributions.as_of_date = newest.as_of_date
),

-- What a platform claims is no share of anything: two claim the same order.
claimed as (
    select
        days.company_id,
        days.channel_id,
        'platform_reported' as attribution_id,
        min(days.currency_code) as currency_code,
        sum(days.reported_conversion_count)::numeric(18, 6) as order_count,
        null::numeric(18, 6) as order_count_lower,
        null::numeric(18, 6) as order_count_upper,
        sum(days.reported_revenue)::numeric(18, 2) as revenue,
        null::numeric(18, 2) as revenue_lower,
        null::numeric(18, 2) as revenue_upper,
        null::double precision as order_share,
        null::double precision as order_share_lower,
        null::double precision as order_share_upper
    from days
    inner join windows
        on
            days.company_id = windows.company_id
            and days.calendar_date >= windows.window_start_date
            and days.calendar_date <= windows.window_end_date
    where days.reported_conversion_count is not null
    group by days.company_id, days.channel_id
),

-- What spend changed, which no rule of touches knows. A mix that ends two weeks
-- before the window does is of other days.
modelled as (
    select
        contributions.company_id,
        contributions.component as channel_id,
        'media_mix' as attribution_id,
        windows.currency_code,
        null::numeric(18, 6) as order_count,
        null::numeric(18, 6) as order_count_lower,
        null::numeric(18, 6) as order_count_upper,
        sum(contributions.contribution)::numeric(18, 2) as revenue,
        null::numeric(18, 2) as revenue_lower,
        null::numeric(18, 2) as revenue_upper,
        null::double precision as order_share,
        null::double precision as order_share_lower,
        null::double precision as order_share_upper
    from contributions
    inner join windows
        on
            contributions.company_id = windows.company_id
            and contributions.calendar_date >= windows.window_start_date
            and contributions.calendar_date <= windows.window_end_date
    group by
        contributions.company_id,
        contributions.component,
        windows.window_end_date,
        windows.currency_code
    having max(contributions.calendar_date) > windows.window_end_date - 14
),

told as (
    select * from credited
    union all
    select * from claimed
    union all
    select * from modelled
),

labelled as (
    select
        told.company_id,
        windows.window_start_date,
        windows.window_end_date,
        told.channel_id,
        told.attribution_id,
        coalesce(channels.label_es, told.channel_id) as channel_label_es,
        coalesce(channels.label_en, told.channel_id) as channel_label_en,
        methods.label_es as attribution_label_es,
        methods.label_en as attribution_label_en,
        methods.evidence_es,
        methods.evidence_en,
        methods.sort_order,
        told.currency_code,
        told.order_count,
        told.order_count_lower,
        told.order_count_upper,
        told.revenue,
        told.revenue_lower,
        told.revenue_upper,
        told.order_share,
        told.order_share_lower,
        told.order_share_upper
    from told
    inner join windows
        on told.company_id = windows.company_id
    left join channels
        on told.channel_id = channels.channel_id
    left join methods
        on told.attribution_id = methods.attribution_id
)

select * from labelled
