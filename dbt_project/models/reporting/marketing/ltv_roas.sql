with won as (
    select * from {{ source('predictions', 'channel_month_values') }}
),

channel_months as (
    select * from {{ ref('channel_months') }}
),

margins as (
    select * from {{ ref('contribution_margins') }}
),

bounded as (
    select
        channel_months.company_id,
        channel_months.month_start_date,
        channel_months.channel_id,
        channel_months.channel_label_es,
        channel_months.channel_label_en,
        channel_months.currency_code,
        channel_months.spend,
        coalesce(won.customer_count, 0) as new_customer_count,
        channel_months.reported_roas,
        margins.contribution_margin_rate,
        coalesce(won.observed_value, 0) as observed_value,
        coalesce(won.value_12m, 0) as value_12m,
        coalesce(won.value_12m_lower, 0) as value_12m_lower,
        coalesce(won.value_12m_upper, 0) as value_12m_upper,
        (channel_months.month_start_date + interval '1 month')::date + 364
        <= won.as_of_date as is_mature,
        nullif(channel_months.spend, 0) as paid
    from channel_months
    left join won
        on
            channel_months.company_id = won.company_id
            and channel_months.month_start_date = won.month_start_date
            and channel_months.channel_id = won.channel_id
    left join margins
        on channel_months.company_id = margins.company_id
),

divided as (
    select
        company_id,
        month_start_date,
        channel_id,
        channel_label_es,
        channel_label_en,
        currency_code,
        spend,
        new_customer_count,
        observed_value::numeric(18, 2) as observed_value,
        value_12m::numeric(18, 2) as value_12m,
        value_12m_lower::numeric(18, 2) as value_12m_lower,
        value_12m_upper::numeric(18, 2) as value_12m_upper,
        coalesce(is_mature, false) as is_mature,
        (observed_value / nullif(value_12m, 0))::numeric(18, 6)
            as maturity_rate,
        (value_12m / paid)::numeric(18, 6) as ltv_roas_attributed,
        (value_12m_lower / paid)::numeric(18, 6) as ltv_roas_attributed_lower,
        (value_12m_upper / paid)::numeric(18, 6) as ltv_roas_attributed_upper,
        (value_12m * contribution_margin_rate / paid)::numeric(18, 6)
            as margin_ltv_roas_attributed,
        (observed_value / paid)::numeric(18, 6) as observed_roas,
        reported_roas
    from bounded
)

select * from divided
