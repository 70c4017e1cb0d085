with customers as (
    select * from {{ ref('customer_value_segments') }}
),

history as (
    select * from {{ source('predictions', 'predictions_customer_history') }}
    where probability_alive is not null
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

-- A week ago.
earlier as (
    {{ earlier_fit(7, 13) }}
),

-- As customer_value_segments has it, of what was known then.
ranked as (
    select
        history.company_id,
        earlier.compared_date,
        percent_rank() over (
            partition by history.company_id order by history.historic_value
        ) as historic_percentile,
        percent_rank() over (
            partition by history.company_id
            order by
                coalesce(
                    history.value_if_active_12m, history.predicted_value_12m
                )
        ) as predicted_percentile,
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

before as (
    select
        ranked.company_id,
        max(ranked.compared_date) as compared_date,
        (count(*) filter (
            where ranked.was_at_risk
            and greatest(
                ranked.historic_percentile, ranked.predicted_percentile
            ) >= vip_rules.min_value_percentile
        ))::integer as vip_at_risk_count_before
    from ranked
    cross join vip_rules
    group by ranked.company_id
),

counted as (
    select
        company_id,
        max(prediction_as_of_date) as as_of_date,
        count(*)::integer as customer_count,
        (count(*) filter (where segment_id = 'vip_at_risk'))::integer
            as vip_at_risk_count
    from customers
    group by company_id
),

compared as (
    select
        counted.company_id,
        counted.as_of_date,
        before.compared_date,
        counted.customer_count,
        counted.vip_at_risk_count,
        before.vip_at_risk_count_before,
        counted.vip_at_risk_count - before.vip_at_risk_count_before
            as vip_at_risk_growth,
        -- Of nobody before, each one is a whole more.
        (counted.vip_at_risk_count - before.vip_at_risk_count_before)
        ::double precision
        / greatest(before.vip_at_risk_count_before, 1)
            as vip_at_risk_growth_rate
    from counted
    left join before
        on counted.company_id = before.company_id
),

judged as (
    select
        *,
        case
            when vip_at_risk_growth >= 5 then vip_at_risk_growth_rate
            when vip_at_risk_growth is not null then 0
        end as notable_growth_rate
    from compared
)

select * from judged
