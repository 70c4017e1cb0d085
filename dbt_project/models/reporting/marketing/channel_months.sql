with days as (
    select
        *,
        date_trunc('month', calendar_date)::date as month_start_date
    from {{ ref('channel_days') }}
),

channels as (
    select * from {{ ref('channels') }}
),

summed as (
    select
        company_id,
        month_start_date,
        channel_id,
        min(currency_code) as currency_code,
        sum(spend)::numeric(18, 2) as spend,
        sum(impression_count)::bigint as impression_count,
        sum(click_count)::bigint as click_count,
        sum(new_customer_count)::integer as new_customer_count,
        sum(new_customer_revenue)::numeric(18, 2) as new_customer_revenue,
        sum(last_click_order_count)::integer as last_click_order_count,
        sum(last_click_revenue)::numeric(18, 2) as last_click_revenue,
        sum(reported_conversion_count)::numeric(18, 2)
            as reported_conversion_count,
        sum(reported_revenue)::numeric(18, 2) as reported_revenue,
        sum(unconverted_campaign_count)::integer as unconverted_campaign_count
    from days
    group by company_id, month_start_date, channel_id
),

labelled as (
    select
        summed.company_id,
        summed.month_start_date,
        summed.channel_id,
        channels.label_es as channel_label_es,
        channels.label_en as channel_label_en,
        channels.is_paid,
        summed.currency_code,
        summed.spend,
        summed.impression_count,
        summed.click_count,
        summed.new_customer_count,
        (nullif(summed.spend, 0) / nullif(summed.new_customer_count, 0))
        ::numeric(18, 2) as customer_acquisition_cost,
        summed.new_customer_revenue,
        (summed.new_customer_revenue / nullif(summed.spend, 0))
        ::numeric(18, 6) as observed_roas,
        summed.last_click_order_count,
        summed.last_click_revenue,
        (summed.last_click_revenue / nullif(summed.spend, 0))
        ::numeric(18, 6) as last_click_roas,
        summed.reported_conversion_count,
        summed.reported_revenue,
        (summed.reported_revenue / nullif(summed.spend, 0))
        ::numeric(18, 6) as reported_roas,
        summed.unconverted_campaign_count
    from summed
    left join channels
        on summed.channel_id = channels.channel_id
)

select * from labelled
