with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

people as (
    select * from {{ ref('people') }}
    where {{ is_in_scope() }}
),

days as (
    select * from {{ ref('person_activity_days') }}
    where {{ is_in_scope() }}
),

told as (
    select
        company_id,
        activity_date as told_date,
        case when is_active then person_id end as active_person_id,
        content_minutes,
        0 as registered,
        0 as activated
    from days
    union all
    select
        company_id,
        registered_date as told_date,
        null as active_person_id,
        0 as content_minutes,
        1 as registered,
        0 as activated
    from people
    union all
    select
        company_id,
        activated_date as told_date,
        null as active_person_id,
        0 as content_minutes,
        0 as registered,
        1 as activated
    from people
),

begun as (
    select
        told.company_id,
        companies.as_of_date,
        min(told.told_date) as since_date
    from told
    inner join companies
        on told.company_id = companies.company_id
    group by told.company_id, companies.as_of_date
),

{{ with_periods('begun') }},

counted as (
    select
        periods.company_id,
        periods.period_kind,
        periods.period_start_date,
        periods.period_end_date,
        begun.since_date
        between periods.period_start_date and periods.period_end_date
            as is_first,
        count(distinct told.active_person_id)::integer as active_person_count,
        coalesce(sum(told.registered), 0)::integer as new_registration_count,
        coalesce(sum(told.activated), 0)::integer as activated_person_count,
        coalesce(sum(told.content_minutes), 0)::numeric(24, 6)
            as content_minutes
    from periods
    inner join begun
        on periods.company_id = begun.company_id
    left join told
        on
            periods.company_id = told.company_id
            and told.told_date
            between periods.period_start_date and periods.period_end_date
    group by
        periods.company_id,
        periods.period_kind,
        periods.period_start_date,
        periods.period_end_date,
        begun.since_date
)

select * from counted
