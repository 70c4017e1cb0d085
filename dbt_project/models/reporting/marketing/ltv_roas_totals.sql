with channels as (
    select * from {{ ref('channel_efficiency') }}
    where spend > 0
),

labels as (
    select * from {{ ref('media_mix_labels') }}
    where term_kind = 'efficiency'
),

margins as (
    select * from {{ source('predictions', 'paid_value_margins') }}
),

summed as (
    select
        company_id,
        max(currency_code) as currency_code,
        max(as_of_date) as as_of_date,
        sum(spend) as spend,
        sum(new_customer_count)::integer as new_customer_count,
        sum(reported_roas * spend) as reported_revenue,
        sum(spend) filter (where reported_roas is not null) as reported_spend,
        sum(observed_roas * spend) as observed_value,
        sum(ltv_roas_attributed * spend) as value_12m,
        max(value_to_cost_target) as value_to_cost_target,
        bool_or(is_default_target) as is_default_target
    from channels
    group by company_id
),

judged as (
    select
        summed.*,
        coalesce(margins.value_12m_margin, 0) as value_12m_margin,
        case
            when summed.new_customer_count is null then 'untold'
            when summed.new_customer_count = 0 then 'nobody_won'
            when
                summed.value_12m / summed.spend >= summed.value_to_cost_target
                then 'good'
            when summed.value_12m >= summed.spend then 'watch'
            else 'losing'
        end as verdict
    from summed
    left join margins
        on summed.company_id = margins.company_id
),

divided as (
    select
        judged.company_id,
        judged.currency_code,
        judged.as_of_date,
        judged.spend::numeric(18, 2) as spend,
        judged.new_customer_count,
        (judged.spend / nullif(judged.new_customer_count, 0))
        ::numeric(18, 2) as customer_acquisition_cost,
        (judged.value_12m / nullif(judged.new_customer_count, 0))
        ::numeric(18, 2) as value_per_customer,
        (judged.reported_revenue / judged.reported_spend)
        ::numeric(18, 6) as reported_roas,
        (judged.observed_value / judged.spend)::numeric(18, 6) as observed_roas,
        (judged.value_12m / judged.spend)::numeric(18, 6) as ltv_roas,
        (
            greatest(
                judged.value_12m - judged.value_12m_margin,
                judged.observed_value
            ) / judged.spend
        )::numeric(18, 6) as ltv_roas_lower,
        ((judged.value_12m + judged.value_12m_margin) / judged.spend)
        ::numeric(18, 6) as ltv_roas_upper,
        judged.value_to_cost_target,
        judged.is_default_target,
        judged.verdict,
        case judged.verdict
            when 'good' then 'green'
            when 'watch' then 'amber'
            when 'untold' then null
            else 'red'
        end as light,
        labels.label_es as verdict_label_es,
        labels.label_en as verdict_label_en
    from judged
    left join labels
        on judged.verdict = labels.term
)

select * from divided
