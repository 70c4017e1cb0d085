with customers as (
    select * from {{ ref('customer_value_segments') }}
),

companies as (
    select
        company_id,
        currency_code
    from {{ ref('companies') }}
),

rules as (
    select * from {{ ref('value_segment_rules') }}
),

summed as (
    select
        company_id,
        segment_id,
        count(*) as customer_count,
        avg(probability_no_purchase_90d) as mean_no_purchase,
        sum(historic_value) as historic_value,
        sum(predicted_value_12m) as predicted_value_12m,
        sum(value_if_active_12m - predicted_value_12m) filter (
            where is_critical
        ) as value_at_risk
    from customers
    group by company_id, segment_id
),

-- A segment nobody is in has a row, too.
totalled as (
    select
        companies.company_id,
        rules.segment_id,
        rules.label_es as segment_label_es,
        rules.label_en as segment_label_en,
        rules.step_es,
        rules.step_en,
        companies.currency_code,
        coalesce(summed.customer_count, 0)::integer as customer_count,
        summed.mean_no_purchase::double precision
            as probability_no_purchase_90d,
        coalesce(summed.historic_value, 0)::numeric(18, 2) as historic_value,
        coalesce(summed.predicted_value_12m, 0)::numeric(18, 2)
            as predicted_value_12m,
        coalesce(summed.value_at_risk, 0)::numeric(18, 2) as value_at_risk
    from companies
    cross join rules
    left join summed
        on
            companies.company_id = summed.company_id
            and rules.segment_id = summed.segment_id
)

select * from totalled
