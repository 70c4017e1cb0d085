-- Every recognised order has one channel, and every customer came by one: over
-- the channels of a day they are the company's.
with channel_days as (
    select
        company_id,
        calendar_date,
        sum(last_click_revenue) as net_revenue,
        sum(new_customer_count) as new_customer_count
    from {{ ref('channel_days') }}
    where {{ is_in_scope() }}
    group by company_id, calendar_date
),

company_days as (
    select
        company_id,
        calendar_date,
        net_revenue,
        new_customer_count
    from {{ ref('company_days') }}
    where {{ is_in_scope() }}
),

compared as (
    select
        company_days.company_id,
        company_days.calendar_date,
        company_days.net_revenue,
        channel_days.net_revenue as channel_net_revenue,
        company_days.new_customer_count,
        channel_days.new_customer_count as channel_new_customer_count
    from company_days
    left join channel_days
        on
            company_days.company_id = channel_days.company_id
            and company_days.calendar_date = channel_days.calendar_date
)

select * from compared
where
    net_revenue <> coalesce(channel_net_revenue, 0)
    or new_customer_count <> coalesce(channel_new_customer_count, 0)
