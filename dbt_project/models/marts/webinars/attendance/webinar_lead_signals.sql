with leads as (
    select
        company_id,
        webinar_id,
        person_id,
        start_date
    from {{ ref('webinar_leads') }}
    where {{ is_in_scope() }} and {{ is_changed('person_id') }}
),

contacts as (
    select * from {{ ref('webinar_contacts') }}
    where {{ is_in_scope() }} and {{ is_changed('person_id') }}
),

days as (
    select * from {{ ref('person_activity_days') }}
    where {{ is_in_scope() }}
),

-- Nothing of after the webinar's day, whenever they are scored.
counted as (
    select
        leads.company_id,
        leads.webinar_id,
        leads.person_id,
        leads.start_date,
        coalesce(sum(days.email_open_count), 0)::integer as email_open_count,
        coalesce(sum(days.email_click_count), 0)::integer as email_click_count,
        coalesce(sum(days.visit_count), 0)::integer as visit_count
    from leads
    inner join contacts
        on
            leads.company_id = contacts.company_id
            and leads.person_id = contacts.person_id
    left join days
        on
            contacts.company_id = days.company_id
            and contacts.contact_person_id = days.person_id
            and leads.start_date - 29 <= days.activity_date
            and leads.start_date >= days.activity_date
    group by
        leads.company_id, leads.webinar_id, leads.person_id, leads.start_date
)

select * from counted
