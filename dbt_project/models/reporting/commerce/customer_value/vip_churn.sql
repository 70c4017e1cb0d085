with customers as (
    select * from {{ ref('customer_value_segments') }}
),

history as (
    select * from {{ source('predictions', 'predictions_customer_history') }}
),

fits as (
    select * from {{ source('predictions', 'model_fits') }}
    where not is_replayed and status = 'published'
),

companies as (
    select * from {{ ref('companies') }}
),

vip_rules as (
    select min_value_percentile
    from {{ ref('value_segment_rules') }}
    where segment_id = 'vip_at_risk'
),

predicted as (
    select
        company_id,
        max(as_of_date) as as_of_date,
        max(model_version) as model_version
    from {{ source('predictions', 'predictions_customer') }}
    group by company_id
),

-- Four weeks ago.
earlier as (
    {{ earlier_fit(28, 62) }}
),

ranked as (
    select
        history.company_id,
        history.customer_id,
        earlier.compared_date,
        percent_rank() over (
            partition by history.company_id order by history.historic_value
        ) as historic_percentile,
        history.age_days - history.recency_days > companies.inactivity_days
        and history.probability_no_purchase_90d
        >= companies.at_risk_threshold as was_at_risk
    from history
    inner join earlier
        on
            history.company_id = earlier.company_id
            and history.fit_id = earlier.fit_id
    inner join companies
        on history.company_id = companies.company_id
),

vips as (
    select
        ranked.company_id,
        ranked.customer_id,
        ranked.compared_date
    from ranked
    inner join vip_rules
        on ranked.historic_percentile >= vip_rules.min_value_percentile
    where not ranked.was_at_risk
),

counted as (
    select
        vips.company_id,
        max(customers.prediction_as_of_date) as as_of_date,
        max(vips.compared_date) as compared_date,
        count(*)::integer as vip_customer_count,
        (count(*) filter (where customers.is_at_risk))::integer
            as vip_lost_count
    from vips
    inner join customers
        on
            vips.company_id = customers.company_id
            and vips.customer_id = customers.customer_id
    group by vips.company_id
),

rated as (
    select
        *,
        vip_lost_count::double precision
        / nullif(vip_customer_count, 0) as vip_churn_rate
    from counted
)

select * from rated
