with campaign_days as (
    select
        company_id,
        date_trunc('month', spend_date)::date as month_start_date,
        channel_id,
        coalesce(campaign_name, campaign_id) as campaign_name,
        currency_code,
        spend,
        click_count,
        reported_revenue
    from {{ ref('campaign_days') }}
    where exclusion_reason is null
),

customers as (
    select
        company_id,
        date_trunc('month', first_order_date)::date as month_start_date,
        first_channel_id as channel_id,
        first_campaign_name as campaign_name,
        currency_code,
        first_order_revenue,
        historic_value
    from {{ ref('customers') }}
),

channels as (
    select * from {{ ref('channels') }}
),

-- A link names the campaign as people type it: spelt alike but for case, it is
-- the platform's campaign.
facts as (
    select
        company_id,
        month_start_date,
        channel_id,
        campaign_name,
        currency_code,
        spend,
        click_count,
        reported_revenue,
        0 as new_customer_count,
        0 as new_customer_revenue,
        0 as new_customer_historic_value
    from campaign_days
    union all
    select
        company_id,
        month_start_date,
        channel_id,
        campaign_name,
        currency_code,
        null as spend,
        null as click_count,
        null as reported_revenue,
        1 as new_customer_count,
        first_order_revenue as new_customer_revenue,
        historic_value as new_customer_historic_value
    from customers
),

summed as (
    select
        company_id,
        month_start_date,
        channel_id,
        lower(campaign_name) as campaign_key,
        min(campaign_name) as campaign_name,
        min(currency_code) as currency_code,
        sum(spend)::numeric(18, 2) as spend,
        sum(click_count)::bigint as click_count,
        sum(reported_revenue)::numeric(18, 2) as reported_revenue,
        sum(new_customer_count)::integer as new_customer_count,
        sum(new_customer_revenue)::numeric(18, 2) as new_customer_revenue,
        sum(new_customer_historic_value)::numeric(18, 2)
            as new_customer_historic_value
    from facts
    group by company_id, month_start_date, channel_id, lower(campaign_name)
),

labelled as (
    select
        summed.company_id,
        summed.month_start_date,
        summed.channel_id,
        summed.campaign_name,
        channels.label_es as channel_label_es,
        channels.label_en as channel_label_en,
        summed.currency_code,
        summed.spend,
        summed.click_count,
        summed.new_customer_count,
        (nullif(summed.spend, 0) / nullif(summed.new_customer_count, 0))
        ::numeric(18, 2) as customer_acquisition_cost,
        summed.new_customer_revenue,
        summed.new_customer_historic_value,
        summed.reported_revenue
    from summed
    left join channels
        on summed.channel_id = channels.channel_id
)

select * from labelled
