with people as (
    select * from {{ ref('webinar_people') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed('webinar_id') }}
        and state in ('at_start', 'late')
),

told as (
    select
        company_id,
        webinar_id,
        'industry' as trait,
        coalesce(industry, '') as trait_value,
        is_live_attendee
    from people
    union all
    select
        company_id,
        webinar_id,
        'company_size' as trait,
        coalesce(company_size, '') as trait_value,
        is_live_attendee
    from people
),

counted as (
    select
        company_id,
        webinar_id,
        trait,
        trait_value,
        count(*)::integer as registrant_count,
        count(*) filter (where is_live_attendee)::integer as attendee_count
    from told
    group by company_id, webinar_id, trait, trait_value
)

select * from counted
