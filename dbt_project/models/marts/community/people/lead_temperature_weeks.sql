{%- set warm_from, hot_from, week_count = 3, 10, 53 -%}
with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

-- The last day of each week of a year, counted back from the day of the run.
weeks as (
    select
        companies.company_id,
        companies.as_of_date - 7 * numbers.week_number as snapshot_date
    from companies
    cross join generate_series(0, {{ week_count - 1 }})
        as numbers (week_number)
),

people as (
    select
        company_id,
        person_id,
        registered_date
    from {{ ref('people') }}
    where {{ is_in_scope() }}
),

activities as (
    select * from {{ ref('person_activity_days') }}
    where {{ is_in_scope() }}
),

-- After half a year a point is worth less than 2 %. Worked out once for each
-- age: a power of numerics costs more than all else here.
weights as materialized (
    select
        companies.company_id,
        ages.days_ago,
        0.5 ^ (ages.days_ago / 30.0) as weight
    from companies
    cross join generate_series(0, 180) as ages (days_ago)
),

scored as (
    select
        weeks.company_id,
        weeks.snapshot_date,
        activities.person_id,
        sum(activities.lead_points * weights.weight) as score
    from weeks
    inner join weights
        on weeks.company_id = weights.company_id
    inner join activities
        on
            weeks.company_id = activities.company_id
            and weeks.snapshot_date - weights.days_ago
            = activities.activity_date
    group by weeks.company_id, weeks.snapshot_date, activities.person_id
),

counted as (
    select
        weeks.company_id,
        weeks.snapshot_date,
        count(*)::integer as person_count,
        count(*) filter (
            where scored.score >= {{ hot_from }}
        )::integer as hot_count,
        count(*) filter (
            where
            scored.score >= {{ warm_from }}
            and scored.score < {{ hot_from }}
        )::integer as warm_count
    from weeks
    inner join people
        on
            weeks.company_id = people.company_id
            and weeks.snapshot_date >= people.registered_date
    left join scored
        on
            people.company_id = scored.company_id
            and people.person_id = scored.person_id
            and weeks.snapshot_date = scored.snapshot_date
    group by weeks.company_id, weeks.snapshot_date
),

completed as (
    select
        *,
        person_count - hot_count - warm_count as cold_count
    from counted
)

select * from completed
