with grid as (
    select * from {{ source('predictions', 'budget_grid') }}
),

channels as (
    select * from {{ ref('channels') }}
),

-- A budget between two rows is read on the straight line between them.
followed as (
    select
        *,
        lead(total_budget) over (
            partition by company_id, outcome_unit, horizon_days, channel_id
            order by total_budget
        ) as next_total_budget,
        lead(recommended_spend) over (
            partition by company_id, outcome_unit, horizon_days, channel_id
            order by total_budget
        ) as next_recommended_spend,
        lead(expected) over (
            partition by company_id, outcome_unit, horizon_days, channel_id
            order by total_budget
        ) as next_expected,
        lead(total_expected) over (
            partition by company_id, outcome_unit, horizon_days, channel_id
            order by total_budget
        ) as next_total_expected,
        lead(total_expected_lower) over (
            partition by company_id, outcome_unit, horizon_days, channel_id
            order by total_budget
        ) as next_total_expected_lower,
        lead(total_expected_upper) over (
            partition by company_id, outcome_unit, horizon_days, channel_id
            order by total_budget
        ) as next_total_expected_upper,
        lead(total_gain_lower) over (
            partition by company_id, outcome_unit, horizon_days, channel_id
            order by total_budget
        ) as next_total_gain_lower,
        lead(total_gain_upper) over (
            partition by company_id, outcome_unit, horizon_days, channel_id
            order by total_budget
        ) as next_total_gain_upper,
        lead(probability_better) over (
            partition by company_id, outcome_unit, horizon_days, channel_id
            order by total_budget
        ) as next_probability_better
    from grid
),

labelled as (
    select
        followed.company_id,
        followed.outcome_unit,
        followed.horizon_days,
        followed.total_budget,
        followed.channel_id,
        coalesce(channels.label_es, followed.channel_id) as channel_label_es,
        coalesce(channels.label_en, followed.channel_id) as channel_label_en,
        followed.recommended_spend,
        followed.expected,
        followed.expected_lower,
        followed.expected_upper,
        followed.total_expected,
        followed.total_expected_lower,
        followed.total_expected_upper,
        followed.total_gain_lower,
        followed.total_gain_upper,
        followed.probability_better,
        followed.next_total_budget,
        followed.next_recommended_spend,
        followed.next_expected,
        followed.next_total_expected,
        followed.next_total_expected_lower,
        followed.next_total_expected_upper,
        followed.next_total_gain_lower,
        followed.next_total_gain_upper,
        followed.next_probability_better,
        followed.is_observed,
        followed.currency_code,
        followed.as_of_date
    from followed
    left join channels
        on followed.channel_id = channels.channel_id
)

select * from labelled
