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

counted as (
    select
        told.company_id,
        periods.period_kind,
        date_trunc(periods.period_kind, told.told_date)::date
            as period_start_date,
        count(distinct told.active_person_id)::integer as active_person_count,
        sum(told.registered)::integer as new_registration_count,
        sum(told.activated)::integer as activated_person_count,
        coalesce(sum(told.content_minutes), 0)::numeric(24, 6)
            as content_minutes
    from told
    cross join
        lateral (values ('week'), ('quarter')) as periods (period_kind)
    where told.told_date is not null
    group by
        told.company_id,
        periods.period_kind,
        date_trunc(periods.period_kind, told.told_date)::date
),

dated as (
    select
        counted.*,
        (
            counted.period_start_date
            + case counted.period_kind
                when 'week' then interval '1 week' else interval '3 months'
            end
        )::date - 1 as period_end_date,
        min(counted.period_start_date) over (
            partition by counted.company_id, counted.period_kind
        ) as first_start_date,
        companies.as_of_date
    from counted
    inner join companies
        on counted.company_id = companies.company_id
)

select
    company_id,
    period_kind,
    period_start_date,
    period_end_date,
    period_start_date = first_start_date as is_first,
    active_person_count,
    new_registration_count,
    activated_person_count,
    content_minutes
from dated
where period_end_date <= as_of_date
