with audiences as (
    select * from {{ ref('webinar_audiences') }}
    where {{ is_in_scope() }} and visitor_count > 0
),

webinars as (
    select
        company_id,
        webinar_id
    from {{ ref('webinars') }}
    where {{ is_in_scope() }} and is_conversion_over
),

counted as (
    select
        audiences.company_id,
        audiences.trait,
        audiences.trait_value,
        sum(audiences.visitor_count)::integer as attendee_count,
        sum(audiences.conversion_count)::integer as conversion_count,
        sum(audiences.net_revenue)::numeric(18, 2) as net_revenue
    from audiences
    inner join webinars
        on
            audiences.company_id = webinars.company_id
            and audiences.webinar_id = webinars.webinar_id
    group by audiences.company_id, audiences.trait, audiences.trait_value
)

select
    company_id,
    trait,
    trait_value,
    attendee_count,
    conversion_count,
    net_revenue,
    conversion_count::double precision / attendee_count as conversion_ratio,
    {{ wilson_bound('conversion_count', 'attendee_count', -1) }}
        as conversion_ratio_lower,
    {{ wilson_bound('conversion_count', 'attendee_count', 1) }}
        as conversion_ratio_upper
from counted
