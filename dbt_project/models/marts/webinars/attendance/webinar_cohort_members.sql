with registrants as (
    select
        company_id,
        person_id,
        min(registered_at) as registered_at
    from {{ ref('webinar_people') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed('person_id') }}
        and state in ('at_start', 'late')
        and registered_at is not null
    group by company_id, person_id
),

companies as (
    select
        company_id,
        time_zone
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

dated as (
    select
        registrants.company_id,
        registrants.person_id,
        date_trunc(
            'month', registrants.registered_at at time zone companies.time_zone
        )::date as cohort_month
    from registrants
    inner join companies
        on registrants.company_id = companies.company_id
)

select * from dated
