{#- Whether a row of a file is of nobody who was on the stage of its webinar. -#}
{% macro not_of_team(told) -%}
    not exists (
        select 1
        from {{ ref('int_webinar_team') }} as team
        where
            {{ told }}.company_id = team.company_id
            and {{ told }}.webinar_id = team.webinar_id
            and team.told_as in ({{ told }}.registrant_id, {{ told }}.email_hash)
    )
{%- endmacro %}
