with members as (
    select * from {{ ref('people') }}
    where {{ is_in_scope() }} and activated_date is not null
),

measures as (
    select * from {{ ref('retention_measures') }}
),

active as (
    select
        company_id,
        person_id,
        activity_date
    from {{ ref('person_activity_days') }}
    where {{ is_in_scope() }} and is_active
),

later as (
    select
        members.company_id,
        members.person_id,
        active.activity_date - members.activated_date as day_number
    from members
    inner join active
        on
            members.company_id = active.company_id
            and members.person_id = active.person_id
            and members.activated_date < active.activity_date
),

retained as (
    select
        later.company_id,
        later.person_id,
        measures.family,
        measures.day_count
    from later
    inner join measures
        on
            later.day_number between measures.first_day and measures.last_day
    group by
        later.company_id,
        later.person_id,
        measures.family,
        measures.day_count
),

counted as (
    select
        members.company_id,
        members.cohort_month_start_date,
        measures.family,
        measures.day_count,
        count(*)::integer as cohort_size,
        count(*) filter (
            where members.age_days >= measures.day_count
        )::integer as eligible_count,
        count(retained.person_id) filter (
            where members.age_days >= measures.day_count
        )::integer as retained_count
    from members
    cross join measures
    left join retained
        on
            members.company_id = retained.company_id
            and members.person_id = retained.person_id
            and measures.family = retained.family
            and measures.day_count = retained.day_count
    group by
        members.company_id,
        members.cohort_month_start_date,
        measures.family,
        measures.day_count
),

rated as (
    select
        *,
        cohort_size = eligible_count as is_complete,
        retained_count::double precision / nullif(eligible_count, 0)
            as retention_ratio,
        {{ wilson_bound('retained_count', 'eligible_count', -1) }}
            as retention_ratio_lower,
        {{ wilson_bound('retained_count', 'eligible_count', 1) }}
            as retention_ratio_upper
    from counted
)

select * from rated
