{#- What is added up of the live visits of a cohort of registrants, by name. -#}
{% macro webinar_cohort_sums() -%}
{{ return({
    'visit_count': 'count(*)',
    'live_seconds': 'sum(people.live_seconds)',
    'engagement_sum': 'sum(people.engagement_score)',
    'engagement_count': 'count(people.engagement_score)',
    'interaction_count': 'sum('
        ~ 'people.chat_count + people.question_count'
        ~ ' + people.answered_poll_count + people.click_count)',
    'net_revenue': 'sum(people.net_revenue)',
}) }}
{%- endmacro %}

{#- Who of `members` came live in a month, with those sums, of people of webinars. -#}
{% macro webinar_cohort_visits(registrants, members) -%}
    select
        people.company_id,
        people.person_id,
        members.cohort_month,
        date_trunc('month', people.start_date)::date as webinar_month,
        {%- for name, told in webinar_cohort_sums().items() %}
        {{ told }} as {{ name }},
        {%- endfor %}
        max(people.order_count) > 0 as is_converted
    from {{ registrants }} as people
    inner join {{ members }} as members
        on
            people.company_id = members.company_id
            and people.person_id = members.person_id
    where people.is_live_attendee
    group by
        people.company_id, people.person_id, members.cohort_month, webinar_month
{%- endmacro %}

{#- Those sums of `visits`, by cohort and age, 0 where nobody came. -#}
{% macro webinar_cohort_added(visits) -%}
{%- for name in webinar_cohort_sums() %}
        {%- if not loop.first %},
        {% endif -%}
        coalesce(sum({{ visits }}.{{ name }}), 0)::{{
            'integer' if name.endswith('_count') else 'numeric(18, 2)'
        }} as {{ name }}
{%- endfor %}
{%- endmacro %}
