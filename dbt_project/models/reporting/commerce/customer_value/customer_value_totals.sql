with companies as (
    select
        company_id,
        currency_code
    from {{ ref('companies') }}
),

customers as (
    select * from {{ ref('customer_values') }}
),

fits as (
    select
        company_id,
        fit_id,
        as_of_date,
        status,
        row_number() over (
            partition by company_id, as_of_date
            order by fitted_at desc, fit_id desc
        ) as recency_rank
    from {{ source('predictions', 'model_fits') }}
),

blocking_gates as (
    select
        company_id,
        fit_id,
        min(gate) as gate
    from {{ source('predictions', 'gate_results') }}
    where outcome = 'blocked'
    group by company_id, fit_id
),

totalled as (
    select
        company_id,
        max(as_of_date) as as_of_date,
        max(data_through_date) as data_through_date,
        max(prediction_as_of_date) as prediction_as_of_date,
        bool_and(is_prediction_current) as is_current,
        count(*)::integer as customer_count,
        (count(*) filter (where frequency > 0))::integer
            as repeat_customer_count,
        (count(*) filter (where last_order_date > as_of_date - 90))::integer
            as active_customer_count,
        sum(1 - probability_no_purchase_90d)
            as expected_active_customer_count_90d,
        sum(predicted_value_12m)::numeric(18, 2) as predicted_value_12m,
        sum(historic_value)::numeric(18, 2) as historic_value,
        avg(coalesce(value_if_active_12m, predicted_value_12m))
        filter (where frequency = 0) as one_time_value_12m
    from customers
    group by company_id
),

explained as (
    select
        companies.company_id,
        companies.currency_code,
        totalled.as_of_date,
        totalled.data_through_date,
        totalled.prediction_as_of_date,
        coalesce(totalled.customer_count, 0) as customer_count,
        coalesce(totalled.repeat_customer_count, 0) as repeat_customer_count,
        coalesce(totalled.active_customer_count, 0) as active_customer_count,
        totalled.expected_active_customer_count_90d,
        totalled.predicted_value_12m,
        coalesce(totalled.historic_value, 0)::numeric(18, 2) as historic_value,
        totalled.one_time_value_12m,
        case
            when totalled.company_id is null then 'no_purchases'
            when fits.status = 'blocked'
                then coalesce(blocking_gates.gate, 'converged')
            when totalled.prediction_as_of_date is null then 'no_predictions'
            when not totalled.is_current then 'older_predictions'
        end as stale_reason
    from companies
    left join totalled
        on companies.company_id = totalled.company_id
    left join fits
        on
            companies.company_id = fits.company_id
            and totalled.as_of_date = fits.as_of_date
            and fits.recency_rank = 1
    left join blocking_gates
        on
            fits.company_id = blocking_gates.company_id
            and fits.fit_id = blocking_gates.fit_id
),

flagged as (
    select
        *,
        stale_reason is not null as is_stale
    from explained
)

select * from flagged
