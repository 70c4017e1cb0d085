with leads as (
    select * from {{ source('predictions', 'webinar_leads') }}
),

webinars as (
    select
        company_id,
        webinar_id,
        title,
        start_date
    from {{ ref('webinars') }}
),

people as (
    select * from {{ ref('webinar_people') }}
),

-- Of who is no contact nobody knows: null, not nothing.
signals as (
    select * from {{ ref('webinar_lead_signals') }}
),

joined as (
    select
        leads.company_id,
        leads.webinar_id,
        leads.person_id,
        coalesce(leads.registrant_id, left(leads.person_id, 12)) as person_name,
        webinars.title,
        webinars.start_date,
        people.industry,
        people.company_size,
        people.engagement_score,
        signals.email_open_count as lead_open_count,
        signals.email_click_count as lead_click_count,
        signals.visit_count as lead_visit_count,
        leads.call_rank,
        leads.probability as purchase_probability,
        leads.band,
        leads.action,
        leads.as_of_date,
        leads.model_version
    from leads
    inner join webinars
        on
            leads.company_id = webinars.company_id
            and leads.webinar_id = webinars.webinar_id
    left join people
        on
            leads.company_id = people.company_id
            and leads.webinar_id = people.webinar_id
            and leads.person_id = people.person_id
    left join signals
        on
            leads.company_id = signals.company_id
            and leads.webinar_id = signals.webinar_id
            and leads.person_id = signals.person_id
)

select * from joined
