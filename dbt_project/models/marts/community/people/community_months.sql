with months as (
    select * from {{ ref('company_months') }}
    where {{ is_in_scope() }}
),

people as (
    select * from {{ ref('people') }}
    where {{ is_in_scope() }}
),

days as (
    select
        company_id,
        person_id,
        date_trunc('month', activity_date)::date as month_start_date,
        content_minutes,
        is_active
    from {{ ref('person_activity_days') }}
    where {{ is_in_scope() }}
),

active as (
    select
        company_id,
        month_start_date,
        count(distinct person_id) filter (where is_active)
            as active_person_count,
        sum(content_minutes) as content_minutes
    from days
    group by company_id, month_start_date
),

registered as (
    select
        company_id,
        date_trunc('month', registered_date)::date as month_start_date,
        count(*) as new_registration_count
    from people
    group by company_id, date_trunc('month', registered_date)::date
),

activated as (
    select
        company_id,
        date_trunc('month', activated_date)::date as month_start_date,
        count(*) as activated_person_count
    from people
    where activated_date is not null
    group by company_id, date_trunc('month', activated_date)::date
),

present as (
    select company_id
    from people
    group by company_id
),

joined as (
    select
        months.company_id,
        months.month_start_date,
        months.through_date,
        months.is_complete,
        coalesce(active.active_person_count, 0)::integer
            as active_person_count,
        coalesce(registered.new_registration_count, 0)::integer
            as new_registration_count,
        coalesce(activated.activated_person_count, 0)::integer
            as activated_person_count,
        coalesce(active.content_minutes, 0)::numeric(24, 6)
            as content_minutes
    from months
    inner join present
        on months.company_id = present.company_id
    left join active
        on
            months.company_id = active.company_id
            and months.month_start_date = active.month_start_date
    left join registered
        on
            months.company_id = registered.company_id
            and months.month_start_date = registered.month_start_date
    left join activated
        on
            months.company_id = activated.company_id
            and months.month_start_date = activated.month_start_date
)

select * from joined
