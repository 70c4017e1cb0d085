{#- The CTE `registrants`: who is meant by the id of a registrant. -#}
{% macro registrants_named() -%}
registrants as (
    select
        company_id,
        webinar_id,
        registrant_id,
        person_id
    from {{ ref('webinar_registrants') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed('webinar_id') }}
        and registrant_id is not null
)
{%- endmacro %}


{#- Whom a row means, when `registrants` is joined to it. -#}
{% macro person_of(told) -%}
    coalesce(
            registrants.person_id,
            {{ told }}.email_hash,
            'registrant/' || {{ told }}.registrant_id
        )
{%- endmacro %}


{% macro join_registrants(told) -%}
    left join registrants
        on
            {{ told }}.company_id = registrants.company_id
            and {{ told }}.webinar_id = registrants.webinar_id
            and {{ told }}.registrant_id = registrants.registrant_id
{%- endmacro %}
