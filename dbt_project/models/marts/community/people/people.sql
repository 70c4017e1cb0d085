with contacts as (
    select
        *,
        row_number() over (
            partition by company_id, person_id
            order by (utm_source is null), registered_at, contact_id
        ) as source_rank
    from {{ ref('int_contacts_identified') }}
    where {{ is_in_scope() }}
),

companies as (
    select
        company_id,
        time_zone,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

activations as (
    select
        company_id,
        person_id,
        min(activity_date) as activated_date
    from {{ ref('person_activity_days') }}
    where {{ is_in_scope() }} and is_active
    group by company_id, person_id
),

-- One refusal is enough, whichever of a person's contacts it stands beside.
gathered as (
    select
        company_id,
        person_id,
        count(*)::integer as contact_count,
        min(registered_at) as registered_at,
        max(utm_source) filter (where source_rank = 1) as utm_source,
        max(medium) filter (where source_rank = 1) as medium,
        max(campaign) filter (where source_rank = 1) as campaign,
        bool_and(has_email_consent) as has_email_consent,
        bool_and(has_whatsapp_consent) as has_whatsapp_consent
    from contacts
    group by company_id, person_id
),

joined as (
    select
        gathered.company_id,
        gathered.person_id,
        gathered.contact_count,
        gathered.registered_at,
        (gathered.registered_at at time zone companies.time_zone)::date
            as registered_date,
        activations.activated_date,
        date_trunc('month', activations.activated_date)::date
            as cohort_month_start_date,
        companies.as_of_date - activations.activated_date as age_days,
        coalesce(gathered.utm_source, '(none)') as utm_source,
        gathered.medium,
        gathered.campaign,
        gathered.has_email_consent,
        gathered.has_whatsapp_consent
    from gathered
    inner join companies
        on gathered.company_id = companies.company_id
    left join activations
        on
            gathered.company_id = activations.company_id
            and gathered.person_id = activations.person_id
)

select * from joined
