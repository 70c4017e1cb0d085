with months as (
    select * from {{ ref('support_months') }}
),

rated as (
    select
        company_id,
        month_start_date,
        support_tier,
        target_minutes,
        desk_target_count,
        ticket_count,
        met_count,
        decided_count,
        business_clock_count,
        met_count::double precision / nullif(decided_count, 0)
            as sla_attainment_ratio,
        {{ wilson_bound('met_count', 'decided_count', -1) }}
            as sla_attainment_ratio_lower,
        {{ wilson_bound('met_count', 'decided_count', 1) }}
            as sla_attainment_ratio_upper,
        median_reply_minutes,
        p90_reply_minutes,
        aged_count,
        solved_within_7d_count,
        {{ rate_of_many(
            'solved_within_7d_count', 'aged_count', 'aged_count'
        ) }} as solved_within_7d_ratio
    from months
)

select * from rated
