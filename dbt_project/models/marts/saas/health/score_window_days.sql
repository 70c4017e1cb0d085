with scored as (
    select * from {{ ref('score_days') }}
    where {{ is_in_scope() }}
),

days as (
    select
        scored.company_id,
        scored.scored_on,
        scored.scored_on - numbers.day_number as activity_date,
        numbers.day_number < 7 as is_of_last_week
    from scored
    cross join generate_series(0, 27) as numbers (day_number)
)

select * from days
