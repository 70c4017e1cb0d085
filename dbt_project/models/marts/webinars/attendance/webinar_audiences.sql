with people as (
    select
        *,
        state in ('at_start', 'late') as is_registrant
    from {{ ref('webinar_people') }}
    where {{ is_in_scope() }} and {{ is_changed('webinar_id') }}
),

told as (
    {% for trait in ['industry', 'company_size'] %}
        select
            company_id,
            webinar_id,
            '{{ trait }}' as trait,
            coalesce({{ trait }}, '') as trait_value,
            is_registrant,
            is_live_attendee,
            order_count,
            net_revenue
        from people
        where is_registrant or is_live_attendee
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

counted as (
    select
        company_id,
        webinar_id,
        trait,
        trait_value,
        count(*) filter (where is_registrant)::integer as registrant_count,
        count(*) filter (where is_registrant and is_live_attendee)::integer
            as attendee_count,
        count(*) filter (where is_live_attendee)::integer as visitor_count,
        count(*) filter (where is_live_attendee and order_count > 0)::integer
            as conversion_count,
        coalesce(sum(net_revenue) filter (where is_live_attendee), 0)
        ::numeric(18, 2) as net_revenue
    from told
    group by company_id, webinar_id, trait, trait_value
)

select * from counted
