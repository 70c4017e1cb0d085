{#-
    Whether who did something is on no stage: no panelist of the webinar and no user of
    the account, as far as their addresses are known.
-#}
{% macro zoom_is_guest(told) -%}
    not exists (
        select 1
        from {{ ref('stg_zoom__users') }} as users
        where
            {{ told }}.company_id = users.company_id
            and {{ told }}.email_hash = users.email_hash
    )
    and not exists (
        select 1
        from {{ ref('stg_zoom__panelists') }} as panelists
        where
            {{ told }}.company_id = panelists.company_id
            and {{ told }}.webinar_number = panelists.webinar_number
            and {{ told }}.email_hash = panelists.email_hash
    )
{%- endmacro %}
