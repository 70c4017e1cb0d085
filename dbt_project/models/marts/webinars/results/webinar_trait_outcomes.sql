with people as (
    select
        people.*,
        webinars.is_conversion_over
    from {{ ref('webinar_people') }} as people
    inner join {{ ref('webinars') }} as webinars
        on
            people.company_id = webinars.company_id
            and people.webinar_id = webinars.webinar_id
    where
        {{ is_in_scope('people.company_id') }}
        and {{ is_in_scope('webinars.company_id') }}
        and people.is_live_attendee
        and webinars.is_conversion_over
),

told as (
    {% for trait in ['industry', 'company_size'] %}
        select
            company_id,
            '{{ trait }}' as trait,
            coalesce({{ trait }}, '') as trait_value,
            order_count,
            net_revenue
        from people
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

counted as (
    select
        company_id,
        trait,
        trait_value,
        count(*)::integer as attendee_count,
        count(*) filter (where order_count > 0)::integer as conversion_count,
        sum(net_revenue)::numeric(18, 2) as net_revenue
    from told
    group by company_id, trait, trait_value
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
