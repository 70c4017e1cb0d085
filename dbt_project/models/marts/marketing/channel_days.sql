with companies as (
    select
        company_id,
        currency_code
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

campaign_days as (
    select * from {{ ref('campaign_days') }}
    where {{ is_in_scope() }} and {{ is_changed('spend_date') }}
),

orders as (
    select * from {{ ref('orders') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed('order_date') }}
        and is_recognised
        -- Amounts without a rate are counted elsewhere, never summed.
        and currency_rate is not null
),

customers as (
    select * from {{ ref('customers') }}
    where {{ is_in_scope() }} and {{ is_changed('first_order_date') }}
),

spent as (
    select
        company_id,
        spend_date as calendar_date,
        channel_id,
        sum(spend) filter (where exclusion_reason is null) as spend,
        sum(impression_count) filter (
            where exclusion_reason is null
        ) as impression_count,
        sum(click_count) filter (where exclusion_reason is null) as click_count,
        sum(reported_conversion_count) filter (
            where exclusion_reason is null
        ) as reported_conversion_count,
        sum(reported_revenue) filter (
            where exclusion_reason is null
        ) as reported_revenue,
        count(*) filter (
            where exclusion_reason = 'missing_currency_rate'
        ) as unconverted_campaign_count
    from campaign_days
    group by company_id, spend_date, channel_id
),

last_clicked as (
    select
        company_id,
        order_date as calendar_date,
        channel_id,
        count(*) filter (
            where coalesce(exclusion_reason, '')
            not in ('credit_note', 'nothing_sold')
        ) as order_count,
        sum(net_revenue) as revenue
    from orders
    group by company_id, order_date, channel_id
),

won as (
    select
        company_id,
        first_order_date as calendar_date,
        first_channel_id as channel_id,
        count(*) as customer_count,
        sum(first_order_revenue) as revenue
    from customers
    group by company_id, first_order_date, first_channel_id
),

days as (
    select
        company_id,
        calendar_date,
        channel_id
    from spent
    union all
    select
        company_id,
        calendar_date,
        channel_id
    from last_clicked
),

distinct_days as (
    select distinct
        company_id,
        calendar_date,
        channel_id
    from days
),

joined as (
    select
        distinct_days.company_id,
        distinct_days.calendar_date,
        distinct_days.channel_id,
        companies.currency_code,
        spent.spend::numeric(24, 6) as spend,
        spent.impression_count::bigint as impression_count,
        spent.click_count::bigint as click_count,
        spent.reported_conversion_count::numeric(24, 6)
            as reported_conversion_count,
        spent.reported_revenue::numeric(24, 6) as reported_revenue,
        coalesce(spent.unconverted_campaign_count, 0)::integer
            as unconverted_campaign_count,
        coalesce(last_clicked.order_count, 0)::integer
            as last_click_order_count,
        coalesce(last_clicked.revenue, 0)::numeric(18, 2)
            as last_click_revenue,
        coalesce(won.customer_count, 0)::integer as new_customer_count,
        coalesce(won.revenue, 0)::numeric(18, 2) as new_customer_revenue
    from distinct_days
    inner join companies
        on distinct_days.company_id = companies.company_id
    left join spent
        on
            distinct_days.company_id = spent.company_id
            and distinct_days.calendar_date = spent.calendar_date
            and distinct_days.channel_id = spent.channel_id
    left join last_clicked
        on
            distinct_days.company_id = last_clicked.company_id
            and distinct_days.calendar_date = last_clicked.calendar_date
            and distinct_days.channel_id = last_clicked.channel_id
    left join won
        on
            distinct_days.company_id = won.company_id
            and distinct_days.calendar_date = won.calendar_date
            and distinct_days.channel_id = won.channel_id
)

select * from joined
